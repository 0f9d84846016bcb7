/**
 * The list of participating countries as a file. Whoever registers a country writes it (in the demonstration the
 * supervisor, from the nodes' public keys); the central services read it again when it changes.
 */
import { X509Certificate } from 'node:crypto'
import { readFile, rename, stat, writeFile } from 'node:fs/promises'
import type { JWK } from 'jose'
import { z } from 'zod'
import { plainFingerprint } from '#platform/http/connection.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { type IheEndpoints, type Participant, type ResearchAddress, SERVICES, type ServiceKind } from './directory.ts'

export interface ParticipantList {
  /** Grows with every change; a lower one than before is refused by the countries. */
  readonly version: number
  readonly participants: readonly Participant[]
}

export type ParticipantsProblemCode = 'participants-unreadable' | 'participants-invalid'

const Country = z.string().regex(/^[A-Z]{2}$/)
const Oid = z.string().regex(/^\d+(\.\d+)+$/)
const Fingerprint = z.string().regex(/^[0-9a-f]{64}$/)
const Service = z.enum(SERVICES)
const Endpoint = z.url({ protocol: /^https$/ })

const Ihe = z.object({
  patientDiscovery: Endpoint,
  query: Endpoint,
  retrieve: Endpoint,
  submission: Endpoint,
  profile: z.enum(['openncp', 'standard']),
})

/** A P-256 public key; private parts are not let through. */
export const PublicKey = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  kid: z.string().min(1),
  alg: z.string().optional(),
  use: z.string().optional(),
})

export const Address = z.object({
  country: Country,
  homeCommunityId: Oid,
  fhirBase: Endpoint.exactOptional(),
  ihe: Ihe.exactOptional(),
  services: z.array(Service),
  research: z.object({ base: Endpoint, catalogue: z.url().exactOptional() }).exactOptional(),
})

export const Trust = z.object({
  country: Country,
  certificates: z.array(Fingerprint).min(1),
  tokenKeys: z.array(PublicKey).min(1),
  sealCertificates: z.array(z.string().startsWith('-----BEGIN CERTIFICATE-----').max(20_000)).default([]),
  // Read by whoever relies on them: one that is wrong costs that country its part and nobody else.
  researchParties: z.array(z.record(z.string(), z.unknown()).readonly()).max(50).readonly().exactOptional(),
})

const List = z.object({
  version: z.number().int().nonnegative(),
  participants: z.array(Address.extend(Trust.shape)),
})

export interface Registration {
  readonly country: string
  readonly homeCommunityId: string
  readonly fhirBase?: string
  readonly ihe?: IheEndpoints
  readonly services: readonly ServiceKind[]
  /** PEM of the TLS certificates that the country uses as server and as client. */
  readonly certificates: readonly string[]
  /** Keys that sign its access tokens; only the public parts are taken. Each needs a `kid`. */
  readonly tokenKeys: readonly JWK[]
  /** PEM; none for a country that signs no assertions. */
  readonly sealCertificates?: readonly string[]
  readonly research?: ResearchAddress
  readonly researchParties?: readonly Readonly<Record<string, unknown>>[]
}

/** The entry of a country, made from what it registers with. */
export function participantOf(registration: Registration): Participant {
  const { certificates, tokenKeys, ...address } = registration
  return {
    ...address,
    certificates: certificates.map((pem) => plainFingerprint(new X509Certificate(pem).fingerprint256)),
    tokenKeys: tokenKeys.map((key) => PublicKey.parse(key)),
    sealCertificates: [...(registration.sealCertificates ?? [])],
  }
}

/** Writes the whole list at once; readers see the old one or the new one. */
export async function writeParticipants(path: string, list: ParticipantList): Promise<void> {
  const unfinished = `${path}.${process.pid}.new`
  await writeFile(unfinished, `${JSON.stringify(List.parse(list), undefined, 2)}\n`)
  await rename(unfinished, path)
}

export async function readParticipants(path: string): Promise<Result<ParticipantList, ParticipantsProblemCode>> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch {
    return failed('participants-unreadable', 'The list of participants cannot be read.', 'Check that it exists.', {
      file: path,
    })
  }
  const parsed = List.safeParse(jsonOf(text))
  if (parsed.success) return ok(parsed.data)
  return failed('participants-invalid', 'The list of participants is not complete.', 'Correct the entry.', {
    file: path,
    path: parsed.error.issues[0]?.path.join('.') ?? '',
  })
}

/** A reader of the file that reads again when it has changed, and keeps the last good list while it is broken. */
export function watchParticipants(path: string): () => Promise<Result<ParticipantList, ParticipantsProblemCode>> {
  let good: ParticipantList | undefined
  let seen = ''
  return async () => {
    const state = await stat(path).catch(() => undefined)
    const now = `${state?.mtimeMs}/${state?.size}/${state?.ino}`
    if (good && (now === seen || !state)) return ok(good)
    const read = await readParticipants(path)
    if (!read.ok) return good ? ok(good) : read
    good = read.value
    seen = now
    return read
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
