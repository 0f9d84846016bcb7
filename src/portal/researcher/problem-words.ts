/**
 * What a room below, or the node of another country, has refused, in the reader's words by its code. Programs say it in English:
 * their sentence is shown where it holds a detail (which column, which day), or where there are no words for the code.
 */
import type { Problem } from '#platform/result/result.ts'
import { type Html, html } from '../ui/markup.ts'
import { inTongue } from '../ui/site.ts'
import type { Visit } from './visit.ts'

export interface ProblemWords {
  readonly what: Html
  readonly next: Html
  /** The sentence of the program, where it says more than `what`. */
  readonly original?: Html | undefined
}

/** Codes of which the words say all. The sentences of the others, also of codes that only a later node knows, are made from values. */
const SAID_WHOLLY: ReadonlySet<string> = new Set([
  ...['permit-micro-data', 'permit-person', 'permit-revoked', 'permit-suspended', 'dataset-not-open', 'query-stopped'],
  ...['task-failed', 'task-not-for-us', 'task-other', 'answer-too-large', 'process-failed', 'sql-not-one-select'],
  ...['disclosure-budget-spent', 'disclosure-ledger-full', 'disclosure-model-too-small', 'disclosure-needs-review'],
  ...['disclosure-not-protectable', 'disclosure-refusals-exhausted', 'disclosure-small-cells'],
  ...['disclosure-table-too-fine', 'disclosure-too-few', 'opt-out-moment', 'opt-out-without-exception'],
  ...['pseudonyms-missing', 'pseudonyms-of-another-permit', 'r-not-installed', 'regression-no-data'],
  ...['regression-no-node', 'regression-outcome-constant', 'regression-separated', 'second-factor-enrolled'],
  ...['second-factor-missing', 'second-factor-wrong', 'session-unknown', 'airlock-changed', 'airlock-empty'],
  ...['airlock-not-listed', 'airlock-unknown', 'airlock-words-missing', 'case-changed', 'case-exists', 'case-unknown'],
  ...['datasets-fixed', 'finding-unknown', 'person-not-entitled'],
])

/** Undefined: there are no words for this code. */
export function problemWords(
  visit: Pick<Visit, 'words'>,
  { code, sentence }: Pick<Problem, 'code' | 'sentence'>,
): ProblemWords | undefined {
  const { words } = visit
  const key = `research.problem.${code}`
  if (!words.messages.has(key)) return undefined
  const next = words(`research.problem.${code}.next`)
  if (SAID_WHOLLY.has(code)) return { what: words(key), next }
  const original = inTongue(visit, 'en', sentence)
  // Read in English, the sentence takes the place of the words: both would say the same.
  return words.messages.phrase(key).language === 'en' ? { what: original, next } : { what: words(key), next, original }
}

/** Where there is no room for a title: a cell, an item of a list. */
export function problemLines(visit: Pick<Visit, 'words'>, problem: Omit<Problem, 'place'>): Html {
  const told = problemWords(visit, problem)
  if (!told) return inTongue(visit, 'en', `${problem.sentence} ${problem.next}`)
  const { what, next, original } = told
  return html`${what} ${next}${original && html`<br><span class="small">${original}</span>`}`
}
