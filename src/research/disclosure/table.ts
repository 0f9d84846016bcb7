/**
 * The exact table that an analysis hands to disclosure control. It says which persons stand in each cell, not how many: the
 * unit is the distinct person by construction, margins are unions, and what was answered before can be compared.
 */

/** Stable numbers of persons in the dataset (before pseudonyms of a permit): whole numbers, or bigints of 64 bits. */
export type PersonIds = ArrayLike<number> | ArrayLike<bigint>

export interface TableDimension {
  readonly name: string
  /** All levels, also those without a person: an absent row would tell a zero. */
  readonly levels: readonly string[]
  /** A person may stand in several levels (conditions): margins are then no sums. */
  readonly overlapping?: boolean
  /**
   * Of one that is overlapping: within one level of the dimension of this name a person stands in one of its levels only (the
   * age at the entry, of each of several cohorts), so that there its margins are sums, and are protected as sums.
   */
  readonly apartWithin?: string
  /** Levels were found in the data: one of which nothing is shown is left out, since its name alone tells that it is not empty. */
  readonly discovered?: boolean
}

export interface TableMeasure {
  readonly name: string
  /** A person in several cells: contributions `add` up in a margin (costs by month), or count `once` (age). */
  readonly acrossCells: 'add' | 'once'
}

/** Never leaves the process that made it. */
export interface ExactCell {
  /** One level of each dimension, in their order. */
  readonly key: readonly string[]
  /** In any order; a person given twice counts once. */
  readonly persons: PersonIds
  /** For each measure one value for each entry of `persons`; NaN: the person has none. */
  readonly values?: Readonly<Record<string, ArrayLike<number>>>
}

/** Cells that are absent are empty. Margins are made here, never given. Without dimensions: one cell with the key []. */
export interface ExactTable {
  readonly dimensions: readonly TableDimension[]
  readonly measures?: readonly TableMeasure[]
  readonly cells: readonly ExactCell[]
}

/** `null` in a key: all levels of that dimension together. */
export type GridKey = readonly (string | null)[]

/** Of the persons who have a value; three significant digits. The sum is the mean times that number of persons. */
export interface ReleasedMeasure {
  readonly persons: number
  readonly mean: number
  readonly sum: number
}

export interface ReleasedCell {
  readonly key: GridKey
  /** `null`: hidden, for whichever reason. */
  readonly persons: number | null
  /** Absent where persons are hidden. */
  readonly measures?: Readonly<Record<string, ReleasedMeasure>>
}

/** What is proven of a release without telling it: hashes are keyed, since a small table could be guessed from a plain one. */
export interface ReleaseEvidence {
  readonly format: 1
  readonly rules: string
  readonly dataset: string
  readonly permit: string
  readonly released: string
  /** HMAC-SHA-256 over the persons of every cell, over the exact counts, and over the released cells. Hex. */
  readonly inputHash: string
  readonly exactHash: string
  readonly releasedHash: string
  readonly frequencyFloor: number
  readonly hidden: number
  readonly shown: number
  readonly noise: NoiseStatement
  /** How the intervals of hidden cells were found. */
  readonly audit: { readonly method: 'simplex'; readonly narrowest: number | null }
  readonly reviewedBy?: string
}

export type NoiseStatement =
  | { readonly kind: 'round'; readonly base: number }
  /** Added to the count; `weights[i]` is the relative frequency of `i - spread`. */
  | {
      readonly kind: 'cell-key'
      readonly spread: number
      readonly weights: readonly number[]
      readonly variance: number
    }
  /** Two-sided geometric: P(d) = (1 - a)/(1 + a) a^|d| with a = exp(-epsilon/sensitivity). */
  | { readonly kind: 'geometric'; readonly epsilon: number; readonly sensitivity: number }

export interface ReleasedTable {
  readonly dimensions: readonly TableDimension[]
  readonly cells: readonly ReleasedCell[]
  readonly evidence: ReleaseEvidence
}
