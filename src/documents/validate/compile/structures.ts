/** Compiles StructureDefinitions: core types whole, profiles as their difference. */
import type { CompiledContext, CompiledStructure } from '../definitions/compiled.ts'
import { coreUrl, withoutVersion } from '../definitions/compiled.ts'
import type { ConstraintTable } from './constraint-table.ts'
import { type CoreTypes, wholeElement } from './core-types.ts'
import { difference } from './difference.ts'
import { elementTree } from './element-tree.ts'
import { inherit } from './inherit.ts'
import { isObject, type JsonObject, objects, text } from './json.ts'

/** True for definitions of the core types themselves. */
export function isCoreType(definition: JsonObject): boolean {
  return definition.derivation !== 'constraint' && definition.url === coreUrl(text(definition.type) ?? '')
}

export function compileCoreType(definition: JsonObject, constraints: ConstraintTable): CompiledStructure | undefined {
  const kind = kindOf(definition)
  const root = elementTree(elementsOf(definition, 'snapshot'), constraints)
  const type = text(definition.type)
  if (!kind || !root || !type) return undefined
  return { ...header(definition, type), kind, derivation: 'specialization', root: wholeElement(root) }
}

/**
 * A profile; `parent` gives the compiled profile of a canonical URL, needed when there is no snapshot.
 * Answers a sentence when the profile cannot be used.
 */
export function compileProfile(
  definition: JsonObject,
  constraints: ConstraintTable,
  core: CoreTypes,
  parent: (url: string) => CompiledStructure | undefined,
): CompiledStructure | string {
  const type = text(definition.type)
  const kind = kindOf(definition)
  const url = text(definition.url)
  if (!type || !kind || !url)
    return `StructureDefinition ${url ?? 'without url'} is neither a resource nor a data type.`
  const coreType = core.get(type)
  if (!coreType) return `${url} constrains ${type}, which the core definitions do not know.`
  const snapshot = elementTree(elementsOf(definition, 'snapshot'), constraints)
  if (snapshot) return finished(definition, coreType, difference(snapshot, coreType.root, core))
  const differential = elementTree(elementsOf(definition, 'differential'), constraints)
  const own = differential && difference(differential, coreType.root, core)
  const base = withoutVersion(text(definition.baseDefinition) ?? coreUrl(type))
  if (base === coreType.url) return finished(definition, coreType, own)
  const inherited = parent(base)
  if (!inherited) return `${url} has no snapshot and its base ${base} is not loaded; it cannot be used.`
  return finished(definition, coreType, own ? inherit(inherited.root, own) : inherited.root)
}

function finished(
  definition: JsonObject,
  coreType: CompiledStructure,
  root: CompiledStructure['root'] | undefined,
): CompiledStructure {
  return {
    ...header(definition, coreType.type),
    kind: coreType.kind,
    derivation: 'constraint',
    root: root ?? { name: coreType.type, id: coreType.type },
  }
}

function header(definition: JsonObject, type: string) {
  const version = text(definition.version)
  const base = text(definition.baseDefinition)
  const contexts = objects(definition.context).flatMap((context): CompiledContext[] => {
    const expression = text(context.expression)
    const kind = context.type
    return expression && (kind === 'element' || kind === 'extension' || kind === 'fhirpath')
      ? [{ type: kind, expression }]
      : []
  })
  const modifier = type === 'Extension' && elementsOf(definition, 'snapshot')[0]?.isModifier === true
  return {
    url: text(definition.url) ?? '',
    ...(version ? { version } : {}),
    name: text(definition.title) ?? text(definition.name) ?? type,
    type,
    ...(definition.abstract === true ? { abstract: true as const } : {}),
    ...(base ? { base: withoutVersion(base) } : {}),
    ...(contexts.length > 0 ? { contexts } : {}),
    ...(modifier ? { modifier: true as const } : {}),
  }
}

function kindOf(definition: JsonObject): CompiledStructure['kind'] | undefined {
  const { kind } = definition
  return kind === 'resource' || kind === 'complex-type' || kind === 'primitive-type' ? kind : undefined
}

function elementsOf(definition: JsonObject, view: 'snapshot' | 'differential'): readonly JsonObject[] {
  const holder = definition[view]
  return isObject(holder) ? objects(holder.element) : []
}
