/** Questions are answered from the configured file, then from the release that the holder chose: real files, permits and ledgers. */
import assert from 'node:assert/strict'
import { copyFileSync, readdirSync, readFileSync, readlinkSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { createLog } from '#platform/log/log.ts'
import type { Result } from '#platform/result/result.ts'
import type { Analysis } from '#research/analysis/analysis.ts'
import { openAnswerLedger } from '#research/disclosure/ledger/answer-ledger.ts'
import { disclosureMigrations } from '#research/disclosure/ledger/migrations.ts'
import { releaseChoiceMigrations } from '#research/omop/current/choice-store.ts'
import { openCurrentReleases } from '#research/omop/current/current-releases.ts'
import { releaseFile } from '#research/omop/release/place.ts'
import { temporaryFolder } from '#research/omop/testing/datasets.ts'
import { REGISTER, shelved, upTo } from '#research/omop/testing/register.ts'
import type { PermitId } from '#research/permits/permit.ts'
import { signPermit, verifyPermit } from '#research/permits/permit-signature.ts'
import { startRunningWork } from '#research/permits/running-work.ts'
import { testDoor } from '#research/permits/testing/door.ts'
import { aPermit, DATASET } from '#research/permits/testing/permits.ts'
import { openAnswerStore, releasedAnswerMigrations } from '#research/workspace/typed-query/answer-store.ts'
import type { PermittedAnswer } from '#research/workspace/typed-query/run-permitted-analysis.ts'
import { openDatasets } from './datasets.ts'
import { runQuestion } from './run-question.ts'

const HOLDER = 'https://pt.example.org/holders/registry'
const everybody = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../data/demo/research/cohorts/everybody.json'), 'utf8'),
)
const HOW_MANY: Analysis = { kind: 'count', cohort: everybody, by: [] }
const [shelf, sources] = [temporaryFolder(), temporaryFolder()]
const file = join(sources, 'configured.duckdb')
const settings = { memory: '256MB', threads: 1 }

before(async () => {
  assert.equal(DATASET, REGISTER)
  copyFileSync(await shelved({ shelf: temporaryFolder(), sources }, '2029-01', { persons: upTo(100) }), file)
  await shelved({ shelf, sources }, '2029-02', { persons: upTo(140) })
  // Three persons more.
  await shelved({ shelf, sources }, '2029-03', { persons: upTo(143) })
})

const databases: Database[] = []
after(() => Promise.all(databases.map((database) => database.close())))

/** A node with its first permit; `again` opens the datasets anew, as after a restart. */
async function testNode() {
  const database = await openDatabase('sqlite::memory:')
  databases.push(database)
  const door = await testDoor(database, false)
  await migrate(database, [...disclosureMigrations, ...releasedAnswerMigrations, ...releaseChoiceMigrations])
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
  await door.publish({ issued: inDays(-0.1), goodUntil: inDays(0.5) })
  const work = startRunningWork({ database, permits: door.permits, log: createLog({ level: 'silent', name: 'PT' }) })
  const configured = [{ id: REGISTER, release: '2029-01', file, holder: HOLDER }]
  const secret = new Uint8Array(32).fill(7)
  /** What stands between the door and the engine of a question: a test may wait there. */
  const between = { wait: async (): Promise<void> => undefined }
  const open = () => {
    const { ledger, node } = door
    const current = openCurrentReleases({ database, ledger, node, folder: shelf, configured, mostRejected: 0.05 })
    const datasets = openDatasets({
      ...{ settings, current, secret, answers: openAnswerStore(database) },
      disclosure: { ledger: openAnswerLedger(database), secret },
      async optedOutOf() {
        await between.wait()
        return new Set()
      },
    })
    return { current, datasets }
  }
  let opened = open()
  let questions = 0
  const permit = async (id: string, more: { readonly person?: string; readonly release?: string } = {}) => {
    const { person = 'urn:demo|ada', release } = more
    const [scope] = aPermit().datasets
    assert.ok(scope)
    const observed = ['observation_period_id', 'period_type_concept_id']
    const tables = scope.tables.map(({ table, columns }) => ({
      table,
      columns: table === 'observation_period' ? [...columns, ...observed] : columns,
    }))
    const dataset = { ...scope, tables, population: {}, ...(release === undefined ? {} : { release }) }
    const text = await signPermit(
      aPermit({
        ...{ id: id as PermitId, issued: inDays(-0.05), from: inDays(-0.05), until: inDays(30), datasets: [dataset] },
        ...{
          optOutAsOf: inDays(-0.06),
          persons: [{ identifier: person, name: 'Ada', role: 'principal-investigator' }],
        },
      }),
      door.bodyKey,
    )
    const verified = await verifyPermit(text, door.trust, new Date())
    assert.ok(verified.ok, JSON.stringify(verified))
    const kept = await door.permits.keep(verified.value, text, new Date())
    assert.ok(kept.ok)
    return (): Promise<Result<PermittedAnswer>> => {
      questions += 1
      const parts = { door, work, permits: door.permits, body: door.node, datasets: opened.datasets }
      const asked = { dataset: DATASET, permit: id, person, purpose: 'e', analysis: HOW_MANY } as const
      return runQuestion(parts, { ...asked, releaseKey: `question ${questions}` })
    }
  }
  return {
    ...{ door, between, permit },
    get datasets() {
      return opened.datasets
    },
    async choose(release: string) {
      const instead = (await opened.current.currentOf(REGISTER))?.release
      const by = { identifier: 'urn:demo|helena', name: 'Helena' }
      const used = await opened.current.use({ dataset: REGISTER, release, holder: HOLDER, by, instead })
      assert.ok(used.ok, JSON.stringify(used))
    },
    /** As another replica, or this one after a restart. */
    async again() {
      await opened.datasets.close()
      opened = open()
    },
    async close() {
      await opened.datasets.close()
      await work.close()
    },
  }
}

