/** The questions that can be asked of a dataset without seeing a person, and the answers that can be merged. */

/** A cohort: an OHDSI Circe expression as JSON. */
export type CohortDefinition = { readonly [key: string]: unknown }

export type Dimension =
  /** `bounds`: lower bounds of the groups, in years at the cohort's start; the first is usually 0. */
  | { readonly kind: 'age-group'; readonly bounds: readonly number[] }
  | { readonly kind: 'sex' }
  | { readonly kind: 'calendar-year' | 'calendar-month' }
  /** Which of these conditions a person has, at any time in the permit's period. */
  | { readonly kind: 'condition'; readonly concepts: readonly number[] }

/** A number of days or a measured value per person. */
export type Measure =
  | { readonly kind: 'days-until'; readonly cohort: CohortDefinition }
  | { readonly kind: 'age' }
  | { readonly kind: 'follow-up-days' }
  | { readonly kind: 'measurement'; readonly concepts: readonly number[] }

export type Analysis =
  | { readonly kind: 'count'; readonly cohort: CohortDefinition; readonly by: readonly Dimension[] }
  /** Entries per 1,000 person-years of the whole dataset in scope. */
  | { readonly kind: 'rate'; readonly cohort: CohortDefinition; readonly by: readonly Dimension[] }
  | {
      readonly kind: 'time-series'
      readonly cohort: CohortDefinition
      readonly unit: 'month' | 'year'
      readonly by: readonly Dimension[]
    }
  | {
      readonly kind: 'distribution'
      readonly cohort: CohortDefinition
      readonly measure: Measure
      readonly by: readonly Dimension[]
      /** Lower bounds of the classes. */
      readonly classes: readonly number[]
    }
  | {
      readonly kind: 'survival'
      readonly cohort: CohortDefinition
      readonly event: CohortDefinition
      readonly by: readonly Dimension[]
      /** Days of one step of the curve. */
      readonly step: number
      readonly until: number
    }
  /** Achilles-like: how many persons of the cohort have each condition, drug, procedure, measurement. */
  | {
      readonly kind: 'characterisation'
      readonly cohort: CohortDefinition
      readonly domains: readonly ('condition' | 'drug' | 'procedure' | 'measurement' | 'visit')[]
    }
  | {
      readonly kind: 'linear-regression' | 'logistic-regression'
      readonly cohort: CohortDefinition
      readonly outcome: Measure | { readonly kind: 'has'; readonly cohort: CohortDefinition }
      readonly covariates: readonly (Dimension | Measure)[]
    }

/** Exact answer of one node or shard, before disclosure control. Never leaves the process that made it. */
export interface ExactCell {
  /** Values of the dimensions, in the order of the question. */
  readonly key: readonly string[]
  readonly persons: number
  /** Sums of sufficient statistics by name: `sum`, `sumOfSquares`, `personDays`, `events`, ... */
  readonly sums: Readonly<Record<string, number>>
}
