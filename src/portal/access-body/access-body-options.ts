/** What the pages of the health data access body need of the node that mounts them. */
import type { Role } from '#research/applications/case/events.ts'
import type { ErrandRunner } from '#research/applications/exchange/errand-runner.ts'
import type { Procedures } from '#research/applications/procedure.ts'
import type { OutsideNumbers, ReportPeriod } from '#research/applications/register/activity-report.ts'
import type { AuditFollowUps } from '#research/applications/store/audit-follow-ups.ts'
import type { CaseLists } from '#research/applications/store/case-lists.ts'
import type { CaseStore } from '#research/applications/store/case-store.ts'
import type { EnvironmentAudits } from '#research/applications/store/environment-audits.ts'
import type { OptOutRegister } from '#research/omop/opt-outs/register.ts'
import type { DatasetId } from '#research/permits/permit.ts'
import type { RunningWork } from '#research/permits/running-work.ts'
import type { Airlock } from '#research/workspace/airlock/airlock.ts'
import type { DeskOptions, DeskPerson } from '../case-desk/desk.ts'

/** Roles of a body (EHDS Art. 55(2)); in one case a person acts in those that may go together. */
export const BODY_ROLES = [
  'intake',
  'assessor',
  'coordinator',
  'data-preparer',
  'output-checker',
  'auditor',
] as const satisfies readonly Role[]
export type BodyRole = (typeof BODY_ROLES)[number]

/** Somebody who works at this body, signed in. */
export interface BodyOfficer extends DeskPerson {
  /** Every role that the body gave this person. Who has none sees nothing. */
  readonly roles: readonly BodyRole[]
}

/** A table of a dataset that a permit can name. */
export interface DatasetTable {
  readonly table: string
  readonly columns: readonly string[]
  /** Rows in the current release, when known. */
  readonly rows?: number
}

/** A number by which natural persons of this country are known, as `data/countries` has them. */
export interface PersonNumberKind {
  readonly system: string
  /** By language. */
  readonly name: Readonly<Record<string, string>>
  /** A regular expression; spaces have been taken out of what it is held against. */
  readonly format?: string | undefined
  readonly example?: string | undefined
}

export interface AccessBodyPageOptions extends DeskOptions<BodyOfficer> {
  /** Whose body this is, its calendar and its rules. */
  readonly procedures: Procedures
  readonly cases: CaseStore
  readonly lists: CaseLists
  readonly errands: Pick<ErrandRunner, 'run' | 'open'>
  /** What runs under permits at this moment: told before something is stopped. */
  readonly work: Pick<RunningWork, 'list'>
  /** Tables of the current release of a dataset held here; undefined: those of the model (OMOP CDM 5.4) are offered. */
  readonly tablesOf: (dataset: DatasetId) => Promise<readonly DatasetTable[] | undefined>
  /** What wants to leave workspaces (Art. 73(2)). */
  readonly outputs: Airlock['desk']
  /** Audits of the secure processing environment (Art. 73(3)). */
  readonly audits: EnvironmentAudits
  /** What became of the measures that they demanded; of the same body. */
  readonly followUps: AuditFollowUps
  /** Who opted out from secondary use (Art. 71). */
  readonly optOuts: Pick<OptOutRegister, 'choose' | 'lookUp'>
  /** How persons are told apart; empty: system and number are asked for. */
  readonly personNumbers: readonly PersonNumberKind[]
  /** Numbers of the activity report that lie outside of cases; zero when absent. */
  readonly outside?: (period: ReportPeriod) => Promise<OutsideNumbers>
}
