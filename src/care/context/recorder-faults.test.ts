/** kill -9 in the middle of recording, a repository that is away, a spool that is full: nothing is lost. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { createLog } from '#platform/log/log.ts'
import type { SealSigner } from '#trust/assertions/assertions.ts'
import { fromBase64 } from '#trust/audit/audit-message.ts'
import { verifyAuditMessage } from '#trust/audit/sign-audit-message.ts'
import { sealWith } from '#trust/keys/seal.ts'
import { openLedger } from '#trust/ledger/open-ledger.ts'
import { testAuthority as signingAuthority, testSigner } from '#trust/signature/testing/signers.ts'
import { type Receiver, startReceiver } from '#wire/syslog/receiver.ts'
import { type TestTls, testAuthority } from '#wire/syslog/testing/material.ts'
import { until } from '../../../test/faults/processes.ts'
import { borderRecorder } from './border-recorder.ts'
import { exchange, RECORDER_TABLES, retrieval } from './testing/accesses.ts'

const root = mkdtempSync(join(tmpdir(), 'tessera-recorder-'))
const log = createLog({ level: 'silent', name: 'FR' })
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = (key: typeof privateKey) => key.export({ type: 'pkcs8', format: 'pem' }).toString()
const signer: SealSigner = testSigner(signingAuthority(), { country: 'FR' })
let client: TestTls
let server: TestTls

before(async () => {
  const issue = await testAuthority(join(root, 'authority'))
  client = issue('ncp.fr')
  server = issue('audit.fr')
})
after(() => rmSync(root, { recursive: true, force: true }))

/** Entries of the ledger that the messages received name; every signature is checked. */
async function repository(port = 0): Promise<Receiver & { readonly entries: number[] }> {
  const entries: number[] = []
  const started = await startReceiver({
    host: '127.0.0.1',
    port,
    tls: server,
    onMessages: async (messages) => {
      for (const { body, priority } of messages) {
        const verified = verifyAuditMessage(body)
        assert.ok(verified.ok && priority === 132)
        const entry = verified.value.message.objects.find(({ idType }) => idType.code === 'LedgerEntry')
        entries.push(Number(fromBase64(entry?.details[0]?.value ?? '')))
      }
    },
  })
  assert.ok(started.ok)
  return { ...started.value, entries }
}

async function open(url: string, folder: string, port: number, maxBytes?: number) {
  const database = await openDatabase(url)
  await migrate(database, RECORDER_TABLES)
  const ledger = await openLedger(database, { node: 'FR', signer: sealWith(privateKey) })
  const spool = { folder, ...(maxBytes === undefined ? {} : { maxBytes }) }
  const recorder = await borderRecorder({
    ...{ ledger, database, node: 'FR', signer, log, leaseMs: 300 },
    audit: {
      site: 'FR-75',
      host: 'ncp.fr',
      profile: 'openncp',
      repository: { host: '127.0.0.1', port, tls: client, spool },
    },
  })
  return { database, ledger, recorder }
}

/** Records until it has acknowledged so many, then dies. @returns the numbers that it acknowledged */
async function recordUntilKilled(place: string, port: number, kill: number, first: number): Promise<Set<number>> {
  const keys = join(root, 'keys.json')
  const { key, cert, ca } = client
  const material = {
    seal: pem(privateKey),
    signer: { key: pem(signer.privateKey), certificate: signer.certificate },
    tls: { key, cert, ca },
  }
  writeFileSync(keys, JSON.stringify(material), { mode: 0o600 })
  const program = join(import.meta.dirname, 'testing/recording.ts')
  const child = spawn(process.execPath, [
    program,
    `sqlite:${place}.db`,
    `${place}-spool`,
    String(port),
    keys,
    String(first),
  ])
  const acknowledged = new Set<number>()
  let rest = ''
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) acknowledged.add(Number(line))
    if (acknowledged.size >= kill) child.kill('SIGKILL')
  })
  await new Promise((resolve) => child.once('close', resolve))
  assert.ok(acknowledged.size >= kill, errors)
  return acknowledged
}

describe('a node that is killed while it records', () => {
  it('has every acknowledged access in ledger, audit trail, evidences and repository afterwards', async () => {
    const place = join(root, 'killed')
    const receiver = await repository()
    const prepared = await open(`sqlite:${place}.db`, `${place}-spool`, receiver.port)
    await prepared.recorder.close()
    await prepared.database.close()
    const acknowledged = new Set<string>()
    for (const [kill, first] of [
      [20, 0],
      [150, 100_000],
      [60, 200_000],
    ] as const) {
      for (const number of await recordUntilKilled(place, receiver.port, kill, first))
        acknowledged.add(`request-${number}`)
    }
    const { database, ledger, recorder } = await open(`sqlite:${place}.db`, `${place}-spool`, receiver.port)
    assert.ok(await recorder.settled(60_000))
    const all = await recorder.recentTransactions(500)
    assert.ok(all.length >= acknowledged.size)
    const known = new Set(all.map(({ requestId }) => requestId))
    assert.deepEqual(
      [...acknowledged].filter((id) => !known.has(id)),
      [],
    )
    for (const { id } of all) {
      const shown = await recorder.transaction(id)
      assert.equal(shown?.auditMessages.length, 1, id)
      assert.equal(shown?.evidences.length, 2, id)
    }
    const received = new Set(receiver.entries)
    assert.deepEqual(
      all.map(({ sequence }) => sequence).filter((sequence) => !received.has(sequence)),
      [],
    )
    const verified = await ledger.verify()
    assert.equal(verified.intact && verified.entries, all.length)
    await recorder.close()
    await database.close()
    await receiver.close()
  })
})

describe('a recorder whose repository is away', () => {
  it('goes on recording, and delivers in order when it is back', async () => {
    const place = join(root, 'away')
    const first = await repository()
    const { port } = first
    await first.close()
    const { database, recorder } = await open(`sqlite:${place}.db`, `${place}-spool`, port)
    for (let number = 1; number <= 20; number++) await recorder.record(retrieval('B', number), exchange(number, true))
    await until('it failed', () => (recorder.state().repository?.failures ?? 0) > 0)
    assert.ok((await recorder.recentTransactions(100)).length === 20)
    await recorder.ready()
    const back = await repository(port)
    assert.ok(await recorder.settled(30_000))
    assert.deepEqual(
      [...new Set(back.entries)],
      Array.from({ length: 20 }, (_, index) => index + 1),
    )
    await recorder.close()
    await database.close()
    await back.close()
  })

  it('keeps in the database what its spool cannot take, says that it is not ready, and goes on when there is room', async () => {
    const place = join(root, 'full')
    const first = await repository()
    const { port } = first
    await first.close()
    const { database, recorder } = await open(`sqlite:${place}.db`, `${place}-spool`, port, 100)
    for (let number = 1; number <= 5; number++) await recorder.record(retrieval('B', number), exchange(number, true))
    await until('it gave up several times', () => recorder.state().failures > 2)
    await assert.rejects(recorder.ready())
    assert.equal(
      (await recorder.recentTransactions(10)).every(({ followedUp }) => !followedUp),
      true,
    )
    await recorder.close()
    await database.close()
    const back = await repository(port)
    const roomy = await open(`sqlite:${place}.db`, `${place}-spool`, port)
    assert.ok(await roomy.recorder.settled(30_000))
    assert.deepEqual([...new Set(back.entries)], [1, 2, 3, 4, 5])
    await roomy.recorder.ready()
    await roomy.recorder.close()
    await roomy.database.close()
    await back.close()
  })
})
