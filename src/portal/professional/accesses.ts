/** The ledger's AuditEvents of one professional as rows of a page. Reads what it needs and shows the rest as unknown. */
import type { AuditEvent } from 'fhir/r4'
import type { LedgerEntry } from '#trust/ledger/ledger.ts'

export interface Access {
  readonly sequence: number
  readonly recorded: string
  /** Suffix of a message key. */
  readonly what:
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
  /** The patient's identifier without its system. */
  readonly patient: string | undefined
  /** ISO 3166-1 alpha-2 of country A. */
  readonly country: string | undefined
  readonly purpose: 'treatment' | 'emergency' | undefined
  readonly outcome: 'success' | 'refused'
}

const KINDS = [
  'identify',
  'list',
  'retrieve',
  'sign-in',
  'sign-out',
  'identity',
  'notice',
  'relationship',
  'emergency',
] as const

export function readAccess({ sequence, recorded, event }: LedgerEntry): Access {
  const patient = event.entity?.find(({ role }) => role?.code === '1')?.what?.identifier?.value
  return {
    sequence,
    recorded: event.recorded ?? recorded,
    what: whatOf(event),
    patient,
    country: detailOf(event, 'country-a'),
    purpose: purposeOf(event),
    outcome: event.outcome === undefined || event.outcome === '0' ? 'success' : 'refused',
  }
}

function whatOf(event: AuditEvent): Access['what'] {
  const codes = (event.subtype ?? []).filter(({ system }) => system?.startsWith('urn:tessera:')).map(({ code }) => code)
  const act = KINDS.find((kind) => codes.includes(kind))
  if (act) return act
  // IHE transactions and FHIR interactions, as country B records them (BALP).
  const all = (event.subtype ?? []).map(({ code }) => code)
  const types = (event.entity ?? []).map(({ type, role }) => type?.code ?? role?.code)
  if (all.some((code) => code === 'ITI-119' || code === 'ITI-78')) return 'identify'
  if (all.some((code) => code === 'ITI-67')) return 'list'
  if (all.some((code) => code === 'ITI-68' || code === 'read')) return 'retrieve'
  return types.includes('Patient') && all.includes('search') ? 'identify' : 'other'
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
