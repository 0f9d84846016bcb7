import assert from 'node:assert/strict'
import { it } from 'node:test'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { onEachDatabase } from '../../../../test/databases.ts'
import { openSurrogateKeys, surrogateMigrations } from './surrogate-keys.ts'

onEachDatabase('surrogate keys', (open) => {
  async function keysIn(dataset = 'summaries') {
    const database = await open()
    await migrate(database, surrogateMigrations)
    return { database, keys: openSurrogateKeys(database, dataset) }
  }

  it('are the same at each asking, and never shared', async () => {
    const { keys } = await keysIn()
    const first = await keys.keysOf('person', ['a', 'b', 'a'])
    const second = await keys.keysOf('person', ['c', 'b'])
    assert.deepEqual(
      [...first.entries()],
      [
        ['a', 1],
        ['b', 2],
      ],
    )
    assert.equal(second.get('b'), 2)
    assert.equal(second.get('c'), 3)
    assert.equal((await keys.keysOf('event', ['a'])).get('a'), 1)
  })

  it('are of one dataset', async () => {
    const { database, keys } = await keysIn()
    await keys.keysOf('person', ['a', 'b'])
    assert.equal((await openSurrogateKeys(database, 'other').keysOf('person', ['b'])).get('b'), 1)
  })

  it('take thousands at once', async () => {
    const { keys } = await keysIn()
    const identities = Array.from({ length: 2500 }, (_, at) => `Observation ${at}`)
    const given = await keys.keysOf('event', identities)
    assert.equal(new Set(given.values()).size, 2500)
    assert.deepEqual(await keys.keysOf('event', identities), given)
  })

  it('stay apart when two replicas give them at the same moment', async () => {
    const { database, keys } = await keysIn()
    const replica = await openDatabase(database.url)
    try {
      const others = openSurrogateKeys(replica, 'summaries')
      const given = await Promise.all(
        Array.from({ length: 12 }, (_, at) => (at % 2 ? keys : others).keysOf('person', ['everybody', `person ${at}`])),
      )
      const all = new Map(given.flatMap((map) => [...map]))
      assert.equal(all.size, 13)
      assert.equal(new Set(all.values()).size, 13)
      assert.deepEqual(await keys.keysOf('person', all.keys()), all)
    } finally {
      await replica.close()
    }
  })

  it('tie a person to a number that a source brought, once', async () => {
    const { keys } = await keysIn()
    await keys.record('person', new Map([['urn:oid:1|7', 700]]))
    await keys.record(
      'person',
      new Map([
        ['urn:oid:1|7', 700],
        ['urn:oid:1|8', 800],
      ]),
    )
    assert.equal((await keys.keysOf('person', ['urn:oid:1|8'])).get('urn:oid:1|8'), 800)
    assert.equal((await keys.keysOf('person', ['new'])).get('new'), 801)
    await assert.rejects(keys.record('person', new Map([['urn:oid:1|7', 1]])))
    await assert.rejects(keys.record('person', new Map([['other', 700]])))
  })
})
