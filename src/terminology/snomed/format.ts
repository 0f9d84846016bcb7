/**
 * The sections of `edition.snomed` (a flat file, flat/container.ts). Words unless said otherwise; n concepts, m descriptions.
 *
 *   edition                  JSON: EditionSummary
 *   concept.ids              2n  SCTID halves, ascending: position = ordinal
 *   concept.slots                hash table over them (flat/pair-hash.ts)
 *   concept.stamps           n   active, defined, module, date (build/columns.ts)
 *   parent.starts, .entries      is-a, sorted; likewise child.*
 *   ancestor.*, descendant.*     its closure both ways (flat/deltas.ts)
 *   attribute.types              ordinals of the types
 *   attribute.starts, .rows      type position | group << 16, target: ordinal or bit 31 and a value
 *   attribute.reverse.starts, .reverse    per target: type position, source
 *   attribute.type.starts, .entries       per type position: sources
 *   value.*                      pool of concrete values as RF2 writes them (flat/text-pool.ts)
 *   description.starts       n+1 descriptions of a concept, in positions
 *   description.ids          2m
 *   description.concepts     m
 *   description.stamps       m
 *   description.kinds        m   type | language << 8 | case significance << 16
 *   description.terms            bytes, UTF-8
 *   description.offsets      m+1
 *   language.<i>             two bits per description: 1 acceptable, 2 preferred
 *   member.<i>               rows of one layout (build/members.ts), sorted by reference set and component
 *   member.<i>.refsets           3 words per reference set: component word, first row, row after the last
 *   member.<i>.by.<column>       row numbers, per reference set sorted by the word of this column
 *   member.foreign               pairs: identifiers that are neither concepts nor descriptions of this edition
 *   text.*                       pool of the members' texts
 *   words.entry              m   entry of a description in the index of its language
 *   words.<i>.entries            descriptions, best first; words.<i>.*: their index (flat/words.ts)
 */
import type { WordGroup } from './build/words.ts'

/** Raise it whenever a section changes its meaning. */
export const EDITION_FORMAT = 2
export const EDITION_FILE = 'edition.snomed'

export interface MemberLayout {
  readonly columns: readonly string[]
  /** One letter a column: c component, i integer, s text. */
  readonly kinds: string
  readonly rows: number
  /** Columns that have an index back. */
  readonly indexed: readonly string[]
}

export interface EditionSummary {
  readonly format: number
  /** `http://snomed.info/sct/<module>/version/<date>`, `xsct` for unpublished releases. */
  readonly uri: string
  readonly module: string
  /** YYYYMMDD. */
  readonly version: string
  readonly modules: readonly string[]
  readonly dates: readonly number[]
  readonly descriptionTypes: readonly string[]
  readonly caseSignificances: readonly string[]
  readonly languages: readonly string[]
  /** SCTIDs of the language reference sets, by section number. */
  readonly languageRefsets: readonly string[]
  readonly members: readonly MemberLayout[]
  readonly words: readonly WordGroup[]
  /** Module and version of everything the edition is made of, by the module dependency reference set. */
  readonly dependencies: readonly { readonly module: string; readonly version: string }[]
  readonly counts: Readonly<Record<string, number>>
  /** What was odd in the release and did not stop the import. */
  readonly notices: readonly { readonly sentence: string; readonly count: number; readonly place?: string }[]
}
