/** The operator's own content: a file, folder or package → one compiled layer under `<home>/terminology`. */
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import { canonicalIn, writeAtomically } from '../compile.ts'
import { type Content, emptyContent } from '../content.ts'
import { loadList } from '../load/designations.ts'
import { type LoadCounts, loadResource, noCounts, type Provenance } from '../load/fhir.ts'
import { inputFiles } from '../load/files.ts'
import { isObject, text } from '../load/json.ts'
import { openTerminology, type TerminologyOptions } from '../open.ts'
import { encodeContent } from '../store/write.ts'
import { removeDisguisedEnglish } from './english.ts'

export type ImportProblemCode = 'terminology-import-not-found' | 'terminology-import-empty'

export interface FileProblem extends Problem {
  /** The file, relative to what was imported. */
  readonly file: string
}

export interface ImportResult extends Readonly<LoadCounts> {
  /** The compiled layer. A second import from the same path replaces it. */
  readonly layer: string
  readonly bytes: number
  /** Files that held terminology. */
  readonly files: number
  /** Files of a known kind without terminology (package manifests, profiles, examples). */
  readonly skipped: number
  /** What could not be used, file by file; the rest was imported. */
  readonly problems: readonly FileProblem[]
}

export interface ImportOptions {
  /** TESSERA_HOME; the layer is written to `<home>/terminology`. */
  readonly home: string
  /** Designations of these files count as reviewed, unless a file itself says otherwise. Default: unreviewed. */
  readonly reviewed?: boolean
  /** How the source is named to readers; default: the name of the file or folder. */
  readonly source?: string
  readonly progress?: (step: { readonly files: number; readonly name: string }) => void
  /** Default: `<home>/cache`; shipped content tells which OID is which system. */
  readonly cache?: string
  readonly sources?: TerminologyOptions['sources']
}

/**
 * Imports whatever terminology is found: FHIR CodeSystem (incl. supplements), ValueSet, ConceptMap, NamingSystem and
 * Bundles of them, Tessera's compact files, designation lists and plain value sets. Nothing is written when nothing was
 * found. A bad file never stops the others.
 */
export async function importTerminology(
  path: string,
  options: ImportOptions,
): Promise<Result<ImportResult, ImportProblemCode>> {
  const exists = await stat(path).catch(() => undefined)
  if (!exists) {
    return failed(
      'terminology-import-not-found',
      `There is nothing at ${path}.`,
      'Name a folder, a .json or a .tgz file.',
      {
        file: path,
      },
    )
  }
  const known = await openTerminology({
    cache: options.cache ?? join(options.home, 'cache'),
    ...(options.sources && { sources: options.sources }),
  })
  const gathered = await gather(path, options, known.canonicalSystem)
  const { content, counts, files, skipped, problems } = gathered
  if (files === 0) {
    return failed(
      'terminology-import-empty',
      problems.length === 0
        ? 'No file with terminology was found.'
        : `No file could be used; the first problem: ${problems[0]?.file}: ${problems[0]?.sentence}`,
      'Import FHIR CodeSystem, ValueSet or ConceptMap resources, or designation lists, in JSON.',
      { file: path },
    )
  }
  for (const [language, count] of removeDisguisedEnglish(
    content,
    (system, code) => known.concept(system, code)?.display,
  )) {
    counts.designations -= count
    problems.push({
      file: basename(resolve(path)),
      code: 'terminology-english-in-disguise',
      sentence: `${count} designations tagged ${language} are the English words: they are left out.`,
      next: 'Translate them, or take them out of the files.',
    })
  }
  const bytes = encodeContent(content)
  const layer = join(options.home, 'terminology', layerName(path))
  await writeAtomically(layer, bytes)
  return ok({ ...counts, layer, bytes: bytes.length, files, skipped, problems })
}

interface Gathered {
  readonly content: Content
  readonly counts: LoadCounts
  files: number
  skipped: number
  readonly problems: FileProblem[]
}

async function gather(path: string, options: ImportOptions, known: (system: string) => string): Promise<Gathered> {
  const gathered: Gathered = { content: emptyContent(), counts: noCounts(), files: 0, skipped: 0, problems: [] }
  const { content, problems } = gathered
  const provenance: Provenance = {
    source: options.source ?? basename(resolve(path)),
    reviewed: options.reviewed ?? false,
    displayReviewed: options.reviewed ?? false,
    canonical: (system) => {
      const canonical = known(system)
      // What the import itself says of a system that shipped content does not know.
      return canonical === system || canonical.startsWith('urn:oid:') ? canonicalIn(content)(canonical) : canonical
    },
  }
  let count = 0
  for await (const { name, content: bytes } of inputFiles(path)) {
    count++
    options.progress?.({ files: count, name })
    if (!bytes.ok) problems.push({ ...bytes.problem, file: name })
    else readFile(name, bytes.value, provenance, gathered)
  }
  return gathered
}

function readFile(name: string, bytes: Buffer, provenance: Provenance, gathered: Gathered): void {
  const json = parse(bytes)
  const say = (code: string, sentence: string, next: string) => {
    gathered.problems.push({ file: name, code, sentence, next, place: { file: name } })
  }
  if (!json.ok) {
    say('terminology-file-no-json', json.problem.sentence, json.problem.next)
    return
  }
  const { content, counts } = gathered
  try {
    const remarks =
      isObject(json.value) && text(json.value.resourceType) !== undefined
        ? loadResource(content, json.value, provenance, counts)
        : loadList(content, json.value, provenance, counts)
    if (remarks === undefined) {
      if (isKnownOther(json.value)) gathered.skipped++
      else {
        const next = 'Give FHIR CodeSystem, ValueSet or ConceptMap, or a designation list; other files can stay.'
        say('terminology-file-unknown', 'The file holds JSON, but no terminology in a known shape.', next)
      }
      return
    }
    gathered.files++
    for (const remark of remarks) say('terminology-file-partly-used', remark, 'The rest of the file was imported.')
  } catch (error) {
    // A loader met a shape nobody thought of: the file is left out, the others go on.
    const why = error instanceof Error ? error.message : String(error)
    say('terminology-file-failed', `The file could not be read to its end: ${why}.`, 'Please report the file.')
  }
}

function parse(bytes: Buffer): Result<unknown> {
  const encoded = bytes[0] === 0xff || bytes[0] === 0xfe ? bytes.toString('utf16le') : bytes.toString('utf8')
  if (encoded.includes('\uFFFD') && !bytes.includes('\uFFFD')) {
    return failed('encoding', 'The file is not UTF-8: its letters would be wrong.', 'Save it as UTF-8.')
  }
  try {
    return ok(JSON.parse(encoded.replace(/^\uFEFF/, '')))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return failed('json', `The file is not JSON: ${why}.`, 'Correct it or take it out.')
  }
}

/** FHIR resources of other kinds, package manifests and the like: no terminology, nothing wrong. */
function isKnownOther(json: unknown): boolean {
  if (Array.isArray(json)) return json.length === 0
  if (!isObject(json)) return false
  return text(json.resourceType) !== undefined || 'fhirVersions' in json || 'index-version' in json
}

/** One layer per path, so that importing a newer state of a folder replaces the older one. */
function layerName(path: string): string {
  const full = resolve(path)
  const readable = basename(full)
    .replace(/[^A-Za-z0-9.-]+/g, '-')
    .slice(0, 60)
  return `${readable}-${createHash('sha256').update(full).digest('hex').slice(0, 8)}.terms`
}
