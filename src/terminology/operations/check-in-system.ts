/** Checks one coding against its code system, without a value set. */
import type { CodeSystem } from '../code-systems/code-system.ts'
import type { JsonObject } from '../load/json.ts'
import {
  addRule,
  type CodingCheck,
  noteConcept,
  reportUnknownCode,
  reportUnknownSystem,
  type Verdict,
  versionFor,
} from './check-coding.ts'
import { canonicalText } from './fhir.ts'
import type { Issue } from './issues.ts'
import { codeSystemStatus, noteStatus } from './resource-status.ts'

/** The code against its whole code system. */
export function checkInSystem(check: CodingCheck, source: JsonObject): Verdict {
  const codeSystem = codeSystemFor(check)
  if (!codeSystem) return undefined
  noteStatus(check, codeSystemStatus(codeSystem), source)
  const { concept, ...located } = codeSystem.locate(check.coding.code)
  if (concept === undefined) {
    return reportUnknownCode(check, codeSystem, 'reason' in located ? located.reason : undefined)
  }
  noteConcept(
    check,
    codeSystem,
    concept,
    codeSystem.designations(concept),
    'note' in located ? located.note : undefined,
  )
  if (codeSystem.isInactive(concept)) check.findings.inactive = { status: codeSystem.status(concept) }
  if (!check.abstractAllowed && codeSystem.isAbstract(concept)) {
    addRule(check, 'ABSTRACT_CODE_NOT_ALLOWED')
    return false
  }
  if (check.activeOnly && codeSystem.isInactive(concept)) {
    addRule(check, 'STATUS_CODE_WARNING_CODE')
    return false
  }
  return true
}

/** The code system of a coding on its own; says what is wrong with the system when there is none. */
export function codeSystemFor(check: CodingCheck): CodeSystem | undefined {
  const { context, coding, issues, path } = check
  const { library, supplements, say } = context
  const { system } = coding
  const version = versionFor(check)
  const found = library.codeSystem(system, version, supplements.of(system))
  if (found) return found
  if (version === undefined) {
    const known = library.fragmentOfSupplements(system, supplements.of(system))
    // Of a code that it has not nothing can be said: the code system itself is missing.
    if (known?.locate(coding.code).concept !== undefined) return known
  }
  const supplement = library.supplement(system)
  const wrong = (id: string, parameters: Readonly<Record<string, string>>) => {
    const issue: Issue = {
      severity: 'error',
      code: 'invalid',
      type: 'invalid-data',
      id,
      text: say(id, parameters),
      expression: path.system,
    }
    issues.add(issue)
  }
  if (library.valueSet(system)) wrong('Terminology_TX_System_ValueSet2', { system })
  else if (supplement) {
    const known = typeof supplement.version === 'string' ? supplement.version : undefined
    wrong('CODESYSTEM_CS_NO_SUPPLEMENT', { canonical: canonicalText(system, known) })
  } else {
    if (!/^[a-z][a-z0-9+.-]*:/i.test(system)) wrong('Terminology_TX_System_Relative', {})
    reportUnknownSystem(check, version)
  }
  return undefined
}
