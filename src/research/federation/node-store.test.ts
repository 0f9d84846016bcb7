import assert from 'node:assert/strict'
import { it } from 'node:test'
import { type Database, inTransaction, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { onEachDatabase } from '../../../test/databases.ts'
import { nodeMigrations } from './migrations.ts'
import { openNodeStore } from './node-store.ts'

const T0 = new Date('2029-06-01T12:00:00Z')
const after = (milliseconds: number) => new Date(T0.getTime() + milliseconds)

function received(id: string, more: { readonly nonce?: string; readonly hash?: string } = {}) {
  return { id, coordinator: 'eu', nonce: `nonce-${id}`, hash: `hash-${id}`, jws: `jws-${id}`, now: T0, ...more }
}

async function storeOn(database: Database) {
  await migrate(database, nodeMigrations)
  const store = openNodeStore(database, 'node-pt')
  const finish = (task: string, result: string) =>
    inTransaction(database.kysely, (transaction) => store.finish(transaction, task, result))
  return { store, finish }
}

onEachDatabase('what a node has received', (open) => {
  it('is kept once; another content under its id or its nonce is a replay', async () => {
    const { store } = await storeOn(await open())
    assert.equal(await store.receive(received('a')), 'new')
    assert.equal(await store.receive(received('a')), 'known')
    assert.equal(await store.receive(received('a', { hash: 'other' })), 'replayed')
    assert.equal(await store.receive(received('b', { nonce: 'nonce-a' })), 'replayed')
    assert.equal(await store.receive(received('b')), 'new')
  })

  it('is worked at by one at a time, and taken up again when that one died', async () => {
    const database = await open()
    const { store } = await storeOn(database)
    const elsewhere = await openDatabase(database.url)
    const other = openNodeStore(elsewhere, 'node-pt')
    await store.receive(received('a'))
    await store.receive(received('b'))
    const claims = await Promise.all([store.claim(T0, 1000), other.claim(T0, 1000), store.claim(T0, 1000)])
    assert.deepEqual(claims.map((one) => one?.id ?? '-').sort(), ['-', 'a', 'b'])
    assert.equal(await store.claim(after(999), 1000), undefined)
    const again = await other.claim(after(1000), 1000)
    assert.deepEqual([again?.id, again?.attempt], ['a', 2])
    await elsewhere.close()
  })

  it('of several coordinators is answered to the one that asked', async () => {
    const database = await open()
    await migrate(database, nodeMigrations)
    const [pt, fr] = [openNodeStore(database, 'node-pt', 'body-pt'), openNodeStore(database, 'node-pt', 'body-fr')]
    // Whatever the task itself says of its coordinator.
    await fr.receive(received('a', { nonce: 'n' }))
    assert.equal(await pt.claim(T0, 1000), undefined)
    assert.equal((await fr.claim(T0, 1000))?.id, 'a')
    await inTransaction(database.kysely, (transaction) => fr.finish(transaction, 'a', 'answer'))
    assert.deepEqual(await pt.untold(), [])
    assert.deepEqual(await fr.untold(), [{ task: 'a', result: 'answer' }])
  })

  it('is held by who works at it, and lost to who took it over', async () => {
    const database = await open()
    const { store } = await storeOn(database)
    const other = openNodeStore(database, 'node-pt')
    await store.receive(received('a'))
    await store.claim(T0, 1000)
    assert.equal(await store.hold('a', after(900), 1000), true)
    assert.equal(await other.claim(after(1800), 1000), undefined)
    assert.equal((await other.claim(after(1900), 1000))?.id, 'a')
    assert.equal(await store.hold('a', after(1900), 1000), false)
  })

  it('is left for later without a count of what was no attempt', async () => {
    const { store } = await storeOn(await open())
    await store.receive(received('a'))
    const first = await store.claim(T0, 1000)
    await store.release('a', T0, (first?.attempt ?? 0) - 1)
    assert.equal((await store.claim(T0, 1000))?.attempt, 1)
  })

  it('is answered once: the first answer stays, until the coordinator has it', async () => {
    const { store, finish } = await storeOn(await open())
    await store.receive(received('a'))
    await store.receive(received('b'))
    await store.claim(T0, 1000)
    await finish('a', 'first')
    await finish('a', 'second')
    await finish('b', 'other')
    assert.deepEqual(await store.untold(), [
      { task: 'a', result: 'first' },
      { task: 'b', result: 'other' },
    ])
    await store.told('a')
    await store.told('b', 'task-over')
    assert.deepEqual(await store.untold(), [])
    assert.equal(await store.claim(after(1e9), 1000), undefined)
    assert.equal(await store.receive(received('a')), 'known')
  })
})
