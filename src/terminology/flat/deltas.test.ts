import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { readDeltas, writeDeltas } from './deltas.ts'
import { openFlat } from './open.ts'
import { createFlatFile } from './write.ts'

const number = fc.oneof(
  fc.nat({ max: 300 }),
  fc.constantFrom(0x7f, 0x80, 0x3fff, 0x4000, 0x1fffff, 0x200000, 0xfffffff, 0x10000000, 0xffffffff),
  fc.nat({ max: 0x7fffffff }),
)

test('sorted lists come back as they were, and are searched as they are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-deltas-'))
  let run = 0
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uniqueArray(number, { maxLength: 40 }), { maxLength: 12 }),
        number,
        async (given, other) => {
          const lists = given.map((list) => [...list].sort((a, b) => a - b))
          const starts = new Uint32Array(lists.length + 1)
          lists.forEach((list, index) => {
            starts[index + 1] = (starts[index] ?? 0) + list.length
          })
          const file = join(folder, `${run++}.flat`)
          const writer = createFlatFile(file)
          writeDeltas(writer, 'list', { starts, entries: Uint32Array.from(lists.flat()) })
          writer.finish()
          const flat = await openFlat(file)
          assert(flat.ok)
          const deltas = readDeltas(flat.value, 'list')
          for (const [index, list] of lists.entries()) {
            assert.deepEqual([...deltas.list(index)], list)
            assert.deepEqual([...deltas.list(index, 3)], list.slice(0, 3))
            assert.equal(deltas.sizeOf(index), list.length)
            const seen: number[] = []
            // Whoever is told may ask meanwhile.
            deltas.each(index, (entry) => {
              seen.push(entry)
              deltas.has(0, other)
            })
            assert.deepEqual(seen, list)
            for (const entry of [...list, other]) assert.equal(deltas.has(index, entry), list.includes(entry))
          }
        },
      ),
      { numRuns: 60 },
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
