/**
 * Whether a bundle may claim the European patient summary: it claims nothing that its sections contradict. The table
 * is what composition-eu-eps 1.0.0 allows as targets of each section's entries.
 */
import type { BundleEntry, Coding, CompositionSection, Resource } from 'fhir/r4'

const MEDICATIONS = ['MedicationStatement', 'MedicationRequest', 'MedicationAdministration', 'MedicationDispense']

const TARGETS: Readonly<Record<string, readonly string[]>> = {
  '11450-4': ['Condition'],
  '48765-2': ['AllergyIntolerance'],
  '10160-0': MEDICATIONS,
  '11369-6': ['Immunization'],
  '30954-2': ['Observation', 'DiagnosticReport'],
  '47519-4': ['Procedure'],
  '46264-8': ['DeviceUseStatement'],
  '42348-3': ['Consent'],
  '104605-1': ['Flag'],
  '47420-5': ['Condition', 'ClinicalImpression'],
  '18776-5': ['CarePlan', 'ImmunizationRecommendation'],
  '29762-2': ['Observation'],
  '8716-3': ['Observation'],
  '10182-4': ['Observation'],
}

/** Sections whose observations must have one of these codes. */
const CODES: Readonly<Record<string, ReadonlySet<string>>> = {
  '29762-2': new Set(['72166-2', '74013-4']),
  '10162-6': new Set([
    '82810-3',
    '11636-8',
    '11637-6',
    '11638-4',
    '11639-2',
    '11640-0',
    '11612-9',
    '11613-7',
    '11614-5',
    '33065-4',
    '18185-9',
    '11884-4',
    '11885-1',
    '11887-7',
    '49051-6',
    '57714-8',
  ]),
}

export function mayClaimSummary(sections: readonly CompositionSection[], entries: readonly BundleEntry[]): boolean {
  const resources = new Map(entries.map(({ fullUrl, resource }) => [fullUrl, resource]))
  return sections.every((section) => {
    const code = section.code?.coding
      ?.map((coding) => coding.code ?? '')
      .find((known) => Object.hasOwn(TARGETS, known) || Object.hasOwn(CODES, known))
    return (section.entry ?? []).every(({ reference }) => fits(resources.get(reference), code))
  })
}

function fits(resource: Resource | undefined, section: string | undefined): boolean {
  if (resource === undefined) return false
  if (section === undefined) return true
  const allowed = TARGETS[section]
  if (allowed !== undefined && ![...allowed, 'DocumentReference'].includes(resource.resourceType)) return false
  const codes = CODES[section]
  return codes === undefined || codingsOf(resource).some(({ code }) => codes.has(code ?? ''))
}

function codingsOf(resource: Resource): readonly Coding[] {
  if (!('code' in resource) || typeof resource.code !== 'object' || resource.code === null) return []
  return 'coding' in resource.code && Array.isArray(resource.code.coding) ? resource.code.coding : []
}
