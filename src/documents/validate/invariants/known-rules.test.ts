/** The rules written in TypeScript say what fhirpath.js says, on every value of the examples and of their mutants. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isObject, type JsonObject } from '../compile/json.ts'
import type { CompiledConstraint } from '../definitions/compiled.ts'
import { engineOf } from '../engine.ts'
import { findScopes } from '../references/scopes.ts'
import type { Run, Scope } from '../run.ts'
import { ipsExamples, testDefinitions } from '../testing/definitions.ts'
import { mutantsOf } from '../testing/mutants.ts'
import type { TypePlan } from '../walk/type-plan.ts'
import { createFhirPath } from './fhirpath.ts'
import type { Invariant } from './invariant.ts'
import { knownRule } from './known-rules.ts'
import { judgeNarrative } from './narrative.ts'

const definitions = testDefinitions()
const fhirPath = createFhirPath()
const compiled = new Map<string, Invariant['test']>()

type Check = (constraint: CompiledConstraint, path: string, value: unknown, scope: Scope, run: Run) => void

function runOf(resource: JsonObject): Run {
  const found = findScopes(resource, String(resource.resourceType))
  return { engine: engineOf(definitions), issues: [], ...found, conformance: new Map(), notChecked: new Set() }
}

/** Calls `check` for every invariant of every value of the resource, by its core types. */
function eachInvariant(resource: JsonObject, check: Check): void {
  const run = runOf(resource)
  const visit = (value: JsonObject, plan: TypePlan, scope: Scope): void => {
    for (const property of plan.properties.values()) {
      const own = value[property.key]
      for (const item of Array.isArray(own) ? own : [own]) {
        if (item === undefined || item === null) continue
        const inner = property.plan()
        const path = inner?.name ?? property.type
        for (const { constraint } of property.invariants) check(constraint, path, item, scope, run)
        if (isObject(item) && inner && inner.kind === 'complex') visit(item, inner, scope)
      }
    }
  }
  for (const scope of run.scopes.values()) {
    const plan = run.engine.type(scope.type)
    if (plan?.kind !== 'resource') continue
    for (const { constraint } of plan.invariants) check(constraint, plan.name, scope.resource, scope, run)
    visit(scope.resource, plan, scope)
  }
}

/** Where the rule says on purpose what FHIRPath leaves open: see the comments at the rules. */
function isLeftOpen(constraint: CompiledConstraint, value: unknown): boolean {
  if (constraint.key === 'ref-1')
    return !isObject(value) || typeof value.reference !== 'string' || value.reference === '#'
  if (constraint.key === 'per-1') return isObject(value) && ofDifferentPrecision(value.start, value.end)
  return constraint.key === 'dom-3' || constraint.key.startsWith('txt-')
}

function ofDifferentPrecision(start: unknown, end: unknown): boolean {
  return typeof start === 'string' && typeof end === 'string' && start.length !== end.length
}

function examplesAndMutants(): readonly JsonObject[] {
  const examples = ipsExamples()
  // Values of a wrong type are reported as such; rules need not judge them.
  const mutants = mutantsOf(examples, 250, 3).filter((mutant) => !['wrong type', 'empty value'].includes(mutant.kind))
  return [...examples.map((example) => example.resource), ...mutants.map((mutant) => mutant.resource)]
}

test('known rules agree with fhirpath.js', () => {
  const seen = new Set<string>()
  const wrong: string[] = []
  for (const resource of examplesAndMutants())
    eachInvariant(resource, (constraint, path, value, scope, run) => {
      const rule = knownRule(constraint)
      if (!rule || isLeftOpen(constraint, value)) return
      const key = `${path} ${constraint.expression}`
      const reference = compiled.get(key) ?? fhirPath.compile(constraint.expression, path)
      compiled.set(key, reference)
      const expected = reference(value, scope, run)
      const own = rule(value, scope)
      seen.add(`${constraint.key} ${own}`)
      if (own !== expected) wrong.push(`${constraint.key} ${own} ${expected} ${JSON.stringify(value).slice(0, 200)}`)
    })
  assert.deepEqual(wrong, [])
  for (const key of ['ext-1', 'ref-1', 'per-1', 'qty-3'])
    for (const verdict of [true, false]) assert.ok(seen.has(`${key} ${verdict}`), `${key} was never ${verdict}`)
})

test('both narrative rules together say what htmlChecks() says', () => {
  const whole = fhirPath.compile('htmlChecks()', 'Narrative.div')
  const run = runOf({ resourceType: 'Basic' })
  const divs = new Set(
    examplesAndMutants().flatMap((resource) => JSON.stringify(resource).match(/"<div(?:[^"\\]|\\.)*"/g) ?? []),
  )
  const verdicts = new Set<boolean>()
  for (const json of divs) {
    const div: unknown = JSON.parse(json)
    // xml:lang is allowed here, as the Java validator does; fhirpath.js refuses all prefixes.
    if (typeof div !== 'string' || div.includes('xml:')) continue
    const { allowed, says } = judgeNarrative(div)
    assert.equal(allowed && says, whole(div, run.root, run), div.slice(0, 300))
    verdicts.add(allowed && says)
  }
  assert.equal(verdicts.size, 2)
})

test('a contained resource must be referred to, or refer to its container', () => {
  const rule = knownRule({ key: 'dom-3', severity: 'error', human: '', expression: 'contained.where(false).empty()' })
  const { root } = runOf({ resourceType: 'Basic' })
  const contained = [{ resourceType: 'Organization', id: 'o' }]
  assert.equal(rule?.({ contained }, root), false)
  assert.equal(rule?.({ contained, author: { reference: '#o' } }, root), true)
  assert.equal(rule?.({ contained: [{ ...contained[0], partOf: { reference: '#' } }] }, root), true)
})
