/** What a validation finds, and its form as a FHIR OperationOutcome. */
import type { OperationOutcome, OperationOutcomeIssue } from 'fhir/r4'

export type IssueSeverity = 'error' | 'warning' | 'information'

/** Stable codes of what can be wrong. */
export type IssueCode =
  | 'not-a-resource'
  | 'unknown-type'
  | 'unknown-element'
  | 'structure'
  | 'empty'
  | 'primitive'
  | 'cardinality'
  | 'type'
  | 'fixed'
  | 'pattern'
  | 'length'
  | 'range'
  | 'slicing'
  | 'slice-order'
  | 'binding'
  | 'invariant'
  | 'extension-unknown'
  | 'extension-context'
  | 'modifier-unknown'
  | 'reference'
  | 'reference-target'
  | 'bundle'
  | 'profile'
  | 'profile-unknown'
  | 'not-checked'

export interface ValidationIssue {
  readonly severity: IssueSeverity
  readonly code: IssueCode
  /** FHIRPath-like place in the resource, e.g. `Bundle.entry[0].resource.section[2].text`. */
  readonly expression: string
  /** What is wrong. Names codes, URLs and elements, never a person's data. */
  readonly sentence: string
  /** Canonical URL of the profile or core type that is broken. */
  readonly profile?: string
  /** Element id in that profile. */
  readonly element?: string
  /** Key of the broken constraint, e.g. `ips-comp-1`. */
  readonly constraint?: string
}

const OUTCOME_CODES: Readonly<Record<IssueCode, OperationOutcomeIssue['code']>> = {
  'not-a-resource': 'structure',
  'unknown-type': 'structure',
  'unknown-element': 'structure',
  structure: 'structure',
  empty: 'structure',
  primitive: 'value',
  cardinality: 'required',
  type: 'structure',
  fixed: 'value',
  pattern: 'value',
  length: 'value',
  range: 'value',
  slicing: 'structure',
  'slice-order': 'structure',
  binding: 'code-invalid',
  invariant: 'invariant',
  'extension-unknown': 'extension',
  'extension-context': 'extension',
  'modifier-unknown': 'extension',
  reference: 'not-found',
  'reference-target': 'structure',
  bundle: 'structure',
  profile: 'structure',
  'profile-unknown': 'not-supported',
  'not-checked': 'incomplete',
}

/** The issues as a FHIR OperationOutcome; without issues it says that all is well. */
export function operationOutcome(issues: readonly ValidationIssue[]): OperationOutcome {
  if (issues.length === 0)
    return {
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'information', code: 'informational', diagnostics: 'No issues were found.' }],
    }
  return { resourceType: 'OperationOutcome', issue: issues.map(outcomeIssue) }
}

function outcomeIssue(issue: ValidationIssue): OperationOutcomeIssue {
  const where = [issue.profile, issue.element].filter((part) => part !== undefined).join('#')
  return {
    severity: issue.severity,
    code: OUTCOME_CODES[issue.code],
    details: {
      text: issue.sentence,
      coding: [{ system: 'urn:tessera:validation', code: issue.code }],
    },
    ...(where ? { diagnostics: issue.constraint ? `${where} ${issue.constraint}` : where } : {}),
    expression: [issue.expression],
  }
}

export function hasErrors(issues: readonly ValidationIssue[]): boolean {
  return issues.some((issue) => issue.severity === 'error')
}
