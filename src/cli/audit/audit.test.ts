/** The commands as they are called, on the database of a node that has recorded a little. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { borderRecorder } from '#care/context/border-recorder.ts'
import { exchange, LISTING, retrieval } from '#care/context/testing/accesses.ts'
import { type CountryConfiguration, readConfiguration } from '#node/configuration.ts'
import { openStores } from '#node/stores.ts'
import { createLog } from '#platform/log/log.ts'
import { createAuthority } from '#trust/keys/authority.ts'
import { openNodeKeys } from '#trust/keys/node-keys.ts'

const PROJECT = join(import.meta.dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'tessera-cli-audit-'))
const config = join(folder, 'node.json')
const log = createLog({ level: 'silent', name: 'FR' })
after(() => rmSync(folder, { recursive: true, force: true }))

const run = (...words: readonly string[]) =>
  spawnSync(join(PROJECT, 'bin/tessera'), ['audit', ...words], {
    encoding: 'utf8',
    env: { ...process.env, TESSERA_HOME: join(folder, 'home') },
  })
const ask = (...words: readonly string[]) => run(...words, '--config', config)

/** @param port of an audit repository; none when absent */
async function record(port?: number): Promise<void> {
  const configuration = await readConfiguration(config)
  assert.ok(configuration.ok)
  const { keys, database, ledger } = await openStores(configuration.value as CountryConfiguration)
  const repository = { host: '127.0.0.1', port: port ?? 0, tls: keys.tls, spool: { folder: join(folder, 'spool') } }
  const recorder = await borderRecorder({
    ...{ ledger, database, node: 'FR', log },
    signer: keys.signature ?? assert.fail('the node has no signature key'),
    audit: { site: 'FR', host: 'ncp.fr', profile: 'openncp', ...(port === undefined ? {} : { repository }) },
  })
  await recorder.record(retrieval('B', 1), exchange(1, true))
  await recorder.record({ ...LISTING, outcome: { kind: 'refused', code: '4703' } }, exchange(2, true))
  assert.ok(await recorder.settled(30_000))
  await recorder.close()
  await database.close()
}

before(async () => {
  const authority = await createAuthority(join(folder, 'authority'))
  const subject = { country: 'FR', organisation: 'Test', commonName: 'ncp.fr' }
  await openNodeKeys(join(folder, 'keys'), { create: { authority, subject } })
  const origin = 'https://127.0.0.1:1'
  const configuration = {
    ...{
      role: 'country',
      home: folder,
      data: join(PROJECT, 'data'),
      cache: folder,
      country: 'FR',
      terms: folder,
      folder,
    },
    database: `sqlite:${join(folder, 'node.db')}`,
    ...{ portal: { port: 0, origin }, border: { port: 0, origin }, union: { origin, publicKey: {} } },
    identityProvider: { mapping: 'none', discovery: origin, issuer: origin, clientId: 'a', clientSecret: 'b' },
    authority: join(folder, 'authority'),
  }
  writeFileSync(config, JSON.stringify(configuration))
  await record()
})

