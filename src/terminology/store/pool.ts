/** Strings numbered in order of first use; number 0 is the empty string. */

export interface Pool {
  numberOf(text: string | undefined): number
  readonly size: number
  texts(): readonly string[]
}

export function createPool(): Pool {
  const numbers = new Map<string, number>([['', 0]])
  return {
    numberOf(text = '') {
      let number = numbers.get(text)
      if (number === undefined) {
        number = numbers.size
        numbers.set(text, number)
      }
      return number
    },
    get size() {
      return numbers.size
    },
    texts: () => [...numbers.keys()],
  }
}

/** The pool's text in UTF-8 and where each string starts, with the end of the last. */
export function encodePool(pool: Pool): { readonly text: Uint8Array; readonly offsets: readonly number[] } {
  const offsets = [0]
  const parts = pool.texts().map((text) => Buffer.from(text, 'utf8'))
  let length = 0
  for (const part of parts) {
    length += part.length
    offsets.push(length)
  }
  return { text: Buffer.concat(parts), offsets }
}
