/**
 * Walks a resource along its core type: every property is known, of the right shape and type, present when required;
 * invariants, bindings and extensions of the core hold. Profiles come on top (profiles/).
 */
import { checkBinding } from '../bindings.ts'
import { isObject, type JsonObject } from '../compile/json.ts'
import { checkExtension } from '../extensions.ts'
import { checkInvariants } from '../invariants/check-invariants.ts'
import type { Node } from '../node.ts'
import { conforms } from '../profiles/conformance.ts'
import { checkReference } from '../references/check-reference.ts'
import { type Run, report, type Scope } from '../run.ts'
import type { PropertyPlan, TypePlan } from './type-plan.ts'

/** Deeper nesting than any real document has; protects the stack. */
const DEEPEST = 100

/** Walks the resource of a scope. */
export function walkResource(run: Run, scope: Scope, depth = 0): void {
  const plan = run.engine.type(scope.type)
  if (plan?.kind !== 'resource') {
    const sentence = `${scope.type} is not a resource type of FHIR R4.`
    report(run, 'error', 'unknown-type', scope.path, sentence)
    return
  }
  walkObject(run, scope, scope.resource, plan, scope.path, depth)
  checkInvariants(run, plan.invariants, scope.resource, scope, scope.path, plan.url, plan.name)
}

function walkObject(
  run: Run,
  scope: Scope,
  value: JsonObject,
  plan: TypePlan,
  path: string,
  depth: number,
  parentUrl?: string,
): void {
  if (depth > DEEPEST) {
    report(run, 'error', 'structure', path, `Elements are nested deeper than ${DEEPEST} levels.`)
    return
  }
  let count = 0
  for (const key in value) {
    if (value[key] === undefined) continue
    if (key === 'resourceType' && plan.kind === 'resource') continue
    count++
    const property = plan.properties.get(key)
    if (property) {
      walkProperty(run, scope, value, property, plan, path, depth, parentUrl)
    } else if (key.charCodeAt(0) === 95) {
      const owner = plan.properties.get(key.slice(1))
      if (owner?.primitive) {
        if (value[owner.key] === undefined) walkProperty(run, scope, value, owner, plan, path, depth, parentUrl)
      } else unknownElement(run, key, plan, path)
    } else if (key !== 'fhir_comments') unknownElement(run, key, plan, path)
    else report(run, 'warning', 'unknown-element', path, 'fhir_comments is not part of FHIR R4.', { profile: plan.url })
  }
  if (count === 0 || (count === 1 && value.id !== undefined && plan.kind !== 'resource'))
    report(run, 'error', 'empty', path, 'The element is empty: it needs a value or children (ele-1).', {
      profile: plan.url,
      constraint: 'ele-1',
    })
  for (const required of plan.required)
    if (!required.keys.some((key) => value[key] !== undefined))
      report(
        run,
        'error',
        'cardinality',
        `${path}.${required.name}`,
        `${required.name} is missing: at least one is required.`,
        {
          profile: plan.url,
          element: required.id,
        },
      )
  for (const keys of plan.choices) {
    const given = keys.filter((key) => value[key] !== undefined || value[`_${key}`] !== undefined)
    if (given.length > 1)
      report(run, 'error', 'cardinality', path, `Only one of ${given.join(', ')} may be given.`, { profile: plan.url })
  }
}

function unknownElement(run: Run, key: string, plan: TypePlan, path: string): void {
  const sentence = `${plan.name} has no element ${key.slice(0, 64)}.`
  report(run, 'error', 'unknown-element', path, sentence, { profile: plan.url, element: plan.name })
}

function walkProperty(
  run: Run,
  scope: Scope,
  parent: JsonObject,
  property: PropertyPlan,
  owner: TypePlan,
  parentPath: string,
  depth: number,
  parentUrl: string | undefined,
): void {
  const path = parentPath + property.suffix
  const value = parent[property.key]
  const sibling = property.primitive ? parent[property.siblingKey] : undefined
  if (!property.repeats) {
    if (Array.isArray(value) || Array.isArray(sibling))
      report(run, 'error', 'structure', path, `${property.key} must not be an array.`, blame(owner, property))
    else walkValue(run, scope, value, sibling, property, owner, path, depth, parentUrl)
    return
  }
  if ((value !== undefined && !Array.isArray(value)) || (sibling !== undefined && !Array.isArray(sibling))) {
    report(run, 'error', 'structure', path, `${property.key} must be an array.`, blame(owner, property))
    return
  }
  const values: readonly unknown[] = value ?? []
  const siblings: readonly unknown[] = sibling ?? []
  if (values.length === 0 && siblings.length === 0)
    report(run, 'error', 'empty', path, `${property.key} is an empty array.`, blame(owner, property))
  const length = Math.max(values.length, siblings.length)
  for (let index = 0; index < length; index++) {
    const item = values[index] ?? undefined
    const itemSibling = siblings[index] ?? undefined
    walkValue(run, scope, item, itemSibling, property, owner, `${path}[${index}]`, depth, parentUrl)
  }
}

