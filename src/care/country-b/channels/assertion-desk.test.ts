import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testAuthority, testSigner } from '#trust/signature/testing/signers.ts'
import type { VerifiedCaller } from '../../border/border-service.ts'
import { assertionDesk } from './assertion-desk.ts'

const signer = testSigner(testAuthority(), { country: 'FR' })
const caller: VerifiedCaller = {
  country: 'FR',
  homeCommunityId: '2.16.17.710.790.1000.990.1',
  professional: {
    identifier: 'urn:oid:1.2.250.1.71.4.2.1|899700218896',
    name: 'Luc Bernard',
    role: { code: '2262', display: 'Pharmacists' },
    organisation: { identifier: 'urn:oid:1.2.250.1.71.4.2.2|1990000202', name: 'Pharmacie du Lac' },
    facilityType: 'Pharmacy',
  },
  purpose: 'TREATMENT',
  patient: undefined,
}
const MARIA = 'urn:oid:2.16.17.710.820.1000.990.1.1|298123456'
const RUI = 'urn:oid:2.16.17.710.820.1000.990.1.1|284556731'
const STRONG = 'urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI'

function deskAt(start: number, authnContext = STRONG) {
  let now = start
  const desk = assertionDesk({ signer, authnContext, clock: () => new Date(now) })
  return { desk, later: (hours: number) => (now = start + hours * 3_600_000) }
}

test('one assertion for the professional, one for each patient, while they hold', async () => {
  const { desk, later } = deskAt(Date.parse('2026-11-27T08:00:00Z'))
  const identifying = await desk.assertionsFor(caller)
  assert.ok(identifying)
  assert.equal(identifying.trc, undefined, 'nobody is treated before he is found')
  const maria = await desk.assertionsFor(caller, MARIA)
  const rui = await desk.assertionsFor(caller, RUI)
  assert.equal(maria?.hcp, identifying.hcp)
  assert.equal(rui?.hcp, identifying.hcp)
  assert.ok(maria?.trc?.includes('298123456^^^&amp;2.16.17.710.820.1000.990.1.1&amp;ISO'))
  assert.notEqual(maria?.trc, rui?.trc)
  assert.equal((await desk.assertionsFor(caller, MARIA))?.trc, maria?.trc, 'the same again')
  later(1.95)
  const renewed = await desk.assertionsFor(caller, MARIA)
  assert.notEqual(renewed?.trc, maria?.trc, 'two hours are nearly over')
  assert.equal(renewed?.hcp, maria?.hcp)
  later(3.95)
  assert.notEqual((await desk.assertionsFor(caller, MARIA))?.hcp, maria?.hcp, 'four hours are nearly over')
})

test('purpose, organisation, PIN and prescription each make another assertion', async () => {
  const { desk } = deskAt(Date.now())
  const plain = await desk.assertionsFor(caller, MARIA)
  const pin = await desk.assertionsFor({ ...caller, dispensationPin: '4711', prescriptionId: 'RX-1' }, MARIA)
  assert.equal(pin?.hcp, plain?.hcp)
  assert.ok(pin?.trc?.includes('4711') && pin.trc.includes('RX-1'))
  assert.ok(!plain?.trc?.includes('4711'), "one patient's PIN is in no other assertion")
  assert.notEqual((await desk.assertionsFor({ ...caller, purpose: 'EMERGENCY' }, MARIA))?.hcp, plain?.hcp)
  const elsewhere = { ...caller.professional, organisation: { identifier: 'urn:oid:1|2', name: 'Autre' } }
  assert.notEqual((await desk.assertionsFor({ ...caller, professional: elsewhere }, MARIA))?.hcp, plain?.hcp)
  const kin = { family: 'Ferreira', given: 'Rui', identifiers: [] }
  const spoken = await desk.assertionsFor({ ...caller, nextOfKin: kin })
  assert.ok(spoken?.nextOfKin?.includes('Rui'))
})

test('who cannot be vouched for is not', async () => {
  const now = Date.now()
  const weak = deskAt(now, 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password')
  assert.equal(await weak.desk.assertionsFor(caller, MARIA), undefined, 'one factor')
  const { desk } = deskAt(now)
  const gardener = { ...caller.professional, role: { code: '6113', display: 'Gardeners' } }
  assert.equal(await desk.assertionsFor({ ...caller, professional: gardener }, MARIA), undefined)
  assert.equal(await desk.assertionsFor(caller, 'urn:example|1'), undefined, 'no OID')
})
