/** One SELECT of a person over the views of a permit (EHDS Art. 73(1)(d)), in a process of its own. */
import { join } from 'node:path'
import { failed, type Result } from '#platform/result/result.ts'
import { type ContainedProblemCode, runContained } from '../contained/contained-process.ts'
import { LIMITS } from '../limits.ts'
import { type BlueprintOptions, blueprintOf } from './blueprint.ts'
import type { SqlAnswer, SqlLimits, SqlProblemCode } from './permit-database.ts'
import type { SqlRequest } from './sql-process.ts'

export interface RunSqlOptions extends BlueprintOptions {
  /** Aborted: the process is ended at once (EHDS Art. 63: revocation). */
  readonly signal?: AbortSignal
  /** Absent: those of `data/research/workspace/limits.json`. */
  readonly limits?: Partial<SqlLimits>
}

export type RunSqlProblemCode = SqlProblemCode | ContainedProblemCode | 'sql-too-long'

const ROOT = join(import.meta.dirname, '../../../..')
/** Beyond the limits that the process keeps itself: for its start, and for one that no longer listens. */
const GRACE_SECONDS = 15
const PROGRAM_MEGABYTES = 512
const LONGEST_ANSWER = 200_000_000

/** The rows are of persons: they stay in the workspace until the airlock lets something out. */
export async function runSql(sql: string, options: RunSqlOptions): Promise<Result<SqlAnswer, RunSqlProblemCode>> {
  if (sql.length > LIMITS.sql.characters) {
    const sentence = `A statement has ${LIMITS.sql.characters} characters at most.`
    return failed('sql-too-long', sentence, 'Write it shorter.')
  }
  const limits: SqlLimits = { ...LIMITS.sql, ...options.limits }
  const request: SqlRequest = { sql, blueprint: blueprintOf(options), limits }
  const answered = await runContained(JSON.stringify(request), {
    program: join(import.meta.dirname, 'sql-process.ts'),
    readable: [join(ROOT, 'src'), join(ROOT, 'data'), join(ROOT, 'node_modules'), join(ROOT, 'package.json')],
    options: ['--allow-addons'],
    seconds: limits.seconds + GRACE_SECONDS,
    memoryMegabytes: limits.memoryMegabytes + PROGRAM_MEGABYTES,
    characters: LONGEST_ANSWER,
    ...(options.signal && { signal: options.signal }),
  })
  // Written by the process above.
  return answered.ok ? (JSON.parse(answered.value) as Result<SqlAnswer, SqlProblemCode>) : answered
}
