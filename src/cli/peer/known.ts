/** The directory of a node as the commands see it: the Union's, and over it the own list. */
import { join } from 'node:path'
import type { CountryConfiguration } from '#node/configuration.ts'
import { createPeerFetch, type PeerFetch } from '#platform/http/peer-fetch.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import { describeProblem } from '#platform/result/result.ts'
import { type NodeKeys, openNodeKeys } from '#trust/keys/node-keys.ts'
import { type Directory, directoryClient } from '#wire/discovery/directory-client.ts'
import { PublicKey } from '#wire/discovery/participants-file.ts'
import { reviewedDirectory } from '#wire/discovery/reviewed-directory.ts'
import type { PeerOptions } from '../commands/peer.ts'
import { countryConfiguration } from '../ledger/ledger.ts'
import { EXIT } from '../program.ts'

export interface Known {
  readonly configuration: CountryConfiguration
  readonly keys: NodeKeys
  readonly fetch: PeerFetch
  readonly directory: Directory
}

/** Opens keys and directory, does the work, closes the connections. Problems are told and give exit code 1. */
export async function withDirectory(options: PeerOptions, work: (known: Known) => Promise<number>): Promise<number> {
  const configuration = await countryConfiguration(options)
  if (!configuration.ok) {
    console.error(describeProblem(configuration.problem))
    return EXIT.failed
  }
  try {
    return await opened(configuration.value, work)
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    console.error(describeProblem(error.problem))
    return EXIT.failed
  }
}

async function opened(configuration: CountryConfiguration, work: (known: Known) => Promise<number>): Promise<number> {
  const keys = await openNodeKeys(join(configuration.home, 'keys'))
  const fetch = createPeerFetch({ ...keys.tls, timeoutMs: 5000, maxBytes: 8 * 1024 * 1024 })
  const clock = () => new Date()
  const union = directoryClient({
    fetch,
    origin: configuration.union.origin,
    unionKeys: [PublicKey.parse(configuration.union.publicKey)],
    clock,
    cache: join(configuration.home, 'directory'),
  })
  const directory = reviewedDirectory({
    union,
    peers: join(configuration.home, 'peers.json'),
    fetch,
    clock,
    onProblem: (country, code) => console.error(`${country ?? 'peers.json'}: ${code}`),
  })
  try {
    return await work({ configuration, keys, fetch, directory })
  } finally {
    fetch.close()
  }
}
