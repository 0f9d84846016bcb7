/** The descriptions of an edition, by position. */
import type { FlatFile } from '#terminology/flat/container.ts'
import { formatPair } from '#terminology/flat/pair-hash.ts'
import type { Acceptability, DescriptionRow } from '../ecl/substrate.ts'
import { IS_PREFERRED } from './build/acceptability.ts'
import { ACTIVE } from './build/columns.ts'
import type { EditionSummary } from './format.ts'

export interface DescriptionTable {
  readonly count: number
  readonly types: readonly string[]
  readonly languages: readonly string[]
  /** SCTIDs; a reference set is meant by its position here. */
  readonly languageRefsets: readonly string[]
  /** Positions of the descriptions of a concept. */
  rangeOf(concept: number): { readonly from: number; readonly to: number }
  conceptAt(position: number): number
  idAt(position: number): string
  termAt(position: number): string
  /** Bytes of the term in UTF-8. */
  lengthAt(position: number): number
  isActive(position: number): boolean
  /** Positions in `types` and `languages`. */
  typeAt(position: number): number
  languageAt(position: number): number
  isPreferred(position: number, refset: number): boolean
  acceptabilityAt(position: number, refset: number): Acceptability | undefined
  rowAt(position: number): DescriptionRow
}

export function readDescriptions(flat: FlatFile, summary: EditionSummary): DescriptionTable {
  const starts = flat.words('description.starts')
  const ids = flat.words('description.ids')
  const concepts = flat.words('description.concepts')
  const stamps = flat.words('description.stamps')
  const kinds = flat.words('description.kinds')
  const offsets = flat.words('description.offsets')
  const terms = flat.bytes('description.terms')
  const text = Buffer.from(flat.shared, terms.byteOffset, terms.length)
  const refsets = summary.languageRefsets.map((_, index) => flat.words(`language.${index}`))
  const stateAt = (position: number, refset: number): number =>
    ((refsets[refset]?.[position >>> 4] ?? 0) >>> ((position & 15) * 2)) & 3
  const acceptabilityAt = (position: number, refset: number): Acceptability | undefined => {
    const state = stateAt(position, refset)
    return state === 0 ? undefined : (state & IS_PREFERRED) !== 0 ? 'preferred' : 'acceptable'
  }
  const table: DescriptionTable = {
    count: concepts.length,
    types: summary.descriptionTypes,
    languages: summary.languages,
    languageRefsets: summary.languageRefsets,
    rangeOf: (concept) => ({ from: starts[concept] as number, to: starts[concept + 1] as number }),
    conceptAt: (position) => concepts[position] as number,
    idAt: (position) => formatPair(ids[position * 2] as number, ids[position * 2 + 1] as number),
    termAt: (position) => text.toString('utf8', offsets[position], offsets[position + 1]),
    lengthAt: (position) => (offsets[position + 1] as number) - (offsets[position] as number),
    isActive: (position) => (stamps[position] as number) >= ACTIVE,
    typeAt: (position) => (kinds[position] as number) & 0xff,
    languageAt: (position) => ((kinds[position] as number) >>> 8) & 0xff,
    isPreferred: (position, refset) => (stateAt(position, refset) & IS_PREFERRED) !== 0,
    acceptabilityAt,
    rowAt: (position) => {
      const stamp = stamps[position] as number
      const kind = kinds[position] as number
      const acceptability = new Map<string, Acceptability>()
      summary.languageRefsets.forEach((refset, index) => {
        const found = acceptabilityAt(position, index)
        if (found) acceptability.set(refset, found)
      })
      return {
        id: table.idAt(position),
        active: stamp >= ACTIVE,
        term: table.termAt(position),
        language: summary.languages[(kind >>> 8) & 0xff] ?? '',
        type: summary.descriptionTypes[kind & 0xff] ?? '',
        module: summary.modules[(stamp >>> 16) & 0x3fff] ?? '',
        effectiveTime: summary.dates[stamp & 0xffff] ?? 0,
        caseSignificance: summary.caseSignificances[(kind >>> 16) & 0xff] ?? '',
        acceptability,
      }
    },
  }
  return table
}