function walkValue(
  run: Run,
  scope: Scope,
  value: unknown,
  sibling: unknown,
  property: PropertyPlan,
  owner: TypePlan,
  path: string,
  depth: number,
  parentUrl: string | undefined,
): void {
  if (property.primitive) {
    walkPrimitive(run, scope, value, sibling, property, owner, path, depth)
    return
  }
  if (!isObject(value)) {
    report(
      run,
      'error',
      'type',
      path,
      `${property.key} must be an object of type ${property.type}.`,
      blame(owner, property),
    )
    return
  }
  const plan = property.plan()
  if (!plan) return
  if (plan.kind === 'any-resource') {
    const inner = run.scopes.get(value)
    if (inner) walkResource(run, inner, depth + 1)
    else report(run, 'error', 'not-a-resource', path, 'The resource has no resourceType.')
    return
  }
  if (plan.kind === 'resource') {
    const inner = run.scopes.get(value)
    if (inner) walkResource(run, inner, depth + 1)
    return
  }
  if (property.type === 'Extension') {
    walkObject(run, scope, value, plan, path, depth + 1, typeof value.url === 'string' ? value.url : '')
    checkInvariants(run, property.invariants, value, scope, path, plan.url, property.id)
    checkExtension(run, scope, value, { path, owner, modifier: property.key === 'modifierExtension', parentUrl })
    return
  }
  walkObject(run, scope, value, plan, path, depth + 1)
  checkInvariants(run, property.invariants, value, scope, path, owner.url, property.id)
  if (property.binding)
    checkBinding(run, nodeOf(value, sibling, property, path), property.binding, owner.url, property.id)
  if (property.type === 'Reference') checkReference(run, scope, value, property.targets, path, owner.url, property.id)
  if (property.profiles) {
    const node = nodeOf(value, sibling, property, path)
    const failures = property.profiles.map((profile) => conforms(run, node, profile, scope))
    const best = failures.find((issues) => issues.every((issue) => issue.severity !== 'error')) ?? failures[0]
    if (best) run.issues.push(...best)
  }
}

function nodeOf(value: unknown, sibling: unknown, property: PropertyPlan, path: string): Node {
  return { value, sibling, type: property.type, plan: property.plan(), path }
}

function walkPrimitive(
  run: Run,
  scope: Scope,
  value: unknown,
  sibling: unknown,
  property: PropertyPlan,
  owner: TypePlan,
  path: string,
  depth: number,
): void {
  if (value === undefined && sibling === undefined) {
    report(run, 'error', 'empty', path, `${property.key} has neither a value nor an extension.`, blame(owner, property))
    return
  }
  if (value !== undefined) {
    const wrong = property.primitive?.(value)
    if (wrong !== undefined) {
      report(run, 'error', 'primitive', path, `The value of ${property.key} ${wrong}.`, { ...blame(owner, property) })
      return
    }
    if (property.binding)
      checkBinding(run, nodeOf(value, sibling, property, path), property.binding, owner.url, property.id)
    checkInvariants(run, property.invariants, value, scope, path, owner.url, property.id)
  }
  if (sibling === undefined) return
  if (!isObject(sibling)) {
    report(
      run,
      'error',
      'structure',
      path,
      `${property.siblingKey} must be an object with id or extensions.`,
      blame(owner, property),
    )
    return
  }
  const plan = property.plan()
  if (value === undefined && !Array.isArray(sibling.extension))
    report(run, 'error', 'empty', path, `${property.key} has neither a value nor an extension (ele-1).`, {
      ...blame(owner, property),
      constraint: 'ele-1',
    })
  if (plan) walkSibling(run, scope, sibling, plan, property, path, depth)
}

/** `_birthDate: {id, extension}`: nothing else may stand there. */
function walkSibling(
  run: Run,
  scope: Scope,
  sibling: JsonObject,
  plan: TypePlan,
  property: PropertyPlan,
  path: string,
  depth: number,
): void {
  for (const key in sibling) {
    const inner = key === 'id' || key === 'extension' ? plan.properties.get(key) : undefined
    if (inner) walkProperty(run, scope, sibling, inner, { ...plan, name: property.id }, path, depth + 1, undefined)
    else if (key !== 'fhir_comments') unknownElement(run, key, plan, path)
  }
}

function blame(owner: TypePlan, property: PropertyPlan): { profile: string; element: string } {
  return { profile: owner.url, element: property.id }
}
