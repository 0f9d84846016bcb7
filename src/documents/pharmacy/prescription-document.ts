/**
 * Requests without a document (MPD knows prescriptions as collections) → a prescription document that can cross a border which
 * knows documents only. What it says is what the requests say: their prescriber, their day, their group.
 */
import type { Bundle, BundleEntry, Composition, Identifier, Reference } from 'fhir/r4'
import { uuidOf } from '../cda/reading.ts'
import { isAdded } from '../fhir/compose.ts'
import { node, text } from '../fhir/node.ts'
import type { Entry } from '../fhir/references.ts'
import type { ClinicalDocument } from '../model/clinical-document.ts'
import { tableDiv } from './narrative.ts'
import { identifierFrom, type Parts, partsOf, targetOf } from './parts.ts'
import type { PrescribedItem } from './pharmacy.ts'
import { PRESCRIPTION_DOCUMENT, PRESCRIPTION_SECTION, prescribedIn, prescriptionOf } from './prescription.ts'

const LOINC = 'http://loinc.org'
const ABSENT = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason'

/** The same document where it has a Composition of its own; undefined when it is no prescription. */
export function prescriptionDocumentOf(document: ClinicalDocument): ClinicalDocument | undefined {
  const stated = prescriptionOf(document)
  if (stated === undefined) return undefined
  const parts = partsOf(document)
  if (!isAdded(parts.composition)) return document
  const requests = prescribedIn(parts)
  const [first] = requests
  const added = parts.index.entries.find(({ resource }) => resource === parts.composition)
  if (first === undefined || added === undefined) return undefined
  const id = stated.prescriptionId ?? stated.id
  const composition: Composition = {
    resourceType: 'Composition',
    status: 'final',
    type: { coding: [{ system: LOINC, code: PRESCRIPTION_DOCUMENT, display: 'Prescription for medication' }] },
    ...subjectOf(parts, first),
    ...(stated.issued === '' ? { date: '', _date: { extension: [unknown()] } } : { date: stated.issued }),
    author: [authorOf(first)],
    title: 'ePrescription',
    section: [
      {
        title: 'ePrescription',
        code: { coding: [{ system: LOINC, code: PRESCRIPTION_SECTION, display: 'Prescription list' }] },
        text: { status: 'generated', div: narrative(stated.items, document.origin.language) },
        entry: requests.map(({ fullUrl }) => ({ reference: fullUrl })),
      },
    ],
  }
  const entry = (document.bundle.entry ?? []).filter(({ fullUrl }) => fullUrl !== added.fullUrl)
  const made: BundleEntry = { fullUrl: `urn:uuid:${uuidOf(`prescription|${id}`)}`, resource: composition }
  const bundle: Bundle = {
    ...document.bundle,
    type: 'document',
    identifier: identityOf(document, id),
    entry: [made, ...entry],
  }
  return { ...document, bundle }
}

function identityOf({ bundle }: ClinicalDocument, id: string): Identifier {
  return bundle.identifier ?? identifierFrom(id)
}

function unknown(): { url: string; valueCode: string } {
  return { url: ABSENT, valueCode: 'unknown' }
}

function subjectOf(parts: Parts, request: Entry): { subject?: Reference } {
  const patient = targetOf(parts, request.resource.subject, request)
  return patient === undefined ? {} : { subject: { reference: patient.fullUrl } }
}

/** The prescriber, as far as the request names him. */
function authorOf({ resource }: Entry): Reference {
  const reference = text(node(resource.requester)?.reference)
  const display = text(node(resource.requester)?.display)
  if (reference === undefined && display === undefined) return { extension: [unknown()] }
  return { ...(reference === undefined ? {} : { reference }), ...(display === undefined ? {} : { display }) }
}

function narrative(items: readonly PrescribedItem[], language: string): string {
  const rows = items.map(({ medicine, posology, quantity }) => [
    medicine.product?.display ??
      medicine.atc?.display ??
      medicine.ingredients.map(({ substance }) => substance.display).join(' + '),
    posology.join('; '),
    quantity === undefined ? '' : `${quantity.value} ${quantity.unit.display}`,
  ])
  return tableDiv(['', '', ''], rows, language)
}
