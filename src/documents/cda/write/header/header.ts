/** The whole header of a document, of level 3 or 1, and the document around header and body. */
import type { Composition, Identifier, Patient, Resource } from 'fhir/r4'
import type { ClinicalDocument } from '../../../model/clinical-document.ts'
import { uuidOf } from '../../reading.ts'
import { assemble, type Piece, templateIds } from '../element.ts'
import { DOCUMENT_TEMPLATES } from '../sections/templates.ts'
import type { Writing } from '../writing.ts'
import { participants } from './contacts.ts'
import { documentFacts, documentPeople, documentRelations } from './document.ts'
import { recordTarget } from './patient.ts'

export interface HeaderOptions {
  readonly document: ClinicalDocument
  readonly composition: Composition
  readonly patient: Patient
  readonly level: 1 | 3
  /** Type of the document (LOINC), when it is another than the Composition says. */
  readonly kind?: string
  readonly ids?: { readonly document: Identifier; readonly set?: Identifier }
  /** Identity of the other form of the same document (relatedDocument XFRM). */
  readonly twin?: Identifier
  /** Pieces for `inFulfillmentOf`, which only dispensations have. */
  readonly fulfils?: (writing: Writing) => readonly Piece[]
}

export function headerPieces(options: HeaderOptions, writing: Writing, folded: Resource[]): Piece[] {
  const { composition, patient } = options
  return [
    ...templatesOf(options),
    ...documentFacts(composition, identitiesOf(options), writing.language, writing),
    recordTarget(patient, writing, folded),
    ...documentPeople(composition, writing, folded),
    ...participants(patient, writing, folded),
    ...(options.fulfils?.(writing) ?? []),
    ...documentRelations(composition, options.twin, writing, folded),
  ]
}

function templatesOf({ composition, kind, level }: HeaderOptions): Piece[] {
  const stated = composition.type?.coding?.find(({ code }) => code !== undefined && code in DOCUMENT_TEMPLATES)?.code
  const templates = DOCUMENT_TEMPLATES[kind ?? stated ?? '']
  const template = level === 1 ? (templates?.level1 ?? templates?.level3) : templates?.level3
  return template === undefined ? [] : templateIds(template)
}

/** The bundle's identity is the document's; the Composition's, when it is another, is the set that it belongs to. */
function identitiesOf({ document, composition, ids }: HeaderOptions): {
  document: Identifier
  set?: Identifier | undefined
} {
  if (ids !== undefined) return ids
  const own =
    document.bundle.identifier ??
    composition.identifier ??
    ({ system: 'urn:ietf:rfc:3986', value: `urn:uuid:${uuidOf(document.bundle.id ?? '')}` } satisfies Identifier)
  const { identifier: set } = composition
  return set === undefined || (set.system === own.system && set.value === own.value)
    ? { document: own }
    : { document: own, set }
}

const NAMESPACES = {
  xmlns: 'urn:hl7-org:v3',
  'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
  'xmlns:pharm': 'urn:hl7-org:pharm',
}

/** The text of the header alone, to look facts up in. */
export function headerText(header: readonly Piece[]): string {
  return assemble('ClinicalDocument', 'ClinicalDocument', {}, header).xml
}

/** The finished document. */
export function documentText(header: readonly Piece[], body: Piece): string {
  const component = assemble('Component2', 'component', {}, [body])
  const root = assemble('ClinicalDocument', 'ClinicalDocument', NAMESPACES, [...header, component])
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root.xml}\n`
}
