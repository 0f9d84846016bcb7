/**
 * ValueSet/$validate-code and CodeSystem/$validate-code (FHIR R5 §4.9.18, §4.8.20): a code, a Coding or a CodeableConcept.
 * The answer says which of several codings was the valid one, and lists every issue with its place.
 */
import type { CodeSystem, ConceptHandle } from '../code-systems/code-system.ts'
import type { JsonObject } from '../load/json.ts'
import {
  addRule,
  type CodingCheck,
  type CodingPath,
  checkCoding,
  codeSystemStatus,
  type Findings,
  noteConcept,
  noteStatus,
  reportUnknownCode,
  reportUnknownSystem,
  type Verdict,
  versionFor,
} from './check-coding.ts'
import { checkDisplay } from './check-display.ts'
import { findValueSet, type OperationContext, rulesFor, statusOf, supplementsFor, wishesFor } from './context.ts'
import { chooseDisplay, type LanguageWishes } from './display-language.ts'
import { type CodeableConcept, type Coding, canonicalText, type Parameter, type Resource } from './fhir.ts'
import { inferSystem } from './infer-system.ts'
import { type Issue, IssueList, isRefusal, operationOutcome, type Refusal, refusal } from './issues.ts'
import type { Subject } from './validation-subject.ts'
import { subjectOf } from './validation-subject.ts'
import { type CompileContext, type CompiledValueSet, compiledValueSet } from './value-set.ts'
import { wordsOf } from './value-set-words.ts'

