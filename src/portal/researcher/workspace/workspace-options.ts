/** What the page of a workspace needs of the secure processing environment (`src/research/workspace`). */
import type { Result } from '#platform/result/result.ts'
import type { DatasetId, Permit, PurposeCode } from '#research/permits/permit.ts'
import type { Airlock } from '#research/workspace/airlock/airlock.ts'
import type { SecondFactors } from '#research/workspace/second-factor/second-factor.ts'
import type { SessionHolder, Workspaces } from '#research/workspace/workspace.ts'

export interface WorkspacePageOptions {
  readonly factors: Pick<SecondFactors, 'state' | 'begin' | 'confirm'>
  /** `Workspaces.enter`, with the text of the permit looked up. */
  readonly enter: (entry: WorkspaceEntry) => Promise<Result<{ readonly session: string; readonly until: string }>>
  readonly look: Workspaces['look']
  readonly leave: Workspaces['leave']
  /** `runWork` of the workspace: what was made, under the id it is kept by. */
  readonly run: (holder: SessionHolder, work: WorkspaceWork) => Promise<Result<WorkspaceOutput>>
  /** R is installed at this node. */
  readonly hasR: boolean
  readonly airlock: Pick<Airlock, 'keep' | 'outputsOf' | 'requestsOf' | 'request' | 'answer' | 'withdraw' | 'collect'>
}

export interface WorkspaceEntry {
  readonly person: string
  readonly permit: Pick<Permit, 'memberState' | 'id'>
  readonly purpose: PurposeCode
  /** Of the second factor. */
  readonly code: string
}

export interface WorkspaceWork {
  readonly tool: Permit['tools'][number]
  readonly dataset: DatasetId
  /** SQL, an R script, or an analysis as JSON. */
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
