/** What a published release changed, in numbers: computed once when it is published, kept beside its record, shown to the public. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ok, type Result } from '#platform/result/result.ts'
import type { ReleaseChange } from '#portal/terminology/browser.ts'
import { storageProblem, systemCode, writeDurably } from '../artifacts/durable.ts'
import { releasesFolder } from '../artifacts/numbers.ts'
import type { ConceptChanges, ReleaseDifference } from './diff/difference.ts'

export interface KeptChanges {
  readonly format: 1
  /** The largest first. */
  readonly changes: readonly ReleaseChange[]
  /** Further ones that are not listed. */
  readonly more: number
}

const MOST = 200

const schema: z.ZodType<KeptChanges> = z.object({
  format: z.literal(1),
  changes: z
    .array(
      z.object({
        subject: z.string(),
        kind: z.enum(['code-system', 'value-set', 'concept-map', 'other']),
        added: z.number(),
        inactivated: z.number(),
        designations: z.number(),
      }),
    )
    .max(MOST),
  more: z.number(),
})

export function changesOf({ systems, valueSets, maps }: ReleaseDifference): KeptChanges {
  const all: ReleaseChange[] = [
    ...systems.map(({ url, concepts }) => ({ subject: url, kind: 'code-system' as const, ...countsOf(concepts) })),
    ...valueSets.map(({ url, gained, lost }) => ({
      subject: url,
      kind: 'value-set' as const,
      added: gained.total,
      inactivated: lost.total,
      designations: 0,
    })),
    ...maps.map(({ url, targets }) => ({
      subject: url,
      kind: 'concept-map' as const,
      added: targets.total,
      inactivated: 0,
      designations: 0,
    })),
  ]
  const size = ({ added, inactivated, designations }: ReleaseChange) => added + inactivated + designations
  all.sort((left, right) => size(right) - size(left) || (left.subject < right.subject ? -1 : 1))
  return { format: 1, changes: all.slice(0, MOST), more: Math.max(0, all.length - MOST) }
}

/** What is no longer there counts as inactivated; words are counted once for each language. */
function countsOf({ added, reactivated, inactivated, removed, words }: ConceptChanges) {
  return {
    added: added.total + reactivated.total,
    inactivated: inactivated.total + removed.total,
    designations: Object.values(words).reduce((sum, { total }) => sum + total, 0),
  }
}

function changesFile(home: string, number: number): string {
  return join(releasesFolder(home), `${number}.changes.json`)
}

export async function keepChanges(home: string, number: number, kept: KeptChanges): Promise<Result<void>> {
  const file = changesFile(home, number)
  try {
    await mkdir(releasesFolder(home), { recursive: true })
    await writeDurably(file, `${JSON.stringify(kept)}\n`)
    return ok(undefined)
  } catch (error) {
    return storageProblem(error, file)
  }
}

/** Undefined when nothing was kept, or nothing that can be read. */
export async function readChanges(home: string, number: number): Promise<KeptChanges | undefined> {
  try {
    const parsed = schema.safeParse(JSON.parse(await readFile(changesFile(home, number), 'utf8')))
    return parsed.success ? parsed.data : undefined
  } catch (error) {
    if (systemCode(error) !== undefined || error instanceof SyntaxError) return undefined
    throw error
  }
}
