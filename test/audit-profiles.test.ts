/** Every audit event that Tessera writes conforms to the profile of IHE that it claims. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { AuditEvent } from 'fhir/r4'
import { sealedAccessEvent } from '#care/context/record-access.ts'
import { retrieval } from '#care/context/testing/accesses.ts'
import type { Definitions } from '#documents/validate/definitions/definitions.ts'
import { openDefinitions } from '#documents/validate/definitions/open-definitions.ts'
import { validate } from '#documents/validate/validate.ts'
import {
  authorisationEvent,
  type BorderAccess,
  documentRetrieveEvent,
  documentSearchEvent,
  loginEvent,
  logoutEvent,
  noticeShownEvent,
  patientSearchEvent,
  relationshipDeclaredEvent,
} from '#trust/ledger/audit-event.ts'

const PACKAGES = join(import.meta.dirname, '../../shared/fhir-packages')
const NAMES = ['ihe.iti.balp', 'ihe.iti.mhd', 'ihe.iti.pdqm']
const skip = NAMES.every((name) => existsSync(join(PACKAGES, name)))
  ? false
  : 'the FHIR packages ihe.iti.balp, ihe.iti.mhd and ihe.iti.pdqm are not beside the project'

const recorded = '2026-11-24T10:00:00.000Z'
const france = { country: 'FR', homeCommunityId: '1.2.250.1.213', address: '127.0.0.1' }
const portugal = { country: 'PT', homeCommunityId: '2.16.17.710.820', address: 'https://127.0.0.1:4011/fhir' }
const patient = 'urn:oid:2.16.17.710.820.1000.990.1.1|298123456'
const person = {
  identifier: 'urn:oid:1.2.250.1.71.4.2.1|899700218896',
  name: 'Camille Martin',
  role: { code: '2211', display: 'Generalist medical practitioners' },
  organisation: { identifier: 'urn:oid:1.2.250.1.71.4.2.2|10B0154321', name: 'Cabinet du port' },
}

function access(side: 'A' | 'B', more: Partial<BorderAccess> = {}): BorderAccess {
  const requestId = '7f1d7a52-6b86-4a6e-9d0e-0f5a2c1f6b11'
  return { side, recorded, client: france, server: portugal, person, patient, purpose: 'TREATMENT', requestId, ...more }
}

const QUERY = 'GET https://127.0.0.1:4011/fhir/DocumentReference?type=http://loinc.org|60591-5'
const denied = { code: '8', reason: 'ERROR_SEC_INSUFFICIENT_RIGHTS role' } as const

/** Events by name; `claims` is the profile that each must claim, or none. */
const EVENTS: Readonly<Record<string, { readonly event: AuditEvent; readonly claims: string | undefined }>> = {
  'patient search, country A': {
    event: patientSearchEvent({ ...access('A'), query: QUERY }),
    claims: 'IHE.PDQm.Query.Audit.Supplier',
  },
  'patient search that found nobody, country B': {
    event: patientSearchEvent({ ...access('B', { patient: undefined }), query: QUERY }),
    claims: 'IHE.PDQm.Query.Audit.Consumer',
  },
  'document search, country A': {
    event: documentSearchEvent({ ...access('A'), query: QUERY, listed: ['a', 'b'] }),
    claims: 'IHE.MHD.FindDocumentReferences.Audit.Responder',
  },
  'document search, country B': {
    event: documentSearchEvent({ ...access('B'), query: QUERY }),
    claims: 'IHE.MHD.FindDocumentReferences.Audit.Consumer',
  },
  'document retrieve, country A': {
    event: documentRetrieveEvent({ ...access('A', { purpose: 'EMERGENCY' }), document: 'urn:oid:1.2.3' }),
    claims: 'IHE.MHD.RetrieveDocument.Audit.Responder',
  },
  'document retrieve, country B': {
    event: documentRetrieveEvent({ ...access('B'), document: 'urn:oid:1.2.3' }),
    claims: 'IHE.MHD.RetrieveDocument.Audit.Consumer',
  },
  'document retrieve, with the digest of its facts': {
    event: sealedAccessEvent(retrieval('A', 1), 'ab'.repeat(32)),
    claims: 'IHE.MHD.RetrieveDocument.Audit.Responder',
  },
  'document search that was refused': {
    event: documentSearchEvent({ ...access('A', { outcome: denied }), query: QUERY }),
    claims: undefined,
  },
  'request of a stranger': {
    event: documentSearchEvent({
      ...access('A', {
        client: { country: 'unknown', address: '127.0.0.1' },
        person: undefined,
        patient: undefined,
        outcome: denied,
      }),
      query: QUERY,
    }),
    claims: undefined,
  },
  'authorisation denied by the patient': {
    event: authorisationEvent({
      ...access('A', { outcome: { code: '8', reason: 'consent' } }),
      person,
      patient,
      by: 'consent',
      policy: 'patient-summary/1',
    }),
    claims: 'IHE.BasicAudit.AuthZconsent',
  },
  login: { event: loginEvent({ recorded, node: france, person }), claims: undefined },
  logout: { event: logoutEvent({ recorded, node: france, person }), claims: undefined },
  'notice shown': {
    event: noticeShownEvent({
      recorded,
      node: france,
      person,
      patient,
      notice: { version: '1', languages: ['pt', 'fr'] },
    }),
    claims: undefined,
  },
  'treatment relationship': {
    event: relationshipDeclaredEvent({ recorded, node: france, person, patient, purpose: 'TREATMENT' }),
    claims: undefined,
  },
  'break glass': {
    event: relationshipDeclaredEvent({
      recorded,
      node: france,
      person,
      patient,
      purpose: 'EMERGENCY',
      reason: 'Unconscious after an accident',
    }),
    claims: undefined,
  },
}

describe('audit events', { skip }, () => {
  const cacheDirectory = mkdtempSync(join(tmpdir(), 'tessera-audit-'))
  let definitions: Definitions
  before(() => {
    definitions = openDefinitions({ cacheDirectory, directories: NAMES.map((name) => join(PACKAGES, name)) })
  })
  after(() => rmSync(cacheDirectory, { recursive: true, force: true }))

  for (const [name, { event, claims }] of Object.entries(EVENTS)) {
    it(`${name} conforms to ${claims ?? 'FHIR R4'}`, () => {
      assert.equal(event.meta?.profile?.[0]?.split('/').at(-1), claims)
      const errors = validate(event, { definitions }).filter(({ severity }) => severity === 'error')
      assert.deepEqual(errors, [])
    })
  }

  it('a refused access does not conform to the profile of a successful one', () => {
    const event = EVENTS['document search that was refused']?.event
    const profiles = [
      'https://profiles.ihe.net/ITI/MHD/StructureDefinition/IHE.MHD.FindDocumentReferences.Audit.Responder',
    ]
    const errors = validate(event, { definitions, profiles }).filter(({ severity }) => severity === 'error')
    assert.ok(errors.some(({ expression }) => expression.includes('outcome')))
  })
})
