/**
 * Joins neighbouring levels of an ordered dimension (steps of a survival curve, months, classes) until enough persons stand in
 * each, so that a curve loses detail and no steps. A survival curve is a table of persons by the step at which they leave and
 * by how (event, end of observation): those at risk at a step are all who leave at it or later.
 */
import type { ExactCell, ExactTable } from './table.ts'

/**
 * @param separator between the first and the last level that a pooled one is made of
 * @param least persons in each pooled level for each combination of the other dimensions; for counts of events, at least the
 * floor. A combination with nobody at all stays empty and asks for nothing.
 */
export function poolLevels(table: ExactTable, dimension: string, least: number, separator = '–'): ExactTable {
  const d = table.dimensions.findIndex(({ name }) => name === dimension)
  const levels = table.dimensions[d]?.levels
  if (!levels) return table
  const rest = ({ key }: ExactCell) => JSON.stringify(key.filter((_, index) => index !== d))
  const all = new Set(table.cells.filter(({ persons }) => persons.length > 0).map(rest))
  const groups: string[][] = []
  let open: string[] = []
  let counts = new Map<string, number>()
  for (const level of levels) {
    open.push(level)
    for (const cell of table.cells) {
      if (cell.key[d] === level) counts.set(rest(cell), (counts.get(rest(cell)) ?? 0) + cell.persons.length)
    }
    if ([...all].some((name) => (counts.get(name) ?? 0) < least)) continue
    groups.push(open)
    ;[open, counts] = [[], new Map()]
  }
  // What is left over is too small to stand alone: it joins the last.
  if (open.length > 0) groups.push([...(groups.pop() ?? []), ...open])
  const nameOf = new Map(
    groups.flatMap((group) => {
      const [first, last] = [group[0] ?? '', group.at(-1) ?? '']
      return group.map((level) => [level, group.length === 1 ? first : `${first}${separator}${last}`] as const)
    }),
  )
  const pooledLevels = [...new Set(nameOf.values())]
  return {
    ...table,
    dimensions: table.dimensions.map((one, index) => (index === d ? { ...one, levels: pooledLevels } : one)),
    cells: joined(table.cells, (key) =>
      key.map((level, index) => (index === d ? (nameOf.get(level) ?? level) : level)),
    ),
  }
}

function joined(
  cells: readonly ExactCell[],
  newKey: (key: readonly string[]) => readonly string[],
): readonly ExactCell[] {
  const groups = new Map<string, { key: readonly string[]; parts: ExactCell[] }>()
  for (const cell of cells) {
    const key = newKey(cell.key)
    const group = groups.get(JSON.stringify(key)) ?? { key, parts: [] }
    groups.set(JSON.stringify(key), group)
    group.parts.push(cell)
  }
  return [...groups.values()].map(({ key, parts }) => {
    const names = new Set(parts.flatMap(({ values }) => Object.keys(values ?? {})))
    return {
      key,
      persons: parts.flatMap(({ persons }) => Array.from<number | bigint>(persons)) as number[] | bigint[],
      ...(names.size > 0 && {
        values: Object.fromEntries(
          [...names].map((name) => [name, parts.flatMap(({ values }) => Array.from(values?.[name] ?? []))]),
        ),
      }),
    }
  })
}
