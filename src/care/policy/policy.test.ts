import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { SERVICES } from '#wire/discovery/directory.ts'
import { decide, policyFor, readPolicies, type ServicePolicy, serviceOfClass } from './policy.ts'

const policy: ServicePolicy = {
  service: 'patient-summary',
  version: '1',
  roles: ['2211'],
  purposes: ['TREATMENT'],
  documentClasses: ['60591-5'],
}
const request = { service: 'patient-summary', role: '2211', purpose: 'TREATMENT', documentClass: '60591-5' } as const

test('what is not expressly allowed is refused', () => {
  assert.deepEqual(decide(request, policy, true), { permit: true })
  for (const [changed, by, consent, reason] of [
    [request, undefined, true, 'no-policy'],
    [{ ...request, service: 'patient-identification' }, policy, true, 'no-policy'],
    [{ ...request, role: '221' }, policy, true, 'role'],
    [{ ...request, purpose: 'EMERGENCY' }, policy, true, 'purpose'],
    [{ ...request, documentClass: '11502-2' }, policy, true, 'document-class'],
    [request, policy, false, 'consent'],
    [{ ...request, purpose: 'EMERGENCY' }, { ...policy, purposes: ['EMERGENCY'] }, false, 'consent'],
  ] as const) {
    assert.deepEqual(decide(changed, by, consent), { permit: false, reason })
  }
})

test('clerical staff asks for somebody who may, a relative where it is allowed', () => {
  const clerical = { ...policy, clericalRoles: ['44'] }
  const clerk = { ...request, role: '44' }
  assert.deepEqual(decide({ ...clerk, onBehalfOf: '2211' }, clerical, true), { permit: true })
  for (const [asked, by] of [
    [clerk, clerical],
    [{ ...clerk, onBehalfOf: '2262' }, clerical],
    [{ ...clerk, onBehalfOf: '44' }, clerical],
    [{ ...clerk, onBehalfOf: '2211' }, policy],
    [{ ...request, role: '2262', onBehalfOf: '2211' }, clerical],
  ] as const) {
    assert.deepEqual(decide(asked, by, true), { permit: false, reason: 'role' })
  }
  const kin = { ...request, nextOfKin: true }
  assert.deepEqual(decide(kin, policy, true), { permit: true })
  assert.deepEqual(decide(kin, { ...policy, nextOfKin: false }, true), { permit: false, reason: 'next-of-kin' })
})

test('what is different for one asking country replaces what holds for all', () => {
  const policies = [{ ...policy, countries: { XX: { roles: [] }, YY: { purposes: ['EMERGENCY'] as const } } }]
  assert.deepEqual(policyFor(policies, 'patient-summary', 'FR')?.roles, ['2211'])
  assert.deepEqual(policyFor(policies, 'patient-summary', 'XX')?.roles, [])
  const narrowed = policyFor(policies, 'patient-summary', 'YY')
  assert.deepEqual([narrowed?.roles, narrowed?.purposes], [['2211'], ['EMERGENCY']])
  assert.equal(policyFor(policies, 'edispensation', 'FR'), undefined)
  assert.equal(serviceOfClass(policies, '60591-5'), 'patient-summary')
  assert.equal(serviceOfClass(policies, '57833-6'), undefined)
})

test('every service that ships has a policy; dispensing is for pharmacies, reports are not', () => {
  const file = join(import.meta.dirname, '..', '..', '..', 'data', 'policies', 'services.json')
  const read = readPolicies(JSON.parse(readFileSync(file, 'utf8')))
  assert.ok(read.ok)
  assert.deepEqual(read.value.map(({ service }) => service).sort(), [...SERVICES].sort())
  for (const { service, roles } of read.value) {
    const isPharmacy = service === 'eprescription' || service === 'edispensation'
    assert.equal(roles.includes('221'), !isPharmacy, service)
    assert.equal(roles.includes('3213'), !/report|image/.test(service), service)
  }
})

test('the policies that ship can be read and cover both services', () => {
  const file = join(import.meta.dirname, '..', '..', '..', 'data', 'policies', 'services.json')
  const read = readPolicies(JSON.parse(readFileSync(file, 'utf8')))
  assert.ok(read.ok)
  const services = read.value.map(({ service }) => service)
  assert.ok(services.includes('patient-identification') && services.includes('patient-summary'))
  assert.ok(read.value.every(({ roles, purposes }) => roles.length > 0 && purposes.length > 0))
})

test('a policy that cannot be read is told with its place; services of later versions are passed over', () => {
  const wrong = readPolicies([{ service: 'patient-summary', roles: ['doctor'], purposes: [] }])
  assert.equal(!wrong.ok && wrong.problem.place?.path, '0.roles.0')
  assert.equal(readPolicies({}).ok, false)
  assert.deepEqual(readPolicies([{ service: 'imaging', anything: 1 }]), { ok: true, value: [] })
})
