/** Folders that are being filled: beside the artifacts, named so that nobody takes them for one, swept when their maker died. */
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { systemCode } from './durable.ts'

const HOST = hostname().replace(/[^A-Za-z0-9]+/g, '-')
/** Parts that this process is filling. */
const own = new Set<string>()
let parts = 0
/** A part of another machine, or of a container that is gone, is left alone for this long. */
const ABANDONED_MS = 24 * 3600 * 1000

/** A new empty folder beside the artifacts, told apart from them by its name. */
export async function newPart(folder: string, slug: string): Promise<string> {
  parts += 1
  const path = join(folder, `${slug}.part-${process.pid}-${parts}-${HOST}`)
  own.add(path)
  await rm(path, { recursive: true, force: true })
  await mkdir(path)
  return path
}

export async function dropPart(part: string): Promise<void> {
  await rm(part, { recursive: true, force: true }).catch(() => undefined)
  own.delete(part)
}

/** Takes away what processes left behind that died while they wrote. */
export async function sweepParts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const [, pid, host] = /\.part-(\d+)-\d+-(.+)$/.exec(name) ?? []
    if (pid === undefined || own.has(path)) continue
    if (host === HOST ? !isAlive(Number(pid)) : await isOld(path)) await rm(path, { recursive: true, force: true })
  }
}

/** This process is not the one that made a part it does not know: its number was given out again. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCode(error) !== 'ESRCH'
  }
}

async function isOld(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs > ABANDONED_MS
}
