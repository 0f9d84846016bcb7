/** The core types while compiling: whole trees, and the look-ups a profile's difference needs. */
import type { CompiledElement, CompiledStructure } from '../definitions/compiled.ts'
import type { TreeDraft } from './element-tree.ts'

export interface CoreTypes {
  add(structure: CompiledStructure): void
  get(type: string): CompiledStructure | undefined
  /** The core element called `name` below `parent`; `types` are the types that `parent` has or was restricted to. */
  child(parent: CompiledElement | undefined, types: readonly string[], name: string): CompiledElement | undefined
  /** Constraints that the core already places on an element: its own and those of its types. */
  constraintsOf(element: CompiledElement, types: readonly string[]): ReadonlySet<number>
  /** True when `type` is `ancestor` or derives from it. */
  isA(type: string, ancestor: string): boolean
}

export function createCoreTypes(): CoreTypes {
  const structures = new Map<string, CompiledStructure>()
  const byPath = new Map<string, CompiledElement>()
  const index = (element: CompiledElement) => {
    byPath.set(element.id, element)
    for (const child of element.children ?? []) index(child)
  }
  const named = (elements: readonly CompiledElement[] | undefined, name: string) =>
    elements?.find((element) => element.name === name)
  const core: CoreTypes = {
    add(structure) {
      structures.set(structure.type, structure)
      index(structure.root)
    },
    get: (type) => structures.get(type),
    child(parent, types, name) {
      const own = named(parent?.children, name)
      if (own) return own
      if (parent?.contentReference) {
        const referred = byPath.get(parent.contentReference)
        return named(referred?.children, name)
      }
      for (const type of types) {
        const found = named(structures.get(type)?.root.children, name)
        if (found) return found
      }
      return undefined
    },
    constraintsOf(element, types) {
      const all = new Set(element.constraints ?? [])
      for (const type of types) for (const key of structures.get(type)?.root.constraints ?? []) all.add(key)
      return all
    },
    isA(type, ancestor) {
      let at: string | undefined = type
      while (at !== undefined && at !== ancestor) {
        const base: string | undefined = structures.get(at)?.base
        at = base?.slice(base.lastIndexOf('/') + 1)
      }
      return at === ancestor
    },
  }
  return core
}

/** A core type's tree as it is stored: unbounded maxima left out, because JSON has no infinity. */
export function wholeElement(draft: TreeDraft): CompiledElement {
  const { max, slicing, children, ...rest } = draft
  return {
    ...rest,
    min: draft.min ?? 0,
    ...(max === undefined || max === Number.POSITIVE_INFINITY ? {} : { max }),
    ...(children.length > 0 ? { children: children.map(wholeElement) } : {}),
  }
}
