import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { publishServed, readServed } from './artifacts/store.ts'
import { followTerminology } from './follow.ts'
import { importTerminology } from './import/import.ts'

const home = mkdtempSync(join(tmpdir(), 'tessera-follow-'))
after(() => rmSync(home, { recursive: true, force: true }))
const sources = { terms: join(import.meta.dirname, '..', '..', 'data', 'terms'), packages: [], icu: false }
const cache = join(home, 'cache')
const SYSTEM = 'https://example.org/colours'

async function importWord(term: string): Promise<void> {
  const file = join(home, 'colours.json')
  writeFileSync(file, JSON.stringify([{ system: SYSTEM, concepts: [{ code: 'r', designation: { fr: term } }] }]))
  const result = await importTerminology(file, { home, cache, sources })
  assert.ok(result.ok)
}

async function until(what: () => boolean): Promise<void> {
  for (let tries = 0; !what(); tries++) {
    assert.ok(tries < 1000, 'the change never came')
    await pause(20)
  }
}

test('what is published reaches the next question; a damaged release leaves the one before, and is tried again', async () => {
  await importWord('rouge')
  const problems: string[] = []
  const followed = await followTerminology({
    home,
    cache,
    sources,
    everyMs: 10,
    onProblem: (code) => problems.push(code),
  })
  const word = () => followed.terminology.designation(SYSTEM, 'r', ['fr'])?.term
  try {
    assert.equal(word(), 'rouge')
    const before = followed.current()
    await importWord('vermeil')
    await until(() => word() === 'vermeil')
    assert.equal(before.designation(SYSTEM, 'r', ['fr'])?.term, 'rouge')

    const served = await readServed(home)
    assert.ok(served.ok && served.value)
    writeFileSync(join(home, 'terminology', 'current.json'), '{"format":1,')
    await until(() => problems.length > 0)
    assert.equal(word(), 'vermeil')
    rmSync(join(home, 'terminology', 'current.json'))
    assert.ok((await publishServed(home, served.value.artifacts)).ok)
    await importWord('écarlate')
    await until(() => word() === 'écarlate')
  } finally {
    followed.stop()
  }
})
