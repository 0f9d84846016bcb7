/** A process that is killed while its holder chooses leaves one release or the other, and the ledger says which. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { it } from 'node:test'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { sealWith } from '#trust/keys/seal.ts'
import { ledgerMigrations } from '#trust/ledger/migrations.ts'
import { openLedger } from '#trust/ledger/open-ledger.ts'
import { temporaryFolder } from '../testing/datasets.ts'
import { REGISTER, shelved, upTo } from '../testing/register.ts'
import { releaseChoiceMigrations } from './choice-store.ts'
import { openCurrentReleases } from './current-releases.ts'

const CHOOSER = join(import.meta.dirname, '..', 'testing', 'choosing-process.ts')
const RELEASES = ['2029-01', '2029-02']

it('a choice that is killed has happened, or has not', async () => {
  const [shelf, sources] = [temporaryFolder(), temporaryFolder()]
  for (const release of RELEASES) await shelved({ shelf, sources }, release, { persons: upTo(50) })
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const url = `sqlite:${join(temporaryFolder(), 'node.db')}`
  const opened = async () => {
    const database = await openDatabase(url)
    await migrate(database, [...ledgerMigrations, ...releaseChoiceMigrations])
    const ledger = await openLedger(database, { node: 'PT', signer: sealWith(privateKey) })
    const node = { id: 'node-pt', name: 'Registry of Portugal', country: 'PT' }
    const options = { database, ledger, node, folder: shelf, configured: [], mostRejected: 0 }
    return { database, ledger, current: openCurrentReleases(options) }
  }
  let choices = 0
  for (const wait of [0, 1, 3, 7, 12, 20]) {
    const child = spawn(process.execPath, [CHOOSER, url, shelf, key, ...RELEASES], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    await new Promise((resolve) => setTimeout(resolve, wait))
    child.kill('SIGKILL')
    const [, signal] = await once(child, 'exit')
    assert.equal(signal, 'SIGKILL')
    const { database, ledger, current } = await opened()
    const entries = (await ledger.list({ limit: 1000 })).filter(({ event }) => event.outcome === '0')
    assert.ok((await ledger.verify()).intact)
    assert.ok(entries.length > choices, 'the process chose something before it was killed')
    choices = entries.length
    const last = (await current.currentOf(REGISTER))?.release
    assert.ok(JSON.stringify(entries[0]?.event).includes(`"urn:tessera:release","valueString":"${last}"`))
    const [first, ...others] = await current.releasesOf(REGISTER)
    assert.equal(first, last)
    assert.ok(others.every((release) => RELEASES.includes(release)))
    await database.close()
  }
})
