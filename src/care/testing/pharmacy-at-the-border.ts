/** A French pharmacy that dispenses on Portuguese prescriptions, over either wire: for tests of country A. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Bundle, DocumentReference } from 'fhir/r4'
import { writeCda } from '#documents/cda/write/write-cda.ts'
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import { dispensationDocument } from '#documents/pharmacy/dispensation-document.ts'
import { prescriptionOf } from '#documents/pharmacy/prescription.ts'
import { readDocument } from '#documents/read.ts'
import type { TerminologyCatalogue } from '#terminology/terminology.ts'
import type { AccessScope } from '#trust/tokens/access-grant.ts'
import { DocumentContext, type DocumentFacts, readDocumentFacts } from '#wire/fhir/document-facts.ts'
import { type ProvidedDocument, writeProvision } from '#wire/fhir/provide-documents.ts'
import { iheClient } from '#wire/ihe/client.ts'
import { endpointsAt } from '#wire/ihe/testing/pair.ts'
import { comparableId } from '../country-a/dispensation-id.ts'
import { type AnsweringCountry, type AskingCountry, HOME, REPOSITORY } from './answering-country.ts'
import { valueFrom } from './europe.ts'
import { assertionsOf, LUC, type Professional, tokenOf, type Vouching } from './french-professionals.ts'

export interface Asking {
  readonly country: AnsweringCountry
  readonly terminology: TerminologyCatalogue
  readonly now: Date
  readonly patient: string
  readonly from?: AskingCountry
  readonly who?: Professional
}

export interface ListedPrescription {
  readonly facts: NonNullable<DocumentFacts['prescription']>
  readonly bundle: string
}

/** Any request of the FHIR wire. */
export async function fhir(
  asking: Asking,
  path: string,
  scope: AccessScope,
  more: Partial<Vouching> = {},
  body?: string,
) {
  const { country, now, patient, who = LUC, from = country.france } = asking
  const token = await tokenOf(from, who, { now, patient, ...more }, scope)
  const reply = valueFrom(
    await from.fetch.fetch({
      url: path.startsWith('https:') ? path : `${country.url}/fhir${path}`,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
      },
      ...(body === undefined ? {} : { method: 'POST', body }),
    }),
  )
  const text = new TextDecoder().decode(reply.body)
  return { status: reply.status, text, bytes: reply.body, code: reply.status < 300 ? undefined : codeIn(text) }
}

function codeIn(text: string): string | undefined {
  return JSON.parse(text).issue?.[0]?.details?.coding?.[0]?.code
}

export async function references(asking: Asking, type: string, parameters = '', more: Partial<Vouching> = {}) {
  const query = `/DocumentReference?type=${encodeURIComponent(type)}&patient.identifier=${encodeURIComponent(asking.patient)}${parameters}`
  const reply = await fhir(asking, query, 'user/DocumentReference.search', more)
  assert.equal(reply.status, 200, reply.text)
  const found: Bundle<DocumentReference> = JSON.parse(reply.text)
  return (found.entry ?? []).flatMap(({ resource }) => resource ?? [])
}

export async function prescriptions(
  asking: Asking,
  more: Partial<Vouching> = {},
): Promise<readonly ListedPrescription[]> {
  return (await references(asking, 'http://loinc.org|57833-6', '', more)).map((reference) => {
    const { prescription } = readDocumentFacts(DocumentContext.parse(reference.context))
    const structured = reference.content.find(({ attachment }) => attachment.contentType === 'application/fhir+json')
    assert.ok(prescription && structured?.attachment.url)
    return { facts: prescription, bundle: structured.attachment.url }
  })
}

export async function prescriptionNumbered(asking: Asking, number: string): Promise<ListedPrescription> {
  const found = (await prescriptions(asking)).find(({ facts }) => facts.prescriptionId.endsWith(`|${number}`))
  assert.ok(found, number)
  return found
}

