/** Country A checks every claim of a token before anything else happens. */
import { createHash } from 'node:crypto'
import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK, type JWK } from 'jose'
import type { PeerCertificate } from '#platform/http/connection.ts'
import { type Failed, failed, ok, type Result } from '#platform/result/result.ts'
import { AccessClaims, type AccessGrant, type AccessPurpose, type AccessScope, grantOf } from './access-grant.ts'
import { LONGEST_LIFE, thumbprint } from './issue.ts'
import type { ReplayStore } from './replay.ts'

export type TokenProblemCode =
  | 'token-missing'
  | 'token-malformed'
  | 'token-claims'
  | 'token-issuer'
  | 'token-certificate'
  | 'token-signature'
  | 'token-audience'
  | 'token-clock'
  | 'token-not-yet-valid'
  | 'token-expired'
  | 'token-lifetime'
  | 'token-replayed'
  | 'token-busy'
  | 'token-scope'
  | 'token-purpose'
  | 'token-role'
  | 'token-patient'

/** What the trust list says about a country. */
export interface TrustedIssuer {
  readonly country: string
  readonly homeCommunityId: string
  /** Hex SHA-256 of its TLS certificates. */
  readonly certificates: readonly string[]
  readonly tokenKeys: readonly JWK[]
}

export interface OwnBridge {
  /** Hex SHA-256 of the TLS certificates that it presents. */
  readonly certificates: readonly string[]
  /** Keys that sign its tokens. */
  readonly tokenKeys: readonly JWK[]
}

export interface Expectation {
  readonly now: Date
  /** The verified TLS client certificate of the request. */
  readonly certificate: PeerCertificate | undefined
  /**
   * This country's own bridge, which verified the caller on another wire and vouches for his country (docs/BORDER.md).
   * Configuration of the node, never of the directory: nobody else can speak for a third country.
   */
  readonly bridge?: OwnBridge
  /** The trust list. */
  issuer(country: string): Promise<TrustedIssuer | undefined>
  /** Own home community, bare OID. */
  readonly audience: string
  readonly scope: AccessScope
  /** Identifiers that the request names; undefined when it names none (opaque ids are checked against the grant). */
  readonly patients: readonly string[] | undefined
  /** ISCO codes that may ask for this at all. */
  readonly roles: readonly string[]
  /** ISCO codes that may ask on behalf of one of `roles`. */
  readonly clericalRoles?: readonly string[]
  readonly purposes: readonly AccessPurpose[]
  readonly replay: ReplayStore
}

export interface VerifiedAccess extends AccessGrant {
  readonly tokenId: string
  /** The own bridge vouches for him (docs/BORDER.md). */
  readonly throughBridge?: true
}

export interface TokenRefusal extends Failed<TokenProblemCode> {
  /** Who asked, when the signature was good and only what was asked is refused: the ledger can then name him. */
  readonly grant?: AccessGrant
}

/** Difference between two countries' clocks that is let through, in seconds. */
const SKEW = 60
const LONGEST_TOKEN = 8192
const ASK_AGAIN = 'Sign in again and repeat the request.'

/**
 * Checks, in this order: form, issuer = country of the TLS certificate, certificate on the trust list, binding to the
 * certificate, signature by a key of that country, claims, audience, times, replay; then scope, purpose, role, patient.
 */
