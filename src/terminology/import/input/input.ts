/**
 * What an import is given, as a flat list of files: a file, a folder, an archive, archives inside a folder. Archives are
 * unpacked into a temporary folder within bounds, so that every reader can read its files twice and as streams. Names
 * inside an archive are only shown, never used as paths: nothing can be written outside.
 */
import { createReadStream } from 'node:fs'
import { mkdtemp, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import type { Readable } from 'node:stream'
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import { ARCHIVE_LIMITS, type ArchiveLimits, archiveKind, unpack } from './archive.ts'

export type InputProblemCode =
  | 'terminology-file-unreadable'
  | 'terminology-file-too-large'
  | 'terminology-package-broken'

export interface FileProblem extends Problem {
  /** The file, relative to what was imported. */
  readonly file: string
}

export interface InputFile {
  /** Path inside the folder or archive, with `/`; for a single file, its name. `package.tgz!package/x.json` inside. */
  readonly name: string
  readonly size: number
  /** The first bytes (at most 8 KiB), enough to tell what the file is. */
  head(): Promise<Buffer>
  /** All bytes; refused above 400 MB. */
  bytes(): Promise<Result<Buffer, InputProblemCode>>
  stream(): Readable
}

export interface Input {
  readonly files: readonly InputFile[]
  /** Archives and folders that could not be read (to their end). */
  readonly problems: readonly FileProblem[]
  /** Removes what was unpacked. */
  close(): Promise<void>
}

/** Larger files are only read as streams: the largest real code system in JSON that is known has about a third of this. */
const MAX_FILE_BYTES = 400 * 1024 * 1024
const HEAD_BYTES = 8192
/** What terminology comes in; anything else in a folder is not looked at. */
const KNOWN = /\.(?:json|ndjson|csv|tsv|txt|xml|xlsx)$/i

/** Opens paths that exist; `limits` are for tests. */
export async function openInput(paths: readonly string[], limits: ArchiveLimits = ARCHIVE_LIMITS): Promise<Input> {
  const files: InputFile[] = []
  const problems: FileProblem[] = []
  const temporary: string[] = []
  const take = async (path: string, shown: string, name: string) => {
    if (archiveKind(path) === undefined) {
      files.push(await diskFile(path, name))
      return
    }
    const folder = await mkdtemp(join(tmpdir(), 'tessera-import-'))
    temporary.push(folder)
    const prefix = shown === '' ? '' : `${shown}!`
    const unpacked = await unpack(path, folder, (inside) => KNOWN.test(inside), limits)
    for (const { name: inside, path: real } of unpacked.files) files.push(await diskFile(real, `${prefix}${inside}`))
    if (unpacked.problem) problems.push({ ...unpacked.problem, file: name, place: { file: name } })
  }
  for (const path of paths) {
    const status = await stat(path)
    if (!status.isDirectory()) {
      await take(path, paths.length > 1 ? basename(path) : '', basename(path))
      continue
    }
    const root = paths.length > 1 ? `${basename(path)}/` : ''
    for (const inside of await filesBelow(path)) {
      const name = `${root}${relative(path, inside).replaceAll('\\', '/')}`
      await take(inside, name, name)
    }
  }
  return {
    files,
    problems,
    close: async () => {
      for (const folder of temporary) await rm(folder, { recursive: true, force: true })
    },
  }
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => KNOWN.test(file) || archiveKind(file) !== undefined)
    .sort()
}

async function diskFile(path: string, name: string): Promise<InputFile> {
  const { size } = await stat(path)
  return {
    name,
    size,
    head: async () => {
      const handle = await open(path, 'r')
      try {
        const buffer = Buffer.alloc(Math.min(HEAD_BYTES, size))
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0)
        return buffer.subarray(0, bytesRead)
      } finally {
        await handle.close()
      }
    },
    bytes: async () => {
      if (size > MAX_FILE_BYTES) {
        const sentence = 'The file is larger than 400 MB.'
        return failed('terminology-file-too-large', sentence, 'Split it by code system.', { file: name })
      }
      try {
        return ok(await readFile(path))
      } catch {
        const next = 'Check that it exists and may be read.'
        return failed('terminology-file-unreadable', 'The file cannot be read.', next, { file: name })
      }
    },
    stream: () => createReadStream(path, { highWaterMark: 256 * 1024 }),
  }
}
