/** What harvests left, for pages: how each source stands, what was kept out and why, and what was not seen lately. */
import { type ExpressionBuilder, sql } from 'kysely'
import { z } from 'zod'
import type { Database } from '#platform/database/database.ts'
import type { Problem } from '#platform/result/result.ts'
import type { DescriptionProblem } from '../gate/problem.ts'
import { storable } from '../store/facets.ts'
import type { CatalogueTables } from '../store/migrations.ts'
import type { HarvestReport, Peer } from './harvester.ts'
import { STALE_AFTER } from './outcomes.ts'
import type { HarvestProblemCode } from './pages.ts'

export interface HarvestReports {
  /** Every source that was ever harvested, by its name. */
  sources(): Promise<readonly SourceStanding[]>
  /** Reports of a source, the newest first. */
  runs(source: string): Promise<readonly HarvestRun[]>
  /** What was kept out when it was last seen, and why. */
  invalid(query?: FoundQuery): Promise<Found<InvalidDataset>>
  /** What complete harvests have not seen lately. */
  stale(query?: FoundQuery): Promise<Found<FoundDataset>>
  /** What is to be said of these descriptions; nothing of most. */
  marks(descriptions: readonly DescriptionKey[]): Promise<DatasetMarks>
}

/** Catalogues of others that a node harvests, as its pages need them. */
export interface HarvestedCatalogues {
  readonly reports: Omit<HarvestReports, 'runs'>
  /** Whose catalogues are asked at the moment; undefined while nobody can say. */
  peers(): Promise<readonly Peer[] | undefined>
}

export type HarvestRun = HarvestReport & { readonly ended: string }

export interface SourceStanding {
  readonly source: string
  readonly last: HarvestRun
  readonly lastComplete: HarvestRun | undefined
}

export interface DescriptionKey {
  readonly source: string
  readonly iri: string
}

export interface FoundDataset extends DescriptionKey {
  /** Moment at which the source was last found to list it. */
  readonly seen: string
  /** Of the valid version that the catalogue has; absent when it has none. */
  readonly title: string | undefined
}

export interface InvalidDataset extends FoundDataset {
  readonly problems: readonly DescriptionProblem[]
}

export interface FoundQuery {
  readonly source?: string
  readonly iri?: string
  /** `next` of the page before. */
  readonly after?: string
  /** Default 50, at most 500. */
  readonly limit?: number
}

export interface Found<One> {
  readonly total: number
  readonly datasets: readonly One[]
  readonly next: string | undefined
}

export interface DatasetMark {
  /** Set when complete harvests have not seen it lately: when it was seen last. */
  readonly staleSince: string | undefined
  /** Its newest description was kept out: what the catalogue has is older. */
  readonly isOutdated: boolean
}

export type DatasetMarks = (description: DescriptionKey) => DatasetMark | undefined

const MOST = 500

