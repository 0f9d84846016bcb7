/** Which files make up a release: found in folders and zips, chosen between Snapshot and Full, complete or refused. */
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import { type Content, type FileName, parseFileName, type ReleaseType } from './names.ts'
import { openZip, type Zip } from './zip.ts'

export interface Rf2File {
  /** As problems name it: relative to what was given; `release.zip!path` inside a zip. */
  readonly file: string
  readonly name: FileName
  readonly bytes: number
  /** Position of the path it was found under: 0 the edition, then extensions. */
  readonly source: number
  chunks(): AsyncIterable<Uint8Array>
}

export interface Release {
  readonly files: readonly Rf2File[]
  /** More than one row per id may occur: a Full release, or several packages. */
  readonly merged: boolean
  readonly notices: readonly string[]
  close(): void
}

export type FindProblemCode =
  | 'rf2-not-found'
  | 'rf2-zip'
  | 'rf2-no-release'
  | 'rf2-missing-file'
  | 'rf2-twice'
  | 'rf2-delta'

/**
 * The files of an edition and its extensions, in the order given. With `partial`, missing files are noticed, not refused.
 * The release must be closed.
 */
export async function findRelease(
  paths: readonly string[],
  options: { readonly partial: boolean },
): Promise<Result<Release, FindProblemCode>> {
  const zips: Zip[] = []
  const close = (): void => {
    for (const zip of zips) zip.close()
  }
  const files: Rf2File[] = []
  const notices: string[] = []
  for (const [source, path] of paths.entries()) {
    const found = await filesUnder(path, source, zips)
    const chosen = found.ok ? choose(found.value, path, source, notices) : found
    if (!chosen.ok) {
      close()
      return chosen
    }
    files.push(...chosen.value)
  }
  const missing = missingContent(files)
  if (missing !== undefined) {
    if (!options.partial) {
      close()
      return { ok: false, problem: missingFile(missing, paths) }
    }
    notices.push(`${describeContent(missing)} is missing.`)
  }
  const full = files.some(({ name }) => name.release !== 'Snapshot')
  const sorted = files.toSorted((a, b) => a.source - b.source || (a.file < b.file ? -1 : 1))
  // Two packages in one folder; the several files of one package (one a language, say) share no ids.
  const packages = sorted.filter(({ name }) => name.content === 'Concept').length
  return ok({ files: sorted, merged: full || packages > 1 || paths.length > 1, notices, close })
}

async function filesUnder(
  path: string,
  source: number,
  zips: Zip[],
): Promise<Result<readonly Rf2File[], FindProblemCode>> {
  const status = await stat(path).catch(() => undefined)
  if (!status) {
    return failed('rf2-not-found', 'There is nothing at this path.', 'Name the folder or zip of a SNOMED CT release.', {
      file: path,
    })
  }
  const found: Rf2File[] = []
  const places = status.isDirectory() ? await placesUnder(path) : [path]
  for (const place of places) {
    const shown = status.isDirectory() ? join(basename(path), relative(path, place)) : basename(place)
    if (/\.zip$/i.test(place)) {
      const zip = await openZip(place)
      if (!zip.ok) return zip
      zips.push(zip.value)
      for (const entry of zip.value.entries) {
        const name = entry.path.includes('__MACOSX/') ? undefined : parseFileName(basename(entry.path))
        if (name) found.push({ file: `${shown}!${entry.path}`, name, source, bytes: entry.bytes, chunks: entry.chunks })
      }
      continue
    }
    const name = parseFileName(basename(place))
    if (!name) continue
    const { size } = await stat(place)
    found.push({
      file: shown,
      name,
      source,
      bytes: size,
      chunks: () => createReadStream(place, { highWaterMark: 1 << 20 }),
    })
  }
  return ok(found)
}

async function placesUnder(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && /\.(?:txt|zip)$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** Snapshot where there is one, else Full; a Delta only where something is under it. */
function choose(
  found: readonly Rf2File[],
  path: string,
  source: number,
  notices: string[],
): Result<readonly Rf2File[], FindProblemCode> {
  const of = (release: ReleaseType) => found.filter(({ name }) => name.release === release)
  const snapshot = of('Snapshot')
  const full = of('Full')
  const delta = of('Delta')
  const chosen = snapshot.length > 0 ? snapshot : full.length > 0 ? full : delta
  if (chosen.length === 0) {
    return failed(
      'rf2-no-release',
      'No file here has the name of an RF2 file (sct2_Concept_Snapshot_INT_20250801.txt and the like).',
      'Name the folder or zip of a SNOMED CT release, as it was downloaded.',
      { file: path },
    )
  }
  if (chosen === delta && source === 0) {
    return failed(
      'rf2-delta',
      'This is a Delta release: it holds only what changed, not an edition.',
      'Import the Snapshot or Full release; or name that first and the Delta after it, to apply it on top.',
      { file: path },
    )
  }
  if (chosen !== delta && delta.length > 0) notices.push(`${basename(path)}: the Delta files were left aside.`)
  if (chosen === snapshot && full.length > 0) {
    notices.push(`${basename(path)}: the Full files were left aside for the Snapshot.`)
    const lost = full.find((file) => !snapshot.some((other) => sameKind(file.name, other.name)))
    if (lost) {
      return failed(
        'rf2-missing-file',
        `The Snapshot has no counterpart of ${basename(lost.file)}, which the Full release has.`,
        'Take the whole release again.',
        { file: lost.file },
      )
    }
  }
  const seen = new Map<string, string>()
  for (const { file } of chosen) {
    const earlier = seen.get(basename(file))
    if (earlier !== undefined) {
      return failed(
        'rf2-twice',
        `The same file is here twice: ${earlier} and ${file}.`,
        'Name the zip or the unpacked folder, not a folder with both.',
        { file },
      )
    }
    seen.set(basename(file), file)
  }
  return ok(chosen)
}

function sameKind(a: FileName, b: FileName): boolean {
  return a.content === b.content && a.pattern === b.pattern && a.summary === b.summary
}

type Required = Extract<Content, 'Concept' | 'Description' | 'Relationship'> | 'Language'

function missingContent(files: readonly Rf2File[]): Required | undefined {
  const has = (content: Content, pattern = '', summary = /^/) =>
    files.some(({ name }) => name.content === content && name.pattern === pattern && summary.test(name.summary))
  if (!has('Concept')) return 'Concept'
  if (!has('Description')) return 'Description'
  if (!has('Relationship')) return 'Relationship'
  if (!has('Refset', 'c', /Language/i)) return 'Language'
  return undefined
}

function describeContent(content: Required): string {
  return content === 'Language' ? 'The file of a language reference set' : `The ${content} file`
}

function missingFile(content: Required, paths: readonly string[]): Problem<FindProblemCode> {
  const name =
    content === 'Language' ? 'der2_cRefset_LanguageSnapshot-<language>_….txt' : `sct2_${content}_Snapshot_….txt`
  return {
    code: 'rf2-missing-file',
    sentence: `${describeContent(content)} (${name}) is missing.`,
    next: 'Take the whole release; an extension is given after its edition.',
    place: { file: paths.join(', ') },
  }
}
