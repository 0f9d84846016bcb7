/** Files of a folder or a package: name and bytes, one after the other, within bounds. */
import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { createGunzip } from 'node:zlib'
import { failed, ok, type Result } from '#platform/result/result.ts'

export type FileProblemCode =
  | 'terminology-file-unreadable'
  | 'terminology-file-too-large'
  | 'terminology-package-broken'

export interface InputFile {
  /** Path inside the folder or package; for a single file, its name. */
  readonly name: string
  readonly content: Result<Buffer, FileProblemCode>
}

/** Larger files are refused: the largest real code system in JSON that is known has about a third of this. */
const MAX_FILE_BYTES = 400 * 1024 * 1024
const MAX_PACKAGE_BYTES = 4 * 1024 * 1024 * 1024

export function isPackage(path: string): boolean {
  return /\.(?:tgz|tar\.gz)$/i.test(path)
}

/** Every `.json` file below a folder, in order of name; packages inside count as their contents. */
export async function* inputFiles(path: string): AsyncGenerator<InputFile> {
  const status = await stat(path)
  if (status.isDirectory()) {
    const entries = await readdir(path, { recursive: true, withFileTypes: true })
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => /\.json$/i.test(file) || isPackage(file))
      .sort()
    for (const file of files) {
      if (isPackage(file)) yield* packageFiles(file, relative(path, file))
      else yield { name: relative(path, file), content: await readInput(file) }
    }
  } else if (isPackage(path)) {
    yield* packageFiles(path, '')
  } else {
    yield { name: path.split('/').at(-1) ?? path, content: await readInput(path) }
  }
}

async function readInput(path: string): Promise<InputFile['content']> {
  try {
    const { size } = await stat(path)
    if (size > MAX_FILE_BYTES) return tooLarge(path)
    return ok(await readFile(path))
  } catch {
    return failed('terminology-file-unreadable', 'The file cannot be read.', 'Check that it exists and may be read.', {
      file: path,
    })
  }
}

function tooLarge(file: string) {
  return failed('terminology-file-too-large', 'The file is larger than 400 MB.', 'Split it by code system.', { file })
}

/** The JSON files of an npm-style package: a gzipped tar, read as a stream, one file in memory at a time. */
async function* packageFiles(path: string, shownAs: string): AsyncGenerator<InputFile> {
  const prefix = shownAs === '' ? '' : `${shownAs}!`
  try {
    for await (const { name, bytes } of tarEntries(createReadStream(path).pipe(createGunzip()))) {
      if (!/\.json$/i.test(name)) continue
      yield { name: `${prefix}${name}`, content: bytes === undefined ? tooLarge(name) : ok(bytes) }
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    yield {
      name: shownAs === '' ? (path.split('/').at(-1) ?? path) : shownAs,
      content: failed(
        'terminology-package-broken',
        `The package is no readable .tgz: ${why}.`,
        'Fetch it again; what came before the damage was read.',
        { file: path },
      ),
    }
  }
}

const BLOCK = 512

/** POSIX ustar with the `x`/`L` long-name entries that npm and GNU tar write. */
async function* tarEntries(
  stream: AsyncIterable<Buffer>,
): AsyncGenerator<{ readonly name: string; readonly bytes: Buffer | undefined }> {
  const reader = createReader(stream)
  let longName: string | undefined
  for (;;) {
    const header = await reader.take(BLOCK)
    if (header.length === 0 || header.every((byte) => byte === 0)) return
    if (header.length < BLOCK) throw new Error('it is cut short')
    const field = (from: number, to: number) => header.toString('latin1', from, to).replace(/\0.*$/s, '').trim()
    const size = Number.parseInt(field(124, 136) || '0', 8)
    if (!Number.isSafeInteger(size) || size < 0) throw new Error('it has a file of unreadable size')
    const padded = Math.ceil(size / BLOCK) * BLOCK
    const keep = size <= MAX_FILE_BYTES
    const bytes = keep ? await reader.take(padded) : await reader.skip(padded)
    if (bytes && bytes.length < padded) throw new Error('it is cut short')
    const body = bytes?.subarray(0, size)
    const type = field(156, 157)
    if (type === 'x' || type === 'L') {
      const text = body?.toString('utf8') ?? ''
      longName = type === 'L' ? text.replace(/\0.*$/s, '') : /\d+ path=(.*)\n/.exec(text)?.[1]
      continue
    }
    if (type === '0' || type === '') {
      const folder = field(345, 500)
      yield { name: longName ?? (folder === '' ? field(0, 100) : `${folder}/${field(0, 100)}`), bytes: body }
    }
    longName = undefined
  }
}

function createReader(stream: AsyncIterable<Buffer>) {
  const iterator = stream[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)
  let total = 0
  const more = async (): Promise<Buffer | undefined> => {
    const next = await iterator.next()
    if (next.done) return undefined
    total += next.value.length
    if (total > MAX_PACKAGE_BYTES) throw new Error('it unpacks to more than 4 GB')
    return next.value
  }
  return {
    /** The next bytes; fewer only at the end. */
    async take(count: number): Promise<Buffer> {
      const parts = [rest]
      let have = rest.length
      while (have < count) {
        const chunk = await more()
        if (!chunk) break
        parts.push(chunk)
        have += chunk.length
      }
      const all = parts.length === 1 ? rest : Buffer.concat(parts)
      rest = all.subarray(count)
      return all.subarray(0, count)
    },
    async skip(count: number): Promise<undefined> {
      let left = count
      while (left > 0) {
        const part = rest.length > 0 ? rest : await more()
        if (!part) throw new Error('it is cut short')
        rest = part.subarray(left)
        left -= Math.min(left, part.length)
      }
      return undefined
    },
  }
}
