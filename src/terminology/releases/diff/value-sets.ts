/** Value sets of two releases → members gained and lost, as documents are answered. */
import type { JsonObject } from '../../load/json.ts'
import type { TerminologyCatalogue, ValueSetMember } from '../../terminology.ts'
import { collector, compareCodes, type MemberNote, type ValueSetDifference } from './difference.ts'
import type { ReleaseContent } from './reading.ts'
import { firstByUrl, readOptional } from './systems.ts'

/** A release and the answers it gives. */
export interface AnsweringRelease {
  readonly content: ReleaseContent
  readonly terminology: TerminologyCatalogue
}

export async function compareValueSets(
  before: AnsweringRelease,
  after: AnsweringRelease,
  limit: number,
): Promise<readonly ValueSetDifference[]> {
  const olds = firstByUrl(before.content, 'ValueSet')
  const nows = firstByUrl(after.content, 'ValueSet')
  const differences: ValueSetDifference[] = []
  for (const url of [...new Set([...olds.keys(), ...nows.keys()])].sort()) {
    const [old, now] = [before.terminology.valueSet(url), after.terminology.valueSet(url)]
    const difference = {
      url,
      kind: !old && !olds.has(url) ? 'added' : !now && !nows.has(url) ? 'removed' : 'changed',
      ...versioned('before', old?.version ?? olds.get(url)?.version),
      ...versioned('after', now?.version ?? nows.get(url)?.version),
      ...compareMembers(old?.members ?? [], now?.members ?? [], limit),
      incomplete: (old !== undefined && !old.complete) || (now !== undefined && !now.complete),
      definitionChanged:
        definitionOf(await readOptional(before.content, olds.get(url))) !==
        definitionOf(await readOptional(after.content, nows.get(url))),
    } as const
    if (isChanged(difference)) differences.push(difference)
  }
  return differences
}

function isChanged(difference: ValueSetDifference): boolean {
  const { kind, before, after, gained, lost, incomplete, definitionChanged } = difference
  if (kind !== 'changed' || before !== after || gained.total > 0 || lost.total > 0) return true
  // Where the members are all known, another way to write the same set changes nothing.
  return incomplete && definitionChanged
}

function versioned(key: 'before' | 'after', version: string | undefined) {
  return version === undefined ? {} : { [key]: version }
}

function compareMembers(before: readonly ValueSetMember[], after: readonly ValueSetMember[], limit: number) {
  const key = ({ system, code }: ValueSetMember) => `${system}|${code}`
  const sort = (members: readonly ValueSetMember[]) =>
    [...members].sort((left, right) => compareCodes(left.code, right.code) || compareCodes(left.system, right.system))
  const olds = new Set(before.map(key))
  const nows = new Set(after.map(key))
  const gained = collector<MemberNote>(limit)
  const lost = collector<MemberNote>(limit)
  for (const member of sort(after)) if (!olds.has(key(member))) gained.add(member)
  for (const member of sort(before)) if (!nows.has(key(member))) lost.add(member)
  return { gained: gained.bounded, lost: lost.bounded }
}

function definitionOf(resource: JsonObject | undefined): string {
  return JSON.stringify([resource?.compose, resource?.expansion])
}
