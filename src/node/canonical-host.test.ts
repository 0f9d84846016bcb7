import assert from 'node:assert/strict'
import { test } from 'node:test'
import { elsewhere } from './canonical-host.ts'

const ORIGIN = 'http://localhost:4000'
const answer = (address: string, method = 'GET') => elsewhere(ORIGIN, new Request(address, { method }))
const leadsTo = (address: string) => answer(address)?.headers.get('location')

test('a page under another name leads to the portal’s own address, path and question included', () => {
  assert.equal(leadsTo('http://127.0.0.1:4000/patients?elsewhere'), 'http://localhost:4000/patients?elsewhere')
  assert.equal(leadsTo('http://attacker.example/'), 'http://localhost:4000/')
  assert.equal(leadsTo('http://[::1]:4000/help'), 'http://localhost:4000/help')
  assert.equal(answer('http://127.0.0.1:4000/')?.status, 307)
})

test('no path leads away from the portal', () => {
  for (const path of ['//attacker.example', '/\\attacker.example', '/@attacker.example', '/.attacker.example/%2f']) {
    const location = leadsTo(`http://127.0.0.1:4000${path}`) ?? ''
    assert.equal(new URL(location).origin, ORIGIN, location)
  }
})

test('a form sent under another name is refused', () => {
  assert.equal(answer('http://127.0.0.1:4000/patients', 'POST')?.status, 421)
})

test('its own name, and what programs and probes ask, pass', () => {
  for (const address of ['http://localhost:4000/', 'http://localhost/', 'http://10.0.0.7:4000/health?live']) {
    assert.equal(answer(address), undefined)
  }
  assert.equal(answer('http://127.0.0.1:4000/api/patients', 'POST'), undefined)
  assert.equal(answer('http://127.0.0.1:4000/apiary')?.status, 307)
})