describe('tessera audit', () => {
  it('lists messages without their people', () => {
    const listed = ask('list')
    assert.equal(listed.status, 0, listed.stderr)
    assert.match(listed.stdout, /^ +\d+ {2}2026-11-24T10:00:00.000Z {2}outcome {2}8 {2}prescription-list$/m)
    assert.doesNotMatch(listed.stdout, /298123456|Martin/)
    const json = JSON.parse(ask('list', '--json', '--event', 'patient-summary-retrieve').stdout)
    assert.deepEqual(
      json.map(({ sequence }: { sequence: number }) => sequence),
      [1],
    )
  })

  it('shows a transaction, redacted, and says when there is none', () => {
    const shown = ask('show', '1')
    assert.equal(shown.status, 0, shown.stderr)
    for (const part of [
      /Country B with PT: retrieve/,
      /Evidence: NRO of the request/,
      /Audit message: patient-summary-retrieve/,
      /•••/,
    ]) {
      assert.match(shown.stdout, part)
    }
    assert.doesNotMatch(shown.stdout, /298123456|Silva/)
    const none = ask('show', '99')
    assert.equal(none.status, 1)
    assert.match(none.stderr, /no transaction/)
  })

  it('exports files that it verifies, and finds the one that was changed', () => {
    const out = join(folder, 'trail')
    const exported = ask('export', '--out', out)
    assert.equal(exported.status, 0, exported.stderr)
    const files = ['audit', 'evidence'].flatMap((kind) =>
      readdirSync(join(out, kind)).map((name) => join(out, kind, name)),
    )
    assert.deepEqual(files.map((file) => file.slice(out.length + 1)).sort(), [
      'audit/FR-1-patient-summary-retrieve.xml',
      'audit/FR-2-prescription-list.xml',
      'evidence/FR-1-request-NRO.xml',
      'evidence/FR-1-response-NRR.xml',
      'evidence/FR-2-request-NRO.xml',
    ])
    assert.equal(run('verify', ...files).status, 0)
    const [first = ''] = files
    writeFileSync(first, readFileSync(first, 'utf8').replace('EventActionCode="C"', 'EventActionCode="D"'))
    const changed = run('verify', ...files)
    assert.equal(changed.status, 1)
    assert.match(changed.stderr, /signature-digest/)
    assert.equal(run('show', first).status, 0)
  })

  it('verifies the whole trail', () => {
    const verified = ask('verify')
    assert.equal(verified.status, 0, verified.stderr)
    assert.match(verified.stdout, /All agree: 2 transactions, 2 audit messages, 3 evidences; 0 still/)
    assert.equal(JSON.parse(ask('verify', '--json').stdout).ledger.intact, true)
  })

  it('counts a period and prints it with the columns of eADC', () => {
    assert.match(ask('key-figures').stdout, /1 {2}country B with PT {2}list eprescription {2}refused 4703/)
    const csv = ask('key-figures', '--csv', '--from', '2026-11-24', '--to', '2026-11-25').stdout.split('\r\n')
    assert.equal(csv.length, 4)
    assert.match(csv[0] ?? '', /^Transaction_PK,Direction,HomeISO,HomeNCP_OID,/)
    assert.match(csv[1] ?? '', /^FR:1,OUTBOUND,FR,1\.2\.250\.1\.213,/)
    assert.doesNotMatch(csv.join(), /298123456|Martin/)
    assert.equal(ask('key-figures', '--csv', '--from', '2026-11-25').stdout.split('\r\n').length, 2)
    assert.equal(ask('key-figures', '--from', 'yesterday').status, 2)
  })

  it('receives messages, and keeps each as a file', async () => {
    const out = join(folder, 'received')
    const receiver = spawn(join(PROJECT, 'bin/tessera'), [
      'audit',
      'receive',
      '--port',
      '0',
      '--out',
      out,
      '--config',
      config,
      '--json',
    ])
    let said = ''
    const port = await new Promise<number>((resolve) => {
      receiver.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text
        const match = /127\.0\.0\.1:(\d+)/.exec(said)
        if (match) resolve(Number(match[1]))
      })
    })
    await record(port)
    receiver.kill('SIGTERM')
    assert.equal(await new Promise((resolve) => receiver.once('close', resolve)), 0)
    assert.deepEqual(readdirSync(out), ['000000000001.xml', '000000000002.xml'])
    assert.equal(
      said.match(
        /"priority":132,"signature":"signature-fine","event":"ITI-\d+","outcome":"\d","facility":13,"severity":2/g,
      )?.length,
      2,
    )
    assert.equal(run('verify', join(out, '000000000001.xml')).status, 0)
  })

  it('explains what is wrong in words', () => {
    assert.equal(run('list', '--config', join(folder, 'nothing.json')).status, 1)
    const missing = run('receive', '--key', 'a', '--cert', 'b', '--ca', 'c')
    assert.equal(missing.status, 1)
    assert.match(missing.stderr, /--key, --cert and --ca/)
    assert.equal(run('verify', join(folder, 'absent.xml')).status, 1)
    assert.equal(run('show').status, 2)
    assert.equal(run('receive', '--port', 'abc').status, 2)
  })
})
