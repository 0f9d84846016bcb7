/**
 * A Composition for bundles that come without one (search results, collections, a bare resource): sections by type of
 * resource, so that the reader finds allergies before laboratory values. It is marked as added and states nothing that
 * the source does not: no author, no title, and the date of the bundle or none.
 */
import { isNode, type Node, node, nodes, text } from './node.ts'

const ABSENT = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason'

/** Section of the International Patient Summary in which each type of resource belongs (LOINC). */
const SECTION_OF: Readonly<Record<string, string>> = {
  AllergyIntolerance: '48765-2',
  MedicationStatement: '10160-0',
  MedicationRequest: '10160-0',
  MedicationAdministration: '10160-0',
  MedicationDispense: '10160-0',
  Condition: '11450-4',
  Procedure: '47519-4',
  DeviceUseStatement: '46264-8',
  Immunization: '11369-6',
  Observation: '30954-2',
  DiagnosticReport: '30954-2',
  CarePlan: '18776-5',
  Goal: '18776-5',
  Consent: '42348-3',
  Flag: '104605-1',
}

function unknownDate(root: Node): Node {
  const date = text(root.timestamp) ?? text(node(root.meta)?.lastUpdated)
  return date === undefined ? { _date: { extension: [{ url: ABSENT, valueCode: 'unknown' }] } } : { date }
}

/** An entry with a Composition made from the resources at hand. */
export function composeSections(entries: readonly Node[], root: Node): Record<string, unknown> {
  const sections = new Map<string, Node[]>()
  let patient: string | undefined
  for (const entry of entries) {
    const resource = node(entry.resource)
    const type = text(resource?.resourceType) ?? ''
    const reference = text(entry.fullUrl) ?? ''
    if (type === 'Patient') patient ??= reference
    const code = SECTION_OF[type]
    if (code !== undefined) sections.set(code, [...(sections.get(code) ?? []), { reference }])
  }
  const resource = {
    resourceType: 'Composition',
    extension: [{ url: 'urn:tessera:added', valueString: 'Composition' }],
    status: 'preliminary',
    type: { extension: [{ url: ABSENT, valueCode: 'unknown' }] },
    ...(patient === undefined ? {} : { subject: { reference: patient } }),
    ...unknownDate(root),
    author: [{ extension: [{ url: ABSENT, valueCode: 'unknown' }] }],
    _title: { extension: [{ url: ABSENT, valueCode: 'unknown' }] },
    section: [...sections].map(([code, entry]) => ({
      code: { coding: [{ system: 'http://loinc.org', code }] },
      entry,
    })),
  }
  return { fullUrl: 'urn:tessera:composition', resource }
}

/** Whether a Composition was added by the reader. */
export function isAdded(composition: Node): boolean {
  return nodes(composition.extension).some((extension) => isNode(extension) && extension.url === 'urn:tessera:added')
}
