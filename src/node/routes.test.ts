import assert from 'node:assert/strict'
import { test } from 'node:test'
import { routeOf } from './routes.ts'

test('figures name the door and the kind of page, never what stands in an address', () => {
  assert.equal(routeOf('portal', '/'), 'portal/')
  assert.equal(routeOf('portal', '/patients/3f1c/documents/2'), 'portal/patients')
  assert.equal(routeOf('border', '/fhir/Bundle/abc'), 'border/fhir/Bundle')
  for (const path of ['/Ferreira', '/298123456', '/patientsFerreira', '/__proto__', '/constructor']) {
    assert.equal(routeOf('portal', path), 'portal/:other')
    assert.equal(routeOf('border', `/fhir${path}`), 'border/:other')
  }
})
