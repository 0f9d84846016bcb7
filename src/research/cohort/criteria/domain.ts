/**
 * What a domain of the cohort language is: the table it reads, which columns are its dates and concepts, and what each
 * attribute compares. Sixteen descriptions of this shape are the whole difference between the domains; reading,
 * compiling, checking and describing all work from them.
 */
import type { CountColumn, DomainName } from '../definition.ts'

export interface Domain {
  readonly name: DomainName
  readonly table: string
  readonly id: string
  readonly person: string
  /** Column that `CodesetId` selects by. */
  readonly concept?: string
  /** Attribute that names a set of source concepts, and its column. */
  readonly source?: { readonly attribute: string; readonly column: string }
  readonly start: string
  readonly end: EventEnd
  /** `visit_occurrence_id` links the row to a visit. */
  readonly hasVisit: boolean
  /** `own-dates`: always start from start and end from end (Death). `never`: not adjustable. */
  readonly dateAdjustment: 'free' | 'own-dates' | 'never'
  /** `First` is no attribute of the domain: circe-be passes over it. */
  readonly withoutFirst?: true
  /** Row condition that is part of the domain itself. */
  readonly only?: { readonly column: string; readonly text: string }
  readonly attributes: Readonly<Record<string, Attribute>>
  /** Columns that distinct occurrences can be counted by, besides the dates and the visit. */
  readonly counts: Readonly<Partial<Record<CountColumn, CountSource>>>
  /** Domains of the vocabulary whose concepts belong here. */
  readonly vocabularyDomains: readonly string[]
  /** The concept column stands in this table, found by a column that both tables have. */
  readonly lookUp?: { readonly table: string; readonly by: string; readonly column: string }
}

/** The first of these that is not NULL: the column, start + days column, start + days, a fixed day. */
export interface EventEnd {
  readonly column?: string
  readonly daysColumn?: string
  readonly days?: number
  readonly otherwise?: string
}

export type CountSource =
  | { readonly kind: 'column'; readonly column: string; readonly nullAs?: number }
  | { readonly kind: 'length' }
  | { readonly kind: 'one' }

/** Where a concept column stands: on the event's row or on a row it points to. */
export interface ConceptPlace {
  readonly of: 'event' | 'person' | 'provider' | 'visit' | 'care-site' | 'care-site-location'
  readonly column: string
}

export type NumberSource =
  | { readonly kind: 'column'; readonly column: string }
  | { readonly kind: 'length' }
  | { readonly kind: 'age'; readonly at: 'start' | 'end' }
  | { readonly kind: 'ratio'; readonly of: string; readonly to: string }

export type Attribute =
  | { readonly kind: 'date'; readonly on: 'start' | 'end' }
  /**
   * `whole`: compared as integers (the rest of the number is cut), otherwise rounded to 4 decimals. `rangeOf`: where that
   * attribute is present too, its range is the one that counts.
   */
  | { readonly kind: 'number'; readonly source: NumberSource; readonly whole: boolean; readonly rangeOf?: string }
  | { readonly kind: 'text'; readonly column: string }
  /** A list of concepts; the attribute `excludedBy` turns it round. */
  | { readonly kind: 'concepts'; readonly place: ConceptPlace; readonly excludedBy?: string }
  /** A concept set with a flag for exclusion. */
  | { readonly kind: 'selection'; readonly place: ConceptPlace }
  /** The number of a concept set. */
  | { readonly kind: 'set'; readonly place: ConceptPlace }
  | {
      readonly kind: 'abnormal'
      readonly value: string
      readonly low: string
      readonly high: string
      readonly as: string
    }
  | { readonly kind: 'period' }

export const onStart: Attribute = { kind: 'date', on: 'start' }
export const onEnd: Attribute = { kind: 'date', on: 'end' }
export const length: Attribute = { kind: 'number', source: { kind: 'length' }, whole: true }

export function age(at: 'start' | 'end'): Attribute {
  return { kind: 'number', source: { kind: 'age', at }, whole: true }
}

export function whole(column: string): Attribute {
  return { kind: 'number', source: { kind: 'column', column }, whole: true }
}

export function decimal(column: string): Attribute {
  return { kind: 'number', source: { kind: 'column', column }, whole: false }
}

export function ratio(of: string, to: string): Attribute {
  return { kind: 'number', source: { kind: 'ratio', of, to }, whole: false }
}

export function text(column: string): Attribute {
  return { kind: 'text', column }
}

export function set(column: string): Attribute {
  return { kind: 'set', place: { of: 'event', column } }
}

/** The two ways to name concepts: a list under `name`, a concept set under `name` + `CS`. */
export function concepts(name: string, place: ConceptPlace, excludedBy?: string): Readonly<Record<string, Attribute>> {
  return {
    [name]: excludedBy === undefined ? { kind: 'concepts', place } : { kind: 'concepts', place, excludedBy },
    ...selection(name, place),
  }
}

export function selection(name: string, place: ConceptPlace): Readonly<Record<string, Attribute>> {
  return { [`${name}CS`]: { kind: 'selection', place } }
}

export function event(column: string): ConceptPlace {
  return { of: 'event', column }
}

export const gender: ConceptPlace = { of: 'person', column: 'gender_concept_id' }
export const specialty: ConceptPlace = { of: 'provider', column: 'specialty_concept_id' }
export const visitConcept: ConceptPlace = { of: 'visit', column: 'visit_concept_id' }
export const placeOfService: ConceptPlace = { of: 'care-site', column: 'place_of_service_concept_id' }

/** Attributes of everything that happened to a person at a visit. */
export const personAndVisit: Readonly<Record<string, Attribute>> = {
  Age: age('start'),
  ...concepts('Gender', gender),
  ...concepts('ProviderSpecialty', specialty),
  ...concepts('VisitType', visitConcept),
}

/** Attributes of eras. */
export const era: Readonly<Record<string, Attribute>> = {
  EraStartDate: onStart,
  EraEndDate: onEnd,
  EraLength: length,
  AgeAtStart: age('start'),
  AgeAtEnd: age('end'),
  ...concepts('Gender', gender),
}

export function counted(column: string): CountSource {
  return { kind: 'column', column }
}

/** Whether distinct occurrences of the domain can be counted by this column. */
export function canCount(domain: Domain, counted: CountColumn): boolean {
  return ['START_DATE', 'END_DATE', 'VISIT_ID'].includes(counted) || domain.counts[counted] !== undefined
}
