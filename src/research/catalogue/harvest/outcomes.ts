/** What harvests found, in the database: each dataset with its reasons, each run with its counts. */
import { z } from 'zod'
import type { Database } from '#platform/database/database.ts'
import type { Problem } from '#platform/result/result.ts'
import type { DescriptionProblem } from '../gate/problem.ts'
import type { CatalogueTables } from '../store/migrations.ts'
import type { HarvestReport, InvalidDataset } from './harvester.ts'
import type { HarvestProblemCode } from './pages.ts'

/** What pages show of harvests. */
export interface HarvestReports {
  /** What was kept out when it was last seen, and why. */
  invalid(source: string): Promise<readonly InvalidDataset[]>
  /** Addresses that complete harvests have not seen lately. */
  stale(source: string): Promise<readonly string[]>
  /** Reports of a source, the newest first. */
  reports(source: string): Promise<readonly (HarvestReport & { readonly ended: string })[]>
}

/** Complete harvests in a row without a dataset, after which it is marked. */
export const STALE_AFTER = 3

/** Needs `catalogueMigrations`. */
export function openHarvestReports(database: Database, staleAfter = STALE_AFTER): HarvestReports {
  const { invalid, stale, reports } = harvestRecords(database, staleAfter)
  return { invalid, stale, reports }
}

export function harvestRecords(database: Database, staleAfter: number) {
  const kysely = database.kysely.$extendTables<CatalogueTables>()
  return {
    async seen(source: string, iri: string, problems: readonly DescriptionProblem[], moment: string): Promise<void> {
      const row = {
        outcome: problems.length === 0 ? 'valid' : 'invalid',
        problems: JSON.stringify(problems),
        seen: moment,
        missed: 0,
      }
      await kysely
        .insertInto('catalogue_harvest')
        .values({ source, iri, ...row })
        .onConflict((conflict) => conflict.columns(['source', 'iri']).doUpdateSet(row))
        .execute()
    },

    /** False when it is not known with this outcome, or no longer published. */
    async seenAgain(source: string, iri: string, outcome: 'valid' | 'invalid', moment: string): Promise<boolean> {
      const update = kysely.updateTable('catalogue_harvest').set({ seen: moment, missed: 0 })
      const known = update.where('source', '=', source).where('iri', '=', iri).where('outcome', '=', outcome)
      const published = known.where(({ exists, selectFrom }) =>
        exists(
          selectFrom('catalogue_record')
            .select('catalogue_record.iri')
            .whereRef('catalogue_record.source', '=', 'catalogue_harvest.source')
            .whereRef('catalogue_record.iri', '=', 'catalogue_harvest.iri')
            .where('catalogue_record.state', '=', 'published'),
        ),
      )
      const { numUpdatedRows } = await (outcome === 'valid' ? published : known).executeTakeFirst()
      return numUpdatedRows === 1n
    },

    /** After a complete harvest. */
    async missed(source: string, seen: ReadonlySet<string>): Promise<void> {
      const rows = await kysely.selectFrom('catalogue_harvest').select('iri').where('source', '=', source).execute()
      for (const { iri } of rows.filter((row) => !seen.has(row.iri))) {
        await kysely
          .updateTable('catalogue_harvest')
          .set(({ eb }) => ({ missed: eb('missed', '+', 1) }))
          .where('source', '=', source)
          .where('iri', '=', iri)
          .execute()
      }
    },

    async stale(source: string): Promise<readonly string[]> {
      const query = kysely.selectFrom('catalogue_harvest').select('iri').where('source', '=', source)
      const rows = await query.where('missed', '>=', staleAfter).orderBy('iri').execute()
      return rows.map(({ iri }) => iri)
    },

    async invalid(source: string): Promise<readonly InvalidDataset[]> {
      const query = kysely.selectFrom('catalogue_harvest').select(['iri', 'problems']).where('source', '=', source)
      const rows = await query.where('outcome', '=', 'invalid').orderBy('iri').execute()
      return rows.map(({ iri, problems }) => ({ iri, problems: JSON.parse(problems) }))
    },

    async ran({ problem, ...report }: HarvestReport, started: string, ended: string): Promise<void> {
      const row = { ...report, started, ended, problem: problem ? JSON.stringify(problem) : null }
      await kysely
        .insertInto('catalogue_harvest_run')
        .values(row)
        .onConflict((conflict) => conflict.columns(['source', 'started']).doUpdateSet(row))
        .execute()
    },

    async reports(source: string): Promise<readonly (HarvestReport & { readonly ended: string })[]> {
      const query = kysely.selectFrom('catalogue_harvest_run').selectAll().where('source', '=', source)
      const rows = await query.orderBy('started', 'desc').execute()
      return rows.map(({ outcome, problem, started: _, ...counts }) => ({
        ...counts,
        outcome: z.enum(['complete', 'partial', 'failed']).parse(outcome),
        ...(problem === null ? {} : { problem: JSON.parse(problem) as Problem<HarvestProblemCode> }),
      }))
    },
  }
}
