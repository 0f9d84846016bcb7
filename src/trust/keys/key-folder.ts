/**
 * A folder of key files that appears all at once or not at all: written beside its place, flushed to the disk, then
 * renamed. Whoever starts at the same time and comes second uses what the first one made.
 */
import { randomUUID } from 'node:crypto'
import { chmod, link, mkdir, mkdtemp, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

export type KeyFiles = Readonly<Record<string, string>>

/** Written last; a folder without it is a first start that did not finish. */
export const MARKER = 'keys.json'
/** How a file is called while it is being added; a process that died may have left one. */
const ADDING = '.adding-'

export type FolderState =
  | { readonly state: 'complete'; readonly files: KeyFiles }
  | { readonly state: 'absent' }
  /** Only key files, but not the marker. */
  | { readonly state: 'unfinished' }
  /** The marker is there but a file that it needs is not. */
  | { readonly state: 'damaged'; readonly missing: string }
  /** Something else lives here. */
  | { readonly state: 'foreign'; readonly found: string }

/** @param optional files that may be absent, as in folders made by an earlier version */
export async function readKeyFolder(
  directory: string,
  names: readonly string[],
  optional: readonly string[] = [],
): Promise<FolderState> {
  const present = await readdir(directory).catch((error: unknown): string[] => {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  })
  const known = [MARKER, ...names, ...optional]
  const foreign = present.find((name) => !known.includes(name) && !name.startsWith(ADDING))
  if (!present.includes(MARKER)) {
    if (foreign !== undefined) return { state: 'foreign', found: foreign }
    return { state: present.length === 0 ? 'absent' : 'unfinished' }
  }
  const missing = names.find((name) => !present.includes(name))
  if (missing !== undefined) return { state: 'damaged', missing }
  const files = await Promise.all(
    known
      .filter((name) => present.includes(name))
      .map(async (name) => [name, await readFile(join(directory, name), 'utf8')] as const),
  )
  return { state: 'complete', files: Object.fromEntries(files) }
}

/** Makes the folder with these files (0600, folder 0700). False when another process was first. */
export async function writeKeyFolder(directory: string, files: KeyFiles): Promise<boolean> {
  const parent = dirname(directory)
  await mkdir(parent, { recursive: true, mode: 0o700 })
  await removeLeftovers(parent, basename(directory))
  const beside = await mkdtemp(join(parent, `.${basename(directory)}.${process.pid}.`))
  try {
    await chmod(beside, 0o700)
    for (const [name, content] of Object.entries(files)) await writeDurably(join(beside, name), content)
    await flush(beside)
    await rename(beside, directory)
    await flush(parent)
    return true
  } catch (error) {
    await rm(beside, { recursive: true, force: true })
    // rename() onto a folder that is not empty
    if (hasCode(error, 'ENOTEMPTY') || hasCode(error, 'EEXIST')) return false
    throw error
  }
}

/** Adds one file to a folder that exists. False when another process was first: its file stands. */
export async function addKeyFile(directory: string, name: string, content: string): Promise<boolean> {
  const beside = join(directory, `${ADDING}${name}.${process.pid}.${randomUUID()}`)
  await writeDurably(beside, content)
  try {
    await link(beside, join(directory, name))
    await flush(directory)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  } finally {
    await rm(beside, { force: true })
  }
}

/** Puts an unfinished folder aside, so that nothing is ever deleted that might be a key. */
export async function setAside(directory: string, now: Date): Promise<void> {
  const aside = `${directory}.unfinished-${now.toISOString().replace(/[:.]/g, '-')}`
  await rename(directory, aside).catch((error: unknown) => {
    // Another process was faster.
    if (!hasCode(error, 'ENOENT')) throw error
  })
}

async function writeDurably(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function flush(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Removes what processes that have died left beside the folder. */
async function removeLeftovers(parent: string, name: string): Promise<void> {
  for (const entry of await readdir(parent)) {
    if (!entry.startsWith(`.${name}.`)) continue
    const pid = Number(entry.slice(name.length + 2).split('.')[0])
    if (Number.isInteger(pid) && !isAlive(pid)) await rm(join(parent, entry), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code
}
