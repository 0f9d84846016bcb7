/** What every engine does besides giving rows: stopping, limits, problems without values, nothing left behind. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Failed, ok } from '#platform/result/result.ts'
import * as b from '../build.ts'
import * as r from '../build-relations.ts'
import type { Dialect, EngineProblemCode, QueryEngine } from '../engine.ts'
import type { DataEngine, TableDescription } from '../tables.ts'
import { fill, openEngines, type TestEngines } from '../testing/engines.ts'
import type { Program, Relation } from '../tree.ts'

const NUMBERS: TableDescription = {
  name: 'numbers',
  columns: [
    { name: 'n', type: 'integer', nullable: false },
    { name: 'note', type: 'text', nullable: true },
  ],
  sortedBy: ['n'],
}

const n = (source: string) => b.column(source, 'n')
const numbers = r.source(r.table('numbers'), 'a')
const all = r.select({ from: numbers, columns: b.columns('a', 'n', 'note') })

/** A thousand millions of pairs that must be looked at one by one. */
const endless: Relation = r.select({
  from: numbers,
  joins: [
    r.crossJoin(r.table('numbers'), 'b'),
    r.crossJoin(r.table('numbers'), 'c'),
    r.crossJoin(r.table('numbers'), 'd'),
  ],
  columns: [b.named('n', b.sum(b.modulo(b.multiply(b.multiply(n('a'), n('b')), b.multiply(n('c'), n('d'))), 7)))],
})

const answer = (relation: Relation): Program => r.program([], { answer: relation })

function problemOf(result: Awaited<ReturnType<QueryEngine['run']>>, code: EngineProblemCode): Failed['problem'] {
  assert.ok(!result.ok, 'it should have failed')
  assert.equal(result.problem.code, code)
  assert.doesNotMatch(result.problem.sentence, /secret|select/i)
  return result.problem
}

for (const dialect of ['duckdb', 'postgresql', 'clickhouse'] satisfies readonly Dialect[]) {
  describe(dialect, () => {
    let running: TestEngines
    let engine: DataEngine | undefined
    before(async () => {
      running = await openEngines(dialect)
      engine = running.engines[0]
      await fill(
        running.engines,
        NUMBERS,
        Array.from({ length: 400 }, (_, index) => [index, index === 7 ? 'secret' : null]),
      )
    })
    after(() => running.close())

    const onEngine = (name: string, work: (engine: DataEngine) => Promise<void>) =>
      test(name, async (context) => {
        if (engine) await work(engine)
        else context.skip(running.absent[0])
      })
    const count = async (engine: DataEngine) => {
      const result = await engine.run(answer(all))
      assert.ok(result.ok, result.ok ? '' : result.problem.sentence)
      return result.value.get('answer')?.rows.length
    }

    onEngine('a signal stops a running query, and the engine goes on', async (engine) => {
      const stop = new AbortController()
      const run = engine.run(answer(endless), { signal: stop.signal })
      setTimeout(() => stop.abort(), 300)
      problemOf(await run, 'query-stopped')
      assert.equal(await count(engine), 400)
    })

    onEngine('a signal stops a step that is being made', async (engine) => {
      const stop = new AbortController()
      const run = engine.run(r.program([r.madeStep('long', endless)], { answer: r.step('long') }), {
        signal: stop.signal,
      })
      setTimeout(() => stop.abort(), 300)
      problemOf(await run, 'query-stopped')
      assert.equal(await count(engine), 400)
    })

    onEngine('a signal given before the start', async (engine) => {
      problemOf(await engine.run(answer(all), { signal: AbortSignal.abort() }), 'query-stopped')
    })

    onEngine('more seconds than allowed', async (engine) => {
      problemOf(await engine.run(answer(endless), { mostSeconds: 0.3 }), 'query-too-slow')
      assert.equal(await count(engine), 400)
    })

    onEngine('more rows than allowed', async (engine) => {
      problemOf(await engine.run(answer(all), { mostRows: 399 }), 'query-too-large')
      problemOf(await engine.run(answer(r.unionAll(all, all)), { mostRows: 799 }), 'query-too-large')
      assert.deepEqual((await engine.run(answer(all), { mostRows: 400 })).ok, true)
    })

    onEngine('a value that cannot be is told without the value', async (engine) => {
      // Beyond 64 bits; ClickHouse wraps, so there the date is wrong instead.
      const wide = b.multiply(b.integer(9007199254740991), b.multiply(b.integer(9007199254740991), b.add(n('a'), 2)))
      const result = await engine.run(answer(r.select({ from: numbers, columns: [b.named('x', wide)] })))
      if (dialect === 'clickhouse') assert.ok(result.ok)
      else problemOf(result, 'query-failed')
      assert.equal(await count(engine), 400)
    })

    onEngine('a tree without meaning never reaches the database', async (engine) => {
      const wrong: readonly Relation[] = [
        r.table('passwords'),
        r.step('never_made'),
        r.select({ from: numbers, columns: b.columns('a', 'unknown') }),
        r.select({ from: numbers, columns: b.columns('z', 'n') }),
        r.select({ from: numbers, columns: [b.named('x', b.add(n('a'), b.text('1')))] }),
        r.select({ from: numbers, columns: [b.named('x', n('a')), b.named('X', n('a'))] }),
      ]
      for (const relation of wrong) problemOf(await engine.run(answer(relation)), 'query-failed')
    })

    onEngine('programs at once do not meet', async (engine) => {
      const programs = [1, 2, 3, 4, 5, 6].map((limit) =>
        engine.run(r.program([r.madeStep('few', { ...all, limit })], { answer: r.step('few') })),
      )
      const counts = (await Promise.all(programs)).map((result) => result.ok && result.value.get('answer')?.rows.length)
      assert.deepEqual(counts, [1, 2, 3, 4, 5, 6])
    })

    onEngine('a table that exists, a cell of another type, a table nobody knows', async (engine) => {
      const codes = [
        await engine.createTable(NUMBERS),
        await engine.insertRows('numbers', [['secret', null]]),
        await engine.insertRows('passwords', [[1]]),
      ].map((result) => {
        assert.ok(!result.ok)
        assert.doesNotMatch(result.problem.sentence, /secret/)
        return result.problem.code
      })
      assert.deepEqual(codes, ['table-not-made', 'rows-not-inserted', 'rows-not-inserted'])
      assert.deepEqual(await engine.insertRows('numbers', []), ok(undefined))
      assert.equal(await count(engine), 400)
    })
  })
}
