/**
 * The account of a FHIR document: each statement and its fate, and every fact that the document points to or states
 * but that cannot be shown. Computed from the assembled bundle, independently of how it is rendered.
 */
import { concept, isNode, type Node, node, nodes, text } from '../fhir/node.ts'
import { containedIn, type Entry, type EntryIndex } from '../fhir/references.ts'
import type { NotCarried, Statement } from '../model/account.ts'
import { REASONS } from './reasons.ts'

/** Resources that describe people, places and the making of the document; they are shown, but they are no statements about health. */
const NO_STATEMENT = new Set([
  'Composition',
  'Patient',
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'RelatedPerson',
  'Person',
  'Group',
  'Location',
  'HealthcareService',
  'Endpoint',
  'Provenance',
  'Bundle',
  'OperationOutcome',
  'Parameters',
  'Medication',
  'Device',
  'Specimen',
  'Binary',
  'List',
  'AuditEvent',
])

export const NOT_CARRIED_EXTENSION = 'urn:tessera:not-carried'

const SUBJECT_FIELDS = [
  'code',
  'vaccineCode',
  'medicationCodeableConcept',
  'medication',
  'medicationReference',
  'device',
  'description',
  'type',
  'category',
  'class',
  'scope',
  'modality',
] as const

/** Whether a concept has a code. */
function isCoded(value: unknown): boolean {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.some((item) => concept(item)?.codings.some(({ code }) => code !== '') ?? false)
}

function referred(resource: Node, value: unknown, index: EntryIndex, from: Entry): Node | undefined {
  const reference = text(node(value)?.reference)
  if (reference === undefined) return undefined
  return reference.startsWith('#') ? containedIn(resource, reference) : index.find(reference, from)?.resource
}

function fateOf(entry: Entry, index: EntryIndex): Statement['fate'] {
  for (const field of SUBJECT_FIELDS) {
    const value = entry.resource[field]
    if (value === undefined) continue
    if (isCoded(value)) return 'coded'
    const target = referred(entry.resource, value, index, entry)
    if (target && (isCoded(target.code) || isCoded(target.type))) return 'coded'
    if (field !== 'category' && field !== 'type') return 'text'
  }
  return 'text'
}

function sectionStatements(sections: readonly Node[], path: string, composition: Entry, out: Statement[]): void {
  sections.forEach((section, position) => {
    const place = `${path}section[${position}]`
    const silent = nodes(section.entry).length === 0 && section.emptyReason === undefined
    if (silent && nodes(section.section).length === 0 && text(node(section.text)?.div) !== undefined) {
      out.push({ path: `${place}.text`, fate: 'text', resource: composition.fullUrl })
    }
    sectionStatements(nodes(section.section), `${place}.`, composition, out)
  })
}

/** Every statement of the document: one per clinical resource, one per section that only speaks in words. */
export function fhirStatements(index: EntryIndex): readonly Statement[] {
  const statements: Statement[] = []
  for (const entry of index.entries) {
    const type = text(entry.resource.resourceType) ?? ''
    const path = `entry[${entry.index}].resource`
    if (type === 'Composition') {
      sectionStatements(nodes(entry.resource.section), `${path}.`, entry, statements)
    } else if (!NO_STATEMENT.has(type)) {
      statements.push({ path, fate: fateOf(entry, index), resource: entry.fullUrl })
    }
  }
  return statements
}

/** Fields whose target is the statement itself: without it the row has no name. */
const ESSENTIAL = ['medicationReference', 'medication', 'device'] as const

function dangling(sections: readonly Node[], path: string, from: Entry, index: EntryIndex, out: NotCarried[]): void {
  sections.forEach((section, position) => {
    const place = `${path}section[${position}]`
    nodes(section.entry).forEach((item, entry) => {
      const reference = text(item.reference)
      const held = reference?.startsWith('#')
        ? containedIn(from.resource, reference)
        : index.find(reference ?? '', from)
      if (!held) {
        const what = reference ?? text(item.display) ?? JSON.stringify(item)
        out.push({
          path: `${place}.entry[${entry}]`,
          what,
          why: REASONS['missing-entry'],
        })
      }
    })
    dangling(nodes(section.section), `${place}.`, from, index, out)
  })
}

/** What the document refers to without holding it, as far as a reader would miss it. */
export function missingTargets(index: EntryIndex): readonly NotCarried[] {
  const missing: NotCarried[] = []
  for (const entry of index.entries) {
    const path = `entry[${entry.index}].resource`
    if (entry.resource.resourceType === 'Composition') {
      dangling(nodes(entry.resource.section), `${path}.`, entry, index, missing)
    }
    for (const field of ESSENTIAL) {
      const value = node(entry.resource[field])
      const reference = text(value?.reference)
      if (reference !== undefined && value && !referred(entry.resource, value, index, entry)) {
        const what = [reference, text(value.display)].filter((part) => part !== undefined).join(' ')
        missing.push({
          path: `${path}.${field}`,
          what,
          why: REASONS['missing-target'],
        })
      }
    }
  }
  return missing
}

/** What another node could not carry when it made this document from CDA; it travels in the Composition. */
export function carriedOver(composition: Node): readonly NotCarried[] {
  return nodes(composition.extension).flatMap((extension) => {
    if (!isNode(extension) || extension.url !== NOT_CARRIED_EXTENSION) return []
    const part = (name: string): string =>
      text(nodes(extension.extension).find(({ url }) => url === name)?.valueString) ?? ''
    return [{ path: part('path'), what: part('what'), why: part('why') }]
  })
}
