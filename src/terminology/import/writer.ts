/**
 * Resources → the files of an artifact: resources.ndjson, its index and the compiled layer. A resource is written concept
 * by concept, so that a code system of any size never becomes one string.
 */
import { createHash, type Hash } from 'node:crypto'
import { closeSync, fsyncSync, ftruncateSync, openSync, readSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { ResourceEntry } from '../artifacts/artifact.ts'
import { type Content, conceptOf, systemOf } from '../content.ts'
import { codeSystemLoader, type LoadCounts, loadResource, noCounts, type Provenance } from '../load/fhir.ts'
import { isObject, type JsonObject, objects, text } from '../load/json.ts'
import { encodeContent } from '../store/write.ts'
import type { RemovedWords } from './english.ts'
import { removalFrom, without } from './removal.ts'
import { type ImportedResource, REVIEW_EXTENSION, SOURCE_EXTENSION } from './resource.ts'
import { type Collected, createTables, MOST_IN_RESOURCE } from './tables.ts'

export const RESOURCES = 'resources.ndjson'
export const INDEX = 'resources.index.json'
export const LAYER = 'layer.terms'

export interface Added {
  /** False when the same resource came before (another file of the import repeats it). */
  readonly added: boolean
  /** The same resource came before with other content: the first one was kept. */
  readonly differs: boolean
  /** What the compiled layer cannot use of it. */
  readonly remarks: readonly string[]
}

export interface ResourceWriter {
  readonly counts: LoadCounts
  readonly content: Content
  add(resource: ImportedResource): Added
  /** A CodeSystem whose concepts come one after the other; its own `concept` is not looked at. */
  open(resource: ImportedResource): OpenResource
  /** Writes index and layer; returns the number of resources. Words in `removed` are taken out of what was written. */
  finish(removed: RemovedWords): number
  /** Closes the files; safe to call twice. */
  close(): void
}

export interface OpenResource {
  add(concept: JsonObject): void
  /** @param properties definitions of properties that only the concepts made necessary */
  finish(properties?: unknown): Added
}

/** Writes into an existing folder. Disk errors are thrown, as by `node:fs`. */
export function createResourceWriter(folder: string, content: Content, provenance: Provenance): ResourceWriter {
  const lines = openLines(join(folder, RESOURCES))
  const tables = createTables(folder)
  const entries: ResourceEntry[] = []
  const hashes = new Map<string, string>()
  const counts = noCounts()
  const named = (given: ImportedResource) => (given.content === 'supplement' ? withOwnUrl(given, hashes) : given)

  /** `remarks` is asked when the resource is new. */
  const put = (
    resource: ImportedResource,
    { concepts, table, print }: Partial<Collected>,
    load: () => readonly string[],
  ) => {
    const key = keyOf(resource)
    const { offset, length, hash: own } = lines.write(resource)
    const hash = `${own} ${print ?? ''}`
    const known = hashes.get(key)
    if (known !== undefined) {
      lines.takeBack(offset)
      if (table !== undefined) tables.drop(table)
      return { added: false, differs: known !== hash, remarks: [] }
    }
    hashes.set(key, hash)
    entries.push(entryOf(resource, offset, length, concepts, table))
    return { added: true, differs: false, remarks: load() }
  }

  const open = (given: ImportedResource): OpenResource => {
    const { concept: _, ...resource } = named(given)
    const isKnown = hashes.has(keyOf(resource))
    const collector = tables.collect(resource)
    const loader = isKnown ? undefined : layerLoader(content, resource, provenance, counts)
    return {
      add(concept) {
        collector.add(concept)
        loader?.add(alone(concept))
      },
      finish(properties) {
        const collected = collector.finish()
        const { list, table, concepts } = collected
        const whole = {
          ...resource,
          ...(properties !== undefined && { property: properties }),
          ...(table !== undefined && { count: resource.count ?? concepts }),
          ...(list !== undefined && list.length > 0 && { concept: list }),
        } as ImportedResource
        return put(whole, collected, () => loader?.remarks ?? [])
      },
    }
  }

  return {
    counts,
    content,
    open,
    add(given) {
      if (given.resourceType === 'CodeSystem') {
        if (countConcepts(given.concept) > MOST_IN_RESOURCE) {
          const opened = open(given)
          for (const concept of objects(given.concept)) opened.add(concept)
          return opened.finish()
        }
        const resource = named(given)
        return put(resource, { concepts: countConcepts(resource.concept) }, () => {
          const loader = layerLoader(content, resource, provenance, counts)
          for (const concept of objects(resource.concept)) loader.add(concept)
          return loader.remarks
        })
      }
      return put(given, {}, () => loadOther(content, given, provenance, counts))
    },
    finish(removed) {
      lines.flush()
      const change = (resource: JsonObject, { table }: ResourceEntry): JsonObject => {
        if (table === undefined) return without(resource, removed, provenance.canonical)
        const removal = removalFrom(resource, removed, provenance.canonical)
        if (!removal) return resource
        tables.rewrite(table, resource, removal)
        return removal.resource()
      }
      const final = removed.words.size === 0 ? entries : lines.rewrite(entries, change)
      writeFileSync(join(folder, INDEX), JSON.stringify(final), { flush: true })
      writeFileSync(join(folder, LAYER), encodeContent(content), { flush: true })
      return final.length
    },
    close: () => lines.close(),
  }
}

function keyOf(resource: JsonObject): string {
  return [resource.resourceType, resource.url, resource.version ?? ''].join(' ')
}

/** Two lists for one system in one import are two supplements. */
function withOwnUrl(resource: ImportedResource, known: ReadonlyMap<string, string>): ImportedResource {
  for (let count = 1; ; count++) {
    const named = count === 1 ? resource : { ...resource, url: `${text(resource.url)}:${count}` }
    if (!known.has(keyOf(named)) || !String(resource.url).startsWith('urn:tessera:')) return named
  }
}

function entryOf(
  resource: ImportedResource,
  offset: number,
  length: number,
  concepts: number | undefined,
  table: string | undefined,
): ResourceEntry {
  const strings = ['id', 'version', 'name', 'title', 'status', 'content', 'supplements'] as const
  return {
    resourceType: resource.resourceType,
    ...Object.fromEntries(
      strings.flatMap((key) => (text(resource[key]) === undefined ? [] : [[key, text(resource[key])]])),
    ),
    url: text(resource.url) ?? '',
    ...(concepts !== undefined && { concepts }),
    ...(table !== undefined && { table }),
    offset,
    length,
  }
}

function countConcepts(list: unknown): number {
  let count = 0
  for (const concept of objects(list)) count += 1 + (concept.concept === undefined ? 0 : countConcepts(concept.concept))
  return count
}

/** Who says it and whether somebody vouches for it: the resource itself may say. */
function provenanceOf(resource: ImportedResource, given: Provenance): Provenance {
  const extensions = objects(resource.extension)
  const source = text(extensions.find(({ url }) => url === SOURCE_EXTENSION)?.valueString) ?? given.source
  const status = text(extensions.find(({ url }) => url === REVIEW_EXTENSION)?.valueCode)
  const reviewed = status === undefined ? given.reviewed : status === 'reviewed'
  return { ...given, source, reviewed, displayReviewed: reviewed }
}

function loadOther(
  content: Content,
  resource: ImportedResource,
  given: Provenance,
  counts: LoadCounts,
): readonly string[] {
  const remarks = loadResource(content, resource, provenanceOf(resource, given), counts) ?? []
  if (resource.resourceType === 'ValueSet' && isObject(resource.compose)) {
    for (const { concept } of objects(resource.compose.include)) counts.concepts += objects(concept).length
  }
  return remarks
}

/**
 * What the layer keeps of a concept, in strings of their own: a piece of a longer string keeps all of it in memory, and
 * cells of a table are pieces of the file.
 */
function alone({ designation, ...concept }: JsonObject): JsonObject {
  return {
    ...concept,
    ...(typeof concept.display === 'string' && { display: copied(concept.display) }),
    ...(designation !== undefined && {
      designation: objects(designation).map((each) =>
        typeof each.value === 'string' ? { ...each, value: copied(each.value) } : each,
      ),
    }),
    ...(concept.concept !== undefined && { concept: objects(concept.concept).map(alone) }),
  }
}

function copied(text: string): string {
  const narrow = Buffer.from(text, 'latin1').toString('latin1')
  return narrow === text ? narrow : Buffer.from(text, 'utf16le').toString('utf16le')
}

interface LayerLoader {
  readonly remarks: readonly string[]
  add(concept: JsonObject): void
}

/** The compiled layer knows supplements by who says it, and takes a list's English display where it has none. */
function layerLoader(content: Content, resource: ImportedResource, given: Provenance, counts: LoadCounts): LayerLoader {
  const loader = codeSystemLoader(content, resource, provenanceOf(resource, given), counts)
  if (Array.isArray(loader)) return { remarks: loader, add: () => {} }
  const fills = resource.content === 'supplement' && resource.language === undefined
  const system = fills ? systemOf(content, given.canonical(text(resource.supplements)?.split('|')[0] ?? '')) : undefined
  return {
    remarks: [],
    add(concept) {
      loader.add([concept])
      const word = text(concept.display)
      if (system && word !== undefined) conceptOf(system, text(concept.code) ?? '').display ??= word
    },
  }
}

const BUFFERED = 1 << 20

interface Line {
  readonly offset: number
  readonly length: number
  readonly hash: string
}

/** A file of JSON lines that can take back its last line. */
function openLines(path: string) {
  let fd = openSync(path, 'w+')
  let closed = false
  let end = 0
  let waiting: string[] = []
  let waitingLength = 0
  const flush = () => {
    if (waiting.length > 0) end += writeAll(fd, Buffer.from(waiting.join('')), end)
    waiting = []
    waitingLength = 0
  }
  const put = (part: string, hash: Hash) => {
    hash.update(part)
    waiting.push(part)
    waitingLength += part.length
    if (waitingLength > BUFFERED) flush()
  }
  const write = (resource: JsonObject): Line => {
    flush()
    const offset = end
    const hash = createHash('sha256')
    for (const part of jsonParts(resource)) put(part, hash)
    flush()
    const length = end - offset
    end += writeAll(fd, Buffer.from('\n'), end)
    return { offset, length, hash: hash.digest('hex') }
  }
  return {
    write,
    flush,
    takeBack(offset: number) {
      ftruncateSync(fd, offset)
      end = offset
    },
    rewrite(
      entries: readonly ResourceEntry[],
      change: (resource: JsonObject, entry: ResourceEntry) => JsonObject,
    ): readonly ResourceEntry[] {
      const old = fd
      fd = openSync(`${path}.new`, 'w+')
      end = 0
      const moved = entries.map((entry) => {
        const resource: unknown = JSON.parse(readAll(old, entry.offset, entry.length))
        const { offset, length } = write(isObject(resource) ? change(resource, entry) : {})
        return { ...entry, offset, length }
      })
      closeSync(old)
      renameSync(`${path}.new`, path)
      return moved
    },
    close() {
      if (closed) return
      closed = true
      fsyncSync(fd)
      closeSync(fd)
    },
  }
}

function writeAll(fd: number, bytes: Buffer, position: number): number {
  let done = 0
  while (done < bytes.length) done += writeSync(fd, bytes, done, bytes.length - done, position + done)
  return done
}

function readAll(fd: number, offset: number, length: number): string {
  const bytes = Buffer.alloc(length)
  let done = 0
  while (done < length) {
    const read = readSync(fd, bytes, done, length - done, offset + done)
    if (read === 0) throw new Error('terminology: the file of resources is shorter than its index says')
    done += read
  }
  return bytes.toString('utf8')
}

/** JSON in pieces: one for each top-level concept, group and include. */
function* jsonParts(resource: JsonObject): Generator<string> {
  let separator = '{'
  for (const [key, value] of Object.entries(resource)) {
    if (value === undefined) continue
    yield `${separator}${JSON.stringify(key)}:`
    separator = ','
    if (key !== 'concept' || !Array.isArray(value)) yield JSON.stringify(value)
    else {
      let comma = '['
      for (const item of value) {
        yield `${comma}${JSON.stringify(item)}`
        comma = ','
      }
      yield comma === '[' ? '[]' : ']'
    }
  }
  yield separator === '{' ? '{}' : '}'
}
