/**
 * Checks one coding against a value set, step by step as a validator wants to hear it: the version that is meant, the code
 * in its system, the code in the value set; each finding is an issue with the element it is about.
 */
import type { CodeSystem, ConceptDesignation, ConceptHandle } from '../code-systems/code-system.ts'
import { stringOf } from '../code-systems/fhir-code-system.ts'
import { extensionValue, STANDARDS_STATUS } from '../code-systems/fhir-concepts.ts'
import { compareVersions, matchesVersion } from '../library/versions.ts'
import type { JsonObject } from '../load/json.ts'
import { statusOf } from './context.ts'
import { type Coding, canonicalText } from './fhir.ts'
import type { IssueList } from './issues.ts'
import { isIn } from './membership.ts'
import type { Messages } from './messages.ts'
import { codeSystemStatus, noteStatus } from './resource-status.ts'
import type { CompileContext, CompiledInclude, CompiledValueSet } from './value-set.ts'
import { wordsOf } from './value-set-words.ts'
import { chooseVersion, failedCheck } from './version-rules.ts'

/** Names of the elements of a coding, for `expression`. */
export interface CodingPath {
  readonly self: string
  readonly system: string
  readonly version: string
  readonly code: string
  readonly display: string
}

export interface CodingCheck {
  readonly context: CompileContext
  readonly issues: IssueList
  readonly path: CodingPath
  readonly coding: Coding & { readonly code: string; readonly system: string }
  readonly membershipOnly: boolean
  /** `abstract=false` forbids abstract codes. */
  readonly abstractAllowed: boolean
  readonly activeOnly: boolean
  /** Filled while checking. */
  readonly findings: Findings
}

/** What was learned about the coding on the way. */
export interface Findings {
  found?: {
    readonly codeSystem: CodeSystem
    readonly concept: ConceptHandle
    readonly words: readonly ConceptDesignation[]
  }
  inactive?: { readonly status: string | undefined }
  status?: string
  normalized?: string
  /** `url|version` of systems that were needed and are not known. */
  readonly unknownSystems: Set<string>
}

/** True: a member. False: none. Undefined: cannot be told, because a code system is not known. */
export type Verdict = boolean | undefined

export function checkCoding(check: CodingCheck, valueSet: CompiledValueSet): Verdict {
  let verdict: Verdict = false
  for (const include of orderedIncludes(check, valueSet)) {
    verdict = checkInclude(check, valueSet, include)
    if (verdict === undefined) return undefined
    if (verdict) break
  }
  if (!verdict) return false
  return !isExcluded(check, valueSet)
}

/** Includes of the same system: those of the version that the coding means, the newest first. */
function orderedIncludes({ coding, context }: CodingCheck, { includes }: CompiledValueSet): readonly CompiledInclude[] {
  const ours = includes.filter(({ system }) => system === coding.system)
  const versions = [...new Set(ours.flatMap(({ statedVersion }) => statedVersion ?? []))]
  const wanted = coding.version
    ? versions.find((version) => version === coding.version)
    : versions.length > 1
      ? applicableVersion(versions, coding, context)
      : undefined
  return includes
    .filter(({ system, statedVersion }) => system !== coding.system || !wanted || statedVersion === wanted)
    .sort((left, right) =>
      left.system === right.system && left.statedVersion && right.statedVersion
        ? compareVersions(right.statedVersion, left.statedVersion)
        : 0,
    )
}

/** Of several versions, the newest that has the code under the display given; undefined when all have it. */
function applicableVersion(
  versions: readonly string[],
  { system, code, display }: CodingCheck['coding'],
  { library, supplements }: CompileContext,
): string | undefined {
  const fitting = versions.filter((version) => {
    const codeSystem = library.codeSystem(system, version, supplements.of(system))
    const concept = codeSystem?.locate(code).concept
    if (!codeSystem || concept === undefined) return false
    return display === undefined || codeSystem.designations(concept).some(({ value }) => value === display)
  })
  if (fitting.length === versions.length) return undefined
  const [newest] = [...(fitting.length > 0 ? fitting : versions)].sort((left, right) => compareVersions(right, left))
  return newest
}

