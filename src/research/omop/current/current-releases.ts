/**
 * Which release of a dataset answers questions: the one that its holder chose on the shelf, until then the one that the node's
 * configuration names. The choice is one row, written together with its entry in the ledger, and read anew for every
 * question: it holds for every replica, and a process that is killed leaves either release, never something between.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Database } from '#platform/database/database.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import type { ResearchNode } from '../../permits/research-event.ts'
import { isReleaseName, releaseFile } from '../release/place.ts'
import { openChoiceStore, type StoredChoice } from './choice-store.ts'
import { compareReleases } from './compare-releases.ts'
import { type FitnessProblemCode, fitForUse } from './fit-for-use.ts'

export interface ConfiguredRelease {
  readonly id: string
  readonly release: string
  readonly file: string
  /** Identifier of the data holder. */
  readonly holder: string
}

export interface CurrentRelease {
  readonly release: string
  readonly file: string
  /** ISO 8601; absent: the configuration names it. */
  readonly chosen?: string
}

/** What a holder wants to be answered from. */
export interface WantedUse {
  readonly dataset: string
  readonly release: string
  /** Identifier of the data holder who asks for it. */
  readonly holder: string
}

export interface ReleaseChoice extends WantedUse {
  readonly by: { readonly identifier: string; readonly name: string }
  /** The current release when the person decided; undefined: there was none. */
  readonly instead: string | undefined
  /** Tables of which the person has confirmed that they have no rows any more. */
  readonly without?: readonly string[]
}

export interface CheckedUse {
  /** Tables that have rows in the release before, and none in this one: most often files that were forgotten. */
  readonly emptied: readonly string[]
}

export type UseProblemCode =
  | FitnessProblemCode
  | 'release-name-taken'
  | 'release-other-holder'
  | 'release-persons-renumbered'
  | 'release-tables-emptied'
  | 'release-changed'

export interface CurrentReleases {
  currentOf(dataset: string): Promise<CurrentRelease | undefined>
  /** Names of releases that may answer, the current one first: a permit may name an earlier one that is still here. */
  releasesOf(dataset: string): Promise<readonly string[]>
  /** Undefined: there is no such file. @param release one of `releasesOf` */
  fileOf(dataset: string, release: string): string | undefined
  /** Of the current releases of all datasets, those of the configuration first; a file may not be there yet. */
  currentFiles(): Promise<readonly string[]>
  /** Whether it may become the current one. Nothing is changed. */
  check(wanted: WantedUse): Promise<Result<CheckedUse, UseProblemCode>>
  /** Questions that begin when it has resolved are answered from this release. */
  use(choice: ReleaseChoice): Promise<Result<void, UseProblemCode>>
  /** Told after a choice of this process. */
  onChoice(listener: (dataset: string, release: string) => void): void
}

export interface CurrentReleasesOptions {
  readonly database: Database
  readonly ledger: Ledger
  readonly node: ResearchNode
  /** The shelf: a folder for each dataset. */
  readonly folder: string
  readonly configured: readonly ConfiguredRelease[]
  /** A release with a larger share of rejected rows (0 to 1) in any table is not used. */
  readonly mostRejected: number
  readonly now?: () => Date
}

