/** The regular files of a tar stream, one after the other, without holding any of them in memory. */

const BLOCK = 512

export interface TarEntry {
  readonly name: string
  /** To be read to its end, or left alone, before the next entry is asked for. */
  readonly chunks: AsyncIterable<Buffer>
}

/** POSIX ustar with the `x`/`L` long-name entries that npm and GNU tar write. Throws in plain words when it is damaged. */
export async function* tarEntries(
  stream: AsyncIterable<Buffer>,
  budget: (bytes: number) => void,
): AsyncGenerator<TarEntry> {
  const reader = createReader(stream, budget)
  let longName: string | undefined
  for (;;) {
    const header = await reader.take(BLOCK)
    if (header.length === 0 || header.every((byte) => byte === 0)) return
    if (header.length < BLOCK) throw new Error('it is cut short')
    const field = (from: number, to: number) => header.toString('latin1', from, to).replace(/\0.*$/s, '').trim()
    const size = Number.parseInt(field(124, 136) || '0', 8)
    if (!Number.isSafeInteger(size) || size < 0) throw new Error('it has a file of unreadable size')
    const padding = (BLOCK - (size % BLOCK)) % BLOCK
    const type = field(156, 157)
    if (type === 'x' || type === 'L') {
      if (size > 65_536) throw new Error('it has a file name of unreadable size')
      const text = (await reader.take(size)).toString('utf8')
      await reader.skip(padding)
      longName = type === 'L' ? text.replace(/\0.*$/s, '') : (/\d+ path=(.*)\n/.exec(text)?.[1] ?? longName)
      continue
    }
    const body = reader.part(size)
    if (type === '0' || type === '') {
      const folder = field(345, 500)
      yield { name: longName ?? (folder === '' ? field(0, 100) : `${folder}/${field(0, 100)}`), chunks: body.chunks() }
    }
    await body.finish()
    await reader.skip(padding)
    longName = undefined
  }
}

function createReader(stream: AsyncIterable<Buffer>, budget: (bytes: number) => void) {
  const iterator = stream[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)
  /** At most `count` bytes, at least one; undefined at the end. */
  const some = async (count: number): Promise<Buffer | undefined> => {
    if (rest.length === 0) {
      const next = await iterator.next()
      if (next.done) return undefined
      budget(next.value.length)
      rest = next.value
    }
    const part = rest.subarray(0, count)
    rest = rest.subarray(part.length)
    return part
  }
  const skip = async (count: number): Promise<void> => {
    for (let left = count; left > 0; ) {
      const part = await some(left)
      if (!part) throw new Error('it is cut short')
      left -= part.length
    }
  }
  return {
    skip,
    /** The next bytes; fewer only at the end. */
    async take(count: number): Promise<Buffer> {
      const parts: Buffer[] = []
      for (let left = count; left > 0; ) {
        const part = await some(left)
        if (!part) break
        parts.push(part)
        left -= part.length
      }
      return Buffer.concat(parts)
    },
    /** The next `count` bytes as a stream of their own. */
    part(count: number) {
      let left = count
      return {
        async *chunks(): AsyncGenerator<Buffer> {
          while (left > 0) {
            const chunk = await some(left)
            if (!chunk) throw new Error('it is cut short')
            left -= chunk.length
            yield chunk
          }
        },
        async finish() {
          await skip(left)
          left = 0
        },
      }
    },
  }
}
