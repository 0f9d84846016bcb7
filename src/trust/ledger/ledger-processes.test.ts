/** The ledger under several processes, and under the sudden death of one. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { migrate } from '#platform/database/migrate.ts'
import { onEachDatabase } from '../../../test/databases.ts'
import { sealWith } from '../keys/seal.ts'
import type { Ledger } from './ledger.ts'
import { ledgerMigrations } from './migrations.ts'
import { openLedger } from './open-ledger.ts'

const WRITER = join(import.meta.dirname, '../../../test/ledger-writer.ts')

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const directory = mkdtempSync(join(tmpdir(), 'tessera-ledger-'))
const keyFile = join(directory, 'seal.pem')
writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
after(() => rmSync(directory, { recursive: true, force: true }))

interface Writer {
  readonly child: ChildProcess
  /** `sequence hash` of every acknowledged entry. */
  readonly acknowledged: readonly string[]
  readonly ended: Promise<{ readonly code: number | null; readonly errors: string }>
}

function startWriter(url: string, count: number, onAcknowledged: (count: number) => void = () => {}): Writer {
  const child = spawn(process.execPath, [WRITER, url, 'FR', String(count), keyFile], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const acknowledged: string[] = []
  let rest = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    acknowledged.push(...lines)
    onAcknowledged(acknowledged.length)
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk
  })
  const ended = new Promise<{ code: number | null; errors: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, errors }))
  })
  return { child, acknowledged, ended }
}

/** `sequence hash` of every entry, from the first on. */
async function everyEntry(ledger: Ledger): Promise<readonly string[]> {
  const entries: string[] = []
  for (let before = Number.MAX_SAFE_INTEGER; before > 1; ) {
    const page = await ledger.list({ before, limit: 500 })
    if (page.length === 0) break
    entries.unshift(...[...page].reverse().map(({ sequence, hash }) => `${sequence} ${hash}`))
    before = page.at(-1)?.sequence ?? 0
  }
  return entries
}

onEachDatabase('the ledger of several processes', (open) => {
  it('gives two processes that append 200 entries each one chain', async () => {
    const database = await open()
    await migrate(database, ledgerMigrations)
    const writers = [startWriter(database.url, 200), startWriter(database.url, 200)]
    for (const { ended } of writers) assert.deepEqual(await ended, { code: 0, errors: '' })
    const ledger = await openLedger(database, { node: 'FR', signer: sealWith(privateKey) })
    const entries = await everyEntry(ledger)
    assert.equal(entries.length, 400)
    assert.deepEqual(new Set(writers.flatMap(({ acknowledged }) => acknowledged)), new Set(entries))
    const verification = await ledger.verify()
    assert.equal(verification.intact && verification.entries, 400)
  })

  it('has every acknowledged entry after a process was killed in the middle of 1,000 appends', async () => {
    const database = await open()
    await migrate(database, ledgerMigrations)
    for (const killAfter of [1, 300]) {
      const writer: Writer = startWriter(database.url, 1000, (count) => {
        if (count >= killAfter) writer.child.kill('SIGKILL')
      })
      assert.equal((await writer.ended).code, null)
      assert.ok(writer.acknowledged.length >= killAfter && writer.acknowledged.length < 1000)
      const ledger = await openLedger(database, { node: 'FR', signer: sealWith(privateKey) })
      const entries = new Set(await everyEntry(ledger))
      assert.deepEqual(
        writer.acknowledged.filter((entry) => !entries.has(entry)),
        [],
      )
      const verification = await ledger.verify()
      assert.equal(verification.intact && verification.entries, entries.size)
    }
    // The next process goes on where the dead one stopped.
    const last = startWriter(database.url, 10)
    assert.deepEqual(await last.ended, { code: 0, errors: '' })
    const ledger = await openLedger(database, { node: 'FR', signer: sealWith(privateKey) })
    assert.equal((await ledger.verify()).intact, true)
  })
})
