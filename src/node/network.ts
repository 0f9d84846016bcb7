/** The way to the other countries: mutual TLS, the Union's directory of whom to trust, and the operator's own list over it. */
import { join } from 'node:path'
import { createPeerFetch, type RenewablePeerFetch } from '#platform/http/peer-fetch.ts'
import type { AssertionTrust } from '#trust/assertions/assertions.ts'
import type { NodeKeys } from '#trust/keys/node-keys.ts'
import type { TrustedIssuer } from '#trust/tokens/verify.ts'
import type { IheEndpoints } from '#wire/discovery/directory.ts'
import { type Directory, directoryClient } from '#wire/discovery/directory-client.ts'
import { PublicKey } from '#wire/discovery/participants-file.ts'
import { reviewedDirectory } from '#wire/discovery/reviewed-directory.ts'
import type { Surroundings } from './answering.ts'
import type { AuditNotes } from './audit-notes.ts'
import type { BridgeConfiguration, CountryConfiguration } from './configuration.ts'

export interface Network {
  readonly fetch: RenewablePeerFetch
  readonly directory: Directory
  readonly timeoutMs: number
  /** Whose tokens and certificates count; undefined for a country that is on no list. */
  trust(country: string): Promise<TrustedIssuer | undefined>
  /** With which certificates a country signs assertions. */
  assertionTrust(country: string): Promise<AssertionTrust | undefined>
  /** How a country speaks over IHE, as last seen in the directory. */
  profile(country: string | undefined): IheEndpoints['profile']
}

const MOST_BYTES = 64 * 1024 * 1024

/** The operator's own list of peers. */
export function peersFile({ home }: { readonly home: string }): string {
  return join(home, 'peers.json')
}

export function openNetwork(
  configuration: CountryConfiguration | BridgeConfiguration,
  keys: NodeKeys,
  around: Surroundings,
  notes: Pick<AuditNotes, 'imported' | 'lookedUp'>,
): Network {
  const timeoutMs = configuration.timeoutSeconds * 1000
  const fetch = createPeerFetch({ ...keys.tls, timeoutMs, maxBytes: MOST_BYTES })
  const clock = () => new Date()
  const union = directoryClient({
    fetch,
    origin: configuration.union.origin,
    unionKeys: [PublicKey.parse(configuration.union.publicKey)],
    clock,
    cache: join(configuration.home, 'directory'),
    onRenewed: (subject) => notes.imported(subject),
    onStale: (subject, code) => around.log.warn('directory-not-renewed', { kind: subject, code }),
  })
  const directory = reviewedDirectory({
    union,
    peers: peersFile(configuration),
    fetch,
    clock,
    onLookedUp: (country, service, found) => notes.lookedUp(`${country} ${service}`, found),
    onProblem: (country, code) => around.log.warn('peer-not-taken', { country: country ?? 'peers', code }),
  })
  const profiles = new Map<string, IheEndpoints['profile']>()
  const known = async (country: string) => {
    const found = await directory.participant(country)
    if (!found.ok) return undefined
    profiles.set(country, found.value.ihe?.profile ?? 'openncp')
    return found.value
  }
  return {
    fetch,
    directory,
    timeoutMs,
    trust: known,
    async assertionTrust(country) {
      const participant = await known(country)
      return participant && { signers: participant.sealCertificates, authorities: [], revocationLists: [] }
    },
    profile: (country) => (country === undefined ? 'openncp' : (profiles.get(country) ?? 'openncp')),
  }
}
