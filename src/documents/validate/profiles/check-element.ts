/** Applies one element of a profile to the values it governs. */
import { checkBinding } from '../bindings.ts'
import { isObject } from '../compile/json.ts'
import type { CompiledType } from '../definitions/compiled.ts'
import { checkInvariants } from '../invariants/check-invariants.ts'
import { hasErrors } from '../issue.ts'
import { childNodes, type Node } from '../node.ts'
import { checkReference } from '../references/check-reference.ts'
import { type Run, report, reportNotChecked, type Scope } from '../run.ts'
import { checkSlicing } from './check-slicing.ts'
import { conforms } from './conformance.ts'
import { equalsFixed, matchesPattern, shown } from './pattern.ts'
import type { ElementPlan } from './profile-plan.ts'

/** Checks how many there are, each of them, and their slices. */
export function checkNodes(
  run: Run,
  scope: Scope,
  nodes: readonly Node[],
  plan: ElementPlan,
  parentPath: string,
  profile: string,
): void {
  checkCount(run, nodes.length, plan, `${parentPath}.${plan.element.name}`, profile)
  for (const node of nodes) checkNode(run, scope, node, plan, profile)
  if (plan.slicing) checkSlicing(run, scope, nodes, plan, plan.slicing, `${parentPath}.${plan.element.name}`, profile)
}

/** Cardinality of an element or slice. */
export function checkCount(run: Run, count: number, plan: ElementPlan, path: string, profile: string): void {
  const { element } = plan
  const what = element.slice === undefined ? element.name : `${element.name}:${element.slice}`
  const blame = { profile, element: element.id }
  if (element.min !== undefined && count < element.min)
    report(run, 'error', 'cardinality', path, `${what}: at least ${element.min} required, ${count} found.`, blame)
  if (element.max !== undefined && count > element.max) {
    const sentence =
      element.max === 0 ? `${what} is not allowed here.` : `${what}: at most ${element.max} allowed, ${count} found.`
    report(run, 'error', 'cardinality', path, sentence, blame)
  }
}

/** Checks one value against one element (or slice) of a profile, and its children. */
export function checkNode(run: Run, scope: Scope, node: Node, plan: ElementPlan, profile: string): void {
  const { element } = plan
  const blame = { profile, element: element.id }
  if (element.types && !checkTypes(run, scope, node, element.types, profile, element.id)) return
  const { fixed, pattern } = element
  if (fixed && !equalsFixed(node.value, fixed.value))
    report(run, 'error', 'fixed', node.path, `The value must be ${shown(fixed.value)}.`, blame)
  if (pattern && !matchesPattern(node.value, pattern.value))
    report(run, 'error', 'pattern', node.path, `The value must contain ${shown(pattern.value)}.`, blame)
  if (element.binding && (node.value !== undefined || node.sibling === undefined))
    checkBinding(run, node, element.binding, profile, element.id)
  if (element.maxLength !== undefined && typeof node.value === 'string' && node.value.length > element.maxLength)
    report(run, 'error', 'length', node.path, `The value is longer than ${element.maxLength} characters.`, blame)
  checkRange(run, node, plan, profile)
  if (element.constraints && node.value !== undefined)
    checkInvariants(run, plan.invariants(node.type), node.value, scope, node.path, profile, element.id)
  for (const child of plan.children)
    checkNodes(run, scope, childNodes(node, child.element.name), child, node.path, profile)
}

function checkRange(run: Run, node: Node, plan: ElementPlan, profile: string): void {
  const { minValue, maxValue, id } = plan.element
  const { value } = node
  const below = minValue !== undefined && typeof value === typeof minValue && isLess(value, minValue)
  const above = maxValue !== undefined && typeof value === typeof maxValue && isLess(maxValue, value)
  if (below || above)
    report(run, 'error', 'range', node.path, `The value must lie between ${minValue ?? '…'} and ${maxValue ?? '…'}.`, {
      profile,
      element: id,
    })
}

function isLess(left: unknown, right: unknown): boolean {
  if (typeof left === 'number' && typeof right === 'number') return left < right
  return typeof left === 'string' && typeof right === 'string' && left < right
}

/** The value is of one of the types; profiles and reference targets of that type hold. False: another type. */
function checkTypes(
  run: Run,
  scope: Scope,
  node: Node,
  types: readonly CompiledType[],
  profile: string,
  element: string,
): boolean {
  const fitting = types.filter((type) => run.engine.isA(node.type, type.code))
  if (fitting.length === 0) {
    const allowed = [...new Set(types.map((type) => type.code))].join(', ')
    report(run, 'error', 'type', node.path, `The type ${node.type} is not allowed here; allowed are ${allowed}.`, {
      profile,
      element,
    })
    return false
  }
  if (fitting.every((type) => type.profiles))
    checkTypeProfiles(
      run,
      scope,
      node,
      fitting.flatMap((type) => type.profiles ?? []),
      profile,
      element,
    )
  const targets = fitting.flatMap((type) => type.targets ?? [])
  if (targets.length > 0 && isObject(node.value))
    checkReference(run, scope, node.value, targets, node.path, profile, element)
  return true
}

function checkTypeProfiles(
  run: Run,
  scope: Scope,
  node: Node,
  profiles: readonly string[],
  profile: string,
  element: string,
): void {
  const missing = profiles.filter((url) => !run.engine.definitions.entry(url))
  if (missing.length > 0) {
    reportNotChecked(
      run,
      missing.join(),
      node.path,
      `The profile ${missing.join(', ')} is not loaded and was not checked.`,
      { profile, element },
    )
    return
  }
  const results = profiles.map((url) => conforms(run, node, url, scope))
  const good = results.find((issues) => !hasErrors(issues))
  const [only] = results
  if (good) run.issues.push(...good)
  else if (results.length === 1 && only) run.issues.push(...only)
  else {
    const sentence = `The value conforms to none of ${profiles.join(', ')}: ${only?.find((issue) => issue.severity === 'error')?.sentence ?? ''}`
    report(run, 'error', 'profile', node.path, sentence, { profile, element })
  }
}
