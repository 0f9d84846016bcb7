/** A node that waits for work, and hangs up. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { until } from '../../../test/faults/processes.ts'
import { coordinatorHandler, PATHS } from './coordinator-handler.ts'
import { createNews } from './news.ts'
import { now, testKeys } from './testing/federation.ts'

const FINGERPRINT = 'a'.repeat(64)

it('a node that has hung up is not looked for in the database any more', async () => {
  let looks = 0
  const handler = coordinatorHandler({
    store: {
      workFor: async () => {
        looks += 1
        return []
      },
    } as never,
    permits: { lists: async () => [] } as never,
    trust: testKeys({ PT: FINGERPRINT }).trust,
    news: createNews(),
    lookMs: 50,
    now,
  })
  const hangUp = new AbortController()
  const empty = '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU'
  const request = new Request(`https://coordinator.example${PATHS.work}?wait=20&lists=${empty}`, {
    signal: hangUp.signal,
  })
  const answer = handler(request, { certificate: { fingerprint: FINGERPRINT } } as never)
  await until('it waits', () => looks > 1)
  hangUp.abort()
  const before = looks
  assert.equal((await answer).status, 200)
  assert.equal(looks, before)
})
