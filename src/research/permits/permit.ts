/**
 * A permit as it can be executed (EHDS Art. 68(10)) and the approval of a data request (Art. 69): who may do what, with
 * which columns of which persons, until when. Signed by the health data access body; every node that holds data checks it
 * itself, offline.
 */
import type { DisclosureRules } from '../disclosure/rules.ts'

export type PermitId = string & { readonly brand: 'permit' }
export type DatasetId = string & { readonly brand: 'dataset' }

/** Art. 53(1). */
export type PurposeCode = 'a' | 'b' | 'c' | 'd' | 'e' | 'f'

export interface Permit {
  readonly id: PermitId
  /** `data-permit`: micro-data in a secure processing environment (Art. 68). `data-request`: statistics only (Art. 69). */
  readonly kind: 'data-permit' | 'data-request'
  /** Version of the format of this object. */
  readonly format: 1
  /** The case it was decided in, and the rules that were in force for it. */
  readonly caseId: string
  readonly ruleSet: string
  /** ISO 3166-1 alpha-2 of the Member State whose body decided: it covers data held there only. */
  readonly memberState: string
  readonly body: { readonly id: string; readonly name: string }
  /** ISO 8601. `from` inclusive, `until` exclusive. */
  readonly issued: string
  readonly from: string
  readonly until: string
  readonly purposes: readonly PurposeCode[]
  /** Art. 68(10)(d). `identifier`: `system|value`, as sign-in gives it. */
  readonly persons: readonly {
    readonly identifier: string
    readonly name: string
    readonly role: 'principal-investigator' | 'authorised'
  }[]
  readonly datasets: readonly DatasetScope[]
  /** Persons who had opted out by then are outside (Art. 71(3)); ISO 8601. */
  readonly optOutAsOf: string
  /** Art. 71(4): opted-out persons are inside, with the reason. */
  readonly optOutException?: string
  /** Art. 66(3). `anonymised` for data requests. */
  readonly data: 'anonymised' | 'pseudonymised'
  /** What may be run. */
  readonly tools: readonly ('typed-query' | 'sql' | 'r')[]
  readonly disclosure: DisclosureRules
}

/** What of one dataset is inside. What is not named is outside. */
export interface DatasetScope {
  readonly dataset: DatasetId
  /** Release of the dataset; absent: whichever is current. */
  readonly release?: string
  readonly tables: readonly { readonly table: string; readonly columns: readonly string[] }[]
  /** Events of these days only; both inclusive, ISO days. */
  readonly period: { readonly from: string; readonly to: string }
  readonly population: Population
}

/** All conditions hold. Absent: no restriction. */
export interface Population {
  readonly bornFrom?: number
  readonly bornTo?: number
  /** OMOP concepts of gender. */
  readonly genders?: readonly number[]
  /** Persons with at least one condition of these concepts or their descendants. */
  readonly withCondition?: readonly number[]
}
