/** The entry of a section that has nothing to say: "no information" or "none known" (IPS absent and unknown data). */
import type { CodeableConcept, CompositionSection, Resource } from 'fhir/r4'
import { ABSENT_UNKNOWN } from '../../tables/urls.ts'

interface Absence {
  /** `no-…-info` and `no-known-…` with the words of the IPS code system. */
  readonly noInformation: readonly [string, string]
  readonly noneKnown: readonly [string, string]
  readonly resource: (code: CodeableConcept) => readonly Resource[]
}

const DEVICE = 'urn:tessera:absent-device'

const ABSENCES: Readonly<Record<string, Absence>> = {
  '11450-4': {
    noInformation: ['no-problem-info', 'No information about current problems'],
    noneKnown: ['no-known-problems', 'No known problems'],
    resource: (code) => [statement({ resourceType: 'Condition', code })],
  },
  '48765-2': {
    noInformation: ['no-allergy-info', 'No information about allergies'],
    noneKnown: ['no-known-allergies', 'No known allergies'],
    resource: (code) => [statement({ resourceType: 'AllergyIntolerance', code })],
  },
  '10160-0': {
    noInformation: ['no-medication-info', 'No information about medications'],
    noneKnown: ['no-known-medications', 'No known medications'],
    resource: (code) => [
      statement({ resourceType: 'MedicationStatement', status: 'unknown', medicationCodeableConcept: code }),
    ],
  },
  '47519-4': {
    noInformation: ['no-procedure-info', 'No information about past history of procedures'],
    noneKnown: ['no-known-procedures', 'No known procedures'],
    resource: (code) => [statement({ resourceType: 'Procedure', status: 'unknown', code })],
  },
  '46264-8': {
    noInformation: ['no-device-info', 'No information about devices'],
    noneKnown: ['no-known-devices', 'No known devices in use'],
    resource: (code) => [
      statement({
        resourceType: 'DeviceUseStatement',
        status: 'completed',
        device: { reference: `#${DEVICE}` },
        contained: [{ resourceType: 'Device', id: DEVICE, type: code }],
      }),
    ],
  },
}

function statement(resource: Resource & Readonly<Record<string, unknown>>): Resource {
  return resource
}

/** What stands for the emptiness of a required section; none when the section has something to say, or is another. */
export function absenceOf(section: CompositionSection): readonly Resource[] {
  const known = section.code?.coding?.map(({ code }) => ABSENCES[code ?? '']).find((found) => found !== undefined)
  if (known === undefined || section.emptyReason === undefined || (section.entry?.length ?? 0) > 0) return []
  const nil = section.emptyReason.coding?.some(({ code }) => code === 'nilknown') === true
  const [code, display] = nil ? known.noneKnown : known.noInformation
  return known.resource({ coding: [{ system: ABSENT_UNKNOWN, code, display }] })
}
