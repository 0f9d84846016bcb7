/** FHIR ConceptMap (R4, and R5's relationships) → mappings. */
import type { Content, Relationship } from '../content.ts'
import type { LoadCounts, Provenance, Remark } from './fhir.ts'
import { isObject, type JsonObject, objects, text } from './json.ts'

const R4_RELATIONSHIPS: Readonly<Record<string, Relationship>> = {
  equal: 'equal',
  equivalent: 'equivalent',
  wider: 'wider',
  subsumes: 'wider',
  narrower: 'narrower',
  specializes: 'narrower',
  inexact: 'inexact',
  relatedto: 'relatedto',
}

// R5 turned the words round: there `source-is-narrower-than-target` is what R4 calls a wider target.
const R5_RELATIONSHIPS: Readonly<Record<string, Relationship>> = {
  equivalent: 'equivalent',
  'source-is-narrower-than-target': 'wider',
  'source-is-broader-than-target': 'narrower',
  'related-to': 'relatedto',
}

/** Groups of an active map; drafts and retired maps are never used. */
export function loadConceptMap(
  content: Content,
  resource: JsonObject,
  provenance: Provenance,
  counts: LoadCounts,
): Remark[] {
  const url = text(resource.url)
  if (url === undefined) return ['The ConceptMap has no url, so nothing can refer to it.']
  if (resource.status !== 'active') {
    return [`The ConceptMap ${url} is ${text(resource.status) ?? 'without status'}, not active: it is not used.`]
  }
  const remarks: Remark[] = []
  counts.conceptMaps++
  for (const group of objects(resource.group)) {
    const source = text(group.source)?.split('|')[0]
    const target = text(group.target)?.split('|')[0]
    if (source === undefined || target === undefined) {
      remarks.push(`A group of the ConceptMap ${url} does not name its source and target system: it is not used.`)
      continue
    }
    if (isObject(group.unmapped)) {
      remarks.push(`The ConceptMap ${url} has a rule for unmapped codes: it is not used, such codes stay unmapped.`)
    }
    const systems = { source: provenance.canonical(source), target: provenance.canonical(target) }
    for (const element of objects(group.element)) loadElement(content, element, systems, url, counts)
  }
  return remarks
}

function loadElement(
  content: Content,
  element: JsonObject,
  systems: { readonly source: string; readonly target: string },
  map: string,
  counts: LoadCounts,
): void {
  const code = text(element.code)
  if (code === undefined) return
  for (const target of objects(element.target)) {
    const targetCode = text(target.code)
    const relationship =
      R4_RELATIONSHIPS[text(target.equivalence) ?? ''] ?? R5_RELATIONSHIPS[text(target.relationship) ?? '']
    // unmatched and disjoint say that there is no target
    if (targetCode === undefined || relationship === undefined) continue
    const display = text(target.display)
    const comment = text(target.comment)
    content.mappings.push({
      source: { system: systems.source, code },
      target: { system: systems.target, code: targetCode, ...(display !== undefined && { display }) },
      relationship,
      ...(comment !== undefined && { comment }),
      map,
    })
    counts.mappings++
  }
}
