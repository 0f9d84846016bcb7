/** Does a peer answer, with the certificates that were reviewed, and how long do those hold? No patient is asked about. */
import { X509Certificate } from 'node:crypto'
import type { PeerFetch, PeerProblemCode } from '#platform/http/peer-fetch.ts'
import type { Participant } from './directory.ts'

export interface EndpointCheck {
  /** `fhir`, `patientDiscovery`, `query`, `retrieve`, `submission`. */
  readonly name: string
  readonly address: string
  /** `answers` also when it answers that it wants another request: the connection and its certificate are right. */
  readonly state: 'answers' | PeerProblemCode | 'wrong-service'
  /** HTTP status, when there was an answer. */
  readonly status?: number
  readonly milliseconds: number
}

export interface SealCheck {
  readonly subject: string
  readonly fingerprint: string
  /** ISO 8601. */
  readonly expires: string
  readonly state: 'valid' | 'not-yet-valid' | 'expired' | 'expires-soon'
}

export interface PeerCheck {
  readonly country: string
  readonly checkedAt: string
  readonly endpoints: readonly EndpointCheck[]
  readonly seals: readonly SealCheck[]
  /** Seconds by which the peer's clock is ahead of ours, from its Date header; absent when it has none. */
  readonly clockAhead?: number
  readonly fine: boolean
}

export interface PeerCheckOptions {
  readonly fetch: PeerFetch
  readonly clock: () => Date
  readonly timeoutMs?: number
}

const SOON_MS = 30 * 86_400_000
/** SAML conditions are read with a tolerance of 60 s. */
const CLOCK_TOLERANCE = 60

export async function checkPeer(participant: Participant, options: PeerCheckOptions): Promise<PeerCheck> {
  const clocks: number[] = []
  const endpoints = await Promise.all(
    addressesOf(participant).map(([name, address]) => checkEndpoint(participant, name, address, options, clocks)),
  )
  const now = options.clock()
  const seals = sealsOf(participant, now)
  const [clockAhead] = clocks
  return {
    country: participant.country,
    checkedAt: now.toISOString(),
    endpoints,
    seals,
    ...(clockAhead === undefined ? {} : { clockAhead }),
    fine:
      endpoints.length > 0 &&
      endpoints.every(({ state }) => state === 'answers') &&
      seals.every(({ state }) => state === 'valid' || state === 'expires-soon') &&
      Math.abs(clockAhead ?? 0) <= CLOCK_TOLERANCE,
  }
}

function addressesOf({ fhirBase, ihe }: Participant): readonly (readonly [string, string])[] {
  const { profile: _, ...services } = ihe ?? { profile: 'standard' }
  return [...(fhirBase === undefined ? [] : [['fhir', `${fhirBase}/metadata`] as const]), ...Object.entries(services)]
}

async function checkEndpoint(
  { certificates }: Participant,
  name: string,
  address: string,
  { fetch, clock, timeoutMs = 3000 }: PeerCheckOptions,
  clocks: number[],
): Promise<EndpointCheck> {
  const began = performance.now()
  const reply = await fetch.fetch({
    url: address,
    timeoutMs,
    maxBytes: 4 * 1024 * 1024,
    pinnedFingerprints: certificates,
  })
  const check = { name, address, milliseconds: Math.round(performance.now() - began) }
  if (!reply.ok) return { ...check, state: reply.problem.code }
  const { status, headers } = reply.value
  const date = Date.parse(headers.get('date') ?? '')
  if (Number.isFinite(date)) clocks.push(Math.round((date - clock().getTime()) / 1000))
  // A SOAP service answers a GET with a refusal; only "nothing here" and a broken server are no answer.
  const wrong = status === 404 || status >= 502 || (name === 'fhir' && status !== 200)
  return { ...check, status, state: wrong ? 'wrong-service' : 'answers' }
}

/** The certificates with which a country signs, and how long they hold. */
export function sealsOf({ sealCertificates }: Pick<Participant, 'sealCertificates'>, now: Date): readonly SealCheck[] {
  return sealCertificates.map((pem) => {
    const certificate = new X509Certificate(pem)
    return {
      subject: certificate.subject.replaceAll('\n', ', '),
      fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
      expires: certificate.validToDate.toISOString(),
      state: validity(certificate, now.getTime()),
    }
  })
}

function validity({ validFromDate, validToDate }: X509Certificate, now: number): SealCheck['state'] {
  if (now < validFromDate.getTime()) return 'not-yet-valid'
  const left = validToDate.getTime() - now
  if (left <= 0) return 'expired'
  return left < SOON_MS ? 'expires-soon' : 'valid'
}
