/** A document that exists as PDF only, in the one model: whom it is about, who wrote it, and that nothing of it is coded. */
import type { Bundle, Composition, DocumentReference, Patient } from 'fhir/r4'
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import type { RemoteDocument } from '#wire/fhir/remote-resources.ts'
import type { CareContext } from '../context/care-context.ts'

export function pdfDocument(remote: RemoteDocument, { patient, country }: CareContext): ClinicalDocument {
  const bar = patient.lastIndexOf('|')
  const language = remote.contents.find((content) => content.language !== undefined)?.language
  const type = { coding: [{ system: 'http://loinc.org', code: remote.type }] }
  const person: Patient = {
    resourceType: 'Patient',
    identifier: [{ system: patient.slice(0, bar), value: patient.slice(bar + 1) }],
  }
  const file: DocumentReference = {
    resourceType: 'DocumentReference',
    status: 'current',
    type,
    content: [
      { attachment: { contentType: 'application/pdf', title: remote.title, ...(language ? { language } : {}) } },
    ],
  }
  const composition: Composition = {
    resourceType: 'Composition',
    status: 'final',
    type,
    ...(language ? { language } : {}),
    title: remote.title,
    date: remote.date,
    author: [{ display: remote.author }],
    subject: { reference: 'urn:tessera:patient' },
    section: [{ title: remote.title, entry: [{ reference: 'urn:tessera:file' }] }],
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
        { path: 'Binary', what: remote.title, why: 'The document exists as PDF only; nothing in it is coded.' },
      ],
    },
  }
}
