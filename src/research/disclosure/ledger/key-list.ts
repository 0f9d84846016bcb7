/** Sorted person keys as bytes: the gaps between them, seven bits a byte, lowest first (about five bytes a person at a million). */
import type { PersonKeys } from '../persons.ts'

export function packKeys(keys: PersonKeys): Uint8Array {
  const bytes = new Uint8Array(keys.length * 8)
  let [at, before] = [0, 0]
  for (const key of keys) {
    let gap = key - before
    before = key
    while (gap >= 128) {
      bytes[at] = 128 + (gap % 128)
      gap = Math.floor(gap / 128)
      at += 1
    }
    bytes[at] = gap
    at += 1
  }
  return bytes.slice(0, at)
}

/** @param size how many keys were packed */
export function unpackKeys(bytes: Uint8Array, size: number): PersonKeys {
  const keys = new Float64Array(size)
  let [at, before] = [0, 0]
  for (let index = 0; index < size; index += 1) {
    let [gap, unit, byte] = [0, 1, 128]
    while (byte >= 128) {
      byte = bytes[at] ?? 0
      gap += (byte % 128) * unit
      unit *= 128
      at += 1
    }
    before += gap
    keys[index] = before
  }
  if (at !== bytes.length) throw new Error('A stored set of persons is damaged.')
  return keys
}
