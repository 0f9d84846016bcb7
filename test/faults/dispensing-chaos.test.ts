/**
 * Exactly once, between real processes: nodes of both countries are killed with `kill -9`, messages are lost, cut, late and
 * repeated, and pharmacists want the same packages. At any size: `node test/faults/dispensing-chaos.ts`.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chaos } from './chaos/chaos.ts'
import { WAYS } from './chaos/killable-nodes.ts'

const DISPENSATIONS = 60
const MOST_KILLS = 2

test(`${DISPENSATIONS} dispensations over IHE: none twice, none lost, every answer is known in the end`, async (context) => {
  const report = await chaos({
    way: 'ihe',
    dispensations: DISPENSATIONS,
    seed: 1,
    mostKills: MOST_KILLS,
    restMs: 3000,
    atOnce: 8,
    patienceMs: 10 * 60_000,
  })
  context.diagnostic(JSON.stringify(report))
  assert.deepEqual(report.violations, [])
  const { accepted = 0, moreThanOneAttempt = 0, unknownAtTheEnd } = report.figures
  assert.ok(accepted >= DISPENSATIONS, `only ${accepted} were accepted`)
  assert.equal(unknownAtTheEnd, 0)
  // Otherwise nothing was proven.
  assert.ok(moreThanOneAttempt > 0, 'no answer was lost')
  assert.ok((report.kills[WAYS.ihe.a] ?? 0) > 0, 'country A was not killed')
  assert.ok(
    WAYS.ihe.pharmacists.some(({ country }) => (report.kills[country] ?? 0) > 0),
    'no country B was killed',
  )
  assert.ok(Object.keys(report.faults).length >= 5, 'the line was too good')
})
