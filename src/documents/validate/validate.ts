/** The one door: validates a FHIR R4 resource against its core type and profiles. */
import type { Terminology } from '#terminology/terminology.ts'
import { checkBundles } from './bundle.ts'
import { isObject, type JsonObject, texts } from './compile/json.ts'
import { withoutVersion } from './definitions/compiled.ts'
import type { Definitions } from './definitions/definitions.ts'
import { engineOf } from './engine.ts'
import type { ValidationIssue } from './issue.ts'
import { conforms } from './profiles/conformance.ts'
import { nodeOfScope } from './references/check-reference.ts'
import { findScopes } from './references/scopes.ts'
import { type Run, report, type Scope } from './run.ts'
import { walkResource } from './walk/walk.ts'

export interface ValidateOptions {
  /** Canonical URLs that the resource must conform to, beside those it claims in `meta.profile`. */
  readonly profiles?: readonly string[]
  readonly definitions: Definitions
  /** Asked first for membership in value sets; else the lists compiled with the definitions answer. */
  readonly terminology?: Terminology
}

/**
 * Everything that is wrong with a parsed FHIR R4 resource: its core type, the profiles asked for, those claimed in
 * `meta.profile` of itself, of bundle entries and contained resources, and the rules of bundles and documents.
 * Without errors in the answer it conforms; what could not be decided is information `not-checked`. Never throws on bad input.
 */
export function validate(resource: unknown, options: ValidateOptions): readonly ValidationIssue[] {
  if (!isObject(resource) || typeof resource.resourceType !== 'string')
    return [
      {
        severity: 'error',
        code: 'not-a-resource',
        expression: '$this',
        sentence: 'This is no FHIR resource: a JSON object with a resourceType is needed.',
      },
    ]
  if (isTooDeep(resource))
    return [
      {
        severity: 'error',
        code: 'structure',
        expression: resource.resourceType,
        sentence: `The resource is nested deeper than ${DEEPEST} levels of JSON and was not validated.`,
      },
    ]
  return validateRun(startRun(resource, resource.resourceType, options), options.profiles)
}

/** The state of a new validation; `observe` is told every invariant tested. */
export function startRun(resource: JsonObject, type: string, options: ValidateOptions & Pick<Run, 'observe'>): Run {
  return {
    engine: engineOf(options.definitions),
    ...(options.terminology ? { terminology: options.terminology } : {}),
    ...(options.observe ? { observe: options.observe } : {}),
    issues: [],
    ...findScopes(resource, type),
    conformance: new Map(),
    notChecked: new Set(),
  }
}

export function validateRun(run: Run, profiles: readonly string[] = []): readonly ValidationIssue[] {
  walkResource(run, run.root)
  for (const scope of run.scopes.values()) checkClaims(run, scope, scope === run.root ? profiles : [])
  checkBundles(run)
  return distinct(run.issues)
}

/** Deeper than any real document; protects the stack of everything that follows. */
const DEEPEST = 300

function isTooDeep(resource: JsonObject): boolean {
  let level: unknown[] = [resource]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) return true
    const next: unknown[] = []
    for (const value of level) {
      if (Array.isArray(value)) {
        for (const item of value) if (typeof item === 'object' && item !== null) next.push(item)
      } else if (isObject(value))
        for (const key in value) {
          const child = value[key]
          if (typeof child === 'object' && child !== null) next.push(child)
        }
    }
    level = next
  }
  return false
}

/** The profiles asked for and those that a resource claims. */
function checkClaims(run: Run, scope: Scope, asked: readonly string[]): void {
  const { meta } = scope.resource
  const claimed = isObject(meta) ? texts(meta.profile) : []
  const urls = new Set([...asked, ...claimed].map(withoutVersion))
  for (const url of urls) {
    const entry = run.engine.definitions.entry(url)
    if (entry) {
      run.issues.push(...conforms(run, nodeOfScope(run, scope), url, scope))
      continue
    }
    const sentence = `The profile ${url} is not loaded, so conformance to it was not checked.`
    const severity = asked.some((one) => withoutVersion(one) === url) ? 'error' : 'warning'
    report(run, severity, 'profile-unknown', `${scope.path}.meta.profile`, sentence, { profile: url })
  }
}

/** The same finding reached on two ways (profile of the entry, profile of the slice) is said once. */
function distinct(issues: readonly ValidationIssue[]): readonly ValidationIssue[] {
  if (issues.length < 2) return issues
  const seen = new Set<string>()
  return issues.filter((issue) => {
    const key = `${issue.severity} ${issue.code} ${issue.expression} ${issue.sentence}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
