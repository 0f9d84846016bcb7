/** The model → CDA R2 as eHDSI exchanges it. The public door of this folder. */
import type { Composition, Identifier, Patient, Resource } from 'fhir/r4'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Terminology } from '#terminology/terminology.ts'
import type { ClinicalDocument } from '../../model/clinical-document.ts'
import { assemble, type Piece } from './element.ts'
import { writeStatement } from './entries/registry.ts'
import { fileBody, nonXmlBody } from './file-body.ts'
import { documentText, headerPieces, headerText } from './header/header.ts'
import { headerLeftovers, remainder } from './sections/remainder.ts'
import { section } from './sections/section.ts'
import { wellShaped } from './shape.ts'
import { whatOf } from './statement.ts'
import { isA, type NotWritten, startWriting, type Writing } from './writing.ts'

export type WriteProblemCode = 'cda-write-no-composition' | 'cda-write-no-patient' | 'cda-write-header-shape'

export interface WriteOptions {
  readonly terminology: Terminology
  /** Type of the document (LOINC), when it is another than the Composition says. */
  readonly kind?: string
  /** Identity of the written document, when it is another than the bundle's. */
  readonly ids?: { readonly document: Identifier; readonly set?: Identifier }
  /** Identity of the other form of the same document: of a PDF (level 1), its coded form, and the other way round. */
  readonly twin?: Identifier
  /** Pieces for `inFulfillmentOf`, which only dispensations have. */
  readonly fulfils?: (writing: Writing) => readonly Piece[]
}

export interface WrittenCda {
  readonly xml: string
  /** What CDA has no place of its own for, and where it stands instead. */
  readonly notWritten: readonly NotWritten[]
}

/** Writes a document as CDA level 3, or as level 1 when it is a file. */
export function writeCda(document: ClinicalDocument, options: WriteOptions): Result<WrittenCda, WriteProblemCode> {
  return withHeader(document, options, (shaped, composition, patient, writing) =>
    writeWhole(shaped, composition, patient, writing, options),
  )
}

export interface Level1Options extends WriteOptions {
  readonly file: Uint8Array
  readonly mediaType: 'application/pdf' | 'image/png' | 'image/jpeg'
}

/** The document as level 1: its header, and a file as body (PDF of the original, or an image). */
export function writeCdaLevel1(
  document: ClinicalDocument,
  options: Level1Options,
): Result<WrittenCda, WriteProblemCode> {
  return withHeader(document, options, (shaped, composition, patient, writing) => {
    const header = headerPieces({ document: shaped, composition, patient, level: 1, ...options }, writing, [])
    const body = nonXmlBody(options.mediaType, Buffer.from(options.file).toString('base64'))
    return { xml: documentText(header, body), notWritten: [] }
  })
}

/** Finds what every document needs, or says what is missing. */
function withHeader(
  given: ClinicalDocument,
  options: WriteOptions,
  write: (document: ClinicalDocument, composition: Composition, patient: Patient, writing: Writing) => WrittenCda,
): Result<WrittenCda, WriteProblemCode> {
  const bundle = wellShaped(given.bundle)
  const document = { ...given, bundle }
  const resources = (bundle.entry ?? []).flatMap(({ resource }) => resource ?? [])
  const found = resources.find((resource) => isA(resource, 'Composition'))
  if (found === undefined) {
    return failed('cda-write-no-composition', 'The document has no Composition.', 'Send a FHIR document bundle.')
  }
  const composition = typed(found, options.kind)
  const writing = startWriting(bundle, options.terminology, languageOf(document, composition), writeStatement)
  const patient = patientOf(composition, resources, writing)
  if (patient === undefined) {
    return failed('cda-write-no-patient', 'The document names no patient.', 'Send a document with its patient.')
  }
  try {
    return ok(write(document, composition, patient, writing))
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

/** The Composition with the type that is asked for, when it is another. */
function typed(composition: Composition, kind: string | undefined): Composition {
  const { coding = [] } = composition.type ?? {}
  if (kind === undefined || coding.some(({ code }) => code === kind)) return composition
  const asked = { system: 'http://loinc.org', code: kind }
  return { ...composition, type: { ...composition.type, coding: [asked, ...coding] } }
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
  const header = headerPieces(
    { document, composition, patient, level: document.origin.level ?? 3, ...options },
    writing,
    folded,
  )
  const file = document.origin.level === 1 ? fileBody(composition, writing) : undefined
  const facts = headerLeftovers(folded, headerText(header), writing)
  const body = file ?? structuredBody(document, composition, facts, writing)
  // What was not carried when the document was read is not in the model, and cannot be written.
  for (const { path, what } of document.account.notCarried) writing.notWritten.push({ path, what, where: 'nowhere' })
  if (file !== undefined) {
    for (const { path, valued } of facts) writing.notWritten.push({ path, what: whatOf(valued), where: 'nowhere' })
  }
  return { xml: documentText(header, body), notWritten: writing.notWritten }
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