function checkInclude(check: CodingCheck, valueSet: CompiledValueSet, include: CompiledInclude): Verdict {
  if (include.system !== undefined) {
    if (include.system !== check.coding.system) return false
    const codeSystem = include.unknownIn === undefined ? resolveSystem(check, include) : include.codeSystem
    if (!codeSystem) return check.membershipOnly ? false : undefined
    noteStatus(check, codeSystemStatus(codeSystem), valueSet.resource)
    if (!checkCriteria(check, valueSet, include, codeSystem)) return false
    if (include.unknownIn !== undefined) reportListedOnly(check, include.unknownIn)
  }
  for (const imported of include.imports) {
    noteStatus(check, { ...statusOf(imported.resource), type: 'ValueSet', canonical: imported.name }, valueSet.resource)
    const verdict = checkCoding(check, imported)
    if (!verdict) return verdict
  }
  return true
}

function isExcluded({ findings }: CodingCheck, { excludes, includes }: CompiledValueSet): boolean {
  const { found } = findings
  if (!found || excludes.length === 0) return false
  return excludes.some((exclude) => {
    // An exclude that names a version speaks of that version, unless no include names it.
    const { statedVersion, system } = exclude
    const named = includes.some((include) => include.system === system && include.statedVersion === statedVersion)
    if (statedVersion !== undefined && named && exclude.codeSystem !== found.codeSystem) return false
    return isIn(exclude, found)
  })
}

// ---- Which version of the code system

function resolveSystem(check: CodingCheck, include: CompiledInclude): CodeSystem | undefined {
  const { context, coding, path, issues, membershipOnly } = check
  const { library, supplements, rules, say } = context
  const { system } = coding
  const find = (version?: string) => library.codeSystem(system, version, supplements.of(system))
  const wanted = wantedVersion(check, include)
  const codeSystem = wanted === include.chosen.version ? include.codeSystem : find(wanted)
  if (coding.version !== undefined && !membershipOnly) compareWithCoding(check, include, codeSystem, wanted)
  if (!codeSystem) {
    if (!membershipOnly) reportUnknownSystem(check, wanted)
    return undefined
  }
  const required = failedCheck(rules.system, system, codeSystem.identity.version)
  if (required !== undefined) {
    issues.add({
      severity: 'error',
      code: 'exception',
      type: 'version-error',
      id: 'VALUESET_VERSION_CHECK',
      text: say('VALUESET_VERSION_CHECK', { version: codeSystem.identity.version, system, required }),
      expression: path.version,
    })
  }
  return codeSystem
}

/** The include's version by the rules; the coding's own where it is a case of it, or where nothing else is said. */
function wantedVersion({ coding, context }: CodingCheck, include: CompiledInclude): string | undefined {
  const wanted = include.chosen.version
  const given = coding.version
  if (given === undefined) return wanted
  if (wanted !== undefined) return wanted !== given && matchesVersion(wanted, given) ? given : wanted
  return context.library.codeSystem(coding.system, given) ? given : undefined
}

function compareWithCoding(
  check: CodingCheck,
  include: CompiledInclude,
  codeSystem: CodeSystem | undefined,
  wanted: string | undefined,
): void {
  const { coding, context, issues, path } = check
  const { library, say } = context
  const { system, version = '' } = coding
  if (codeSystem ? isSameVersion(check, codeSystem) : wanted === version) return
  const parameters = {
    system,
    version,
    usedVersion: wanted ?? codeSystem?.identity.version,
    includeVersion: include.statedVersion ?? (codeSystem ? '' : wanted),
  }
  const isDefault = wanted === undefined && codeSystem !== undefined
  const id = isDefault
    ? 'VALUESET_VALUE_MISMATCH_DEFAULT'
    : codeSystem && wanted !== include.statedVersion
      ? 'VALUESET_VALUE_MISMATCH_CHANGED'
      : 'VALUESET_VALUE_MISMATCH'
  issues.add({
    severity: isDefault && !codeSystem?.identity.versionNeeded ? 'warning' : 'error',
    code: 'invalid',
    type: 'vs-invalid',
    id,
    text: say(id, parameters),
    expression: path.version,
  })
  if (codeSystem && !library.codeSystem(system, version)) reportUnknownSystem(check, version)
}

