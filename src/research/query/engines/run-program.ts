/** The way of a program through any engine: print, make steps, read results, leave nothing behind, stop when told. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Cell, EngineProblemCode, Rows, RunOptions } from '../engine.ts'
import { flatten } from '../flatten.ts'
import { inlineOnce } from '../inline-once.ts'
import { onlyRead } from '../only-read.ts'
import type { Column, SqlDialect } from '../print/dialect.ts'
import { type PrintedProgram, printProgram } from '../print/program.ts'
import type { TableDescription } from '../tables.ts'
import type { Program } from '../tree.ts'
import { TreeError } from '../tree-error.ts'
import { type WaitsFor, waitsFor } from '../waits-for.ts'
import { workOff } from './lanes.ts'

/** A connection. */
export interface Lane {
  /** A table of what the select gives, which every lane of the session can read. */
  make(table: string, select: string): Promise<void>
  read(sql: string, columns: readonly Column[]): Promise<readonly (readonly Cell[])[]>
}

/** For one program. */
export interface EngineSession {
  /** At least one. What is independent runs on several at the same time. */
  readonly lanes: readonly [Lane, ...Lane[]]
  /** What runs now fails soon. */
  interrupt(): void
  /** Always called, also after failures; drops these temporary tables. */
  release(tables: readonly string[]): Promise<void>
}

export interface WantedSession {
  /** No other session of this process has it. */
  readonly name: string
  readonly mostLanes: number
  /** False: nothing will be made. */
  readonly makes: boolean
}

export interface EngineParts {
  readonly dialect: SqlDialect
  /** With which a program is tried once more, one step after the other, when memory did not suffice. */
  readonly sparing?: SqlDialect
  /** For people. */
  readonly title: string
  readonly tables: () => Iterable<TableDescription>
  readonly open: (wanted: WantedSession) => Promise<EngineSession>
  /** SQL of the schema of a session's tables; absent: they are temporary ones of its one connection. */
  readonly schemaOf?: (name: string) => string
  readonly explain: (error: unknown) => Explained
}

/** `detail` is a code of the database, never its message: that may hold a value of a person. */
export interface Explained {
  readonly tooLarge: boolean
  readonly detail: string
}

const MOST_ROWS = 1_000_000
/** Of one program: others want to be answered, too. */
const MOST_LANES = 4

type Results = ReadonlyMap<string, Rows>

let programs = 0

export async function runProgram(
  program: Program,
  options: RunOptions,
  parts: EngineParts,
): Promise<Result<Results, EngineProblemCode>> {
  const stop = stopOf(options)
  if (stop.signal.aborted) return stop.problem()
  const run = (dialect: SqlDialect, lanes: number) =>
    runWith(program, { ...parts, dialect }, options, stop.signal, lanes)
  try {
    return await run(parts.dialect, MOST_LANES).catch((error: unknown) => {
      const again = parts.sparing && !stop.signal.aborted && parts.explain(error).tooLarge
      if (!parts.sparing || !again) throw error
      return run(parts.sparing, 1)
    })
  } catch (error) {
    if (error instanceof TreeError) {
      return failed('query-failed', `The query has no meaning: ${error.message}.`, 'Report this as a defect.')
    }
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

/** The program as it is run: what is left to the engine is decided. */
export function decidedFor({ copies }: SqlDialect, program: Program): Program {
  const narrow = onlyRead(program)
  return copies === 'when-shared' ? flatten(inlineOnce(narrow)) : narrow
}

/** Throws `TreeError`, and what the database throws. */
async function runWith(
  program: Program,
  parts: EngineParts,
  options: RunOptions,
  signal: AbortSignal,
  mostLanes: number,
): Promise<Result<Results, EngineProblemCode>> {
  const mostRows = options.mostRows ?? MOST_ROWS
  programs += 1
  const name = `tessera_run_${programs}`
  const decided = decidedFor(parts.dialect, program)
  const schema = parts.schemaOf?.(name)
  const printed = printProgram(decided, [...parts.tables()], parts.dialect, {
    prefix: `tessera_step_${programs}_`,
    mostRows: mostRows + 1,
    ...(schema === undefined ? {} : { schema }),
  })
  return inSession({ name, printed, order: waitsFor(decided), mostRows, signal }, mostLanes, parts)
}

interface Run {
  readonly name: string
  readonly printed: PrintedProgram
  readonly order: WaitsFor
  readonly mostRows: number
  readonly signal: AbortSignal
}

async function inSession(run: Run, mostLanes: number, parts: EngineParts): Promise<Result<Results, EngineProblemCode>> {
  const { name, printed, order, mostRows, signal } = run
  const tasks = printed.steps.length + printed.results.length
  const session = await parts.open({
    name,
    mostLanes: Math.max(1, Math.min(mostLanes, tasks)),
    makes: printed.steps.length > 0,
  })
  const interrupt = () => session.interrupt()
  signal.addEventListener('abort', interrupt)
  const made: string[] = []
  const found = new Map<string, Rows>()
  const making = printed.steps.map(({ table, sql }, index) => ({
    after: order.steps[index] ?? [],
    async run(lane: Lane) {
      signal.throwIfAborted()
      await lane.make(table, sql)
      made.push(table)
    },
  }))
  const reading = printed.results.map(({ name: result, sql, columns }, index) => ({
    after: order.results[index] ?? [],
    async run(lane: Lane) {
      signal.throwIfAborted()
      found.set(result, { columns: columns.map((column) => column.name), rows: await lane.read(sql, columns) })
    },
  }))
  try {
    await workOff([...making, ...reading], session.lanes, interrupt)
    if ([...found.values()].some(({ rows }) => rows.length > mostRows)) {
      return failed(
        'query-too-large',
        `A result has more than ${mostRows} rows.`,
        'Ask for fewer groups, or for totals instead of rows.',
      )
    }
    // Told to stop while the last rows were read: they are not given out.
    signal.throwIfAborted()
    return ok(new Map(printed.results.flatMap(({ name: result }) => entryOf(found, result))))
  } finally {
    signal.removeEventListener('abort', interrupt)
    await session.release(made)
  }
}

/** Results are told in the order of the program, whichever was read first. */
function entryOf(found: Results, name: string): readonly (readonly [string, Rows])[] {
  const rows = found.get(name)
  return rows ? [[name, rows]] : []
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
