/** ECL over one edition: reads, checks, evaluates, and keeps what is worth keeping between questions. */
import { createColumnCache } from './attribute-column.ts'
import { createBudget, DEFAULT_BUDGET } from './budget.ts'
import { type ConceptList, conceptList, createSetCache, withSets } from './concept-set.ts'
import { evaluate } from './evaluate.ts'
import { type Evaluation, THRESHOLDS, type Thresholds } from './evaluation.ts'
import { type Explanation, explain } from './explain.ts'
import { ECL_LIMITS, type EclLimits } from './limits.ts'
import { conceptSubject, type Subject, satisfies } from './match.ts'
import { type MemberTable, memberTable } from './member-table.ts'
import { parseEcl } from './parse.ts'
import { captured, type EclResult } from './problems.ts'
import { unresolved } from './resolve.ts'
import type { EclSubstrate, Ordinal } from './substrate.ts'
import type { Constraint } from './syntax.ts'

export interface EclOptions {
  readonly limits?: EclLimits
  /** Steps for one evaluation (budget.ts). */
  readonly budget?: number
  /** Bytes of WebAssembly memory for sets of `< concept` and `<< concept`. Default 32 MB. */
  readonly hierarchyBytes?: number
  /** Attributes kept side by side for refinements, 8 bytes each. Default 4 million. */
  readonly columnRows?: number
  /** Concepts in kept answers, 4 bytes each. Default 4 million. */
  readonly answerConcepts?: number
  readonly thresholds?: Thresholds
}

export interface EvaluationOptions {
  readonly budget?: number
}

export interface Ecl {
  /** The tree, after a check that every concept is known. Errors: all of `EclCode` but `ecl-budget`. */
  read(text: string): EclResult<Constraint>
  /** The concepts that satisfy the expression, ascending by SCTID. Errors: any of `EclCode`. */
  evaluate(text: string, options?: EvaluationOptions): EclResult<ConceptList>
  /** Whether one concept satisfies it; much cheaper than {@link Ecl.evaluate} for hierarchies and refinements. */
  matches(text: string, concept: Ordinal, options?: EvaluationOptions): EclResult<boolean>
  /** The same for a subject that need not be a concept; it is made from the evaluation it is asked in. */
  matchesSubject(
    text: string,
    subject: (evaluation: Evaluation) => Subject,
    options?: EvaluationOptions,
  ): EclResult<boolean>
  /** Rows of `^ [columns] …`, at most `limit`. */
  memberRows(text: string, limit: number, options?: EvaluationOptions): EclResult<MemberTable>
  /** The parts of the expression with the number of concepts of each. */
  explain(text: string, options?: EvaluationOptions): EclResult<Explanation>
  /** Frees the kept sets. Nothing may be asked afterwards. */
  close(): void
}

const MEGABYTE = 1024 * 1024

/** Makes an edition answer ECL. Not to be shared by threads; each makes its own over the same file. */
export function openEcl(substrate: EclSubstrate, options: EclOptions = {}): Ecl {
  const limits = options.limits ?? ECL_LIMITS
  const hierarchies = createSetCache(options.hierarchyBytes ?? 32 * MEGABYTE)
  const columns = createColumnCache(substrate, options.columnRows ?? 4_000_000)
  const readings = createReadings(substrate, limits)
  const thresholds = options.thresholds ?? THRESHOLDS
  const answers = createAnswers(options.answerConcepts ?? 4_000_000)

  const run = <T>(
    text: string,
    { budget }: EvaluationOptions,
    work: (evaluation: Evaluation, constraint: Constraint) => T,
  ): EclResult<T> => {
    const reading = readings(text)
    if (!reading.ok) return reading
    const steps = createBudget(budget ?? options.budget ?? DEFAULT_BUDGET, text)
    const result = captured(() =>
      withSets((sets) =>
        work(
          { text, substrate, sets, budget: steps, hierarchies, columns, thresholds, known: new Map() },
          reading.value,
        ),
      ),
    )
    hierarchies.trim()
    return result
  }

  return {
    read: readings,
    evaluate(text, given = {}) {
      const kept = answers.get(text)
      if (kept !== undefined) return { ok: true, value: kept }
      const result = run(text, given, (evaluation, constraint) =>
        conceptList(evaluate(evaluation, constraint).toUint32Array()),
      )
      if (result.ok) answers.put(text, result.value)
      return result
    },
    matches: (text, concept, given = {}) =>
      run(text, given, (evaluation, constraint) =>
        satisfies(evaluation, constraint, conceptSubject(evaluation, concept)),
      ),
    matchesSubject: (text, subject, given = {}) =>
      run(text, given, (evaluation, constraint) => satisfies(evaluation, constraint, subject(evaluation))),
    memberRows: (text, limit, given = {}) =>
      run(text, given, (evaluation, constraint) => memberTable(evaluation, constraint, limit)),
    explain: (text, given = {}) => run(text, given, explain),
    close: () => hierarchies.close(),
  }
}

const KEPT_READINGS = 1000
const KEPT_READING_LENGTH = 4096

/** Trees of the texts asked last. Long texts are read anew, so that the store stays small. */
function createReadings(substrate: EclSubstrate, limits: EclLimits): (text: string) => EclResult<Constraint> {
  const kept = new Map<string, EclResult<Constraint>>()
  return (text) => {
    const before = kept.get(text)
    if (before !== undefined) return before
    const parsed = parseEcl(text, limits)
    const problem = parsed.ok ? unresolved(substrate, text, parsed.value) : undefined
    const reading: EclResult<Constraint> = problem === undefined ? parsed : { ok: false, problem }
    if (text.length <= KEPT_READING_LENGTH) {
      kept.set(text, reading)
      dropOldest(kept, KEPT_READINGS)
    }
    return reading
  }
}

function dropOldest<T>(kept: Map<string, T>, maximum: number): void {
  for (const key of kept.keys()) {
    if (kept.size <= maximum) return
    kept.delete(key)
  }
}

/** Answers given last, by their text, up to so many concepts in all. */
function createAnswers(maximumConcepts: number) {
  const kept = new Map<string, ConceptList>()
  let concepts = 0
  return {
    get(text: string): ConceptList | undefined {
      const answer = kept.get(text)
      if (answer !== undefined) {
        kept.delete(text)
        kept.set(text, answer)
      }
      return answer
    },
    put(text: string, answer: ConceptList): void {
      if (text.length > KEPT_READING_LENGTH) return
      kept.set(text, answer)
      concepts += answer.size + OVERHEAD
      for (const [key, { size }] of kept) {
        if (concepts <= maximumConcepts) return
        kept.delete(key)
        concepts -= size + OVERHEAD
      }
    },
  }
}

/** An answer without concepts takes room too. */
const OVERHEAD = 256
