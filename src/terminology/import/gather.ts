/** The files of an import → the files of an artifact, in one pass: recognise, read, tidy, write. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { identitiesOf } from '../compile.ts'
import { emptyContent } from '../content.ts'
import type { LoadCounts, Provenance } from '../load/fhir.ts'
import { createRegistry } from '../systems.ts'
import type { Terminology } from '../terminology.ts'
import { removeDisguisedEnglish } from './english.ts'
import type { FormatId, FormatOptions, ReadContext, Sample } from './formats/format.ts'
import { type Claim, claims } from './formats/formats.ts'
import { createFragments, type Fragments } from './fragments.ts'
import type { FileProblem, Input, InputFile } from './input/input.ts'
import { createProblems, type ProblemList } from './problems.ts'
import type { ImportedResource, StreamedResource } from './resource.ts'
import { createTidier, type Tidied, tidy } from './tidy.ts'
import { type Added, createResourceWriter, LAYER, type OpenResource, type ResourceWriter } from './writer.ts'

export interface GatherOptions extends FormatOptions {
  readonly title: string
  readonly format?: FormatId
  readonly progress?: (step: { readonly files: number; readonly name: string }) => void
}

export interface Gathered extends LoadCounts {
  readonly files: number
  readonly skipped: number
  readonly resources: number
  readonly bytes: number
  readonly problems: readonly FileProblem[]
}

interface Work {
  readonly writer: ResourceWriter
  readonly fragments: Fragments
  readonly problems: ProblemList
  readonly used: Set<InputFile>
  /** The file being read, for what is found in its resources. */
  current: InputFile | undefined
  readonly passed: Set<InputFile>
}

/** Writes resources, index and layer into `folder`. Fails when no file held terminology. */
export async function gather(
  folder: string,
  input: Input,
  known: Terminology,
  options: GatherOptions,
): Promise<Result<Gathered, 'terminology-import-empty'>> {
  const content = emptyContent()
  const canonical = canonicalBy(known, content)
  const { source, reviewed } = options
  const provenance: Provenance = { source, reviewed, displayReviewed: reviewed, canonical }
  const work: Work = {
    writer: createResourceWriter(folder, content, provenance),
    fragments: createFragments(
      (system, code) => isPublished(system) && known.concept(system, code) !== undefined,
      known.systemName,
    ),
    problems: createProblems(),
    used: new Set(),
    current: undefined,
    passed: new Set(),
  }
  try {
    const { writer, fragments, problems, used, passed } = work
    for (const problem of input.problems) problems.add(problem.file, problem)
    await readAll(input, known, canonical, options, work)
    if (used.size === 0) return nothingFound(problems.all(), options.title)
    const counted = { ...writer.counts }
    for (const fragment of fragments.resources()) keep(fragment, false, work)
    // Fragments repeat what value sets said.
    Object.assign(writer.counts, counted)
    const removed = removeDisguisedEnglish(content, (system, code) => known.concept(system, code)?.display)
    for (const [language, count] of removed.byLanguage) {
      writer.counts.designations -= count
      const sentence = `${count} designations tagged ${language} are the English words: they are left out.`
      const next = 'Translate them, or take them out of the files.'
      problems.add(options.title, { code: 'terminology-english-in-disguise', sentence, next })
    }
    const resources = writer.finish(removed)
    writer.close()
    const { size } = await stat(join(folder, LAYER))
    return ok({
      ...writer.counts,
      files: used.size,
      skipped: [...passed].filter((file) => !used.has(file)).length,
      resources,
      bytes: size,
      problems: problems.all(),
    })
  } finally {
    work.writer.close()
  }
}

async function readAll(
  input: Input,
  known: Terminology,
  canonical: (system: string) => string,
  options: GatherOptions,
  work: Work,
): Promise<void> {
  const samples: Sample[] = []
  for (const file of input.files)
    samples.push({ file, head: (await file.head()).toString('utf8').replaceAll('\0', '') })
  const { claims: found, unclaimed } = claims(samples, options, options.format)
  const context: ReadContext = {
    options,
    canonical,
    systemName: known.systemName,
    complain: (file, complaint) => work.problems.add(file.name, complaint),
    used: (file) => {
      work.used.add(file)
      work.current = file
    },
    passed: (file) => work.passed.add(file),
  }
  const alone = input.files.length === 1
  // Text files beside terminology are readme files; a table or a document that nobody reads is told.
  for (const file of unclaimed) if (alone || !/\.txt$/i.test(file.name)) work.problems.add(file.name, unknownFile())
  let count = 0
  for (const claim of found) {
    count += claim.files.length
    options.progress?.({ files: count, name: claim.files[0]?.name ?? '' })
    await readClaim(claim, context, work)
  }
}

