/** What the pages of a data holder need of the node that mounts them. */
import type { ErrandRunner } from '#research/applications/exchange/errand-runner.ts'
import type { CaseLists } from '#research/applications/store/case-lists.ts'
import type { CaseStore } from '#research/applications/store/case-store.ts'
import type { Agent } from '#research/catalogue/record/dataset-record.ts'
import type { CatalogueStore } from '#research/catalogue/store/catalogue-store.ts'
import type { CurrentReleases } from '#research/omop/current/current-releases.ts'
import type { DeskOptions, DeskPerson } from '../case-desk/desk.ts'
import type { ReleaseShelf } from './release-shelf.ts'

/** Somebody who works for a data holder, signed in. */
export interface HolderOfficer extends DeskPerson {
  readonly organisation: {
    /** The holder in applications, and the address of the custodian in descriptions of datasets: one and the same. */
    readonly identifier: string
    readonly name: string
  }
}

export interface HolderPageOptions extends DeskOptions<HolderOfficer> {
  readonly catalogue: CatalogueStore
  readonly cases: CaseStore
  readonly lists: Pick<CaseLists, 'list'>
  readonly errands: Pick<ErrandRunner, 'run'>
  readonly releases: ReleaseShelf
  /** Which of them answers questions. */
  readonly current: Pick<CurrentReleases, 'currentOf' | 'fileOf' | 'check' | 'use'>
  /** Beginning of the addresses of new datasets, with a slash at the end. */
  readonly datasetBase: string
  /** How a new description names the body of this Member State (healthdcatap:hdab). */
  readonly bodyAgent?: Agent
}
