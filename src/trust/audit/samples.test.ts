/** The same facts give the same messages, field by field, as the reference implementation's thirteen samples. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { AuditFacts } from './audit-facts.ts'
import { fromBase64 } from './audit-message.ts'
import { readAuditMessage } from './read-audit-message.ts'
import { writeAuditMessage } from './write-audit-message.ts'

const CORPUS = join(import.meta.dirname, '../../../../shared/corpus/openncp/audit')
const skip = existsSync(CORPUS) ? false : 'the corpus openncp/audit is not beside the project'

const HOST = '127.0.0.1'
const PATIENT = '2-1234-W7^^^&1.3.6.1.4.1.48336.1000&ISO'
const URL_IN_BASE64 =
  'aHR0cHM6Ly9zbXAtdGVzdC5wdWJsaXNoZXIuZWhlYWx0aC50ZXN0YS5ldS9laGVhbHRoLXBhcnRpY2lwYW50aWQtcW5zJTNBJTNBdXJuJTNBZWhlYWx0aCUzQWF0JTNBbmNwLWlkcA=='
const ERROR_URL =
  'https://smp-cert-auth-test.publisher.ehealth.testa.eu/ehealth-participantid-qns::urn:ehealth:pt:ncp-idp/services/ehealth-resid-qns::urn:ehealth:patientidentificationandauthentication::xcpd::crossgatewaypatientdiscovery%23%23iti-55'

const human = { userId: 'HR User ID', alternativeUserId: 'HR Alternative User ID', address: HOST }
const consumer = { userId: 'Service Consumer', alternativeUserId: 'Service Consumer' }
const provider = { userId: 'Service Provider', alternativeUserId: 'Service Provider' }
const pointOfCare = { userId: 'PC User ID', alternativeUserId: 'PC User ID', address: HOST }
const portal = { userId: 'eHealth OpenNCP EU Portal', alternativeUserId: 'eHealth OpenNCP EU Portal', address: HOST }
const reachable = { serviceConsumer: { ...consumer, address: HOST }, serviceProvider: { ...provider, address: HOST } }
const silent = { serviceConsumer: consumer, serviceProvider: provider }
const query = { id: 'urn:uuid:2d1a748a-b73e-47ef-96d2-50fdb92e1c0a', text: 'Query By Parameter', homeCommunityId: '42' }
const smp = {
  side: 'B',
  site: 'PT-1',
  serviceConsumer: {
    userId: 'ncp-ppt.pt.ehealth.testa.eu',
    alternativeUserId: 'ncp-ppt.pt.ehealth.testa.eu',
    address: '10.200.137.161',
  },
  serviceProvider: {
    userId: 'smp-test.publisher.ehealth.testa.eu',
    alternativeUserId: 'smp-test.publisher.ehealth.testa.eu',
    address: 'smp-cert-auth-test.publisher.ehealth.testa.eu',
  },
  targets: [fromBase64(URL_IN_BASE64)],
} as const

type Facts = Omit<AuditFacts, 'recorded' | 'outcome' | 'site'> & { readonly site?: string }

const SAMPLES: Readonly<Record<string, Facts>> = {
  v9__Identityservicefindidentitybytraits: {
    event: 'patient-discovery',
    side: 'A',
    humanRequestor: human,
    ...reachable,
    patients: ['PS Participant Object ID', PATIENT, 'secondIdentifier'],
    query: {
      id: '2.16.17.710.850.1000.990.1',
      text: 'Query By Parameter',
      homeCommunityId: '2.16.17.710.850.1000.990.1',
    },
  },
  v9__patientservicelistauditmessage: {
    event: 'patient-summary-list',
    side: 'A',
    pointOfCare,
    humanRequestor: human,
    ...silent,
    patients: [PATIENT],
    query,
    targets: [URL_IN_BASE64],
  },
  v9__patientserviceretrievetauditmessage: {
    event: 'patient-summary-retrieve',
    side: 'A',
    pointOfCare,
    humanRequestor: human,
    ...silent,
    patients: [PATIENT],
    query,
    targets: [URL_IN_BASE64],
  },
  v9__dispensationserviceauditmessage: {
    event: 'dispensation',
    side: 'A',
    pointOfCare: portal,
    humanRequestor: human,
    ...silent,
    patients: [PATIENT],
    submissionSet: 'urn:oid:1.3.6.1.4.1.48336',
    targets: [URL_IN_BASE64],
  },
  v9__dispensationservicediscardauditmessage: {
    event: 'discard',
    side: 'B',
    pointOfCare: portal,
    humanRequestor: human,
    ...silent,
    patients: [PATIENT],
    submissionSet: 'urn:oid:1.3.6.1.4.1.48336',
    targets: [URL_IN_BASE64],
  },
  v9__hcpauthenticationauditmessage: {
    event: 'professional-authentication',
    side: 'B',
    pointOfCare: portal,
    humanRequestor: human,
    ...reachable,
    targets: [URL_IN_BASE64],
  },
  v9__trcassertionauditmessage: {
    event: 'trc-assertion',
    side: 'B',
    pointOfCare,
    humanRequestor: human,
    ...reachable,
    patients: [PATIENT],
    targets: [URL_IN_BASE64],
  },
  v9__nokassertionauditmessage: {
    event: 'nok-assertion',
    side: 'B',
    pointOfCare: portal,
    humanRequestor: human,
    ...reachable,
    guarantors: [PATIENT],
    targets: [URL_IN_BASE64],
  },
  v9__importnslauditmessage: { event: 'configuration-import', side: 'B', ...reachable, targets: [URL_IN_BASE64] },
  v9__pivottranslationsauditmessage: {
    event: 'transformation',
    side: 'A',
    site: 'LU-1',
    serviceConsumer: {
      userId: 'ncp.lu.ehealth.testa.eu',
      alternativeUserId: 'ncp.lu.ehealth.testa.eu',
      address: '192.168.34.64',
    },
    input: URL_IN_BASE64,
  },
  v9__smpqueryauditmessage: { event: 'smp-query', ...smp },
  v9__smpqueryauditmessagewitherror: {
    event: 'smp-query',
    ...smp,
    error: { id: ERROR_URL, message: 'errorMessage' },
  },
  v9__communicationfailureauditmessage: {
    event: 'communication-failure',
    side: 'B',
    site: 'N/A',
    humanRequestor: human,
    ...reachable,
    patients: [PATIENT],
  },
}

describe('audit messages of the reference implementation', { skip }, () => {
  it('are all here', () => {
    const files = readdirSync(join(CORPUS, 'openncp')).map((name) => name.replace(/\.xml$/, ''))
    assert.deepEqual(files.sort(), Object.keys(SAMPLES).sort())
  })

  for (const [name, facts] of Object.entries(SAMPLES)) {
    it(`${name} is written alike`, () => {
      const sample = readAuditMessage(readFileSync(join(CORPUS, 'openncp', `${name}.xml`)))
      assert.ok(sample.ok)
      assert.equal(sample.value.form, 'dicom')
      const { time, outcome } = sample.value.message.event
      const written = readAuditMessage(
        Buffer.from(writeAuditMessage({ site: '42', ...facts, recorded: time, outcome })),
      )
      assert.ok(written.ok)
      assert.deepEqual(written.value.message, sample.value.message)
    })
  }

  const older = existsSync(CORPUS) ? readdirSync(join(CORPUS, 'openatna')) : []
  for (const name of older) {
    it(`${name}, which is older, is read`, () => {
      const read = readAuditMessage(readFileSync(join(CORPUS, 'openatna', name)))
      assert.ok(read.ok, JSON.stringify(read))
      const { event, participants } = read.value.message
      assert.match(event.id.code, /^11\d{4}$/)
      assert.ok(participants.length > 0 && participants.every(({ userId }) => userId !== ''))
      assert.equal(read.value.form, 'rfc3881')
    })
  }
})
