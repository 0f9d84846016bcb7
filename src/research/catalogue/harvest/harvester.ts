/**
 * The Union's node fetches the national catalogues (EHDS Art. 79). Each dataset is judged by itself: a valid one gets into
 * the catalogue, an invalid one is kept out with its reasons while its last valid version stays. Doing it again changes
 * nothing. What a complete harvest has not seen `staleAfter` times in a row is marked; what only part of a harvest says
 * marks nothing.
 */
import { hash } from 'node:crypto'
import type { Database } from '#platform/database/database.ts'
import type { Problem } from '#platform/result/result.ts'
import { importDataset } from '../import.ts'
import { canonicalText } from '../rdf/canonical.ts'
import { RDF_LIMITS, type RdfLimits } from '../rdf/problems.ts'
import { type DatasetPart, splitCatalogue } from '../record/split.ts'
import { openCatalogue } from '../store/catalogue-store.ts'
import { harvestRecords, STALE_AFTER } from './outcomes.ts'
import { cataloguePages, type HarvestFetch, type HarvestProblemCode } from './pages.ts'

export interface Peer {
  /** ISO 3166-1 alpha-2 of the Member State, or the name of an authorised participant. */
  readonly source: string
  readonly address: string
}

export interface HarvesterOptions {
  readonly fetch: HarvestFetch
  readonly now?: () => Date
  /** Default 30 s a page, 1,000 pages, 3 harvests. */
  readonly timeoutMs?: number
  readonly mostPages?: number
  readonly staleAfter?: number
  readonly limits?: RdfLimits
}

export interface HarvestReport {
  readonly source: string
  /** `partial`: some pages were had; `failed`: none. */
  readonly outcome: 'complete' | 'partial' | 'failed'
  readonly problem?: Problem<HarvestProblemCode>
  readonly valid: number
  readonly invalid: number
  /** Valid, and already known with the same words. */
  readonly unchanged: number
  /** Marked now, or still. */
  readonly stale: number
  /** Datasets without an address: each harvest would find them anew, so they are not taken. */
  readonly unnamed: number
  /** Statements that belong to no dataset and no catalogue: nobody keeps them, so the peer should be told. */
  readonly unattached: number
}

/** What they leave is read with `openHarvestReports`. */
export interface Harvester {
  /** Never rejects for what a peer does. */
  harvest(peer: Peer): Promise<HarvestReport>
  /** All peers at once: one that hangs holds up nobody else. */
  harvestAll(peers: readonly Peer[]): Promise<readonly HarvestReport[]>
}

/** Reasons that are kept of one dataset: whoever corrects these asks again. */
const MOST_PROBLEMS = 1000

/** Needs `catalogueMigrations`. */
export function openHarvester(database: Database, options: HarvesterOptions): Harvester {
  const {
    fetch,
    now = () => new Date(),
    timeoutMs = 30_000,
    mostPages = 1000,
    staleAfter = STALE_AFTER,
    limits = RDF_LIMITS,
  } = options
  const catalogue = openCatalogue(database, { now })
  const outcomes = harvestRecords(database, staleAfter)

  /** What this process has judged already: the same words again need no judging, until the node starts anew with other rules. */
  const judged = new Map<string, { readonly hash: string; readonly outcome: 'valid' | 'invalid' }>()

  const take = async (source: string, part: DatasetPart): Promise<'valid' | 'invalid' | 'unchanged'> => {
    const words = hash('sha256', canonicalText(part.graph))
    const key = `${source} ${part.dataset}`
    const last = judged.get(key)
    if (last?.hash === words && (await outcomes.seenAgain(source, part.dataset, last.outcome, now().toISOString()))) {
      return last.outcome === 'valid' ? 'unchanged' : 'invalid'
    }
    const { dataset, graph, verdict } = await importDataset(part)
    const problems = verdict.problems.filter(({ severity }) => severity === 'violation')
    await outcomes.seen(source, dataset, problems.slice(0, MOST_PROBLEMS), now().toISOString())
    if (!verdict.conforms) {
      judged.set(key, { hash: words, outcome: 'invalid' })
      return 'invalid'
    }
    const known = await catalogue.find(dataset, source)
    const isKnown = known?.state === 'published' && canonicalText(known.graph()) === canonicalText(graph)
    if (!isKnown) {
      const done = await catalogue.publish({ iri: dataset, source, by: `harvest|${source}`, graph })
      if (!done.ok) return 'invalid'
    }
    judged.set(key, { hash: words, outcome: 'valid' })
    return isKnown ? 'unchanged' : 'valid'
  }

  const harvest = async ({ source, address }: Peer): Promise<HarvestReport> => {
    const started = now().toISOString()
    const counts = { valid: 0, invalid: 0, unchanged: 0, unnamed: 0, unattached: 0 }
    const seen = new Set<string>()
    let pages = 0
    let problem: Problem<HarvestProblemCode> | undefined
    for await (const page of cataloguePages(address, { fetch, timeoutMs, mostPages, limits })) {
      if (!page.ok) {
        problem = page.problem
        break
      }
      pages += 1
      const { datasets, unattached } = splitCatalogue(page.value)
      counts.unattached += unattached.size
      for (const part of datasets) {
        if (seen.has(part.dataset)) continue
        const isNamed = !part.dataset.startsWith('_:')
        if (isNamed) seen.add(part.dataset)
        counts[isNamed ? await take(source, part) : 'unnamed'] += 1
      }
    }
    const outcome = problem === undefined ? 'complete' : pages > 0 ? 'partial' : 'failed'
    if (outcome === 'complete') await outcomes.missed(source, seen)
    const stale = await outcomes.staleCount(source)
    const report = { source, outcome, ...counts, stale, ...(problem ? { problem } : {}) } as const
    await outcomes.ran(report, started, now().toISOString())
    return report
  }
  return { harvest, harvestAll: (peers) => Promise.all(peers.map(harvest)) }
}
