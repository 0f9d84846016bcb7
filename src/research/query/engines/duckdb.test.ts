/** A file of a dataset release: read by many, written by nobody, and no way out of it. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import * as b from '../build.ts'
import * as r from '../build-relations.ts'
import type { TableDescription } from '../tables.ts'
import { unwrapped } from '../testing/engines.ts'
import { openDuckdb } from './duckdb.ts'

const directory = mkdtempSync(join(tmpdir(), 'tessera-duckdb-'))
after(() => rmSync(directory, { recursive: true, force: true }))

const VISITS: TableDescription = {
  name: 'visits',
  columns: [
    { name: 'id', type: 'integer', nullable: false },
    { name: 'note', type: 'text', nullable: true },
  ],
}

const visits = r.program([], { visits: r.table('visits') })

test('a file that was filled is opened read-only, twice', async () => {
  const file = join(directory, 'release.duckdb')
  const writer = unwrapped(await openDuckdb({ file, readOnly: false }))
  unwrapped(await writer.createTable(VISITS))
  unwrapped(await writer.insertRows('visits', [[1, 'a']]))
  await writer.close()

  const readers = [await openDuckdb({ file, tables: [VISITS] }), await openDuckdb({ file, tables: [VISITS] })].map(
    unwrapped,
  )
  for (const reader of readers) {
    const steps = [r.madeStep('copy', r.table('visits'))]
    const answer = unwrapped(await reader.run(r.program(steps, { copy: r.step('copy') })))
    assert.deepEqual(answer.get('copy')?.rows, [[1, 'a']])
    const inserted = await reader.insertRows('visits', [[2, 'b']])
    assert.equal(inserted.ok, false)
  }
  for (const reader of readers) await reader.close()
})

test('a file that is absent or no database is told in words', async () => {
  writeFileSync(join(directory, 'text.duckdb'), 'not a database, but long enough to look at'.repeat(1000))
  for (const file of ['absent.duckdb', 'text.duckdb']) {
    const opened = await openDuckdb({ file: join(directory, file) })
    assert.ok(!opened.ok)
    assert.equal(opened.problem.code, 'engine-unavailable')
    assert.ok(!opened.problem.sentence.includes(directory))
  }
})

test('a query that needs more memory than allowed is too large', async () => {
  const engine = unwrapped(await openDuckdb({ memory: '20MB', threads: 1 }))
  unwrapped(await engine.createTable(VISITS))
  const rows = Array.from({ length: 20_000 }, (_, index) => [index, `note ${index} ${'x'.repeat(100)}`])
  unwrapped(await engine.insertRows('visits', rows))
  const wide = r.select({
    from: r.source(r.table('visits'), 'v'),
    joins: [
      r.crossJoin(
        { ...r.select({ from: r.source(r.table('visits'), 'w'), columns: b.columns('w', 'id') }), limit: 200 },
        'w',
      ),
    ],
    columns: [b.named('a', b.column('v', 'note')), b.named('b', b.column('w', 'id'))],
  })
  const result = await engine.run(r.program([r.madeStep('wide', wide)], { visits: r.table('visits') }))
  assert.ok(!result.ok)
  assert.equal(result.problem.code, 'query-too-large')
  assert.equal((await engine.run(visits)).ok, true)
  await engine.close()
})

test('the settings that keep a query inside are what DuckDB calls them', async () => {
  const instance = await DuckDBInstance.create(':memory:', {
    enable_external_access: 'false',
    lock_configuration: 'true',
  })
  const connection = await instance.connect()
  await assert.rejects(connection.run(`SELECT * FROM read_text('${join(directory, 'text.duckdb')}')`), /disabled/)
  await assert.rejects(connection.run('SET enable_external_access = true'))
  connection.closeSync()
  instance.closeSync()
})

/** Each row of `of` as often as `times` says, so that it takes some work. */
function blownUp(of: ReturnType<typeof r.table>, times: number) {
  const few = { ...r.select({ from: r.source(of, 'w'), columns: b.columns('w', 'id') }), limit: times }
  return r.select({
    from: r.source(of, 'v'),
    joins: [r.crossJoin(few, 'w')],
    columns: [b.named('id', b.column('v', 'id')), b.named('other', b.column('w', 'id'))],
  })
}

const counted = (name: string) =>
  r.select({ from: r.source(r.step(name), 's'), columns: [b.named('rows', b.countRows())] })

/** Four steps beside each other, and a fifth of all of them. */
const wide = (times: number) =>
  r.program(
    [
      ...['a', 'b', 'c', 'd'].map((name) => r.copiedStep(name, blownUp(r.table('visits'), times))),
      r.copiedStep('all', r.unionAll(...['a', 'b', 'c', 'd'].map(r.step))),
    ],
    { all: counted('all'), a: counted('a'), d: counted('d') },
  )

async function filled(memory: string, rows: number) {
  const engine = unwrapped(await openDuckdb({ memory, threads: 4 }))
  unwrapped(await engine.createTable(VISITS))
  const cells = Array.from({ length: rows }, (_, index) => [index, null])
  unwrapped(await engine.insertRows('visits', cells))
  return engine
}

test('steps beside each other are made at the same time and read by all; results come in the order of the program', async () => {
  const engine = await filled('1GB', 1000)
  const answers = await Promise.all(Array.from({ length: 5 }, () => engine.run(wide(10))))
  for (const answer of answers.map(unwrapped)) {
    assert.deepEqual(
      [...answer].map(([name, { rows }]) => [name, rows[0]?.[0]]),
      [
        ['all', 40_000],
        ['a', 10_000],
        ['d', 10_000],
      ],
    )
  }
  await engine.close()
})

test('what a program made is gone after it, whether it ended well, failed or was stopped', async () => {
  const engine = await filled('150MB', 2000)
  // Each makes some 30 MB: kept, the third would not find room.
  for (let turn = 0; turn < 8; turn += 1) {
    assert.equal((await engine.run(wide(400))).ok, true, `turn ${turn}`)
    const stopped = await engine.run(wide(2000), { signal: AbortSignal.timeout(turn * 3) })
    assert.equal(!stopped.ok && ['query-stopped', 'query-too-large'].includes(stopped.problem.code), true)
    const tooMany = await engine.run(wide(400), { mostRows: 0 })
    assert.equal(!tooMany.ok && tooMany.problem.code, 'query-too-large')
  }
  await engine.close()
})
