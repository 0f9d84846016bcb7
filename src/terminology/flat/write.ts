/** Writes a flat file section by section, so that only the section at hand is in memory. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { FLAT_HEADER_BYTES, FLAT_MAGIC, FLAT_VERSION, NAME_BYTES, TABLE_ENTRY_BYTES } from './container.ts'

export type FlatArray = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array

export interface FlatWriter {
  /** Writes one section; several arrays follow each other without a gap. */
  add(name: string, ...parts: readonly FlatArray[]): void
  /** Writes table and header, and syncs. Returns the length of the file in bytes. */
  finish(): number
  /** Closes without finishing; what was written is no flat file. */
  abandon(): void
}

/** Throws the system's error when the file cannot be made. The order of sections is part of what the same input gives. */
export function createFlatFile(file: string): FlatWriter {
  const handle = openSync(file, 'wx')
  const table: { readonly name: string; readonly offset: number; readonly length: number }[] = []
  let position = FLAT_HEADER_BYTES
  let checksum = 0
  const write = (bytes: Uint8Array, at: number): void => {
    for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done, bytes.length - done, at + done)
  }
  const append = (bytes: Uint8Array): void => {
    checksum = crc32(bytes, checksum)
    write(bytes, position)
    position += bytes.length
  }
  const align = (): void => {
    const rest = position % 8
    if (rest !== 0) append(new Uint8Array(8 - rest))
  }
  return {
    add(name, ...parts) {
      if (name.length > NAME_BYTES || table.some((entry) => entry.name === name)) throw new Error(`Section ${name}?`)
      const offset = position
      for (const part of parts) append(new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
      table.push({ name, offset, length: position - offset })
      align()
    },
    finish() {
      const entries = Buffer.alloc(table.length * TABLE_ENTRY_BYTES)
      table.forEach(({ name, offset, length }, index) => {
        const at = index * TABLE_ENTRY_BYTES
        entries.write(name, at, 'latin1')
        entries.writeUInt32LE(offset % 2 ** 32, at + NAME_BYTES)
        entries.writeUInt32LE(Math.floor(offset / 2 ** 32), at + NAME_BYTES + 4)
        entries.writeUInt32LE(length, at + NAME_BYTES + 8)
      })
      const start = position
      append(entries)
      const header = Buffer.alloc(FLAT_HEADER_BYTES)
      header.write(FLAT_MAGIC, 0, 'latin1')
      header.writeUInt32LE(FLAT_VERSION, 8)
      header.writeUInt32LE(checksum, 12)
      header.writeUInt32LE(start % 2 ** 32, 16)
      header.writeUInt32LE(Math.floor(start / 2 ** 32), 20)
      header.writeUInt32LE(table.length, 24)
      write(header, 0)
      fsyncSync(handle)
      closeSync(handle)
      return position
    },
    abandon() {
      closeSync(handle)
    },
  }
}
