/** An engine is opened when it is asked, and closed once it rests and nothing runs. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { failed, ok } from '#platform/result/result.ts'
import { program } from '#research/query/build-relations.ts'
import type { QueryEngine } from '#research/query/engine.ts'
import { releaseEngine } from './release-engine.ts'

const NOTHING = program([], {})

/** Counts what is open; each run waits until it is told to end. */
function counted() {
  const ends: (() => void)[] = []
  const seen = { opened: 0, open: 0 }
  const engine = (): QueryEngine => ({
    dialect: 'duckdb',
    run: () => new Promise((resolve) => ends.push(() => resolve(ok(new Map())))),
    async close() {
      seen.open -= 1
    },
  })
  const open = async () => {
    seen.opened += 1
    seen.open += 1
    return ok(engine())
  }
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return { seen, ends, open, settle }
}

it('is opened once for all who ask, and not before', async () => {
  const { seen, ends, open, settle } = counted()
  const engine = releaseEngine(open)
  assert.equal(seen.opened, 0)
  const both = [engine.run(NOTHING), engine.run(NOTHING)]
  await settle()
  for (const end of ends) end()
  await Promise.all(both)
  assert.deepEqual(seen, { opened: 1, open: 1 })
  await engine.close()
  assert.equal(seen.open, 0)
})

it('that rests ends what runs first, then it is closed', async () => {
  const { seen, ends, open, settle } = counted()
  const engine = releaseEngine(open)
  const runs = [engine.run(NOTHING), engine.run(NOTHING)]
  await settle()
  engine.rest()
  await settle()
  assert.equal(seen.open, 1)
  ends[0]?.()
  await runs[0]
  await settle()
  assert.equal(seen.open, 1, 'another one still runs')
  ends[1]?.()
  assert.ok((await runs[1])?.ok)
  await settle()
  assert.equal(seen.open, 0)
  const late = engine.run(NOTHING)
  await settle()
  assert.deepEqual(seen, { opened: 2, open: 1 }, 'opened for who still asks')
  ends[2]?.()
  assert.ok((await late).ok)
  await engine.close()
  assert.equal(seen.open, 0)
})

it('that could not be opened is tried again at the next question', async () => {
  const { seen, ends, open, settle } = counted()
  let there = false
  const engine = releaseEngine(async () => (there ? open() : failed('engine-unavailable', 'Not there.', 'Load it.')))
  const first = await engine.run(NOTHING)
  assert.equal(first.ok ? 'ok' : first.problem.code, 'query-failed')
  there = true
  const second = engine.run(NOTHING)
  await settle()
  ends[0]?.()
  assert.ok((await second).ok)
  await engine.close()
  assert.deepEqual(seen, { opened: 1, open: 0 })
})
