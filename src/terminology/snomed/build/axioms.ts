/** What OWL axioms say, for a release without inferred relationships. */
import { OWL_AXIOM_REFSET } from '../concepts.ts'
import { readAxiom } from '../rf2/axioms.ts'
import { ACTIVE } from './columns.ts'
import type { Concepts } from './concepts.ts'
import { MEMBER_COMPONENT, MEMBER_FIXED, MEMBER_REFSET, MEMBER_STAMP, type MemberRows } from './members.ts'
import type { Notices } from './notices.ts'
import { CONCRETE, pairOf, type RelationshipRows } from './relationships.ts'

/**
 * Adds parents and attributes of active concepts as far as their axioms name them, where nothing was classified. A concept
 * that the release's own classification left out has no place in its hierarchy, whatever its author stated.
 */
export function completeFromAxioms(
  concepts: Concepts,
  relationships: RelationshipRows,
  members: MemberRows,
  notices: Notices,
): void {
  if (relationships.parents.length > 0) return
  const lacking = new Uint8Array(concepts.count)
  for (let concept = 0; concept < concepts.count; concept += 1) {
    lacking[concept] = (concepts.stamps[concept] as number) >= ACTIVE ? 1 : 0
  }
  const { words, length } = relationships.parents
  for (let row = 0; row < length; row += 2) lacking[words[row] as number] = 0
  const { high, low } = pairOf(OWL_AXIOM_REFSET)
  const refset = concepts.ordinalOf(high, low)
  const groups = new Map<number, number>()
  for (const table of members.tables) {
    const column = table.columns.indexOf('owlExpression')
    if (column < 0) continue
    for (let at = 0; at < table.count * table.stride; at += table.stride) {
      const component = table.words[at + MEMBER_COMPONENT] as number
      if ((table.words[at + MEMBER_STAMP] as number) < ACTIVE || lacking[component] !== 1) continue
      if (refset >= 0 && table.words[at + MEMBER_REFSET] !== refset) continue
      const axiom = readAxiom(members.texts.text(table.words[at + MEMBER_FIXED + column] as number))
      if (!axiom.ok) notices.add('rf2-axiom', 'An OWL axiom cannot be read and is kept as text only.')
      else if (axiom.value) apply(axiom.value, component)
    }
  }

  function apply(axiom: NonNullable<Extract<ReturnType<typeof readAxiom>, { ok: true }>['value']>, component: number) {
    const ordinal = (sctid: string): number => {
      const pair = pairOf(sctid)
      return concepts.ordinalOf(pair.high, pair.low)
    }
    if (ordinal(axiom.concept) !== component) return
    notices.add('rf2-from-axiom', 'A concept has no inferred relationship; its axiom was read instead.')
    for (const parent of axiom.parents) {
      const target = ordinal(parent)
      if (target >= 0) relationships.addParent(component, target)
    }
    // Groups are counted on from axiom to axiom of the same concept.
    const before = groups.get(component) ?? 0
    let last = before
    for (const { group, type, value, concrete } of axiom.attributes) {
      const kind = ordinal(type)
      const target = concrete ? (CONCRETE | relationships.values.numberOfText(value)) >>> 0 : ordinal(value)
      const number = group === 0 ? 0 : before + group
      last = Math.max(last, number)
      if (kind >= 0 && target >= 0) relationships.addAttribute(component, number, kind, target)
    }
    groups.set(component, last)
  }
}
