/** What was answered is remembered: by another permit, another process, after death, and by two questions at once. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { it } from 'node:test'
import fc from 'fast-check'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { onEachDatabase, type TestDatabase } from '../../../../test/databases.ts'
import { DEFAULT_RULES } from '../read-rules.ts'
import { type ReleaseContext, releaseTable } from '../release.ts'
import type { ExactTable } from '../table.ts'
import { cohortTable, crossTable, range, SECRET } from '../testing/tables.ts'
import { openAnswerLedger } from './answer-ledger.ts'
import { packKeys, unpackKeys } from './key-list.ts'
import { type DisclosureTables, disclosureMigrations } from './migrations.ts'

const ASKING = join(import.meta.dirname, '../testing/asking-process.ts')

async function outcome(table: ExactTable, context: ReleaseContext): Promise<string> {
  const answer = await releaseTable(table, context)
  return answer.ok ? 'released' : answer.problem.code
}

function contextOf(database: Pick<TestDatabase, 'kysely' | 'dialect' | 'ping' | 'close'>): ReleaseContext {
  const scope = { dataset: 'test', applicant: 'applicant', permit: 'first' }
  return { ...scope, rules: DEFAULT_RULES, secret: SECRET, ledger: openAnswerLedger(database) }
}

it('packs keys and gives them back', () => {
  const key = fc.integer({ min: 0, max: 2 ** 52 - 1 })
  fc.assert(
    fc.property(fc.uniqueArray(key), (list) => {
      const keys = Float64Array.from(list).sort()
      assert.deepEqual(unpackKeys(packKeys(keys), keys.length), keys)
    }),
  )
  assert.throws(() => unpackKeys(Uint8Array.of(1, 2, 3), 2), /damaged/)
})

onEachDatabase('the ledger of answers', (open) => {
  const opened = async () => {
    const database = await open()
    await migrate(database, disclosureMigrations)
    return { database, context: contextOf(database) }
  }

  it('remembers across permits of one applicant, and keeps applicants and datasets apart', async () => {
    const { context } = await opened()
    const near = cohortTable(range(4, 120))
    assert.equal(await outcome(cohortTable(range(1, 120)), context), 'released')
    assert.equal(await outcome(near, { ...context, permit: 'second' }), 'disclosure-too-few')
    assert.equal(await outcome(near, { ...context, applicant: 'somebody else' }), 'released')
    assert.equal(await outcome(near, { ...context, dataset: 'another' }), 'released')
    assert.equal(await outcome(cohortTable(range(1, 120)), { ...context, permit: 'second' }), 'released')
  })

  it('gives the same numbers for the same persons, in whatever order, table, permit and process', async () => {
    const { database, context } = await opened()
    const again = await openDatabase(database.url)
    const other = { ...contextOf(again), permit: 'second' }
    const persons = range(1, 120)
    const first = await releaseTable(cohortTable(persons), context)
    const second = await releaseTable(cohortTable([...persons].reverse()), other)
    const inTable = await releaseTable(crossTable([[60, 60]]), other)
    assert.ok(first.ok && second.ok && inTable.ok)
    assert.deepEqual(second.value.cells, first.value.cells)
    assert.equal(inTable.value.cells.at(-1)?.persons, first.value.cells[0]?.persons)
    await again.close()
  })

  it('stores no number of a person, and why each cell was hidden', async () => {
    const { database, context } = await opened()
    const answer = await releaseTable(
      crossTable([
        [4, 26],
        [40, 50],
      ]),
      context,
    )
    assert.ok(answer.ok)
    const kysely = database.kysely.$extendTables<DisclosureTables>()
    const rows = await kysely.selectFrom('disclosure_answer').selectAll().execute()
    // Rows, columns and everybody: two of four margins and the whole follow from three numbers.
    assert.deepEqual(
      rows.map(({ size }) => size),
      [120, 90, 76],
    )
    const decisions = await kysely.selectFrom('disclosure_decision').selectAll().execute()
    assert.equal(decisions[0]?.outcome, 'released')
    const reasons = (JSON.parse(decisions[0]?.account ?? '') as { hidden: { reason: string }[] }).hidden
    assert.deepEqual(reasons.map(({ reason }) => reason).sort(), ['exposure', 'exposure', 'exposure', 'few-persons'])
    assert.doesNotMatch(JSON.stringify(answer.value), /exposure|few-persons|complementary/)
  })

  it('lets only one of two questions pass that are asked at the same moment by two processes', async () => {
    const { database, context } = await opened()
    const again = await openDatabase(database.url)
    const other = contextOf(again)
    for (let round = 0; round < 10; round += 1) {
      const start = round * 1000
      const outcomes = await Promise.all([
        outcome(cohortTable(range(start, 120)), context),
        outcome(cohortTable(range(start + 2, 120)), { ...other, permit: 'second' }),
        outcome(cohortTable(range(start, 117)), context),
      ])
      assert.deepEqual(outcomes.sort(), ['disclosure-too-few', 'disclosure-too-few', 'released'])
    }
    await again.close()
  })

  it('remembers every answer that was given before the process was killed', async () => {
    const { database, context } = await opened()
    const child = spawn(process.execPath, [ASKING, database.url], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.split('\n').length > 25) child.kill('SIGKILL')
    })
    await new Promise((resolve) => child.once('close', resolve))
    const answered = said.split('\n').slice(0, -1)
    assert.ok(answered.length >= 25 && answered.length < 2000)
    for (const line of answered) {
      const [cohort, released] = line.split(' ')
      assert.equal(released, 'true')
      const start = Number(cohort) * 100
      assert.equal(await outcome(cohortTable(range(start, 47)), { ...context, permit: 'second' }), 'disclosure-too-few')
    }
  })

  it('stops an applicant who is refused again and again, until a person has looked', async () => {
    const { context } = await opened()
    const strict = { ...context, rules: { ...DEFAULT_RULES, refusalsBeforeReview: 3 } }
    for (let time = 0; time < 3; time += 1) {
      assert.equal(await outcome(cohortTable(range(1, 5)), strict), 'disclosure-too-few')
    }
    assert.equal(await outcome(cohortTable(range(1, 500)), strict), 'disclosure-refusals-exhausted')
    await context.ledger.forgiveRefusals(context)
    assert.equal(await outcome(cohortTable(range(1, 500)), strict), 'released')
  })

  it('takes nothing for answered when it could not be stored', async () => {
    const { database, context } = await opened()
    const kysely = database.kysely.$extendTables<DisclosureTables>()
    assert.equal(await outcome(cohortTable(range(1, 120)), context), 'released')
    await kysely.schema.alterTable('disclosure_decision').renameTo('away').execute()
    await assert.rejects(releaseTable(cohortTable(range(500, 120)), context))
    await kysely.schema.alterTable('away').renameTo('disclosure_decision').execute()
    assert.equal(await outcome(cohortTable(range(503, 120)), context), 'released')
    assert.equal(await outcome(cohortTable(range(4, 120)), context), 'disclosure-too-few')
  })
})
