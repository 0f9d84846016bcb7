/** Which descriptions each language reference set prefers or accepts: two bits a description and reference set. */
import { ACCEPTABLE, PREFERRED } from '../concepts.ts'
import { ACTIVE } from './columns.ts'
import type { Concepts } from './concepts.ts'
import type { Descriptions } from './descriptions.ts'
import {
  DESCRIPTION,
  EMPTY,
  FOREIGN,
  MEMBER_COMPONENT,
  MEMBER_FIXED,
  MEMBER_REFSET,
  MEMBER_STAMP,
  type MemberRows,
} from './members.ts'
import type { Notices } from './notices.ts'
import { pairOf } from './relationships.ts'

export const IS_ACCEPTABLE = 1
export const IS_PREFERRED = 2

export interface LanguageRefset {
  /** Component word: an ordinal, or an identifier outside the edition. */
  readonly refset: number
  /** Two bits per description, sixteen to a word. */
  readonly bits: Uint32Array
}

export function languageRefsets(
  members: MemberRows,
  concepts: Concepts,
  descriptions: Descriptions,
  notices: Notices,
): readonly LanguageRefset[] {
  const preferred = componentOf(PREFERRED, concepts, members)
  const acceptable = componentOf(ACCEPTABLE, concepts, members)
  const found = new Map<number, Uint32Array>()
  for (const table of members.tables) {
    const column = table.columns.indexOf('acceptabilityId')
    if (column < 0) continue
    for (let at = 0; at < table.count * table.stride; at += table.stride) {
      const component = table.words[at + MEMBER_COMPONENT] as number
      if ((table.words[at + MEMBER_STAMP] as number) < ACTIVE) continue
      const position = component >= FOREIGN || component < DESCRIPTION ? EMPTY : positionOf(component, descriptions)
      const value = table.words[at + MEMBER_FIXED + column]
      const state = value === preferred ? IS_PREFERRED : value === acceptable ? IS_ACCEPTABLE : 0
      if (position === EMPTY || state === 0) {
        notices.add(
          'rf2-language-gap',
          'A language reference set names a description that is not here, or an unknown acceptability.',
        )
        continue
      }
      const refset = table.words[at + MEMBER_REFSET] as number
      let bits = found.get(refset)
      if (!bits) {
        bits = new Uint32Array((descriptions.count >>> 4) + 1)
        found.set(refset, bits)
      }
      bits[position >>> 4] = (bits[position >>> 4] as number) | (state << ((position & 15) * 2))
    }
  }
  return [...found].map(([refset, bits]) => ({ refset, bits })).sort((a, b) => a.refset - b.refset)
}

function positionOf(component: number, descriptions: Descriptions): number {
  return descriptions.positions[component & ~DESCRIPTION] as number
}

/** The component word that rows have for this concept. */
export function componentOf(sctid: string, concepts: Concepts, members: MemberRows): number {
  const { high, low } = pairOf(sctid)
  const ordinal = concepts.ordinalOf(high, low)
  if (ordinal >= 0) return ordinal
  const foreign = members.foreign.find(high, low)
  return foreign < 0 ? EMPTY : (FOREIGN | foreign) >>> 0
}
