/**
 * Acts of the professional that the portal itself witnesses: sign-in and sign-out, identity confirmed, notice handed
 * over, relationship or emergency declared. The accesses themselves are recorded by country B, which carries them out.
 */
import type { AuditEvent } from 'fhir/r4'
import {
  identityConfirmedEvent,
  loginEvent,
  logoutEvent,
  noticeShownEvent,
  relationshipDeclaredEvent,
} from '#trust/ledger/audit-event.ts'
import type { Professional } from '#trust/people/professional.ts'
import type { PortalOptions } from './portal-options.ts'

export type Act =
  | { readonly kind: 'sign-in' | 'sign-out' }
  | {
      readonly kind: 'identity'
      readonly evidence: string
      readonly differs: readonly string[]
      readonly reason?: string
    }
  | { readonly kind: 'notice'; readonly version: string; readonly languages: readonly string[] }
  | {
      readonly kind: 'relationship'
      readonly purpose: 'TREATMENT' | 'EMERGENCY'
      readonly reason?: string
      readonly nextOfKin?: string
    }

/** Whom an act is about. */
export interface ActPatient {
  /** `system|value`. */
  readonly identifier: string
  /** Country of affiliation. */
  readonly country: string
}

/** Resolves when the act is durable; rejects when it could not be stored: the act then did not happen. */
export async function recordAct(
  options: PortalOptions,
  professional: Professional,
  act: Act,
  recorded: Date,
  patient?: ActPatient,
): Promise<void> {
  const event = eventOf(options, professional, act, recorded, patient?.identifier ?? '')
  await options.ledger.append(patient ? withCountry(event, patient.country) : event)
}

function eventOf(
  { country, origin }: PortalOptions,
  professional: Professional,
  act: Act,
  recorded: Date,
  patient: string,
): AuditEvent {
  const { identifier, role, organisation, given, family } = professional
  const person = {
    identifier,
    name: `${given} ${family}`.trim(),
    role,
    organisation: { identifier: organisation.identifier, name: organisation.name || organisation.identifier },
  }
  const common = { recorded: recorded.toISOString(), node: { country, address: origin }, person }
  switch (act.kind) {
    case 'sign-in':
      return loginEvent(common)
    case 'sign-out':
      return logoutEvent(common)
    case 'notice':
      return noticeShownEvent({ ...common, patient, notice: act })
    case 'relationship':
      return relationshipDeclaredEvent({
        ...common,
        patient,
        purpose: act.purpose,
        reason: act.reason,
        nextOfKin: act.nextOfKin,
      })
    case 'identity':
      return identityConfirmedEvent({
        ...common,
        patient,
        details: [
          { type: 'urn:tessera:evidence', value: act.evidence },
          ...act.differs.map((value) => ({ type: 'urn:tessera:trait-differs', value })),
          ...(act.reason === undefined ? [] : [{ type: 'urn:tessera:reason', value: act.reason }]),
        ],
      })
  }
}

/** Readers of the ledger are told whose patient it is without knowing identifier systems. */
function withCountry(event: AuditEvent, country: string): AuditEvent {
  const detail = { type: 'country-a', valueString: country }
  return {
    ...event,
    entity: event.entity?.map((entity) =>
      entity.role?.code === '1' ? { ...entity, detail: [...(entity.detail ?? []), detail] } : entity,
    ),
  }
}
