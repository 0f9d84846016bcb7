/** From a question to its exact answer: compile over the scope, run on an engine with limits, read the cells. */
import { ok, type Result } from '#platform/result/result.ts'
import type { EngineProblemCode, QueryEngine } from '../query/engine.ts'
import type { Analysis } from './analysis.ts'
import type { ExactAnswer } from './answer.ts'
import { compileCirceCohorts } from './compile/cohorts.ts'
import { type CompileAnalysisProblemCode, compileAnalysis } from './compile/compile-analysis.ts'
import type { AnalysisScope, CompileCohorts } from './compile/scope.ts'

export interface RunAnalysisOptions {
  readonly engine: QueryEngine
  /** Of the permit that covers the question. */
  readonly scope: AnalysisScope
  /** Aborted: nothing is answered (EHDS Art. 63: revocation). */
  readonly signal?: AbortSignal
  /** Persons in cells, each once for every cell they are in; 5 million when absent. */
  readonly mostPersons?: number
  readonly mostSeconds?: number
  /** Absent: OHDSI Circe. */
  readonly compileCohorts?: CompileCohorts
}

export type RunAnalysisProblemCode = CompileAnalysisProblemCode | EngineProblemCode

const MOST_PERSONS = 5_000_000

/** The answer is exact: it goes to disclosure control, and nowhere else. */
export async function runAnalysis(
  analysis: Analysis,
  options: RunAnalysisOptions,
): Promise<Result<ExactAnswer, RunAnalysisProblemCode>> {
  const compiled = compileAnalysis(analysis, options.scope, options.compileCohorts ?? compileCirceCohorts)
  if (!compiled.ok) return compiled
  const rows = await options.engine.run(compiled.value.program, {
    mostRows: options.mostPersons ?? MOST_PERSONS,
    ...(options.signal && { signal: options.signal }),
    ...(options.mostSeconds !== undefined && { mostSeconds: options.mostSeconds }),
  })
  return rows.ok ? ok(compiled.value.read(rows.value)) : rows
}
