/** Requests as researchers and output checkers see them, and what is collected in the end. Pure. */
import type { Permit } from '../../permits/permit.ts'
import type { ResearchNode } from '../../permits/research-event.ts'
import { bytesOf, fileBytes, filesOf, type OutputContent, type OutputFile } from './content.ts'
import type { RequestStatus, Said } from './decide.ts'
import type { HeldRequest, RequestRow } from './request-store.ts'

/** For the persons of the permit. */
export interface RequestView {
  readonly id: string
  readonly at: string
  readonly by: string
  /** `question`: the checker waits for an answer. */
  readonly status: Exclude<RequestStatus, 'asked'> | 'question'
  readonly description: string
  readonly outputs: readonly string[]
  /** The checker's last question or reasons. */
  readonly words?: string
}

/** For the output checkers. */
export interface OutputSummary {
  readonly id: string
  readonly state: Exclude<RequestStatus, 'withdrawn'>
  readonly caseId: string
  readonly memberState: string
  readonly permit: string
  readonly tool: string
  readonly requestedBy: string
  readonly requestedAt: string
  readonly description: string
  readonly files: number
}

export type Remark = Said & { readonly kind: 'asked' | 'answered' | 'approved' | 'refused' }

export interface OutputDetails extends Omit<OutputSummary, 'files'> {
  readonly files: readonly OutputFile[]
  readonly remarks: readonly Remark[]
  /** Hash of what is to leave: a decision holds for this only. */
  readonly version: string
}

export interface Collected {
  readonly name: string
  /** JSON: `evidence`, and `files` with their contents as text. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

export function viewOf({ row, state }: HeldRequest): RequestView {
  const words = state.remarks.findLast(
    ({ kind }) => kind === 'asked' || kind === 'approved' || kind === 'refused',
  )?.words
  const { status, requested } = state
  return {
    ...{ id: row.id, at: requested.at, by: requested.by, status: status === 'asked' ? 'question' : status },
    ...{ description: requested.description, outputs: requested.outputs, ...(words ? { words } : {}) },
  }
}

export function summaryOf(row: RequestRow, state: OutputSummary['state']): OutputSummary {
  return {
    ...{ id: row.id, state, caseId: row.case_id, memberState: row.member_state, permit: row.permit, tool: row.tool },
    ...{ requestedBy: row.requested_by, requestedAt: row.requested_at, description: row.description },
    files: Number(row.files),
  }
}

export function detailsOf(
  { row, state }: HeldRequest,
  status: OutputSummary['state'],
  files: readonly OutputFile[],
): OutputDetails {
  const { files: _files, ...summary } = summaryOf(row, status)
  return { ...summary, files, remarks: state.remarks.filter(isRemark), version: state.requested.version }
}

function isRemark(said: Said): said is Remark {
  return said.kind !== 'withdrawn' && said.kind !== 'collected'
}

/** EHDS Art. 73(2), (3): what left, by which rules, and who looked at it. */
export function packageOf(
  { row, state }: HeldRequest,
  contents: readonly OutputContent[],
  permit: Permit,
  node: ResearchNode,
): Collected {
  const approval = state.remarks.find(({ kind }) => kind === 'approved')
  const evidence = {
    format: 1,
    request: row.id,
    node: node.id,
    ...{ permit: row.permit, memberState: row.member_state, caseId: row.case_id, dataset: row.dataset },
    /** SHA-256 of what was approved; the ledger of the node holds it too. */
    version: state.requested.version,
    ...{ requestedBy: state.requested.by, requestedAt: state.requested.at },
    ...{ approvedBy: approval?.by, approvedAt: approval?.at, words: approval?.words },
    rules: permit.disclosure.version,
    frequencyFloor: permit.disclosure.frequencyFloor,
    released: contents.flatMap(({ released }) => released ?? []),
  }
  const files = contents.flatMap((content, index) =>
    filesOf(content, index + 1, permit.disclosure).map(({ name, type }) => ({
      ...{ name, type },
      content: Buffer.from(fileBytes(content, index + 1, name) ?? []).toString('utf8'),
    })),
  )
  const text = JSON.stringify({ evidence, files }, undefined, 1)
  return { name: `results-${row.id.slice(0, 8)}.json`, bytes: bytesOf(text) }
}
