/**
 * Pages of the eHDSI Central Terminology Server, as its synchronisation interface gives them: the catalogue
 * (`{name, valueSetVersions: [{versionId, valueSet: {id, name}}]}`) and for each value set version pages of concepts
 * with their designations and the national codes that map to them. A value set of which a page is missing is left out.
 */

import { isObject, type JsonObject, objects, text } from '../../load/json.ts'
import { createCatalogue } from '../catalogue.ts'
import type { InputFile } from '../input/input.ts'
import { readJson } from '../input/text.ts'
import { type Format, looksLikeJson, type ReadContext } from './format.ts'

/** How many concepts a page has at most, as the server is asked. */
export const PAGE_SIZE = 250

type Catalogue = ReturnType<typeof createCatalogue>

export const cts: Format = {
  id: 'cts',
  title: 'pages of the eHDSI Central Terminology Server',
  together: true,
  enumerates: true,
  claim(samples) {
    const catalogue = samples.filter(({ head }) => looksLikeJson(head) && /"valueSetVersions"\s*:/.test(head))
    if (catalogue.length === 0) return []
    const pages = samples.filter(
      (sample) =>
        !catalogue.includes(sample) &&
        looksLikeJson(sample.head) &&
        (/"codeSystemVersion"\s*:/.test(sample.head) || /^\s*\[\s*\]\s*$/.test(sample.head)),
    )
    return [[...catalogue, ...pages].map(({ file }) => file)]
  },
  async *read(files, context) {
    const catalogue = createCatalogue(context)
    const read = await readAll(files, context)
    for (const { version, file } of read.versions) addVersion(version, file, read.pages, catalogue, context)
    for (const file of read.unplaced) {
      const sentence = 'The page belongs to no value set of the catalogue: its path names none.'
      context.complain(file, {
        code: 'terminology-cts-page',
        sentence,
        next: 'Keep pages as <value set id>/<version>/<page>.json.',
      })
    }
    yield* catalogue.resources()
  },
}

interface Version {
  readonly oid: string
  readonly name: string
  readonly description?: string
  readonly id: string
}

interface Page {
  readonly file: InputFile
  readonly number: number
  readonly concepts: readonly JsonObject[]
}

async function readAll(files: readonly InputFile[], context: ReadContext) {
  const versions: { readonly version: Version; readonly file: InputFile }[] = []
  const contents: { readonly file: InputFile; readonly concepts: readonly JsonObject[] }[] = []
  for (const file of files) {
    const json = await readJson(file)
    if (!json.ok) context.complain(file, { ...json.problem, ...json.problem.place })
    else if (isObject(json.value)) {
      for (const version of versionsIn(json.value)) versions.push({ version, file })
    } else contents.push({ file, concepts: objects(json.value) })
  }
  const pages = new Map<Version, Page[]>()
  const unplaced: InputFile[] = []
  for (const { file, concepts } of contents) {
    const owner = versions.find(({ version }) =>
      belongs(
        file.name,
        version,
        versions.map((one) => one.version),
      ),
    )?.version
    if (!owner) unplaced.push(file)
    else {
      const number = Number(/(\d+)[^\d/]*$/.exec(file.name.replace(/\.json$/i, ''))?.[1] ?? 0)
      pages.set(owner, [...(pages.get(owner) ?? []), { file, number, concepts }])
    }
  }
  return { versions, pages, unplaced }
}

function versionsIn(catalogue: JsonObject): readonly Version[] {
  return objects(catalogue.valueSetVersions).flatMap(({ versionId, valueSet }) => {
    const given: JsonObject = isObject(valueSet) ? valueSet : {}
    const oid = text(given.id)
    const id = text(versionId)
    const description = text(given.description)
    if (oid === undefined || id === undefined) return []
    return [{ oid, id, name: text(given.name) ?? oid, ...(description !== undefined && { description }) }]
  })
}

/** The path of a page names the value set and, where there are several, the version. */
function belongs(path: string, version: Version, all: readonly Version[]): boolean {
  const names = (part: string) => path.split(/[/!?&=_]|\.json$|(?<![\d.])\.|\s/).includes(part)
  if (!names(version.oid)) return false
  return all.filter(({ oid }) => oid === version.oid).length === 1 || names(version.id)
}

