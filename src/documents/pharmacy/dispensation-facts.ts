/** An eDispensation, CDA or FHIR → what was handed out, for which prescription, by whom. */

import { node, nodes, text } from '../fhir/node.ts'
import type { Entry } from '../fhir/references.ts'
import type { ClinicalDocument } from '../model/clinical-document.ts'
import { DISPENSATION_DOCUMENT, DISPENSATION_SECTION } from './dispensation-document.ts'
import { medicineOf } from './medicine.ts'
import { entriesOfType, identifierOf, nameOf, type Parts, partsOf, quantityOf, targetOf } from './parts.ts'
import type { DispensationFacts, DispensedItem } from './pharmacy.ts'
import { fulfilledBy, isKind, itemIdOf } from './prescription.ts'

export interface ReadDispensation extends DispensationFacts {
  /** `system|value` of the prescription, '' when the document does not name it (eHDSI: not identifiable). */
  readonly prescriptionId: string
  /** All identifiers that it names: the prescription's own and its document's. */
  readonly fulfils: readonly string[]
  /** `system|value` of the patient, as the document has them. */
  readonly patient: readonly string[]
}

/** Reads back a dispensation; undefined when the document is none. */
export function dispensationFactsOf(document: ClinicalDocument): ReadDispensation | undefined {
  const parts = partsOf(document)
  const all = entriesOfType(parts, 'MedicationDispense')
  const [first] = all
  if (first === undefined || !isKind(parts, DISPENSATION_DOCUMENT, DISPENSATION_SECTION)) return undefined
  const fulfils = prescriptionsOf(parts, all)
  const patient = targetOf(parts, first.resource.subject, first)
  return {
    dispensationId: identifierOf(parts.bundle.identifier) ?? identifierOf(parts.composition.identifier) ?? '',
    dispensed: text(first.resource.whenHandedOver) ?? text(parts.composition.date) ?? '',
    ...performerOf(parts, first, document.origin.country),
    items: all.map((entry) => itemOf(parts, entry)),
    prescriptionId: fulfils[0] ?? '',
    fulfils,
    patient: nodes(patient?.resource.identifier).flatMap((one) => identifierOf(one) ?? []),
  }
}

/** The header says it (inFulfillmentOf); else the requests inside do. */
function prescriptionsOf(parts: Parts, all: readonly Entry[]): string[] {
  const groups = all.flatMap((entry) =>
    requestsOf(parts, entry).flatMap(({ resource }) => identifierOf(resource.groupIdentifier) ?? []),
  )
  return [...new Set([...fulfilledBy(parts.composition), ...groups])]
}

function requestsOf(parts: Parts, entry: Entry): readonly Entry[] {
  return nodes(entry.resource.authorizingPrescription).flatMap((reference) => {
    const target = targetOf(parts, reference, entry)
    return target === undefined ? [] : [target]
  })
}

function performerOf(
  parts: Parts,
  entry: Entry,
  country: string | undefined,
): Pick<DispensationFacts, 'pharmacist' | 'pharmacy'> {
  const actor = node(nodes(entry.resource.performer)[0]?.actor)
  const role = targetOf(parts, actor, entry)
  const person = role === undefined ? undefined : (targetOf(parts, role.resource.practitioner, role) ?? role)
  const place = role === undefined ? undefined : targetOf(parts, role.resource.organization, role)?.resource
  const names = nodes(person?.resource.name)
  return {
    pharmacist: {
      identifier: identifierOf(person?.resource.identifier) ?? identifierOf(role?.resource.identifier) ?? '',
      given: nodes(names)
        .flatMap(({ given }) => (Array.isArray(given) ? given.filter((one) => typeof one === 'string') : []))
        .join(' '),
      family: text(names[0]?.family) ?? text(names[0]?.text) ?? text(actor?.display) ?? '',
    },
    pharmacy: {
      identifier: identifierOf(place?.identifier) ?? '',
      name: nameOf(place) ?? '',
      country: text(node(place?.address)?.country) ?? country ?? '',
    },
  }
}

function itemOf(parts: Parts, entry: Entry): DispensedItem {
  const { resource } = entry
  const [request] = requestsOf(parts, entry)
  const reference = nodes(resource.authorizingPrescription)[0]
  const medicine = medicineOf(parts, entry)
  const product = medicine.product ?? medicine.atc
  const medication = targetOf(parts, resource.medicationReference, entry)?.resource
  const batch = text(node(medication?.batch)?.lotNumber)
  const quantity = quantityOf(resource.quantity)
  return {
    prescribedItem: request === undefined ? (identifierOf(reference?.identifier) ?? '') : itemIdOf(request),
    product: {
      name: product?.display ?? medicine.ingredients.map(({ substance }) => substance.display).join(' + '),
      ...(product?.code === undefined ? {} : { code: product.code }),
      ...(product?.system === undefined ? {} : { system: product.system }),
    },
    substituted: node(resource.substitution)?.wasSubstituted === true,
    // Without a number nothing can be counted as given; the rules then ask for one.
    packages: quantity?.value ?? 0,
    ...(medicine.packageSize === undefined ? {} : { packageSize: medicine.packageSize }),
    ...(batch === undefined ? {} : { batch }),
  }
}
