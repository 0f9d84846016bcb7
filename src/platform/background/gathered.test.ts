import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gathered } from './gathered.ts'

test('what comes while others are worked on is worked on together, in its order, once', async () => {
  const batches: (readonly number[])[] = []
  let release = (): void => undefined
  const give = gathered<number>((pieces) => {
    batches.push(pieces)
    return new Promise((resolve) => {
      release = resolve
    })
  })
  const first = give(1)
  await new Promise(setImmediate)
  const others = [give(2), give(3), give(4)]
  await new Promise(setImmediate)
  assert.deepEqual(batches, [[1]])
  release()
  await first
  await new Promise(setImmediate)
  release()
  await Promise.all(others)
  assert.deepEqual(batches, [[1], [2, 3, 4]])
})

test('a batch that fails is told to all who gave to it, and the next one is tried', async () => {
  let broken = true
  const give = gathered<number>(async () => {
    if (broken) throw new Error('full')
  }, 1)
  const results = await Promise.allSettled([give(1), give(2)])
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  broken = false
  await give(3)
})
