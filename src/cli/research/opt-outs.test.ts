/** `tessera research opt-outs` as it is called, on a node as the demonstration prepares it, and what permits see afterwards. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { planEurope } from '#node/europe/plan.ts'
import { prepareEurope } from '#node/europe/prepare.ts'
import { EVERYBODY, heldRegister, ONE_LEFT_OUT } from '#node/research/testing/held-register.ts'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { openOptOuts } from '#research/omop/opt-out.ts'
import { REGISTER } from '#research/omop/testing/register.ts'

const PROJECT = join(import.meta.dirname, '../../..')
const ANA = 'urn:oid:2.16.17.710.820.1000.990.1.1|298123456'
const RUI = 'urn:oid:2.16.17.710.820.1000.990.1.1|284556731'
const home = mkdtempSync(join(tmpdir(), 'tessera-cli-opt-outs-'))
let database: Database

before(async () => {
  await prepareEurope({ home, data: join(PROJECT, 'data'), plan: planEurope(4000), research: true })
  // The first call brings the database up to date.
  assert.equal(optOuts('show', ANA).status, 0)
  database = await openDatabase(`sqlite:${join(home, 'pt', 'node.sqlite')}`)
})
after(async () => {
  await database.close()
  rmSync(home, { recursive: true, force: true })
})

function called(...words: readonly string[]) {
  return spawnSync(join(PROJECT, 'bin/tessera'), words, {
    encoding: 'utf8',
    env: { ...process.env, TESSERA_HOME: home },
  })
}
const optOuts = (...words: readonly string[]) => called('research', 'opt-outs', ...words, '--node', 'pt')

function written(name: string, ...lines: readonly string[]): string {
  const file = join(home, name)
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}

describe('tessera research opt-outs', () => {
  it('leaves a person of a loaded dataset out of permits approved afterwards, and in those approved before', async () => {
    const register = await heldRegister(openOptOuts(database))
    try {
      const approved = new Date()
      assert.equal(await register.personsSince(approved), EVERYBODY)
      const who = written('who.csv', 'person_id,identity', `17,${ANA}`, `18,"${RUI}"`)
      const matched = optOuts('persons', who, '--dataset', REGISTER)
      assert.equal(matched.status, 0, matched.stderr)
      assert.match(matched.stdout, /pt-registry: persons recorded: 2, known already: 0/)
      assert.match(matched.stderr, /No dataset of this name answers at this node yet/)
      const added = optOuts('add', ANA, '--by', 'urn:staff|7')
      assert.equal(added.status, 0, added.stderr)
      assert.match(added.stdout, /^Recorded: opted out from \S+Z\.\n$/)
      assert.equal(await register.personsSince(new Date()), ONE_LEFT_OUT)
      assert.equal(await register.personsSince(approved), EVERYBODY)
      const withdrawn = optOuts('withdraw', ANA, '--json')
      assert.equal(JSON.parse(withdrawn.stdout).result, 'recorded')
      assert.equal(await register.personsSince(new Date()), EVERYBODY)
      const shown = JSON.parse(optOuts('show', ANA, '--json').stdout)
      assert.deepEqual([shown.out, shown.history.length], [false, 1])
    } finally {
      await register.close()
    }
  })

  it('says that nothing changes, and refuses times that are none, have not come, or lie before the last choice', () => {
    assert.match(optOuts('withdraw', ANA).stdout, /^Nothing changes: the person was not opted out at/)
    const refusals = [
      ['2029-13-01', 'opt-out-time-wrong'],
      ['2999-01-01T00:00:00Z', 'opt-out-in-future'],
      ['2020-01-01T00:00:00Z', 'opt-out-too-late'],
    ] as const
    for (const [at, code] of refusals) {
      const { status, stderr, stdout } = optOuts('add', ANA, '--at', at)
      assert.deepEqual([status, stdout], [1, ''])
      assert.match(stderr, new RegExp(`\\[${code}\\]\n$`))
    }
    assert.match(optOuts('add', '298123456').stderr, /\[person-wrong\]/)
    assert.match(optOuts('add', ANA, '--by', 'me').stderr, /--by.*\[person-wrong\]/)
    const apart = join(home, 'apart.json')
    const configuration = JSON.parse(readFileSync(join(home, 'pt', 'node.json'), 'utf8'))
    delete configuration.research
    writeFileSync(apart, JSON.stringify(configuration))
    assert.match(called('research', 'opt-outs', 'show', ANA, '--config', apart).stderr, /\[no-research\]/)
  })

  it('imports a file of a national register: wrong rows are named, the same file again changes nothing', () => {
    const system = 'urn:register'
    const file = written(
      'choices.csv',
      'what,person,at,remark',
      `in,${system}|1,2026-03-01T00:00:00Z,`,
      `out,${system}|1,2026-02-01T00:00:00Z,`,
      `out,${system}|2,yesterday,`,
      `out,${system}|3,2026-02-01T00:00:00Z,too,many`,
      `out,${system}|4,2026-02-01T00:00:00Z,`,
    )
    const first = optOuts('import', file)
    assert.equal(first.status, 1)
    assert.equal(first.stdout, 'recorded: 3, known already: 0, repeated rows: 0, wrong rows: 2\n')
    const named = first.stderr.trim().split('\n')
    assert.match(named[0] ?? '', /choices\.csv:4: The time is no time with its zone\..*\[opt-out-time-wrong\]$/)
    assert.match(named[1] ?? '', /choices\.csv:5: .*\[file-row-wrong\]$/)
    assert.doesNotMatch(`${first.stdout}${first.stderr}`, /urn:register/)
    const again = JSON.parse(optOuts('import', file, '--json').stdout)
    assert.deepEqual([again.recorded, again.unchanged, again.wrong.length], [0, 3, 2])
    const wrong: readonly (readonly [string, readonly string[], string])[] = [
      ['headless', [`${system}|9,2026-02-01T00:00:00Z,out`], 'file-columns-missing'],
      ['damaged', ['person,at,what', `"${system}|9,2026-02-01T00:00:00Z,out`], 'file-damaged'],
      ['empty', ['person,at,what'], 'file-empty'],
    ]
    for (const [name, lines, code] of wrong) {
      const { status, stdout, stderr } = optOuts('import', written(`${name}.csv`, ...lines))
      assert.deepEqual([status, stdout], [1, ''])
      assert.match(stderr, new RegExp(`${name}\\.csv.*\\[${code}\\]\n$`))
      assert.doesNotMatch(stderr, /urn:register/)
    }
    assert.match(optOuts('import', join(home, 'nowhere.csv')).stderr, /\[file-unreadable\]/)
  })

  it('writes no person of a file that contradicts itself or what is known', () => {
    const file = written('wrong.csv', 'person_id,identity', '17,urn:other|1', '40,urn:other|2', '41,urn:other|2', '42')
    const { status, stdout, stderr } = optOuts('persons', file, '--dataset', REGISTER)
    assert.deepEqual([status, stdout], [1, ''])
    for (const code of ['2: .*person-number-taken', '4: .*person-two-numbers', '5: .*file-row-wrong']) {
      assert.match(stderr, new RegExp(`wrong\\.csv:${code}`))
    }
    assert.match(stderr, /Nothing has been written\.\n$/)
    assert.doesNotMatch(stderr, /urn:other/)
    const alone = written('alone.csv', 'person_id,identity', '40,urn:other|2')
    assert.match(optOuts('persons', alone, '--dataset', REGISTER).stdout, /recorded: 1, known already: 0/)
  })

  it('leaves an entry of each act in the ledger, which stays whole; a list of it names no person', () => {
    const listed = called('ledger', 'list', '--node', 'pt', '--limit', '100')
    assert.equal(listed.status, 0, listed.stderr)
    for (const words of [
      'Opt-out from secondary use recorded',
      'Opt-out from secondary use withdrawn',
      'Look into the register of opt-outs',
      'Opt-outs taken over from a file',
      'Persons of a dataset matched',
    ]) {
      assert.ok(listed.stdout.includes(words), words)
    }
    assert.doesNotMatch(listed.stdout, /298123456|urn:register/)
    assert.match(called('ledger', 'verify', '--node', 'pt').stdout, /The ledger is intact/)
  })
})
