/** What the page of a workspace needs of the secure processing environment (`src/research/workspace`). */
import type { Result } from '#platform/result/result.ts'
import type { DatasetId, Permit, PurposeCode } from '#research/permits/permit.ts'
import type { SecondFactors } from '#research/workspace/second-factor/second-factor.ts'
import type { SessionHolder } from '#research/workspace/workspace.ts'

export interface WorkspacePageOptions {
  readonly factors: Pick<SecondFactors, 'state' | 'begin' | 'confirm'>
  /** `Workspaces.enter`, with the text of the permit looked up. */
  readonly enter: (entry: WorkspaceEntry) => Promise<Result<{ readonly session: string; readonly until: string }>>
  /** `Workspaces.look`, with the permit of the session; a problem when the session is over. */
  readonly look: (holder: SessionHolder) => Promise<Result<{ readonly permit: Permit; readonly until: string }>>
  readonly leave: (holder: SessionHolder) => Promise<void>
  /** `Workspaces.begin` → `runSql` or `runR` → `Airlock.keep`: what was made, under the id it is kept by. */
  readonly run: (holder: SessionHolder, work: WorkspaceWork) => Promise<Result<WorkspaceOutput>>
  /** R is installed at this node. */
  readonly hasR: boolean
  readonly airlock: WorkspaceAirlock
}

export interface WorkspaceEntry {
  readonly person: string
  readonly permit: Pick<Permit, 'memberState' | 'id'>
  readonly purpose: PurposeCode
  /** Of the second factor. */
  readonly code: string
}

export interface WorkspaceWork {
  readonly tool: 'sql' | 'r'
  readonly dataset: DatasetId
  readonly text: string
}

export interface OutputTable {
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number | boolean | null)[])[]
  /** False: there were more rows than are kept. */
  readonly complete: boolean
}

export interface WorkspaceOutput {
  /** Of the output, for a request to let it out. */
  readonly id: string
  /** What R printed. */
  readonly text?: string
  readonly tables: readonly OutputTable[]
}

export interface KeptOutput {
  readonly id: string
  /** ISO 8601. */
  readonly at: string
  readonly tool: string
  /** A few words: what it is. */
  readonly title: string
}

export interface ReleaseRequest {
  readonly id: string
  readonly at: string
  readonly status: 'waiting' | 'question' | 'approved' | 'refused' | 'withdrawn'
  readonly description: string
  readonly outputs: readonly string[]
  /** The checker's question or reasons. */
  readonly words?: string
}

/** The way out of the workspace, for the persons of a permit. */
export interface WorkspaceAirlock {
  outputsOf(permit: Pick<Permit, 'memberState' | 'id'>): Promise<readonly KeptOutput[]>
  requestsOf(permit: Pick<Permit, 'memberState' | 'id'>): Promise<readonly ReleaseRequest[]>
  request(wish: {
    readonly person: string
    readonly permit: Pick<Permit, 'memberState' | 'id'>
    readonly outputs: readonly string[]
    readonly description: string
  }): Promise<Result<unknown>>
  answer(person: string, request: string, words: string): Promise<Result<unknown>>
  withdraw(person: string, request: string): Promise<Result<unknown>>
  collect(
    person: string,
    request: string,
  ): Promise<Result<{ readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }>>
}
