/** A constraint of a definition, ready to be tested on a value. */
import type { CompiledConstraint } from '../definitions/compiled.ts'
import type { Run, Scope } from '../run.ts'

/** `undefined`: it could not be evaluated. */
export type Verdict = boolean | undefined

export interface Invariant {
  readonly constraint: CompiledConstraint
  /** Definition path of the values it is tested on, e.g. `Patient.contact` or `HumanName`. */
  readonly path: string
  readonly test: (value: unknown, scope: Scope, run: Run) => Verdict
}