function isSameVersion({ coding, context }: CodingCheck, { identity }: CodeSystem): boolean {
  if (coding.version === identity.version) return true
  // `http://snomed.info/sct/900000000000207008` is the edition of which a version is used.
  return context.library.codeSystem(coding.system, coding.version)?.identity.version === identity.version
}

/** Says that a system, or a version of it, is not known; each once. */
export function reportUnknownSystem(
  { context, coding, issues, path, findings }: Pick<CodingCheck, 'context' | 'coding' | 'issues' | 'path' | 'findings'>,
  version: string | undefined,
): void {
  const { library, say } = context
  const { system } = coding
  const known = library.codeSystemVersions(system)
  const id =
    version === undefined
      ? 'UNKNOWN_CODESYSTEM'
      : known.length === 0
        ? 'UNKNOWN_CODESYSTEM_VERSION_NONE'
        : 'UNKNOWN_CODESYSTEM_VERSION'
  const versions = versionList(
    known.flatMap((each) => each.version ?? []),
    say,
  )
  findings.unknownSystems.add(known.length === 0 ? system : canonicalText(system, version))
  issues.add({
    severity: 'error',
    code: 'not-found',
    type: 'not-found',
    id,
    text: say(id, { system, version, versions }),
    expression: path.system,
  })
}

/** `1.0.0, 1.1.0 or 1.2.0`. */
export function versionList(versions: readonly string[], say: Messages): string {
  if (versions.length === 0) return say('versions_none')
  if (versions.length === 1) return versions[0] ?? ''
  return `${versions.slice(0, -1).join(', ')} ${say('or')} ${versions.at(-1)}`
}

// ---- The code itself

function checkCriteria(
  check: CodingCheck,
  valueSet: CompiledValueSet,
  include: CompiledInclude,
  codeSystem: CodeSystem,
): boolean {
  const { coding, issues, path, context, membershipOnly } = check
  const located = codeSystem.locate(coding.code)
  if (located.concept === undefined) {
    if (!include.isWhole || membershipOnly) return false
    return reportUnknownCode(check, codeSystem, located.reason)
  }
  const { concept } = located
  if (!include.setIn(codeSystem).has(concept)) return false
  const element = include.listIn(codeSystem)?.get(concept)
  const words = wordsOf(codeSystem, concept, element, valueSet.resource)
  noteConcept(check, codeSystem, concept, words, include.isWhole ? located.note : undefined)
  if (!isAllowed(check, valueSet, include, codeSystem, concept)) return false
  const status = element && memberStatus(element)
  if (status) {
    const id = 'CONCEPT_DEPRECATED_IN_VALUESET'
    issues.add({
      severity: 'warning',
      code: 'business-rule',
      type: 'code-comment',
      id,
      text: context.say(id, { code: coding.code, system: coding.system, valueSet: valueSet.name, status }),
      expression: path.code,
    })
  }
  return true
}

/** The status that a value set gives to a concept that it lists. */
function memberStatus(element: JsonObject): string | undefined {
  const standards = extensionValue(element, STANDARDS_STATUS)
  if (standards === 'deprecated' || standards === 'withdrawn') return standards
  const deprecated = extensionValue(element, 'http://hl7.org/fhir/StructureDefinition/valueset-deprecated')
  return deprecated === undefined || deprecated === false ? undefined : 'deprecated'
}

/** The value set lists the code, the loaded version of its system does not know it. */
function reportListedOnly({ coding, issues, path, context }: CodingCheck, version: string): void {
  const id = version === '' ? 'LISTED_CODE_UNKNOWN' : 'LISTED_CODE_UNKNOWN_IN_VERSION'
  const { code, system } = coding
  issues.add({
    severity: 'warning',
    code: 'code-invalid',
    type: 'invalid-code',
    id,
    text: context.say(id, { code, system, version }),
    expression: path.code,
  })
}

