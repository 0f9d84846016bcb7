/** Profiles made ready to check: invariants compiled, slices with their matchers. */
import type { CompiledElement, CompiledStructure } from '../definitions/compiled.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { Invariant } from '../invariants/invariant.ts'
import { createMatcher, type Matcher } from './discriminator.ts'
import { parsePath, type Step } from './discriminator-path.ts'

export interface ElementPlan {
  readonly element: CompiledElement
  /** Those to test on a value of this type: for a choice the type decides how FHIRPath reads it. */
  readonly invariants: (type: string) => readonly Invariant[]
  readonly children: readonly ElementPlan[]
  readonly slicing: SlicingPlan | undefined
}

export interface SlicingPlan {
  readonly rules: 'open' | 'closed' | 'openAtEnd'
  readonly ordered: boolean
  /** Paths of the discriminators: where to look in each item, once for all slices. */
  readonly paths: readonly (readonly Step[])[]
  readonly slices: readonly SlicePlan[]
}

export interface SlicePlan {
  readonly name: string
  readonly plan: ElementPlan
  /** Undefined when the profile does not say how to recognise the slice. */
  readonly matcher: Matcher | undefined
}

export interface ProfilePlan {
  readonly structure: CompiledStructure
  readonly root: ElementPlan
}

export interface ProfilePlans {
  get(url: string): ProfilePlan | undefined
}

export function createProfilePlans(
  definitions: Definitions,
  invariant: (place: number, definitionPath: string) => Invariant | undefined,
): ProfilePlans {
  const plans = new Map<string, ProfilePlan>()

  const invariantsOf = (element: CompiledElement, path: string): ElementPlan['invariants'] => {
    const places = element.constraints ?? []
    if (places.length === 0) return () => []
    const byType = new Map<string, readonly Invariant[]>()
    return (type) => {
      const at = path.endsWith('[x]') ? type : path
      const known = byType.get(at)
      if (known) return known
      const made = places.flatMap((place) => invariant(place, at) ?? [])
      byType.set(at, made)
      return made
    }
  }

  /** `path`: the definition path of the values here, in which invariants are evaluated. */
  const elementPlan = (element: CompiledElement, path: string): ElementPlan => {
    const childPath = (child: CompiledElement): string => definitionPath(definitions, path, child)
    return {
      element,
      invariants: invariantsOf(element, path),
      children: (element.children ?? []).map((child) => elementPlan(child, childPath(child))),
      slicing: element.slicing && {
        rules: element.slicing.rules,
        ordered: element.slicing.ordered === true,
        paths: element.slicing.discriminators.map((discriminator) => parsePath(discriminator.path)),
        slices: element.slicing.slices.map((slice) => ({
          name: slice.slice ?? '',
          plan: elementPlan(slice, definitionPath(definitions, parentPath(path), slice, path)),
          matcher: createMatcher(slice, element.slicing?.discriminators ?? [], definitions),
        })),
      },
    }
  }

  return {
    get(url) {
      const known = plans.get(url)
      if (known) return known
      const structure = definitions.structure(url)
      const plan = structure && { structure, root: elementPlan(structure.root, structure.type) }
      if (plan) plans.set(url, plan)
      return plan
    },
  }
}

/**
 * Where FHIRPath finds the definition of a child: its data type, or for backbone elements the path in the resource.
 * `fallback` is used for slices that keep the type of their unsliced element.
 */
function definitionPath(definitions: Definitions, parent: string, child: CompiledElement, fallback?: string): string {
  const stated = child.types?.length === 1 ? child.types[0]?.code : undefined
  if (stated !== undefined && !isBackbone(stated)) return stated
  if (fallback !== undefined && stated === undefined) return fallback
  const core = coreElement(definitions, parent, child.name)
  if (!core) return `${parent}.${child.name}`
  if (core.contentReference) return core.contentReference
  const type = core.types?.length === 1 ? core.types[0]?.code : undefined
  return type === undefined || isBackbone(type) || core.children ? core.id : type
}

function isBackbone(type: string): boolean {
  return type === 'BackboneElement' || type === 'Element'
}

function parentPath(path: string): string {
  const dot = path.lastIndexOf('.')
  return dot < 0 ? path : path.slice(0, dot)
}

function coreElement(definitions: Definitions, parent: string, name: string): CompiledElement | undefined {
  const [type, ...rest] = parent.split('.')
  let at = definitions.type(type ?? '')?.root
  for (const step of rest) at = at?.children?.find((child) => child.name === step)
  return at?.children?.find((child) => child.name === name)
}
