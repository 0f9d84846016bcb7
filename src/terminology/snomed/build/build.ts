/** From RF2 to the edition file. Runs in a process of its own (import-process.ts); nothing is written before all is read. */
import { rmSync } from 'node:fs'
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import { writeDeltas } from '#terminology/flat/deltas.ts'
import { createFlatFile, type FlatWriter } from '#terminology/flat/write.ts'
import { EDITION_FORMAT, type EditionSummary } from '../format.ts'
import {
  editionVersion,
  identifyingModule,
  moduleVersions,
  readDependencies,
  unmetDependency,
} from '../rf2/dependencies.ts'
import { findRelease, type Release } from '../rf2/find.ts'
import { checkHeaders } from '../rf2/read.ts'
import { formatPair } from '../sctid.ts'
import { languageRefsets } from './acceptability.ts'
import { buildAttributes } from './attributes.ts'
import { completeFromAxioms } from './axioms.ts'
import { ACTIVE, type SharedColumns } from './columns.ts'
import type { Concepts } from './concepts.ts'
import { type Descriptions, pairTexts } from './descriptions.ts'
import { buildHierarchy } from './hierarchy.ts'
import { FOREIGN } from './members.ts'
import { collectNotices, describeNotice, type Notices } from './notices.ts'
import { type ReleaseRows, readRelease, type Step } from './read-release.ts'
import { pairOf } from './relationships.ts'
import { writeWords } from './words.ts'
import { writeMembers } from './write-members.ts'

export interface BuildOptions {
  /** Missing files and references to missing concepts are noticed instead of refused: for fragments and tests. */
  readonly partial?: boolean
  /** The module that names the edition; default: by the module dependencies. */
  readonly module?: string
  /** YYYYMMDD. */
  readonly version?: string
  /** `xsct` instead of `sct` in the URI. Default: when the names of the files begin with x. */
  readonly unpublished?: boolean
  /** The whole URI, instead of all that. */
  readonly uri?: string
  readonly progress?: (step: Step) => void
}

/** Writes `file`, which must not exist. On a problem nothing is left of it. */
export async function buildEdition(
  paths: readonly string[],
  file: string,
  options: BuildOptions,
): Promise<Result<EditionSummary>> {
  const found = await findRelease(paths, { partial: options.partial ?? false })
  if (!found.ok) return found
  const release = found.value
  try {
    return await build(release, file, options)
  } finally {
    release.close()
  }
}

async function build(release: Release, file: string, options: BuildOptions): Promise<Result<EditionSummary>> {
  const progress = options.progress ?? (() => undefined)
  const notices = collectNotices()
  for (const sentence of release.notices) notices.add(sentence, sentence)
  progress({ phase: 'check' })
  const dependencies = await readDependencies(release.files)
  if ('code' in dependencies) return { ok: false, problem: dependencies }
  const wrong = await checkHeaders(release.files)
  if (wrong) return { ok: false, problem: wrong }
  const rows = await readRelease(release, {
    partial: options.partial ?? false,
    notices,
    progress,
    afterConcepts: (concepts, shared) => {
      const unmet = unmetDependency(dependencies, isPresent(concepts, shared), newestDate(release, shared))
      if (!unmet || !options.partial) return unmet
      notices.add('rf2-dependency', unmet.sentence, unmet.place)
      return undefined
    },
  })
  if ('code' in rows) return { ok: false, problem: rows }
  const module = options.module ?? identifyingModule(moduleUses(rows), dependencies)
  const version =
    options.version ?? editionVersion(module, dependencies, release.files, newestDate(release, rows.shared))
  const unpublished = options.unpublished ?? release.files.some(({ name }) => name.unpublished)
  const uri = options.uri ?? `http://snomed.info/${unpublished ? 'xsct' : 'sct'}/${module}/version/${version}`
  const versions = [...moduleVersions(dependencies)].map(([of, date]) => ({ module: of, version: String(date) }))
  return write(rows, file, { uri, ...partsOf(uri, module, version), dependencies: versions }, notices, progress)
}

/** What a stated URI says of module and version goes before what was found. */
function partsOf(uri: string, module: string, version: string) {
  const [, ownModule = module, ownVersion = version] = /\/x?sct\/(\d+)(?:\/version\/(\d{8}))?/.exec(uri) ?? []
  return { module: ownModule, version: ownVersion }
}

type Identity = Pick<EditionSummary, 'uri' | 'module' | 'version' | 'dependencies'>

