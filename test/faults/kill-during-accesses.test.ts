/** kill -9 of country A during 1,000 accesses: whatever it acknowledged is in its ledger, and the chain is whole. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { type CountryConfiguration, readConfiguration } from '#node/configuration.ts'
import { readCountry } from '#node/country-data.ts'
import { planEurope } from '#node/europe/plan.ts'
import { prepareEurope } from '#node/europe/prepare.ts'
import { openStores } from '#node/stores.ts'
import { createPeerFetch } from '#platform/http/peer-fetch.ts'
import { openNodeKeys } from '#trust/keys/node-keys.ts'
import { issueAccessToken } from '#trust/tokens/issue.ts'
import { freeBase, type NodeUnderTest, startNodeProcess } from '../nodes.ts'

const ACCESSES = 1000
const AT_ONCE = 8
const KILL_AFTER = [150, 400, 750]
const PATIENT = 'urn:oid:2.16.17.710.820.1000.990.1.1|298123456'
const DATA = join(import.meta.dirname, '..', '..', 'data')

describe('kill -9 during accesses', () => {
  const home = mkdtempSync(join(tmpdir(), 'tessera-kill-'))
  const nodes: NodeUnderTest[] = []
  after(async () => {
    await Promise.all(nodes.map((node) => node.stop()))
    rmSync(home, { recursive: true, force: true })
  })

  test(`no acknowledged access of ${ACCESSES} is missing, the chain verifies, an altered row is found`, async () => {
    const prepared = await prepareEurope({ home, data: DATA, plan: planEurope(await freeBase()) })
    const fileOf = (name: string): string => prepared.find((node) => node.name === name)?.configuration ?? ''
    const portugal = await countryOf(fileOf('pt'))
    nodes.push(await startNodeProcess(fileOf('eu'), home))
    let node = await startNodeProcess(fileOf('pt'), home)
    const ask = await asking(home, portugal)

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
        node = await startNodeProcess(fileOf('pt'), home)
      }
    }
    await Promise.all([killer(), ...Array.from({ length: AT_ONCE }, worker)])
    await node.stop()

    assert.equal(kills, KILL_AFTER.length)
    assert.ok(acknowledged.size > 100, `only ${acknowledged.size} accesses were acknowledged`)
    const stores = await openStores(portugal)
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

async function countryOf(file: string): Promise<CountryConfiguration> {
  const configuration = await readConfiguration(file)
  if (!configuration.ok || configuration.value.role !== 'country')
    throw new Error('Not the configuration of a country.')
  return configuration.value
}

/** Asks country A as France does; true when the answer arrived whole. */
async function asking(home: string, portugal: CountryConfiguration): Promise<(id: string) => Promise<boolean>> {
  const keys = await openNodeKeys(join(home, 'fr', 'keys'))
  const [france, there] = await Promise.all([readCountry(DATA, 'FR'), readCountry(DATA, 'PT')])
  const network = createPeerFetch({ ...keys.tls, timeoutMs: 5000, maxBytes: 1024 * 1024 })
  const signer = { ...keys.token, certificateFingerprint: keys.tls.fingerprint }
  return async (id) => {
    const token = await issueAccessToken(
      {
        issuer: 'FR',
        homeCommunityId: france.homeCommunityId,
        audience: there.homeCommunityId,
        professional: {
          identifier: 'urn:oid:1.2.250.1.71.4.2.1|889990001011',
          name: 'Claire MARTIN',
          role: { code: '2211', display: 'Generalist medical practitioners' },
          organisation: { identifier: 'urn:oid:1.2.250.1.71.4.2.2|1990000101', name: 'Centre de santé du Lac' },
        },
        purpose: 'TREATMENT',
        emergencyReasonGiven: false,
        patient: PATIENT,
        scopes: ['user/Patient.search'],
      },
      signer,
      new Date(),
    )
    const answer = await network.fetch({
      url: `${portugal.border.origin}/fhir/Patient?identifier=${encodeURIComponent(PATIENT)}`,
      headers: { authorization: `Bearer ${token}`, accept: 'application/fhir+json', 'x-request-id': id },
    })
    return answer.ok && answer.value.status === 200
  }
}

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