function addVersion(
  version: Version,
  catalogueFile: InputFile,
  pages: ReadonlyMap<Version, readonly Page[]>,
  catalogue: Catalogue,
  context: ReadContext,
): void {
  const own = [...(pages.get(version) ?? [])].sort((left, right) => left.number - right.number)
  const missing = missingPage(own)
  if (missing !== undefined) {
    const sentence = `The value set ${version.name} (${version.oid}) is not whole: ${missing}. It is left out.`
    context.complain(catalogueFile, {
      code: 'terminology-cts-incomplete',
      sentence,
      next: 'Synchronise again: what is there is not fetched twice.',
    })
    return
  }
  context.used(catalogueFile)
  const { oid, name, id, description } = version
  const add = catalogue.addValueSet({ oid, name, version: id, ...(description !== undefined && { description }) })
  for (const { file, concepts } of own) {
    context.used(file)
    concepts.forEach((concept, index) => {
      const named = coded(concept)
      if (!named) {
        const sentence = 'The concept has no code or no code system: it is left out.'
        context.complain(file, {
          code: 'terminology-file-partly-used',
          sentence,
          next: 'Tell the operator of the server.',
          path: `[${index}]`,
        })
        return
      }
      const definition = text(concept.description)
      add({ ...named, ...(definition !== undefined && { definition }), words: words(concept) })
      for (const mapping of objects(concept.mappings)) addMapping(mapping, named, concept, catalogue)
    })
  }
}

/** Pages are numbered from 0 without a gap, and all but the last are full. */
function missingPage(pages: readonly Page[]): string | undefined {
  if (pages.length === 0) return 'it has no page'
  for (const [index, { number, concepts }] of pages.entries()) {
    if (number !== index) return `page ${index} is missing`
    const last = index === pages.length - 1
    if (!last && concepts.length !== PAGE_SIZE)
      return `page ${index} has ${concepts.length} concepts and is not the last`
    if (last && concepts.length === PAGE_SIZE) return `page ${index} is full, and the next one is missing`
  }
  return undefined
}

function coded(concept: JsonObject) {
  const version: JsonObject = isObject(concept.codeSystemVersion) ? concept.codeSystemVersion : {}
  const system: JsonObject = isObject(version.codeSystem) ? version.codeSystem : {}
  const code = text(concept.code)
  const id = text(system.id)
  const name = text(system.name)
  const local = text(version.versionId)
  if (code === undefined || id === undefined) return undefined
  return {
    code,
    system: id,
    ...(name !== undefined && { systemName: name }),
    ...(local !== undefined && { version: local }),
  }
}

function words(concept: JsonObject) {
  return objects(concept.designations).flatMap(({ name, language }) => {
    const word = text(name)
    const tag = text(language)
    return word === undefined || tag === undefined ? [] : [{ language: tag, text: word }]
  })
}

/** A mapping leads from a national code to the concept that it stands at. */
function addMapping(
  mapping: JsonObject,
  target: { readonly system: string; readonly code: string },
  concept: JsonObject,
  catalogue: Catalogue,
): void {
  const from = isObject(mapping.source) ? mapping.source : {}
  const source = coded(from)
  if (!source) return
  const sourceDisplay = words(from)[0]?.text
  const display = words(concept).find(({ language }) => /^en/i.test(language))?.text
  const properties = Object.fromEntries(
    [
      ['quality', text(mapping.quality)],
      ['status', text(mapping.status)],
      ['valid-from', text(mapping.effectiveDate)?.slice(0, 10)],
      ['valid-to', text(mapping.endDate)?.slice(0, 10)],
    ].flatMap(([code, value]) => (value === undefined ? [] : [[code, value]])),
  )
  catalogue.addMapping({
    source: { ...source, ...(sourceDisplay !== undefined && { display: sourceDisplay }) },
    target: { ...target, ...(display !== undefined && { display }) },
    ...(Object.keys(properties).length > 0 && { properties }),
  })
  // What a country calls its own code.
  if (words(from).length > 0) catalogue.addWords({ ...source, words: words(from) })
}
