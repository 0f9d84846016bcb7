/** Reduces a profile's tree to what it adds to the core type it constrains. */
import { isDeepStrictEqual } from 'node:util'
import type { CompiledDiscriminator, CompiledElement, CompiledType } from '../definitions/compiled.ts'
import { coreUrl } from '../definitions/compiled.ts'
import type { CoreTypes } from './core-types.ts'
import type { SlicingDraft, TreeDraft } from './element-tree.ts'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/**
 * What `draft` says beyond the core element `base`. `base` is undefined where the core knows no such element (a path
 * into a type that is not loaded): then everything stays. `outer`: discriminators of the slicing that `draft` is a slice
 * of, by which it is resliced unless it says otherwise. Undefined when nothing is left.
 */
export function difference(
  draft: TreeDraft,
  base: CompiledElement | undefined,
  core: CoreTypes,
  outer: readonly CompiledDiscriminator[] = [],
): CompiledElement | undefined {
  const left: Mutable<CompiledElement> = { name: draft.name, id: draft.id }
  if (draft.slice !== undefined) left.slice = draft.slice
  if (draft.choice || base?.choice) left.choice = true
  if (draft.min !== undefined && draft.min > (base?.min ?? 0)) left.min = draft.min
  if (draft.max !== undefined && draft.max < (base?.max ?? Number.POSITIVE_INFINITY)) left.max = draft.max
  const types = draft.types ?? base?.types ?? []
  const narrowed = narrowedTypes(draft.types, base?.types, core)
  if (narrowed) left.types = narrowed
  if (draft.fixed && !isDeepStrictEqual(draft.fixed, base?.fixed)) left.fixed = draft.fixed
  if (draft.pattern && !isDeepStrictEqual(draft.pattern, base?.pattern)) left.pattern = draft.pattern
  if (draft.binding && !isDeepStrictEqual(draft.binding, base?.binding)) left.binding = draft.binding
  if (draft.maxLength !== undefined && draft.maxLength !== base?.maxLength) left.maxLength = draft.maxLength
  if (draft.minValue !== undefined && draft.minValue !== base?.minValue) left.minValue = draft.minValue
  if (draft.maxValue !== undefined && draft.maxValue !== base?.maxValue) left.maxValue = draft.maxValue
  const codes = types.map((type) => type.code)
  addConstraints(left, draft, base, codes, core)
  const children = draft.children.flatMap((child) => childDifference(child, base, codes, core))
  if (children.length > 0) left.children = mergeSameName(children)
  const slicing = slicingDifference(draft.slicing, base, left, core, outer)
  if (slicing) left.slicing = slicing
  return isEmpty(left) ? undefined : left
}

function isEmpty(left: CompiledElement): boolean {
  // A slice is kept even when it adds nothing: it may be what a closed slicing allows.
  return (
    left.slice === undefined && !Object.keys(left).some((key) => key !== 'name' && key !== 'id' && key !== 'choice')
  )
}

function addConstraints(
  left: Mutable<CompiledElement>,
  draft: TreeDraft,
  base: CompiledElement | undefined,
  codes: readonly string[],
  core: CoreTypes,
): void {
  if (!draft.constraints) return
  const known = base
    ? core.constraintsOf(base, codes)
    : new Set(codes.flatMap((code) => core.get(code)?.root.constraints ?? []))
  const own = draft.constraints.filter((place) => !known.has(place))
  if (own.length > 0) left.constraints = own
}

/** The profile's types when they say more than the core's: fewer of them, profiles, or other reference targets. */
function narrowedTypes(
  own: readonly CompiledType[] | undefined,
  base: readonly CompiledType[] | undefined,
  core: CoreTypes,
): readonly CompiledType[] | undefined {
  if (!own) return undefined
  const plain = own.map(withoutCoreProfiles)
  if (!base) return plain
  // Every type that the core allows is still allowed, with the same restrictions or under a more general name.
  const same = base.every((type) =>
    plain.some(
      (candidate) =>
        isDeepStrictEqual(sorted(candidate), sorted(withoutCoreProfiles(type))) ||
        (candidate.code !== type.code && !candidate.profiles && core.isA(type.code, candidate.code)),
    ),
  )
  return same ? undefined : plain
}

/** `profile: […/StructureDefinition/Patient]` on a Patient says nothing. */
function withoutCoreProfiles(type: CompiledType): CompiledType {
  if (!type.profiles?.includes(coreUrl(type.code))) return type
  const { profiles, ...rest } = type
  return rest
}

function sorted(type: CompiledType): CompiledType {
  return {
    code: type.code,
    ...(type.profiles ? { profiles: type.profiles.toSorted() } : {}),
    ...(type.targets ? { targets: type.targets.toSorted() } : {}),
  }
}

