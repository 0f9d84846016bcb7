/** Which characters may stand in a name (XML 1.0 fifth edition, productions 4 and 4a, without the colon). */
const NAME_START =
  'A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}'
const NAME_REST = `${NAME_START}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040`
const QUALIFIED = new RegExp(`^[${NAME_START}][${NAME_REST}]*(?::[${NAME_START}][${NAME_REST}]*)?$`, 'u')

/** Characters that end a name wherever they stand; everything else is collected and then checked as a whole. */
const ENDS_NAME = new Uint8Array(128)
for (const character of '\t\n\r \'"=<>/?&') ENDS_NAME[character.charCodeAt(0)] = 1

/** Offset behind the run of characters that may belong to a name. */
export function endOfName(source: string, from: number): number {
  let at = from
  while (at < source.length) {
    const code = source.charCodeAt(at)
    if (code < 128 && ENDS_NAME[code] === 1) break
    at++
  }
  return at
}

/** Whether a word is a name with at most one prefix (Namespaces in XML 1.0, production 7). */
export function isQualifiedName(word: string): boolean {
  return QUALIFIED.test(word)
}