/** The eP of the list, dispensed. */
export async function dispensed(
  asking: Asking,
  { bundle, facts }: ListedPrescription,
  given: { readonly packages?: number; readonly substituted?: boolean; readonly as?: 'fhir' | 'cda' } = {},
): Promise<ProvidedDocument> {
  const read = await fhir(asking, bundle, 'user/Bundle.read')
  assert.equal(read.status, 200, read.text)
  const document = valueFrom(readDocument(read.bytes, { terminology: asking.terminology }))
  const prescription = prescriptionOf(document)
  const [line] = prescription?.items ?? []
  assert.ok(prescription && line)
  const who = asking.who ?? LUC
  const id = randomUUID()
  const made = valueFrom(
    dispensationDocument(
      document,
      {
        dispensationId: `urn:uuid:${id}`,
        dispensed: asking.now.toISOString(),
        pharmacist: { identifier: who.identifier, given: 'Luc', family: 'Bernard' },
        pharmacy: { ...who.organisation, country: 'FR' },
        items: [
          {
            prescribedItem: line.id,
            product: { name: line.medicine.product?.display ?? 'Any' },
            substituted: given.substituted ?? false,
            packages: given.packages ?? 1,
          },
        ],
      },
      { language: 'fr' },
    ),
  )
  return {
    kind: 'dispensation',
    submissionId: comparableId(`urn:uuid:${randomUUID()}`),
    dispensationId: `urn:uuid:${id}`,
    patient: asking.patient,
    prescriptionId: facts.prescriptionId,
    submitted: asking.now.toISOString(),
    document: given.as === 'cda' ? cdaOf(made, asking) : fhirOf(made),
  }
}

function fhirOf(made: ClinicalDocument): ProvidedDocument['document'] {
  return { format: 'fhir', bytes: new TextEncoder().encode(JSON.stringify(made.bundle)) }
}

function cdaOf(made: ClinicalDocument, { terminology }: Asking): ProvidedDocument['document'] {
  const { xml } = valueFrom(writeCda(made, { terminology }))
  return { format: 'cda', bytes: new TextEncoder().encode(xml) }
}

/** ITI-65. */
export function provide(asking: Asking, provided: ProvidedDocument, more: Partial<Vouching> = {}) {
  return fhir(asking, '', 'user/Bundle.create', more, writeProvision(provided, HOME.FR))
}

const FORMATS = { dispensation: 'urn:epSOS:ep:dis:2010', discard: 'urn:eHDSI:ed:discard:2020' } as const

/** ITI-41. */
export async function register(asking: Asking, provided: ProvidedDocument, more: Partial<Vouching> = {}) {
  const { country, now, patient, who = LUC, from = country.france } = asking
  const client = iheClient({
    fetch: from.fetch,
    endpoints: endpointsAt(country.url, 'openncp'),
    fingerprints: [country.portugal.tls.fingerprint],
  })
  const reply = await client.submitDocument(
    {
      submissionId: provided.submissionId,
      submitted: provided.submitted,
      sourceId: HOME.FR,
      patient: provided.patient,
      author: { person: who.name, institution: who.organisation.name },
      metadata: {
        repositoryId: REPOSITORY,
        documentId: comparableId(provided.dispensationId),
        homeCommunityId: HOME.FR,
        patient: provided.patient,
        classCode: provided.kind === 'discard' ? 'DISCARD-60593-1' : '60593-1',
        formatCode: FORMATS[provided.kind],
        mimeType: 'text/xml',
        title: 'eDispensation',
        created: provided.submitted,
        language: 'fr-FR',
        country: 'FR',
        confidentiality: 'N',
        authors: [],
      },
      bytes: provided.document.bytes,
    },
    assertionsOf(from, who, { now, patient, ...more }),
  )
  assert.ok(reply.ok, reply.ok ? '' : reply.problem.sentence)
  return reply.value
}
