/** A document that exists as PDF only, in the one model: whom it is about, who wrote it, and that nothing of it is coded. */
import type { Bundle, Composition, DocumentReference, Patient } from 'fhir/r4'
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import type { ListedDocument } from '../border/border-service.ts'
import type { CareContext } from '../context/care-context.ts'

export function pdfDocument(listed: ListedDocument, { patient, country }: CareContext): ClinicalDocument {
  const bar = patient.lastIndexOf('|')
  const language = listed.language === '' ? undefined : listed.language
  const type = { coding: [{ system: 'http://loinc.org', code: listed.classCode }] }
  const person: Patient = {
    resourceType: 'Patient',
    identifier: [{ system: patient.slice(0, bar), value: patient.slice(bar + 1) }],
  }
  const file: DocumentReference = {
    resourceType: 'DocumentReference',
    status: 'current',
    type,
    content: [
      { attachment: { contentType: 'application/pdf', title: listed.title, ...(language ? { language } : {}) } },
    ],
  }
  const composition: Composition = {
    resourceType: 'Composition',
    status: 'final',
    type,
    ...(language ? { language } : {}),
    title: listed.title,
    date: listed.created,
    author: [{ display: listed.author }],
    subject: { reference: 'urn:tessera:patient' },
    section: [{ title: listed.title, entry: [{ reference: 'urn:tessera:file' }] }],
  }
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'document',
    entry: [
      { fullUrl: 'urn:tessera:composition', resource: composition },
      { fullUrl: 'urn:tessera:patient', resource: person },
      { fullUrl: 'urn:tessera:file', resource: file },
    ],
  }
  return {
    bundle,
    kind: 'original-document',
    origin: { format: 'fhir', level: 1, language: language ?? 'und', country },
    account: {
      statements: [],
      notCarried: [
        { path: 'Binary', what: listed.title, why: 'The document exists as PDF only; nothing in it is coded.' },
      ],
    },
  }
}
