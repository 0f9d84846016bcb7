/**
 * Sessions at rest: the database keeps the hash of the session's secret and what was sealed with a key derived from
 * that secret. Only the browser holds the secret, so whoever reads the database learns neither who is signed in nor
 * about which patient, and every replica can serve every session. Of an office there is a hash as well, so that it can be
 * asked whether somebody named holds it now.
 */
import { createCipheriv, createDecipheriv, createHmac, hash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 random bits for a cookie. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** The name under which a secret is known in the database. */
export function secretHash(secret: string): string {
  return hash('sha256', `tessera:${secret}`, 'base64url')
}

/** AES-256-GCM over the JSON of a value; `purpose` separates keys and is bound to the text. */
export function seal(secret: string, purpose: string, value: unknown): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyFor(secret, purpose), nonce)
  cipher.setAAD(Buffer.from(purpose))
  const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')
}

/** The JSON value; undefined when the secret is another one or the text was altered. */
export function unseal(secret: string, purpose: string, sealed: string): unknown {
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.length < 28) return undefined
  const decipher = createDecipheriv('aes-256-gcm', keyFor(secret, purpose), bytes.subarray(0, 12))
  decipher.setAAD(Buffer.from(purpose))
  decipher.setAuthTag(bytes.subarray(12, 28))
  try {
    return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8'))
  } catch {
    return undefined
  }
}

/**
 * The token that every form of a session carries; it cannot be computed without the session's secret. It differs each
 * time, so that compressed pages do not give it away (BREACH).
 */
export function formToken(secret: string): string {
  const salt = randomBytes(12).toString('base64url')
  return `${salt}.${proof(secret, salt)}`
}

export function isFormToken(secret: string, token: string): boolean {
  const [salt = '', given = ''] = token.split('.')
  const [expected, received] = [Buffer.from(proof(secret, salt)), Buffer.from(given)]
  return received.length === expected.length && timingSafeEqual(received, expected)
}

function proof(secret: string, salt: string): string {
  return createHmac('sha256', keyFor(secret, 'form')).update(salt).digest('base64url')
}

function keyFor(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'tessera', purpose, 32))
}
