/**
 * The Union's node fetches the national catalogues (EHDS Art. 79). Each dataset is judged by itself: a valid one gets into
 * the catalogue, an invalid one is kept out with its reasons while its last valid version stays. Doing it again changes
 * nothing. What a complete harvest has not seen `staleAfter` times in a row is marked; what only part of a harvest says
 * marks nothing.
 */
import type { Database } from '#platform/database/database.ts'
import type { Problem } from '#platform/result/result.ts'
import type { DescriptionProblem } from '../gate/problem.ts'
import { importDataset } from '../import.ts'
import { canonicalText } from '../rdf/canonical.ts'
import { RDF_LIMITS, type RdfLimits } from '../rdf/problems.ts'
import { type DatasetPart, splitCatalogue } from '../record/split.ts'
import { openCatalogue } from '../store/catalogue-store.ts'
import { harvestRecords } from './outcomes.ts'
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
}

export interface InvalidDataset {
  readonly iri: string
  readonly problems: readonly DescriptionProblem[]
}

export interface Harvester {
  harvest(peer: Peer): Promise<HarvestReport>
  /** What was kept out when it was last seen, and why. */
  invalid(source: string): Promise<readonly InvalidDataset[]>
  /** Addresses that complete harvests have not seen lately. */
  stale(source: string): Promise<readonly string[]>
  /** Reports of a source, the newest first. */
  reports(source: string): Promise<readonly (HarvestReport & { readonly ended: string })[]>
}

/** Needs `catalogueMigrations`. */
export function openHarvester(database: Database, options: HarvesterOptions): Harvester {
  const {
    fetch,
    now = () => new Date(),
    timeoutMs = 30_000,
    mostPages = 1000,
    staleAfter = 3,
    limits = RDF_LIMITS,
  } = options
  const catalogue = openCatalogue(database, { now })
  const outcomes = harvestRecords(database, staleAfter)

  const take = async (source: string, part: DatasetPart): Promise<'valid' | 'invalid' | 'unchanged'> => {
    const { dataset, graph, verdict } = await importDataset(part)
    const problems = verdict.problems.filter(({ severity }) => severity === 'violation')
    await outcomes.seen(source, dataset, problems, now().toISOString())
    if (!verdict.conforms) return 'invalid'
    const known = await catalogue.find(dataset, source)
    if (known?.state === 'published' && canonicalText(known.graph()) === canonicalText(graph)) return 'unchanged'
    const done = await catalogue.publish({ iri: dataset, source, by: `harvest|${source}`, graph })
    return done.ok ? 'valid' : 'invalid'
  }

  return {
    async harvest({ source, address }) {
      const started = now().toISOString()
      const counts = { valid: 0, invalid: 0, unchanged: 0 }
      const seen = new Set<string>()
      let pages = 0
      let problem: Problem<HarvestProblemCode> | undefined
      for await (const page of cataloguePages(address, { fetch, timeoutMs, mostPages, limits })) {
        if (!page.ok) {
          problem = page.problem
          break
        }
        pages += 1
        for (const part of splitCatalogue(page.value).datasets) {
          // A node without a name is another one at each harvest.
          if (part.dataset.startsWith('_:') || seen.has(part.dataset)) continue
          seen.add(part.dataset)
          counts[await take(source, part)] += 1
        }
      }
      const outcome = problem === undefined ? 'complete' : pages > 0 ? 'partial' : 'failed'
      if (outcome === 'complete') await outcomes.missed(source, seen)
      const stale = (await outcomes.stale(source)).length
      const report = { source, outcome, ...counts, stale, ...(problem ? { problem } : {}) } as const
      await outcomes.ran(report, started, now().toISOString())
      return report
    },
    invalid: outcomes.invalid,
    stale: outcomes.stale,
    reports: outcomes.reports,
  }
}
