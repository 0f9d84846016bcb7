import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Participant } from '#wire/discovery/directory.ts'
import { iheEndpoints } from '#wire/discovery/ihe-endpoints.ts'
import { routeTo } from './route.ts'

const portugal: Participant = {
  country: 'PT',
  homeCommunityId: '2.16.17.710.820.1000.990.1',
  services: [],
  certificates: ['aa'],
  tokenKeys: [],
  sealCertificates: [],
}
const fhirBase = 'https://ncp.pt/fhir'
const ihe = iheEndpoints('https://ncp.pt/openncp-ws-server/services')
const bridge = {
  fhirBase: 'https://bridge.fr/',
  ihe: iheEndpoints('https://bridge.fr/openncp-ws-server/services'),
  fingerprints: ['bb'],
}

test('FHIR when both speak it, then IHE', () => {
  const both = { ...portugal, fhirBase, ihe }
  assert.deepEqual(routeTo(both, ['ihe', 'fhir'], bridge), {
    wire: 'fhir',
    base: fhirBase,
    fingerprints: ['aa'],
    throughBridge: false,
  })
  assert.equal(routeTo(both, ['ihe'], bridge)?.wire, 'ihe')
  assert.equal(routeTo({ ...portugal, ihe }, ['fhir', 'ihe'])?.wire, 'ihe')
})

test('the own bridge when no wire is shared, with the country in the path and its own certificates', () => {
  assert.deepEqual(routeTo({ ...portugal, ihe }, ['fhir'], bridge), {
    wire: 'fhir',
    base: 'https://bridge.fr/countries/PT/fhir',
    fingerprints: ['bb'],
    throughBridge: true,
  })
  const route = routeTo({ ...portugal, fhirBase }, ['ihe'], bridge)
  assert.ok(route?.wire === 'ihe' && route.throughBridge)
  assert.equal(route.endpoints.query, 'https://bridge.fr/countries/PT/openncp-ws-server/services/XCA_Service')
  assert.deepEqual(route.fingerprints, ['bb'])
})

test('without a shared wire and without a bridge that helps there is no way', () => {
  assert.equal(routeTo({ ...portugal, ihe }, ['fhir']), undefined)
  assert.equal(routeTo(portugal, ['fhir', 'ihe'], bridge), undefined, 'a country that speaks nothing')
  assert.equal(routeTo({ ...portugal, ihe }, ['fhir'], { ihe: bridge.ihe, fingerprints: [] }), undefined)
})