export async function verifyAccessToken(
  token: string | undefined,
  expected: Expectation,
): Promise<Result<VerifiedAccess, TokenProblemCode> | TokenRefusal> {
  if (!token) return failed('token-missing', 'The request carries no access token.', ASK_AGAIN)
  const read = readUnverified(token)
  if (!read.ok) return read
  const trusted = await trustedIssuer(read.value.issuer, expected)
  if (!trusted.ok) return trusted
  const payload = await verifiedPayload(token, read.value.kid, trusted.value)
  if (!payload.ok) return payload
  const parsed = AccessClaims.safeParse(payload.value)
  const grant = parsed.success ? grantOf(parsed.data) : undefined
  if (!parsed.success || !grant) {
    const where = parsed.error?.issues[0]?.path.join('.') ?? 'extensions.ihe_iua'
    return failed('token-claims', 'The access token does not say all it must about who asks and why.', ASK_AGAIN, {
      path: where,
    })
  }
  const claims = parsed.data
  const wrong =
    bindingProblem(claims, grant, trusted.value, expected) ??
    timeProblem(claims, expected.now) ??
    replayProblem(token, claims, expected) ??
    askedProblem(grant, expected)
  if (wrong) return { ...wrong, grant }
  const throughBridge = isOwnBridge(expected)
  return ok({ ...grant, tokenId: claims.jti, ...(throughBridge ? { throughBridge } : {}) })
}

function readUnverified(token: string): Result<{ readonly issuer: string; readonly kid: string }, TokenProblemCode> {
  const malformed = failed('token-malformed', 'The access token is not a signed token of the agreed kind.', ASK_AGAIN)
  if (token.length > LONGEST_TOKEN) return malformed
  try {
    const { alg, kid } = decodeProtectedHeader(token)
    const { iss } = decodeJwt(token)
    return alg === 'ES256' && typeof kid === 'string' && typeof iss === 'string' ? ok({ issuer: iss, kid }) : malformed
  } catch {
    return malformed
  }
}

async function trustedIssuer(
  issuer: string,
  { certificate, ...expected }: Expectation,
): Promise<Result<TrustedIssuer, TokenProblemCode>> {
  if (expected.bridge && isOwnBridge({ certificate, bridge: expected.bridge })) {
    return vouchedIssuer(issuer, expected.bridge, expected)
  }
  if (!certificate?.country) {
    return failed(
      'token-certificate',
      'The connection names no country in its certificate.',
      'Use a certificate with C=.',
    )
  }
  if (issuer !== certificate.country) {
    return failed(
      'token-issuer',
      `The access token is not from ${certificate.country}, the country of the certificate.`,
      'Each country signs its own tokens.',
    )
  }
  const trusted = await expected.issuer(certificate.country)
  if (!trusted) {
    return failed('token-issuer', `${certificate.country} is not on the trust list.`, 'Ask the central services.')
  }
  if (!trusted.certificates.includes(certificate.fingerprint)) {
    return failed(
      'token-certificate',
      `The certificate is not one that the trust list holds for ${certificate.country}.`,
      'Publish the certificate before it is used.',
    )
  }
  return ok(trusted)
}

function isOwnBridge({ certificate, bridge }: Pick<Expectation, 'certificate' | 'bridge'>): boolean {
  return certificate !== undefined && (bridge?.certificates.includes(certificate.fingerprint) ?? false)
}

/** The country must take part; that its token was signed and sent by the bridge is all that the bridge changes. */
async function vouchedIssuer(
  issuer: string,
  bridge: OwnBridge,
  expected: Pick<Expectation, 'issuer'>,
): Promise<Result<TrustedIssuer, TokenProblemCode>> {
  const vouchedFor = await expected.issuer(issuer)
  if (vouchedFor) return ok({ ...vouchedFor, certificates: bridge.certificates, tokenKeys: bridge.tokenKeys })
  return failed(
    'token-issuer',
    'The bridge vouches for a country that does not take part.',
    'Ask the central services.',
  )
}

async function verifiedPayload(
  token: string,
  kid: string,
  trusted: TrustedIssuer,
): Promise<Result<unknown, TokenProblemCode>> {
  const bad = failed('token-signature', `No key of ${trusted.country} has signed the access token.`, ASK_AGAIN)
  const jwk = trusted.tokenKeys.find((key) => key.kid === kid)
  if (!jwk) return bad
  try {
    const { payload } = await compactVerify(token, await importJWK(jwk, 'ES256'), { algorithms: ['ES256'] })
    return ok(JSON.parse(new TextDecoder().decode(payload)))
  } catch {
    return bad
  }
}

