/** Choices reach the register with their entries in the ledger; a file means the same in any order and when it is read again. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { migrate } from '#platform/database/migrate.ts'
import { sealWith } from '#trust/keys/seal.ts'
import { ledgerMigrations } from '#trust/ledger/migrations.ts'
import { openLedger } from '#trust/ledger/open-ledger.ts'
import { onEachDatabase } from '../../../../test/databases.ts'
import { openOptOuts, optOutMigrations } from '../opt-out.ts'
import { readMoment, readPerson } from './choice.ts'
import { type ChoiceRow, readChoices } from './choice-file.ts'
import { openOptOutRegister } from './register.ts'

const ANA = 'urn:oid:1.2|298123456'
const RUI = 'urn:oid:1.2|284556731'
const NOW = new Date('2029-06-01T12:00:00Z')
const CLERK = { person: 'urn:staff|7', role: 'intake', through: 'page' } as const
const COMMAND = { through: 'command' } as const

onEachDatabase('the register of opt-outs', (open) => {
  async function register() {
    const database = await open()
    await migrate(database, [...ledgerMigrations, ...optOutMigrations])
    const signer = sealWith(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
    const ledger = await openLedger(database, { node: 'PT', signer })
    const body = { id: 'hdab-pt', name: 'Body of Portugal', country: 'PT' }
    const steps = async (patient?: string) => {
      const entries = await ledger.list({ limit: 1000, ...(patient === undefined ? {} : { patient }) })
      return entries.toReversed().map(({ event }) => `${event.subtype?.[0]?.code} ${event.outcome}`)
    }
    const optOuts = openOptOuts(database)
    return { ledger, steps, optOuts, written: openOptOutRegister(database, { ledger, body, now: () => NOW }) }
  }

  it('writes each act together with an entry that names the person and who did it', async () => {
    const { ledger, steps, optOuts, written } = await register()
    const at = (day: string) => `2029-05-${day}T10:00:00.000Z`
    assert.deepEqual(await written.choose({ person: ANA, at: at('02'), what: 'out' }, CLERK), {
      ok: true,
      value: 'recorded',
    })
    assert.deepEqual(await written.choose({ person: ANA, at: at('03'), what: 'out' }, CLERK), {
      ok: true,
      value: 'unchanged',
    })
    assert.equal((await written.lookUp(ANA, CLERK)).out, true)
    assert.ok((await written.choose({ person: ANA, at: at('04'), what: 'in' }, COMMAND)).ok)
    const late = await written.choose({ person: ANA, at: at('03'), what: 'in' }, CLERK)
    assert.ok(!late.ok && late.problem.code === 'opt-out-too-late')
    assert.deepEqual(await written.lookUp(ANA, CLERK), {
      out: false,
      history: [{ person: ANA, from: at('02'), to: at('04') }],
    })
    const all = [
      ...['opt-out-recorded 0', 'opt-out-recorded 0', 'opt-out-looked-up 0', 'opt-out-withdrawn 0'],
      ...['opt-out-withdrawn 8', 'opt-out-looked-up 0'],
    ]
    assert.deepEqual(await steps(ANA), all)
    assert.deepEqual(await steps(RUI), [])
    const [byClerk] = (await ledger.list({ patient: ANA, professional: 'urn:staff|7' })).toReversed()
    assert.match(JSON.stringify(byClerk?.event), /"urn:tessera:role","valueString":"intake"/)
    assert.deepEqual((await optOuts.history(ANA)).length, 1)
    assert.ok((await ledger.verify()).intact)
  })

  it('takes the good rows of a file, names the wrong ones, and takes the same file again without a change', async () => {
    const { ledger, steps, optOuts, written } = await register()
    await written.choose({ person: RUI, at: '2029-05-20T10:00:00.000Z', what: 'out' }, CLERK)
    const rows = [
      { line: 2, person: ANA, at: '2029-04-03T10:00:00Z', what: 'out' },
      { line: 3, person: ANA, at: '2029-04-01T10:00:00+02:00', what: 'out' },
      { line: 4, person: ANA, at: '2029-04-02T10:00:00Z', what: 'in' },
      { line: 5, person: ` ${ANA}`, at: '2029-04-02T10:00:00.000Z', what: 'in' },
      { line: 6, person: RUI, at: '2029-05-19T10:00:00Z', what: 'out' },
      { line: 7, person: RUI, at: '2029-05-21', what: 'out' },
    ]
    const read = readChoices(rows, NOW)
    const first = await written.take(read, 'abc', COMMAND)
    assert.deepEqual([first.recorded, first.unchanged, first.repeated], [3, 0, 1])
    assert.deepEqual(
      first.wrong.map(({ line, problem }) => [line, problem.code]),
      [
        [6, 'opt-out-too-late'],
        [7, 'opt-out-time-wrong'],
      ],
    )
    const history = [
      { person: ANA, from: '2029-04-01T08:00:00.000Z', to: '2029-04-02T10:00:00.000Z' },
      { person: ANA, from: '2029-04-03T10:00:00.000Z' },
    ]
    assert.deepEqual(await optOuts.history(ANA), history)
    const again = await written.take(readChoices(rows.toReversed(), NOW), 'abc', COMMAND)
    assert.deepEqual(again, { ...first, recorded: 0, unchanged: 3 })
    assert.deepEqual(await optOuts.history(ANA), history)
    assert.deepEqual(await steps(ANA), ['opt-out-recorded 0', 'opt-out-withdrawn 0', 'opt-out-recorded 0'])
    const imports = (await ledger.list({ limit: 1000 })).filter(
      ({ event }) => event.subtype?.[0]?.code === 'opt-outs-imported',
    )
    assert.equal(imports.length, 2)
    for (const { event } of imports) assert.doesNotMatch(JSON.stringify(event), /298123456|284556731/)
  })

  it('lets no earlier choice that is told later undo the last one', async () => {
    const { optOuts, written } = await register()
    const take = (...choices: readonly (readonly [string, 'out' | 'in'])[]) =>
      written.take(
        readChoices(
          choices.map(([day, what], at) => ({ line: at + 2, person: ANA, at: `2029-04-${day}T00:00:00Z`, what })),
          NOW,
        ),
        'file',
        COMMAND,
      )
    await take(['01', 'out'], ['03', 'out'])
    const late = await take(['02', 'in'])
    assert.deepEqual(
      late.wrong.map(({ problem }) => problem.code),
      ['opt-out-too-late'],
    )
    assert.equal((await optOuts.optedOut('2029-05-01T00:00:00Z')).has(ANA), true)
    assert.equal((await take(['04', 'in'], ['05', 'in'])).recorded, 1)
    assert.equal((await optOuts.optedOut('2029-05-01T00:00:00Z')).has(ANA), false)
  })

  it('means the same in any order of rows, and is what the last choice before a moment says', async () => {
    const { optOuts, written } = await register()
    let round = 0
    const choice = fc.record({
      person: fc.constantFrom('a', 'b', 'c'),
      minute: fc.integer({ min: 0, max: 9 }),
      what: fc.constantFrom('out', 'in'),
    })
    const shuffled = fc
      .array(choice, { maxLength: 14 })
      .chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })))
    const property = fc.asyncProperty(shuffled, async ([rows, others]) => {
      round += 1
      const histories = []
      for (const [order, given] of [rows, others, rows].entries()) {
        const side = order === 1 ? 'two' : 'one'
        const system = `urn:round-${round}-${side}`
        const lined = given.map(
          ({ person, minute, what }, at): ChoiceRow => ({
            ...{ line: at + 2, person: `${system}|${person}`, what },
            at: `2029-05-01T10:0${minute}:00Z`,
          }),
        )
        const report = await written.take(readChoices(lined, NOW), 'file', COMMAND)
        if (order === 2) assert.equal(report.recorded, 0)
        const history = []
        for (const person of ['a', 'b', 'c']) {
          history.push((await optOuts.history(`${system}|${person}`)).map(({ from, to }) => [person, from, to]))
        }
        histories.push(history)
      }
      assert.deepEqual(histories[1], histories[0])
      assert.deepEqual(histories[2], histories[0])
      for (const person of ['a', 'b', 'c']) {
        const own = rows.filter((row) => row.person === person)
        const clear = own.filter((row) => own.every(({ minute, what }) => minute !== row.minute || what === row.what))
        const last = clear.toSorted((one, other) => one.minute - other.minute).at(-1)
        const out = await optOuts.history(`urn:round-${round}-one|${person}`)
        assert.equal(
          out.some(({ to }) => to === undefined),
          last?.what === 'out',
        )
      }
    })
    await fc.assert(property, { numRuns: 25 })
  })
})

describe('one choice', () => {
  it('names a person with its system, at a time that has come', () => {
    const person = (text: string) => {
      const read = readPerson(text)
      return read.ok ? read.value : read.problem.code
    }
    assert.equal(person(' urn:oid:1.2| 298 '), 'urn:oid:1.2|298')
    assert.equal(person('urn:x|a|b'), 'urn:x|a|b')
    for (const wrong of ['', '298', '|298', 'urn:x|', 'a b|c', 'urn:x|a\u0000', `urn:x|${'9'.repeat(201)}`]) {
      assert.equal(person(wrong), 'person-wrong', wrong)
    }
    assert.ok(readMoment('2029-06-01T14:00:00+02:00', NOW).ok)
    const later = readMoment('2029-06-01T13:00:00Z', NOW)
    assert.ok(!later.ok && later.problem.code === 'opt-out-in-future')
    const both = readChoices(
      [
        { line: 2, person: ANA, at: '2029-05-01T12:00:00Z', what: 'out' },
        { line: 3, person: RUI, at: '2029-05-01T12:00:00Z', what: 'perhaps' },
        { line: 4, person: ANA, at: '2029-05-01T14:00:00+02:00', what: 'in' },
      ],
      NOW,
    )
    assert.deepEqual(both.choices, [])
    assert.deepEqual(
      both.wrong.map(({ line, problem }) => [line, problem.code]),
      [
        [2, 'opt-out-both'],
        [3, 'opt-out-what-wrong'],
        [4, 'opt-out-both'],
      ],
    )
    assert.doesNotMatch(JSON.stringify(both.wrong), /298123456|284556731|perhaps/)
  })
})
