/** What harvests find is written down: each dataset with its reasons, each run with its counts. */
import type { Kysely } from 'kysely'
import type { Database } from '#platform/database/database.ts'
import type { DescriptionProblem } from '../gate/problem.ts'
import type { CatalogueTables } from '../store/migrations.ts'
import type { HarvestReport } from './harvester.ts'

/** Complete harvests in a row without a dataset, after which it is marked. */
export const STALE_AFTER = 3

/** Runs that are kept of one source: a week of one every ten minutes. The newest complete one is kept in any case. */
const RUNS_KEPT = 1000

/** Needs `catalogueMigrations`. */
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

    async staleCount(source: string): Promise<number> {
      const { count } = await kysely
        .selectFrom('catalogue_harvest')
        .select(({ fn }) => fn.countAll<string | number>().as('count'))
        .where('source', '=', source)
        .where('missed', '>=', staleAfter)
        .executeTakeFirstOrThrow()
      return Number(count)
    },

    async ran({ problem, ...report }: HarvestReport, started: string, ended: string): Promise<void> {
      const row = { ...report, started, ended, problem: problem ? JSON.stringify(problem) : null }
      await kysely
        .insertInto('catalogue_harvest_run')
        .values(row)
        .onConflict((conflict) => conflict.columns(['source', 'started']).doUpdateSet(row))
        .execute()
      await forgetOldRuns(kysely, report.source)
    },
  }
}

/** A catalogue that is down is asked every minute: its reports must not pile up. */
async function forgetOldRuns(kysely: Kysely<CatalogueTables>, source: string): Promise<void> {
  const runs = kysely.selectFrom('catalogue_harvest_run').select('started').where('source', '=', source)
  const newest = runs.orderBy('started', 'desc')
  const old = await newest.offset(RUNS_KEPT).limit(1).executeTakeFirst()
  if (!old) return
  const complete = await newest.where('outcome', '=', 'complete').limit(1).executeTakeFirst()
  await kysely
    .deleteFrom('catalogue_harvest_run')
    .where('source', '=', source)
    .where('started', '<=', old.started)
    .where('started', '<>', complete?.started ?? '')
    .execute()
}
