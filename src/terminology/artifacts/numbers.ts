/**
 * Numbers of releases, and what was served before: `<home>/terminology/releases/`. A number is given once in a home folder,
 * whether the release centre staged it or an import published it.
 *
 *   <number>.json   what `current.json` said of this release when another one took its place
 *   last-number     the highest number that the release centre has given
 */
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServedRelease } from './artifact.ts'
import { systemCode, writeDurably } from './durable.ts'
import type { HeldLock } from './lock.ts'
import { readRelease } from './manifest.ts'

const LAST = 'last-number'
const RECORD = /^([1-9]\d{0,8})\.json$/

export function releasesFolder(home: string): string {
  return join(home, 'terminology', 'releases')
}

/** The next number that nobody has, above `known`. Rejects with the system's error. */
export async function nextNumber(
  { home }: Pick<HeldLock, 'home'>,
  current: number | undefined,
  known = 0,
): Promise<number> {
  const kept = (await namesIn(home)).map((name) => Number(RECORD.exec(name)?.[1] ?? 0))
  return Math.max(known, current ?? 0, await lastGiven(home), ...kept) + 1
}

/** Remembers that a number is given, before anybody sees it. A crash afterwards leaves a gap, never two of a number. */
export async function noteGiven({ home }: HeldLock, number: number): Promise<void> {
  if (number <= (await lastGiven(home))) return
  await mkdir(releasesFolder(home), { recursive: true })
  await writeDurably(join(releasesFolder(home), LAST), `${number}\n`)
}

async function lastGiven(home: string): Promise<number> {
  try {
    const text = (await readFile(join(releasesFolder(home), LAST), 'utf8')).trim()
    return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 0
    throw error
  }
}

/** Keeps what is about to be replaced. A release that was served before has its record already. */
export async function keepRecord({ home }: HeldLock, replaced: ServedRelease): Promise<void> {
  const name = `${replaced.release}.json`
  if ((await namesIn(home)).includes(name)) return
  await mkdir(releasesFolder(home), { recursive: true })
  await writeDurably(join(releasesFolder(home), name), `${JSON.stringify(replaced, null, 2)}\n`)
}

/** What was served before, in the order of publication. A record that cannot be read is passed over: nothing is served from it. */
export async function readEarlier(home: string): Promise<readonly ServedRelease[]> {
  const found: ServedRelease[] = []
  for (const name of await namesIn(home)) {
    const [, number] = RECORD.exec(name) ?? []
    if (number === undefined) continue
    const record = await readRelease(join(releasesFolder(home), name))
    if (record.ok && record.value?.release === Number(number)) found.push(record.value)
  }
  return found.sort((left, right) => (left.publishedAt < right.publishedAt ? -1 : 1))
}

async function namesIn(home: string): Promise<readonly string[]> {
  try {
    return await readdir(releasesFolder(home))
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}
