import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { decide, readPolicies, type ServicePolicy } from './policy.ts'

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
