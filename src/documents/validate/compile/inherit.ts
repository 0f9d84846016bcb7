/**
 * Profiles published without snapshot: the differential is laid over the compiled profile it derives from. This is
 * snapshot generation in the compiled form, where datatypes need no unfolding.
 */
import type { CompiledElement, CompiledSlicing } from '../definitions/compiled.ts'

export function inherit(parent: CompiledElement, own: CompiledElement): CompiledElement {
  const constraints = [...new Set([...(parent.constraints ?? []), ...(own.constraints ?? [])])]
  const children = overlay(parent.children, own.children, (element) => element.name)
  const slicing = inheritSlicing(parent.slicing, own.slicing)
  return {
    ...parent,
    ...own,
    ...(parent.min !== undefined && (own.min === undefined || own.min < parent.min) ? { min: parent.min } : {}),
    ...(parent.max !== undefined && (own.max === undefined || own.max > parent.max) ? { max: parent.max } : {}),
    ...(constraints.length > 0 ? { constraints } : {}),
    ...(children.length > 0 ? { children } : {}),
    ...(slicing ? { slicing } : {}),
  }
}

function inheritSlicing(
  parent: CompiledSlicing | undefined,
  own: CompiledSlicing | undefined,
): CompiledSlicing | undefined {
  if (!parent || !own) return own ?? parent
  return {
    ...parent,
    ...(own.rules === 'open' ? {} : { rules: own.rules }),
    discriminators: parent.discriminators.length > 0 ? parent.discriminators : own.discriminators,
    slices: overlay(parent.slices, own.slices, (element) => element.slice ?? ''),
  }
}

function overlay(
  parent: readonly CompiledElement[] | undefined,
  own: readonly CompiledElement[] | undefined,
  keyOf: (element: CompiledElement) => string,
): readonly CompiledElement[] {
  const all = new Map((parent ?? []).map((element) => [keyOf(element), element]))
  for (const element of own ?? []) {
    const before = all.get(keyOf(element))
    all.set(keyOf(element), before ? inherit(before, element) : element)
  }
  return [...all.values()]
}
