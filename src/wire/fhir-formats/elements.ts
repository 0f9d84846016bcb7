/** What FHIR's XML needs to know of each type: its elements in order, their types, which repeat (tables in `data/fhir`). */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export type FhirVersion = 'R4' | 'R5'

export interface ElementRule {
  /** As in JSON: `valueString`, not `value[x]`. */
  readonly name: string
  readonly type: string
  readonly repeats: boolean
  readonly isPrimitive: boolean
  /** Place in the order of the type. */
  readonly position: number
}

export type TypeRules = ReadonlyMap<string, ElementRule>

const tables = new Map<FhirVersion, Readonly<Record<string, string>>>()
const compiled = new Map<string, TypeRules>()

/** The elements of a type or of a part of a resource (`ValueSet.compose`); undefined when the table does not have it. */
export function rulesOf(type: string, version: FhirVersion): TypeRules | undefined {
  const key = `${version} ${type}`
  const known = compiled.get(key)
  if (known) return known
  const line = Object.hasOwn(tableOf(version), type) ? tableOf(version)[type] : undefined
  if (line === undefined) return undefined
  const rules = compile(line)
  compiled.set(key, rules)
  return rules
}

function tableOf(version: FhirVersion): Readonly<Record<string, string>> {
  const loaded = tables.get(version)
  if (loaded) return loaded
  const path = join(import.meta.dirname, '../../../data/fhir', `elements.${version.toLowerCase()}.json`)
  const table = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, string>>
  tables.set(version, table)
  return table
}

function compile(line: string): TypeRules {
  const rules = new Map<string, ElementRule>()
  line.split(' ').forEach((entry, position) => {
    const colon = entry.indexOf(':')
    const [marked, types] = [entry.slice(0, colon), entry.slice(colon + 1).split('|')]
    const repeats = marked.endsWith('*')
    const stem = marked.replace(/\*$/, '')
    if (!stem.endsWith('[x]')) {
      const type = types[0] ?? ''
      rules.set(stem, { name: stem, type, repeats, position, isPrimitive: isPrimitive(type) })
      return
    }
    for (const type of types) {
      const name = stem.slice(0, -3) + type.slice(0, 1).toUpperCase() + type.slice(1)
      rules.set(name, { name, type, repeats, position, isPrimitive: isPrimitive(type) })
    }
  })
  return rules
}

/** Resource types have a table of their own and an `id` element. */
export function isResourceType(type: string, version: FhirVersion): boolean {
  return !type.includes('.') && rulesOf(type, version)?.has('implicitRules') === true
}

/** FHIR's primitive types begin with a small letter, parts of resources have a dot. */
export function isPrimitive(type: string): boolean {
  return /^[a-z][A-Za-z0-9]*$/.test(type)
}
