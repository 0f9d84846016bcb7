/**
 * Whom a node believes in secondary use: the parties that countries have on the Union's signed lists. The lists are asked
 * for again and again; while the central services are away the last ones count (the directory keeps them).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '#platform/log/log.ts'
import type { BodyAddress } from '#research/applications/exchange/send.ts'
import { readTrustList, type TrustedParty, type TrustList, trustList } from '#research/permits/trust-list.ts'
import type { Participant } from '#wire/discovery/directory.ts'
import type { Directory } from '#wire/discovery/directory-client.ts'

/** A body that sends tasks, and where it is asked for them. */
export interface Coordinator extends BodyAddress {
  readonly id: string
  readonly country: string
}

export interface FollowedTrust extends TrustList {
  coordinators(): readonly Coordinator[]
  /** Where the body of a country is reached. */
  addressOf(country: string): BodyAddress | undefined
  /** The public catalogues of other countries, for harvesting; undefined until the lists were had. */
  cataloguesBeside(country: string): readonly { readonly source: string; readonly address: string }[] | undefined
  /** Told now, and whenever the lists have changed. */
  onChange(tell: () => void): void
  stop(): Promise<void>
}

export interface FollowOptions {
  readonly directory: Pick<Directory, 'participants'>
  readonly log: Log
  /** Between two looks; 30 s unless told, and a second until the lists were had once. */
  readonly lookMs?: number
}

const LOOK_MS = 30_000
const FIRST_LOOK_MS = 1000

interface Known {
  readonly parties: TrustList
  readonly participants: readonly Participant[]
  readonly text: string
}

/** Resolves at once; until the lists are there nobody is believed. */
export function followTrust({ directory, log, lookMs = LOOK_MS }: FollowOptions): FollowedTrust {
  let known: Known | undefined
  const listeners: (() => void)[] = []
  const closing = new AbortController()

  const look = async (): Promise<void> => {
    const published = await directory.participants()
    if (!published.ok) {
      log.warn('research-parties-not-read', { code: published.problem.code })
      return
    }
    const text = JSON.stringify(published.value.map(({ research, researchParties }) => [research, researchParties]))
    if (text === known?.text) return
    known = { parties: partiesOf(published.value, log), participants: published.value, text }
    for (const tell of listeners) tell()
  }
  const looking = (async () => {
    while (!closing.signal.aborted) {
      await look().catch((error: unknown) => log.failure('research-parties-not-read', error))
      const pause = known ? lookMs : Math.min(FIRST_LOOK_MS, lookMs)
      await sleep(pause, undefined, { signal: closing.signal, ref: false }).catch(() => undefined)
    }
  })()

  const addressOf = (country: string): BodyAddress | undefined => {
    const research = known?.participants.find((one) => one.country === country)?.research
    const parties = known?.parties.parties().filter((one) => one.country === country) ?? []
    const certificates = parties.flatMap((party) => party.certificates)
    return research && certificates.length > 0 ? { url: research.base, certificates } : undefined
  }
  return {
    party: (id) => known?.parties.party(id),
    holderOf: (certificate) => known?.parties.holderOf(certificate),
    parties: () => known?.parties.parties() ?? [],
    coordinators: () =>
      (known?.parties.parties() ?? []).flatMap(({ id, country, rights }) => {
        const address = rights.includes('tasks') ? addressOf(country) : undefined
        return address ? [{ id, country, ...address }] : []
      }),
    addressOf,
    cataloguesBeside: (own) =>
      known?.participants.flatMap(({ country, research }) =>
        country === own || research?.catalogue === undefined ? [] : [{ source: country, address: research.catalogue }],
      ),
    onChange(tell) {
      listeners.push(tell)
      if (known) tell()
    },
    async stop() {
      closing.abort()
      await looking
    },
  }
}

/** A country speaks for its own parties. An entry that is wrong costs that country its part, and nobody else. */
function partiesOf(participants: readonly Participant[], log: Log): TrustList {
  let all: readonly TrustedParty[] = []
  for (const { country, researchParties = [] } of participants) {
    const read = readTrustList(researchParties)
    const own = read.ok && read.value.parties().every((party) => party.country === country)
    const together = own ? trustList([...all, ...read.value.parties()]) : undefined
    if (together?.ok) all = together.value.parties()
    else log.warn('research-parties-wrong', { country })
  }
  const list = trustList(all)
  if (!list.ok) throw new TypeError('Parties that were put together one by one do not go together.')
  return list.value
}
