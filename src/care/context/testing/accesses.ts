/** For tests: accesses of both sides, and the tables of the recorder. */
import { createHash } from 'node:crypto'
import { ledgerMigrations } from '#trust/ledger/migrations.ts'
import type { AccessRecord } from '../access-record.ts'
import type { ExchangedEnvelopes } from '../recorder.ts'
import { recorderMigrations } from '../recorder-migrations.ts'

export const RECORDER_TABLES = [...ledgerMigrations, ...recorderMigrations]

export const PATIENT = 'urn:oid:2.16.17.710.820.1000.990.1.1|298123456'

const common = {
  recorded: new Date('2026-11-24T10:00:00.000Z'),
  client: { country: 'FR', homeCommunityId: '1.2.250.1.213', address: 'https://ncp.fr.example' },
  server: { country: 'PT', homeCommunityId: '2.16.17.710.820', address: 'https://ncp.pt.example/fhir' },
  professional: {
    identifier: 'urn:oid:1.2.250.1.71.4.2.1|899700218896',
    name: 'Camille Martin',
    role: { code: '2211', display: 'Generalist medical practitioners' },
    organisation: { identifier: 'urn:oid:1.2.250.1.71.4.2.2|10B0154321', name: 'Cabinet du port' },
  },
  patient: PATIENT,
  purpose: 'TREATMENT',
  outcome: { kind: 'success' },
  wire: 'ihe',
} as const

export function retrieval(side: 'A' | 'B', number: number): AccessRecord {
  return { ...common, side, step: 'retrieve', document: `1.2.3^doc-${number}`, requestId: `request-${number}` }
}

export const LISTING: AccessRecord = {
  ...common,
  side: 'B',
  step: 'list',
  service: 'eprescription',
  query: 'FindDocuments',
  documents: ['1.2.3^a', '1.2.3^b'],
  requestId: 'request-list',
}

export const DISPENSATION: AccessRecord = {
  ...common,
  side: 'A',
  step: 'dispense',
  service: 'edispensation',
  document: '1.2.3^ed',
  prescription: '1.2.3^ep',
  submission: '1.2.3.4.5',
  requestId: 'request-dispense',
}

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex')

/** `answer`: false on side A, where the answer is not made yet, and when none came. */
export function exchange(number: number, answer: boolean): ExchangedEnvelopes {
  const request = `<Envelope><Body><PatientId extension="298123456"/><Number>${number}</Number></Body></Envelope>`
  const response = '<Envelope><Body><family>Silva</family></Body></Envelope>'
  return {
    wire: 'ihe',
    transaction: 'ITI-39',
    messageId: `urn:uuid:${number}`,
    request,
    requestDigest: digestOf(request),
    ...(answer ? { response, responseDigest: digestOf(response) } : {}),
    clientName: 'CN=ncp.fr, O=France, C=FR',
    serverName: 'CN=ncp.pt, O=Portugal, C=PT',
  }
}
