/** Evaluates constraints with fhirpath.js, loaded when the first one is needed. */
import { createRequire } from 'node:module'
import { membership } from '../bindings.ts'
import { isObject } from '../compile/json.ts'
import { hasErrors } from '../issue.ts'
import { conforms } from '../profiles/conformance.ts'
import { nodeOfScope } from '../references/check-reference.ts'
import { resolveReference } from '../references/resolve.ts'
import type { Run, Scope } from '../run.ts'
import type { Invariant, Verdict } from './invariant.ts'
import { type Syntax, syntaxOf } from './native/syntax.ts'

const require = createRequire(import.meta.url)

interface Library {
  readonly fhirpath: typeof import('fhirpath')
  readonly model: import('fhirpath').Model
}

export interface FhirPath {
  /** A test of values defined at `definitionPath`. */
  compile(expression: string, definitionPath: string): Invariant['test']
}

/** Loaded when first needed: it is the heaviest part of the validator. Node keeps what it has loaded. */
function loaded(): Library {
  return { fhirpath: require('fhirpath'), model: require('fhirpath/fhir-context/r4') }
}

/** The syntax of an expression; undefined when it has errors. */
export function parseFhirPath(expression: string): Syntax | undefined {
  try {
    return syntaxOf(loaded().fhirpath.parse(rooted(expression)))
  } catch {
    return undefined
  }
}

/** fhirpath.js for constraints. Its functions resolve(), memberOf() and conformsTo() look only into the document. */
export function createFhirPath(): FhirPath {
  // What is being evaluated now: functions called by the library have no other way to know.
  let current: { readonly run: Run; readonly scope: Scope } | undefined
  let undecided = false

  const functions = {
    resolve: {
      arity: { 0: [] as [] },
      internalStructures: true,
      fn: (nodes: readonly unknown[]) =>
        nodes.flatMap((node) => {
          const reference = referenceOf(node)
          const target =
            current && reference !== undefined ? resolveReference(current.run, current.scope, reference) : undefined
          return target ? [asNode(node, target.resource)] : []
        }),
    },
    memberOf: {
      arity: { 1: ['String' as const] },
      fn: (values: readonly unknown[], valueSet: string) => {
        const answers = values.map((value) => (current ? isMember(current.run, value, valueSet) : undefined))
        if (answers.includes(undefined)) undecided = true
        return answers.length === 0 ? [] : [answers.every((answer) => answer !== false)]
      },
    },
    conformsTo: {
      arity: { 1: ['String' as const] },
      fn: (values: readonly unknown[], profile: string) => {
        const answers = values.map((value) => (current ? isConforming(current.run, value, profile) : undefined))
        if (answers.includes(undefined)) undecided = true
        return answers.length === 0 ? [] : [answers.every((answer) => answer !== false)]
      },
    },
  }

  const compile: FhirPath['compile'] = (expression, definitionPath) => {
    const { fhirpath, model } = loaded()
    let evaluate: ReturnType<Library['fhirpath']['compile']>
    try {
      evaluate = fhirpath.compile({ base: definitionPath, expression: rooted(expression) }, model, {
        userInvocationTable: functions,
        traceFn: () => undefined,
      })
    } catch {
      return () => undefined
    }
    return (value, scope, run): Verdict => {
      const before = current
      current = { run, scope }
      undecided = false
      try {
        const answer: unknown = evaluate(value, {
          resource: scope.resource,
          rootResource: scope.container?.resource ?? scope.resource,
        })
        return undecided ? undefined : verdictOf(answer)
      } catch {
        return undefined
      } finally {
        current = before
      }
    }
  }
  return { compile }
}

/** `%resource` in R4 expressions is written both ways. */
function rooted(expression: string): string {
  return expression.replaceAll('%`resource`', '%resource')
}

/** A constraint holds only when its result is true: an empty result fails it, as in the Java validator. */
function verdictOf(answer: unknown): Verdict {
  if (!Array.isArray(answer)) return undefined
  if (answer.length === 0) return false
  return answer.length === 1 && typeof answer[0] === 'boolean' ? answer[0] : true
}

function referenceOf(node: unknown): string | undefined {
  if (!isObject(node)) return undefined
  const data = node.data ?? node
  if (typeof data === 'string') return data
  return isObject(data) && typeof data.reference === 'string' ? data.reference : undefined
}

/** Makes the library's own node for a resource, through the class of a node it handed us. */
function asNode(like: unknown, resource: object): unknown {
  if (typeof like !== 'object' || like === null || !('ctx' in like)) return resource
  const factory: unknown = Reflect.get(like.constructor, 'makeResNode')
  return typeof factory === 'function' ? factory(like.ctx, resource, null, null, null, null) : resource
}

function isMember(run: Run, value: unknown, valueSet: string): boolean | undefined {
  const codings: readonly unknown[] = isObject(value) && Array.isArray(value.coding) ? value.coding : [value]
  let unknown = false
  for (const coding of codings) {
    const plain = typeof coding === 'string'
    const code = plain ? coding : isObject(coding) ? coding.code : undefined
    const system = isObject(coding) && typeof coding.system === 'string' ? coding.system : undefined
    if (typeof code !== 'string') continue
    const answer = membership(run, valueSet, system, code, plain)
    if (answer === 'member') return true
    if (answer === 'unknown') unknown = true
  }
  return unknown ? undefined : false
}

function isConforming(run: Run, value: unknown, profile: string): boolean | undefined {
  const scope = isObject(value) ? run.scopes.get(value) : undefined
  if (!scope) return undefined
  const entry = run.engine.definitions.entry(profile)
  if (!entry) return undefined
  if (entry.derivation === 'specialization') return run.engine.isA(scope.type, entry.type)
  return !hasErrors(conforms(run, nodeOfScope(run, scope), profile, scope))
}
