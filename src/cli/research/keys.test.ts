/** `tessera research keys` as it is called, on nodes as the demonstration prepares them. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it, mock } from 'node:test'
import { planEurope } from '#node/europe/plan.ts'
import { prepareEurope } from '#node/europe/prepare.ts'
import { openResearchKeys } from '#node/research/keys.ts'
import { researchKeyFolder } from '#node/research/paths.ts'
import { nextRevocationList, REVOCATIONS } from '#research/permits/revocation-list.ts'
import { signJson, verifyJson } from '#research/permits/signed-json.ts'
import { readTrustList } from '#research/permits/trust-list.ts'
import { createAuthority } from '#trust/keys/authority.ts'
import { openNodeKeys } from '#trust/keys/node-keys.ts'
import { readParticipants } from '#wire/discovery/participants-file.ts'
import { keysOf } from './keys.ts'

const PROJECT = join(import.meta.dirname, '../../..')
const home = mkdtempSync(join(tmpdir(), 'tessera-cli-keys-'))
after(() => rmSync(home, { recursive: true, force: true }))
before(async () => {
  await prepareEurope({ home, data: join(PROJECT, 'data'), plan: planEurope(4000), research: true })
})

interface Run {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** The command without a process of its own, as its options are read. */
async function run(node: string, more: { json?: boolean; config?: string; now?: Date } = {}): Promise<Run> {
  const { now, ...options } = more
  const said = { stdout: '', stderr: '' }
  const log = mock.method(console, 'log', (text: string) => {
    said.stdout += `${text}\n`
  })
  const error = mock.method(console, 'error', (text: string) => {
    said.stderr += `${text}\n`
  })
  try {
    return { status: await keysOf({ config: join(home, node, 'node.json'), node, ...options }, now), ...said }
  } finally {
    log.mock.restore()
    error.mock.restore()
  }
}

/** As people call it. */
const called = (...words: readonly string[]) =>
  spawnSync(join(PROJECT, 'bin/tessera'), ['research', 'keys', ...words], {
    encoding: 'utf8',
    env: { ...process.env, TESSERA_HOME: home },
  })
const folderOf = (node: string): string => researchKeyFolder(join(home, node))
const bytesOf = (folder: string) => readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'hex')])

/** Everything in a folder of keys that nobody else may know, as it stands in files and as a JWK would tell it. */
function secretsOf(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8')
    if (name.endsWith('.secret')) return [text]
    if (!name.endsWith('.key.pem')) return []
    const { d } = createPrivateKey(text).export({ format: 'jwk' })
    return [...text.split('\n').filter((line) => line.length > 0 && !line.startsWith('-----')), d ?? assert.fail(name)]
  })
}

async function certify(node: string, now: Date): Promise<void> {
  const keys = join(home, node, 'keys')
  rmSync(keys, { recursive: true, force: true })
  const authority = await createAuthority(join(home, `authority-${now.getTime()}`), { now })
  const subject = { country: node.toUpperCase(), organisation: 'Test', commonName: node }
  await openNodeKeys(keys, { create: { authority, subject }, now })
}

function writeConfiguration(node: string, change: (configuration: Record<string, unknown>) => void): string {
  const configuration = JSON.parse(readFileSync(join(home, node, 'node.json'), 'utf8'))
  change(configuration)
  const file = join(home, `${node}-changed.json`)
  writeFileSync(file, JSON.stringify(configuration))
  return file
}

