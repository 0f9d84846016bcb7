/**
 * R of a person on data frames of a permit (EHDS Art. 73), in a process of its own. R is a separate program under the GPL, installed
 * from `engines/r` by those who offer it.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { ContentTable } from '../airlock/content.ts'
import { type ContainedProblemCode, type Containment, runContained } from '../contained/contained-process.ts'
import { LIMITS } from '../limits.ts'
import type { SqlAnswer } from '../sql/permit-database.ts'
import { frameOf, readOutput } from './frames.ts'
import type { RRequest } from './r-process.ts'

/** A data frame: what a SELECT over the views gave, under a name. */
export interface RFrame extends Pick<SqlAnswer, 'columns' | 'rows'> {
  readonly name: string
}

export type RLimits = Omit<(typeof LIMITS)['r'], 'characters' | 'frameRows'>

export interface RunROptions {
  readonly frames: readonly RFrame[]
  /** Aborted: the process is ended at once (EHDS Art. 63: revocation). */
  readonly signal?: AbortSignal
  readonly limits?: Partial<RLimits>
  /** Where webr is installed; `engines/r` when absent. */
  readonly folder?: string
  /** See `Containment`. */
  readonly network?: NonNullable<Containment['network']>
}

export interface RResult {
  /** What it printed, warnings and errors too. */
  readonly text: string
  /** What it gave to `output(name, data_frame)`. */
  readonly tables: readonly ContentTable[]
  /** False: it stopped at an error, which stands in the text. */
  readonly finished: boolean
}

export type RProblemCode = ContainedProblemCode | 'r-not-installed' | 'r-too-long'

/** Where `npm ci` in `engines/r` puts it; no part of what a node needs. */
const FOLDER = join(import.meta.dirname, '../../../../engines/r')

export function rInstalled(folder = FOLDER): boolean {
  return existsSync(join(engineOf(folder), 'R.wasm'))
}

function engineOf(folder: string): string {
  return join(folder, 'node_modules/webr/dist/')
}

const Answer = z.strictObject({ text: z.string(), outputs: z.array(z.string()), finished: z.boolean() })

/** The text and the tables are of persons: they stay in the workspace until the airlock lets something out. */
export async function runR(code: string, options: RunROptions): Promise<Result<RResult, RProblemCode>> {
  const { folder = FOLDER, frames, signal, network } = options
  if (!rInstalled(folder)) {
    return failed('r-not-installed', 'R is not installed at this node.', 'Use SQL, or run `npm ci` in engines/r.')
  }
  if (code.length > LIMITS.r.characters) {
    const sentence = `A script has ${LIMITS.r.characters} characters at most.`
    return failed('r-too-long', sentence, 'Write it shorter.')
  }
  const limits = { ...LIMITS.r, ...options.limits }
  const request: RRequest = {
    engine: engineOf(folder),
    prelude: readFileSync(join(import.meta.dirname, 'prelude.R'), 'utf8'),
    code,
    frames: frames.map(frameOf),
    ...{ rows: limits.rows, tables: limits.tables, textCharacters: limits.textCharacters },
  }
  const answered = await runContained(JSON.stringify(request), {
    program: join(import.meta.dirname, 'r-process.ts'),
    readable: [import.meta.dirname, engineOf(folder)],
    options: ['--disallow-code-generation-from-strings'],
    ...{ seconds: limits.seconds, memoryMegabytes: limits.memoryMegabytes, characters: LIMITS.airlock.characters },
    ...(signal && { signal }),
    ...(network && { network }),
  })
  if (!answered.ok) return answered
  const { text, outputs, finished } = Answer.parse(JSON.parse(answered.value))
  return ok({ text, tables: outputs.map(readOutput), finished })
}
