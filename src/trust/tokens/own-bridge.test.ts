import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exportJWK, generateKeyPair } from 'jose'
import type { AccessGrant } from './access-grant.ts'
import { issueAccessToken } from './issue.ts'
import { createReplayStore } from './replay.ts'
import { type Expectation, verifyAccessToken } from './verify.ts'

const NOW = new Date('2026-11-27T10:00:00Z')
const PATIENT = 'urn:oid:2.16.17.710.820.1000.990.1.1|298123456'
const grant: AccessGrant = {
  issuer: 'FR',
  homeCommunityId: '2.16.17.710.790.1000.990.1',
  audience: '2.16.17.710.820.1000.990.1',
  professional: {
    identifier: 'urn:oid:1.2.250.1.71.4.2.1|899700218896',
    name: 'Claire Martin',
    role: { code: '2262', display: 'Pharmacists' },
    organisation: { identifier: '1990000101', name: 'Pharmacie du Lac' },
    facilityType: 'Pharmacy',
    pointOfCare: 'Annecy',
  },
  purpose: 'TREATMENT',
  emergencyReasonGiven: false,
  patient: PATIENT,
  scopes: ['user/Bundle.create'],
  nextOfKin: { family: 'Ferreira', given: 'Rui', identifiers: ['urn:oid:1|2'] },
  dispensationPin: '1234',
  prescriptionId: 'urn:oid:1.2|77',
}

async function keyOf(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid } }
}

const bridgeKey = await keyOf('bridge-1')
const frenchKey = await keyOf('fr-1')
const certificateOf = (letter: string, country: string) => ({
  raw: new Uint8Array(),
  fingerprint: letter.repeat(64),
  country,
  commonName: undefined,
})
const france = {
  country: 'FR',
  homeCommunityId: grant.homeCommunityId,
  certificates: ['f'.repeat(64)],
  tokenKeys: [frenchKey.jwk],
}

function expectation(change: Partial<Expectation> = {}): Expectation {
  return {
    now: NOW,
    certificate: certificateOf('b', 'PT'),
    bridge: { certificates: ['b'.repeat(64)], tokenKeys: [bridgeKey.jwk] },
    issuer: async (country) => (country === 'FR' ? france : undefined),
    audience: grant.audience,
    scope: 'user/Bundle.create',
    patients: [PATIENT],
    roles: ['2262'],
    purposes: ['TREATMENT'],
    replay: createReplayStore(),
    ...change,
  }
}

const tokenBy = (key: typeof bridgeKey, certificate: string, issuer = 'FR') =>
  issueAccessToken(
    { ...grant, issuer },
    { kid: key.kid, privateKey: key.privateKey, certificateFingerprint: certificate.repeat(64) },
    NOW,
  )

async function codeOf(token: string, expected: Expectation): Promise<string> {
  const result = await verifyAccessToken(token, expected)
  return result.ok ? 'ok' : result.problem.code
}

test('the own bridge vouches for another country, and everything that the token says arrives', async () => {
  const result = await verifyAccessToken(await tokenBy(bridgeKey, 'b'), expectation())
  assert.ok(result.ok)
  const { tokenId, throughBridge, ...read } = result.value
  assert.ok(throughBridge)
  assert.ok(tokenId)
  assert.deepEqual(read, grant)
})

test('nobody else can vouch, and the bridge only for countries that take part', async () => {
  const token = await tokenBy(bridgeKey, 'b')
  const { bridge, ...without } = expectation()
  assert.ok(bridge)
  assert.equal(await codeOf(token, without), 'token-issuer', 'a node that has no bridge')
  const elsewhere = await tokenBy(bridgeKey, 'c')
  const other = expectation({ certificate: certificateOf('c', 'PT') })
  assert.equal(await codeOf(elsewhere, other), 'token-issuer', 'another certificate of the same country')
  assert.equal(await codeOf(await tokenBy(bridgeKey, 'b', 'XX'), expectation()), 'token-issuer', 'no participant')
  assert.equal(
    await codeOf(await tokenBy(frenchKey, 'b'), expectation()),
    'token-signature',
    'not signed by the bridge',
  )
  const direct = expectation({ certificate: certificateOf('f', 'FR') })
  assert.equal(
    await codeOf(await tokenBy(bridgeKey, 'f'), direct),
    'token-signature',
    'the bridge key over another line',
  )
  assert.equal(await codeOf(await tokenBy(frenchKey, 'f'), direct), 'ok', 'the country itself, as ever')
})
