/** What a check says. */

/** `error`: the cohort cannot run. `warning`: probably not what is meant. `information`: worth knowing. */
export type Severity = 'error' | 'warning' | 'information'

export type RemarkCode =
  | 'unfinished'
  | 'without-effect'
  | 'member-unknown'
  | 'concept-set-unused'
  | 'concept-set-empty'
  | 'concept-set-duplicate'
  | 'concept-set-undefined'
  | 'concept-set-of-other-domain'
  | 'no-concept-set'
  | 'record-type-open'
  | 'criteria-alike'
  | 'criteria-contradict'
  | 'range-reversed'
  | 'range-negative'
  | 'window-days-negative'
  | 'window-reversed'
  | 'window-beyond-observation'
  | 'window-unlike-others'
  | 'drug-era-without-window'
  | 'death-before-index'
  | 'at-least-zero'
  | 'rule-empty'
  | 'limits-widen'
  | 'no-exit'
  | 'exit-on-start-day'
  | 'drug-not-in-exit'
  | 'set-read-as-gender'
  | 'end-date-reads-start'
  | 'gap-reads-length'
  | 'date-adjustment-ignored'

export interface Remark {
  readonly code: RemarkCode
  readonly severity: Severity
  /** Place in the JSON. */
  readonly path: string
  readonly parameters: Readonly<Record<string, string | number>>
}

export function remark(
  severity: Severity,
  code: RemarkCode,
  path: string,
  parameters: Remark['parameters'] = {},
): Remark {
  return { code, severity, path, parameters }
}
