/** The ledger's AuditEvents of one professional as rows of a page. Reads what it needs and shows the rest as other. */
import type { AuditEvent } from 'fhir/r4'
import { EVENT_SUBTYPE } from '#trust/ledger/audit-codes.ts'
import type { LedgerEntry } from '#trust/ledger/ledger.ts'

export interface Access {
  readonly sequence: number
  readonly recorded: string
  /** Suffix of a message key. */
  readonly what: What
  /** The patient's identifier without its system. */
  readonly patient: string | undefined
  /** ISO 3166-1 alpha-2 of country A. */
  readonly country: string | undefined
  readonly purpose: 'treatment' | 'emergency' | undefined
  readonly outcome: 'success' | 'nothing' | 'refused'
}

type What =
  | 'identify'
  | 'list'
  | 'retrieve'
  | 'sign-in'
  | 'sign-out'
  | 'identity'
  | 'notice'
  | 'relationship'
  | 'emergency'
  | 'other'

/** The first subtype found decides, so an emergency comes before the relationship that it also declares. */
const KINDS: readonly (readonly [{ readonly system?: string; readonly code?: string }, What])[] = [
  [EVENT_SUBTYPE.patientSearch, 'identify'],
  [EVENT_SUBTYPE.documentSearch, 'list'],
  [EVENT_SUBTYPE.documentRetrieve, 'retrieve'],
  [EVENT_SUBTYPE.login, 'sign-in'],
  [EVENT_SUBTYPE.logout, 'sign-out'],
  [EVENT_SUBTYPE.identityConfirmed, 'identity'],
  [EVENT_SUBTYPE.noticeShown, 'notice'],
  [EVENT_SUBTYPE.emergencyOverride, 'emergency'],
  [EVENT_SUBTYPE.relationshipDeclared, 'relationship'],
]

export function readAccess({ sequence, recorded, event }: LedgerEntry): Access {
  const patient = event.entity?.find(({ role }) => role?.code === '1')?.what?.identifier?.value
  return {
    sequence,
    recorded: event.recorded ?? recorded,
    what: whatOf(event),
    patient,
    country: detailOf(event, 'country-a'),
    purpose: purposeOf(event),
    outcome: outcomeOf(event),
  }
}

function whatOf({ subtype = [] }: AuditEvent): What {
  const found = KINDS.find(([kind]) => subtype.some(({ system, code }) => system === kind.system && code === kind.code))
  return found?.[1] ?? 'other'
}

/** FHIR: 0 success, 4 refused or nothing found, 8 denied or broken down. */
function outcomeOf({ outcome }: AuditEvent): Access['outcome'] {
  return outcome === undefined || outcome === '0' ? 'success' : outcome === '4' ? 'nothing' : 'refused'
}

function purposeOf(event: AuditEvent): Access['purpose'] {
  const purposes = [event.purposeOfEvent ?? [], ...event.agent.map(({ purposeOfUse }) => purposeOfUse ?? [])]
  const codes = purposes.flat().flatMap(({ coding }) => (coding ?? []).map(({ code }) => code))
  if (codes.some((code) => code === 'ETREAT' || code === 'EMERGENCY')) return 'emergency'
  return codes.some((code) => code === 'TREAT' || code === 'TREATMENT') ? 'treatment' : undefined
}

function detailOf(event: AuditEvent, type: string): string | undefined {
  return event.entity?.flatMap(({ detail }) => detail ?? []).find((one) => one.type === type)?.valueString
}
