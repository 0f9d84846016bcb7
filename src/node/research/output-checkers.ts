/** Who may decide what leaves the environment (EHDS Art. 73(2)): the airlock asks here, whatever a page believes. */
import { checkSeparation } from '#research/applications/case/guard.ts'
import type { CaseStore } from '#research/applications/store/case-store.ts'
import type { AirlockOptions } from '#research/workspace/airlock/airlock.ts'
import type { Sessions } from '#trust/people/sessions.ts'

export interface OutputCheckerParts {
  readonly sessions: Pick<Sessions, 'isHeld'>
  readonly cases: Pick<CaseStore, 'load' | 'procedureFor'>
  readonly body: { readonly id: string }
  /** The body, as the identity provider names it. */
  readonly organisation: string
}

/** Somebody who works as output checker of this body now, and had no part in the case that is kept apart (Art. 55(2)). */
export function outputCheckers({
  sessions,
  cases,
  body,
  organisation,
}: OutputCheckerParts): AirlockOptions['mayCheck'] {
  return async (person, caseId) => {
    if (!(await sessions.isHeld({ office: 'access-body-output-checker', person, organisation }))) return false
    const state = await cases.load(caseId)
    const by = { person, role: 'output-checker', organisation: body.id } as const
    return state !== undefined && checkSeparation(by, state, cases.procedureFor(state)) === undefined
  }
}
