/**
 * How a slice is recognised: each discriminator is a path, walked twice. Once in the definition (what does the slice
 * require there?) when the profile is made ready, here; once in each instance, see discriminator-path.ts.
 */
import { membership } from '../bindings.ts'
import { isObject } from '../compile/json.ts'
import type { CompiledDiscriminator, CompiledElement, CompiledType } from '../definitions/compiled.ts'
import { coreUrl } from '../definitions/compiled.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { hasErrors, type ValidationIssue } from '../issue.ts'
import { childNodes, type Node } from '../node.ts'
import type { Run } from '../run.ts'
import { conforms } from './conformance.ts'
import { type Located, parsePath, type Step } from './discriminator-path.ts'
import { equalsFixed, matchesPattern } from './pattern.ts'

/** What a node has at the path of each discriminator of its slicing. */
export type Found = readonly (readonly Located[])[]

export interface Matcher {
  matches(found: Found, run: Run): boolean
  /**
   * For a node that all discriminators but profiles would put into the slice: what keeps it from its profile.
   * Undefined when it is nowhere near.
   */
  nearMiss(found: Found, run: Run): readonly ValidationIssue[] | undefined
}

type Test = (nodes: readonly Located[], run: Run) => boolean

/** Undefined when no discriminator says anything about this slice. */
export function createMatcher(
  slice: CompiledElement,
  discriminators: readonly CompiledDiscriminator[],
  definitions: Definitions,
): Matcher | undefined {
  const parts = discriminators.flatMap((discriminator, index) => {
    const steps = parsePath(discriminator.path)
    const test = requirement(discriminator, steps, slice, definitions)
    const types = discriminator.type === 'profile' ? typesAt(slice, steps, definitions) : []
    return test ? [{ index, test, types }] : []
  })
  if (parts.length === 0) return undefined
  return {
    matches: (found, run) => parts.every(({ index, test }) => test(found[index] ?? [], run)),
    nearMiss(found, run) {
      const reasons: ValidationIssue[] = []
      for (const { index, test, types } of parts) {
        const nodes = found[index] ?? []
        if (test(nodes, run)) continue
        const near = nodes.find((located) => types.some((type) => run.engine.isA(located.node.type, type.code)))
        const profile = near && types.find((type) => run.engine.isA(near.node.type, type.code))?.profiles?.[0]
        if (!near || profile === undefined) return undefined
        reasons.push(...conforms(run, near.node, profile, near.scope).filter((issue) => issue.severity === 'error'))
      }
      return reasons
    },
  }
}

/** What the slice's definition requires at the end of the path, as a test on the nodes found there. */
function requirement(
  discriminator: CompiledDiscriminator,
  steps: readonly Step[],
  slice: CompiledElement,
  definitions: Definitions,
): Test | undefined {
  switch (discriminator.type) {
    case 'value':
    case 'pattern': {
      const tests = valueTests(slice, steps, definitions)
      return tests.length === 0
        ? undefined
        : (nodes, run) => tests.every((test) => nodes.some((located) => test(located.node, run)))
    }
    case 'exists':
      return existsTest(slice, steps, definitions)
    case 'type':
      return typeTest(slice, steps, definitions)
    case 'profile':
      return profileTest(slice, steps, definitions)
  }
}

type ValueTest = (node: Node, run: Run) => boolean

/** The definition side: tests for the value that the slice fixes at the path, wherever on the way it is stated. */
function valueTests(element: CompiledElement, steps: readonly Step[], definitions: Definitions): readonly ValueTest[] {
  const [step, ...rest] = steps
  if (!step) return ownValueTests(element, definitions)
  const stated = step.kind === 'child' ? (element.fixed ?? element.pattern) : undefined
  if (stated) {
    const wanted = dig(stated.value, steps)
    return wanted === undefined ? [] : [(node) => matchesPattern(node.value, wanted)]
  }
  return definitionStep(element, step, definitions).flatMap((next) => valueTests(next, rest, definitions))
}

function dig(value: unknown, steps: readonly Step[]): unknown {
  let at = value
  for (const step of steps) {
    if (Array.isArray(at)) at = at[0]
    if (step.kind !== 'child' || !isObject(at)) return undefined
    at = at[step.name]
  }
  return Array.isArray(at) && at.length === 1 ? at[0] : at
}

function ownValueTests(element: CompiledElement, definitions: Definitions): readonly ValueTest[] {
  const { fixed, pattern, binding } = element
  if (fixed) return [(node) => equalsFixed(node.value, fixed.value)]
  if (pattern) return [(node) => matchesPattern(node.value, pattern.value)]
  const inner = (element.children ?? []).flatMap((child): ValueTest[] =>
    ownValueTests(child, definitions).map(
      (test) => (node, run) => childNodes(node, child.name).some((found) => test(found, run)),
    ),
  )
  for (const slice of element.slicing?.slices ?? [])
    if ((slice.min ?? 0) > 0) inner.push(...ownValueTests(slice, definitions))
  if (inner.length > 0) return inner
  if (binding?.strength === 'required') return [(node, run) => isMember(node, binding.valueSet, run)]
  const profile = profileRoots(element, definitions)[0]
  return profile ? ownValueTests(profile, definitions) : []
}

