/** What the desk of the output checker needs of the airlock (EHDS Art. 73(2)): what waits to leave, what programs saw in it, and the decision. */
import type { Result } from '#platform/result/result.ts'
import type { OutputFinding, OutputTable } from '#research/disclosure/airlock.ts'

export type OutputState = 'waiting' | 'asked' | 'approved' | 'refused'

export interface OutputSummary {
  readonly id: string
  readonly state: OutputState
  /** Where it comes from. */
  readonly caseId: string
  readonly memberState: string
  readonly permit: string
  /** `sql`, `r` or another tool of a workspace. */
  readonly tool: string
  /** `system|value` of who wants to take it out. */
  readonly requestedBy: string
  /** ISO 8601. */
  readonly requestedAt: string
  readonly description: string
  readonly files: number
}

export interface OutputFile {
  readonly name: string
  readonly type: string
  readonly bytes: number
  /** What can be shown as a table; otherwise the file is downloaded. */
  readonly table?: OutputTable
  readonly findings: readonly OutputFinding[]
}

/** What checker and researcher said to each other, and the decision. */
export interface OutputRemark {
  readonly at: string
  readonly by: string
  readonly kind: 'asked' | 'answered' | 'approved' | 'refused'
  readonly words: string
}

export interface OutputDetails extends Omit<OutputSummary, 'files'> {
  readonly files: readonly OutputFile[]
  readonly remarks: readonly OutputRemark[]
  /** Of what is written on disk; the decision holds for these bytes only. */
  readonly version: string
}

export interface OutputDecision {
  readonly kind: 'approve' | 'refuse' | 'ask'
  /** Reasons or the question; what is approved may stand without. */
  readonly words: string
  /** `system|value` of the checker. */
  readonly by: string
  readonly at: string
  /** The version that was looked at. */
  readonly version: string
}

export interface OutputDesk {
  /** Oldest first; `asked` waits for the researcher. */
  list(state: OutputState, limit: number): Promise<readonly OutputSummary[]>
  find(id: string): Promise<OutputDetails | undefined>
  /** The bytes of a file, for the checker only. */
  file(id: string, name: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  decide(id: string, decision: OutputDecision): Promise<Result<void, string>>
}
