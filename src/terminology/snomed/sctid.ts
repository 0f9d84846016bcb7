/**
 * SNOMED CT identifiers (Release File Specification, "SCTID"): 6 to 18 digits, no leading zero. From the right: one check
 * digit, two digits of partition (what kind of component, and whether a namespace precedes), then item and namespace.
 *
 * The check digit is Verhoeff's: each digit, counted from the right, first goes through a permutation that depends on its
 * position (the eight powers of one fixed permutation), then is multiplied into the result in the dihedral group of the
 * pentagon: 0–4 are its rotations, 5–9 its reflections. The group does not commute, so that swapped neighbours change the
 * product; a valid identifier multiplies to 0, the identity. Both tables below are computed from these two sentences.
 */
import { formatPair, type Pair, parsePair } from '#terminology/flat/pair-hash.ts'

/** The product in the dihedral group of order 10. */
function product(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + ((a + b - 5) % 5)
  return b < 5 ? 5 + ((a - 5 - b + 5) % 5) : (a - b + 5) % 5
}

const PRODUCT = Uint8Array.from({ length: 100 }, (_, index) => product(Math.floor(index / 10), index % 10))

/** Verhoeff's permutation (0)(1 5 8 9 4 2 7)(3 6), raised to the powers 0 to 7. */
const PERMUTATION = ((): Uint8Array => {
  const step = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
  const table = new Uint8Array(80)
  for (let digit = 0; digit < 10; digit += 1) table[digit] = digit
  for (let power = 1; power < 8; power += 1) {
    for (let digit = 0; digit < 10; digit += 1) {
      table[power * 10 + digit] = table[(power - 1) * 10 + (step[digit] as number)] as number
    }
  }
  return table
})()

/** Whether ASCII digits end in the right check digit. Anything but digits: false. */
export function hasCheckDigit(bytes: Uint8Array, start: number, end: number): boolean {
  let state = 0
  for (let index = end - 1, position = 0; index >= start; index -= 1, position = (position + 1) & 7) {
    const digit = (bytes[index] as number) - 48
    if (digit < 0 || digit > 9) return false
    state = PRODUCT[state * 10 + (PERMUTATION[position * 10 + digit] as number)] as number
  }
  return state === 0
}

/** Shape and check digit of an SCTID. */
export function isSctid(text: string): boolean {
  return /^[1-9]\d{5,17}$/.test(text) && hasCheckDigit(Buffer.from(text, 'latin1'), 0, text.length)
}

/** The check digit that makes these digits an SCTID. */
export function checkDigit(digits: string): number {
  for (let digit = 0; digit < 10; digit += 1) {
    const bytes = Buffer.from(digits + digit, 'latin1')
    if (hasCheckDigit(bytes, 0, bytes.length)) return digit
  }
  throw new Error(`Not digits: ${digits}`)
}

/** The halves of an SCTID as ASCII digits; false when it has not the shape of one. The check digit is another question. */
export function readSctid(bytes: Uint8Array, start: number, end: number, pair: Pair): boolean {
  const length = end - start
  if (length < 6 || length > 18 || bytes[start] === 48) return false
  const cut = length > 9 ? end - 9 : start
  let high = 0
  let low = 0
  for (let index = start; index < end; index += 1) {
    const digit = (bytes[index] as number) - 48
    if (digit < 0 || digit > 9) return false
    if (index < cut) high = high * 10 + digit
    else low = low * 10 + digit
  }
  pair.high = high
  pair.low = low
  return true
}

/** `00`, `01`, `02` international, `10`, `11`, `12` with a namespace: concept, description, relationship. */
export function partitionOf(sctid: string): string {
  return sctid.slice(-3, -1)
}

export type { Pair }
export { formatPair, parsePair }
