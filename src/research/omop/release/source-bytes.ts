/** Reads a source file once from end to end: its hash for the release, and whether it is whole. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { SourceFile } from './source-files.ts'

export interface SourceBytes {
  readonly bytes: number
  readonly sha256: string
}

export type SourceBytesProblemCode = 'source-unreadable' | 'source-truncated'

const CHUNK = { highWaterMark: 1 << 20 }

/**
 * Hash and size of the file as it lies there. A zipped file is unpacked to see that it is whole: DuckDB takes the rows
 * before the cut for all rows.
 */
export async function inspectBytes(file: SourceFile): Promise<Result<SourceBytes, SourceBytesProblemCode>> {
  const hash = createHash('sha256')
  let bytes = 0
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  const away = new Writable({ highWaterMark: 1 << 20, write: (_chunk, _encoding, done) => done() })
  try {
    const source = createReadStream(file.path, CHUNK)
    if (file.zipped) await pipeline(source, hashing, createGunzip(), away)
    else await pipeline(source, hashing, away)
  } catch (error) {
    return unreadable(file, error)
  }
  return ok({ bytes, sha256: hash.digest('hex') })
}

function unreadable(file: SourceFile, error: unknown): Result<never, SourceBytesProblemCode> {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  if (typeof code === 'string' && code.startsWith('Z_')) {
    return failed(
      'source-truncated',
      `The file ${file.name} is damaged or cut off, so that its rows cannot be counted.`,
      'Copy or export the file again; nothing was loaded.',
      { file: file.name },
    )
  }
  return failed('source-unreadable', `The file ${file.name} cannot be read.`, 'Check that it exists and may be read.', {
    file: file.name,
  })
}

/** The unpacked bytes of a file, in chunks. */
export async function* unpackedBytes(file: SourceFile): AsyncGenerator<Uint8Array> {
  const source = createReadStream(file.path, CHUNK)
  const stream: AsyncIterable<Buffer> = file.zipped
    ? source.pipe(createGunzip({ chunkSize: CHUNK.highWaterMark }))
    : source
  for await (const chunk of stream) yield chunk
}
