/** What a description is made of. */

export type StatementCode =
  | 'entry'
  | 'additional'
  | 'rule'
  | 'criterion'
  | 'occurs'
  | 'demographic'
  | 'group'
  | 'date'
  | 'number'
  | 'text'
  | 'concepts'
  | 'concept-set-filter'
  | 'filled'
  | 'abnormal'
  | 'period'
  | 'source-concept-set'
  | 'dates-adjusted'
  | 'having'
  | 'expression-limit'
  | 'exit-observation-end'
  | 'exit-date-offset'
  | 'exit-exposure'
  | 'censored-by'
  | 'collapse'
  | 'censor-window'
  | 'concept-set'
  | 'concept'

export interface Statement {
  readonly code: StatementCode
  readonly parameters: Readonly<Record<string, string | number | boolean>>
  /** What belongs to it, in order. */
  readonly inside: readonly Statement[]
}

export function statement(
  code: StatementCode,
  parameters: Statement['parameters'] = {},
  inside: readonly Statement[] = [],
): Statement {
  return { code, parameters, inside }
}
