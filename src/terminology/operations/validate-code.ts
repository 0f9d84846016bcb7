/**
 * ValueSet/$validate-code and CodeSystem/$validate-code (FHIR R5 §4.9.18, §4.8.20): a code, a Coding or a CodeableConcept.
 * The answer says which of several codings was the valid one, and lists every issue with its place.
 */
import type { CodeSystem } from '../code-systems/code-system.ts'
import type { JsonObject } from '../load/json.ts'
import {
  type CodingCheck,
  type CodingPath,
  checkCoding,
  type Findings,
  reportUnknownCode,
  versionFor,
} from './check-coding.ts'
import { checkDisplay } from './check-display.ts'
import { checkInSystem, codeSystemFor } from './check-in-system.ts'
import { findValueSet, type OperationContext, rulesFor, statusOf, supplementsFor, wishesFor } from './context.ts'
import { chooseDisplay, type LanguageWishes } from './display-language.ts'
import { type Coding, canonicalText, type Resource } from './fhir.ts'
import { inferSystem } from './infer-system.ts'
import { IssueList, isRefusal, type Refusal, refusal } from './issues.ts'
import { codeSystemStatus, noteStatus } from './resource-status.ts'
import { answerOf, type Checked, importAnswer, type Validation } from './validation-answer.ts'
import { subjectOf } from './validation-subject.ts'
import { type CompileContext, type CompiledValueSet, compiledValueSet } from './value-set.ts'
import { wordsOf } from './value-set-words.ts'

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
  const found = library.byId('CodeSystem', id)
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