function childDifference(
  child: TreeDraft,
  base: CompiledElement | undefined,
  codes: readonly string[],
  core: CoreTypes,
): readonly CompiledElement[] {
  const counterpart = core.child(base, codes, child.name)
  if (counterpart) return present(difference(child, counterpart, core))
  const choice = choiceOf(child.name, base, codes, core)
  return present(choice ? difference(asChoiceSlice(child, choice), choice, core) : difference(child, undefined, core))
}

function present(element: CompiledElement | undefined): readonly CompiledElement[] {
  return element ? [element] : []
}

/** Older snapshots write `Observation.valueQuantity` for `value[x]` restricted to Quantity. */
function choiceOf(
  name: string,
  base: CompiledElement | undefined,
  codes: readonly string[],
  core: CoreTypes,
): CompiledElement | undefined {
  for (let length = name.length - 1; length > 0; length--) {
    const candidate = core.child(base, codes, name.slice(0, length))
    if (candidate?.choice) return candidate
  }
  return undefined
}

function asChoiceSlice(child: TreeDraft, choice: CompiledElement): TreeDraft {
  const suffix = child.name.slice(choice.name.length)
  const type = choice.types?.find((candidate) => candidate.code.toLowerCase() === suffix.toLowerCase())
  const slice: TreeDraft = {
    ...child,
    name: choice.name,
    choice: true,
    slice: child.slice ?? child.name,
    types: child.types ?? (type ? [type] : []),
  }
  return {
    name: choice.name,
    id: child.id,
    choice: true,
    children: [],
    slicing: { discriminators: [{ type: 'type', path: '$this' }], rules: 'open', slices: [slice] },
  }
}

function slicingDifference(
  slicing: SlicingDraft | undefined,
  base: CompiledElement | undefined,
  owner: CompiledElement,
  core: CoreTypes,
  outer: readonly CompiledDiscriminator[],
): CompiledElement['slicing'] {
  if (!slicing || (slicing.slices.length === 0 && slicing.rules === 'open')) return undefined
  const own = slicing.discriminators.length > 0
  const discriminators = own ? slicing.discriminators : outer.length > 0 ? outer : implied(base)
  return {
    discriminators,
    rules: slicing.rules,
    ...(slicing.ordered ? { ordered: true as const } : {}),
    slices: slicing.slices.flatMap((slice) => {
      const left = difference(slice, base, core, discriminators)
      return left ? withoutShared(left, owner) : []
    }),
  }
}

/**
 * A slice repeats what its unsliced element says. Every item is checked against that element too, so what is identical
 * is dropped here.
 */
function withoutShared(own: CompiledElement, owner: CompiledElement): CompiledElement {
  const { constraints, children, ...rest } = own
  const ownConstraints = constraints?.filter((place) => !owner.constraints?.includes(place)) ?? []
  const ownChildren = children?.filter((child) => {
    const counterpart = owner.children?.find((candidate) => candidate.name === child.name)
    return !counterpart || !isDeepStrictEqual(withoutIds(child), withoutIds(counterpart))
  })
  return {
    ...rest,
    ...(ownConstraints.length > 0 ? { constraints: ownConstraints } : {}),
    ...(ownChildren && ownChildren.length > 0 ? { children: ownChildren } : {}),
  }
}

function withoutIds(element: CompiledElement): unknown {
  return JSON.parse(
    JSON.stringify(element, (key, value: unknown) => (key === 'id' && typeof value === 'string' ? undefined : value)),
  )
}

/** Extensions are always sliced by url, choices by type (FHIR R4 profiling 5.1.0.14). */
function implied(base: CompiledElement | undefined): readonly { type: 'value' | 'type'; path: string }[] {
  if (base?.choice) return [{ type: 'type', path: '$this' }]
  if (base?.types?.some((type) => type.code === 'Extension')) return [{ type: 'value', path: 'url' }]
  return []
}

/** Several `valueX` paths of one choice become one sliced element. */
function mergeSameName(children: readonly CompiledElement[]): readonly CompiledElement[] {
  const merged = new Map<string, CompiledElement>()
  for (const child of children) {
    const before = merged.get(child.name)
    if (!before) {
      merged.set(child.name, child)
      continue
    }
    const slices = [...(before.slicing?.slices ?? []), ...(child.slicing?.slices ?? [])]
    const slicing = before.slicing ?? child.slicing
    merged.set(child.name, { ...child, ...before, ...(slicing ? { slicing: { ...slicing, slices } } : {}) })
  }
  return [...merged.values()]
}
