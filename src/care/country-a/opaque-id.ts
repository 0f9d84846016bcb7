/**
 * Identifiers that stand in URLs: keyed digests of who asks, whose document it is, and which. They tell nothing, cannot
 * be guessed, and mean nothing to another country. Every replica with the same secret makes the same ones.
 */
import { createHmac, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto'

export type IdKind = 'patient' | 'entry' | 'bundle' | 'pdf' | 'image' | 'source'

export interface OpaqueIds {
  of(kind: IdKind, caller: string, patient: string, document?: string): string
}

/** 64 hex digits, the longest FHIR id. `secret`: at least 32 bytes. */
export function opaqueIds(secret: Uint8Array): OpaqueIds {
  if (secret.byteLength < 32) throw new RangeError('The secret of opaque ids needs at least 32 bytes.')
  return {
    of: (kind, caller, patient, document = '') =>
      createHmac('sha256', secret)
        .update(JSON.stringify([kind, caller, patient, document]))
        .digest('hex'),
  }
}

/** Equality that takes the same time wherever the two differ. */
export function sameId(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.byteLength === b.byteLength && timingSafeEqual(a, b)
}

/** A secret for opaque ids derived from a private key that all replicas of a node have (RFC 5869). */
export function idSecretOf(privateKey: KeyObject): Uint8Array {
  const material = privateKey.export({ type: 'pkcs8', format: 'der' })
  return new Uint8Array(hkdfSync('sha256', material, '', 'tessera opaque ids', 32))
}