/** One coding of the request and what came out. */
interface Checked {
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

interface Validation {
  readonly context: OperationContext
  readonly compile: CompileContext
  readonly valueSet: CompiledValueSet | undefined
  readonly source: JsonObject
  readonly wishes: LanguageWishes | undefined
  readonly issues: IssueList
  readonly subject: Subject
}

/** ValueSet/$validate-code. */
export function validateInValueSet(context: OperationContext, id?: string): Resource | Refusal {
  const source = findValueSet(context, id)
  if (isRefusal(source)) return source
  return validateAgainst(context, source)
}

function validateAgainst(context: OperationContext, source: JsonObject): Resource | Refusal {
  const subject = subjectOf(context, undefined)
  if (isRefusal(subject)) return subject
  const supplements = supplementsFor(context, source)
  if (isRefusal(supplements)) return supplements
  const compile: CompileContext = {
    library: context.library,
    rules: rulesFor(context, source),
    supplements,
    say: context.say,
  }
  const valueSet = compiledValueSet(source, compile)
  if (isRefusal(valueSet)) return valueSet.missing === 'import' ? importAnswer(context, valueSet, subject) : valueSet
  const unused = supplements.unused(systemsOf(valueSet))
  if (unused) return unused
  const issues = new IssueList()
  noteStatus({ issues, context: compile }, { ...statusOf(source), type: 'ValueSet', canonical: valueSet.name }, source)
  return validate({ context, compile, valueSet, source, wishes: wishesFor(context, source), issues, subject })
}

/** CodeSystem/$validate-code: the value set is the whole code system. */
export function validateInCodeSystem(context: OperationContext, id?: string): Resource | Refusal {
  const { input, library, say } = context
  const system = codeSystemUrl(context, id)
  if (isRefusal(system)) return system
  const subject = subjectOf(context, system)
  if (isRefusal(subject)) return subject
  const supplements = supplementsFor(context)
  if (isRefusal(supplements)) return supplements
  const compile: CompileContext = { library, rules: rulesFor(context), supplements, say }
  const unused = supplements.unused(new Set(subject.codings.flatMap((coding) => coding.system ?? [])))
  if (unused) return unused
  const issues = new IssueList()
  const source = input.resource('codeSystem') ?? {}
  return validate({ context, compile, valueSet: undefined, source, wishes: wishesFor(context), issues, subject })
}

function codeSystemUrl(
  { input, library, say }: OperationContext,
  id: string | undefined,
): string | undefined | Refusal {
  if (id === undefined) {
    const given = input.resource('codeSystem')?.url
    return typeof given === 'string' ? given : input.text('url')?.split('|')[0]
  }
  const found = library.entries('CodeSystem').find(({ entry }) => entry.id === id)
  if (found) return found.entry.url
  return refusal(404, {
    code: 'not-found',
    type: 'not-found',
    text: say('resource_unknown', { type: 'CodeSystem', id }),
  })
}

/** The code systems that a value set draws from, imports included. */
export function systemsOf({ includes }: CompiledValueSet): ReadonlySet<string> {
  const found = new Set<string>()
  for (const { system, imports } of includes) {
    if (system !== undefined) found.add(system)
    for (const imported of imports) for (const each of systemsOf(imported)) found.add(each)
  }
  return found
}

function validate(validation: Validation): Resource {
  const checked = validation.subject.codings.map((coding, index) =>
    checkOne(validation, coding, validation.subject.paths[index] ?? validation.subject.path),
  )
  return answerOf(validation, checked)
}

// ---- One coding

function checkOne(validation: Validation, coding: Coding, path: CodingPath): Checked {
  const { context, compile, issues } = validation
  const findings: Findings = { unknownSystems: new Set() }
  const none: Checked = {
    coding,
    path,
    findings,
    verdict: false,
    system: coding.system,
    version: coding.version,
    display: undefined,
  }
  if (!coding.code) return missingCode(validation, none)
  const system = coding.system ?? inferred(validation, coding.code)
  if (system === undefined) return { ...none, verdict: reportNotInValueSet(validation, none) }
  const check: CodingCheck = {
    context: compile,
    issues,
    path,
    coding: { ...coding, code: coding.code, system },
    membershipOnly: context.input.flag('valueset-membership-only') ?? false,
    abstractAllowed: context.input.flag('abstract') ?? true,
    activeOnly: context.input.flag('activeOnly') ?? false,
    findings,
  }
  const verdict = validation.valueSet
    ? checkCoding(check, validation.valueSet)
    : checkInSystem(check, validation.source)
  const result: Checked = { ...none, system, verdict }
  if (verdict === false) reportNotInValueSet(validation, result)
  return verdict ? member(validation, check, result) : outsider(validation, check, result)
}

function missingCode(validation: Validation, none: Checked): Checked {
  const { context, issues } = validation
  const id = none.coding.system
    ? 'Coding_has_no_code__cannot_validate'
    : 'Coding_has_no_system_or_code__cannot_validate'
  issues.add({
    severity: 'warning',
    code: 'invalid',
    type: 'invalid-data',
    id,
    text: context.say(id),
    expression: none.path.self,
    inMessage: true,
  })
  return none
}

/** The system of a code that came without one; issues say why there is none. */
function inferred({ context, valueSet, issues, subject }: Validation, code: string): string | undefined {
  const { say, input } = context
  if (!valueSet || !input.flag('inferSystem')) {
    const id = 'Coding_has_no_system__cannot_validate'
    issues.add({
      severity: 'warning',
      code: 'invalid',
      type: 'invalid-data',
      id,
      text: say(id),
      expression: subject.paths[0]?.self ?? subject.path.self,
      inMessage: true,
    })
    return undefined
  }
  const systems = inferSystem(valueSet, code)
  if (systems.length === 1) return systems[0]
  const id =
    systems.length > 1 ? 'Unable_to_resolve_system__value_set_has_multiple_matches' : 'UNABLE_TO_INFER_CODESYSTEM'
  issues.add({
    severity: 'error',
    code: 'not-found',
    type: 'cannot-infer',
    id,
    text: say(id, {
      code,
      valueSet: valueSet.name,
      systems: (systems.length > 0 ? systems : [...systemsOf(valueSet)]).join(', '),
    }),
    expression: 'code',
  })
  return undefined
}

/** `system|version#code ('display')`, as the coding has them. */
function written({ coding, system }: Checked): string {
  const display = coding.display ? ` ('${coding.display}')` : ''
  return `${canonicalText(system ?? '', coding.version)}#${coding.code ?? ''}${display}`
}

/** For a CodeableConcept this is information on one coding; the summary is an error of its own. */
function reportNotInValueSet({ issues, context, valueSet, subject }: Validation, checked: Checked): false {
  if (!valueSet) return false
  const id = 'None_of_the_provided_codes_are_in_the_value_set_one'
  const isConcept = subject.kind === 'codeableConcept'
  issues.add({
    severity: isConcept ? 'information' : 'error',
    code: 'code-invalid',
    type: isConcept ? 'this-code-not-in-vs' : 'not-in-vs',
    id,
    text: context.say(id, { code: written(checked), valueSet: valueSet.name }),
    expression: checked.path.code,
  })
  return false
}

/** The code against its whole code system. */
function checkInSystem(check: CodingCheck, source: JsonObject): Verdict {
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
function codeSystemFor(check: CodingCheck): CodeSystem | undefined {
  const { context, coding, issues, path } = check
  const { library, supplements, say } = context
  const { system } = coding
  const version = versionFor(check)
  const found = library.codeSystem(system, version, supplements.of(system))
  if (found) return found
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

/** A valid coding: its display is checked, and its own words are shown. */
function member(validation: Validation, check: CodingCheck, checked: Checked): Checked {
  const { found } = check.findings
  if (!found) return { ...checked, version: checked.version ?? systemVersion(check) }
  const { codeSystem, concept, words } = found
  checkWords(validation, check, codeSystem, words)
  return {
    ...checked,
    concept: { codeSystem, handle: concept },
    version: codeSystem.identity.version,
    display: displayOf(words, validation.wishes),
  }
}

function systemVersion({ context, coding }: CodingCheck): string | undefined {
  const { library, supplements } = context
  return library.codeSystem(coding.system, coding.version, supplements.of(coding.system))?.identity.version
}

/** What is not in the value set is still looked up in its code system, to say what is wrong with it there. */
function outsider(validation: Validation, check: CodingCheck, checked: Checked): Checked {
  if (check.membershipOnly) return checked
  if (!validation.valueSet) {
    const { found } = check.findings
    const known = found?.codeSystem ?? validation.compile.library.codeSystem(check.coding.system, versionFor(check))
    return {
      ...checked,
      version: known?.identity.version ?? checked.coding.version,
      display: found && displayOf(found.words, validation.wishes),
    }
  }
  const codeSystem = codeSystemFor(check)
  if (!codeSystem) return checked
  noteStatus(check, codeSystemStatus(codeSystem), validation.source)
  const version = codeSystem.identity.version
  const { concept, ...located } = codeSystem.locate(check.coding.code)
  if (concept === undefined) {
    reportUnknownCode(check, codeSystem, 'reason' in located ? located.reason : undefined)
    return { ...checked, version }
  }
  const words = wordsOf(codeSystem, concept, undefined, validation.source)
  checkWords(validation, check, codeSystem, words)
  if (codeSystem.isInactive(concept)) check.findings.inactive ??= { status: codeSystem.status(concept) }
  return { ...checked, version, display: displayOf(words, validation.wishes) }
}

function checkWords(
  { context, issues, wishes }: Validation,
  { coding, path, membershipOnly }: CodingCheck,
  { identity }: CodeSystem,
  words: Parameters<typeof chooseDisplay>[0],
): void {
  const { display, system, code } = coding
  if (!display || membershipOnly || words.length === 0) return
  const found = checkDisplay(
    {
      display,
      system,
      code,
      words,
      defaultLanguage: identity.language,
      wishes,
      lenient: context.input.flag('lenient-display-validation') ?? false,
      expression: path.display,
    },
    context.say,
  )
  if (found) issues.add(found)
}

function displayOf(words: Parameters<typeof chooseDisplay>[0], wishes: LanguageWishes | undefined): string | undefined {
  return (chooseDisplay(words, wishes) ?? chooseDisplay(words, undefined))?.value
}

// ---- The answer

function answerOf(validation: Validation, checked: readonly Checked[]): Resource {
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
function importAnswer(context: OperationContext, { missingCanonical }: Refusal, subject: Subject): Resource {
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