/** Released, and rounded to 5. */
function persons(answer: Result<PermittedAnswer>): number | string | null | undefined {
  return answer.ok ? answer.value.tables[0]?.cells[0]?.persons : answer.problem.code
}

/** Files of releases that this process has open; undefined where nobody tells. */
function openFiles(): readonly string[] | undefined {
  if (process.platform !== 'linux') return undefined
  const links = readdirSync('/proc/self/fd').map((name) => {
    try {
      return readlinkSync(join('/proc/self/fd', name))
    } catch {
      // Closed in the meantime.
      return ''
    }
  })
  return links.filter((link) => link.endsWith('.duckdb')).sort()
}

function onlyOpen(...files: readonly string[]): void {
  const open = openFiles()
  if (open) assert.deepEqual([...new Set(open)], [...files].sort())
}

describe('a node answers from the release that its data holder chose', () => {
  let node: Awaited<ReturnType<typeof testNode>>
  before(async () => {
    node = await testNode()
  })
  after(() => node.close())

  it('from the configured file before, from the new release after, also when it was started again', async () => {
    const ask = await node.permit('permit-1')
    assert.equal(persons(await ask()), 100)
    onlyOpen(file)
    await node.choose('2029-02')
    onlyOpen()
    assert.equal(persons(await ask()), 140)
    onlyOpen(releaseFile(shelf, REGISTER, '2029-02'))
    await node.again()
    onlyOpen()
    assert.equal(persons(await ask()), 140)
  })

  it('writes into the ledger which release was read', async () => {
    const [entry] = await node.door.ledger.list({})
    assert.match(JSON.stringify(entry?.event), /"urn:tessera:release","valueString":"2029-02"/)
  })

  it('lets a question that began end on the release it began with, and closes that one then', async () => {
    const ask = await node.permit('permit-2', { person: 'urn:demo|grace' })
    let go = (): void => undefined
    const reached = new Promise<void>((arrived) => {
      node.between.wait = () => {
        arrived()
        return new Promise((resolve) => {
          go = resolve
        })
      }
    })
    const begun = ask()
    await reached
    node.between.wait = async () => undefined
    // Back to a smaller one, so that the two answers cannot be taken for one another.
    const other = await node.permit('permit-3', { person: 'urn:demo|alan' })
    await node.choose('2029-03')
    assert.equal(persons(await other()), 145)
    go()
    assert.equal(persons(await begun), 140)
    onlyOpen(releaseFile(shelf, REGISTER, '2029-03'))
  })

  it('tells nobody the three persons by which two releases differ', async () => {
    const ask = await node.permit('permit-4')
    assert.equal(persons(await ask()), 'disclosure-too-few')
    const unknown = await node.permit('permit-5', { person: 'urn:demo|eve' })
    assert.equal(persons(await unknown()), 145)
  })

  it('answers a permit of an earlier release from that one, and refuses one that was never chosen or is gone', async () => {
    const ask = await node.permit('permit-6', { release: '2029-01' })
    assert.equal(persons(await ask()), 100)
    onlyOpen(releaseFile(shelf, REGISTER, '2029-03'))
    await shelved({ shelf, sources }, '2029-04', { persons: upTo(200) })
    const early = await node.permit('permit-7', { release: '2029-04' })
    assert.equal(persons(await early()), 'permit-release')
    renameSync(file, `${file}.away`)
    assert.equal(persons(await ask()), 'permit-release')
    renameSync(`${file}.away`, file)
  })

  it('answers from no other release when the chosen one is gone', async () => {
    const ask = await node.permit('permit-8', { person: 'urn:demo|joan' })
    const chosen = releaseFile(shelf, REGISTER, '2029-03')
    renameSync(chosen, `${chosen}.away`)
    assert.equal(persons(await ask()), 'dataset-not-open')
    renameSync(`${chosen}.away`, chosen)
    assert.equal(persons(await ask()), 145)
  })

  it('gives a person the same pseudonym in every release under one permit', async () => {
    const [scope] = aPermit().datasets
    assert.ok(scope)
    const pseudonymsIn = async (release: string) => {
      const held = node.datasets.workspaceOf(DATASET, release)
      assert.ok(held)
      const pseudonyms = await held.door.pseudonyms(aPermit())
      assert.ok(pseudonyms !== 'none' && pseudonyms.relation.kind === 'rows')
      const { relation } = pseudonyms
      return new Map(relation.rows.map(([person, pseudonym]) => [JSON.stringify(person), JSON.stringify(pseudonym)]))
    }
    const [before, now] = [await pseudonymsIn('2029-01'), await pseudonymsIn('2029-03')]
    assert.equal(before.size, 100)
    assert.equal(now.size, 143)
    for (const [person, pseudonym] of before) assert.equal(now.get(person), pseudonym)
    assert.equal(node.datasets.workspaceOf(DATASET, '2029-09'), undefined)
  })
})