/** True when the code may be valid all the same, because the system is a fragment. */
export function reportUnknownCode(
  { coding, issues, path, context }: Pick<CodingCheck, 'coding' | 'issues' | 'path' | 'context'>,
  { identity }: CodeSystem,
  reason?: string,
): boolean {
  const { say } = context
  const isFragment = identity.content !== 'complete'
  const id = isFragment
    ? 'UNKNOWN_CODE_IN_FRAGMENT'
    : identity.version === undefined
      ? 'Unknown_Code_in'
      : 'Unknown_Code_in_Version'
  const { url: system, version, edition } = identity
  const text = say(id, { code: coding.code, system, version })
  issues.add({
    severity: isFragment ? 'warning' : 'error',
    code: 'code-invalid',
    type: 'invalid-code',
    id,
    text: edition === undefined ? text : `${text} (${edition})`,
    expression: path.code,
  })
  if (reason !== undefined) {
    issues.add({
      severity: 'information',
      code: 'code-invalid',
      type: 'invalid-code',
      text: reason,
      expression: path.code,
    })
  }
  return isFragment
}

/** Remembers what the concept is, and what is to be said about it wherever it was found. */
export function noteConcept(
  check: CodingCheck,
  codeSystem: CodeSystem,
  concept: ConceptHandle,
  words: readonly ConceptDesignation[],
  note: string | undefined,
): void {
  const { coding, findings, issues, path, context } = check
  const right = codeSystem.codeOf(concept)
  if (right !== coding.code) {
    const isCase = right.toLowerCase() === coding.code.toLowerCase()
    const id = isCase ? 'CODE_CASE_DIFFERENCE' : 'CODE_NOT_IN_NORMAL_FORM'
    const { url, version } = codeSystem.identity
    findings.normalized = right
    issues.add({
      severity: 'information',
      code: 'business-rule',
      type: 'code-rule',
      id,
      text: context.say(id, { code: coding.code, right, canonical: canonicalText(url, version) }),
      expression: path.code,
    })
  }
  if (note !== undefined) {
    issues.add({
      severity: 'information',
      code: 'informational',
      type: 'process-note',
      text: context.say(note),
      expression: path.code,
    })
  }
  findings.found = { codeSystem, concept, words }
  const status = codeSystem.status(concept)
  if (status !== undefined) findings.status = status
}

/** Whether rules about abstract and inactive codes let the concept pass. */
function isAllowed(
  check: CodingCheck,
  valueSet: CompiledValueSet,
  include: CompiledInclude,
  codeSystem: CodeSystem,
  concept: ConceptHandle,
): boolean {
  const { abstractAllowed, activeOnly, membershipOnly, findings } = check
  if (!abstractAllowed && codeSystem.isAbstract(concept)) {
    if (!membershipOnly) addRule(check, 'ABSTRACT_CODE_NOT_ALLOWED')
    return false
  }
  if (!codeSystem.isInactive(concept)) return true
  if (!include.setIn(codeSystem).listsInactive) findings.inactive = { status: codeSystem.status(concept) }
  if (!valueSet.onlyActive && !activeOnly) return true
  if (!membershipOnly && (include.isWhole || activeOnly)) addRule(check, 'STATUS_CODE_WARNING_CODE')
  return false
}

export function addRule({ issues, coding, path, context }: CodingCheck, id: string): void {
  const { system, code } = coding
  issues.add({
    severity: 'error',
    code: 'business-rule',
    type: 'code-rule',
    id,
    text: context.say(id, { system, code }),
    expression: path.code,
  })
}

/** The version rule for a code that is looked up without a value set. */
export function versionFor({ context, coding }: CodingCheck): string | undefined {
  return chooseVersion(context.rules, coding.system, stringOf(coding.version)).version
}
