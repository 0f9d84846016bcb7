/** A node that hangs or is killed under the supervisor of the demonstration, and the supervisor itself. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Demonstration, startDemonstration } from '../demonstration.ts'
import { freeBase } from '../nodes.ts'
import { FETCH_HER, run } from './europe.ts'
import { noProcesses, processesOf, until } from './processes.ts'
import { signIn, visitor } from './visitor.ts'

describe('nodes of the demonstration that hang or are killed', { skip: noProcesses }, () => {
  let home: string
  let port: number
  let demonstration: Demonstration

  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'tessera-killed-'))
    port = await freeBase()
    demonstration = await startDemonstration({ home, port })
  })
  after(() => {
    for (const pid of processesOf(home)) process.kill(pid, 'SIGKILL')
    rmSync(home, { recursive: true, force: true })
  })

  const fetchHer = () => run(home, FETCH_HER)
  const pidOf = (name: string): number => demonstration.description.pids[name] ?? 0
  const answers = (country: string) =>
    fetch(`${demonstration.portal(country)}/health?live`).then(
      ({ ok }) => ok,
      () => false,
    )

  /** France waits for other countries as long as its configuration says; the supervisor starts it with the new one. */
  async function patienceOfFrance(seconds: number): Promise<void> {
    const file = join(home, 'fr', 'node.json')
    const configuration = readFileSync(file, 'utf8')
    writeFileSync(file, configuration.replace(/"timeoutSeconds": \d+/, `"timeoutSeconds": ${seconds}`))
    process.kill(pidOf('fr'), 'SIGKILL')
    await until('France has gone', () => !processesOf(home).includes(pidOf('fr')))
    await until('France answers again', () => answers('FR'))
  }

  test('a country that hangs: refused in time, shown as unavailable, and all is well when it goes on', async () => {
    await patienceOfFrance(3)
    const doctor = visitor()
    process.kill(pidOf('pt'), 'SIGSTOP')
    try {
      const [told, countries] = await Promise.all([
        fetchHer(),
        signIn(doctor, demonstration.portal('FR'), 'claire.martin'),
      ])
      assert.equal(told.status, 1)
      // Over a connection that was open it is a silence; a new one never comes about.
      assert.match(
        told.stderr,
        /PT did not answer in time\..*ERROR_GENERIC_TIMEOUT|PT cannot be reached at present\..*CONNECTION_NOT_POSSIBLE/,
      )
      assert.equal(told.stdout, '')
      assert.equal(countries.address.pathname, '/patients')
      assert.match(countries.text, /<button class="pick off" name="country" value="PT">/)
      assert.match(countries.text, /name="country" value="EE"/)
    } finally {
      process.kill(pidOf('pt'), 'SIGCONT')
    }
    const served = await fetchHer()
    assert.equal(served.status, 0, served.stderr)
    assert.match(served.stdout, /Ferreira/i)
  })

  test('a country that is killed is started again by the supervisor, with the keys and the ledger that it had', async () => {
    const entries = await entriesOf(home, 'pt')
    process.kill(pidOf('pt'), 'SIGKILL')
    await until('Portugal has gone', () => !processesOf(home).includes(pidOf('pt')))
    await until('Portugal answers again', () => answers('PT'))
    const served = await fetchHer()
    assert.equal(served.status, 0, served.stderr)
    assert.ok((await entriesOf(home, 'pt')) > entries)
    assert.equal((await run(home, ['ledger', 'verify', '--node', 'pt'])).status, 0)
  })

  test('a second demonstration on the same ports is told so in one sentence', async () => {
    const told = await run(home, ['demo', '--port', String(port)])
    assert.equal(told.status, 1)
    assert.match(told.stderr, new RegExp(`^Port ${port} \\(portal of FR\\) is taken by another program\\.`))
    assert.equal(told.stderr.trim().split('\n').length, 1)
    assert.equal(told.stdout, '')
  })

  test('nothing of what it keeps is readable for other users, and no secret is in its logs or process list', () => {
    const secrets = ['fr', 'pt', 'ee', 'gr'].map((name) =>
      readFileSync(join(home, name, 'client-secret'), 'utf8').trim(),
    )
    const commandLines = processesOf(home).map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
    for (const entry of readdirSync(home, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      // Copies of what ships with the project keep their modes, inside a folder of 0700.
      if (!/\/(folder|cache)\b/.test(path)) assert.equal(statSync(path).mode & 0o077, 0, path)
      if (entry.name !== 'node.log') continue
      const log = readFileSync(path, 'utf8')
      assert.ok(!secrets.some((secret) => log.includes(secret)), `${path} names a secret`)
      assert.doesNotMatch(log, /ferreira|298123456|PRIVATE KEY|Bearer /i, path)
    }
    assert.ok(commandLines.length >= 7, 'supervisor and nodes')
    assert.ok(!commandLines.some((line) => secrets.some((secret) => line.includes(secret))))
  })

  test('Ctrl-C leaves no process behind; a second start goes on with the same keys and ledger', async () => {
    const entries = await entriesOf(home, 'pt')
    const keys = keysOf(home)
    const { code } = await demonstration.stop()
    assert.equal(code, 0)
    assert.deepEqual(processesOf(home), [])
    demonstration = await startDemonstration({ home, port })
    assert.deepEqual(keysOf(home), keys)
    const served = await fetchHer()
    assert.equal(served.status, 0, served.stderr)
    assert.ok((await entriesOf(home, 'pt')) > entries)
  })

  test('kill -9 of the supervisor ends its nodes too', async () => {
    assert.ok(processesOf(home).length >= 7)
    await demonstration.kill()
    await until('all nodes have ended', () => processesOf(home).length === 0)
  })
})

async function entriesOf(home: string, node: string): Promise<number> {
  const { stdout } = await run(home, ['ledger', 'verify', '--node', node, '--json'])
  return Number(/"entries":(\d+)/.exec(stdout)?.[1] ?? Number.NaN)
}

function keysOf(home: string): readonly string[] {
  return ['eu', 'fr', 'pt', 'ee', 'gr'].map((name) => readFileSync(join(home, name, 'keys', 'keys.json'), 'utf8'))
}
