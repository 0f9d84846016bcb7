/** What a request for a transformation is answered: OpenNCP's shape, with the family of each code. */
import { randomUUID } from 'node:crypto'
import texts from '../../../data/coded-elements/findings.json' with { type: 'json' }
import { toBase64 } from './base64.ts'

export interface TransformationFinding {
  readonly family: 'TM' | 'TSAM' | 'TESSERA'
  readonly code: string
  readonly severity: 'error' | 'warning' | 'note'
  readonly sentence: string
  readonly path?: string
  readonly line?: number
  readonly subject?: string
}

export interface TransformationResult {
  readonly document: Uint8Array
  readonly status: 'SUCCESS' | 'WARNING' | 'ERROR'
  readonly findings: readonly TransformationFinding[]
}

export interface AnswerIssue {
  readonly family: TransformationFinding['family']
  readonly code: string
  readonly description: string
  /** Where, and about what. */
  readonly context?: string
}

export interface TransformationAnswer {
  readonly requestId: string
  /** Base64; null when the request had none that could be read. */
  readonly responseCDA: string | null
  readonly status: TransformationResult['status']
  readonly errors: readonly AnswerIssue[]
  readonly warnings: readonly AnswerIssue[]
}

/** So many are listed; a document with more has one reason repeated. */
const MAX_ISSUES = 1000

export function answerOf({ document, status, findings }: TransformationResult): TransformationAnswer {
  const issues = (severity: TransformationFinding['severity']) =>
    findings
      .filter((finding) => finding.severity === severity)
      .slice(0, MAX_ISSUES)
      .map(issueOf)
  return {
    requestId: randomUUID(),
    responseCDA: toBase64(document),
    status,
    errors: issues('error'),
    warnings: issues('warning'),
  }
}

function issueOf({ family, code, sentence, path, line, subject }: TransformationFinding): AnswerIssue {
  const parts = [path, line === undefined ? undefined : `line ${line}`, subject].filter((part) => part !== undefined)
  return { family, code, description: sentence, ...(parts.length > 0 && { context: parts.join(', ') }) }
}

/** A failure of the transformation manager before, or instead of, any work on a document. */
export function failure(code: keyof typeof texts.TM, document: string | null, context?: string): TransformationAnswer {
  return {
    requestId: randomUUID(),
    responseCDA: document,
    status: 'ERROR',
    errors: [{ family: 'TM', code, description: texts.TM[code], ...(context !== undefined && { context }) }],
    warnings: [],
  }
}
