/** From which systems of a value set a bare code can come. */
import type { CodeSystem } from '../code-systems/code-system.ts'
import { isMember } from './membership.ts'
import type { CompiledValueSet } from './value-set.ts'

/** URLs of the systems in which the code is a member, in the order of the value set. */
export function inferSystem(valueSet: CompiledValueSet, code: string): readonly string[] {
  const found = new Set<string>()
  for (const codeSystem of codeSystemsOf(valueSet)) {
    const { url } = codeSystem.identity
    if (found.has(url)) continue
    const { concept } = codeSystem.locate(code)
    if (concept !== undefined && isMember(valueSet, { codeSystem, concept })) found.add(url)
  }
  return [...found]
}

/** Every code system that the includes draw from, imports included. */
export function codeSystemsOf({ includes }: CompiledValueSet): ReadonlySet<CodeSystem> {
  const found = new Set<CodeSystem>()
  for (const { codeSystem, imports } of includes) {
    if (codeSystem) found.add(codeSystem)
    for (const imported of imports) for (const each of codeSystemsOf(imported)) found.add(each)
  }
  return found
}
