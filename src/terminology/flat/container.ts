/**
 * The flat file: little-endian typed arrays under names.
 *
 *   bytes 0–7    magic `TESSFLAT`
 *   word 2       format version
 *   word 3       CRC-32 of everything from byte 32 on
 *   words 4–5    byte offset of the section table, low and high half
 *   word 6       number of sections
 *   word 7       0
 *   …            sections, each starting at a multiple of 8 bytes
 *   table        per section 64 bytes: name (48 bytes ASCII, padded with 0), offset low, offset high, byte length, 0
 *
 * The table stands at the end so that a writer needs no section in memory but the one it writes. A section's element type
 * is known to who reads it; its name is the contract.
 */
import { failed, ok, type Result } from '#platform/result/result.ts'

export const FLAT_MAGIC = 'TESSFLAT'
/** Raise it whenever this layout changes. What sections mean is versioned by their owner, in a section of its own. */
export const FLAT_VERSION = 1
export const FLAT_HEADER_BYTES = 32
export const TABLE_ENTRY_BYTES = 64
export const NAME_BYTES = 48

export type FlatProblemCode = 'terminology-flat-unreadable' | 'terminology-flat-damaged' | 'terminology-flat-version'

export interface FlatFile {
  readonly shared: SharedArrayBuffer
  has(name: string): boolean
  /** Views without a copy. Throws when there is no such section: the owner of a format knows its sections. */
  bytes(name: string): Uint8Array
  halves(name: string): Uint16Array
  words(name: string): Uint32Array
  doubles(name: string): Float64Array
  /** A small section as text. */
  text(name: string): string
}

/** The sections of a file that is in memory. The content is not checked again; `openFlat` did that. */
export function flatFromShared(shared: SharedArrayBuffer, file?: string): Result<FlatFile, FlatProblemCode> {
  const place = file === undefined ? undefined : { file }
  const bytes = Buffer.from(shared)
  if (bytes.length < FLAT_HEADER_BYTES || bytes.toString('latin1', 0, 8) !== FLAT_MAGIC) {
    return failed('terminology-flat-unreadable', 'This is no compiled code system.', 'Import the release again.', place)
  }
  const version = bytes.readUInt32LE(8)
  if (version !== FLAT_VERSION) {
    return failed(
      'terminology-flat-version',
      `This compiled code system has format ${version}; this version of Tessera reads format ${FLAT_VERSION}.`,
      'Import the release again.',
      place,
    )
  }
  const table = bytes.readUInt32LE(16) + bytes.readUInt32LE(20) * 2 ** 32
  const count = bytes.readUInt32LE(24)
  if (table + count * TABLE_ENTRY_BYTES > bytes.length) {
    return failed(
      'terminology-flat-damaged',
      'The compiled code system is cut off.',
      'Import the release again.',
      place,
    )
  }
  const sections = new Map<string, { readonly offset: number; readonly length: number }>()
  for (let entry = table; entry < table + count * TABLE_ENTRY_BYTES; entry += TABLE_ENTRY_BYTES) {
    const name = bytes.toString('latin1', entry, entry + NAME_BYTES).replace(/\0+$/, '')
    const offset = bytes.readUInt32LE(entry + NAME_BYTES) + bytes.readUInt32LE(entry + NAME_BYTES + 4) * 2 ** 32
    const length = bytes.readUInt32LE(entry + NAME_BYTES + 8)
    sections.set(name, { offset, length })
  }
  return ok(views(shared, sections))
}

function views(
  shared: SharedArrayBuffer,
  sections: ReadonlyMap<string, { readonly offset: number; readonly length: number }>,
): FlatFile {
  const section = (name: string) => {
    const found = sections.get(name)
    if (!found) throw new Error(`The compiled code system has no section ${name}.`)
    return found
  }
  return {
    shared,
    has: (name) => sections.has(name),
    bytes: (name) => new Uint8Array(shared, section(name).offset, section(name).length),
    halves: (name) => new Uint16Array(shared, section(name).offset, section(name).length >>> 1),
    words: (name) => new Uint32Array(shared, section(name).offset, section(name).length >>> 2),
    doubles: (name) => new Float64Array(shared, section(name).offset, section(name).length >>> 3),
    text: (name) => {
      const { offset, length } = section(name)
      return Buffer.from(shared, offset, length).toString('utf8')
    },
  }
}
