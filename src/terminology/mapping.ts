/** Stored mappings → the answer to `mapped`: by day, by status, by precedence of layers. */
import type { Find } from './create.ts'
import type { Store, StoredMapping } from './store/read.ts'
import type { SystemRegistry } from './systems.ts'
import type { Mapped, MapQuestion, Terminology } from './terminology.ts'

/** Best first. A code may have several targets; a caller that wants one takes the first. */
const BEST_FIRST: readonly Mapped['relationship'][] = [
  'equal',
  'equivalent',
  'wider',
  'narrower',
  'inexact',
  'relatedto',
]

/** @param today the day in `YYYY-MM-DD`, asked for at each question without one of its own */
export function createMapped(
  stores: readonly Store[],
  registry: SystemRegistry,
  find: Find,
  today: () => string = () => new Date().toISOString().slice(0, 10),
): Terminology['mapped'] {
  return (system, code, question = {}) => {
    const canonical = registry.canonical(system)
    const at = question.at ?? today()
    const wanted = question.system === undefined ? undefined : registry.canonical(question.system)
    const found: StoredMapping[] = []
    const told = new Set<string>()
    for (const store of stores) {
      const concept = find(store, canonical, code)
      if (concept < 0) continue
      const rows = store.mappings(concept)
      // What a higher layer says by a map replaces what a lower one says by the same map for this code.
      found.push(...rows.filter(({ map }) => !told.has(map)))
      for (const { map } of rows) told.add(map)
    }
    return found
      .filter((row) => (wanted === undefined || row.system === wanted) && isMap(row, question.map))
      .filter((row) => question.status === 'all' || isValid(row, at))
      .map(toMapped)
      .sort((left, right) => BEST_FIRST.indexOf(left.relationship) - BEST_FIRST.indexOf(right.relationship))
  }
}

function isMap({ map, mapVersion }: StoredMapping, wanted: MapQuestion['map']): boolean {
  if (wanted === undefined) return true
  const [url, version] = wanted.split('|')
  return map === url && (version === undefined || version === mapVersion)
}

/** Both days are inside the period of use. Only `valid` is valid: no other status stands in for it. */
function isValid({ status, validFrom, validTo }: StoredMapping, at: string): boolean {
  return (
    (status === '' || status === 'valid') && (validFrom === '' || validFrom <= at) && (validTo === '' || at <= validTo)
  )
}

function toMapped(row: StoredMapping): Mapped {
  const { relationship, system, code, display, map, products } = row
  const said = (['comment', 'mapVersion', 'quality', 'status', 'validFrom', 'validTo', 'advice', 'condition'] as const)
    .filter((field) => row[field] !== '')
    .map((field) => [field, row[field]] as const)
  return {
    target: { system, code, ...(display !== '' && { display }) },
    relationship,
    map,
    ...Object.fromEntries(said),
    ...(products.length > 0 && { products }),
  }
}
