/**
 * Resources → the files of an artifact: resources.ndjson, its index and the compiled layer. A resource is written concept
 * by concept, so that a code system of any size never becomes one string.
 */
import { createHash, type Hash } from 'node:crypto'
import { closeSync, fsyncSync, ftruncateSync, openSync, readSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { ResourceEntry } from '../artifacts/artifact.ts'
import { type Content, conceptOf, systemOf } from '../content.ts'
import { normaliseLanguage } from '../languages.ts'
import { type LoadCounts, loadResource, noCounts, type Provenance } from '../load/fhir.ts'
import { isObject, type JsonObject, objects, text } from '../load/json.ts'
import { encodeContent } from '../store/write.ts'
import { isRemoved, type RemovedWords } from './english.ts'
import {
  type ImportedResource,
  REVIEW_EXTENSION,
  SOURCE_EXTENSION,
  UNTRANSLATED,
  withAccountProperties,
} from './resource.ts'

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
  /** Writes index and layer; returns the number of resources. Words in `removed` are taken out of what was written. */
  finish(removed: RemovedWords): number
  /** Closes the files; safe to call twice. */
  close(): void
}

/** Writes into an existing folder. Disk errors are thrown, as by `node:fs`. */
export function createResourceWriter(folder: string, content: Content, provenance: Provenance): ResourceWriter {
  const lines = openLines(join(folder, RESOURCES))
  const entries: ResourceEntry[] = []
  const hashes = new Map<string, string>()
  const counts = noCounts()
  return {
    counts,
    content,
    add(given) {
      const resource = given.content === 'supplement' ? withOwnUrl(given, hashes) : given
      const key = keyOf(resource)
      const { offset, length, hash } = lines.write(resource)
      const known = hashes.get(key)
      if (known !== undefined) {
        lines.takeBack(offset)
        return { added: false, differs: known !== hash, remarks: [] }
      }
      hashes.set(key, hash)
      entries.push(entryOf(resource, offset, length))
      return { added: true, differs: false, remarks: loadLayer(content, resource, provenance, counts) }
    },
    finish(removed) {
      lines.flush()
      const final =
        removed.words.size === 0
          ? entries
          : lines.rewrite(entries, (one) => without(one, removed, provenance.canonical))
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

function entryOf(resource: ImportedResource, offset: number, length: number): ResourceEntry {
  const concepts = resource.resourceType === 'CodeSystem' ? countConcepts(resource.concept) : undefined
  const strings = ['id', 'version', 'name', 'title', 'status', 'content', 'supplements'] as const
  return {
    resourceType: resource.resourceType,
    ...Object.fromEntries(
      strings.flatMap((key) => (text(resource[key]) === undefined ? [] : [[key, text(resource[key])]])),
    ),
    url: text(resource.url) ?? '',
    ...(concepts !== undefined && { concepts }),
    offset,
    length,
  }
}

function countConcepts(list: unknown): number {
  let count = 0
  for (const concept of objects(list)) count += 1 + (concept.concept === undefined ? 0 : countConcepts(concept.concept))
  return count
}

/** The compiled layer knows supplements by who says it, and takes a list's English display where it has none. */
function loadLayer(
  content: Content,
  resource: ImportedResource,
  given: Provenance,
  counts: LoadCounts,
): readonly string[] {
  const extensions = objects(resource.extension)
  const source = text(extensions.find(({ url }) => url === SOURCE_EXTENSION)?.valueString) ?? given.source
  const status = text(extensions.find(({ url }) => url === REVIEW_EXTENSION)?.valueCode)
  const reviewed = status === undefined ? given.reviewed : status === 'reviewed'
  const provenance = { ...given, source, reviewed, displayReviewed: reviewed }
  const remarks = loadResource(content, resource, provenance, counts) ?? []
  if (resource.resourceType === 'ValueSet' && isObject(resource.compose)) {
    for (const { concept } of objects(resource.compose.include)) counts.concepts += objects(concept).length
  }
  if (resource.content === 'supplement' && resource.language === undefined) {
    const system = systemOf(content, given.canonical(text(resource.supplements)?.split('|')[0] ?? ''))
    for (const { code, display } of objects(resource.concept)) {
      const word = text(display)
      if (word !== undefined) conceptOf(system, text(code) ?? '').display ??= word
    }
  }
  return remarks
}

/** The resource without words that were found to be English in disguise. */
function without(resource: JsonObject, removed: RemovedWords, canonical: (system: string) => string): JsonObject {
  const named = text(resource.content === 'supplement' ? resource.supplements : resource.url)
  if (resource.resourceType !== 'CodeSystem' || named === undefined) return resource
  const system = canonical(named.split('|')[0] ?? named)
  const isSupplement = resource.content === 'supplement'
  const account = { needed: false }
  const walk = (list: unknown): readonly JsonObject[] =>
    objects(list).map((concept) => {
      const code = text(concept.code) ?? ''
      const { designation, property, concept: children, ...rest }: JsonObject = concept
      const lost: JsonObject[] = []
      const kept = objects(designation).filter(({ language, value }) => {
        const tag = normaliseLanguage(text(language) ?? '')
        if (!isRemoved(removed, system, code, tag, text(value) ?? '')) return true
        if (isSupplement) lost.push({ code: UNTRANSLATED, valueCode: tag })
        return false
      })
      if (lost.length > 0) account.needed = true
      const properties = [...objects(property), ...lost]
      return {
        ...rest,
        ...(properties.length === 0 ? {} : { property: properties }),
        ...(kept.length > 0 && { designation: kept }),
        ...(children !== undefined && { concept: walk(children) }),
      }
    })
  const concept = walk(resource.concept)
  return { ...resource, ...(account.needed && { property: withAccountProperties(resource.property) }), concept }
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
    rewrite(entries: readonly ResourceEntry[], change: (resource: JsonObject) => JsonObject): readonly ResourceEntry[] {
      const old = fd
      fd = openSync(`${path}.new`, 'w+')
      end = 0
      const moved = entries.map((entry) => {
        const resource: unknown = JSON.parse(readAll(old, entry.offset, entry.length))
        const { offset, length } = write(isObject(resource) ? change(resource) : {})
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
