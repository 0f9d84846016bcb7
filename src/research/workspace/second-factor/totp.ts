/** Time-based one-time passwords as RFC 6238 has them, on the HOTP of RFC 4226, and secrets in base 32 (RFC 4648, 6). Pure. */
import { createHmac } from 'node:crypto'

/** RFC 6238, 4.1. */
export const STEP_SECONDS = 30

export type TotpAlgorithm = 'sha1' | 'sha256' | 'sha512'

/** Time steps since 1970. */
export function stepOf(now: Date): number {
  return Math.floor(now.getTime() / 1000 / STEP_SECONDS)
}

/** SHA-1 and six digits are what every authenticator understands; its HMAC is not touched by collisions of SHA-1. */
export function codeAt(secret: Uint8Array, step: number, digits = 6, algorithm: TotpAlgorithm = 'sha1'): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac(algorithm, secret).update(counter).digest()
  // RFC 4226, 5.3: dynamic truncation.
  const offset = (mac.at(-1) ?? 0) & 0x0f
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff
  return String(number % 10 ** digits).padStart(digits, '0')
}

/**
 * The step of this code among the present one and its neighbours (RFC 6238, 5.2: clocks differ), if it is later than
 * `after`: a code is taken once, and none that is older.
 */
export function acceptedStep(secret: Uint8Array, code: string, now: Date, after: number): number | undefined {
  const present = stepOf(now)
  return [present - 1, present, present + 1].find((step) => step > after && codeAt(secret, step) === code)
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Without padding, as authenticators take it. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{1,5}/g) ?? []
  return groups.map((group) => LETTERS[Number.parseInt(group.padEnd(5, '0'), 2)]).join('')
}
