/** The operator's own content: files, folders or packages → one artifact under `<home>/terminology`, served or staged. */
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { ArtifactManifest } from '../artifacts/artifact.ts'
import { appendServed, artifactFolder, writeArtifact } from '../artifacts/store.ts'
import type { LoadCounts } from '../load/fhir.ts'
import { openTerminology, type TerminologyOptions } from '../open.ts'
import type { FormatId } from './formats/format.ts'
import { gather } from './gather.ts'
import { type FileProblem, openInput } from './input/input.ts'
import { isSnomedRelease } from './rf2.ts'
import { LAYER } from './writer.ts'

export type { FileProblem } from './input/input.ts'

/** Further codes come from the disk (artifacts/durable.ts) and from what is served (artifacts/served.ts). */
export type ImportProblemCode =
  | 'terminology-import-not-found'
  | 'terminology-import-empty'
  | 'terminology-import-snomed'

export interface ImportResult extends Readonly<LoadCounts> {
  readonly artifact: ArtifactManifest
  /** Number of the release that serves it now; absent when it was only staged. */
  readonly release?: number
  /** The compiled layer of the artifact. A second import from the same path takes its place. */
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
  /** TESSERA_HOME; the artifact is written to `<home>/terminology/artifacts`. */
  readonly home: string
  /** Designations of these files count as reviewed, unless a file itself says otherwise. Default: unreviewed. */
  readonly reviewed?: boolean
  /** How the source is named to readers; default: the name of the file or folder. */
  readonly source?: string
  /** Reads the files in this format, whatever they look like. Default: by content. */
  readonly format?: FormatId
  /** Language (BCP-47) of words whose file does not say it. */
  readonly language?: string
  /** Version of what is read, where the files do not say it. */
  readonly version?: string
  /** A mapping file for tables (formats/mapping.ts). */
  readonly mapping?: string
  /** Only makes the artifact; the release centre publishes it. Default: served at once. */
  readonly stage?: boolean
  /** Who imports, for the manifest. Default: `operator`. */
  readonly by?: string
  readonly progress?: (step: { readonly files: number; readonly name: string }) => void
  /** Default: `<home>/cache`; shipped content tells which OID is which system. */
  readonly cache?: string
  readonly sources?: TerminologyOptions['sources']
}

/**
 * Imports whatever terminology is found at the paths: formats/format.ts names the formats, which are told by content.
 * Nothing is written when nothing was found; what is served changes by one rename at the end. A bad file never stops
 * the others.
 */
export async function importTerminology(
  paths: string | readonly string[],
  options: ImportOptions,
): Promise<Result<ImportResult, string>> {
  const given = typeof paths === 'string' ? [paths] : paths
  for (const path of given) {
    if (await stat(path).catch(() => undefined)) continue
    const next = 'Name a folder, an archive (.tgz, .zip) or a file.'
    return failed('terminology-import-not-found', `There is nothing at ${path}.`, next, { file: path })
  }
  if (options.format === 'rf2' || (options.format === undefined && (await isSnomedRelease(given))))
    return snomedRelease(given)
  const known = await openTerminology({
    cache: options.cache ?? join(options.home, 'cache'),
    ...(options.sources && { sources: options.sources }),
  })
  const input = await openInput(given)
  try {
    const title = given.map((path) => basename(resolve(path))).join(', ')
    const source = options.source ?? title
    const reviewed = options.reviewed ?? false
    let gathered: Awaited<ReturnType<typeof gather>> | undefined
    const artifact = await writeArtifact(
      options.home,
      { kind: 'resources', title, source, reviewed, importedBy: options.by ?? 'operator', slug: slugOfPaths(given) },
      async (folder) => {
        gathered = await gather(folder, input, known, { ...options, source, reviewed, title })
        return gathered.ok ? ok(countsOf(gathered.value)) : gathered
      },
    )
    if (!artifact.ok) return artifact
    if (!gathered?.ok) throw new Error('terminology: an artifact without content')
    const served = options.stage ? undefined : await appendServed(options.home, artifact.value.id)
    if (served && !served.ok) return served
    const { resources: _, ...found } = gathered.value
    return ok({
      ...found,
      artifact: artifact.value,
      ...(served && { release: served.value.release }),
      layer: join(artifactFolder(options.home, artifact.value.id), LAYER),
    })
  } finally {
    await input.close()
  }
}

function snomedRelease(paths: readonly string[]) {
  const sentence = 'This is a SNOMED CT release: it becomes an edition, not a set of resources.'
  const next = 'Import the release by itself with `tessera terminology import`.'
  return failed('terminology-import-snomed', sentence, next, { file: paths[0] ?? '' })
}

function countsOf(
  gathered: LoadCounts & { readonly files: number; readonly resources: number },
): Record<string, number> {
  const { codeSystems, valueSets, conceptMaps, concepts, designations, mappings, files, resources } = gathered
  return { resources, codeSystems, valueSets, conceptMaps, concepts, designations, mappings, files }
}

/** One name per path, so that importing a newer state of a folder replaces the older one. */
function slugOfPaths(paths: readonly string[]): string {
  const full = paths.map((path) => resolve(path))
  const readable = basename(full[0] ?? '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 40)
  return `${readable || 'import'}-${createHash('sha256').update(full.join('\n')).digest('hex').slice(0, 8)}`
}
