/**
 * Which prescriptions, dispensations and medicines claim the profiles of HL7 Europe MPD 1.0.0: those that hold what the
 * profiles require and the source stated. Nothing is invented to satisfy a profile.
 */
import type { BundleEntry, Medication, MedicationDispense, MedicationRequest, Resource } from 'fhir/r4'
import { DISPENSE_RECORDED_EXTENSION, MPD } from './tables/urls.ts'

/** Adds the claims to the resources that may make them. */
export function claimMpd(entries: readonly BundleEntry[]): void {
  const resources = new Map(entries.map(({ fullUrl, resource }) => [fullUrl, resource]))
  for (const { resource } of entries) {
    if (isRequest(resource)) {
      if (resource.authoredOn !== undefined && resource.requester !== undefined) claim(resource, 'MedicationRequest')
    } else if (isDispense(resource)) {
      if (hasQuantity(resource) && isRecorded(resource)) claim(resource, 'MedicationDispense')
    } else continue
    claimMedicine(resources.get(resource.medicationReference?.reference), resources)
  }
}

/** The medicine and, of a combined product, the medicines inside it. */
function claimMedicine(
  resource: Resource | undefined,
  resources: ReadonlyMap<string | undefined, Resource | undefined>,
): void {
  if (!isMedication(resource) || resource.meta?.profile !== undefined) return
  claim(resource, 'Medication')
  for (const { itemReference } of resource.ingredient ?? [])
    claimMedicine(resources.get(itemReference?.reference), resources)
}

function claim(resource: MedicationRequest | MedicationDispense | Medication, type: string): void {
  const profile = `${MPD}${type}-eu-mpd`
  if (resource.meta?.profile?.includes(profile)) return
  resource.meta = { ...resource.meta, profile: [...(resource.meta?.profile ?? []), profile] }
}

function hasQuantity({ quantity }: MedicationDispense): boolean {
  return quantity !== undefined
}

function isRecorded({ extension = [] }: MedicationDispense): boolean {
  return extension.some(({ url, valueDateTime }) => url === DISPENSE_RECORDED_EXTENSION && valueDateTime !== undefined)
}

function isRequest(resource: Resource | undefined): resource is MedicationRequest {
  return resource?.resourceType === 'MedicationRequest'
}

function isDispense(resource: Resource | undefined): resource is MedicationDispense {
  return resource?.resourceType === 'MedicationDispense'
}

function isMedication(resource: Resource | undefined): resource is Medication {
  return resource?.resourceType === 'Medication'
}
