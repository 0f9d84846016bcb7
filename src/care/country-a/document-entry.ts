/**
 * National documents → entries of the list. The renditions of one document (structured, PDF, source) stand under one
 * DocumentReference: DocumentReference-minimal-myhealtheu, with what EehrxfMhdDocumentReference asks for besides
 * (subject, date, custodian, category).
 */
import type { DocumentReference, DocumentReferenceContent } from 'fhir/r4'
import type { NationalDocument, NationalPatient } from '#national/connector.ts'
import { FHIR_JSON } from '#wire/fhir/outcome.ts'
import { SHA256_EXTENSION } from '#wire/fhir/remote-resources.ts'
import { minimalPatient } from './minimal-patient.ts'
import type { OpaqueIds } from './opaque-id.ts'

/** One document in the eyes of the reader, with the national files that it can be given from. */
export interface NationalEntry {
  /** Names the entry; its metadata are shown. */
  readonly main: NationalDocument
  /** What the FHIR document is made from. */
  readonly structured?: NationalDocument
  /** Where the original PDF is: a PDF, or CDA level 1 with a PDF inside. */
  readonly pdf?: NationalDocument
  /** The national CDA, given as it is. */
  readonly source?: NationalDocument
}

/**
 * Groups a structured document with the originals that name it (or that it names): a PDF, or level 1 with a PDF inside.
 * What belongs to no structured document stands alone. Newest first.
 */
export function groupEntries(documents: readonly NationalDocument[]): readonly NationalEntry[] {
  const originals = documents.filter(isOriginal)
  const taken = new Set<string>()
  const entries: NationalEntry[] = []
  for (const main of documents.filter((document) => !isOriginal(document))) {
    const own = originals.filter(
      (other) => !taken.has(other.id) && (other.related === main.id || main.related === other.id),
    )
    for (const { id } of own) taken.add(id)
    const pdf = own.find(({ format }) => format === 'pdf') ?? own[0]
    entries.push({
      main,
      structured: main,
      ...(pdf ? { pdf } : {}),
      ...(main.format === 'cda-l3' ? { source: main } : {}),
    })
  }
  for (const alone of originals.filter(({ id, format }) => !taken.has(id) && format === 'cda-l1')) {
    const pdf = originals.find(({ id, related, format }) => format === 'pdf' && related === alone.id && !taken.has(id))
    for (const { id } of [alone, ...(pdf ? [pdf] : [])]) taken.add(id)
    entries.push({ main: alone, structured: alone, pdf: pdf ?? alone, source: alone })
  }
  for (const alone of originals.filter(({ id }) => !taken.has(id))) entries.push({ main: alone, pdf: alone })
  return entries.sort((left, right) => Date.parse(right.main.effectiveTime) - Date.parse(left.main.effectiveTime))
}

function isOriginal({ format }: NationalDocument): boolean {
  return format === 'cda-l1' || format === 'pdf'
}

export interface EntryFrame {
  readonly country: string
  readonly homeCommunityId: string
  /** Base of this node's API. */
  readonly base: string
  readonly ids: OpaqueIds
  /** The country that asks; ids are made for it alone. */
  readonly caller: string
  readonly patient: NationalPatient
  /** The identifier that the patient's documents are kept under. */
  readonly patientIdentifier: string
}

export function documentReference(entry: NationalEntry, frame: EntryFrame): DocumentReference {
  const { main } = entry
  const { ids, caller, patientIdentifier } = frame
  return {
    resourceType: 'DocumentReference',
    id: ids.of('entry', caller, patientIdentifier, main.id),
    contained: [minimalPatient(frame.patient, 'patient')],
    masterIdentifier: { type: UNIQUE_ID, system: `urn:oid:${frame.homeCommunityId}`, value: main.id },
    status: 'current',
    type: { coding: [{ system: 'http://loinc.org', code: main.classCode }] },
    category: [{ coding: [CATEGORY] }],
    subject: { reference: '#patient' },
    date: main.effectiveTime,
    ...(main.author === '' ? {} : { author: [{ display: main.author }] }),
    custodian: {
      identifier: { system: 'urn:ietf:rfc:3986', value: `urn:oid:${frame.homeCommunityId}` },
      display: `National contact point for eHealth, ${frame.country}`,
    },
    description: main.title,
    securityLabel: [
      {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: main.confidentiality || 'N' },
        ],
      },
    ],
    content: contentsOf(entry, frame),
  }
}

/** IHE MHD: the identifier of the document itself. */
const UNIQUE_ID = {
  coding: [{ system: 'https://profiles.ihe.net/ITI/MHD/CodeSystem/IHE.MHD.MHDIdentifierType', code: 'uniqueId' }],
}

/** Category of the documents that this version lists (EHDS Art. 14 priority categories). */
export const CATEGORY = {
  system: 'http://hl7.eu/fhir/health-data-api/CodeSystem/eehrxf-document-priority-category-cs',
  code: 'Patient-Summaries',
} as const

function contentsOf({ main, structured, pdf, source }: NationalEntry, frame: EntryFrame): DocumentReferenceContent[] {
  const { base, ids, caller, patientIdentifier } = frame
  const idOf = (kind: 'bundle' | 'pdf' | 'source') => ids.of(kind, caller, patientIdentifier, main.id)
  const contents: DocumentReferenceContent[] = []
  if (structured) {
    // Transcoded on demand: size and hash are not known before (IHE on-demand convention).
    contents.push({
      attachment: {
        contentType: FHIR_JSON,
        language: structured.language,
        url: `${base}/Bundle/${idOf('bundle')}`,
        title: main.title,
        creation: structured.effectiveTime,
      },
      format: { system: 'urn:ietf:rfc:3986', code: 'http://hl7.eu/fhir/eps/StructureDefinition/bundle-eu-eps' },
    })
  }
  if (pdf) {
    contents.push({
      attachment: {
        contentType: 'application/pdf',
        language: pdf.language,
        url: `${base}/Binary/${idOf('pdf')}`,
        title: pdf.title,
        creation: pdf.effectiveTime,
        ...(pdf.format === 'pdf' ? sizeAndHash(pdf) : {}),
      },
      format: {
        system: 'http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode',
        code: 'urn:ihe:iti:xds-sd:pdf:2008',
      },
    })
  }
  if (source) {
    contents.push({
      attachment: {
        contentType: 'text/xml',
        language: source.language,
        url: `${base}/Binary/${idOf('source')}`,
        title: source.title,
        creation: source.effectiveTime,
        ...sizeAndHash(source),
      },
      // eHDSI format codes of level 3 and of level 1 (a PDF inside CDA).
      format: {
        system: 'urn:ietf:rfc:3986',
        code: source.format === 'cda-l1' ? 'urn:ihe:iti:xds-sd:pdf:2008' : 'urn:epSOS:ps:ps:2010',
      },
    })
  }
  return contents
}

function sizeAndHash({ size, hash }: NationalDocument) {
  return { size, ...(hash === '' ? {} : { extension: [{ url: SHA256_EXTENSION, valueString: hash }] }) }
}
