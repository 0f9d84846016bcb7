/**
 * Sorted lists of numbers in few bytes: each entry as the distance from the one before it, seven bits to a byte, the high
 * bit on all bytes of a number but its last. The closure of a hierarchy takes less than half of what plain words take,
 * and going through a list costs about the same, because less memory is read.
 *
 *   <name>.starts    n+1 byte offsets into .bytes
 *   <name>.bytes     per list: how many entries it has, the first entry, the distances
 */
import type { FlatFile } from './container.ts'
import type { Rows } from './rows.ts'
import type { FlatWriter } from './write.ts'

/** Every list must be sorted, each entry once. */
export function writeDeltas(writer: FlatWriter, name: string, { starts, entries }: Rows): void {
  const lists = starts.length - 1
  const offsets = new Uint32Array(lists + 1)
  let length = 0
  eachNumber(starts, entries, (value, list, isFirst) => {
    if (isFirst) offsets[list] = length
    length += value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5
  })
  offsets[lists] = length
  const bytes = new Uint8Array(length)
  let at = 0
  eachNumber(starts, entries, (value) => {
    let rest = value
    for (; rest >= 0x80; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80
    bytes[at++] = rest
  })
  writer.add(`${name}.starts`, offsets)
  writer.add(`${name}.bytes`, bytes)
}

function eachNumber(
  starts: Uint32Array,
  entries: Uint32Array,
  write: (value: number, list: number, isFirst: boolean) => void,
): void {
  for (let list = 0; list + 1 < starts.length; list += 1) {
    const from = starts[list] as number
    const to = starts[list + 1] as number
    write(to - from, list, true)
    let before = 0
    for (let at = from; at < to; at += 1) {
      const entry = entries[at] as number
      write(entry - before, list, false)
      before = entry
    }
  }
}

export interface Deltas {
  /** A new array; of a long list only the first `most` entries, where that is said. */
  list(number: number, most?: number): Uint32Array
  /** Every entry, without a list being made. */
  each(number: number, visit: (entry: number) => void): void
  sizeOf(number: number): number
  has(number: number, entry: number): boolean
}

export function readDeltas(flat: FlatFile, name: string): Deltas {
  const starts = flat.words(`${name}.starts`)
  const bytes = flat.bytes(`${name}.bytes`)
  // Where the number that was read last ends: a second result without an object for each number.
  let end = 0
  const read = (start: number): number => {
    let at = start
    let byte = bytes[at++] as number
    let value = byte & 0x7f
    for (let shift = 7; byte >= 0x80; shift += 7) {
      byte = bytes[at++] as number
      value |= (byte & 0x7f) << shift
    }
    end = at
    return value >>> 0
  }
  const sizeOf = (number: number): number => read(starts[number] as number)
  return {
    sizeOf,
    list(number, most = Number.POSITIVE_INFINITY) {
      const found = new Uint32Array(Math.min(sizeOf(number), most))
      let entry = 0
      for (let index = 0; index < found.length; index += 1) {
        entry += read(end)
        found[index] = entry
      }
      return found
    },
    each(number, visit) {
      let entry = 0
      let left = sizeOf(number)
      for (let at = end; left > 0; left -= 1) {
        entry += read(at)
        at = end
        visit(entry)
      }
    },
    has(number, wanted) {
      let entry = 0
      for (let left = sizeOf(number); left > 0; left -= 1) {
        entry += read(end)
        if (entry >= wanted) return entry === wanted
      }
      return false
    },
  }
}
