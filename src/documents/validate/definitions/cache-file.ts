/**
 * The cache file: one line of JSON that says how long the index is, the index, then the pieces. Opening reads the file
 * and parses only the index; each definition is parsed when it is first needed.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  type CompiledConstraint,
  type CompiledStructure,
  type CompiledValueSet,
  type DefinitionsIndex,
  FORMAT,
  type PackageName,
  type Piece,
  type StructureEntry,
} from './compiled.ts'

export interface CacheContent {
  readonly key: string
  readonly packages: readonly PackageName[]
  readonly structures: ReadonlyMap<string, CompiledStructure>
  readonly valueSets: ReadonlyMap<string, CompiledValueSet>
  readonly constraints: readonly CompiledConstraint[]
  readonly warnings: readonly string[]
}

/** Writes beside the file and renames, so that a reader never sees half of it. Answers its size in bytes. */
export function writeCacheFile(path: string, content: CacheContent): number {
  const pieces: Buffer[] = []
  let offset = 0
  const piece = (value: unknown): Piece => {
    const bytes = Buffer.from(JSON.stringify(value))
    pieces.push(bytes)
    offset += bytes.length
    return [offset - bytes.length, bytes.length]
  }
  const structures: Record<string, StructureEntry> = {}
  for (const [url, structure] of content.structures)
    structures[url] = { piece: piece(structure), type: structure.type, derivation: structure.derivation }
  const valueSets: Record<string, Piece> = {}
  for (const [url, valueSet] of content.valueSets) valueSets[url] = piece(valueSet)
  const { key, packages, warnings } = content
  const constraints = piece(content.constraints)
  const index: DefinitionsIndex = { format: FORMAT, key, packages, structures, valueSets, constraints, warnings }
  const indexBytes = Buffer.from(JSON.stringify(index))
  const head = Buffer.from(`${JSON.stringify({ format: FORMAT, key, index: indexBytes.length })}\n`)
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.new`
  try {
    writeFileSync(temporary, Buffer.concat([head, indexBytes, ...pieces]))
    renameSync(temporary, path)
  } finally {
    rmSync(temporary, { force: true })
  }
  return head.length + indexBytes.length + offset
}

export interface CacheFile {
  readonly index: DefinitionsIndex
  /** Parses one piece. */
  read(piece: Piece): unknown
}

/** Undefined when there is no file, or it is of another format or package set, or it is damaged. */
export function readCacheFile(path: string, key: string): CacheFile | undefined {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch {
    return undefined
  }
  const newline = bytes.indexOf(10)
  if (newline < 0 || newline > 1000) return undefined
  try {
    const head: unknown = JSON.parse(bytes.toString('utf8', 0, newline))
    if (!isHead(head) || head.format !== FORMAT || head.key !== key) return undefined
    const start = newline + 1 + head.index
    // The file is ours, written whole by the function above under this format number.
    const index: DefinitionsIndex = JSON.parse(bytes.toString('utf8', newline + 1, start))
    return {
      index,
      read: ([offset, length]) => JSON.parse(bytes.toString('utf8', start + offset, start + offset + length)),
    }
  } catch {
    return undefined
  }
}

function isHead(value: unknown): value is { format: number; key: string; index: number } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'format' in value &&
    'key' in value &&
    'index' in value &&
    typeof value.format === 'number' &&
    typeof value.key === 'string' &&
    typeof value.index === 'number'
  )
}