function isMember(node: Node, valueSet: string, run: Run): boolean {
  const { value } = node
  if (typeof value === 'string') return membership(run, valueSet, undefined, value, true) === 'member'
  if (!isObject(value)) return false
  const codings = Array.isArray(value.coding) ? value.coding.filter(isObject) : [value]
  return codings.some(({ system, code }) => {
    if (typeof code !== 'string') return false
    return membership(run, valueSet, typeof system === 'string' ? system : undefined, code, false) === 'member'
  })
}

/** One step of a path in definitions: children, those of slices' fixed parts, and those of the type's profiles. */
function definitionStep(element: CompiledElement, step: Step, definitions: Definitions): readonly CompiledElement[] {
  if (step.kind === 'type') return [element]
  if (step.kind === 'resolve') {
    const profiles = (element.types ?? []).flatMap((type) => type.targets ?? [])
    return [{ name: element.name, id: element.id, types: targetTypes(profiles, definitions) }]
  }
  const name = step.kind === 'extension' ? 'extension' : step.name
  const children = [element, ...profileRoots(element, definitions)].flatMap((owner) =>
    (owner.children ?? []).filter((child) => child.name === name),
  )
  if (step.kind === 'extension')
    return children.flatMap((child) => (child.slicing?.slices ?? []).filter((slice) => isExtension(slice, step.url)))
  return children.flatMap((child) => [
    child,
    ...(child.slicing?.slices ?? []).filter((slice) => (slice.min ?? 0) > 0),
    ...(child.slicing?.slices.length === 1 && child.choice ? child.slicing.slices : []),
  ])
}

function targetTypes(profiles: readonly string[], definitions: Definitions): readonly CompiledType[] {
  return profiles.map((url) => {
    const entry = definitions.entry(url)
    if (!entry) return { code: 'Resource', profiles: [url] }
    return entry.derivation === 'specialization' ? { code: entry.type } : { code: entry.type, profiles: [url] }
  })
}

function isExtension(slice: CompiledElement, url: string): boolean {
  return (
    slice.types?.some((type) => type.profiles?.includes(url)) === true ||
    slice.children?.some((child) => child.name === 'url' && child.fixed?.value === url) === true
  )
}

function profileRoots(element: CompiledElement, definitions: Definitions): readonly CompiledElement[] {
  return (element.types ?? []).flatMap((type) =>
    (type.profiles ?? []).flatMap((url) => {
      const structure = definitions.structure(url)
      if (structure) return [structure.root]
      // An extension that is not loaded is still known by its url.
      return type.code === 'Extension'
        ? [
            {
              name: 'Extension',
              id: 'Extension',
              children: [{ name: 'url', id: 'Extension.url', fixed: { value: url } }],
            },
          ]
        : []
    }),
  )
}

function elementsAt(
  element: CompiledElement,
  steps: readonly Step[],
  definitions: Definitions,
): readonly CompiledElement[] {
  let at: readonly CompiledElement[] = [element]
  for (const step of steps) at = at.flatMap((one) => definitionStep(one, step, definitions))
  return at
}

function typesAt(slice: CompiledElement, steps: readonly Step[], definitions: Definitions): readonly CompiledType[] {
  return elementsAt(slice, steps, definitions).flatMap((element) => element.types ?? [])
}

function existsTest(slice: CompiledElement, steps: readonly Step[], definitions: Definitions): Test | undefined {
  const elements = elementsAt(slice, steps, definitions)
  if (elements.some((element) => element.max === 0)) return (nodes) => nodes.length === 0
  if (elements.some((element) => (element.min ?? 0) > 0)) return (nodes) => nodes.length > 0
  return undefined
}

function typeTest(slice: CompiledElement, steps: readonly Step[], definitions: Definitions): Test | undefined {
  const types = typesAt(slice, steps, definitions)
  if (types.length === 0) return undefined
  const codes = [...new Set(types.map((type) => type.code))]
  return (nodes, run) => nodes.some(({ node }) => codes.some((code) => run.engine.isA(node.type, code)))
}

function profileTest(slice: CompiledElement, steps: readonly Step[], definitions: Definitions): Test | undefined {
  const types = typesAt(slice, steps, definitions)
  if (types.length === 0) return undefined
  return (nodes, run) => nodes.some((located) => types.some((type) => meets(located, type, run)))
}

function meets({ node, scope }: Located, type: CompiledType, run: Run): boolean {
  if (!run.engine.isA(node.type, type.code)) return false
  const profiles = (type.profiles ?? []).filter((url) => url !== coreUrl(type.code))
  if (profiles.length === 0 || node.value === undefined) return true
  return profiles.some((url) => run.engine.definitions.entry(url) && !hasErrors(conforms(run, node, url, scope)))
}
