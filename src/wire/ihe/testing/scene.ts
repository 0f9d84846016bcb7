/** One patient of Portugal, asked for by France: questions and answers of all four transactions. */
import { failed } from '#platform/result/result.ts'
import { iheClient } from '../client.ts'
import type {
  DiscoveryAnswer,
  DocumentMetadata,
  DocumentQuery,
  DocumentRequest,
  DocumentSubmission,
  IheProfile,
  PatientDiscovery,
  RetrieveAnswer,
} from '../exchange.ts'
import { countingIds, type WireMessage } from './messages.ts'
import { endpointsAt } from './pair.ts'

export const PORTUGAL = '2.16.17.710.820.1000.990.1'
export const PATIENT = `urn:oid:${PORTUGAL}.1|298123456`

export const discovery: PatientDiscovery = {
  identifiers: [PATIENT],
  family: 'Παπαδοπούλου',
  given: ['Ελένη', 'Μαρία'],
  birthDate: '1968-03-09',
  gender: 'female',
  address: { street: 'Rua 1', city: 'Porto', postalCode: '4000-001', country: 'PT' },
  sender: '2.16.17.710.790.1000.990.1',
  receiver: PORTUGAL,
}

export const found: DiscoveryAnswer = {
  patients: [
    {
      identifiers: discovery.identifiers,
      family: 'Ferreira',
      given: ['Maria', 'João'],
      birthDate: '1968-03-09',
      gender: 'female',
    },
  ],
  errors: [],
}

export const query: DocumentQuery = {
  patient: PATIENT,
  classCodes: ['60591-5'],
  status: ['urn:oasis:names:tc:ebxml-regrep:StatusType:Approved'],
}

export const metadata: DocumentMetadata = {
  repositoryId: PORTUGAL,
  documentId: '1.2.3^4',
  homeCommunityId: PORTUGAL,
  patient: PATIENT,
  classCode: '60591-5',
  formatCode: 'urn:epSOS:ps:ps:2010',
  mimeType: 'text/xml',
  title: 'Patient Summary',
  created: '2026-11-27T10:00:00Z',
  language: 'pt-PT',
  country: 'PT',
  confidentiality: 'N',
  authors: [],
}

export const request: DocumentRequest = { homeCommunityId: PORTUGAL, repositoryId: PORTUGAL, documentId: '1.2.3^4' }
export const bytes = Buffer.from(
  '\uFEFF<?xml version="1.0"?>\r\n<ClinicalDocument>\r\n--MIMEBoundary\0€</ClinicalDocument>',
)
export const retrieved: RetrieveAnswer = {
  status: 'success',
  errors: [],
  documents: [{ ...request, mimeType: 'text/xml', bytes }],
}

export const submission: DocumentSubmission = {
  submissionId: '2.25.123456789',
  submitted: '2026-11-27T10:00:00Z',
  sourceId: '1.3.6.1.4.1.21367.2009.1.2.1',
  patient: PATIENT,
  author: { person: 'Dupont', institution: 'Pharmacie' },
  metadata: { ...metadata, classCode: '60593-1', formatCode: 'urn:epSOS:ep:dis:2010', title: 'eDispensation' },
  bytes,
}

export interface RecordedRequest extends WireMessage {
  /** Path and what follows it. */
  readonly path: string
}

/** The requests of the whole scene as a client sends them. */
export async function recordedRequests(profile: IheProfile): Promise<readonly RecordedRequest[]> {
  const recorded: RecordedRequest[] = []
  const client = iheClient({
    endpoints: endpointsAt('https://a.example', profile),
    fingerprints: [],
    newId: countingIds(),
    clock: () => new Date(0),
    fetch: {
      async fetch({ url, headers, body }) {
        const contentType = headers?.['content-type'] ?? ''
        recorded.push({ path: new URL(url).pathname, contentType, body: Buffer.from(body ?? '') })
        return failed('connection-refused', 'Nobody is there.', 'Nothing.')
      },
      close: () => undefined,
    },
  })
  const assertions = { hcp: '<a:Assertion xmlns:a="urn:test"/>', trc: '<a:Assertion xmlns:a="urn:test"/>' }
  await client.discoverPatients(discovery, assertions)
  await client.queryDocuments(query, assertions)
  await client.retrieveDocument(request, assertions)
  await client.submitDocument(submission, assertions)
  return recorded
}
