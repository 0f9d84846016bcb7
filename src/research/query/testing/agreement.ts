/** Runs a program on every engine that is installed and asserts that they agree. */
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import * as b from '../build.ts'
import * as r from '../build-relations.ts'
import type { Cell, Rows } from '../engine.ts'
import type { DataEngine } from '../tables.ts'
import type { Expression, Program, Relation } from '../tree.ts'
import { comparable } from './comparison.ts'
import { openEngines, type TestEngines, unwrapped } from './engines.ts'

export interface Agreement {
  /** The answers of all engines, which must be the same; given are those of the first. */
  results(program: Program, ordered?: boolean): Promise<ReadonlyMap<string, Rows>>
  rows(relation: Relation, ordered?: boolean): Promise<readonly (readonly Cell[])[]>
  /** Of an expression without columns. */
  value(expression: Expression): Promise<Cell | undefined>
}

interface Answer {
  readonly dialect: string
  readonly results: ReadonlyMap<string, Rows>
}

function assertSame(one: Answer, other: Answer, ordered: boolean): void {
  const names = [...one.results.keys()]
  assert.deepEqual([...other.results.keys()], names)
  for (const name of names) {
    const [rows, others] = [one.results.get(name), other.results.get(name)]
    assert.ok(rows && others)
    assert.deepEqual(others.columns, rows.columns)
    const message = `${name}: ${other.dialect} and ${one.dialect} differ`
    assert.deepEqual(comparable(others, ordered), comparable(rows, ordered), message)
  }
}

/** Opens the engines for the tests of this file; `prepare` makes the tables. */
export function agreement(prepare: (engines: readonly DataEngine[]) => Promise<void>): Agreement {
  let running: TestEngines | undefined
  before(async () => {
    running = await openEngines()
    for (const sentence of running.absent) console.log(`Skipped: ${sentence}.`)
    await prepare(running.engines)
  })
  after(() => running?.close())

  const results = async (program: Program, ordered = false): Promise<ReadonlyMap<string, Rows>> => {
    const answers = await Promise.all(
      (running?.engines ?? []).map(async (engine) => ({
        dialect: engine.dialect,
        results: unwrapped(await engine.run(program)),
      })),
    )
    const [first, ...others] = answers
    assert.ok(first)
    for (const other of others) assertSame(first, other, ordered)
    return first.results
  }
  const rows = async (relation: Relation, ordered = false) =>
    (await results(r.program([], { answer: relation }), ordered)).get('answer')?.rows ?? []
  const value = async (expression: Expression) => {
    const one = r.rows([{ name: 'one', type: 'integer' }], [[{ type: 'integer', value: 1 }]])
    return (await rows(r.select({ from: r.source(one, 'o'), columns: [b.named('value', expression)] })))[0]?.[0]
  }
  return { results, rows, value }
}
