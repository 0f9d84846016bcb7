/** Strings by number, each once: UTF-8 in one run, offsets, and a hash table back from text to number. */
import type { FlatFile } from './container.ts'
import { byteBlocks, growingWords } from './growing.ts'
import type { FlatWriter } from './write.ts'

/** FNV-1a over bytes, its upper bits mixed into the lower. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let index = start; index < end; index += 1) hash = Math.imul(hash ^ (bytes[index] as number), 0x01000193)
  return hash ^ (hash >>> 15)
}

export interface TextPoolBuilder {
  readonly size: number
  /** The number of these bytes, new or known. Numbers count from 0 in order of first use. */
  numberOf(bytes: Uint8Array, start: number, end: number): number
  numberOfText(text: string): number
  text(number: number): string
  /** Writes sections `<name>.text`, `<name>.offsets` and `<name>.slots`. */
  write(writer: FlatWriter, name: string): void
}

export function textPoolBuilder(): TextPoolBuilder {
  const blocks = byteBlocks()
  const places = growingWords()
  const lengths = growingWords()
  const hashes = growingWords()
  let slots = new Uint32Array(1 << 12)
  const enlarge = (): void => {
    slots = new Uint32Array(slots.length * 2)
    const mask = slots.length - 1
    for (let number = 0; number < hashes.length; number += 1) {
      let slot = (hashes.words[number] as number) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = number + 1
    }
  }
  const equals = (number: number, bytes: Uint8Array, start: number, length: number): boolean => {
    if (lengths.words[number] !== length) return false
    const position = places.words[number] as number
    const block = blocks.block(position)
    const within = blocks.within(position)
    for (let index = 0; index < length; index += 1) if (block[within + index] !== bytes[start + index]) return false
    return true
  }
  const numberOf = (bytes: Uint8Array, start: number, end: number): number => {
    const hash = hashBytes(bytes, start, end) >>> 0
    const mask = slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = (slots[slot] as number) - 1
      if (number >= 0) {
        if (hashes.words[number] === hash && equals(number, bytes, start, end - start)) return number
        continue
      }
      slots[slot] = hashes.length + 1
      places.push(blocks.append(bytes, start, end))
      lengths.push(end - start)
      hashes.push(hash)
      if (hashes.length * 2 > slots.length) enlarge()
      return hashes.length - 1
    }
  }
  return {
    get size() {
      return hashes.length
    },
    numberOf,
    numberOfText(text) {
      const bytes = Buffer.from(text, 'utf8')
      return numberOf(bytes, 0, bytes.length)
    },
    text(number) {
      const position = places.words[number] as number
      const within = blocks.within(position)
      const block = blocks.block(position)
      return Buffer.from(block.buffer, within, lengths.words[number]).toString('utf8')
    },
    write(writer, name) {
      const offsets = new Uint32Array(hashes.length + 1)
      for (let number = 0; number < hashes.length; number += 1) {
        offsets[number + 1] = (offsets[number] as number) + (lengths.words[number] as number)
      }
      const text = new Uint8Array(offsets[hashes.length] as number)
      for (let number = 0; number < hashes.length; number += 1) {
        const position = places.words[number] as number
        const within = blocks.within(position)
        const length = lengths.words[number] as number
        text.set(blocks.block(position).subarray(within, within + length), offsets[number])
      }
      writer.add(`${name}.text`, text)
      writer.add(`${name}.offsets`, offsets)
      writer.add(`${name}.slots`, slots)
    },
  }
}

export interface TextPool {
  readonly size: number
  text(number: number): string
  /** -1 when the pool has no such string. */
  numberOf(text: string): number
}

export function readTextPool(flat: FlatFile, name: string): TextPool {
  const bytes = flat.bytes(`${name}.text`)
  const buffer = Buffer.from(flat.shared, bytes.byteOffset, bytes.length)
  const offsets = flat.words(`${name}.offsets`)
  const slots = flat.words(`${name}.slots`)
  const mask = slots.length - 1
  return {
    size: offsets.length - 1,
    text: (number) => buffer.toString('utf8', offsets[number], offsets[number + 1]),
    numberOf(text) {
      const wanted = Buffer.from(text, 'utf8')
      for (let slot = hashBytes(wanted, 0, wanted.length) & mask; ; slot = (slot + 1) & mask) {
        const number = (slots[slot] as number) - 1
        if (number < 0) return -1
        const start = offsets[number] as number
        const end = offsets[number + 1] as number
        if (end - start === wanted.length && buffer.compare(wanted, 0, wanted.length, start, end) === 0) return number
      }
    },
  }
}
