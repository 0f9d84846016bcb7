/** What only SNOMED CT says of a concept: relationship groups, why it was inactivated and what took its place, map reference sets. */
import type {
  AttributeRow,
  ConceptView,
  ForeignReference,
  Inactivation,
  LanguageTag,
  Mapping,
  Reference,
} from '#portal/terminology/browser.ts'
import type { ConceptHandle } from '../code-systems/code-system.ts'
import type { MemberRow, Ordinal } from '../ecl/substrate.ts'
import type { Edition } from '../snomed/edition.ts'
import type { OpenSystem } from './sources.ts'
import { referenceOf, termOf } from './terms.ts'

/** Concept inactivation indicator reference set; its `valueId` is the reason. */
const INACTIVATION_REASON = '900000000000489007'

export function editionGroups(
  system: OpenSystem,
  concept: ConceptHandle,
  languages: readonly LanguageTag[],
  version: string | undefined,
): ConceptView['groups'] {
  const { edition } = system
  if (!edition || typeof concept !== 'number') return []
  const reference = (ordinal: Ordinal): Reference => referenceOf(system, ordinal, languages, version)
  const groups = new Map<number, AttributeRow[]>()
  for (const { group, type, target } of edition.attributesOf(concept)) {
    const rows = groups.get(group) ?? []
    groups.set(group, rows)
    rows.push({
      type: reference(type),
      value: typeof target === 'number' ? reference(target) : { text: String(target.value) },
    })
  }
  return [...groups].sort(([a], [b]) => a - b).map(([number, rows]) => ({ number, rows }))
}

export function editionInactivation(
  system: OpenSystem,
  concept: ConceptHandle,
  languages: readonly LanguageTag[],
): Inactivation {
  const { edition } = system
  if (!edition || typeof concept !== 'number') return { replacements: [] }
  const reason = edition.ordinalOf(fieldOf(edition, INACTIVATION_REASON, concept, 'valueId') ?? '')
  return {
    ...(reason < 0 ? {} : { reason: termOf(system, reason, languages) }),
    replacements: edition.associationsOf(concept).flatMap(({ referenceSet, meaning, target }) => {
      const ordinal = edition.ordinalOf(target)
      if (ordinal < 0) return []
      const set = edition.ordinalOf(referenceSet)
      const association = meaning === undefined ? undefined : { text: sentenceCase(meaning), language: 'en' }
      return [
        {
          association: association ?? (set < 0 ? undefined : termOf(system, set, languages)) ?? { text: referenceSet },
          target: referenceOf(system, ordinal, languages),
        },
      ]
    }),
  }
}

function fieldOf(edition: Edition, referenceSet: string, concept: Ordinal, field: string): string | undefined {
  const set = edition.ordinalOf(referenceSet)
  if (set < 0) return undefined
  return edition
    .mapRows(set, concept)
    .find(({ active }) => active)
    ?.fields.get(field)
}

/** `REPLACED BY` → `Replaced by`. */
function sentenceCase(text: string): string {
  return text.charAt(0) + text.slice(1).toLowerCase()
}

/** Rows of map reference sets (RF2: a column `mapTarget`) for the concept. */
export function editionMappings(
  system: OpenSystem,
  concept: ConceptHandle,
  languages: readonly LanguageTag[],
): readonly Mapping[] {
  const { edition } = system
  if (!edition || typeof concept !== 'number') return []
  return edition.referenceSetsOf(concept).flatMap((sctid) => {
    const set = edition.ordinalOf(sctid)
    if (set < 0) return []
    return edition
      .mapRows(set, concept)
      .filter(({ active, fields }) => active && (fields.get('mapTarget') ?? '') !== '')
      .map((row) => mappingOf(system, set, row, languages))
  })
}

function mappingOf(
  system: OpenSystem,
  set: Ordinal,
  { fields }: MemberRow,
  languages: readonly LanguageTag[],
): Mapping {
  const { edition } = system
  const name = termOf(system, set, languages) ?? { text: edition?.sctidOf(set) ?? '' }
  const advice = [fields.get('mapRule'), fields.get('mapAdvice')].filter((part) => part !== undefined && part !== '')
  const other: ForeignReference = {
    system: '',
    code: fields.get('mapTarget') ?? '',
    systemName: name.text,
    active: true,
    loaded: false,
  }
  return {
    map: { url: `${system.url}?fhir_cm=${edition?.sctidOf(set)}`, name },
    other,
    ...(advice.length > 0 ? { comment: { text: [...new Set(advice)].join(' · '), language: 'en' } } : {}),
  }
}
