/**
 * The directory of a node: what the Union publishes, and over it the operator's own list of peers. Endpoints of a peer may
 * come from its SMP; certificates never do: those that metadata bring must be on the reviewed list already.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { IheEndpoints, Participant, SearchMask } from './directory.ts'
import type { Directory, DirectoryProblemCode } from './directory-client.ts'
import { type Peer, watchPeers } from './peers-file.ts'
import { readSearchMask } from './search-mask.ts'
import type { SmpServiceKind } from './smp/service-identifiers.ts'
import type { ServiceMetadata } from './smp/service-metadata.ts'
import { lookUp, type SmpClientOptions, type SmpProblemCode } from './smp/smp-client.ts'

export interface ReviewedDirectoryOptions extends SmpClientOptions {
  /** What the Union publishes; absent for a node that knows its peers from its own list only. */
  readonly union?: Directory
  /** The operator's list of peers. */
  readonly peers: string
  /** How long endpoints of an SMP are believed; default 10 min. */
  readonly refreshMs?: number
  /** Told of every question to an SMP. */
  readonly onLookedUp?: (country: string, service: SmpServiceKind, found: boolean) => void
  readonly onProblem?: (country: string | undefined, code: string) => void
}

export function reviewedDirectory(options: ReviewedDirectoryOptions): Directory {
  const list = watchPeers(options.peers, (code) => options.onProblem?.(undefined, code))
  const endpoints = new Map<
    string,
    { readonly peer: Peer; readonly ihe: Partial<IheEndpoints>; readonly until: number }
  >()

  async function participants(): Promise<Result<readonly Participant[], DirectoryProblemCode>> {
    const { peers } = await list()
    const own = await Promise.all(peers.map(participantOf))
    const published = await options.union?.participants()
    if (!published) return ok(own)
    if (!published.ok) return own.length > 0 ? ok(own) : published
    const known = new Set(own.map(({ country }) => country))
    return ok([...published.value.filter(({ country }) => !known.has(country)), ...own])
  }

  async function participantOf(peer: Peer): Promise<Participant> {
    const { smp: _, searchMask: __, reviewed: ___, ...participant } = peer
    if (peer.smp === undefined) return participant
    const ihe = { ...peer.ihe, ...(await endpointsOf(peer, peer.smp)) }
    return isComplete(ihe) ? { ...participant, ihe: { profile: 'openncp', ...ihe } } : participant
  }

  async function endpointsOf(peer: Peer, smp: string): Promise<Partial<IheEndpoints>> {
    const now = options.clock().getTime()
    const kept = endpoints.get(peer.country)
    if (kept && kept.until > now && kept.peer === peer) return kept.ihe
    const found = await Promise.all(LOOKED_UP.map(([name, kind]) => endpointOf(peer, smp, name, kind)))
    const ihe = Object.fromEntries(found.filter((entry) => entry !== undefined))
    endpoints.set(peer.country, { peer, ihe, until: now + (options.refreshMs ?? 600_000) })
    return ihe
  }

  async function endpointOf(peer: Peer, smp: string, name: string, kind: SmpServiceKind) {
    const found = await lookUp(options, smp, peer, kind)
    options.onLookedUp?.(peer.country, kind, found.ok)
    if (!found.ok) {
      options.onProblem?.(peer.country, found.problem.code)
      return undefined
    }
    if (!isReviewed(peer, found.value)) {
      options.onProblem?.(peer.country, 'metadata-certificate')
      return undefined
    }
    return [name, found.value.endpoint.address] as const
  }

  return {
    participants,
    async participant(country) {
      const { peers } = await list()
      const peer = peers.find((one) => one.country === country)
      if (peer) return ok(await participantOf(peer))
      return options.union ? options.union.participant(country) : unknown()
    },
    async searchMask(country) {
      const { peers } = await list()
      const peer = peers.find((one) => one.country === country)
      if (peer?.searchMask !== undefined) return maskOfFile(options.peers, peer.searchMask)
      if (peer?.smp !== undefined) return maskOfSmp(options, peer, peer.smp)
      return options.union ? options.union.searchMask(country) : unknown()
    },
  }
}

const LOOKED_UP: readonly (readonly [Exclude<keyof IheEndpoints, 'profile'>, SmpServiceKind])[] = [
  ['patientDiscovery', 'patient-discovery'],
  ['query', 'query'],
  ['retrieve', 'retrieve'],
  ['submission', 'submission'],
]

function isComplete(ihe: Partial<IheEndpoints>): ihe is Omit<IheEndpoints, 'profile'> & Partial<IheEndpoints> {
  return LOOKED_UP.every(([name]) => ihe[name] !== undefined)
}

/** The certificate of an endpoint must be one that was reviewed: metadata tell where, not whom to trust. */
function isReviewed({ certificates }: Peer, { endpoint }: ServiceMetadata): boolean {
  return certificates.includes(createHash('sha256').update(endpoint.certificate).digest('hex'))
}

async function maskOfFile(peers: string, file: string): Promise<Result<SearchMask, DirectoryProblemCode>> {
  const path = resolve(dirname(peers), file)
  const bytes = await readFile(path).catch(() => undefined)
  return bytes === undefined
    ? failed(
        'mask-not-xml',
        'The search mask of this peer cannot be read.',
        'Check the file named in the list of peers.',
        {
          file: path,
        },
      )
    : readSearchMask(bytes, { file: path })
}

async function maskOfSmp(
  options: SmpClientOptions,
  peer: Peer,
  smp: string,
): Promise<Result<SearchMask, DirectoryProblemCode>> {
  const found = await lookUp(options, smp, peer, 'search-mask')
  if (!found.ok)
    return failed(
      DIRECTORY_CODE[found.problem.code] ?? 'directory-unreachable',
      found.problem.sentence,
      found.problem.next,
    )
  return readSearchMask(new TextEncoder().encode(found.value.searchMask ?? ''))
}

const DIRECTORY_CODE: Readonly<Partial<Record<SmpProblemCode, DirectoryProblemCode>>> = {
  'metadata-signature': 'directory-signature',
  'metadata-signer': 'directory-signature',
  'metadata-not-xml': 'directory-malformed',
  'metadata-not-smp': 'directory-malformed',
  'metadata-incomplete': 'directory-malformed',
  'metadata-other-country': 'directory-malformed',
  'metadata-expired': 'directory-too-old',
  'smp-not-published': 'country-unknown',
}

function unknown(): Result<never, DirectoryProblemCode> {
  return failed('country-unknown', 'This country is on no list of this node.', 'Enter it with `tessera peer add`.')
}
