/** What is written in the ledger about one access, the same words on both sides of the border. */
import type { AuditNode, AuditPerson } from '#trust/ledger/audit-event.ts'
import type { ServiceKind } from '#wire/discovery/directory.ts'
import type { Wire } from '../border/border-service.ts'
import type { CareProblemCode, Purpose } from './care-context.ts'

interface Access {
  /** Which side this node is on. */
  readonly side: 'A' | 'B'
  readonly recorded: Date
  /** Country B, which asks, and country A, which answers. */
  readonly client: AuditNode
  readonly server: AuditNode
  /** Undefined when nobody was authenticated. */
  readonly professional: AuditPerson | undefined
  /** `system|value`. */
  readonly patient: string | undefined
  readonly purpose: Purpose | undefined
  readonly outcome: AccessOutcome
  /** Which service was used; `patient-summary` when absent. */
  readonly service?: ServiceKind
  /** Over which wire; `fhir` when absent. */
  readonly wire?: Wire
  /** The X-Request-Id that both sides write. */
  readonly requestId: string | undefined
}

export type AccessRecord =
  | (Access & { readonly step: 'identify'; readonly query: string })
  | (Access & { readonly step: 'list'; readonly query: string; readonly documents: readonly string[] })
  /** `transformed`: the document was transcoded for the border, or translated for its reader (EHDSI-94). */
  | (Access & { readonly step: 'retrieve'; readonly document: string; readonly transformed?: true })
  /** A dispensation sent to country A, or taken back. `document`: id of the eD. */
  | (Access & {
      readonly step: 'dispense' | 'discard'
      readonly document: string
      readonly prescription: string
      readonly submission: string
    })

/** `nothing`: all was well and there was nothing; `refused`: not allowed; `failed`: it did not work. */
export interface AccessOutcome {
  readonly kind: 'success' | 'nothing' | 'refused' | 'failed'
  /** eHDSI code. */
  readonly code?: CareProblemCode
  /** The finer reason that only this ledger knows, e.g. `consent` or `token-expired`. */
  readonly detail?: string
}
