/** Reads a flat file into memory that threads share, and checks it once. */
import { open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { FLAT_HEADER_BYTES, type FlatFile, type FlatProblemCode, flatFromShared } from './container.ts'

const PIECE_BYTES = 1 << 20

/** The whole file, its checksum verified. Memory: the size of the file, once for all threads. */
export async function openFlat(file: string): Promise<Result<FlatFile, FlatProblemCode>> {
  let handle: Awaited<ReturnType<typeof open>>
  try {
    handle = await open(file, 'r')
  } catch {
    return failed(
      'terminology-flat-unreadable',
      'A compiled code system cannot be read.',
      'Import the release again.',
      {
        file,
      },
    )
  }
  try {
    const { size } = await handle.stat()
    const shared = new SharedArrayBuffer(size)
    const bytes = Buffer.from(shared)
    // Through a small piece that stays in the processor's cache: each page of the large block is touched once only.
    const piece = Buffer.alloc(PIECE_BYTES)
    let checksum = 0
    for (let read = 0; read < size; ) {
      const { bytesRead } = await handle.read(piece, 0, Math.min(PIECE_BYTES, size - read), read)
      if (bytesRead === 0) return damaged(file)
      const header = Math.min(bytesRead, Math.max(0, FLAT_HEADER_BYTES - read))
      checksum = crc32(piece.subarray(header, bytesRead), checksum)
      bytes.set(piece.subarray(0, bytesRead), read)
      read += bytesRead
    }
    const flat = flatFromShared(shared, file)
    if (flat.ok && bytes.readUInt32LE(12) !== checksum) return damaged(file)
    return flat.ok ? ok(flat.value) : flat
  } finally {
    await handle.close()
  }
}

function damaged(file: string) {
  return failed(
    'terminology-flat-damaged',
    'A compiled code system is damaged: its checksum does not fit.',
    'Check the disk and import the release again.',
    { file },
  )
}
