import assert from 'node:assert/strict'
import { it } from 'node:test'
import { migrate } from '#platform/database/migrate.ts'
import { failed, type Result } from '#platform/result/result.ts'
import { onEachDatabase } from '../../../../test/databases.ts'
import type { Permit } from '../../permits/permit.ts'
import { signPermit, verifyPermit } from '../../permits/permit-signature.ts'
import { testDoor } from '../../permits/testing/door.ts'
import { aPermit, NOW, RESEARCHER } from '../../permits/testing/permits.ts'
import { unwrapped } from '../../query/testing/engines.ts'
import { type AirlockOptions, openAirlock } from './airlock.ts'
import type { OutputContent } from './content.ts'
import { type AirlockTables, airlockMigrations } from './migrations.ts'

const CLARA = 'urn:eidas|PT/777'
const NUNO = 'urn:eidas|PT/888'
const COUNTS: OutputContent = {
  tables: [
    {
      name: 'by sex',
      columns: ['sex', 'persons'],
      rows: [
        ['F', 120],
        ['M', 340],
      ],
      complete: true,
    },
  ],
}
const SMALL: OutputContent = {
  tables: [{ name: 'small', columns: ['sex', 'persons'], rows: [['F', 3]], complete: true }],
}

onEachDatabase('the airlock', (open) => {
  let clock = NOW.getTime()
  async function opened(more: Partial<AirlockOptions> = {}, permits: Partial<Permit> = {}) {
    const database = await open()
    const door = await testDoor(database)
    await migrate(database, airlockMigrations)
    clock = NOW.getTime()
    const permit = aPermit(permits)
    const text = await signPermit(permit, door.bodyKey)
    unwrapped(await door.permits.keep(unwrapped(await verifyPermit(text, door.trust, NOW)), text, NOW))
    const airlock = openAirlock({
      ...{ database, door, secret: 'a secret of the node, long enough for it' },
      mayCheck: async (person) => person === CLARA || person === NUNO,
      now: () => new Date(clock),
      ...more,
    })
    const keep = async (content: OutputContent) => {
      const output = {
        permit,
        dataset: 'pt-registry',
        person: RESEARCHER,
        tool: 'sql',
        title: 'SELECT 1',
        content,
      } as const
      return unwrapped(await airlock.keep(output)).id
    }
    const request = async (...outputs: readonly string[]) =>
      unwrapped(await airlock.request({ person: RESEARCHER, permit, outputs, description: 'Table 1' }))
    const approve = async (id: string, by = CLARA, words = '') => {
      const version = (await airlock.desk.find(id))?.version ?? ''
      return airlock.desk.decide(id, { kind: 'approve', words, by, version })
    }
    return { database, door, airlock, permit, keep, request, approve }
  }
  const codeOf = (result: Result<unknown>) => (result.ok ? 'ok' : result.problem.code)

  it('lets out what a checker has approved, with its evidence, for persons of the permit', async () => {
    const { airlock, door, permit, keep, request, approve } = await opened()
    const id = await request(await keep(COUNTS), await keep({ tables: [], text: 'mean age 61' }))
    const waiting = await airlock.desk.list('waiting', 10)
    assert.deepEqual(
      waiting.map(({ id: one, files, tool, requestedBy }) => [one, files, tool, requestedBy]),
      [[id, 2, 'sql', RESEARCHER]],
    )
    const details = await airlock.desk.find(id)
    assert.deepEqual(
      details?.files.map(({ name, findings }) => [name, findings.map(({ code }) => code)]),
      [
        ['1-1-by_sex.csv', []],
        ['2-text.txt', ['no-count-column']],
      ],
    )
    const csv = await airlock.desk.file(id, '1-1-by_sex.csv')
    assert.equal(Buffer.from(csv ?? []).toString(), 'sex,persons\r\nF,120\r\nM,340\r\n')
    assert.equal(await airlock.desk.file(id, '../x'), undefined)
    assert.equal(codeOf(await airlock.collect(RESEARCHER, id)), 'airlock-wrong-status')
    assert.equal(codeOf(await approve(id)), 'ok')
    assert.equal(codeOf(await airlock.collect(CLARA, id)), 'permit-person')
    const { bytes } = unwrapped(await airlock.collect(RESEARCHER, id))
    const { evidence, files } = JSON.parse(Buffer.from(bytes).toString())
    assert.equal(files.length, 2)
    assert.equal(evidence.approvedBy, CLARA)
    assert.equal(evidence.version, details?.version)
    const [view] = await airlock.requestsOf(permit)
    assert.equal(view?.status, 'approved')
    const steps = (await door.ledger.list({})).map(({ event }) => event.subtype?.[0]?.code)
    for (const step of ['output-requested', 'output-decided', 'output-collected']) assert.ok(steps.includes(step))
    assert.ok((await door.ledger.list({})).some(({ event }) => JSON.stringify(event).includes(evidence.version)))
  })

  it('is decided by nobody but a checker with no other part in it, and each attempt is written down', async () => {
    const { airlock, door, keep, request, approve } = await opened()
    const id = await request(await keep(COUNTS))
    assert.equal(codeOf(await approve(id, RESEARCHER)), 'airlock-own-request')
    assert.equal(codeOf(await approve(id, 'urn:eidas|PT/5')), 'airlock-not-checker')
    const version = 'another'
    const wrong = await airlock.desk.decide(id, { kind: 'approve', words: '', by: CLARA, version })
    assert.equal(codeOf(wrong), 'airlock-version')
    const refused = (await door.ledger.list({})).filter(({ event }) => event.outcomeDesc?.startsWith('airlock-'))
    assert.equal(refused.length, 3)
    assert.equal(codeOf(await airlock.collect(RESEARCHER, id)), 'airlock-wrong-status')
  })

  it('never lets small counts out, whoever approves', async () => {
    const { keep, request, approve } = await opened()
    const id = await request(await keep(SMALL))
    assert.equal(codeOf(await approve(id, CLARA, 'It is important.')), 'airlock-stopped')
  })

  it('has a conversation, and can be taken back', async () => {
    const { airlock, permit, keep, request } = await opened()
    const id = await request(await keep(COUNTS))
    const version = (await airlock.desk.find(id))?.version ?? ''
    unwrapped(await airlock.desk.decide(id, { kind: 'ask', words: 'Of whom?', by: CLARA, version }))
    assert.deepEqual(
      (await airlock.requestsOf(permit)).map(({ status, words }) => [status, words]),
      [['question', 'Of whom?']],
    )
    assert.equal((await airlock.desk.list('asked', 5)).length, 1)
    unwrapped(await airlock.answer(RESEARCHER, id, 'Of all.'))
    assert.deepEqual(
      (await airlock.desk.find(id))?.remarks.map(({ kind, words }) => [kind, words]),
      [
        ['asked', 'Of whom?'],
        ['answered', 'Of all.'],
      ],
    )
    unwrapped(await airlock.withdraw(RESEARCHER, id))
    assert.equal(await airlock.desk.find(id), undefined)
    assert.equal((await airlock.desk.list('waiting', 5)).length, 0)
  })

  it('takes one of two decisions that are made at the same moment', async () => {
    const { airlock, keep, request } = await opened()
    const id = await request(await keep(COUNTS))
    const version = (await airlock.desk.find(id))?.version ?? ''
    const both = await Promise.all([
      airlock.desk.decide(id, { kind: 'approve', words: '', by: CLARA, version }),
      airlock.desk.decide(id, { kind: 'refuse', words: 'No.', by: NUNO, version }),
    ])
    assert.equal(both.filter((one) => one.ok).length, 1)
    const state = (await airlock.desk.find(id))?.state
    assert.equal(state, both[0]?.ok ? 'approved' : 'refused')
    assert.equal((await airlock.desk.list(both[0]?.ok ? 'approved' : 'refused', 5)).length, 1)
  })

  it('gives nothing when the permit is revoked or over, or the case is closed', async () => {
    const { airlock, door, permit, keep, request, approve } = await opened()
    const output = await keep(COUNTS)
    const id = await request(output)
    unwrapped(await approve(id))
    unwrapped(await airlock.collect(RESEARCHER, id))
    const since = '2029-06-01T11:30:00Z'
    await door.publish({ number: 2, permits: [{ permit: permit.id, since, state: 'revoked' }] })
    assert.equal(codeOf(await airlock.collect(RESEARCHER, id)), 'permit-revoked')
    const again = await airlock.request({ person: RESEARCHER, permit, outputs: [output], description: 'More' })
    assert.equal(codeOf(again), 'permit-revoked')
    const mayCollect = async () => failed('late', 'The results were not published in time.', 'Publish them.')
    const closed = await opened({ mayCollect })
    const other = await closed.request(await closed.keep(COUNTS))
    unwrapped(await closed.approve(other))
    assert.equal(codeOf(await closed.airlock.collect(RESEARCHER, other)), 'airlock-closed')
  })

  it('takes outputs of this permit only, keeps them encrypted, and forgets what nobody asked for', async () => {
    const { airlock, database, permit, keep, request } = await opened()
    const [output, unwanted] = [await keep(COUNTS), await keep(SMALL)]
    const other = { memberState: 'PT', id: 'permit-pt-2' as Permit['id'] }
    assert.equal(await airlock.contentOf(other, output), undefined)
    const wish = { person: RESEARCHER, permit, outputs: ['unknown'], description: 'x' }
    assert.equal(codeOf(await airlock.request(wish)), 'airlock-empty')
    const kysely = database.kysely.$extendTables<AirlockTables>()
    const rows = JSON.stringify(await kysely.selectFrom('workspace_output').selectAll().execute())
    assert.ok(rows.includes('SELECT 1') && !rows.includes('by sex'))
    await request(output)
    clock += 31 * 86_400_000
    assert.equal(await airlock.forget(), 1)
    assert.deepEqual(
      (await airlock.outputsOf(permit)).map(({ id }) => id),
      [output],
    )
    assert.equal(await airlock.contentOf(permit, unwanted), undefined)
  })

  it('does not give what was changed in the database after it was approved', async () => {
    const { airlock, database, keep, request, approve } = await opened()
    const [first, second] = [await keep(COUNTS), await keep(SMALL)]
    const id = await request(first)
    unwrapped(await approve(id))
    const kysely = database.kysely.$extendTables<AirlockTables>()
    const other = await kysely
      .selectFrom('workspace_output')
      .select('content')
      .where('id', '=', second)
      .executeTakeFirstOrThrow()
    await kysely.updateTable('workspace_output').set({ content: other.content }).where('id', '=', first).execute()
    await assert.rejects(airlock.collect(RESEARCHER, id), TypeError)
  })
})
