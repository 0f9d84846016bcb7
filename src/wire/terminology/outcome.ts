/** Refusals of the HTTP surface itself, as OperationOutcomes; never a stack trace. */
import type { Place } from '#platform/result/result.ts'
import type { FhirResource } from './handlers.ts'

export interface Refusal {
  readonly status: number
  readonly sentence: string
  readonly next: string
  readonly place?: Place
  /** Methods that the path does have. */
  readonly allow?: string
}

/** FHIR issue types (required binding) for each status. */
const ISSUE_TYPE: Readonly<Record<number, string>> = {
  400: 'invalid',
  404: 'not-found',
  405: 'not-supported',
  406: 'not-supported',
  412: 'conflict',
  413: 'too-long',
  415: 'not-supported',
  422: 'processing',
  500: 'exception',
  503: 'transient',
}

export function refuse(status: number, sentence: string, next: string, more: Partial<Refusal> = {}): Refusal {
  return { status, sentence, next, ...more }
}

export function outcomeOf({ status, sentence, next, place }: Refusal): FhirResource {
  const location = place && placeText(place)
  return {
    resourceType: 'OperationOutcome',
    issue: [
      {
        severity: 'error',
        code: ISSUE_TYPE[status] ?? 'processing',
        details: { text: sentence },
        diagnostics: next,
        ...(location ? { location: [location] } : {}),
        ...(place?.path ? { expression: [place.path] } : {}),
      },
    ],
  }
}

function placeText({ line, column, path }: Place): string | undefined {
  if (line === undefined) return path
  return column === undefined ? `line ${line}` : `line ${line}, column ${column}`
}
