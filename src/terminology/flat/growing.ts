/** Typed arrays whose final length is not known while they are filled. */

export interface GrowingWords {
  readonly length: number
  /** The array so far; its tail beyond `length` is not yet used. Valid until the next `push`. */
  readonly words: Uint32Array
  push(value: number): void
  /** A copy of exactly the used part. */
  toArray(): Uint32Array
}

export function growingWords(capacity = 1024): GrowingWords {
  let words = new Uint32Array(capacity)
  let length = 0
  return {
    get length() {
      return length
    },
    get words() {
      return words
    },
    push(value) {
      if (length === words.length) words = enlarged(words)
      words[length++] = value
    },
    toArray: () => words.slice(0, length),
  }
}

/** Half as much again: less waste than doubling where the arrays are large. */
export function enlarged(words: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.ceil(words.length * 0.75) * 2 + 16)
  larger.set(words)
  return larger
}

/** Bytes in blocks, so that growing copies nothing. A run of bytes never crosses a block. */
export interface ByteBlocks {
  /** Stores the bytes; returns their position. */
  append(bytes: Uint8Array, start: number, end: number): number
  block(position: number): Uint8Array
  within(position: number): number
}

const BLOCK_BITS = 22
const BLOCK_BYTES = 1 << BLOCK_BITS

/** Longest run: 4 MB. */
export function byteBlocks(): ByteBlocks {
  const blocks: Uint8Array[] = []
  let used = BLOCK_BYTES
  return {
    append(bytes, start, end) {
      const length = end - start
      if (length > BLOCK_BYTES) throw new Error(`A text of ${length} bytes.`)
      if (used + length > BLOCK_BYTES) {
        blocks.push(new Uint8Array(BLOCK_BYTES))
        used = 0
      }
      const block = blocks.at(-1)
      if (length < 64)
        for (let index = 0; index < length; index += 1)
          (block as Uint8Array)[used + index] = bytes[start + index] as number
      else block?.set(bytes.subarray(start, end), used)
      const position = (blocks.length - 1) * BLOCK_BYTES + used
      used += length
      return position
    },
    block: (position) => blocks[Math.floor(position / BLOCK_BYTES)] as Uint8Array,
    within: (position) => position % BLOCK_BYTES,
  }
}
