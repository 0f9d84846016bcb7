/**
 * Compiles constraints, each once: by a TypeScript rule where one is written, else natively, else by fhirpath.js. All
 * three say the same; they differ in speed.
 */
import type { CompiledConstraint } from '../definitions/compiled.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { Run, Scope } from '../run.ts'
import { createFhirPath, type FhirPath } from './fhirpath.ts'
import type { Invariant, Verdict } from './invariant.ts'
import { knownRule } from './known-rules.ts'
import { booleanOf, UNSUPPORTED } from './native/collection.ts'
import { compilePath, type Expression } from './native/compile-path.ts'

export interface Invariants {
  /** The constraint at a place of the table, for values defined at `definitionPath`. Undefined: no such place. */
  readonly invariant: (place: number, definitionPath: string) => Invariant | undefined
}

export function createInvariants(definitions: Definitions): Invariants {
  const made = new Map<string, Invariant>()
  const fhirPath = createFhirPath()
  return {
    invariant(place, definitionPath) {
      const key = `${place} ${definitionPath}`
      const known = made.get(key)
      if (known) return known
      const constraint = definitions.constraint(place)
      if (!constraint) return undefined
      const invariant = compileInvariant(constraint, definitionPath, fhirPath)
      made.set(key, invariant)
      return invariant
    },
  }
}

function compileInvariant(constraint: CompiledConstraint, path: string, fhirPath: FhirPath): Invariant {
  const rule = knownRule(constraint)
  if (rule) return { constraint, path, test: rule }
  // Compiling waits for the first value: most constraints of most types are never needed.
  let test: Invariant['test'] | undefined
  return {
    constraint,
    path,
    test(value, scope, run) {
      test ??= compileTest(constraint, path, fhirPath)
      return test(value, scope, run)
    },
  }
}

function compileTest({ expression, syntax }: CompiledConstraint, path: string, fhirPath: FhirPath): Invariant['test'] {
  const native = syntax && compilePath(syntax)
  if (!native) return fhirPath.compile(expression, path)
  let fallback: Invariant['test'] | undefined
  return (value, scope, run) => {
    try {
      return evaluateNatively(native, path, value, scope, run)
    } catch (error) {
      if (error !== UNSUPPORTED) throw error
      fallback ??= fhirPath.compile(expression, path)
      return fallback(value, scope, run)
    }
  }
}

/** An empty result fails the constraint, see fhirpath.ts. */
export function evaluateNatively(native: Expression, path: string, value: unknown, scope: Scope, run: Run): Verdict {
  const plan = run.engine.planAt(path)
  if (!plan) throw UNSUPPORTED
  const input = [
    { value, type: plan.kind === 'complex' && path.includes('.') ? 'BackboneElement' : path, plan, path: '' },
  ]
  return booleanOf(native(input, { run, scope, self: input })) ?? false
}
