/** What an operation has to say about its input: issues of an OperationOutcome, and refusals. */
import type { Resource } from './fhir.ts'

export type Severity = 'error' | 'warning' | 'information'

export interface Issue {
  readonly severity: Severity
  /** FHIR issue-type. */
  readonly code: string
  /** Code of http://hl7.org/fhir/tools/CodeSystem/tx-issue-type. */
  readonly type?: string
  /** Stable id of the message. */
  readonly id?: string
  readonly text: string
  /** FHIRPath of the element, e.g. `Coding.code`. */
  readonly expression?: string
  /** True when `message` of the answer repeats it. */
  readonly inMessage?: boolean
}

const MESSAGE_ID = 'http://hl7.org/fhir/StructureDefinition/operationoutcome-message-id'
const ISSUE_TYPES = 'http://hl7.org/fhir/tools/CodeSystem/tx-issue-type'

export function operationOutcome(issues: readonly Issue[]): Resource {
  return {
    resourceType: 'OperationOutcome',
    issue: issues.map(({ severity, code, type, id, text, expression }) => ({
      ...(id !== undefined && { extension: [{ url: MESSAGE_ID, valueString: id }] }),
      severity,
      code,
      details: { ...(type !== undefined && { coding: [{ system: ISSUE_TYPES, code: type }] }), text },
      // `location` is deprecated, but older validators read nothing else.
      ...(expression !== undefined && { location: [expression], expression: [expression] }),
    })),
  }
}

/** Issues in the order they came up, each once. */
export class IssueList {
  readonly #issues: Issue[] = []

  add(issue: Issue): void {
    const same = this.#issues.some(
      ({ severity, text, expression }) =>
        severity === issue.severity && text === issue.text && expression === issue.expression,
    )
    if (!same) this.#issues.push(issue)
  }

  get all(): readonly Issue[] {
    return this.#issues
  }

  get hasErrors(): boolean {
    return this.#issues.some(({ severity }) => severity === 'error')
  }

  /** The texts of errors and of what is marked so, in alphabetical order, joined by `; `. */
  get message(): string | undefined {
    const texts = this.#issues
      .filter(({ severity, inMessage }) => inMessage ?? severity === 'error')
      .map(({ text }) => text)
    const once = [...new Set(texts)].sort()
    return once.length === 0 ? undefined : once.join('; ')
  }
}

/** Why an operation gives no answer at all. */
export interface Refusal {
  readonly kind: 'refusal'
  readonly status: number
  readonly issues: readonly Issue[]
  /** What was missing, where an operation turns the refusal into an answer of its own. */
  readonly missing?: 'import'
  readonly missingCanonical?: string
}

export function refusal(status: number, issue: Omit<Issue, 'severity'>, missing?: Refusal['missing']): Refusal {
  return { kind: 'refusal', status, issues: [{ severity: 'error', ...issue }], ...(missing && { missing }) }
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'refusal'
}
