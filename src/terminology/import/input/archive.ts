/** Archives → files in a folder, within bounds: gzipped tar (FHIR packages) and zip (LOINC, SNOMED CT, BDPM). */
import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import yauzl from 'yauzl'
import type { Problem } from '#platform/result/result.ts'
import { tarEntries } from './tar.ts'

export interface ArchiveLimits {
  /** Bytes after unpacking, all files together: more is a bomb or no terminology. */
  readonly bytes: number
  readonly files: number
}

export const ARCHIVE_LIMITS: ArchiveLimits = { bytes: 8 * 1024 * 1024 * 1024, files: 100_000 }

export interface Unpacked {
  /** `name` as the archive has it, `path` where it lies now. */
  readonly files: readonly { readonly name: string; readonly path: string }[]
  /** Why it ended early; what came before is in `files`. */
  readonly problem?: Problem
}

export function archiveKind(path: string): 'tgz' | 'zip' | undefined {
  if (/\.(?:tgz|tar\.gz)$/i.test(path)) return 'tgz'
  return /\.zip$/i.test(path) ? 'zip' : undefined
}

/** Unpacks the wanted files under running numbers; links, devices and folders are passed over. */
export async function unpack(
  archive: string,
  folder: string,
  wanted: (name: string) => boolean,
  limits: ArchiveLimits,
): Promise<Unpacked> {
  const files: { name: string; path: string }[] = []
  let left = limits.bytes
  const budget = (count: number) => {
    left -= count
    if (left < 0) throw new Error(`it unpacks to more than ${Math.round(limits.bytes / 1e6)} MB`)
  }
  const place = (name: string) => {
    if (files.length >= limits.files) throw new Error(`it has more than ${limits.files} files`)
    const path = join(folder, String(files.length))
    files.push({ name, path })
    return path
  }
  const kind = archiveKind(archive)
  try {
    if (kind === 'zip') await unzip(archive, wanted, place, budget)
    else await untar(archive, wanted, place, budget)
    return { files }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const form = kind === 'zip' ? '.zip' : '.tgz'
    return {
      // The last one may be half written.
      files: files.slice(0, -1),
      problem: {
        code: 'terminology-package-broken',
        sentence: `The package is no readable ${form}: ${why}.`,
        next: 'Fetch it again; what came before the damage was read.',
      },
    }
  }
}

async function untar(
  archive: string,
  wanted: (name: string) => boolean,
  place: (name: string) => string,
  budget: (count: number) => void,
): Promise<void> {
  const source = createReadStream(archive)
  const unzipped = createGunzip()
  source.on('error', (error) => unzipped.destroy(error))
  for await (const { name, chunks } of tarEntries(source.pipe(unzipped), budget)) {
    if (wanted(name)) await pipeline(chunks, createWriteStream(place(name)))
  }
}

async function unzip(
  archive: string,
  wanted: (name: string) => boolean,
  place: (name: string) => string,
  budget: (count: number) => void,
): Promise<void> {
  const zip = await yauzl.openPromise(archive, { lazyEntries: true, autoClose: true })
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith('/') || !wanted(entry.fileName)) continue
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        try {
          budget(chunk.length)
          done(null, chunk)
        } catch (error) {
          done(error instanceof Error ? error : new Error(String(error)))
        }
      },
    })
    await pipeline(await zip.openReadStreamPromise(entry), meter, createWriteStream(place(entry.fileName)))
  }
}