function bindingProblem(
  claims: AccessClaims,
  grant: AccessGrant,
  trusted: TrustedIssuer,
  { certificate, audience }: Expectation,
): Failed<TokenProblemCode> | undefined {
  if (!certificate || claims.cnf['x5t#S256'].replace(/=$/, '') !== thumbprint(certificate.fingerprint)) {
    return failed(
      'token-certificate',
      'The access token is bound to another certificate.',
      'Use the token where it was made.',
    )
  }
  if (grant.audience !== audience) {
    return failed(
      'token-audience',
      'The access token is meant for another country.',
      'Ask for a token for this country.',
    )
  }
  if (grant.homeCommunityId !== trusted.homeCommunityId) {
    return failed('token-issuer', 'The access token names another home community than the trust list.', ASK_AGAIN)
  }
  return undefined
}

function timeProblem({ iat, nbf = iat, exp }: AccessClaims, date: Date): Failed<TokenProblemCode> | undefined {
  const now = date.getTime() / 1000
  if (exp <= iat || exp - Math.min(iat, nbf) > LONGEST_LIFE) {
    return failed('token-lifetime', `The access token lives longer than ${LONGEST_LIFE} s, or not at all.`, ASK_AGAIN)
  }
  if (iat > now + SKEW) {
    return failed(
      'token-clock',
      `The access token was issued ${Math.round(iat - now)} s in the future by our clock.`,
      'Set the clocks of both national contact points; at most 60 s may lie between them.',
    )
  }
  if (nbf > now + SKEW) return failed('token-not-yet-valid', 'The access token is not valid yet.', ASK_AGAIN)
  if (exp <= now - SKEW) {
    return failed(
      'token-expired',
      `The access token expired ${Math.round(now - exp)} s ago by our clock.`,
      'Repeat the request; if it happens again, compare the clocks of both national contact points.',
    )
  }
  return undefined
}

function replayProblem(
  token: string,
  claims: AccessClaims,
  expected: Expectation,
): Failed<TokenProblemCode> | undefined {
  const content = token.slice(0, token.lastIndexOf('.'))
  const seen = expected.replay.use(
    {
      issuer: claims.iss,
      tokenId: claims.jti,
      binding: createHash('sha256').update(content).digest('base64url'),
      forgetAt: claims.exp + SKEW,
    },
    expected.now.getTime() / 1000,
  )
  if (seen === 'different') {
    return failed('token-replayed', 'The id of the access token was already used for another request.', ASK_AGAIN)
  }
  if (seen === 'full') {
    return failed('token-busy', 'Too many access tokens of this country are in use.', 'Try again in a few minutes.')
  }
  return undefined
}

/** Clerical staff asks for somebody; his role counts then (eHDSI SAML Profile, on-behalf-of). */
function responsibleRole({ role, onBehalfOf }: AccessGrant['professional'], clerical: readonly string[] = []): string {
  return clerical.includes(role.code) && onBehalfOf !== undefined ? onBehalfOf : role.code
}

function askedProblem(grant: AccessGrant, expected: Expectation): Failed<TokenProblemCode> | undefined {
  if (!grant.scopes.includes(expected.scope)) {
    return failed('token-scope', 'The access token is not for this kind of request.', 'Ask for a token for it.')
  }
  if (!expected.purposes.includes(grant.purpose)) {
    return failed('token-purpose', 'This service is not open for that purpose.', 'Ask for treatment or emergency.')
  }
  if (grant.purpose === 'EMERGENCY' && !grant.emergencyReasonGiven) {
    return failed('token-purpose', 'An emergency needs a stated reason.', 'State why it is an emergency.')
  }
  if (!expected.roles.includes(responsibleRole(grant.professional, expected.clericalRoles))) {
    return failed(
      'token-role',
      'This service is not open for the role of the professional.',
      'A professional with another role must ask.',
    )
  }
  if (expected.patients && !expected.patients.includes(grant.patient)) {
    return failed('token-patient', 'The access token is about another patient.', 'Ask for a token for this patient.')
  }
  return undefined
}
