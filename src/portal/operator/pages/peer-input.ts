/** What is written in the form of a peer: read into an entry of the list, and an entry written back into the form. Pure. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { SERVICES } from '#wire/discovery/directory.ts'
import { iheEndpoints } from '#wire/discovery/ihe-endpoints.ts'
import { type PeerEntryProblemCode, peerOf } from '#wire/discovery/peer-entry.ts'
import type { Peer } from '#wire/discovery/peers-file.ts'

export const PEER_FIELDS = [
  'country',
  'community',
  'ihe',
  'profile',
  'fhir',
  'smp',
  'certificates',
  'seals',
  'token-keys',
  'mask',
  'reviewed-by',
] as const
export type PeerField = (typeof PEER_FIELDS)[number] | 'services'
export type PeerInput = Readonly<Record<(typeof PEER_FIELDS)[number], string>> & {
  readonly services: readonly string[]
  /** Fingerprints of TLS certificates that stay. */
  readonly kept: readonly string[]
}

export type PeerInputProblemCode =
  | PeerEntryProblemCode
  | 'private-key'
  | 'certificates-unreadable'
  | 'token-keys-unreadable'
  | 'endpoints-incomplete'

/** @param known TLS fingerprints of the entry that is replaced: no other can be kept */
export function readInput(form: URLSearchParams, known: readonly string[]): PeerInput {
  const text = (name: string): string => (form.get(name) ?? '').trim()
  const fields = Object.fromEntries(PEER_FIELDS.map((name) => [name, text(name)] as const))
  return {
    // Every name of the list has its text.
    ...(fields as Record<(typeof PEER_FIELDS)[number], string>),
    services: SERVICES.filter((service) => form.get(`service-${service}`) === 'yes'),
    kept: known.filter((fingerprint) => form.get(`keep-${fingerprint}`) === 'yes'),
  }
}

export function inputOf(peer: Peer | undefined, reviewedBy: string): PeerInput {
  return {
    country: peer?.country ?? '',
    community: peer?.homeCommunityId ?? '',
    ihe: peer?.ihe === undefined ? '' : writtenEndpoints(peer.ihe),
    profile: peer?.ihe?.profile ?? 'openncp',
    fhir: peer?.fhirBase ?? '',
    smp: peer?.smp ?? '',
    certificates: '',
    seals: peer?.sealCertificates.join('\n') ?? '',
    'token-keys': peer === undefined || peer.tokenKeys.length === 0 ? '' : JSON.stringify(peer.tokenKeys, undefined, 2),
    mask: '',
    'reviewed-by': reviewedBy,
    services: peer?.services ?? ['patient-identification', 'patient-summary'],
    kept: peer?.certificates ?? [],
  }
}

/** The entry that the form describes; the place of a problem is a field of the form. */
export function peerFrom(
  input: PeerInput,
  searchMask: string | undefined,
  now: Date,
): Result<Peer, PeerInputProblemCode> {
  const certificates = splitPem(input.certificates, 'certificates')
  if (!certificates.ok) return certificates
  const seals = splitPem(input.seals, 'seals')
  if (!seals.ok) return seals
  const tokenKeys = readKeys(input['token-keys'])
  if (!tokenKeys.ok) return tokenKeys
  const ihe = readEndpoints(input)
  if (!ihe.ok) return ihe
  const peer = peerOf(
    {
      country: input.country,
      homeCommunityId: input.community,
      services: input.services,
      certificates: certificates.value,
      fingerprints: input.kept,
      sealCertificates: seals.value,
      tokenKeys: tokenKeys.value,
      fhirBase: input.fhir === '' ? undefined : input.fhir,
      ihe: ihe.value,
      smp: input.smp === '' ? undefined : input.smp,
      searchMask,
      reviewedBy: input['reviewed-by'],
    },
    now,
  )
  if (peer.ok) return peer
  const field = FIELD_OF[peer.problem.place?.path?.split('.')[0] ?? ''] ?? 'country'
  return { ok: false, problem: { ...peer.problem, place: { path: field } } }
}

const FIELD_OF: Readonly<Record<string, PeerField>> = {
  country: 'country',
  homeCommunityId: 'community',
  services: 'services',
  certificates: 'certificates',
  tokenKeys: 'token-keys',
  sealCertificates: 'seals',
  fhirBase: 'fhir',
  ihe: 'ihe',
  smp: 'smp',
  reviewed: 'reviewed-by',
}

const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g

/** All certificates of a text. What else stands there is a mistake; a private key must never come this way. */
function splitPem(text: string, field: PeerField): Result<readonly string[], PeerInputProblemCode> {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return privateKey(field)
  if (text.replace(PEM, '').trim() !== '') {
    const sentence = 'Beside certificates in PEM there is other text.'
    return failed('certificates-unreadable', sentence, 'Give the certificates only.', { path: field })
  }
  return ok([...text.matchAll(PEM)].map(([pem]) => pem))
}

function privateKey(field: PeerField): Result<never, 'private-key'> {
  const sentence = 'This is a private key. It was not kept; whoever sent it to you must make a new one.'
  return failed('private-key', sentence, 'Ask the country for what is public only.', { path: field })
}

/** A JWK, a list of them, or a JWK set (RFC 7517). */
function readKeys(text: string): Result<readonly unknown[], PeerInputProblemCode> {
  if (text === '') return ok([])
  try {
    const value: unknown = JSON.parse(text)
    const inSet = typeof value === 'object' && value !== null && 'keys' in value ? value.keys : value
    const keys: readonly unknown[] = Array.isArray(inSet) ? inSet : [inSet]
    // RFC 7518 §6.2.2: `d` is the private part.
    if (keys.some((key) => typeof key === 'object' && key !== null && 'd' in key)) return privateKey('token-keys')
    return ok(keys)
  } catch {
    return failed('token-keys-unreadable', 'The keys are not JSON.', 'Give a JWK or a JWK set.', { path: 'token-keys' })
  }
}

const ENDPOINTS = ['patientDiscovery', 'query', 'retrieve', 'submission'] as const

/** One address is the base of OpenNCP's services; four are the services themselves. */
function readEndpoints({ ihe, profile }: PeerInput): Result<Peer['ihe'], PeerInputProblemCode> {
  const spoken = profile === 'standard' ? 'standard' : 'openncp'
  const [first, ...others] = ihe.split(/\s+/).filter((address) => address !== '')
  if (first === undefined) return ok(undefined)
  if (others.length === 0) return ok(iheEndpoints(first, spoken))
  const [query, retrieve, submission, ...more] = others
  if (query === undefined || retrieve === undefined || submission === undefined || more.length > 0) {
    const next = `Give one base address, or four: ${ENDPOINTS.join(', ')}.`
    return failed('endpoints-incomplete', 'The IHE addresses are not complete.', next, { path: 'ihe' })
  }
  return ok({ patientDiscovery: first, query, retrieve, submission, profile: spoken })
}

function writtenEndpoints(ihe: NonNullable<Peer['ihe']>): string {
  const base = ihe.patientDiscovery.replace(/\/[^/]*$/, '')
  const derived = iheEndpoints(base, ihe.profile)
  const isDerived = ENDPOINTS.every((name) => derived[name] === ihe[name])
  return isDerived ? base : ENDPOINTS.map((name) => ihe[name]).join('\n')
}
