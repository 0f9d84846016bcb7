/** The questions that can be asked of a dataset without seeing a person. Their exact answers: `answer.ts`. */

/** A cohort: an OHDSI Circe expression as JSON. */
export type CohortDefinition = { readonly [key: string]: unknown }

export interface CountedCohort {
  /** Unique among those of the question. */
  readonly name: string
  readonly cohort: CohortDefinition
}

export type Dimension =
  /** `bounds`: lower bounds of the groups, in years at the cohort's start; the first is usually 0. */
  | { readonly kind: 'age-group'; readonly bounds: readonly number[] }
  | { readonly kind: 'sex' }
  | { readonly kind: 'calendar-year' | 'calendar-month' }
  /** Which of these conditions (or narrower ones) a person has at any time in the permit's period: they may have several. */
  | { readonly kind: 'condition'; readonly concepts: readonly number[] }

/** One number for each person, counted from their first entry into the cohort. Who has none is left out. */
export type Measure =
  /** Until their first entry into that cohort on or after that day. */
  | { readonly kind: 'days-until'; readonly cohort: CohortDefinition }
  /** Years. */
  | { readonly kind: 'age' }
  /** Until the end of the observation period. */
  | { readonly kind: 'follow-up-days' }
  /** Mean of the first day on or after it on which one of these was measured, to four decimals. */
  | { readonly kind: 'measurement'; readonly concepts: readonly number[] }

export type Analysis =
  /** Persons, by what they were at their first entry. */
  | { readonly kind: 'count'; readonly cohort: CohortDefinition; readonly by: readonly Dimension[] }
  /**
   * Persons of several cohorts, each by what they were at their first entry into it; somebody may be in several. The cohorts
   * are one program: they share concept sets and scans.
   */
  | { readonly kind: 'cohort-counts'; readonly cohorts: readonly CountedCohort[]; readonly by: readonly Dimension[] }
  /** Entries per 1,000 person-years of the whole dataset in scope. */
  | { readonly kind: 'rate'; readonly cohort: CohortDefinition; readonly by: readonly Dimension[] }
  /** Persons who enter in each unit of time; somebody may enter in several. */
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
  /** Time from the first entry to the event, censored where the observation ends. */
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
      /** A number for linear regression; for logistic regression `has`: an entry into that cohort at any time. */
      readonly outcome: Measure | { readonly kind: 'has'; readonly cohort: CohortDefinition }
      readonly covariates: readonly (Dimension | Measure)[]
    }
