/** One table of constraints for all definitions: the same `ele-1` stands on tens of thousands of elements. */
import type { CompiledConstraint } from '../definitions/compiled.ts'
import { type JsonObject, text } from './json.ts'

export interface ConstraintTable {
  /** The constraint's place in the table; undefined when it has no expression to evaluate. */
  place(constraint: JsonObject): number | undefined
  readonly all: readonly CompiledConstraint[]
}

export function createConstraintTable(): ConstraintTable {
  const all: CompiledConstraint[] = []
  const places = new Map<string, number>()
  return {
    all,
    place(constraint) {
      const key = text(constraint.key)
      const expression = text(constraint.expression)
      // ele-1 holds for every element; the walk over the core types checks it by shape.
      if (key === undefined || expression === undefined || key === 'ele-1') return undefined
      const identity = `${key}\u0000${expression}\u0000${constraint.severity}`
      const known = places.get(identity)
      if (known !== undefined) return known
      const severity = constraint.severity === 'warning' ? 'warning' : 'error'
      all.push({ key, severity, human: text(constraint.human) ?? key, expression })
      places.set(identity, all.length - 1)
      return all.length - 1
    },
  }
}
