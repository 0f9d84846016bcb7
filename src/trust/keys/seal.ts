/** A seal: a signature of the node over a few bytes, checked again years later. ECDSA P-256 with SHA-256. */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'

export interface Seal {
  /** Names the key: hex SHA-256 of its public half (SPKI, DER). */
  readonly keyId: string
  /** Base64url. */
  sign(data: string): string
  /** False also when the key is not known. */
  verify(data: string, signature: string, keyId: string): boolean
}

/** Seals with `privateKey`; `earlier` public keys are still accepted when verifying, after a change of keys. */
export function sealWith(privateKey: KeyObject, earlier: readonly KeyObject[] = []): Seal {
  const own = createPublicKey(privateKey)
  const keyId = keyIdOf(own)
  const known = new Map([own, ...earlier].map((key) => [keyIdOf(key), key] as const))
  return {
    keyId,
    sign: (data) => sign('sha256', Buffer.from(data, 'utf8'), privateKey).toString('base64url'),
    verify(data, signature, signedBy) {
      const key = known.get(signedBy)
      return key !== undefined && verify('sha256', Buffer.from(data, 'utf8'), key, Buffer.from(signature, 'base64url'))
    },
  }
}

function keyIdOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}
