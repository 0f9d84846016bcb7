/**
 * What anybody can work out about the hidden entries of a table from those that are shown: the exact interval of each, as if the
 * shown ones were exact. Linear programming on each group of hidden entries that hang together by equations.
 */
import type { Equation } from './grid.ts'
import { type Polytope, polytope } from './simplex.ts'

export interface AuditedTable {
  /** Persons of each entry. */
  readonly sizes: readonly number[]
  readonly equations: readonly Equation[]
}

export type AuditFinding =
  /** `narrowest`: width of the narrowest interval; widths beyond the required one are not followed to their end. */
  | { readonly kind: 'safe'; readonly narrowest: number | null }
  | { readonly kind: 'unsafe'; readonly entries: readonly number[] }
  /** More hidden entries hang together than are worked out. */
  | { readonly kind: 'too-large' }

/**
 * @param required width that the interval of each hidden entry must have
 * @param mostTogether hidden entries in one group
 */
export function audit(
  table: AuditedTable,
  hidden: ReadonlySet<number>,
  required: number,
  mostTogether: number,
): AuditFinding {
  const unsafe: number[] = []
  let narrowest: number | null = null
  for (const group of groups(table.equations, hidden)) {
    if (group.entries.length > mostTogether) return { kind: 'too-large' }
    const possible = polytopeOf(table, group, hidden)
    group.entries.forEach((entry, variable) => {
      const width = possible ? widthOf(possible, variable, table.sizes[entry] ?? 0, required) : 0
      if (width < required - 1e-6) unsafe.push(entry)
      narrowest = Math.min(narrowest ?? width, width)
    })
  }
  return unsafe.length > 0 ? { kind: 'unsafe', entries: unsafe } : { kind: 'safe', narrowest }
}

function widthOf(possible: Polytope, variable: number, size: number, required: number): number {
  const up = possible.greatest(variable, 1, size + required)
  if (up - size >= required) return required
  const down = -possible.greatest(variable, -1, required - up)
  return Math.min(required, up - down)
}

interface Group {
  readonly entries: readonly number[]
  readonly equations: readonly Equation[]
}

/** Entries of one equation hang together; a hidden entry in no equation is a group of its own and can be anything. */
function groups(equations: readonly Equation[], hidden: ReadonlySet<number>): readonly Group[] {
  const found: Group[] = []
  const open = new Set(equations.filter((equation) => membersOf(equation).some((entry) => hidden.has(entry))))
  const byEntry = new Map<number, Equation[]>()
  for (const equation of open) {
    for (const entry of membersOf(equation)) byEntry.set(entry, [...(byEntry.get(entry) ?? []), equation])
  }
  const seen = new Set<number>()
  for (const start of hidden) {
    if (seen.has(start) || !byEntry.has(start)) continue
    const [entries, own] = [new Set([start]), new Set<Equation>()]
    for (const entry of entries) {
      for (const equation of byEntry.get(entry) ?? []) {
        own.add(equation)
        for (const member of membersOf(equation)) if (hidden.has(member)) entries.add(member)
      }
    }
    for (const entry of entries) seen.add(entry)
    found.push({ entries: [...entries], equations: [...own] })
  }
  return found
}

export function membersOf({ whole, parts }: Equation): readonly number[] {
  return [whole, ...parts]
}

function polytopeOf({ sizes }: AuditedTable, { entries, equations }: Group, hidden: ReadonlySet<number>) {
  const variableOf = new Map(entries.map((entry, variable) => [entry, variable]))
  const right: number[] = []
  const rows = equations.map(({ whole, parts }) => {
    const row = new Array<number>(entries.length).fill(0)
    let shown = 0
    const put = (entry: number, sign: number) => {
      const variable = hidden.has(entry) ? variableOf.get(entry) : undefined
      if (variable === undefined) shown += sign * (sizes[entry] ?? 0)
      else row[variable] = (row[variable] ?? 0) + sign
    }
    put(whole, -1)
    for (const part of parts) put(part, 1)
    right.push(-shown)
    return row
  })
  return polytope(rows, right)
}
