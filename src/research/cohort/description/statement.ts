/** What a description is made of: codes with parameters, no words. */
import type {
  CountColumn,
  DateAdjustment,
  DomainName,
  Group,
  Limit,
  Period,
  Range,
  TextFilter,
  Window,
} from '../definition.ts'

type Nothing = Readonly<Record<string, never>>

/** The events that are meant, and of which concepts. */
export interface EventsParameters {
  readonly domain: DomainName
  /** Only the first of a person. */
  readonly first: boolean
  /** Of a concept set by its name; `any`: whatever the concept; `none`: these events have none. */
  readonly concepts: { readonly set: string } | 'any' | 'none'
}

export interface OccursParameters extends EventsParameters {
  readonly type: 'exactly' | 'at-most' | 'at-least'
  readonly count: number
  readonly distinct?: CountColumn
  readonly windows: readonly Window[]
  readonly restrictVisit: boolean
  readonly ignoreObservationPeriod: boolean
}

/** `attribute` is the name of the language, without the `CS` of a concept set. */
export interface StatementParameters {
  readonly entry: { readonly limit: Limit; readonly priorDays: number; readonly postDays: number }
  readonly additional: { readonly limit: Limit }
  readonly rule: { readonly number: number; readonly name: string; readonly description: string }
  readonly criterion: EventsParameters
  readonly occurs: OccursParameters
  readonly demographic: { readonly empty: boolean }
  readonly group: { readonly type: Group['type']; readonly count: number; readonly empty: boolean }
  readonly date: { readonly attribute: string; readonly range: Range<string> }
  readonly number: { readonly attribute: string; readonly range: Range<number> }
  readonly text: { readonly attribute: string; readonly text: TextFilter }
  readonly concepts: { readonly attribute: string; readonly exclude: boolean; readonly names: readonly string[] }
  readonly 'concept-set-filter': { readonly attribute: string; readonly exclude: boolean; readonly name: string }
  readonly filled: { readonly attribute: string; readonly exclude: boolean }
  readonly abnormal: Nothing
  readonly period: Period
  readonly 'source-concept-set': { readonly name: string }
  readonly 'dates-adjusted': DateAdjustment
  readonly having: Nothing
  readonly 'expression-limit': { readonly limit: Limit }
  readonly 'exit-observation-end': Nothing
  readonly 'exit-date-offset': { readonly from: 'start' | 'end'; readonly days: number }
  readonly 'exit-exposure': {
    readonly name: string
    readonly gapDays: number
    readonly offset: number
    readonly daysSupply?: number
  }
  readonly 'censored-by': Nothing
  readonly collapse: { readonly days: number }
  readonly 'censor-window': Period
  readonly 'concept-set': { readonly name: string; readonly empty: boolean }
  readonly concept: {
    readonly id: number
    readonly name: string
    readonly excluded: boolean
    readonly descendants: boolean
    readonly mapped: boolean
  }
}

export type StatementCode = keyof StatementParameters

export interface Statement<Code extends StatementCode = StatementCode> {
  readonly code: Code
  readonly parameters: StatementParameters[Code]
  /** What belongs to it, in order. */
  readonly inside: readonly Statement[]
}

export function statement<Code extends StatementCode>(
  code: Code,
  parameters: StatementParameters[Code],
  inside: readonly Statement[] = [],
): Statement<Code> {
  return { code, parameters, inside }
}
