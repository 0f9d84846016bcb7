/** ConceptMap/$closure (FHIR R5 §4.10.14): a table of subsumption, built code by code and numbered, that a client mirrors. */
import type { OperationContext } from './context.ts'
import { type Coding, canonicalText, type Resource } from './fhir.ts'
import { findCodeSystem, locate } from './find-code-system.ts'
import { isRefusal, type Refusal, refusal } from './issues.ts'

export interface ClosureEntry {
  /** Version of the table in which it was added. */
  readonly version: number
  readonly system: string
  readonly systemVersion?: string
  readonly source: string
  readonly target: string
}

export interface ClosureTable {
  readonly version: number
  readonly concepts: readonly (Required<Pick<Coding, 'system' | 'code'>> & { readonly version?: string })[]
  readonly entries: readonly ClosureEntry[]
}

/** Where closure tables are kept; in memory here, durable where the node gives another. */
export interface ClosureStore {
  read(name: string): ClosureTable | undefined
  write(name: string, table: ClosureTable): void
}

const MOST_TABLES = 1_000
const MOST_CONCEPTS = 10_000

export function createClosureStore(): ClosureStore {
  const tables = new Map<string, ClosureTable>()
  return {
    read: (name) => tables.get(name),
    write(name, table) {
      tables.delete(name)
      tables.set(name, table)
      if (tables.size > MOST_TABLES) {
        const [oldest] = tables.keys()
        if (oldest !== undefined) tables.delete(oldest)
      }
    },
  }
}

const EMPTY: ClosureTable = { version: 0, concepts: [], entries: [] }

export function closure(context: OperationContext, store: ClosureStore): Resource | Refusal {
  const { input, say } = context
  const name = input.text('name')
  if (name === undefined) return refusal(400, { code: 'required', text: say('parameter_missing', { what: "'name'" }) })
  const concepts = input.parameters.flatMap((parameter) =>
    parameter.name === 'concept' ? [parameter.valueCoding] : [],
  )
  const since = input.text('version')
  if (concepts.length === 0 && since === undefined) {
    store.write(name, EMPTY)
    return tableMap(context, name, EMPTY, [])
  }
  const table = store.read(name)
  if (!table) return refusal(404, { code: 'not-found', type: 'not-found', text: say('closure_unknown', { name }) })
  if (since !== undefined) {
    const from = Number(since)
    if (!Number.isSafeInteger(from) || from < 0 || from > table.version) {
      return refusal(404, { code: 'not-found', text: say('closure_version', { name, version: since }) })
    }
    if (concepts.length === 0) {
      return tableMap(
        context,
        name,
        table,
        table.entries.filter(({ version }) => version > from),
      )
    }
  }
  const grown = add(context, table, concepts as readonly Coding[])
  if (isRefusal(grown)) return grown
  store.write(name, grown)
  return tableMap(
    context,
    name,
    grown,
    grown.entries.filter(({ version }) => version === grown.version),
  )
}

function add(context: OperationContext, table: ClosureTable, codings: readonly Coding[]): ClosureTable | Refusal {
  const version = table.version + 1
  const concepts = [...table.concepts]
  const entries = [...table.entries]
  for (const coding of codings) {
    const { system, code } = coding ?? {}
    if (!system || !code) {
      return refusal(400, {
        code: 'invalid',
        text: context.say('parameter_wrong_type', { name: 'concept', type: 'a Coding' }),
      })
    }
    const codeSystem = findCodeSystem(context, system, coding.version)
    if (isRefusal(codeSystem)) return codeSystem
    const located = locate(context, codeSystem, code)
    if (isRefusal(located)) return located
    if (concepts.some((each) => each.system === system && each.code === code)) continue
    const systemVersion = codeSystem.identity.version
    for (const known of concepts) {
      if (known.system !== system) continue
      const other = codeSystem.locate(known.code).concept
      if (other === undefined) continue
      const base = { version, system, ...(systemVersion !== undefined && { systemVersion }) }
      // The map reads: source is a kind of target.
      if (codeSystem.subsumes(other, located.concept)) entries.push({ ...base, source: code, target: known.code })
      else if (codeSystem.subsumes(located.concept, other)) entries.push({ ...base, source: known.code, target: code })
    }
    concepts.push({ system, code, ...(coding.version !== undefined && { version: coding.version }) })
    if (concepts.length > MOST_CONCEPTS) {
      return refusal(422, { code: 'too-costly', text: `The closure table holds more than ${MOST_CONCEPTS} concepts` })
    }
  }
  return { version, concepts, entries }
}

function tableMap(
  { now }: OperationContext,
  name: string,
  { version }: ClosureTable,
  entries: readonly ClosureEntry[],
): Resource {
  const groups = Map.groupBy(entries, ({ system, systemVersion }) => canonicalText(system, systemVersion))
  return {
    resourceType: 'ConceptMap',
    name,
    version: String(version),
    status: 'active',
    experimental: true,
    date: now().toISOString(),
    ...(groups.size > 0 && {
      group: [...groups].map(([system, list]) => ({
        source: system,
        target: system,
        element: [...Map.groupBy(list, ({ source }) => source)].map(([code, targets]) => ({
          code,
          target: targets.map(({ target }) => ({ code: target, relationship: 'source-is-narrower-than-target' })),
        })),
      })),
    }),
  }
}
