/** For tests: a register that a node holds, and how many of its persons a permit of a given approval sees. Real files, permits and views. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { createLog } from '#platform/log/log.ts'
import { openAnswerLedger } from '#research/disclosure/ledger/answer-ledger.ts'
import { disclosureMigrations } from '#research/disclosure/ledger/migrations.ts'
import { releaseChoiceMigrations } from '#research/omop/current/choice-store.ts'
import { openCurrentReleases } from '#research/omop/current/current-releases.ts'
import type { OptOuts } from '#research/omop/opt-out.ts'
import { temporaryFolder } from '#research/omop/testing/datasets.ts'
import { REGISTER, shelved, upTo } from '#research/omop/testing/register.ts'
import type { PermitId } from '#research/permits/permit.ts'
import { signPermit, verifyPermit } from '#research/permits/permit-signature.ts'
import { startRunningWork } from '#research/permits/running-work.ts'
import { testDoor } from '#research/permits/testing/door.ts'
import { aPermit } from '#research/permits/testing/permits.ts'
import { openAnswerStore, releasedAnswerMigrations } from '#research/workspace/typed-query/answer-store.ts'
import { openDatasets } from '../datasets.ts'
import { runQuestion } from '../run-question.ts'

/** One fewer is released as 5 fewer: counts are rounded to 5. */
const PERSONS = 98
export const EVERYBODY = 100
export const ONE_LEFT_OUT = 95

/** Persons 1 to 98 of `REGISTER`. */
export async function heldRegister({ optedOutOf }: Pick<OptOuts, 'optedOutOf'>) {
  const database = await openDatabase('sqlite::memory:')
  const door = await testDoor(database, false)
  await migrate(database, [...disclosureMigrations, ...releasedAnswerMigrations, ...releaseChoiceMigrations])
  await door.publish({ issued: inHours(-2), goodUntil: inHours(12) })
  const shelf = temporaryFolder()
  const file = await shelved({ shelf, sources: temporaryFolder() }, '1', { persons: upTo(PERSONS) })
  const holder = 'https://pt.example.org/holders/registry'
  const current = openCurrentReleases({
    ...{ database, ledger: door.ledger, node: door.node, folder: shelf, mostRejected: 0.05 },
    configured: [{ id: REGISTER, release: '1', file, holder }],
  })
  const secret = new Uint8Array(32).fill(7)
  const datasets = openDatasets({
    ...{ settings: { memory: '256MB', threads: 1 }, current, secret, optedOutOf, answers: openAnswerStore(database) },
    disclosure: { ledger: openAnswerLedger(database), secret },
  })
  const work = startRunningWork({ database, permits: door.permits, log: createLog({ level: 'silent', name: 'PT' }) })
  let permits = 0
  return {
    /** What a permit that was approved at that moment is told about how many persons there are; each one has a user of its own. */
    async personsSince(approved: Date): Promise<number | string | null | undefined> {
      permits += 1
      const [id, person] = [`permit-${permits}` as PermitId, `urn:demo|user-${permits}`]
      const text = await signPermit(permitOf(id, person, approved.toISOString()), door.bodyKey)
      const verified = await verifyPermit(text, door.trust, new Date())
      assert.ok(verified.ok, JSON.stringify(verified))
      assert.ok((await door.permits.keep(verified.value, text, new Date())).ok)
      const parts = { door, work, permits: door.permits, body: door.node, datasets }
      const dataset = aPermit().datasets[0]?.dataset ?? assert.fail()
      const question = { dataset, permit: id, person, purpose: 'e', analysis: HOW_MANY, releaseKey: id } as const
      const answer = await runQuestion(parts, question)
      return answer.ok ? answer.value.tables[0]?.cells[0]?.persons : answer.problem.code
    },
    async close() {
      await datasets.close()
      await work.close()
      await database.close()
    },
  }
}

const HOW_MANY = {
  kind: 'count',
  cohort: JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../../data/demo/research/cohorts/everybody.json'), 'utf8'),
  ),
  by: [],
} as const

function inHours(hours: number): string {
  return new Date(Date.now() + hours * 3_600_000).toISOString()
}

function permitOf(id: PermitId, person: string, approved: string) {
  const [scope] = aPermit().datasets
  assert.ok(scope)
  const tables = scope.tables.map(({ table, columns }) =>
    table === 'observation_period'
      ? { table, columns: [...columns, 'observation_period_id', 'period_type_concept_id'] }
      : { table, columns },
  )
  return aPermit({
    ...{ id, issued: approved, from: approved, until: inHours(24 * 30), optOutAsOf: approved },
    ...{ datasets: [{ ...scope, tables, population: {} }] },
    persons: [{ identifier: person, name: 'Ada', role: 'principal-investigator' }],
  })
}
