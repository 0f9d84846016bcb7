/** `tessera terminology sync` against a central server on this machine. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, mock, test } from 'node:test'
import { Command } from 'commander'
import { readServed } from '#terminology/artifacts/store.ts'
import { centralServer } from '#terminology/import/testing/central-server.ts'
import { addSync } from './sync-command.ts'

const home = mkdtempSync(join(tmpdir(), 'tessera-sync-'))
after(() => rmSync(home, { recursive: true, force: true }))

async function run(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = { TESSERA_CTS_USERNAME: 'ncp', TESSERA_CTS_PASSWORD: 'secret' },
) {
  const program = new Command('tessera').exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} })
  addSync(program)
  const out: string[] = []
  const error: string[] = []
  const mocks = [
    mock.method(console, 'log', (line: string) => out.push(line)),
    mock.method(console, 'error', (line: string) => error.push(line)),
  ]
  Object.assign(process.env, environment)
  try {
    process.exitCode = undefined
    await program.parseAsync(['node', 'tessera', 'sync', ...words, '--home', home])
    return { code: Number(process.exitCode ?? 0), out: out.join('\n'), error: error.join('\n') }
  } finally {
    process.exitCode = undefined
    for (const name of Object.keys(environment)) delete process.env[name]
    for (const one of mocks) one.mock.restore()
  }
}

const configured = (content: unknown): string => {
  const file = join(home, 'cts.json')
  writeFileSync(file, JSON.stringify(content))
  return file
}

/** The central server is on another port each time; the folder of its pages is the address's. */
test('what broke off serves nothing, the next try fetches only the rest, and all is one artifact', async () => {
  const behaviour = { breaksAfter: 2 }
  const { base, asked } = await centralServer(behaviour)
  const broken = await run(['--from', base])
  assert.equal(broken.code, 1)
  assert.match(broken.error, /what was fetched is kept/)
  const before = await readServed(home)
  assert.ok(before.ok && before.value === undefined)

  behaviour.breaksAfter = Number.POSITIVE_INFINITY
  const whole = await run(['--from', base, '--by', 'Ana Costa', '--json'])
  assert.equal(whole.code, 0, whole.error)
  assert.equal(asked.length, 3)
  const { fetched, artifact } = JSON.parse(whole.out)
  assert.deepEqual(fetched, { catalogue: 'MVC 9', valueSets: 1, pages: 3, kept: 2 })
  assert.equal(artifact.importedBy, 'Ana Costa')
  const after = await readServed(home)
  assert.deepEqual(after.ok && after.value?.artifacts, [artifact.id])

  // Nothing changed there: nothing is fetched, and it is the same artifact.
  const again = await run(['--from', base, '--stage', '--json'])
  assert.equal(JSON.parse(again.out).artifact.id, artifact.id)
  assert.equal(asked.length, 3)
})

test('the password comes from a file, and is in nothing that is said or kept', async () => {
  const { base } = await centralServer({})
  writeFileSync(join(home, 'password'), 'secret\n')
  const file = configured({ address: base, username: 'ncp', passwordFile: 'password', source: 'The centre' })
  const done = await run(['--from', file, '--stage', '--json'], {})
  assert.equal(done.code, 0, done.error)
  assert.equal(JSON.parse(done.out).artifact.source, 'The centre')
  writeFileSync(join(home, 'password'), 'not the right one')
  const refused = await run(['--from', file], {})
  assert.equal(refused.code, 1)
  assert.match(refused.error, /does not accept the account/)
  assert.doesNotMatch(done.out + done.error + refused.out + refused.error, /secret|not the right one/)
  for (const name of readdirSync(join(home, 'terminology'), { recursive: true, encoding: 'utf8' })) {
    if (/\.json$/.test(name)) assert.doesNotMatch(readFileSync(join(home, 'terminology', name), 'utf8'), /secret/)
  }
})

test('an account that is missing or stands in the address, a configuration that does not fit', async () => {
  const problem = async (from: string) => {
    const { code, error } = await run(['--from', from], {})
    assert.equal(code, 2)
    return error
  }
  assert.match(await problem('https://cts.example.eu'), /no user name/)
  const inAddress = await problem('https://ncp:hidden@cts.example.eu')
  assert.match(inAddress, /do not belong into the address/)
  assert.doesNotMatch(inAddress, /hidden/)
  assert.match(
    await problem(configured({ address: 'https://cts.example.eu', password: 'hidden' })),
    /it has no password/,
  )
  assert.match(await problem(configured({ username: 'ncp' })), /address is missing/)
  assert.match(await problem(configured({ address: 'https://cts.example.eu', username: 'ncp' })), /no password/)
  assert.match(await problem(join(home, 'nowhere.json')), /no configuration/)
})
