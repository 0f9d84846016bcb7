/** A question → one program of the relational tree, and what reads its rows. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { madeStep } from '../../query/build-relations.ts'
import type { Rows } from '../../query/engine.ts'
import type { Program } from '../../query/tree.ts'
import type { Analysis, CohortDefinition } from '../analysis.ts'
import type { ExactAnswer } from '../answer.ts'
import { compileCharacterisation } from './characterisation.ts'
import { compileCohortCounts, countedCohort } from './cohort-counts.ts'
import type { CompiledPart } from './compiled.ts'
import { compileCount, compileTimeSeries } from './count.ts'
import { compileDistribution, MEASURED_UNTIL } from './distribution.ts'
import { SUBJECTS } from './entries.ts'
import { compileRate } from './rate.ts'
import { compileRegression, covariateCohort, OUTCOME } from './regression.ts'
import {
  type AnalysisScope,
  type Compilation,
  type CompileCohorts,
  cohortStep,
  type NamedDefinition,
  startCompilation,
} from './scope.ts'
import { compileSurvival, EVENT } from './survival.ts'

export interface CompiledAnalysis {
  readonly program: Program
  /** Reads the rows that an engine gave for the program. */
  read(rows: ReadonlyMap<string, Rows>): ExactAnswer
}

export type CompileAnalysisProblemCode = 'analysis-outside-permit' | 'analysis-cohort'

/** Over the views of the scope only: a table or column that the question needs and the scope has not is a problem. */
export function compileAnalysis(
  analysis: Analysis,
  scope: AnalysisScope,
  compileCohorts: CompileCohorts,
): Result<CompiledAnalysis, CompileAnalysisProblemCode> {
  const cohorts = compileCohorts(definitionsOf(analysis), scope.tables)
  if (!cohorts.ok) {
    const { sentence, next, code, place } = cohorts.problem
    return failed('analysis-cohort', `A cohort of the question cannot be run: ${sentence} [${code}]`, next, place)
  }
  const compilation = startCompilation(scope)
  const part = compilePart(compilation, analysis)
  if (compilation.missing.size > 0) {
    return failed(
      'analysis-outside-permit',
      `The question needs data that the permit does not hold: ${[...compilation.missing].sort().join(', ')}.`,
      'Ask for these tables and columns in an amendment, or ask another question.',
    )
  }
  const { steps, results } = cohorts.value
  const entered = results.flatMap(({ name, relation }) => {
    return name.endsWith('.cohort') ? [madeStep(cohortStep(name.slice(0, -'.cohort'.length)), relation)] : []
  })
  return ok({
    program: { steps: [...scope.steps, ...steps, ...entered, ...compilation.steps], results: part.results },
    read: (rows) => ({
      kind: analysis.kind,
      ...part.read((name) => rows.get(name) ?? { columns: [], rows: [] }),
    }),
  })
}

function compilePart(compilation: Compilation, analysis: Analysis): CompiledPart {
  switch (analysis.kind) {
    case 'count':
      return compileCount(compilation, analysis)
    case 'cohort-counts':
      return compileCohortCounts(compilation, analysis)
    case 'rate':
      return compileRate(compilation, analysis)
    case 'time-series':
      return compileTimeSeries(compilation, analysis)
    case 'distribution':
      return compileDistribution(compilation, analysis)
    case 'survival':
      return compileSurvival(compilation, analysis)
    case 'characterisation':
      return compileCharacterisation(compilation, analysis)
    case 'linear-regression':
    case 'logistic-regression':
      return compileRegression(compilation, analysis)
  }
}

/** All cohorts of a question, under the names that the parts use. */
export function definitionsOf(analysis: Analysis): readonly NamedDefinition[] {
  if (analysis.kind === 'cohort-counts') {
    return analysis.cohorts.map(({ cohort }, index) => ({ name: countedCohort(index), definition: cohort }))
  }
  const found: NamedDefinition[] = [{ name: SUBJECTS, definition: analysis.cohort }]
  const put = (name: string, definition: CohortDefinition) => found.push({ name, definition })
  if (analysis.kind === 'survival') put(EVENT, analysis.event)
  if (analysis.kind === 'distribution' && analysis.measure.kind === 'days-until') {
    put(MEASURED_UNTIL, analysis.measure.cohort)
  }
  if (analysis.kind === 'linear-regression' || analysis.kind === 'logistic-regression') {
    const { outcome, covariates } = analysis
    if (outcome.kind === 'has' || outcome.kind === 'days-until') put(OUTCOME, outcome.cohort)
    for (const [index, covariate] of covariates.entries()) {
      if (covariate.kind === 'days-until') put(covariateCohort(index), covariate.cohort)
    }
  }
  return found
}
