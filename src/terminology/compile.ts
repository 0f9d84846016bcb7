/** Shipped sources → one compiled file. A few seconds, once; afterwards the file is only read. */
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Content, emptyContent } from './content.ts'
import { loadList } from './load/designations.ts'
import { loadResource, noCounts, type Provenance } from './load/fhir.ts'
import { loadIcuNames } from './load/icu.ts'
import { isObject, type JsonObject } from './load/json.ts'
import { manifestOf, type PackageSource, type TerminologySources, termFiles } from './sources.ts'
import { encodeContent } from './store/write.ts'
import { createRegistry } from './systems.ts'

export interface CompileProgress {
  readonly done: number
  readonly total: number
  /** What is being read, for a progress line. */
  readonly what: string
}

export interface Compiled {
  readonly file: string
  readonly bytes: number
  readonly systems: number
  readonly concepts: number
  readonly designations: number
  readonly valueSets: number
}

/**
 * Reads the sources and writes the compiled file (atomically: another process sees all of it or nothing).
 * Throws when a source of the installation itself cannot be read: that is a broken installation.
 */
export async function compileTerminology(
  sources: TerminologySources,
  file: string,
  progress?: (step: CompileProgress) => void,
): Promise<Compiled> {
  const content = await gatherContent(sources, progress)
  const bytes = encodeContent(content)
  await writeAtomically(file, bytes)
  let concepts = 0
  let designations = 0
  for (const system of content.systems.values()) {
    concepts += system.concepts.size
    for (const concept of system.concepts.values()) designations += concept.designations.length
  }
  return {
    file,
    bytes: bytes.length,
    systems: content.systems.size,
    concepts,
    designations,
    valueSets: content.valueSets.size,
  }
}

/** Everything the sources say, `data/terms` first: among terms of the same status, what comes first is shown. */
export async function gatherContent(
  sources: TerminologySources,
  progress?: (step: CompileProgress) => void,
): Promise<Content> {
  const content = emptyContent()
  const steps: (readonly [string, () => void])[] = []
  const names = await termFiles(sources.terms)
  // Identities come first, so that everything after is filed under its canonical system.
  const ordered = [...names].sort((left, right) => Number(right === 'systems.json') - Number(left === 'systems.json'))
  for (const name of ordered) {
    steps.push([name, () => loadTerms(content, join(sources.terms, name))])
  }
  if (sources.icu) steps.push(['Unicode CLDR', () => loadIcuNames(content)])
  for (const source of sources.packages) {
    steps.push([manifestOf(source.folder).name, () => loadPackage(content, source)])
  }
  steps.forEach(([what, run], index) => {
    progress?.({ done: index, total: steps.length, what })
    run()
  })
  progress?.({ done: steps.length, total: steps.length, what: '' })
  return content
}

function loadTerms(content: Content, file: string): void {
  const json: unknown = JSON.parse(readFileSync(file, 'utf8'))
  const provenance = { source: 'Tessera', reviewed: false, displayReviewed: false, canonical: canonicalIn(content) }
  if (loadList(content, json, provenance, noCounts()) === undefined) {
    throw new Error(`${file} has none of the shapes of data/terms`)
  }
}

const KIND_ORDER = ['NamingSystem', 'CodeSystem', 'ConceptMap', 'ValueSet']

function loadPackage(content: Content, { folder, source, files }: PackageSource): void {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => files.test(name))
    .sort()
  const resources: JsonObject[] = []
  for (const name of names) {
    const json: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'))
    if (isObject(json)) resources.push(...resourcesIn(json))
  }
  for (const kind of KIND_ORDER) {
    // HL7's own displays are the standard's words; its translations nobody vouches for.
    const provenance: Provenance = { source, reviewed: false, displayReviewed: true, canonical: canonicalIn(content) }
    for (const resource of resources) {
      if (resource.resourceType === kind) loadResource(content, resource, provenance, noCounts())
    }
  }
}

function resourcesIn(json: JsonObject): readonly JsonObject[] {
  if (json.resourceType !== 'Bundle') return [json]
  const entries: readonly unknown[] = Array.isArray(json.entry) ? json.entry : []
  return entries.flatMap((entry) => (isObject(entry) && isObject(entry.resource) ? [entry.resource] : []))
}

/** Canonical URLs by the identities known at this moment. */
export function canonicalIn(content: Content): (system: string) => string {
  return createRegistry([identitiesOf(content)]).canonical
}

export function identitiesOf(content: Content) {
  const identities = [...content.identities.values()]
  return {
    identities: identities.map(({ url, name = '', oids }) => ({ url, name, oid: oids[0] ?? '' })),
    aliases: identities.flatMap(({ url, oids, aliases }) =>
      [...oids, ...aliases].map((alias) => [alias, url] as const),
    ),
  }
}

/** Written beside its place, flushed, then renamed. */
export async function writeAtomically(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}.${Math.random().toString(36).slice(2, 8)}.part`
  try {
    const handle = await open(temporary, 'w')
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
