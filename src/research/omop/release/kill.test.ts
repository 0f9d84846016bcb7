/** A load that is killed leaves no release, and the next load cleans up and succeeds. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { CONDITION_HEADER, PERSON_LINES, temporaryFolder, writeFiles } from '../testing/datasets.ts'
import { loadRelease } from './load.ts'
import { openRelease } from './open.ts'

const FILES = {
  'person.csv': PERSON_LINES,
  'condition_occurrence.csv': [
    CONDITION_HEADER,
    ...Array.from({ length: 5000 }, (_, at) => `${at},${(at % 3) + 1},201826,2020-01-01,,32817,E11`),
  ],
}

const LOADER = `
  import { loadRelease } from ${JSON.stringify(join(import.meta.dirname, 'load.ts'))}
  const [source, target, until] = process.argv.slice(1)
  await loadRelease({ sources: [source], target, dataset: 'd', release: '1' }, ({ step, table }) => {
    if (until === step + ' ' + (table ?? '')) process.kill(process.pid, 'SIGKILL')
  })
`

for (const until of ['inspect person', 'read condition_occurrence', 'sort condition_occurrence', 'finish ']) {
  it(`a load killed at "${until.trim()}" leaves no half release`, async () => {
    const source = writeFiles(temporaryFolder(), FILES)
    const folder = temporaryFolder()
    const target = join(folder, 'release.duckdb')
    const child = spawn(process.execPath, ['--input-type=module', '-e', LOADER, source, target, until], {
      stdio: 'ignore',
    })
    const [, signal] = await once(child, 'exit')
    assert.equal(signal, 'SIGKILL')
    assert.equal(existsSync(target), false)
    assert.equal(readdirSync(folder).length, 1)
    const result = await loadRelease({ sources: [source], target, dataset: 'd', release: '1' })
    assert.ok(result.ok)
    assert.deepEqual(readdirSync(folder), ['release.duckdb'])
    const opened = await openRelease(target)
    assert.ok(opened.ok)
    assert.equal(opened.value.metadata.tables.condition_occurrence, 5000)
    opened.value.close()
  })
}
