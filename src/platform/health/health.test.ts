import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createHealth } from './health.ts'
import { createMetrics } from './metrics.ts'

const never = () => new Promise<void>(() => {})

describe('health', () => {
  const request = (query = '') => new Request(`http://127.0.0.1/health${query}`)

  it('is ready when every part is', async () => {
    const health = createHealth()
    health.part('database', async () => {})
    health.part('terminology', async () => {})
    const response = await health.respond(request())
    assert.equal(response.status, 200)
    const { ready, parts } = await health.readiness()
    assert.equal(ready, true)
    assert.deepEqual(
      parts.map(({ part }) => part),
      ['database', 'terminology'],
    )
  })

  it('names the part that failed or hangs, but not why', async () => {
    const health = createHealth()
    health.part('database', async () => {
      throw new Error('password of Ana Silva')
    })
    health.part('border', never, { timeoutMs: 5 })
    health.part('sudden', () => {
      throw new Error('before the first await')
    })
    health.part('fine', async () => {})
    const response = await health.respond(request())
    assert.equal(response.status, 503)
    const text = await response.text()
    assert.equal(text.includes('Ana'), false)
    const { parts } = await health.readiness()
    assert.deepEqual(
      parts.map(({ part, ready, reason }) => [part, ready, reason]),
      [
        ['database', false, 'failed'],
        ['border', false, 'timeout'],
        ['sudden', false, 'failed'],
        ['fine', true, undefined],
      ],
    )
  })

  it('is alive while a part is not ready', async () => {
    const health = createHealth()
    health.part('database', never, { timeoutMs: 5 })
    assert.equal((await health.respond(request('?live'))).status, 200)
  })
})

describe('metrics', () => {
  it('are OpenMetrics text with the process and the requests', async () => {
    const metrics = createMetrics()
    metrics.request({ method: 'GET', route: '/fhir/Bundle/:id', status: 200, seconds: 0.02 })
    metrics.request({ method: 'GET', route: '/fhir/Bundle/:id', status: 200, seconds: 2 })
    metrics.counter('ledger_entries', 'Entries appended.', ['side'])({ side: 'A' }, 3)
    const response = await metrics.respond()
    assert.match(response.headers.get('content-type') ?? '', /^application\/openmetrics-text; version=1\.0\.0/)
    const text = await response.text()
    assert.ok(text.endsWith('# EOF\n'))
    assert.match(text, /^# TYPE tessera_http_requests counter$/m)
    assert.match(text, /^tessera_http_requests_total\{method="GET",route="\/fhir\/Bundle\/:id",status="200"\} 2$/m)
    assert.match(text, /^tessera_http_request_duration_seconds_bucket\{le="0\.025",.*\} 1$/m)
    assert.match(text, /^tessera_ledger_entries_total\{side="A"\} 3$/m)
    assert.match(text, /^process_resident_memory_bytes \d+$/m)
  })

  it('of two nodes in one process stay apart', async () => {
    const [one, other] = [createMetrics(), createMetrics()]
    one.request({ method: 'GET', route: '/', status: 200, seconds: 1 })
    assert.doesNotMatch(await other.text(), /^tessera_http_requests_total\{/m)
  })
})
