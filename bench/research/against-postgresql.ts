/** The seven questions on DuckDB and on PostgreSQL, from one tree. */
import type { Cell, QueryEngine, Rows } from '../../src/research/query/engine.ts'
import type { Say } from '../benchmark.ts'
import { again, asked, opened, type Population, timed } from './measuring.ts'
import { type Question, questions } from './questions.ts'

export async function againstPostgresql(population: Population, say: Say): Promise<void> {
  const postgresql = await population.inPostgresql()
  const duckdb = await opened(population)
  say(postgresql ? `PostgreSQL: filled, with indexes, in ${postgresql.seconds.toFixed(0)} s` : 'PostgreSQL: left out')
  for (const question of questions()) say(await compareOne(question, duckdb, postgresql?.engine))
  await duckdb.close()
}

/** Both engines in turn in every repeat, best time of each. */
async function compareOne(
  { name, program, published }: Question,
  duckdb: QueryEngine,
  postgres: QueryEngine | undefined,
): Promise<string> {
  const best = { duckdb: Number.POSITIVE_INFINITY, postgres: Number.POSITIVE_INFINITY }
  let same = true
  let spent = 0
  for (let repeat = 0; again(repeat, spent); repeat += 1) {
    const [answer, seconds] = await timed(() => asked(duckdb, program))
    spent += seconds
    best.duckdb = Math.min(best.duckdb, seconds)
    if (!postgres) continue
    const [other, otherSeconds] = await timed(() => asked(postgres, program))
    best.postgres = Math.min(best.postgres, otherSeconds)
    same &&= sameAnswer(answer, other)
  }
  const line = `${name}: DuckDB ${best.duckdb.toFixed(3)} s`
  if (!postgres) return line
  const times = (best.postgres / best.duckdb).toFixed(1)
  return `${line}, PostgreSQL ${best.postgres.toFixed(2)} s: ${times} times (published: ${published}), ${same ? 'same answer' : 'ANOTHER ANSWER'}`
}

/** The same rows in any order; means and deviations to nine digits, since engines add in different orders. */
function sameAnswer(left: ReadonlyMap<string, Rows>, right: ReadonlyMap<string, Rows>): boolean {
  return [...left].every(([name, { rows }]) => {
    const [one, other] = [inOrder(rows), inOrder(right.get(name)?.rows ?? [])]
    return (
      one.length === other.length && one.every((row, index) => row.every((cell, at) => near(cell, other[index]?.[at])))
    )
  })
}

function inOrder(rows: Rows['rows']): Rows['rows'] {
  const whole = (row: readonly Cell[]) =>
    JSON.stringify(row.filter((cell) => !(typeof cell === 'number' && cell % 1 !== 0)))
  return [...rows].sort((left, right) => (whole(left) < whole(right) ? -1 : 1))
}

function near(left: Cell, right: Cell | undefined): boolean {
  if (typeof left !== 'number' || typeof right !== 'number') return left === right
  return Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(left))
}
