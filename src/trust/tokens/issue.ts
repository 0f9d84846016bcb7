/** Country B writes a token for one professional, one patient, one purpose, one country asked. */
import { randomUUID } from 'node:crypto'
import { type CryptoKey, type JWK, type KeyObject, SignJWT } from 'jose'
import { type AccessGrant, claimsOf } from './access-grant.ts'

/** Longest life of an access token in seconds; longer ones are refused. */
export const LONGEST_LIFE = 300

export interface TokenSigner {
  /** Id of the key in the trust list. */
  readonly kid: string
  /** P-256 private key. */
  readonly privateKey: CryptoKey | KeyObject | JWK
  /** Hex SHA-256 of the DER of the TLS client certificate that will present the tokens. */
  readonly certificateFingerprint: string
}

/**
 * Signs a token (ES256, `typ: at+jwt`). It may be used for the several requests of one step of a journey, within its
 * life and only over the certificate it is bound to (RFC 8705 §3).
 */
export async function issueAccessToken(
  grant: AccessGrant,
  signer: TokenSigner,
  now: Date,
  lifeSeconds = LONGEST_LIFE,
): Promise<string> {
  const issuedAt = Math.floor(now.getTime() / 1000)
  const claims = claimsOf(grant, {
    tokenId: randomUUID(),
    issuedAt,
    expiresAt: issuedAt + Math.min(lifeSeconds, LONGEST_LIFE),
    certificateThumbprint: thumbprint(signer.certificateFingerprint),
  })
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: signer.kid })
    .sign(signer.privateKey)
}

/** Hex SHA-256 → the base64url form of `x5t#S256`. */
export function thumbprint(fingerprint: string): string {
  return Buffer.from(fingerprint, 'hex').toString('base64url')
}
