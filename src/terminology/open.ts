/** Opens terminology: compiles the shipped content on first use, then only reads; layers the operator's own above. */
import { open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ProblemError } from '#platform/result/problem-error.ts'
import type { ArtifactId } from './artifacts/artifact.ts'
import { artifactFolder, readArtifact, readServed } from './artifacts/store.ts'
import { claim } from './cache-lock.ts'
import type { CompileProgress } from './compile.ts'
import { compileInProcess } from './compile-order.ts'
import { createTerminology } from './create.ts'
import { fingerprint, shippedSources, type TerminologySources } from './sources.ts'
import { readStore, type Store } from './store/read.ts'
import type { TerminologyCatalogue } from './terminology.ts'

export interface TerminologyOptions {
  /** Folder for compiled files, e.g. `.tessera/cache`. It may be emptied at any time. */
  readonly cache: string
  /** TESSERA_HOME: what the operator serves is named by `<home>/terminology/current.json`. Without it only shipped content is used. */
  readonly home?: string
  /** Answer as if these were served, instead of what `current.json` names. Needs `home`. */
  readonly artifacts?: readonly ArtifactId[]
  /** Default: what the project ships. */
  readonly sources?: TerminologySources
  /** Called while content is compiled, which happens on first use only. */
  readonly progress?: (step: CompileProgress) => void
}

/**
 * Ready in some milliseconds when the compiled file exists; otherwise compiles it first (a few seconds, in a process
 * of its own). Throws when shipped content cannot be read or the cache cannot be
 * written: nothing works without. Rejects with a `ProblemError` when what the operator serves is damaged.
 */
export async function openTerminology(options: TerminologyOptions): Promise<TerminologyCatalogue> {
  const sources = options.sources ?? shippedSources()
  const shipped = await openShipped(sources, options)
  const own = options.home === undefined ? [] : await openOwn(options.home, options.artifacts)
  return createTerminology([...own, shipped], own.length)
}

async function openShipped(sources: TerminologySources, options: TerminologyOptions): Promise<Store> {
  const file = join(options.cache, `terminology-${await fingerprint(sources)}.terms`)
  const ready = await openStoreFile(file)
  if (ready) return ready
  const release = await claim(`${file}.lock`, file)
  try {
    // Another process may have compiled it meanwhile.
    const made = await openStoreFile(file)
    if (made) return made
    await compileInProcess({ sources, file }, options.progress)
    await removeOlder(options.cache, file)
  } finally {
    await release()
  }
  const compiled = await openStoreFile(file)
  if (!compiled) throw new Error(`The compiled terminology ${file} cannot be read back. Check the disk.`)
  return compiled
}

/** The store in a file; undefined when there is none, or none that this version can read. */
export async function openStoreFile(file: string): Promise<Store | undefined> {
  let handle: Awaited<ReturnType<typeof open>>
  try {
    handle = await open(file, 'r')
  } catch {
    return undefined
  }
  try {
    const { size } = await handle.stat()
    const bytes = new Uint8Array(size)
    let read = 0
    while (read < size) {
      const { bytesRead } = await handle.read(bytes, read, size - read, read)
      if (bytesRead === 0) return undefined
      read += bytesRead
    }
    const store = readStore(bytes, file)
    return store.ok ? store.value : undefined
  } finally {
    await handle.close()
  }
}

/** The file of an artifact that holds its content compiled for documents. */
const LAYER = 'layer.terms'

/** Compiled files of other contents are of no use any more; other processes have theirs in memory. */
async function removeOlder(cache: string, keep: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (/^terminology-[0-9a-f]{32}\.terms$/.test(name) && join(cache, name) !== keep) {
      await rm(join(cache, name), { force: true })
    }
  }
}

/** What the operator serves, then the imports of versions before there were releases. */
async function openOwn(home: string, artifacts: readonly ArtifactId[] | undefined): Promise<readonly Store[]> {
  return [
    ...(await openLayers(home, artifacts ?? (await servedBy(home)))),
    ...(await openImported(join(home, 'terminology'))),
  ]
}

async function servedBy(home: string): Promise<readonly ArtifactId[]> {
  const served = await readServed(home)
  if (!served.ok) throw new ProblemError(served.problem)
  return served.value?.artifacts ?? []
}

/** The layers of artifacts, in their order of precedence. */
async function openLayers(home: string, artifacts: readonly ArtifactId[]): Promise<readonly Store[]> {
  const stores: Store[] = []
  for (const id of artifacts) {
    const manifest = await readArtifact(home, id)
    if (!manifest.ok) throw new ProblemError(manifest.problem)
    if (!(LAYER in manifest.value.files)) continue
    const file = join(artifactFolder(home, id), LAYER)
    const store = await openStoreFile(file)
    if (!store) throw new ProblemError(unreadableImport(file))
    stores.push(store)
  }
  return stores
}

/** Imports of earlier versions, the newest first. */
async function openImported(folder: string): Promise<readonly Store[]> {
  const names = await readdir(folder).catch(() => [])
  const files = names.filter((name) => name.endsWith('.terms')).map((name) => join(folder, name))
  const dated = await Promise.all(files.map(async (file) => ({ file, time: (await stat(file)).mtimeMs })))
  dated.sort((left, right) => right.time - left.time || (left.file < right.file ? -1 : 1))
  const stores: Store[] = []
  for (const { file } of dated) {
    const store = await openStoreFile(file)
    // An import cannot be made anew from here: never go on without what the operator reviewed.
    if (!store) throw new ProblemError(unreadableImport(file))
    stores.push(store)
  }
  return stores
}

function unreadableImport(file: string) {
  return {
    code: 'terminology-import-unreadable',
    sentence: 'An import of terminology is damaged or was made by another version of Tessera.',
    next: 'Import it again with `tessera terminology import`, or remove the file.',
    place: { file },
  }
}
