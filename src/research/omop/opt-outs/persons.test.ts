/** Persons of a dataset that was loaded from files become known to the register; two persons never share a number. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { it } from 'node:test'
import { migrate } from '#platform/database/migrate.ts'
import { sealWith } from '#trust/keys/seal.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import { ledgerMigrations } from '#trust/ledger/migrations.ts'
import { openLedger } from '#trust/ledger/open-ledger.ts'
import { onEachDatabase } from '../../../../test/databases.ts'
import { openSurrogateKeys, surrogateMigrations } from '../from-fhir/surrogate-keys.ts'
import { openOptOuts, optOutMigrations } from '../opt-out.ts'
import { matchPersons } from './persons.ts'

const DATASET = 'registry'
const person = (number: number | string) => `urn:oid:1.2|${number}`

onEachDatabase('persons of a dataset', (open) => {
  async function node() {
    const database = await open()
    await migrate(database, [...ledgerMigrations, ...surrogateMigrations, ...optOutMigrations])
    const signer = sealWith(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
    const ledger = await openLedger(database, { node: 'PT', signer })
    const body = { id: 'hdab-pt', name: 'Body of Portugal', country: 'PT' }
    const match = async (...rows: readonly (readonly [string, string])[]) => {
      const lined = rows.map(([personId, identity], at) => ({ line: at + 2, personId, identity }))
      const matched = await matchPersons(lined, {
        ...{ database, ledger, body, dataset: DATASET, file: 'hash', by: { through: 'command' } },
      })
      assert.ok(matched.ok)
      const { value } = matched
      return value.kind === 'matched'
        ? [value.recorded, value.unchanged]
        : value.wrong.map(({ line, problem }) => `${line} ${problem.code}`)
    }
    return { database, ledger, match, keys: openSurrogateKeys(database, DATASET), optOuts: openOptOuts(database) }
  }

  it('are found by an opt-out once they are matched, in that dataset only', async () => {
    const { match, optOuts } = await node()
    await optOuts.optOut(person(7), '2029-05-01T00:00:00Z')
    const later = '2029-06-01T00:00:00Z'
    assert.equal((await optOuts.optedOutOf(DATASET, later)).size, 0)
    assert.deepEqual(await match(['70', person(7)], ['80', person(8)], ['70', person(7)]), [2, 0])
    assert.deepEqual([...(await optOuts.optedOutOf(DATASET, later))], [70])
    assert.equal((await optOuts.optedOutOf('other', later)).size, 0)
    assert.deepEqual(await match(['80', person(8)], ['90', person(9)]), [1, 1])
  })

  it('are refused altogether when a file contradicts itself or what is known, line by line', async () => {
    const { ledger, match, keys } = await node()
    assert.deepEqual(await match(['1', person('a')], ['2', person('b')]), [2, 0])
    const wrong = await match(
      ['5', person('new')],
      ['6', person('new')],
      ['5', person('other')],
      ['3', person('a')],
      ['2', person('c')],
      ['0', person('d')],
      ['4503599627370497', person('e')],
      ['9', 'nobody'],
    )
    assert.deepEqual(wrong, [
      '3 person-two-numbers',
      '4 person-two-identities',
      '5 person-has-other-number',
      '6 person-number-taken',
      '7 person-number-wrong',
      '8 person-number-wrong',
      '9 person-wrong',
    ])
    const standing = await keys.find('person', new Map([[person('new'), 5]]))
    assert.equal(standing.size, 0)
    const events = (await ledger.list({})).map(({ event }) => event)
    assert.deepEqual(
      events.map(({ subtype, outcome }) => [subtype?.[0]?.code, outcome]),
      [
        ['persons-matched', '8'],
        ['persons-matched', '0'],
      ],
    )
    assert.doesNotMatch(JSON.stringify(events), /urn:oid:1\.2/)
  })

  it('are not known when the ledger does not keep the entry about them', async () => {
    const { database, ledger, keys } = await node()
    const row = { line: 2, personId: '70', identity: person(7) }
    const failing: Ledger = {
      ...ledger,
      append: (event, beside) =>
        ledger.append(event, async (transaction, entry) => {
          await beside?.(transaction, entry)
          throw new Error('The disk is full.')
        }),
    }
    const body = { id: 'hdab-pt', name: 'Body of Portugal', country: 'PT' }
    const options = { ...{ database, body, dataset: DATASET, file: 'hash' }, by: { through: 'command' } as const }
    await assert.rejects(matchPersons([row], { ...options, ledger: failing }), /disk is full/)
    assert.equal((await keys.find('person', new Map([[person(7), 70]]))).size, 0)
    assert.deepEqual(await ledger.list({}), [])
  })

  it('never share a number with those that the node numbers itself, before or later', async () => {
    const { match, keys } = await node()
    const made = await keys.keysOf('person', [person('x'), person('y')])
    assert.deepEqual([...made.values()], [1, 2])
    assert.deepEqual(await match(['2', person('loaded')]), ['2 person-number-taken'])
    assert.deepEqual(await match(['500', person('loaded')]), [1, 0])
    const later = await keys.keysOf('person', [person('z'), person('loaded')])
    assert.deepEqual([later.get(person('z')), later.get(person('loaded'))], [501, 500])
    assert.deepEqual(await match(['501', person('late')]), ['2 person-number-taken'])
    assert.deepEqual(await match(['4503599627370496', person('greatest')]), [1, 0])
    assert.equal((await keys.keysOf('person', [person('after')])).get(person('after')), 2 ** 52 + 1)
  })

  it('are written by the thousand', async () => {
    const { match, keys } = await node()
    const rows = Array.from({ length: 3000 }, (_, at) => [String(at + 10), person(at)] as const)
    assert.deepEqual(await match(...rows), [3000, 0])
    assert.deepEqual(await match(...rows.toReversed()), [0, 3000])
    assert.equal((await keys.keysOf('person', [person(2999)])).get(person(2999)), 3009)
  })
})
