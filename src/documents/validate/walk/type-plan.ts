/** Core types made ready to walk: one map from JSON property to what may stand there. */
import { type CompiledBinding, type CompiledElement, type CompiledStructure, coreUrl } from '../definitions/compiled.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { Invariant } from '../invariants/invariant.ts'
import { type PrimitiveCheck, primitiveCheck } from './primitives.ts'

export interface PropertyPlan {
  /** JSON property: `valueQuantity`. */
  readonly key: string
  /** `_valueQuantity` */
  readonly siblingKey: string
  /** Element name: `value`. */
  readonly name: string
  /** What is added to the expression: `.value.ofType(Quantity)`. */
  readonly suffix: string
  readonly id: string
  readonly type: string
  readonly repeats: boolean
  readonly choice: boolean
  readonly primitive: PrimitiveCheck | undefined
  readonly plan: () => TypePlan | undefined
  /** Those of the element and of its type, each once. */
  readonly invariants: readonly Invariant[]
  readonly binding: CompiledBinding | undefined
  readonly targets: readonly string[] | undefined
  readonly profiles: readonly string[] | undefined
}

export interface RequiredPlan {
  readonly name: string
  readonly id: string
  readonly keys: readonly string[]
}

export interface TypePlan {
  /** Path of the definition: `Patient`, `HumanName`, `Patient.contact`. */
  readonly name: string
  /** Canonical URL of the core type it belongs to. */
  readonly url: string
  readonly kind: 'resource' | 'any-resource' | 'complex' | 'primitive'
  readonly properties: ReadonlyMap<string, PropertyPlan>
  readonly byName: ReadonlyMap<string, readonly PropertyPlan[]>
  readonly required: readonly RequiredPlan[]
  /** Names of choices of which one type only may be given. */
  readonly choices: readonly (readonly string[])[]
  /** Invariants of a resource's root. */
  readonly invariants: readonly Invariant[]
  resourcePlan(type: string): TypePlan | undefined
}

export interface TypePlans {
  /** A type by name; undefined when the core does not define it. */
  get(name: string): TypePlan | undefined
  /** A type or a backbone element that was made ready before, by definition path. */
  at(definitionPath: string): TypePlan | undefined
}

export function createTypePlans(
  definitions: Definitions,
  invariant: (place: number, definitionPath: string) => Invariant | undefined,
): TypePlans {
  const plans = new Map<string, TypePlan>()
  const elements = new Map<string, TypePlan>()
  const constraints = new Map<string, readonly number[]>()

  const get = (name: string): TypePlan | undefined => {
    const known = plans.get(name)
    if (known) return known
    const structure = definitions.type(name)
    const plan = structure && build(structure)
    if (plan) plans.set(name, plan)
    return plan
  }

  const build = (structure: CompiledStructure): TypePlan => {
    const kind = structure.kind === 'resource' ? (structure.abstract ? 'any-resource' : 'resource') : kindOf(structure)
    return planOf(structure.root, structure, kind)
  }

  const planOf = (element: CompiledElement, structure: CompiledStructure, kind: TypePlan['kind']): TypePlan => {
    if (element.constraints) constraints.set(element.id, element.constraints)
    const properties = (element.children ?? []).flatMap((child) => propertiesOf(child, structure))
    const byName = new Map<string, PropertyPlan[]>()
    for (const property of properties) {
      const before = byName.get(property.name)
      if (before) before.push(property)
      else byName.set(property.name, [property])
    }
    const required = (element.children ?? []).flatMap((child): RequiredPlan[] => {
      const keys = (byName.get(child.name) ?? []).flatMap((property) =>
        property.primitive ? [property.key, property.siblingKey] : [property.key],
      )
      return (child.min ?? 0) > 0 && kind !== 'primitive' ? [{ name: child.name, id: child.id, keys }] : []
    })
    const choices = [...byName.values()].filter((group) => group.length > 1).map((group) => group.map((one) => one.key))
    const plan: TypePlan = {
      name: element.id,
      url: structure.url,
      kind,
      properties: new Map(properties.map((property) => [property.key, property])),
      byName,
      required,
      choices,
      invariants: kind === 'resource' ? invariantsOf(element.constraints, element.id) : [],
      resourcePlan: get,
    }
    elements.set(element.id, plan)
    return plan
  }

  const invariantsOf = (places: readonly number[] | undefined, path: string): readonly Invariant[] =>
    (places ?? []).flatMap((place) => invariant(place, path) ?? [])

  const propertiesOf = (element: CompiledElement, structure: CompiledStructure): readonly PropertyPlan[] => {
    // Resource.id is typed string in the R4 snapshots, but the rules of `id` apply (R4 resource.html 2.26.3.1).
    const types = isResourceId(element, structure) ? [{ code: 'id' }] : (element.types ?? [{ code: 'BackboneElement' }])
    return types.map((type): PropertyPlan => {
      const key = element.choice ? element.name + type.code.charAt(0).toUpperCase() + type.code.slice(1) : element.name
      const own = element.children && element.children.length > 0
      const primitive = own ? undefined : primitiveCheck(type.code)
      let plan: TypePlan | undefined
      let resolved = false
      const resolve = (): TypePlan | undefined => {
        if (element.contentReference) return elements.get(element.contentReference)
        if (own) return elements.get(element.id) ?? planOf(element, structure, 'complex')
        return get(type.code)
      }
      const path = own || element.contentReference ? (element.contentReference ?? element.id) : type.code
      // A nested section is a section: the rules of the element that a contentReference names hold as well.
      const typeConstraints = element.contentReference
        ? constraints.get(element.contentReference)
        : own
          ? undefined
          : definitions.type(type.code)?.root.constraints
      return {
        key,
        siblingKey: `_${key}`,
        name: element.name,
        suffix: element.choice ? `.${element.name}.ofType(${type.code})` : `.${element.name}`,
        id: element.id,
        type: type.code,
        repeats: element.repeats === true,
        choice: element.choice === true,
        primitive,
        plan: () => {
          if (!resolved) {
            plan = resolve()
            resolved = true
          }
          return plan
        },
        invariants: invariantsOf([...new Set([...(element.constraints ?? []), ...(typeConstraints ?? [])])], path),
        binding: element.binding,
        targets: 'targets' in type ? type.targets : undefined,
        profiles: 'profiles' in type ? type.profiles : undefined,
      }
    })
  }
  return { get, at: (path) => elements.get(path) ?? get(path) }
}

function kindOf(structure: CompiledStructure): 'complex' | 'primitive' {
  return structure.kind === 'primitive-type' ? 'primitive' : 'complex'
}

function isResourceId(element: CompiledElement, structure: CompiledStructure): boolean {
  return (
    structure.kind === 'resource' && element.id === `${structure.type}.id` && structure.url === coreUrl(structure.type)
  )
}
