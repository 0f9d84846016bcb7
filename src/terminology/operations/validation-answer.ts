/** The answer of $validate-code: which coding was the valid one, what it is called, and every issue. */
import type { CodeSystem, ConceptHandle } from '../code-systems/code-system.ts'
import type { JsonObject } from '../load/json.ts'
import type { CodingPath, Findings, Verdict } from './check-coding.ts'
import type { OperationContext } from './context.ts'
import type { LanguageWishes } from './display-language.ts'
import type { CodeableConcept, Coding, Parameter, Resource } from './fhir.ts'
import { type Issue, type IssueList, operationOutcome, type Refusal } from './issues.ts'
import type { Subject } from './validation-subject.ts'
import type { CompileContext, CompiledValueSet } from './value-set.ts'

/** One coding of the request and what came out. */
export interface Checked {
  readonly coding: Coding
  readonly path: CodingPath
  readonly findings: Findings
  readonly verdict: Verdict
  /** The concept in its code system, member or not. */
  readonly concept?: { readonly codeSystem: CodeSystem; readonly handle: ConceptHandle }
  readonly system: string | undefined
  readonly version: string | undefined
  readonly display: string | undefined
}

export interface Validation {
  readonly context: OperationContext
  readonly compile: CompileContext
  readonly valueSet: CompiledValueSet | undefined
  readonly source: JsonObject
  readonly wishes: LanguageWishes | undefined
  readonly issues: IssueList
  readonly subject: Subject
}

export function answerOf(validation: Validation, checked: readonly Checked[]): Resource {
  const { issues, subject, valueSet, context } = validation
  const isConcept = subject.kind === 'codeableConcept'
  const valid = checked.find(({ verdict }) => verdict === true)
  const unknown = checked.some(({ verdict }) => verdict === undefined)
  if (!valid && !unknown && isConcept && valueSet) {
    const id = 'TX_GENERAL_CC_ERROR_MESSAGE'
    issues.add({
      severity: 'error',
      code: 'code-invalid',
      type: 'not-in-vs',
      id,
      text: context.say(id, { valueSet: valueSet.name }),
    })
  }
  const shown = valid ?? (isConcept ? undefined : checked[0])
  const status = statusParameters(validation, checked, shown)
  const result = valid !== undefined && !issues.hasErrors
  const missing = valid || unknown ? 'x-caused-by-unknown-system' : 'x-unknown-system'
  const unknownSystems = new Set(checked.flatMap(({ findings }) => [...findings.unknownSystems]))
  const parameter: Parameter[] = [
    { name: 'result', valueBoolean: result },
    ...optional('system', 'valueUri', shown?.system),
    ...optional('code', 'valueCode', shown?.coding.code),
    ...optional('version', 'valueString', shown?.version),
    ...optional('display', 'valueString', shown?.display),
    ...optional('normalized-code', 'valueCode', shown?.findings.normalized),
    ...(result ? [] : [...unknownSystems].map((system) => ({ name: missing, valueCanonical: system }))),
    ...status,
    ...optional('message', 'valueString', issues.message),
    ...(isConcept && subject.concept ? [{ name: 'codeableConcept', valueCodeableConcept: subject.concept }] : []),
    ...(issues.all.length > 0 ? [{ name: 'issues', resource: operationOutcome(issues.all) }] : []),
  ]
  return { resourceType: 'Parameters', parameter }
}

function optional(name: string, type: string, value: string | undefined): readonly Parameter[] {
  return value === undefined || value === '' ? [] : [{ name, [type]: value }]
}

/** `inactive` and `status` of the code shown; a warning for each inactive or deprecated code. */
function statusParameters(
  { issues, context }: Validation,
  checked: readonly Checked[],
  shown: Checked | undefined,
): readonly Parameter[] {
  const parameters: Parameter[] = []
  for (const one of checked) {
    const { findings, path, coding } = one
    const { inactive, status } = findings
    const id = inactive ? 'INACTIVE_CONCEPT_FOUND' : status === 'deprecated' ? 'DEPRECATED_CONCEPT_FOUND' : undefined
    if (id === undefined) continue
    const told = inactive ? (inactive.status ?? 'inactive') : status
    issues.add({
      severity: 'warning',
      code: 'business-rule',
      type: 'code-comment',
      id,
      text: context.say(id, {
        code: coding.code,
        status: inactive && told !== 'inactive' ? `${told} and inactive` : told,
      }),
      expression: path.self,
      inMessage: true,
    })
    if (one !== shown) continue
    if (inactive) parameters.push({ name: 'inactive', valueBoolean: true })
    if (told !== undefined && told !== 'inactive') parameters.push({ name: 'status', valueCode: told })
  }
  return parameters
}

/** An imported value set is missing: the code cannot be validated, and the answer says why. */
export function importAnswer(context: OperationContext, { missingCanonical }: Refusal, subject: Subject): Resource {
  const id = 'Unable_to_resolve_value_Set_'
  const text = context.say(id, { canonical: missingCanonical })
  const issue: Issue = { severity: 'error', code: 'not-found', type: 'not-found', id, text }
  const concept: CodeableConcept | undefined = subject.concept
  const [coding] = subject.codings
  const parameter: Parameter[] = [
    { name: 'result', valueBoolean: false },
    ...(concept ? [] : optional('system', 'valueUri', coding?.system)),
    ...(concept ? [] : optional('code', 'valueCode', coding?.code)),
    { name: 'message', valueString: text },
    ...(concept ? [{ name: 'codeableConcept', valueCodeableConcept: concept }] : []),
    { name: 'issues', resource: operationOutcome([issue]) },
  ]
  return { resourceType: 'Parameters', parameter }
}
