/** The way of a program through any engine: print, make steps, read results, leave nothing behind, stop when told. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Cell, EngineProblemCode, Rows, RunOptions } from '../engine.ts'
import { inlineOnce } from '../inline-once.ts'
import type { Column, SqlDialect } from '../print/dialect.ts'
import { type PrintedProgram, printProgram } from '../print/program.ts'
import type { TableDescription } from '../tables.ts'
import type { Program } from '../tree.ts'
import { TreeError } from '../tree-error.ts'

/** One connection, for one program. */
export interface EngineSession {
  /** A temporary table of what the select gives. */
  make(table: string, select: string): Promise<void>
  read(sql: string, columns: readonly Column[]): Promise<readonly (readonly Cell[])[]>
  /** What runs now fails soon. */
  interrupt(): void
  /** Always called, also after failures; drops these temporary tables. */
  release(tables: readonly string[]): Promise<void>
}

export interface EngineParts {
  readonly dialect: SqlDialect
  /** For people. */
  readonly title: string
  readonly tables: () => Iterable<TableDescription>
  readonly open: () => Promise<EngineSession>
  readonly explain: (error: unknown) => Explained
}

/** `detail` is a code of the database, never its message: that may hold a value of a person. */
export interface Explained {
  readonly tooLarge: boolean
  readonly detail: string
}

const MOST_ROWS = 1_000_000

type Results = ReadonlyMap<string, Rows>

let programs = 0

export async function runProgram(
  program: Program,
  options: RunOptions,
  parts: EngineParts,
): Promise<Result<Results, EngineProblemCode>> {
  const mostRows = options.mostRows ?? MOST_ROWS
  programs += 1
  let printed: PrintedProgram
  try {
    const decided = parts.dialect.copies === 'when-shared' ? inlineOnce(program) : program
    printed = printProgram(decided, [...parts.tables()], parts.dialect, `tessera_step_${programs}_`, mostRows + 1)
  } catch (error) {
    if (!(error instanceof TreeError)) throw error
    return failed('query-failed', `The query has no meaning: ${error.message}.`, 'Report this as a defect.')
  }
  const stop = stopOf(options)
  if (stop.signal.aborted) return stop.problem()
  try {
    return await inSession(printed, mostRows, stop.signal, parts)
  } catch (error) {
    if (stop.signal.aborted) return stop.problem()
    const { tooLarge, detail } = parts.explain(error)
    if (tooLarge) {
      return failed(
        'query-too-large',
        `The query needs more memory than ${parts.title} may use (${detail}).`,
        'Ask for less at once, or let the operator raise the limit.',
      )
    }
    return failed(
      'query-failed',
      `${parts.title} could not run the query (${detail}).`,
      'Let the operator of the node read the log of the database.',
    )
  }
}

async function inSession(
  printed: PrintedProgram,
  mostRows: number,
  signal: AbortSignal,
  parts: EngineParts,
): Promise<Result<Results, EngineProblemCode>> {
  const session = await parts.open()
  const interrupt = () => session.interrupt()
  signal.addEventListener('abort', interrupt)
  const made: string[] = []
  try {
    for (const { table, sql } of printed.steps) {
      signal.throwIfAborted()
      await session.make(table, sql)
      made.push(table)
    }
    const results = new Map<string, Rows>()
    for (const { name, sql, columns } of printed.results) {
      signal.throwIfAborted()
      const rows = await session.read(sql, columns)
      if (rows.length > mostRows) {
        return failed(
          'query-too-large',
          `A result has more than ${mostRows} rows.`,
          'Ask for fewer groups, or for totals instead of rows.',
        )
      }
      results.set(name, { columns: columns.map((column) => column.name), rows })
    }
    // Told to stop while the last rows were read: they are not given out.
    signal.throwIfAborted()
    return ok(results)
  } finally {
    signal.removeEventListener('abort', interrupt)
    await session.release(made)
  }
}

interface Stop {
  readonly signal: AbortSignal
  problem(): Result<never, EngineProblemCode>
}

function stopOf(options: RunOptions): Stop {
  const late = options.mostSeconds === undefined ? undefined : AbortSignal.timeout(options.mostSeconds * 1000)
  const signals = [options.signal, late].filter((signal) => signal !== undefined)
  const problem = () =>
    options.signal?.aborted
      ? failed('query-stopped', 'The query was stopped.', 'Start it again when its permit allows it.')
      : failed(
          'query-too-slow',
          `The query took longer than ${options.mostSeconds} seconds.`,
          'Ask for less at once, or let the operator raise the limit.',
        )
  return { signal: AbortSignal.any(signals), problem }
}
