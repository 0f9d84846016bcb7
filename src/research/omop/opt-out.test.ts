import assert from 'node:assert/strict'
import { it } from 'node:test'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { onEachDatabase } from '../../../test/databases.ts'
import { openSurrogateKeys, surrogateMigrations } from './from-fhir/surrogate-keys.ts'
import { openOptOuts, optOutMigrations } from './opt-out.ts'

const ANA = 'urn:oid:1.2|298123456'
const RUI = 'urn:oid:1.2|284556731'

onEachDatabase('opt-outs', (open) => {
  async function register() {
    const database = await open()
    await migrate(database, [...surrogateMigrations, ...optOutMigrations])
    return { database, optOuts: openOptOuts(database) }
  }

  it('hold for approvals after them and not for those before (Art. 71(3))', async () => {
    const { optOuts } = await register()
    await optOuts.optOut(ANA, '2029-05-01T12:00:00+02:00')
    await optOuts.optIn(ANA, '2029-06-01T00:00:00Z')
    const outAt = async (asOf: string) => (await optOuts.optedOut(asOf)).has(ANA)
    assert.equal(await outAt('2029-05-01T09:59:59.999Z'), false)
    assert.equal(await outAt('2029-05-01T10:00:00Z'), true)
    assert.equal(await outAt('2029-05-31T23:59:59Z'), true)
    assert.equal(await outAt('2029-06-01T00:00:00Z'), false)
  })

  it('can be made again and again, each kept', async () => {
    const { optOuts } = await register()
    for (const month of ['01', '03']) {
      await optOuts.optOut(ANA, `2030-${month}-01T00:00:00Z`)
      await optOuts.optOut(ANA, `2030-${month}-05T00:00:00Z`)
      await optOuts.optIn(ANA, `2030-${month}-20T00:00:00Z`)
      await optOuts.optIn(ANA, `2030-${month}-21T00:00:00Z`)
    }
    await optOuts.optOut(ANA, '2031-01-01T00:00:00Z')
    assert.deepEqual(await optOuts.history(ANA), [
      { person: ANA, from: '2030-01-01T00:00:00.000Z', to: '2030-01-20T00:00:00.000Z' },
      { person: ANA, from: '2030-03-01T00:00:00.000Z', to: '2030-03-20T00:00:00.000Z' },
      { person: ANA, from: '2031-01-01T00:00:00.000Z' },
    ])
    assert.deepEqual(await optOuts.history(RUI), [])
  })

  it('do not rewrite the past, and need a time with its zone', async () => {
    const { optOuts } = await register()
    await optOuts.optOut(ANA, '2030-02-01T00:00:00Z')
    const codes = []
    for (const result of [
      await optOuts.optOut(ANA, '2030-01-01T00:00:00Z'),
      await optOuts.optIn(ANA, '2030-02-01T00:00:00Z'),
      await optOuts.optIn(ANA, '2030-02-02'),
      await optOuts.optOut(RUI, 'yesterday'),
    ]) {
      codes.push(result.ok ? 'done' : result.problem.code)
    }
    assert.deepEqual(
      codes,
      Array.from({ length: 4 }, () => 'opt-out-time-wrong'),
    )
    await assert.rejects(optOuts.optedOut('2030-02-02'), RangeError)
  })

  it('are one when two replicas write at the same moment', async () => {
    const { database, optOuts } = await register()
    const replica = await openDatabase(database.url)
    try {
      const other = openOptOuts(replica)
      await Promise.all(
        Array.from({ length: 10 }, (_, at) => (at % 2 ? optOuts : other).optOut(ANA, `2030-01-01T00:00:0${at}Z`)),
      )
      assert.equal((await optOuts.history(ANA)).length, 1)
    } finally {
      await replica.close()
    }
  })

  it('are answered as the numbers of a dataset', async () => {
    const { database, optOuts } = await register()
    const keys = openSurrogateKeys(database, 'registry')
    const numbers = await keys.keysOf('person', [ANA, RUI])
    await openSurrogateKeys(database, 'other').keysOf('person', ['x', 'y', RUI])
    await optOuts.optOut(RUI, '2030-01-01T00:00:00Z')
    await optOuts.optOut('somebody|else', '2030-01-01T00:00:00Z')
    assert.deepEqual([...(await optOuts.optedOutOf('registry', '2030-02-01T00:00:00Z'))], [numbers.get(RUI)])
    assert.deepEqual([...(await optOuts.optedOutOf('other', '2030-02-01T00:00:00Z'))], [3])
    assert.equal((await optOuts.optedOutOf('registry', '2029-12-31T00:00:00Z')).size, 0)
  })
})
