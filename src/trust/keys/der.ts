/**
 * The few pieces of DER (ITU-T X.690) that a certificate is made of. Written here because a certificate with seven
 * fields and six extensions needs 60 lines, and a general library brings a dozen packages into every node.
 */

export function tagged(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content])
}

/** X.690 §8.1.3: one byte below 128, else the number of length bytes and those bytes. */
function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Buffer.from([0x80 | bytes.length, ...bytes])
}

export const sequence = (...items: readonly Uint8Array[]): Buffer => tagged(0x30, ...items)
export const set = (...items: readonly Uint8Array[]): Buffer => tagged(0x31, ...items)
/** `[number]` constructed: an EXPLICIT tag around whole values. */
export const explicit = (number: number, ...items: readonly Uint8Array[]): Buffer => tagged(0xa0 | number, ...items)
/** `[number]` primitive: an IMPLICIT tag in place of the type's own. */
export const implicit = (number: number, content: Uint8Array): Buffer => tagged(0x80 | number, content)
export const octets = (content: Uint8Array): Buffer => tagged(0x04, content)
export const bits = (content: Uint8Array, unused = 0): Buffer => tagged(0x03, Buffer.from([unused]), content)
export const yes = (): Buffer => tagged(0x01, Buffer.from([0xff]))
export const utf8 = (text: string): Buffer => tagged(0x0c, Buffer.from(text, 'utf8'))
export const printable = (text: string): Buffer => tagged(0x13, Buffer.from(text, 'latin1'))

/** A positive INTEGER from big-endian bytes. */
export function positiveInteger(bytes: Uint8Array): Buffer {
  let start = 0
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1
  const shortest = Buffer.from(bytes.subarray(start))
  // A leading bit of one would mean a negative number.
  return tagged(0x02, ...((shortest[0] ?? 0) >= 0x80 ? [Buffer.from([0])] : []), shortest)
}

export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(arc: number): number[] {
  const bytes = [arc % 128]
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(0x80 | (rest % 128))
  return bytes
}

/** RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime after. */
export function time(date: Date): Buffer {
  const digits = date
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '')
  if (date.getUTCFullYear() < 2050) return tagged(0x17, Buffer.from(digits.slice(2), 'latin1'))
  return tagged(0x18, Buffer.from(digits, 'latin1'))
}

/** The values directly inside a constructed value, each with its tag and length. */
export function childrenOf(der: Uint8Array): readonly Buffer[] {
  const { start, end } = contentOf(der, 0)
  const children: Buffer[] = []
  for (let position = start; position < end; ) {
    const child = contentOf(der, position)
    children.push(Buffer.from(der.subarray(position, child.end)))
    position = child.end
  }
  return children
}

/** The bytes inside a value, without its tag and length. */
export function contentBytes(der: Uint8Array): Buffer {
  const { start, end } = contentOf(der, 0)
  return Buffer.from(der.subarray(start, end))
}

function contentOf(der: Uint8Array, position: number): { readonly start: number; readonly end: number } {
  const first = der[position + 1] ?? 0
  let start = position + 2
  let length = first
  if (first >= 0x80) {
    length = 0
    for (const byte of der.subarray(start, start + (first & 0x7f))) length = length * 256 + byte
    start += first & 0x7f
  }
  if (start + length > der.length) throw new RangeError('The DER value ends before its announced length.')
  return { start, end: start + length }
}
