/** kill -9 of country A during 1,000 accesses: whatever it acknowledged is in its ledger, and the chain is whole. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openStores } from '#node/stores.ts'
import { type SmallEurope, smallEurope } from './europe.ts'

const ACCESSES = 1000
const AT_ONCE = 8
const KILL_AFTER = [150, 400, 750]

describe('kill -9 during accesses', () => {
  let europe: SmallEurope
  before(async () => {
    europe = await smallEurope()
    await europe.start('eu')
  })
  after(() => europe?.close())

  test(`no acknowledged access of ${ACCESSES} is missing, the chain verifies, an altered row is found`, async () => {
    let node = await europe.start('pt')
    const ask = async (id: string): Promise<boolean> => (await europe.askPortugal(id)).status === 200

    const acknowledged = new Set<string>()
    let asked = 0
    let kills = 0
    const worker = async (): Promise<void> => {
      while (asked < ACCESSES) {
        asked += 1
        const id = `access-${asked}`
        if (await ask(id)) acknowledged.add(id)
        else await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    const killer = async (): Promise<void> => {
      for (const mark of KILL_AFTER) {
        while (acknowledged.size < mark && asked < ACCESSES) await new Promise((resolve) => setTimeout(resolve, 2))
        await node.kill()
        kills += 1
        node = await europe.start('pt')
      }
    }
    await Promise.all([killer(), ...Array.from({ length: AT_ONCE }, worker)])
    await node.stop()

    assert.equal(kills, KILL_AFTER.length)
    assert.ok(acknowledged.size > 100, `only ${acknowledged.size} accesses were acknowledged`)
    const stores = await openStores(await europe.configurationOf('pt'))
    const recorded = await everyRequest(stores.ledger)
    assert.deepEqual(
      [...acknowledged].filter((id) => !recorded.has(id)),
      [],
    )
    const verified = await stores.ledger.verify()
    assert.equal(verified.intact, true)
    await tamper(stores)
    const found = await stores.ledger.verify()
    assert.equal(found.intact, false)
    await stores.database.close()
  })
})

async function everyRequest(ledger: Awaited<ReturnType<typeof openStores>>['ledger']): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  let before: number | undefined
  for (;;) {
    const page = await ledger.list({ limit: 500, ...(before === undefined ? {} : { before }) })
    for (const { event } of page) for (const match of JSON.stringify(event).matchAll(/access-\d+/g)) found.add(match[0])
    before = page.at(-1)?.sequence
    if (page.length < 500) return found
  }
}

/** What an administrator with the database's password could do: take the guards away and change a row. */
async function tamper({ database }: Awaited<ReturnType<typeof openStores>>): Promise<void> {
  const { sql } = await import('kysely')
  const triggers = await sql<{ name: string }>`select name from sqlite_master where type = 'trigger'`.execute(
    database.kysely,
  )
  for (const { name } of triggers.rows) await sql.raw(`drop trigger "${name}"`).execute(database.kysely)
  await sql`update ledger_entry set event = replace(event, 'MARTIN', 'DURAND') where sequence = 50`.execute(
    database.kysely,
  )
}
