/** Compiles constraints: by a TypeScript rule where one exists, else by fhirpath.js; each once. */
import type { CompiledConstraint } from '../definitions/compiled.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { createFhirPath } from './fhirpath.ts'
import type { Invariant } from './invariant.ts'
import { knownRule } from './known-rules.ts'

export interface Invariants {
  /** The constraint at a place of the table, for values defined at `definitionPath`. Undefined: checked elsewhere. */
  readonly invariant: (place: number, definitionPath: string) => Invariant | undefined
}

export function createInvariants(definitions: Definitions): Invariants {
  const made = new Map<string, Invariant>()
  const evaluate = createFhirPath()
  return {
    invariant(place, definitionPath) {
      const key = `${place} ${definitionPath}`
      const known = made.get(key)
      if (known) return known
      const constraint = definitions.constraint(place)
      if (!constraint) return undefined
      const invariant = compile(constraint, definitionPath, evaluate)
      made.set(key, invariant)
      return invariant
    },
  }
}

function compile(
  constraint: CompiledConstraint,
  definitionPath: string,
  fhirPath: ReturnType<typeof createFhirPath>,
): Invariant {
  const rule = knownRule(constraint)
  if (rule) return { constraint, test: rule }
  let test: Invariant['test'] | undefined
  return {
    constraint,
    test(value, scope, run) {
      test ??= fhirPath(constraint.expression, definitionPath)
      return test(value, scope, run)
    },
  }
}