/** Needs `catalogueMigrations`. */
export function openHarvestReports(database: Database, staleAfter = STALE_AFTER): HarvestReports {
  const kysely = database.kysely.$extendTables<CatalogueTables>()
  const runsOf = (source: string) =>
    kysely.selectFrom('catalogue_harvest_run').selectAll().where('source', '=', source).orderBy('started', 'desc')

  /** Of one outcome, or not seen lately; with the title of the version that the catalogue has. */
  const found = async (which: 'invalid' | 'stale', { source, iri, after, limit = 50 }: FoundQuery) => {
    let query = kysely
      .selectFrom('catalogue_harvest')
      .leftJoin('catalogue_record', (join) =>
        join
          .onRef('catalogue_record.source', '=', 'catalogue_harvest.source')
          .onRef('catalogue_record.iri', '=', 'catalogue_harvest.iri')
          .on('catalogue_record.state', '=', 'published'),
      )
    query =
      which === 'invalid'
        ? query.where('catalogue_harvest.outcome', '=', 'invalid')
        : query.where('catalogue_harvest.missed', '>=', staleAfter)
    if (source !== undefined) query = query.where('catalogue_harvest.source', '=', storable(source))
    if (iri !== undefined) query = query.where('catalogue_harvest.iri', '=', storable(iri))
    const { total } = await query
      .select(({ fn }) => fn.countAll<string | number>().as('total'))
      .executeTakeFirstOrThrow()
    const most = Math.max(1, Math.min(limit, MOST))
    const rows = await (after === undefined ? query : query.where(behind(storable(after))))
      .select(['catalogue_harvest.source', 'catalogue_harvest.iri', 'catalogue_harvest.seen', 'catalogue_record.title'])
      .select(which === 'invalid' ? 'catalogue_harvest.problems' : sql<string>`'[]'`.as('problems'))
      .orderBy('catalogue_harvest.source')
      .orderBy('catalogue_harvest.iri')
      .limit(most + 1)
      .execute()
    const shown = rows.slice(0, most)
    const last = shown.at(-1)
    return { total: Number(total), shown, next: last && rows.length > most ? `${last.source} ${last.iri}` : undefined }
  }

  return {
    async sources() {
      const known = await kysely
        .selectFrom('catalogue_harvest_run')
        .select('source')
        .groupBy('source')
        .orderBy('source')
        .execute()
      return Promise.all(
        known.map(async ({ source }): Promise<SourceStanding> => {
          const last = await runsOf(source).limit(1).executeTakeFirstOrThrow()
          const complete = await runsOf(source).where('outcome', '=', 'complete').limit(1).executeTakeFirst()
          return { source, last: runOf(last), lastComplete: complete && runOf(complete) }
        }),
      )
    },

    async runs(source) {
      return (await runsOf(source).execute()).map(runOf)
    },

    async invalid(query = {}) {
      const { total, shown, next } = await found('invalid', query)
      const datasets = shown.map(({ problems, title, ...row }) => ({
        ...row,
        title: title ?? undefined,
        problems: JSON.parse(problems) as readonly DescriptionProblem[],
      }))
      return { total, datasets, next }
    },

    async stale(query = {}) {
      const { total, shown, next } = await found('stale', query)
      const datasets = shown.map(({ source, iri, seen, title }) => ({ source, iri, seen, title: title ?? undefined }))
      return { total, datasets, next }
    },

    async marks(descriptions) {
      const harvested = descriptions.slice(0, MOST)
      if (harvested.length === 0) return () => undefined
      const sources = [...new Set(harvested.map(({ source }) => source))]
      const rows = await kysely
        .selectFrom('catalogue_harvest')
        .select(['source', 'iri', 'seen', 'missed', 'outcome'])
        .where('source', 'in', sources)
        .where(
          'iri',
          'in',
          harvested.map(({ iri }) => iri),
        )
        .where(({ eb, or }) => or([eb('missed', '>=', staleAfter), eb('outcome', '=', 'invalid')]))
        .execute()
      const marks = new Map(
        rows.map(({ source, iri, seen, missed, outcome }) => [
          `${source} ${iri}`,
          { staleSince: missed >= staleAfter ? seen : undefined, isOutdated: outcome === 'invalid' },
        ]),
      )
      return ({ source, iri }) => marks.get(`${source} ${iri}`)
    },
  }
}

function runOf({
  outcome,
  problem,
  started: _,
  ...counts
}: Omit<HarvestRun, 'outcome' | 'problem'> & {
  readonly outcome: string
  readonly problem: string | null
  readonly started: string
}): HarvestRun {
  return {
    ...counts,
    outcome: z.enum(['complete', 'partial', 'failed']).parse(outcome),
    ...(problem === null ? {} : { problem: JSON.parse(problem) as Problem<HarvestProblemCode> }),
  }
}

/** A source has no spaces. */
function behind(cursor: string) {
  const [source = '', iri = ''] = cursor.split(' ')
  return ({ eb, and, or }: ExpressionBuilder<CatalogueTables, 'catalogue_harvest'>) =>
    or([
      eb('catalogue_harvest.source', '>', source),
      and([eb('catalogue_harvest.source', '=', source), eb('catalogue_harvest.iri', '>', iri)]),
    ])
}
