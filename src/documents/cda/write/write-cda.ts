/** The model → CDA R2 as eHDSI exchanges it. The public door of this folder. */
import type { Composition, Identifier, Patient, Resource } from 'fhir/r4'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Terminology } from '#terminology/terminology.ts'
import type { ClinicalDocument } from '../../model/clinical-document.ts'
import { uuidOf } from '../reading.ts'
import { assemble, type Piece, templateIds } from './element.ts'
import { writeStatement } from './entries/registry.ts'
import { fileBody } from './file-body.ts'
import { participants } from './header/contacts.ts'
import { documentFacts, documentPeople, documentRelations } from './header/document.ts'
import { recordTarget } from './header/patient.ts'
import { compositionWithLists, patientWithLists } from './header/shape.ts'
import { headerLeftovers, remainder } from './sections/remainder.ts'
import { section } from './sections/section.ts'
import { DOCUMENT_TEMPLATES } from './sections/templates.ts'
import { whatOf } from './statement.ts'
import { isA, type NotWritten, startWriting, type Writing } from './writing.ts'

export type WriteProblemCode = 'cda-write-no-composition' | 'cda-write-no-patient' | 'cda-write-header-shape'

export interface WriteOptions {
  readonly terminology: Terminology
  /** Type of the document (LOINC), when it is another than the Composition says. */
  readonly kind?: string
  /** Identity of the written document, when it is another than the bundle's. */
  readonly ids?: { readonly document: Identifier; readonly set?: Identifier }
  /** Identity of the PDF (level 1) of which this document is the coded form (relatedDocument XFRM). */
  readonly pdf?: Identifier
}

export interface WrittenCda {
  readonly xml: string
  /** What CDA has no place of its own for, and where it stands instead. */
  readonly notWritten: readonly NotWritten[]
}

/** Writes a document as CDA level 3, or as level 1 when it is a file. */
export function writeCda(document: ClinicalDocument, options: WriteOptions): Result<WrittenCda, WriteProblemCode> {
  const resources = (document.bundle.entry ?? []).flatMap(({ resource }) => resource ?? [])
  const found = resources.find((resource) => isA(resource, 'Composition'))
  const composition = found === undefined ? undefined : compositionWithLists(found)
  if (composition === undefined) {
    return failed('cda-write-no-composition', 'The document has no Composition.', 'Send a FHIR document bundle.')
  }
  const writing = startWriting(document.bundle, options.terminology, languageOf(document, composition), writeStatement)
  const patient = patientOf(composition, resources, writing)
  if (patient === undefined) {
    return failed('cda-write-no-patient', 'The document names no patient.', 'Send a document with its patient.')
  }
  try {
    return ok(writeWhole(document, composition, patientWithLists(patient), writing, options))
  } catch (error) {
    // Statements of another shape than FHIR's are tolerated; a header of another shape names nobody reliably.
    if (!(error instanceof TypeError)) throw error
    return failed(
      'cda-write-header-shape',
      'The Composition, the patient or a person of the header is not built as FHIR says.',
      'Validate the document (tessera validate) and send it corrected.',
    )
  }
}

function languageOf({ bundle, origin }: ClinicalDocument, composition: Composition): string {
  const stated = [composition.language, bundle.language, origin.language].find((tag) => /^[A-Za-z-]+$/.test(tag ?? ''))
  return stated ?? 'und'
}

function patientOf(composition: Composition, resources: readonly Resource[], writing: Writing): Patient | undefined {
  const named = writing.resources.get(composition.subject?.reference ?? '')
  if (isA(named, 'Patient')) return named
  return resources.find((resource) => isA(resource, 'Patient'))
}

function writeWhole(
  document: ClinicalDocument,
  composition: Composition,
  patient: Patient,
  writing: Writing,
  options: WriteOptions,
): WrittenCda {
  const folded: Resource[] = [composition]
  const header = headerPieces(document, composition, patient, writing, options, folded)
  const file = document.origin.level === 1 ? fileBody(composition, writing) : undefined
  const made = assemble('ClinicalDocument', 'ClinicalDocument', {}, header).xml
  const facts = headerLeftovers(folded, made, writing)
  const body = file ?? structuredBody(document, composition, facts, writing)
  if (file !== undefined) {
    for (const { path, valued } of facts) writing.notWritten.push({ path, what: whatOf(valued), where: 'nowhere' })
  }
  const root = assemble('ClinicalDocument', 'ClinicalDocument', NAMESPACES, [
    ...header,
    assemble('Component2', 'component', {}, [body]),
  ])
  return { xml: `<?xml version="1.0" encoding="UTF-8"?>\n${root.xml}\n`, notWritten: writing.notWritten }
}

const NAMESPACES = {
  xmlns: 'urn:hl7-org:v3',
  'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
  'xmlns:pharm': 'urn:hl7-org:pharm',
}

function headerPieces(
  document: ClinicalDocument,
  composition: Composition,
  patient: Patient,
  writing: Writing,
  options: WriteOptions,
  folded: Resource[],
): Piece[] {
  const { bundle, origin } = document
  const own = bundle.identifier ??
    composition.identifier ?? { system: 'urn:ietf:rfc3986', value: `urn:uuid:${uuidOf(bundle.id ?? '')}` }
  const set = isSame(composition.identifier, own) ? undefined : composition.identifier
  const kind =
    options.kind ?? composition.type.coding?.find(({ code }) => code !== undefined && code in DOCUMENT_TEMPLATES)?.code
  const templates = DOCUMENT_TEMPLATES[kind ?? '']
  const template = origin.level === 1 ? (templates?.level1 ?? templates?.level3) : templates?.level3
  return [
    ...(template === undefined ? [] : templateIds(template)),
    ...documentFacts(composition, options.ids ?? { document: own, set }, writing.language, writing),
    recordTarget(patient, writing, folded),
    ...documentPeople(composition, writing, folded),
    ...participants(patient, writing, folded),
    ...documentRelations(composition, options.pdf, writing, folded),
  ]
}

function isSame(one: Identifier | undefined, other: Identifier): boolean {
  return one === undefined || (one.system === other.system && one.value === other.value)
}

function structuredBody(
  document: ClinicalDocument,
  composition: Composition,
  facts: Parameters<typeof remainder>[0],
  writing: Writing,
): Piece {
  const sections = (composition.section ?? []).map((held, at) => section(held, writing, String(at + 1)))
  const last = remainder(facts, document.bundle, writing)
  const pieces = [...sections, ...(last === undefined ? [] : [last])].map((piece) =>
    assemble('Component3', 'component', {}, [piece]),
  )
  return assemble('StructuredBody', 'structuredBody', {}, pieces)
}
