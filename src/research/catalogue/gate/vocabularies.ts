/** The code lists of HealthDCAT-AP, and the addresses that stand for their codes in catalogues in use. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { CATALOGUE_DATA, DataFactory, type Quad, Store, type Term } from '../rdf/graph.ts'

const Severity = z.enum(['violation', 'warning'])
const Rule = z.object({
  property: z.string(),
  /** Class of the node that has the property, or that leads to it `through` another. */
  on: z.string(),
  through: z.string().optional(),
  severity: Severity,
})
const Vocabulary = z.object({
  id: z.string(),
  base: z.string(),
  /** Other beginnings that are accepted. */
  others: z.array(z.string()).default([]),
  /** All codes, where the list is closed and known. */
  codes: z.array(z.string()).optional(),
  /** A code that one of the values must be. */
  required: z.string().optional(),
  /** EHDS Art. 51(1): the letter of each code. */
  article51: z.record(z.string(), z.string()).optional(),
  rules: z.array(Rule),
})
export type Vocabulary = z.infer<typeof Vocabulary>

function data(name: string): unknown {
  return JSON.parse(readFileSync(join(CATALOGUE_DATA, name), 'utf8'))
}

export const VOCABULARIES: readonly Vocabulary[] = z
  .object({ vocabularies: z.array(Vocabulary) })
  .parse(data('vocabularies.json')).vocabularies

export function vocabulary(id: string): Vocabulary {
  const found = VOCABULARIES.find((one) => one.id === id)
  if (!found) throw new Error(`The vocabulary ${id} is not in vocabularies.json.`)
  return found
}

/** Whether an address is a code of the list. Of lists whose codes are not known here, any code is believed. */
export function isCode({ base, others, codes }: Vocabulary, address: string): boolean {
  const found = [base, ...others].find((start) => address.startsWith(start))
  if (found === undefined) return false
  const code = address.slice(found.length)
  return code !== '' && (codes === undefined || codes.includes(code))
}

const Aliases = z.object({ values: z.record(z.string(), z.string()), properties: z.record(z.string(), z.string()) })
const aliases = Aliases.parse(data('aliases.json'))

function current(address: string, table: Readonly<Record<string, string>>): string {
  const whole = table[address]
  if (whole !== undefined) return whole
  for (const [old, now] of Object.entries(table)) {
    if (/[/#]$/.test(old) && address.startsWith(old)) return now + address.slice(old.length)
  }
  return address
}

/** The same triples with current addresses only; `changed` counts the triples that had others. */
export function withCurrentAddresses(graph: Store): { readonly graph: Store; readonly changed: number } {
  const node = <T extends Term>(term: T): T => {
    if (term.termType !== 'NamedNode') return term
    const now = current(term.value, aliases.values)
    return now === term.value ? term : (DataFactory.namedNode(now) as Term as T)
  }
  let changed = 0
  const renewed = (quad: Quad): Quad => {
    const predicate = DataFactory.namedNode(current(quad.predicate.value, aliases.properties))
    const next = DataFactory.quad(node(quad.subject), predicate, node(quad.object))
    if (!next.equals(quad)) changed += 1
    return next
  }
  return { graph: new Store(graph.getQuads(null, null, null, null).map(renewed)), changed }
}
