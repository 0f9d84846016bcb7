/** CodeSystem/$subsumes (FHIR R5 §4.8.21). */
import type { OperationContext } from './context.ts'
import type { Resource } from './fhir.ts'
import { codingOf, findCodeSystem, locate, systemById } from './find-code-system.ts'
import { isRefusal, type Refusal, refusal } from './issues.ts'

export type Subsumption = 'equivalent' | 'subsumes' | 'subsumed-by' | 'not-subsumed'

export function subsumes(context: OperationContext, id?: string): Resource | Refusal {
  const owner = id === undefined ? undefined : systemById(context, id)
  if (isRefusal(owner)) return owner
  const left = codingOf(context, { coding: 'codingA', code: 'codeA' }, owner)
  if (isRefusal(left)) return left
  const right = codingOf(context, { coding: 'codingB', code: 'codeB' }, owner)
  if (isRefusal(right)) return right
  if (left.system !== right.system) {
    const text = context.say('parameter_missing', { what: 'two codes of one code system' })
    return refusal(400, { code: 'invalid', text })
  }
  const codeSystem = findCodeSystem(context, left.system, left.version ?? right.version)
  if (isRefusal(codeSystem)) return codeSystem
  const one = locate(context, codeSystem, left.code)
  if (isRefusal(one)) return one
  const other = locate(context, codeSystem, right.code)
  if (isRefusal(other)) return other
  const down = codeSystem.subsumes(one.concept, other.concept)
  const up = codeSystem.subsumes(other.concept, one.concept)
  const outcome: Subsumption =
    one.concept === other.concept || (down && up)
      ? 'equivalent'
      : down
        ? 'subsumes'
        : up
          ? 'subsumed-by'
          : 'not-subsumed'
  return { resourceType: 'Parameters', parameter: [{ name: 'outcome', valueCode: outcome }] }
}
