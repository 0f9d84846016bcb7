/** Looks up what a country has published, and publishes for the own country. */
import type { PeerFetch } from '#platform/http/peer-fetch.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { SealSigner } from '#trust/assertions/assertions.ts'
import { signEnveloped } from '#trust/signature/sign-enveloped.ts'
import type { Participant } from '../directory.ts'
import { readServiceMetadata } from './read-metadata.ts'
import { sealFingerprints } from './seal-fingerprints.ts'
import type { SmpServiceKind } from './service-identifiers.ts'
import type { MetadataProblemCode, ServiceMetadata } from './service-metadata.ts'
import { addressOf } from './smp-server.ts'
import { writeServiceMetadata } from './write-metadata.ts'

export type SmpProblemCode =
  | MetadataProblemCode
  | 'smp-unreachable'
  | 'smp-not-published'
  | 'smp-refused'
  | 'metadata-signer'

export interface SmpClientOptions {
  readonly fetch: PeerFetch
  readonly clock: () => Date
  readonly timeoutMs?: number
}

const MOST_BYTES = 8 * 1024 * 1024

/** What a country has published for a service; undefined in the result's value never happens: absence is a problem. */
export async function lookUp(
  options: SmpClientOptions,
  base: string,
  reviewed: Pick<Participant, 'country' | 'sealCertificates'>,
  service: SmpServiceKind,
): Promise<Result<ServiceMetadata, SmpProblemCode>> {
  const reply = await options.fetch.fetch({
    url: addressOf(base, reviewed.country, service),
    timeoutMs: options.timeoutMs ?? 3000,
    maxBytes: MOST_BYTES,
  })
  if (!reply.ok) return failed('smp-unreachable', reply.problem.sentence, reply.problem.next)
  if (reply.value.status === 404) {
    return failed(
      'smp-not-published',
      'The country has not published this service.',
      'Ask the country, or enter its endpoint.',
    )
  }
  if (reply.value.status !== 200)
    return failed('smp-refused', 'The SMP did not answer with metadata.', 'Try again later.')
  const read = readServiceMetadata(reply.value.body, options.clock())
  if (!read.ok) return read
  const { metadata, signer } = read.value
  if (!sealFingerprints(reviewed).includes(signer)) {
    return failed(
      'metadata-signer',
      'The metadata are signed with a certificate that is not on the reviewed list of this country.',
      'Have the new certificate confirmed by the country, then enter it.',
    )
  }
  return metadata.country === reviewed.country && metadata.service === service
    ? ok(metadata)
    : failed(
        'metadata-other-country',
        'The metadata are about another country or service.',
        'Tell the operator of the SMP.',
      )
}

/** The entry as it is published: signed with the seal of the country. */
export function signedMetadata(metadata: ServiceMetadata, signer: SealSigner): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${signEnveloped(writeServiceMetadata(metadata), undefined, signer)}\n`
}

/** Publishes an entry of the own country. */
export async function push(
  options: SmpClientOptions,
  base: string,
  metadata: ServiceMetadata,
  signer: SealSigner,
): Promise<Result<void, SmpProblemCode>> {
  const reply = await options.fetch.fetch({
    url: addressOf(base, metadata.country, metadata.service),
    method: 'PUT',
    headers: { 'content-type': 'text/xml; charset=utf-8' },
    body: signedMetadata(metadata, signer),
    timeoutMs: options.timeoutMs ?? 3000,
    maxBytes: 64 * 1024,
  })
  if (!reply.ok) return failed('smp-unreachable', reply.problem.sentence, reply.problem.next)
  if (reply.value.status === 204) return ok(undefined)
  const why = new TextDecoder().decode(reply.value.body).trim().slice(0, 300)
  return failed('smp-refused', `The SMP did not take the entry: ${why}`, 'Correct the entry, then publish it again.')
}
