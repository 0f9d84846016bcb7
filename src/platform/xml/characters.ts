/** Characters that XML 1.0 §2.2 has no way to write. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML forbids.
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

/** The text with a replacement character for each of them: what strangers say must not make a document that nobody can read. */
export function writableText(value: string): string {
  return value.toWellFormed().replace(FORBIDDEN, '\ufffd')
}
