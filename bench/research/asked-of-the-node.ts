/**
 * Nine cohorts as a researcher asks for them: one question of nine cohorts, or nine questions, each through everything that a
 * node does for one under a permit: views, program, exact answer, disclosure control, the ledger on the disk.
 */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { openDatabase } from '../../src/platform/database/database.ts'
import { migrate } from '../../src/platform/database/migrate.ts'
import type { Analysis, CountedCohort } from '../../src/research/analysis/analysis.ts'
import { openAnswerLedger } from '../../src/research/disclosure/ledger/answer-ledger.ts'
import { disclosureMigrations } from '../../src/research/disclosure/ledger/migrations.ts'
import type { QueryEngine } from '../../src/research/query/engine.ts'
import { openAnswerStore, releasedAnswerMigrations } from '../../src/research/workspace/typed-query/answer-store.ts'
import {
  type AnalysisMeans,
  runPermittedAnalysis,
} from '../../src/research/workspace/typed-query/run-permitted-analysis.ts'
import { bestCost, type Cost, expectValue } from './measuring.ts'
import { FACTS, OPTED_OUT, PERMIT, PERMITTED } from './under-a-permit.ts'

export interface OfTheNode {
  readonly together: Cost
  readonly oneByOne: Cost
  /** Numbers that both ways tell, and those of them that are the same. */
  readonly told: number
  readonly same: number
}

export async function askedOfTheNode(
  engine: QueryEngine,
  cohorts: readonly CountedCohort[],
  folder: string,
): Promise<OfTheNode> {
  const database = await openDatabase(`sqlite:${join(folder, `ledger-${randomUUID()}.sqlite`)}`)
  await migrate(database, [...disclosureMigrations, ...releasedAnswerMigrations])
  const means = {
    engine,
    dataset: { facts: FACTS, optedOut: async () => OPTED_OUT },
    disclosure: { ledger: openAnswerLedger(database), secret: new Uint8Array(32).fill(5) },
    answers: openAnswerStore(database),
  }
  /** Somebody new each time: what follows from earlier answers costs nothing. */
  const ask = async (questions: readonly Analysis[]): Promise<ReadonlyMap<string, number | null>> => {
    const applicant = randomUUID()
    const told = new Map<string, number | null>()
    for (const [index, analysis] of questions.entries()) {
      for (const [name, persons] of await answered(analysis, { ...means, applicantOf: () => applicant })) {
        told.set(name ?? cohorts[index]?.name ?? '', persons)
      }
    }
    return told
  }
  const side: readonly Analysis[] = [{ kind: 'cohort-counts', cohorts, by: [] }]
  const each = cohorts.map(({ cohort }): Analysis => ({ kind: 'count', cohort, by: [] }))
  try {
    const [one, other] = [await ask(side), await ask(each)]
    const both = cohorts.filter(({ name }) => typeof one.get(name) === 'number' && typeof other.get(name) === 'number')
    const same = both.filter(({ name }) => one.get(name) === other.get(name))
    const together = await bestCost(() => ask(side))
    return { together, oneByOne: await bestCost(() => ask(each)), told: both.length, same: same.length }
  } finally {
    await database.close()
  }
}

/** Persons by the first level of their cell; undefined: the question has no dimension. */
async function answered(
  analysis: Analysis,
  means: AnalysisMeans,
): Promise<readonly (readonly [string | undefined, number | null])[]> {
  const asked = { analysis, permit: PERMIT, scope: PERMITTED, releaseKey: randomUUID() }
  const answer = await runPermittedAnalysis(asked, means)
  // Refused: too few persons, or too close to an earlier answer.
  if (!answer.ok && answer.problem.code.startsWith('disclosure-')) return [[undefined, null]]
  return expectValue(answer).tables.flatMap(({ cells }) =>
    cells.flatMap(({ key: [level], persons }) => (level === null ? [] : [[level, persons] as const])),
  )
}
