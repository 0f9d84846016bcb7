/**
 * A listed document → DocumentReference-minimal-myhealtheu, with what EehrxfMhdDocumentReference asks for besides (subject,
 * date, custodian, category).
 */
import type { Coding, DocumentReference, DocumentReferenceContent, Identifier, Patient } from 'fhir/r4'
import type { ServiceKind } from '#wire/discovery/directory.ts'
import { writeDocumentFacts } from '#wire/fhir/document-facts.ts'
import { SHA256_EXTENSION } from '#wire/fhir/remote-resources.ts'
import type { FoundPatient, ListedDocument, ListedForm } from '../border/border-service.ts'

export interface EntryFrame {
  readonly country: string
  readonly homeCommunityId: string
  /** Base of this node's API. */
  readonly base: string
  readonly service: ServiceKind
  /** Opaque id of the entry. */
  readonly id: string
}

export function documentReference(document: ListedDocument, frame: EntryFrame): DocumentReference {
  const { subject, title } = document
  const context = writeDocumentFacts(document)
  return {
    resourceType: 'DocumentReference',
    id: frame.id,
    ...(subject ? { contained: [minimalPatient(subject, 'patient')] } : {}),
    masterIdentifier: { type: UNIQUE_ID, system: `urn:oid:${frame.homeCommunityId}`, value: document.id },
    status: 'current',
    type: { coding: [{ system: classSystem(document.classCode), code: document.classCode }] },
    category: categoriesOf(document, frame.service).map((coding) => ({ coding: [coding] })),
    ...(subject ? { subject: { reference: '#patient' } } : {}),
    date: document.created,
    ...(document.author === '' ? {} : { author: [{ display: document.author }] }),
    custodian: {
      identifier: { system: 'urn:ietf:rfc:3986', value: `urn:oid:${frame.homeCommunityId}` },
      display: `National contact point for eHealth, ${frame.country}`,
    },
    description: document.description ?? title,
    securityLabel: [
      {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: document.confidentiality },
        ],
      },
    ],
    content: document.forms.map((form) => contentOf(document, form, frame)),
    ...(context ? { context } : {}),
  }
}

/** The traits that leave the country: Patient-minimal-myhealtheu (NCPeH API): identifier, name, birth date, gender. */
export function minimalPatient(patient: FoundPatient, id: string): Patient {
  return {
    resourceType: 'Patient',
    id,
    identifier: patient.identifiers.map(identifierOf),
    name: [{ use: 'official', family: patient.family, given: [...patient.given] }],
    gender: patient.gender,
    birthDate: patient.birthDate,
  }
}

/** `system|value` → FHIR. */
function identifierOf(identifier: string): Identifier {
  const bar = identifier.lastIndexOf('|')
  return { system: identifier.slice(0, bar), value: identifier.slice(bar + 1) }
}

/** Images have no LOINC class; eHDSI made a code of its own for them. */
export function classSystem(classCode: string): string {
  return classCode.startsWith('x-') ? 'urn:oid:1.3.6.1.4.1.12559.11.10.1.3.1.44.1' : 'http://loinc.org'
}

/** IHE MHD: the identifier of the document itself. */
const UNIQUE_ID = {
  coding: [{ system: 'https://profiles.ihe.net/ITI/MHD/CodeSystem/IHE.MHD.MHDIdentifierType', code: 'uniqueId' }],
}

const CATEGORY_SYSTEM = 'http://hl7.eu/fhir/health-data-api/CodeSystem/eehrxf-document-priority-category-cs'

/** EHDS Art. 14 priority categories. */
const CATEGORY: Readonly<Record<ServiceKind, string>> = {
  'patient-identification': 'Patient-Summaries',
  'patient-summary': 'Patient-Summaries',
  eprescription: 'Electronic-Prescriptions',
  edispensation: 'Electronic-Dispensations',
  'laboratory-report': 'Laboratory-Reports',
  'discharge-report': 'Discharge-Reports',
  'imaging-report': 'Medical-Imaging',
  'medical-image': 'Medical-Imaging',
}

/** The priority category, and the kinds of study of a report. */
export function categoriesOf(document: ListedDocument, service: ServiceKind): readonly Coding[] {
  const studies = document.categories ?? []
  return [{ system: CATEGORY_SYSTEM, code: CATEGORY[service] }, ...studies.map((study) => ({ ...study }))]
}

function contentOf(document: ListedDocument, form: ListedForm, frame: EntryFrame): DocumentReferenceContent {
  return {
    attachment: {
      contentType: form.mediaType,
      language: document.language,
      url: `${frame.base}/${form.form === 'structured' ? 'Bundle' : 'Binary'}/${form.id}`,
      title: document.title,
      creation: document.created,
      ...(form.size === undefined ? {} : { size: form.size }),
      ...(form.hash === undefined ? {} : { extension: [{ url: SHA256_EXTENSION, valueString: form.hash }] }),
    },
    ...formatOf(form, frame.service),
  }
}

const FORMAT_SYSTEM = 'http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode'

/** Format codes of the HL7 Europe guides, of IHE and, for national CDA, of eHDSI. */
function formatOf({ form }: ListedForm, service: ServiceKind): Pick<DocumentReferenceContent, 'format'> {
  if (form === 'image') return {}
  if (form === 'pdf') return { format: { system: FORMAT_SYSTEM, code: 'urn:ihe:iti:xds-sd:pdf:2008' } }
  const code = form === 'structured' ? FHIR_FORMAT[service] : CDA_FORMAT[service]
  return code === undefined ? {} : { format: { system: 'urn:ietf:rfc:3986', code } }
}

const FHIR_FORMAT: Readonly<Partial<Record<ServiceKind, string>>> = {
  'patient-summary': 'http://hl7.eu/fhir/eps/StructureDefinition/bundle-eu-eps',
  'laboratory-report': 'http://hl7.eu/fhir/laboratory/StructureDefinition/Bundle-eu-lab',
  'discharge-report': 'http://hl7.eu/fhir/hdr/StructureDefinition/bundle-eu-hdr',
  'imaging-report': 'http://hl7.eu/fhir/imaging/StructureDefinition/BundleReportEuImaging',
}

const CDA_FORMAT: Readonly<Partial<Record<ServiceKind, string>>> = {
  'patient-summary': 'urn:epSOS:ps:ps:2010',
  eprescription: 'urn:epsos:ep:pre:2010',
}
