import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { type Task, workOff } from './lanes.ts'

/** Tasks that note when they begin and end, and which lane they are on. */
function noted(after: readonly (readonly number[])[], fails: readonly number[] = []) {
  const events: string[] = []
  const busy = new Set<string>()
  let most = 0
  const tasks = after.map(
    (before, number): Task<string> => ({
      after: before,
      async run(lane) {
        assert.equal(busy.has(lane), false, 'a lane has one task at a time')
        busy.add(lane)
        most = Math.max(most, busy.size)
        events.push(`begin ${number}`)
        for (let turns = 0; turns <= number % 3; turns += 1) await turn()
        busy.delete(lane)
        if (fails.includes(number)) throw new Error(`task ${number}`)
        events.push(`end ${number}`)
      },
    }),
  )
  return { tasks, events, most: () => most }
}

test('each begins after those it waits for, and as many run as there are lanes', async () => {
  const { tasks, events, most } = noted([[], [], [0, 1], [], [2], [3]])
  await workOff(tasks, ['x', 'y'], () => assert.fail('nothing failed'))
  assert.equal(events.filter((one) => one.startsWith('end')).length, 6)
  for (const [later, earlier] of [[2, 0], [2, 1], [4, 2], [5, 3]]) {
    assert.equal(events.indexOf(`end ${earlier}`) < events.indexOf(`begin ${later}`), true, `${later} after ${earlier}`)
  }
  assert.equal(most(), 2)
}) // biome-ignore format: a table

test('one lane: in their order', async () => {
  const { tasks, events } = noted([[], [0], [], [1]])
  await workOff(tasks, ['x'], () => undefined)
  assert.deepEqual(
    events.filter((one) => one.startsWith('begin')),
    ['begin 0', 'begin 1', 'begin 2', 'begin 3'],
  )
})

test('after a failure nothing begins, what runs is told and ends, and the first failure is thrown', async () => {
  const { tasks, events } = noted([[], [], [0], [1]], [0])
  let told = 0
  await assert.rejects(
    workOff(tasks, ['x', 'y'], () => {
      told += 1
    }),
    /task 0/,
  )
  assert.equal(told, 1)
  assert.deepEqual(events, ['begin 0', 'begin 1', 'end 1'])
})

test('nothing to do is done', async () => {
  await workOff([], ['x'], () => undefined)
})
