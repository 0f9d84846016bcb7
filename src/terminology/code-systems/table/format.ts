/**
 * Sections of a concept table (flat/container.ts), n concepts in the order of the resource, parents before children.
 * "Text" is a number in the pool `text`, plus 1; 0 is none.
 *
 *   meta                    JSON: TableMeta
 *   codes.*                 pool of codes; numbers beyond `code.first` are links to codes that are not there
 *   code.number, code.next  n: number of the code; the next concept with it, plus 1 (only where a code stands twice)
 *   code.first              by number: the first concept with it
 *   folded.*, folded.first  codes in lower case, likewise (only where case does not matter)
 *   text.*                  pool of all other texts
 *   display, definition, status, more   n texts; `more` is JSON: elements of the concept without an array of their own
 *   holder                  n: the concept that it stands in, plus 1 (only where some do)
 *   flags                   n bytes
 *   designation.starts      n+1; rows: .language, .use (JSON), .value, .more (JSON) texts
 *   property.starts         n+1; rows: .key (TableMeta.keys), .value (number in `text`)
 *   parents.*, children.*   starts, entries
 *   words.<k>.*             word index of TableMeta.languages[k]; words.<k>.concept: the concept of each entry
 *   words.codes.*           word index of the codes; entry = concept
 */
import type { FhirProperty } from '../../operations/fhir.ts'

/** Raise it whenever the meaning of a section changes. */
export const TABLE_FORMAT = 1

export const INACTIVE = 1
export const ABSTRACT = 2

/** Which property, of which type, and how its value is written. */
export interface PropertyKey {
  readonly code: string
  readonly type: FhirProperty['type']
  /** The value is JSON; otherwise it is a string as it stands. */
  readonly json: boolean
}

export interface TableMeta {
  readonly format: number
  readonly size: number
  readonly nested: boolean
  readonly repeated: boolean
  readonly folded: boolean
  /** MeaningNames.key that flags and hierarchy were made with. */
  readonly meaning: string
  readonly keys: readonly PropertyKey[]
  readonly languages: readonly string[]
}

export const MOST_KEYS = 0xffff
