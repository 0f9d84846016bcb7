/**
 * Acts of the professional that the portal itself witnesses: sign-in and sign-out, identity confirmed, notice handed
 * over, relationship or emergency declared. The accesses themselves are recorded by country B, which carries them out.
 */
import type { AuditEvent, Coding } from 'fhir/r4'
import type { Ledger } from '#trust/ledger/ledger.ts'
import type { Professional } from '#trust/people/professional.ts'

const DICOM = 'http://dicom.nema.org/resources/ontology/DCM'
export const ACTS = 'urn:tessera:professional-act'
const PURPOSES = 'http://terminology.hl7.org/CodeSystem/v3-ActReason'

export type ActKind = 'sign-in' | 'sign-out' | 'identity' | 'notice' | 'relationship' | 'emergency'

export interface Act {
  readonly kind: ActKind
  readonly recorded: Date
  /** Country of this node. */
  readonly node: string
  readonly professional: Professional
  /** `system|value`, and the country that knows the patient. */
  readonly patient?: string
  readonly patientCountry?: string
  /** What is kept as proof, e.g. version and languages of the notice, or the reason of an emergency. */
  readonly details?: Readonly<Record<string, string>>
}

const TYPES: Readonly<Record<ActKind, Coding>> = {
  'sign-in': { system: DICOM, code: '110114', display: 'User Authentication' },
  'sign-out': { system: DICOM, code: '110114', display: 'User Authentication' },
  identity: { system: ACTS, code: 'journey', display: 'Step towards the documents of a patient' },
  notice: { system: ACTS, code: 'journey', display: 'Step towards the documents of a patient' },
  relationship: { system: ACTS, code: 'journey', display: 'Step towards the documents of a patient' },
  emergency: { system: DICOM, code: '110113', display: 'Security Alert' },
}

const SUBTYPES: Readonly<Record<ActKind, readonly Coding[]>> = {
  'sign-in': [{ system: DICOM, code: '110122', display: 'Login' }],
  'sign-out': [{ system: DICOM, code: '110123', display: 'Logout' }],
  identity: [],
  notice: [],
  relationship: [],
  emergency: [{ system: DICOM, code: '110127', display: 'Emergency Override Started' }],
}

/** Resolves when the act is durable; rejects when it could not be stored: the act then did not happen. */
export async function recordAct(ledger: Ledger, act: Act): Promise<void> {
  await ledger.append(auditEvent(act))
}

export function auditEvent(act: Act): AuditEvent {
  const { professional, patient, kind } = act
  const organisation = professional.organisation
  return {
    resourceType: 'AuditEvent',
    type: TYPES[kind],
    subtype: [...SUBTYPES[kind], { system: ACTS, code: kind }],
    action: 'E',
    recorded: act.recorded.toISOString(),
    outcome: '0',
    ...(kind === 'relationship' ? { purposeOfEvent: [{ coding: [{ system: PURPOSES, code: 'TREAT' }] }] } : {}),
    ...(kind === 'emergency' ? { purposeOfEvent: [{ coding: [{ system: PURPOSES, code: 'ETREAT' }] }] } : {}),
    agent: [
      {
        who: {
          identifier: identifier(professional.identifier),
          display: `${professional.given} ${professional.family}`,
        },
        requestor: true,
        ...(professional.role
          ? {
              role: [
                {
                  coding: [{ system: 'urn:oid:2.16.840.1.113883.2.9.6.2.7', ...professional.role }],
                  text: professional.profession,
                },
              ],
            }
          : { role: [{ text: professional.profession }] }),
      },
      {
        who: { identifier: identifier(organisation.identifier), display: organisation.name || organisation.identifier },
        requestor: false,
      },
    ],
    source: { site: act.node, observer: { display: `Tessera ${act.node}` } },
    entity: [
      ...(patient
        ? [
            {
              what: { identifier: identifier(patient) },
              type: { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code: '1', display: 'Person' },
              role: { system: 'http://terminology.hl7.org/CodeSystem/object-role', code: '1', display: 'Patient' },
            },
          ]
        : []),
      {
        type: { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code: '4', display: 'Other' },
        name: 'act',
        detail: Object.entries({
          ...(act.patientCountry ? { 'country-a': act.patientCountry } : {}),
          ...act.details,
          assurance: professional.assurance,
        }).map(([type, valueString]) => ({ type, valueString })),
      },
    ],
  }
}

function identifier(written: string): { readonly system?: string; readonly value: string } {
  const at = written.indexOf('|')
  return at < 0 ? { value: written } : { system: written.slice(0, at), value: written.slice(at + 1) }
}
