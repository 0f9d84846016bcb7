/** What the central services publish travels signed: a compact JWS with a subject, a version, and a time of life. */
import {
  CompactSign,
  type CryptoKey,
  compactVerify,
  decodeProtectedHeader,
  importJWK,
  type JWK,
  type KeyObject,
} from 'jose'
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'

export interface DocumentSigner {
  readonly kid: string
  /** P-256. */
  readonly privateKey: CryptoKey | KeyObject | JWK
}

export interface SignedDocument {
  /** `directory`, `trust-list` or `search-mask/PT`. */
  readonly subject: string
  readonly version: number
  /** Seconds since 1970. */
  readonly issuedAt: number
  readonly expiresAt: number
  readonly body: unknown
}

export type SignedDocumentProblemCode =
  | 'directory-signature'
  | 'directory-malformed'
  | 'directory-too-old'
  | 'directory-clock'

const TYPE = 'tessera-directory+jws'
const SKEW = 60

const Payload = z.object({
  sub: z.string(),
  ver: z.number().int().nonnegative(),
  iat: z.number().int(),
  exp: z.number().int(),
  body: z.unknown(),
})

export async function signDocument(document: SignedDocument, { kid, privateKey }: DocumentSigner): Promise<string> {
  const { subject, version, issuedAt, expiresAt, body } = document
  const payload = JSON.stringify({ sub: subject, ver: version, iat: issuedAt, exp: expiresAt, body })
  return new CompactSign(new TextEncoder().encode(payload))
    .setProtectedHeader({ alg: 'ES256', typ: TYPE, kid })
    .sign(privateKey)
}

/** The document, when one of the keys signed it, it is about `subject`, and it is neither expired nor from the future. */
export async function verifyDocument(
  jws: string,
  expected: { readonly keys: readonly JWK[]; readonly subject: string; readonly now: Date },
): Promise<Result<SignedDocument, SignedDocumentProblemCode>> {
  const unsigned = failed(
    'directory-signature',
    'What the central services sent is not signed by their known key.',
    'Compare the key in the configuration with the one that the Union publishes.',
  )
  let json: unknown
  try {
    const { kid, alg, typ } = decodeProtectedHeader(jws)
    const jwk = expected.keys.find((key) => key.kid === kid)
    if (!jwk || alg !== 'ES256' || typ !== TYPE) return unsigned
    const { payload } = await compactVerify(jws, await importJWK(jwk, 'ES256'), { algorithms: ['ES256'] })
    json = JSON.parse(new TextDecoder().decode(payload))
  } catch {
    return unsigned
  }
  const parsed = Payload.safeParse(json)
  if (!parsed.success || parsed.data.sub !== expected.subject) {
    return failed(
      'directory-malformed',
      `The central services did not send the ${expected.subject}.`,
      'Tell the Union.',
    )
  }
  const { ver, iat, exp, body } = parsed.data
  const now = expected.now.getTime() / 1000
  if (iat > now + SKEW) {
    return failed(
      'directory-clock',
      `The signed ${expected.subject} of the central services was signed ${Math.round(iat - now)} s in the future by our clock.`,
      'Set the clock of this node; at most 60 s may lie between it and that of the central services.',
    )
  }
  if (exp <= now) {
    return failed(
      'directory-too-old',
      `The signed ${expected.subject} of the central services is not valid any more.`,
      'Check the connection to the central services and the clock of this node.',
    )
  }
  return ok({ subject: parsed.data.sub, version: ver, issuedAt: iat, expiresAt: exp, body })
}
