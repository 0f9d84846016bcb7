/**
 * The compiled file: one block of little-endian 32-bit words and bytes, opened by reading it once into memory.
 *
 *   bytes 0–7    magic `TESSTERM`
 *   word 2       format version
 *   word 3       CRC-32 of everything from byte 16 on
 *   word 4       number of sections, then per section: byte offset, byte length
 *   …            sections, each starting at a multiple of 8 bytes
 *
 * Strings are UTF-8 in one pool and are named by their number; number 0 is the empty string. Nothing is parsed when the
 * file is opened; a string is decoded when it is first asked for.
 */

export const MAGIC = 'TESSTERM'
/** Raise it whenever the layout or the meaning of a section changes. */
export const FORMAT_VERSION = 2
export const HEADER_BYTES = 20

/** Sections in file order. `text` is bytes, all others are words. */
export const SECTIONS = [
  'text',
  /** n+1 byte offsets into text. */
  'textOffsets',
  /** SYSTEM_STRIDE words per system, sorted by URL. */
  'systems',
  /** Pairs: string of an OID or other URL, number of the identity. */
  'aliases',
  /** Per identity: URL, name, preferred OID. */
  'identities',
  /** Hash tables of all systems: number of the concept + 1, or 0. */
  'hashes',
  /** Per concept: code, display. Concepts of a system lie together. */
  'concepts',
  /** One bit per concept: inactive. */
  'inactive',
  /** n+1 offsets into designations (in designations, not words). */
  'designationStarts',
  /** Per designation: term, meta (language | source << 8 | reviewed << 31). */
  'designations',
  /** Strings of language tags; a designation names its language by position. */
  'languages',
  /** Strings of sources. */
  'sources',
  /** VALUE_SET_STRIDE words per value set. */
  'valueSets',
  /** Sorted concept numbers per value set. */
  'members',
  /** Strings of URLs of systems that a value set includes as a whole. */
  'wholes',
  /** n+1 offsets into mappings. */
  'mappingStarts',
  /** MAPPING_STRIDE words per mapping: the relationship and the strings of MAPPING_FIELDS. */
  'mappings',
  /** CONCEPT_VERSION_STRIDE words per concept and version, sorted by concept; only for systems in several versions. */
  'conceptVersions',
] as const

export type Section = (typeof SECTIONS)[number]
export type WordSection = Exclude<Section, 'text'>

/** url, first concept, concept count, first word of the hash table, hash mask, flags. */
export const SYSTEM_STRIDE = 6
export const SYSTEM_COMPLETE = 1
/** url, oid, version, name, members from, members to, wholes from, wholes to, flags. */
export const VALUE_SET_STRIDE = 9
export const VALUE_SET_COMPLETE = 1
/** What a mapping says in strings, in this order after the relationship; products are JSON. */
export const MAPPING_FIELDS = [
  'system',
  'code',
  'display',
  'comment',
  'map',
  'mapVersion',
  'quality',
  'status',
  'validFrom',
  'validTo',
  'advice',
  'products',
  'condition',
] as const
export const MAPPING_STRIDE = MAPPING_FIELDS.length + 1
/** concept, version, display, flags. */
export const CONCEPT_VERSION_STRIDE = 4
export const VERSION_ACTIVE = 1
export const REVIEWED = 0x80000000
export const MAX_LANGUAGES = 256
export const MAX_SOURCES = 1 << 16

/** FNV-1a over UTF-16 code units. */
export function hashCode(code: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < code.length; index++) {
    hash = Math.imul(hash ^ code.charCodeAt(index), 0x01000193)
  }
  return (hash ^ (hash >>> 15)) >>> 0
}