async function readClaim({ format, files }: Claim, context: ReadContext, work: Work): Promise<void> {
  const first = files[0]
  if (!first) return
  work.current = first
  try {
    for await (const resource of format.read(files, context)) {
      if ('concepts' in resource && 'resource' in resource) await keepStreamed(resource as StreamedResource, work)
      else keep(resource as ImportedResource, format.enumerates === true, work)
    }
  } catch (error) {
    // A reader met a shape nobody thought of: the file is left out, the others go on.
    const why = error instanceof Error ? error.message : String(error)
    const sentence = `The file could not be read to its end: ${why}.`
    work.problems.add(work.current.name, { code: 'terminology-file-failed', sentence, next: 'Please report the file.' })
  }
}

function keep(raw: ImportedResource, enumerates: boolean, work: Work): void {
  const tidied = tidy(raw)
  const added = work.writer.add(tidied.resource)
  report(tidied.resource, tidied, added, work)
  if (added.added) work.fragments.note(tidied.resource, enumerates)
}

/** Concepts one by one: a large code system never stands in memory whole. */
async function keepStreamed({ resource, concepts }: StreamedResource, work: Work): Promise<void> {
  const tidier = createTidier(resource)
  let opened: OpenResource | undefined
  for await (const raw of concepts) {
    opened ??= work.writer.open(resource)
    for (const concept of tidier.concept(raw)) opened.add(concept)
  }
  const added = opened?.finish(tidier.properties())
  if (!added) return
  report(resource, tidier, added, work)
  if (added.added) work.fragments.note(resource, false)
}

function report(
  resource: ImportedResource,
  { damaged, twice }: Pick<Tidied, 'damaged' | 'twice'>,
  { differs, remarks }: Added,
  { problems, current }: Work,
): void {
  const name = current?.name ?? ''
  const say = (sentence: string, code = 'terminology-file-partly-used', next = 'The rest of the file was imported.') =>
    problems.add(name, { code, sentence, next })
  if (damaged.size > 0) {
    const count = [...damaged.values()].reduce((sum, one) => sum + one, 0)
    const languages = [...damaged.keys()].join(', ')
    say(
      `${count} designations of ${resource.supplements ?? resource.url} (${languages}) lost their letters ("????"): they are left out.`,
    )
  }
  if (twice.length > 0) {
    const sentence = `${twice.length} codes of ${resource.url} stand there twice (${twice.slice(0, 3).join(', ')}): the first is kept.`
    say(sentence, 'terminology-code-twice', 'Take the repetitions out.')
  }
  for (const remark of remarks) say(remark)
  if (differs) say(`The ${resource.resourceType} ${resource.url} came before with other content: the first is kept.`)
}

/** What shipped content says of a system, then what the import itself has said so far. */
function canonicalBy(known: Terminology, content: ReturnType<typeof emptyContent>): (system: string) => string {
  let size = -1
  let own = (system: string) => system
  return (system) => {
    const canonical = known.canonicalSystem(system)
    if (canonical !== system && !canonical.startsWith('urn:oid:')) return canonical
    if (content.identities.size !== size) {
      size = content.identities.size
      own = createRegistry([identitiesOf(content)]).canonical
    }
    return own(canonical)
  }
}

/** Systems that ship whole, as FHIR code systems of HL7. */
function isPublished(system: string): boolean {
  return /^http:\/\/(?:terminology\.hl7\.org\/|hl7\.org\/fhir\/(?!sid\/))/.test(system)
}

function unknownFile() {
  return {
    code: 'terminology-file-unknown',
    sentence: 'The file is in none of the formats that are read.',
    next: 'Name its format (--format), or describe its columns in a mapping (--mapping).',
  }
}

function nothingFound(problems: readonly FileProblem[], title: string) {
  const [first] = problems
  return failed(
    'terminology-import-empty',
    first === undefined
      ? 'No file with terminology was found.'
      : `No file could be used; the first problem: ${first.file}: ${first.sentence}`,
    'Import FHIR resources, designation lists or one of the formats that `tessera terminology import --help` names.',
    { file: title },
  )
}
