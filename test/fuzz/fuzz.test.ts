/** Ten thousand inputs over all readers of the border: nothing throws, nothing hangs, nothing fills the memory. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { campaign } from './campaign.ts'
import { chanceOf } from './chance.ts'
import { openReaders } from './readers.ts'

test('whatever chance makes of messages, assertions and documents, readers answer with a value', async () => {
  const { readers, findings } = await campaign({ inputs: 10_000, seed: Number(process.env.TESSERA_FUZZ_SEED ?? 1) })
  assert.deepEqual(findings, [])
  assert.equal(
    readers.reduce((sum, { inputs }) => sum + inputs, 0),
    10_000,
  )
  for (const { reader, inputs, understood } of readers) {
    assert.ok(understood > inputs / 20, `${reader}: ${understood} of ${inputs} were understood`)
    assert.ok(understood < inputs, `${reader}: chance changes something`)
  }
})

test('the same seed and number make the same input', async () => {
  const { soap } = await openReaders()
  const once = chanceOf(7, 0, 3)
  const again = chanceOf(7, 0, 3)
  soap.input(once)
  soap.input(again)
  assert.equal(once.below(2 ** 30), again.below(2 ** 30))
})
