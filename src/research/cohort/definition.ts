/**
 * A cohort expression of OHDSI Circe as it is worked with: every construct of the language (circe-be 1.13), parsed once,
 * names in English, defaults filled in. `read-definition.ts` makes it from JSON; nothing else does.
 */

import type { Fault } from './faults.ts'

export type DomainName =
  | 'ConditionEra'
  | 'ConditionOccurrence'
  | 'Death'
  | 'DeviceExposure'
  | 'DoseEra'
  | 'DrugEra'
  | 'DrugExposure'
  | 'LocationRegion'
  | 'Measurement'
  | 'Observation'
  | 'ObservationPeriod'
  | 'PayerPlanPeriod'
  | 'ProcedureOccurrence'
  | 'Specimen'
  | 'VisitDetail'
  | 'VisitOccurrence'

export interface CohortExpression {
  readonly title?: string
  readonly cdmVersionRange?: string
  readonly conceptSets: readonly ConceptSet[]
  readonly primary: PrimaryCriteria
  readonly additional?: Group
  /** Applies only where `additional` is present. */
  readonly qualifiedLimit: Limit
  readonly rules: readonly InclusionRule[]
  readonly expressionLimit: Limit
  /** Absent: until the observation period ends. */
  readonly endStrategy?: EndStrategy
  readonly censoring: readonly Criterion[]
  /** Days between two periods of a person that still make one. */
  readonly eraPad: number
  readonly censorWindow: Period
  /** What the author did not finish: it can be shown and checked, but not run. */
  readonly unfinished: readonly Fault[]
  /** What the author wrote and what changes nothing, such as an empty list of concepts. */
  readonly withoutEffect: readonly Fault[]
  /** Paths of members that the language does not know; they have no effect. */
  readonly unread: readonly string[]
}

export interface ConceptSet {
  readonly id: number
  readonly name: string
  readonly items: readonly ConceptSetItem[]
}

export interface ConceptSetItem {
  readonly concept: Concept
  readonly excluded: boolean
  readonly descendants: boolean
  readonly mapped: boolean
}

export interface Concept {
  readonly id: number
  readonly name: string
  /** Domain of the vocabulary, when the author's tool wrote it down. */
  readonly domain?: string
}

export type Limit = 'all' | 'first' | 'last'

export interface PrimaryCriteria {
  readonly criteria: readonly Criterion[]
  /** Days that must have been observed before and after the event. */
  readonly priorDays: number
  readonly postDays: number
  readonly limit: Limit
}

export interface InclusionRule {
  readonly name: string
  readonly description: string
  readonly group: Group
  readonly path: string
}

/** Events of one domain. */
export interface Criterion {
  readonly domain: DomainName
  readonly path: string
  /** Absent: any concept. */
  readonly conceptSet?: number
  readonly sourceConceptSet?: number
  /** Only the first of a person, counted before any filter. */
  readonly first: boolean
  readonly dateAdjustment?: DateAdjustment
  readonly filters: readonly Filter[]
  readonly correlated?: Group
}

/** `name` is the attribute's name in the language; `criteria/` says what it means in each domain. */
export type Filter =
  | { readonly kind: 'date'; readonly name: string; readonly range: Range<string> }
  | { readonly kind: 'number'; readonly name: string; readonly range: Range<number> }
  | { readonly kind: 'text'; readonly name: string; readonly text: TextFilter }
  | {
      readonly kind: 'concepts'
      readonly name: string
      readonly concepts: readonly Concept[]
      readonly exclude: boolean
    }
  /** Without a set: the column is filled (excluded: it is empty). */
  | { readonly kind: 'concept-set'; readonly name: string; readonly conceptSet?: number; readonly exclude: boolean }
  | { readonly kind: 'abnormal'; readonly name: string }
  | { readonly kind: 'period'; readonly name: string; readonly period: Period }

export type RangeOperator = '<' | '<=' | '=' | '<>' | '>' | '>=' | 'between' | 'not-between'

/** `extent` is the upper end of `between`; both ends belong to the range. */
export interface Range<T> {
  readonly operator: RangeOperator
  readonly value: T
  readonly extent?: T
}

export interface TextFilter {
  readonly how: 'starts' | 'contains' | 'ends' | 'equals'
  readonly negated: boolean
  readonly text: string
}

/** ISO days; both belong to it. */
export interface Period {
  readonly start?: string
  readonly end?: string
}

export interface DateAdjustment {
  readonly startWith: 'start' | 'end'
  readonly startOffset: number
  readonly endWith: 'start' | 'end'
  readonly endOffset: number
}

export interface Group {
  readonly type: 'all' | 'any' | 'at-least' | 'at-most'
  readonly count: number
  readonly criteria: readonly CorrelatedCriterion[]
  readonly demographics: readonly Demographic[]
  readonly groups: readonly Group[]
  readonly path: string
}

export interface CorrelatedCriterion {
  readonly criterion: Criterion
  readonly startWindow: Window
  readonly endWindow?: Window
  readonly occurrence: Occurrence
  readonly restrictVisit: boolean
  readonly ignoreObservationPeriod: boolean
  readonly path: string
}

/** From `start` to `end` around a date of the index event; which date of the found event must fall in it. */
export interface Window {
  readonly start: WindowBound
  readonly end: WindowBound
  readonly around: 'index-start' | 'index-end'
  readonly event: 'event-start' | 'event-end'
}

/** Days after the date (negative: before), or open: the end of the observation period on that side. */
export type WindowBound =
  | { readonly kind: 'days'; readonly days: number }
  | { readonly kind: 'open'; readonly side: 'before' | 'after' }

export interface Occurrence {
  readonly type: 'exactly' | 'at-most' | 'at-least'
  readonly count: number
  /** Count distinct values of this column; absent: count events. */
  readonly distinct?: CountColumn
}

export type CountColumn =
  | 'DAYS_SUPPLY'
  | 'DOMAIN_CONCEPT'
  | 'DOMAIN_SOURCE_CONCEPT'
  | 'DURATION'
  | 'END_DATE'
  | 'ERA_OCCURRENCES'
  | 'GAP_DAYS'
  | 'QUANTITY'
  | 'RANGE_HIGH'
  | 'RANGE_LOW'
  | 'REFILLS'
  | 'START_DATE'
  | 'UNIT'
  | 'VALUE_AS_NUMBER'
  | 'VISIT_ID'
  | 'VISIT_DETAIL_ID'

/** What must be true of the person at the index event. */
export interface Demographic {
  readonly filters: readonly Filter[]
  readonly path: string
}

export type EndStrategy =
  | { readonly kind: 'date-offset'; readonly from: 'start' | 'end'; readonly days: number }
  | {
      readonly kind: 'continuous-exposure'
      readonly drugConceptSet: number
      readonly gapDays: number
      readonly offset: number
      readonly daysSupply?: number
    }
