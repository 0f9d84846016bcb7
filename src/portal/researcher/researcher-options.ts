/** What the researcher's pages need of the node: cases, the catalogue, the vocabulary, the federation, the workspace. */

import type { Result } from '#platform/result/result.ts'
import type { Analysis } from '#research/analysis/analysis.ts'
import type { ErrandRunner } from '#research/applications/exchange/errand-runner.ts'
import type { Procedures } from '#research/applications/procedure.ts'
import type { DatasetChoice } from '#research/applications/rules/application.ts'
import type { CaseLists } from '#research/applications/store/case-lists.ts'
import type { CaseStore } from '#research/applications/store/case-store.ts'
import type { HarvestReports } from '#research/catalogue/harvest/reports.ts'
import type { CatalogueStore } from '#research/catalogue/store/catalogue-store.ts'
import type { StoredRecord } from '#research/catalogue/store/stored.ts'
import type { AskedState } from '#research/federation/coordinator-store.ts'
import type { TotalTable } from '#research/federation/merge.ts'
import type { ToldRegression } from '#research/federation/regression/told.ts'
import type { SecureTotalTable } from '#research/federation/secure-totals.ts'
import type { ConceptQuery, NamedConcept } from '#research/omop/vocabulary/find-concepts.ts'
import type { Permit, PurposeCode } from '#research/permits/permit.ts'
import type { SignedInOptions } from '../ui/signed-in.ts'
import type { SignedIn } from '../ui/site.ts'
import type { StudyStore } from './studies/study-store.ts'
import type { WorkspacePageOptions } from './workspace/workspace-options.ts'

/** Somebody who is signed in. Whether he has a part in a case is decided case by case. */
export interface Researcher extends SignedIn {
  /** `system|value`, as it stands in applications and permits. */
  readonly identifier: string
}

/** A question to the nodes of the Member States whose permits it names. */
export interface AskedQuestion {
  readonly analysis: Analysis
  readonly person: string
  readonly purpose: PurposeCode
  readonly permits: readonly Pick<Permit, 'memberState' | 'id'>[]
}

/** What has come of a task so far. */
export interface TaskAnswer {
  /** Every node that was asked, by name. */
  readonly nodes: readonly AskedState[]
  /** Of the nodes that have answered. */
  readonly tables: readonly TotalTable[]
  /** With secure sums, once all have answered. */
  readonly secure?: readonly SecureTotalTable[]
  /** Of regressions. */
  readonly model?: ToldRegression
}

export interface ResearcherPageOptions extends SignedInOptions<Researcher> {
  /** ISO 3166-1 alpha-2, of this node. */
  readonly country: string
  /** The body where applications are submitted here is `procedures.body`. */
  readonly procedures: Procedures
  readonly cases: CaseStore
  readonly lists: Pick<CaseLists, 'list'>
  /** Bodies to tell and permits to issue: done at once after a command, and again by a timer of the node. */
  readonly errands: Pick<ErrandRunner, 'run'>
  readonly catalogue: Pick<CatalogueStore, 'search' | 'find'>
  /** What is to be said of datasets from the catalogues of others. */
  readonly harvested: { readonly reports: Pick<HarvestReports, 'marks'> }
  /** How a dataset stands in an application. Absent: by its address, the country of its catalogue, and its custodian. */
  readonly datasetChoice?: (record: StoredRecord) => DatasetChoice | undefined
  /** `openStudyStore(database)`; needs `studyMigrations`. */
  readonly studies: StudyStore
  /** `(query) => findConcepts(vocabulary, query)`. */
  readonly concepts: (query: ConceptQuery) => Promise<readonly NamedConcept[]>
  /** @returns the id of the task */
  readonly ask: (question: AskedQuestion) => Promise<Result<string>>
  /** Undefined: no such task. */
  readonly answer: (task: string) => Promise<Result<TaskAnswer> | undefined>
  /** Absent where the data of this node cannot be worked with. */
  readonly workspace?: WorkspacePageOptions
}