describe('tessera research keys', () => {
  it('makes the keys that the configuration names, once', async () => {
    const folder = folderOf('pt')
    rmSync(folder, { recursive: true })
    const made = called('--config', join(home, 'pt', 'node.json'))
    assert.equal(made.status, 0, made.stderr)
    assert.match(made.stdout, /^The keys of Organismo .* have been made: .*\/pt\/research\/keys$/m)
    for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name)
    const before = bytesOf(folder)
    const again = called('--node', 'PT')
    assert.equal(again.status, 0, again.stderr)
    assert.match(again.stdout, /are there already and stay as they are/)
    assert.deepEqual(bytesOf(folder), before)
    const entry = (text: string) => text.slice(text.indexOf('To be registered'))
    assert.equal(entry(again.stdout), entry(made.stdout))
  })

  it('prints an entry that other nodes take, and by which they verify what the keys sign', async () => {
    const printed = await run('ee', { json: true })
    assert.equal(printed.status, 0, printed.stderr)
    const party = JSON.parse(printed.stdout)
    const trust = readTrustList([party])
    assert.ok(trust.ok, JSON.stringify(trust))
    const tls = (await openNodeKeys(join(home, 'ee', 'keys'))).tls
    assert.equal(trust.value.holderOf(tls.fingerprint)?.id, 'hdab-ee')
    const now = new Date()
    const list = nextRevocationList(undefined, { memberState: 'EE', id: 'hdab-ee' }, undefined, now)
    const { signing } = await openResearchKeys(folderOf('ee'))
    const verified = await verifyJson(await signJson(list, REVOCATIONS, signing), REVOCATIONS, trust.value, now)
    assert.ok(verified.ok, JSON.stringify(verified))
  })

  it('prints what the demonstration has registered', async () => {
    const list = await readParticipants(join(home, 'eu', 'participants.json'))
    assert.ok(list.ok)
    const registered = list.value.participants.find(({ country }) => country === 'GR')
    assert.deepEqual(registered?.researchParties, [JSON.parse((await run('gr', { json: true })).stdout)])
    const words = (await run('gr')).stdout
    const { base = '', catalogue = '' } = registered?.research ?? {}
    for (const address of [base, catalogue]) assert.ok(words.includes(address), `${address}: ${words}`)
  })

  it('tells nothing that is secret', async () => {
    const secrets = [...secretsOf(folderOf('fr')), ...secretsOf(join(home, 'fr', 'keys'))]
    assert.ok(secrets.length > 10)
    for (const json of [false, true]) {
      const { stdout, stderr, status } = await run('fr', { json })
      assert.equal(status, 0, stderr)
      for (const secret of secrets) assert.ok(!`${stdout}${stderr}`.includes(secret))
      assert.doesNotMatch(`${stdout}${stderr}`, /PRIVATE|"d"/)
    }
  })

  it('says until when the key signs, and warns half a year before and afterwards', async () => {
    const { made } = await openResearchKeys(folderOf('fr'))
    // Nobody's TLS certificate lives as long as the keys of a body: a later one is prepared.
    const keys = join(home, 'fr', 'keys')
    renameSync(keys, `${keys}-away`)
    const warned = async (days: number): Promise<string> => {
      const now = new Date(made)
      now.setUTCFullYear(now.getUTCFullYear() + 5, now.getUTCMonth(), now.getUTCDate() + days)
      await certify('fr', now)
      const { stdout, stderr, status } = await run('fr', { now })
      assert.equal(status, 0, stderr)
      assert.match(stdout, /signs from \S+Z until \S+Z$/m)
      return stderr
    }
    assert.equal(await warned(-200), '')
    assert.match(await warned(-100), /signs until \d{4}-\d\d-\d\d only\. docs\/OPERATOR\.md/)
    assert.match(await warned(10), /ended on \d{4}-\d\d-\d\d: nobody believes what it signs now/)
    rmSync(keys, { recursive: true })
    renameSync(`${keys}-away`, keys)
  })
})

describe('tessera research keys, when something is wrong', () => {
  it('tells damaged and half keys in words, and leaves them as they are', async () => {
    const folder = folderOf('gr')
    const file = join(folder, 'signing.key.pem')
    const intact = readFileSync(file)
    const wrong = [
      { code: 'research-keys-damaged', make: () => writeFileSync(file, intact.subarray(0, 80)) },
      { code: 'research-keys-missing', make: () => rmSync(file) },
    ]
    for (const { code, make } of wrong) {
      make()
      const before = bytesOf(folder)
      const { status, stdout, stderr } = await run('gr', { json: true })
      assert.deepEqual([status, stdout], [1, ''])
      assert.match(
        stderr,
        new RegExp(`/gr/research/keys: The key.*Restore the folder from a backup\\. \\[${code}\\]\n$`),
      )
      assert.deepEqual(bytesOf(folder), before)
    }
    writeFileSync(file, intact, { mode: 0o600 })
  })

  it('makes nothing while the node has no certificate with which the body would connect', async () => {
    const folder = folderOf('gr')
    renameSync(folder, `${folder}-away`)
    renameSync(join(home, 'gr', 'keys'), join(home, 'gr', 'keys-away'))
    const { status, stderr } = await run('gr')
    assert.equal(status, 1)
    assert.match(stderr, /The keys of this node do not exist yet\..*\[keys-missing\]/)
    assert.deepEqual(readdirSync(join(home, 'gr', 'research')), ['keys-away'])
    renameSync(join(home, 'gr', 'keys-away'), join(home, 'gr', 'keys'))
    renameSync(`${folder}-away`, folder)
  })

  it('names a node that has no part in research, and a setting that is wrong', async () => {
    const apart = writeConfiguration('fr', (configuration) => {
      delete configuration.research
    })
    const none = await run('fr', { config: apart })
    assert.deepEqual([none.status, none.stdout], [1, ''])
    assert.match(none.stderr, /Add `research` to its configuration, or name another node\. \[no-research\]/)
    const nameless = writeConfiguration('fr', (configuration) => {
      configuration.research = { body: { id: 'hdab-fr' } }
    })
    assert.match((await run('fr', { config: nameless })).stderr, /\(research\.body\.name\).*\[configuration-invalid\]/)
  })
})