function write(
  { shared, concepts, descriptions: rows, relationships, members }: ReleaseRows,
  file: string,
  identity: Identity,
  notices: Notices,
  progress: (step: Step) => void,
): Result<EditionSummary> {
  completeFromAxioms(concepts, relationships, members, notices)
  progress({ phase: 'hierarchy' })
  const hierarchy = buildHierarchy(relationships.parents.toArray(), concepts.count)
  if (!hierarchy.ok) return withConcept(hierarchy, concepts)
  const writer = createFlatFile(file)
  try {
    writeConcepts(writer, concepts)
    const counts = { concepts: concepts.count, ...countActive(concepts) }
    const { parents, children, ancestors, descendants } = hierarchy.value
    for (const [name, list] of [
      ['parent', parents],
      ['child', children],
    ] as const) {
      writer.add(`${name}.starts`, list.starts)
      writer.add(`${name}.entries`, list.entries)
    }
    writeDeltas(writer, 'ancestor', ancestors)
    writeDeltas(writer, 'descendant', descendants)
    progress({ phase: 'attributes' })
    const attributeRows = writeAttributes(writer, relationships.attributes.toArray(), concepts.count)
    relationships.values.write(writer, 'value')
    progress({ phase: 'descriptions' })
    const descriptions = rows.order()
    writeDescriptions(writer, descriptions)
    const languages = languageRefsets(members, concepts, descriptions, notices)
    languages.forEach(({ bits }, index) => {
      writer.add(`language.${index}`, bits)
    })
    progress({ phase: 'reference sets' })
    const layouts = writeMembers(writer, members, descriptions)
    progress({ phase: 'words' })
    const words = writeWords(writer, concepts, descriptions, languages)
    const summary: EditionSummary = {
      format: EDITION_FORMAT,
      ...identity,
      modules: pairTexts(shared.modules),
      dates: shared.dates,
      descriptionTypes: pairTexts(descriptions.types),
      caseSignificances: pairTexts(descriptions.cases),
      languages: Array.from({ length: descriptions.languages.size }, (_, index) => descriptions.languages.text(index)),
      languageRefsets: languages.map(({ refset }) => sctidOfWord(refset, concepts, members.foreign.pairs)),
      members: layouts,
      words,
      counts: {
        ...counts,
        descriptions: descriptions.count,
        isA: parents.entries.length,
        attributes: attributeRows,
        members: layouts.reduce((sum, { rows: number }) => sum + number, 0),
      },
      notices: notices.list().map((notice) => ({ sentence: describeNotice(notice), count: notice.count })),
    }
    writer.add('edition', Buffer.from(JSON.stringify(summary), 'utf8'))
    progress({ phase: 'sync' })
    writer.finish()
    return ok(summary)
  } catch (error) {
    writer.abandon()
    rmSync(file, { force: true })
    throw error
  }
}

function writeConcepts(writer: FlatWriter, concepts: Concepts): void {
  writer.add('concept.ids', concepts.ids)
  writer.add('concept.slots', concepts.slots)
  writer.add('concept.stamps', concepts.stamps)
}

function countActive(concepts: Concepts) {
  let active = 0
  for (const stamp of concepts.stamps) if (stamp >= ACTIVE) active += 1
  return { active }
}

function writeAttributes(writer: FlatWriter, quadruples: Uint32Array, count: number): number {
  const attributes = buildAttributes(quadruples, count)
  writer.add('attribute.types', attributes.types)
  writer.add('attribute.starts', attributes.starts)
  writer.add('attribute.rows', attributes.rows)
  writer.add('attribute.reverse.starts', attributes.reverseStarts)
  writer.add('attribute.reverse', attributes.reverse)
  writer.add('attribute.type.starts', attributes.byType.starts)
  writer.add('attribute.type.entries', attributes.byType.entries)
  return attributes.rows.length / 2
}

function writeDescriptions(writer: FlatWriter, descriptions: Descriptions): void {
  writer.add('description.starts', descriptions.starts)
  writer.add('description.ids', descriptions.ids)
  writer.add('description.concepts', descriptions.concepts)
  writer.add('description.stamps', descriptions.stamps)
  writer.add('description.kinds', descriptions.kinds)
  const offsets = new Uint32Array(descriptions.count + 1)
  for (let position = 0; position < descriptions.count; position += 1) {
    const { length } = descriptions.term(descriptions.rows[position] as number)
    offsets[position + 1] = (offsets[position] as number) + length
  }
  const terms = new Uint8Array(offsets[descriptions.count] as number)
  for (let position = 0; position < descriptions.count; position += 1) {
    const { block, start, length } = descriptions.term(descriptions.rows[position] as number)
    terms.set(block.subarray(start, start + length), offsets[position])
  }
  writer.add('description.terms', terms)
  writer.add('description.offsets', offsets)
}

function isPresent(concepts: Concepts, shared: SharedColumns): (module: string) => boolean {
  return (module) => {
    const { high, low } = pairOf(module)
    return shared.modules.find(high, low) >= 0 || concepts.ordinalOf(high, low) >= 0
  }
}

function newestDate(release: Release, shared: SharedColumns): number {
  return Math.max(0, ...shared.dates, ...release.files.map(({ name }) => Number(name.date)))
}

/** Rows per module: concepts only, the kind that an edition is made of; modules without concepts count 0. */
function moduleUses({ shared, concepts }: ReleaseRows): ReadonlyMap<string, number> {
  const modules = pairTexts(shared.modules)
  const uses = new Map<string, number>(modules.map((module) => [module, 0]))
  for (const stamp of concepts.stamps) {
    const module = modules[shared.moduleAt(stamp)] as string
    uses.set(module, (uses.get(module) ?? 0) + 1)
  }
  return uses
}

function sctidOfWord(word: number, concepts: Concepts, foreign: Uint32Array): string {
  const [pairs, at] = word >= FOREIGN ? [foreign, (word & ~FOREIGN) * 2] : [concepts.ids, word * 2]
  return formatPair(pairs[at] as number, pairs[at + 1] as number)
}

function withConcept(cycle: { readonly problem: Problem; readonly concept?: number }, concepts: Concepts) {
  const sctid = cycle.concept === undefined ? '' : sctidOfWord(cycle.concept, concepts, concepts.ids)
  return failed('snomed-cycle', `Concept ${sctid} is its own ancestor by the is-a relationships.`, cycle.problem.next)
}
