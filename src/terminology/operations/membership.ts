/** Whether a concept is in a value set: a plain question, without issues. */
import type { CodeSystem, ConceptHandle } from '../code-systems/code-system.ts'
import type { CompiledInclude, CompiledValueSet } from './value-set.ts'

/** A code to look for, in the system that it was found in. */
export interface Candidate {
  readonly codeSystem: CodeSystem
  readonly concept: ConceptHandle
}

/** Any version of the system counts when the include's own version has the code, too. */
export function isMember(valueSet: CompiledValueSet, candidate: Candidate): boolean {
  const { onlyActive, includes, excludes } = valueSet
  if (onlyActive && candidate.codeSystem.isInactive(candidate.concept)) return false
  return includes.some((include) => isIn(include, candidate)) && !excludes.some((exclude) => isIn(exclude, candidate))
}

/** Meets the include's own criteria and is in every value set that it imports. */
export function isIn(include: CompiledInclude, candidate: Candidate): boolean {
  if (include.system !== undefined) {
    const here = translate(include, candidate)
    if (!here || !include.setIn(here.codeSystem).has(here.concept)) return false
  }
  return include.imports.every((imported) => isMember(imported, candidate))
}

function translate({ system, codeSystem }: CompiledInclude, candidate: Candidate): Candidate | undefined {
  if (!codeSystem || candidate.codeSystem.identity.url !== system) return undefined
  if (codeSystem === candidate.codeSystem) return candidate
  const { concept } = codeSystem.locate(candidate.codeSystem.codeOf(candidate.concept))
  return concept === undefined ? undefined : { codeSystem, concept }
}
