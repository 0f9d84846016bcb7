/** The state of one validation: what is being validated, where its resources stand, and what was found. */
import type { Terminology } from '#terminology/terminology.ts'
import type { JsonObject } from './compile/json.ts'
import type { Engine } from './engine.ts'
import type { Invariant } from './invariants/invariant.ts'
import type { IssueCode, IssueSeverity, ValidationIssue } from './issue.ts'

/** A resource inside what is validated: the root, an entry of a bundle, or a contained resource. */
export interface Scope {
  readonly resource: JsonObject
  readonly type: string
  readonly path: string
  /** Canonical URL of the core type. */
  readonly typeUrl: string
  /** `fullUrl` of its bundle entry. */
  readonly fullUrl?: string
  /** Base of a RESTful fullUrl, against which relative references are read. */
  readonly base?: string
  /** The resource that contains it. */
  readonly container?: Scope
  /** The nearest bundle around it, or the bundle itself. */
  readonly bundle?: Scope
}

export interface Run {
  readonly engine: Engine
  readonly terminology?: Terminology
  issues: ValidationIssue[]
  readonly root: Scope
  /** Every resource by identity. */
  readonly scopes: Map<object, Scope>
  /** Resources of each bundle by what a reference may call them. */
  readonly targets: Map<Scope, ReadonlyMap<string, Scope>>
  /** Conformance of a value to a profile, computed once. */
  readonly conformance: Map<object, Map<string, readonly ValidationIssue[]>>
  /** Told every invariant tested, with its verdict. */
  readonly observe?: (invariant: Invariant, value: unknown, scope: Scope, verdict: boolean | undefined) => void
  /** What could not be checked, said once. */
  readonly notChecked: Set<string>
}

export interface Blame {
  readonly profile?: string | undefined
  readonly element?: string | undefined
  readonly constraint?: string | undefined
}

export function report(
  run: Run,
  severity: IssueSeverity,
  code: IssueCode,
  expression: string,
  sentence: string,
  blame: Blame = {},
): void {
  const { profile, element, constraint } = blame
  run.issues.push({
    severity,
    code,
    expression,
    sentence,
    ...(profile === undefined ? {} : { profile }),
    ...(element === undefined ? {} : { element }),
    ...(constraint === undefined ? {} : { constraint }),
  })
}

/** Says once that something could not be checked. */
export function reportNotChecked(
  run: Run,
  subject: string,
  expression: string,
  sentence: string,
  blame: Blame = {},
): void {
  if (run.notChecked.has(subject)) return
  run.notChecked.add(subject)
  report(run, 'information', 'not-checked', expression, sentence, blame)
}

/** Runs `work` and answers what it found instead of reporting it. */
export function collect(run: Run, work: () => void): readonly ValidationIssue[] {
  const before = run.issues
  const found: ValidationIssue[] = []
  run.issues = found
  try {
    work()
  } finally {
    run.issues = before
  }
  return found
}
