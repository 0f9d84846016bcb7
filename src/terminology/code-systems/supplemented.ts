/** Any code system with the words and properties of supplements beside its own. */
import type { JsonObject } from '../load/json.ts'
import type { CodeSystem, ConceptDesignation, ConceptHandle } from './code-system.ts'
import {
  type Addition,
  type Additions,
  additionProperties,
  additionsOf,
  pushAddition,
  supplementNames,
  supplementProperties,
} from './fhir-code-system.ts'

export function createSupplementedSystem(base: CodeSystem, supplements: readonly JsonObject[]): CodeSystem {
  const additions = additionsOf(supplements)
  const respelled = respelledIn(base, additions)
  const of = (concept: ConceptHandle) => {
    const found = additions.of(base.codeOf(concept))
    const more = respelled.get(concept)
    return more ? [...found, ...more] : found
  }
  const { identity } = base
  const { preferred, ...rest } = base
  return {
    ...rest,
    // The words of the supplements are chosen among, so the base's own short cut must not hide them.
    ...(preferred && {
      preferred: (concept, languages) => (of(concept).length === 0 ? preferred(concept, languages) : undefined),
    }),
    identity: {
      ...identity,
      properties: [...identity.properties, ...supplements.flatMap((each) => supplementProperties(each))],
      supplements: [...identity.supplements, ...supplementNames(supplements)],
    },
    designations(concept) {
      const own = base.designations(concept)
      const more = of(concept)
      if (more.length === 0) return own
      const words: ConceptDesignation[] = [...own]
      for (const addition of more) pushAddition(words, addition)
      return words
    },
    properties: (concept) => [...base.properties(concept), ...of(concept).flatMap(additionProperties)],
    extensions: (concept) => [
      ...(base.extensions?.(concept) ?? []),
      ...of(concept).flatMap(({ table, ordinal }) => table.extensions(ordinal)),
    ],
  }
}

/** Additions to concepts that the code system writes otherwise: an expression, a code in another case. */
function respelledIn(base: CodeSystem, { sources }: Additions): ReadonlyMap<ConceptHandle, readonly Addition[]> {
  const found = new Map<ConceptHandle, Addition[]>()
  for (const source of sources) {
    // Large ones come from code systems whose codes are written in one way only.
    if (source.table.words) continue
    for (let ordinal = 0; ordinal < source.table.size; ordinal += 1) {
      const code = source.table.code(ordinal)
      const { concept } = base.locate(code)
      if (concept === undefined || base.codeOf(concept) === code) continue
      const list = found.get(concept) ?? []
      found.set(concept, list)
      list.push({ ...source, ordinal })
    }
  }
  return found
}