/** Needs `releaseChoiceMigrations` and those of the ledger. */
export function openCurrentReleases(options: CurrentReleasesOptions): CurrentReleases {
  const { database, ledger, node, folder, mostRejected, now = () => new Date() } = options
  const store = openChoiceStore(database, ledger)
  const configured = new Map(options.configured.map((one) => [one.id, one]))
  const listeners: ((dataset: string, release: string) => void)[] = []

  /** The configuration's name means the configuration's file. */
  function placeOf(dataset: string, release: string): string {
    const named = configured.get(dataset)
    return named?.release === release ? named.file : releaseFile(folder, dataset, release)
  }

  function currentAmong(dataset: string, [last]: readonly StoredChoice[]): CurrentRelease | undefined {
    if (last) return { release: last.release, file: placeOf(dataset, last.release), chosen: last.chosen }
    const named = configured.get(dataset)
    return named && { release: named.release, file: named.file }
  }

  async function currentOf(dataset: string): Promise<CurrentRelease | undefined> {
    return currentAmong(dataset, await store.ofDataset(dataset))
  }

  async function releasesOf(dataset: string): Promise<readonly string[]> {
    const choices = await store.ofDataset(dataset)
    const current = currentAmong(dataset, choices)?.release
    const named = configured.get(dataset)
    const earlier = [...choices.map(({ release }) => release), ...(named ? [named.release] : [])]
    const here = earlier.filter((release) => release !== current && existsSync(placeOf(dataset, release)))
    // The current one also when its file is gone: nothing else takes its place without a word.
    return [...new Set([...(current === undefined ? [] : [current]), ...here])]
  }

  async function check({ dataset, release, holder }: WantedUse): Promise<Result<CheckedUse, UseProblemCode>> {
    const named = configured.get(dataset)
    if (named && named.holder !== holder) return OTHER_HOLDER
    if (!isReleaseName(release)) return MISSING
    const file = releaseFile(folder, dataset, release)
    if (named?.release === release && resolve(named.file) !== resolve(file)) return NAME_TAKEN
    const fit = await fitForUse(file, { dataset, release, mostRejected })
    if (!fit.ok) return fit
    for (const earlier of await releasesOf(dataset)) {
      const compared = earlier === release ? undefined : await compareReleases(placeOf(dataset, earlier), file)
      if (compared) return compared.samePersons ? ok({ emptied: compared.emptied }) : RENUMBERED
    }
    return ok({ emptied: [] })
  }

  async function use(choice: ReleaseChoice): Promise<Result<void, UseProblemCode>> {
    const { dataset, release, by, instead, without = [] } = choice
    const choices = await store.ofDataset(dataset)
    const current = currentAmong(dataset, choices)
    if (choices[0]?.release === release) return ok(undefined)
    if (current?.release !== instead) return CHANGED
    const checked = await check(choice)
    if (!checked.ok) return checked
    const { emptied } = checked.value
    if (emptied.some((table) => !without.includes(table))) return tablesEmptied(emptied)
    const details = {
      release,
      ...(instead === undefined ? {} : { instead }),
      ...(emptied.length === 0 ? {} : { without: emptied.join(' ') }),
    }
    const record = { step: 'release-chosen', recorded: now(), node, person: by, dataset, details } as const
    const after = choices[0]?.sequence ?? 0
    if (!(await store.add({ dataset, release, by: by.identifier, after }, record))) return CHANGED
    for (const listener of listeners) listener(dataset, release)
    return ok(undefined)
  }

  return {
    ...{ currentOf, releasesOf, check, use },
    fileOf(dataset, release) {
      const file = placeOf(dataset, release)
      return existsSync(file) ? file : undefined
    },
    async currentFiles() {
      const datasets = [...new Set([...configured.keys(), ...(await store.datasets())])]
      const current = await Promise.all(datasets.map(currentOf))
      return current.flatMap((one) => (one ? [one.file] : []))
    },
    onChoice: (listener) => {
      listeners.push(listener)
    },
  }
}

const OTHER_HOLDER = failed(
  'release-other-holder',
  'The configuration of this node names another holder of this dataset.',
  'Ask the operator of the node to correct it.',
)
const MISSING = failed('release-missing', 'There is no release of this name on the shelf.', 'Load it first.')
const NAME_TAKEN = failed(
  'release-name-taken',
  'The configuration of this node gives this name to another file.',
  'Load the files again under another name.',
)
const RENUMBERED = failed(
  'release-persons-renumbered',
  'Persons do not have the numbers (person_id) in it that they have in the release before: other sex or birth, or few in both.',
  'Keep the numbers of persons from release to release, or describe the data as a dataset of its own.',
)

function tablesEmptied(tables: readonly string[]) {
  return failed<UseProblemCode>(
    'release-tables-emptied',
    `Tables that have rows in the release before have none in this one: ${tables.join(', ')}.`,
    'Lay their files beside the others and load again, or confirm that they are to be empty.',
  )
}

const CHANGED = failed(
  'release-changed',
  'Another release was chosen meanwhile.',
  'Look at which release answers questions now, and decide again.',
)
