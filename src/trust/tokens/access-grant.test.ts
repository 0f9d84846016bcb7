import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AccessClaims, type AccessGrant, claimsOf, grantOf } from './access-grant.ts'

const grant: AccessGrant = {
  issuer: 'FR',
  homeCommunityId: '2.16.17.710.790.1000.990.1',
  audience: '2.16.17.710.820.1000.990.1',
  professional: {
    identifier: 'urn:oid:1.2.250.1.71.4.2.1|899700218896',
    name: 'Claire Martin',
    role: { code: '2211', display: 'Generalist medical practitioners' },
    organisation: { identifier: '1990000101', name: 'Centre de santé du Lac' },
  },
  purpose: 'EMERGENCY',
  emergencyReasonGiven: true,
  patient: 'urn:oid:2.16.17.710.820.1000.990.1.1|298123456',
  scopes: ['user/Bundle.read', 'user/Binary.read'],
  relationship: { declaredAt: '2026-11-24T10:00:00Z' },
  notice: { version: '2026-1', languages: ['pt', 'fr'], recordedAt: '2026-11-24T09:59:00Z' },
}
const frame = { tokenId: '0123456789abcdef', issuedAt: 1, expiresAt: 301, certificateThumbprint: 'x'.repeat(43) }

test('a grant written as claims is read back the same', () => {
  const claims = AccessClaims.parse(JSON.parse(JSON.stringify(claimsOf(grant, frame))))
  assert.deepEqual(grantOf(claims), grant)
  const { relationship, notice, ...early } = grant
  assert.ok(relationship && notice)
  assert.deepEqual(grantOf(AccessClaims.parse(claimsOf(early, frame))), early)
})

test('the claims have the names of IUA', () => {
  const { extensions, iss, aud, scope } = claimsOf(grant, frame)
  assert.deepEqual([iss, aud, scope], ['FR', 'urn:oid:2.16.17.710.820.1000.990.1', 'user/Bundle.read user/Binary.read'])
  assert.equal(extensions.ihe_iua.purpose_of_use[0]?.code, 'EMERGENCY')
  assert.equal(extensions.ihe_iua.subject_role[0]?.system, 'urn:oid:2.16.840.1.113883.2.9.6.2.7')
  assert.equal(extensions.ihe_bppc.patient_id, grant.patient)
})

test('claims that leave open who, why or about whom are no grant', () => {
  const claims = claimsOf(grant, frame)
  const changed = (iua: object) => ({
    ...claims,
    extensions: { ...claims.extensions, ihe_iua: { ...claims.extensions.ihe_iua, ...iua } },
  })
  const role = { system: 'urn:oid:2.16.840.1.113883.2.9.6.2.7', code: '2211' }
  assert.equal(grantOf(changed({ subject_role: [role, { ...role, code: '44' }] })), undefined)
  assert.equal(grantOf(changed({ subject_role: [{ ...role, system: 'urn:oid:1' }] })), undefined)
  assert.equal(
    grantOf(changed({ purpose_of_use: [{ ...claims.extensions.ihe_iua.purpose_of_use[0], code: 'MARKETING' }] })),
    undefined,
  )
  assert.equal(grantOf(changed({ person_id: 'urn:oid:1|1' })), undefined)
  assert.equal(grantOf(changed({ national_provider_identifier: 'urn:oid:1|1' })), undefined)
})
