/** Base64 as documents are sent in (RFC 4648 §4), lines allowed; anything else is refused, never guessed. */

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** undefined when the text is not Base64; without its padding it still is. */
export function fromBase64(text: string): Uint8Array | undefined {
  const solid = text.replace(/[\t\n\r ]+/g, '')
  if (!BASE64.test(solid)) return undefined
  const digits = solid.replace(/=+$/, '')
  const isPadded = digits.length !== solid.length
  if (digits.length % 4 === 1 || (isPadded && solid.length % 4 !== 0)) return undefined
  return Buffer.from(digits, 'base64')
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
