import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { ClosureTable } from './closure.ts'
import { openClosureFile } from './closure-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'tessera-closure-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const table = (version: number): ClosureTable => ({
  version,
  concepts: [{ system: 'urn:example', code: 'a', version: '1' }],
  entries: [{ version, system: 'urn:example', source: 'a', target: 'b' }],
})

test('a table is the same after the file was closed, and for whoever else has it open', () => {
  const file = join(folder, 'terminology', 'closures.sqlite')
  const first = openClosureFile(file)
  const other = openClosureFile(file)
  assert.equal(first.read('mine'), undefined)
  first.write('mine', table(1))
  first.write('theirs', table(7))
  assert.deepEqual(other.read('mine'), table(1))
  other.write('mine', table(2))
  assert.deepEqual(first.read('mine'), table(2))
  first.close()
  other.close()
  const again = openClosureFile(file)
  assert.deepEqual(again.read('mine'), table(2))
  assert.deepEqual(again.read('theirs'), table(7))
  again.close()
})
