/** Concept maps of two releases → source codes whose targets differ. */
import { type JsonObject, objects, text } from '../../load/json.ts'
import { collector, compareCodes, type MapDifference, type TargetsChange } from './difference.ts'
import type { ReleaseContent } from './reading.ts'
import { firstByUrl, readOptional } from './systems.ts'

export async function compareMaps(
  before: ReleaseContent,
  after: ReleaseContent,
  limit: number,
): Promise<readonly MapDifference[]> {
  const olds = firstByUrl(before, 'ConceptMap')
  const nows = firstByUrl(after, 'ConceptMap')
  const differences: MapDifference[] = []
  for (const url of [...new Set([...olds.keys(), ...nows.keys()])].sort()) {
    const [old, now] = [olds.get(url), nows.get(url)]
    if (old && now && old.artifact === now.artifact && old.offset === now.offset) continue
    const [was, is] = [await readOptional(before, old), await readOptional(after, now)]
    const targets = compareTargets(was, is, limit)
    const statuses = [text(was?.status), text(is?.status)]
    if (old && now && old.version === now.version && statuses[0] === statuses[1] && targets.total === 0) continue
    differences.push({
      url,
      kind: !old ? 'added' : !now ? 'removed' : 'changed',
      ...(was ? { before: stateOf(was) } : {}),
      ...(is ? { after: stateOf(is) } : {}),
      targets,
    })
  }
  return differences
}

/** The version, and the status where it is not the usual one: only active maps are used. */
function stateOf(map: JsonObject): string {
  const status = text(map.status)
  return [text(map.version) ?? '', status === 'active' ? '' : `(${status ?? 'no status'})`].join(' ').trim()
}

interface SourceRow {
  readonly system: string
  readonly code: string
  readonly targets: string[]
}

function compareTargets(before: JsonObject | undefined, after: JsonObject | undefined, limit: number) {
  const olds = rowsOf(before)
  const nows = rowsOf(after)
  const found = collector<TargetsChange>(limit)
  const keys = [...new Set([...olds.keys(), ...nows.keys()])].sort(compareCodes)
  for (const key of keys) {
    const row = nows.get(key) ?? olds.get(key)
    const [was, is] = [olds.get(key)?.targets ?? [], nows.get(key)?.targets ?? []]
    if (row && was.join('\n') !== is.join('\n')) {
      found.add({ system: row.system, code: row.code, before: was, after: is })
    }
  }
  return found.bounded
}

function rowsOf(map: JsonObject | undefined): ReadonlyMap<string, SourceRow> {
  const rows = new Map<string, SourceRow>()
  for (const group of objects(map?.group)) {
    const system = text(group.source) ?? ''
    for (const element of objects(group.element)) {
      const code = text(element.code)
      if (code === undefined) continue
      const row = rows.get(`${system}|${code}`) ?? { system, code, targets: [] }
      rows.set(`${system}|${code}`, row)
      if (element.noMap === true) row.targets.push('no map')
      for (const target of objects(element.target)) row.targets.push(lineOf(text(group.target) ?? '', target))
    }
  }
  for (const { targets } of rows.values()) targets.sort()
  return rows
}

function lineOf(system: string, target: JsonObject): string {
  const comment = text(target.comment)
  const rest = objects(target.property).map(
    (property) =>
      `${text(property.code)}=${String(Object.entries(property).find(([key]) => key.startsWith('value'))?.[1])}`,
  )
  const said = [...rest.sort(), ...(comment === undefined ? [] : [`“${comment}”`])]
  const relationship = text(target.relationship) ?? 'related-to'
  return [`${relationship} ${system}|${text(target.code) ?? ''}`, ...said].join(' ')
}
