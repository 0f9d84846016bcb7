/** From entering a workspace to results that leave it: through the permit's door, the engines, the airlock. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { createLog } from '#platform/log/log.ts'
import { ok, type Result } from '#platform/result/result.ts'
import { openAnswerLedger } from '../disclosure/ledger/answer-ledger.ts'
import { disclosureMigrations } from '../disclosure/ledger/migrations.ts'
import { CDM_TABLES } from '../omop/specification/cdm.ts'
import { signPermit } from '../permits/permit-signature.ts'
import { type RunningWork, startRunningWork } from '../permits/running-work.ts'
import { type TestDoor, testDoor } from '../permits/testing/door.ts'
import { DATASET, NOW, RESEARCHER } from '../permits/testing/permits.ts'
import { unwrapped } from '../query/testing/engines.ts'
import { type Airlock, openAirlock } from './airlock/airlock.ts'
import { airlockMigrations } from './airlock/migrations.ts'
import { rInstalled } from './r/run-r.ts'
import { runWork, type WorkspaceWork } from './run-work.ts'
import type { SecondFactors } from './second-factor/second-factor.ts'
import { sessionMigrations } from './session-store.ts'
import {
  facts,
  inside,
  optedOut,
  pseudonyms,
  registryPermit,
  type TestRegistry,
  testRegistry,
} from './testing/registry.ts'
import { openAnswerStore, releasedAnswerMigrations } from './typed-query/answer-store.ts'
import { openWorkspaces, type SessionHolder } from './workspace.ts'

const CLARA = 'urn:eidas|PT/777'
const everybody = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../data/demo/research/cohorts/everybody.json'), 'utf8'),
)

describe('work in a workspace', () => {
  let registry: TestRegistry
  let database: Database
  let door: TestDoor
  let work: RunningWork
  let airlock: Airlock
  let holder: SessionHolder
  let run: (asked: Partial<WorkspaceWork> & Pick<WorkspaceWork, 'tool' | 'text'>) => ReturnType<typeof runWork>
  const permit = registryPermit()
  before(async () => {
    registry = await testRegistry()
    database = await openDatabase('sqlite::memory:')
    door = await testDoor(database)
    await migrate(database, [...disclosureMigrations, ...releasedAnswerMigrations])
    await migrate(database, [...sessionMigrations, ...airlockMigrations])
    const now = () => NOW
    work = startRunningWork({ database, permits: door.permits, log: createLog({ level: 'silent', name: 'PT' }), now })
    const factors: Pick<SecondFactors, 'verify'> = { verify: async () => ok(undefined) }
    const workspaces = openWorkspaces({ database, door, work, factors: factors as SecondFactors, now })
    const secret = 'a secret of the node, long enough for it'
    airlock = openAirlock({ database, door, secret, mayCheck: async (person) => person === CLARA, now })
    const means = {
      ...{ engine: registry.engine, dataset: { facts, optedOut }, answers: openAnswerStore(database) },
      disclosure: { ledger: openAnswerLedger(database), secret: new Uint8Array(32).fill(5) },
    }
    const datasetDoor = { facts, optedOut, pseudonyms: async () => pseudonyms(permit) }
    const open = { file: registry.file, tables: CDM_TABLES, door: datasetDoor, means }
    const datasetOf = (dataset: string) => (dataset === DATASET ? open : undefined)
    const permitText = await signPermit(permit, door.bodyKey)
    const { session } = unwrapped(await workspaces.enter({ person: RESEARCHER, permitText, purpose: 'e', code: '1' }))
    holder = { session, person: RESEARCHER }
    run = (asked) => runWork({ workspaces, airlock, datasetOf }, holder, { dataset: DATASET, ...asked })
  })
  after(async () => {
    await work.close()
    await database.close()
    await registry.close()
  })
  const codeOf = (result: Result<unknown>) => (result.ok ? 'ok' : result.problem.code)

  it('answers SQL, keeps what it showed, and lets it out once it was approved', async () => {
    const text = 'SELECT gender_concept_id, count(*) AS n FROM person GROUP BY ALL ORDER BY 1'
    const output = unwrapped(await run({ tool: 'sql', text }))
    const men = inside((person) => person % 2 === 0).length
    assert.deepEqual(output.tables[0]?.rows[0], [8507, men])
    assert.deepEqual((await airlock.contentOf(permit, output.id))?.tables, output.tables)
    const wish = { person: RESEARCHER, permit, outputs: [output.id], description: 'Persons by sex' }
    const request = unwrapped(await airlock.request(wish))
    const version = (await airlock.desk.find(request))?.version ?? ''
    unwrapped(await airlock.desk.decide(request, { kind: 'approve', words: '', by: CLARA, version }))
    const { bytes } = unwrapped(await airlock.collect(RESEARCHER, request))
    assert.ok(Buffer.from(bytes).toString().includes(`8507,${men}`))
    const logged = JSON.stringify(await door.ledger.list({}))
    assert.ok(logged.includes('query-hash') && !logged.includes('gender_concept_id'))
  })

  it('answers typed questions, which disclosure control has released', async () => {
    const analysis = { kind: 'count', cohort: everybody, by: [] }
    const output = unwrapped(await run({ tool: 'typed-query', text: JSON.stringify(analysis) }))
    assert.deepEqual(output.tables[0]?.rows, [[5 * Math.round(inside().length / 5)]])
    const content = await airlock.contentOf(permit, output.id)
    assert.ok(content?.released)
    assert.equal(codeOf(await run({ tool: 'typed-query', text: '{' })), 'analysis-unreadable')
  })

  it('runs R on the tables that a script names', {
    skip: rInstalled() ? false : 'R is not installed; run `npm ci` in engines/r',
  }, async () => {
    const text =
      'cat(exists(paste0("condition", "_occurrence")), "\\n"); output("years", as.data.frame(table(person$year_of_birth > 1970)))'
    const output = unwrapped(await run({ tool: 'r', text }))
    assert.match(output.text ?? '', /^FALSE/)
    const younger = inside((person) => 1930 + (person % 80) > 1970).length
    assert.deepEqual(output.tables[0]?.rows, [
      ['FALSE', inside().length - younger],
      ['TRUE', younger],
    ])
  })

  it('refuses what is outside, and leaves no job running', async () => {
    assert.equal(codeOf(await run({ tool: 'sql', text: 'SELECT * FROM death' })), 'sql-table-outside')
    assert.equal(codeOf(await run({ tool: 'sql', text: 'SELECT 1', dataset: 'other' as never })), 'permit-dataset')
    assert.deepEqual(await work.list(), [])
  })

  it('shows nothing once the permit is revoked', async () => {
    const running = run({
      tool: 'sql',
      text: 'SELECT sum(a.i % 7 * b.i % 5) FROM range(100000) a(i), range(1000000) b(i)',
    })
    let ended = false
    running.finally(() => {
      ended = true
    })
    while (!ended && (await work.list()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    const since = '2029-06-01T11:30:00Z'
    await door.publish({ number: 2, permits: [{ permit: permit.id, since, state: 'revoked' }] })
    await work.check()
    assert.equal(codeOf(await running), 'query-stopped')
    assert.equal(codeOf(await run({ tool: 'sql', text: 'SELECT 1' })), 'permit-revoked')
    assert.equal(codeOf(await run({ tool: 'sql', text: 'SELECT 1' })), 'session-ended')
  })
})
