/** Whether an import is a SNOMED CT release (RF2): told by the names of its files, without unpacking anything. */
import { readdir, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import yauzl from 'yauzl'
import { archiveKind } from './input/archive.ts'

/** `sct2_Concept_Full_INT_20240101.txt`, `xsct2_…`, `der2_cRefset_…` (RF2 file naming convention). */
const RF2 = /(?:^|[\\/])x?(?:sct2|der2)_\w+\.txt$/i

export async function isSnomedRelease(paths: readonly string[]): Promise<boolean> {
  for (const path of paths) if ((await namesIn(path)).some((name) => RF2.test(name))) return true
  return false
}

async function namesIn(path: string): Promise<readonly string[]> {
  const status = await stat(path).catch(() => undefined)
  if (status?.isDirectory()) return readdir(path, { recursive: true })
  if (archiveKind(path) !== 'zip') return [basename(path)]
  const names: string[] = []
  try {
    const zip = await yauzl.openPromise(path, { lazyEntries: true })
    for await (const entry of zip.eachEntry()) names.push(entry.fileName)
  } catch {
    // A damaged archive is told when it is read.
  }
  return names
}
