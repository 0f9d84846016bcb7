/**
 * What a pharmacist handed out → an eDispensation: a FHIR document of MPD dispensations, with the requests that they fulfil
 * and everything these refer to. Nothing is stated that neither the pharmacist nor the prescription states.
 */
import type {
  Bundle,
  BundleEntry,
  Composition,
  Extension,
  FhirResource,
  Identifier,
  Medication,
  MedicationDispense,
  Practitioner,
  PractitionerRole,
} from 'fhir/r4'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { fhirStatements } from '../account/fhir.ts'
import { prune } from '../cda/prune.ts'
import { uuidOf } from '../cda/reading.ts'
import {
  CLASSIFICATION_EXTENSION,
  DISPENSE_RECORDED_EXTENSION,
  FULFILS_EXTENSION,
  MPD,
  PRODUCT_NAME_EXTENSION,
  STRENGTH_EXTENSION,
} from '../cda/tables/urls.ts'
import { isNode, node, text } from '../fhir/node.ts'
import { type Entry, entriesOf, indexEntries } from '../fhir/references.ts'
import type { ClinicalDocument } from '../model/clinical-document.ts'
import { tableDiv } from './narrative.ts'
import { identifierFrom, identifierOf, type Parts, partsOf, targetOf } from './parts.ts'
import type { DispensationFacts, DispensedItem, QuantityWords } from './pharmacy.ts'
import { itemIdOf, prescribedIn, prescriptionOf } from './prescription.ts'
import { reachableFrom } from './reachable.ts'

/** LOINC codes of dispensation documents and their section (eHDSI eDispensation). */
export const DISPENSATION_DOCUMENT = '60593-1'
export const DISPENSATION_SECTION = '60590-7'
const LOINC = 'http://loinc.org'
const UCUM = 'http://unitsofmeasure.org'

export type DispensationProblemCode =
  | 'pharmacy-no-prescription'
  | 'pharmacy-unknown-item'
  | 'pharmacy-nothing-dispensed'

export interface DispensationOptions {
  /** BCP-47 language in which the pharmacist works. */
  readonly language: string
  /** Title of document and section in that language, and the heads of the table. */
  readonly title?: string
  readonly columns?: readonly [product: string, packages: string]
}

interface Making {
  readonly parts: Parts
  readonly facts: DispensationFacts
  readonly language: string
  readonly patient: string
  readonly performer: string
  readonly urlOf: (type: string, name: string) => string
}

/** Makes the document of a dispensation; its problems are what `checkDispensation` would also say. */
export function dispensationDocument(
  prescription: ClinicalDocument,
  facts: DispensationFacts,
  options: DispensationOptions,
): Result<ClinicalDocument, DispensationProblemCode> {
  const parts = partsOf(prescription)
  const requests = new Map(prescribedIn(parts).map((entry) => [itemIdOf(entry), entry]))
  const [first] = requests.values()
  if (first === undefined)
    return failed('pharmacy-no-prescription', 'This document is no prescription.', 'Open the prescription again.')
  if (facts.items.length === 0)
    return failed('pharmacy-nothing-dispensed', 'Nothing is dispensed.', 'Choose what is handed out.')
  if (facts.items.some((item) => !requests.has(item.prescribedItem)))
    return failed(
      'pharmacy-unknown-item',
      'A product is dispensed for a line that the prescription does not have.',
      'Open the prescription again.',
    )
  const urlOf = (type: string, name: string): string => `urn:uuid:${uuidOf(`${facts.dispensationId}|${type}|${name}`)}`
  const making: Making = {
    parts,
    facts,
    language: options.language,
    patient: targetOf(parts, first.resource.subject, first)?.fullUrl ?? '',
    performer: urlOf('PractitionerRole', 'pharmacist'),
    urlOf,
  }
  const dispensed = facts.items.flatMap((item, index) => {
    const request = requests.get(item.prescribedItem)
    return request === undefined ? [] : dispenseOf(making, item, request, index + 1)
  })
  const composition = compositionOf(making, prescription, dispensed, options)
  const fulfilled = facts.items.flatMap((item) => requests.get(item.prescribedItem) ?? [])
  const copied = reachableFrom(parts, fulfilled, making.patient)
  return ok(documentOf(making, [composition, ...pharmacy(making), ...dispensed, ...copied]))
}

function documentOf(making: Making, entry: readonly BundleEntry[]): ClinicalDocument {
  const { facts, language } = making
  const seen = new Set<string>()
  const bundle: Bundle = {
    resourceType: 'Bundle',
    language,
    identifier: identifierFrom(facts.dispensationId),
    type: 'document',
    timestamp: facts.dispensed,
    entry: entry.filter(({ fullUrl = '' }) => !seen.has(fullUrl) && seen.add(fullUrl)),
  }
  const held: unknown = bundle
  return {
    bundle,
    kind: 'other-document',
    origin: { format: 'fhir', language, country: facts.pharmacy.country },
    account: { statements: fhirStatements(indexEntries(isNode(held) ? entriesOf(held) : [])), notCarried: [] },
  }
}

/** An entry named after what it is, the same on every run: a repeated submission has the same bytes. */
function entryOf(fullUrl: string, resource: FhirResource): BundleEntry {
  return { fullUrl, resource: prune({ ...resource, id: fullUrl.slice('urn:uuid:'.length) }) }
}

function compositionOf(
  making: Making,
  prescription: ClinicalDocument,
  dispensed: readonly BundleEntry[],
  { title = 'eDispensation', columns = ['', '#'] }: DispensationOptions,
): BundleEntry {
  const { facts, language, urlOf } = making
  const stated = prescriptionOf(prescription)
  const fulfils = [...new Set([stated?.prescriptionId, stated?.id])].flatMap((id) => id ?? [])
  const [document] = fulfils.slice(-1)
  const composition: Composition = {
    resourceType: 'Composition',
    language,
    extension: fulfils.map((id): Extension => ({ url: FULFILS_EXTENSION, valueIdentifier: identifierFrom(id) })),
    identifier: identifierFrom(facts.dispensationId),
    status: 'final',
    type: { coding: [{ system: LOINC, code: DISPENSATION_DOCUMENT, display: 'Medication dispensed.brief Document' }] },
    subject: { reference: making.patient },
    date: facts.dispensed,
    author: [{ reference: making.performer }],
    title,
    confidentiality: 'N',
    custodian: { reference: urlOf('Organization', 'pharmacy') },
    relatesTo: document === undefined ? [] : [{ code: 'transforms', targetIdentifier: identifierFrom(document) }],
    section: [
      {
        title,
        code: { coding: [{ system: LOINC, code: DISPENSATION_SECTION, display: 'Medication dispensed.brief' }] },
        text: { status: 'generated', div: tableDiv(columns, facts.items.map(rowOf), language) },
        entry: dispensed.flatMap(({ resource, fullUrl }) =>
          resource?.resourceType === 'MedicationDispense' && fullUrl !== undefined ? [{ reference: fullUrl }] : [],
        ),
      },
    ],
  }
  return entryOf(urlOf('Composition', 'document'), composition)
}

function rowOf({ product, packages, batch }: DispensedItem): string[] {
  return [[product.name, batch].filter((word) => word !== undefined).join(' · '), String(packages)]
}

/** The pharmacist in his pharmacy. */
function pharmacy({ facts, urlOf, performer }: Making): BundleEntry[] {
  const { pharmacist, pharmacy: place } = facts
  const person: Practitioner = {
    resourceType: 'Practitioner',
    identifier: [identifierFrom(pharmacist.identifier)],
    name: [{ family: pharmacist.family, given: [pharmacist.given] }],
  }
  const role: PractitionerRole = {
    resourceType: 'PractitionerRole',
    practitioner: { reference: urlOf('Practitioner', 'pharmacist') },
    organization: { reference: urlOf('Organization', 'pharmacy') },
    // ISCO-08, as eHDSI writes the function of who dispenses.
    code: [{ coding: [{ system: 'urn:oid:2.16.840.1.113883.2.9.6.2.7', code: '2262', display: 'Pharmacists' }] }],
  }
  return [
    entryOf(performer, role),
    entryOf(urlOf('Practitioner', 'pharmacist'), person),
    entryOf(urlOf('Organization', 'pharmacy'), {
      resourceType: 'Organization',
      identifier: [identifierFrom(place.identifier)],
      name: place.name,
      address: [{ country: place.country }],
    }),
  ]
}

/** One line: the dispensation and the product that was handed out. */
function dispenseOf(making: Making, item: DispensedItem, request: Entry, line: number): BundleEntry[] {
  const { facts, urlOf, patient, performer } = making
  const product = urlOf('Medication', String(line))
  const dispense: MedicationDispense = {
    resourceType: 'MedicationDispense',
    meta: { profile: [`${MPD}MedicationDispense-eu-mpd`] },
    extension: [{ url: DISPENSE_RECORDED_EXTENSION, valueDateTime: facts.dispensed }],
    identifier: [lineIdentifier(facts.dispensationId, line)],
    status: 'completed',
    medicationReference: { reference: product },
    subject: { reference: patient },
    performer: [{ actor: { reference: performer } }],
    authorizingPrescription: [{ reference: request.fullUrl, identifier: requestIdentifier(request) }],
    quantity: { value: item.packages, system: UCUM, code: '1', unit: '1' },
    whenHandedOver: facts.dispensed,
    substitution: { wasSubstituted: item.substituted },
  }
  return [
    entryOf(urlOf('MedicationDispense', String(line)), dispense),
    entryOf(product, productOf(making, item, request)),
  ]
}

function lineIdentifier(dispensationId: string, line: number): Identifier {
  const whole = identifierFrom(dispensationId)
  if (whole.system !== undefined && whole.system !== 'urn:ietf:rfc:3986')
    return { ...whole, value: `${whole.value}.${line}` }
  return { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${uuidOf(`${dispensationId}|line|${line}`)}` }
}

function requestIdentifier({ resource }: Entry): Identifier | undefined {
  const id = identifierOf(resource.identifier)
  return id === undefined ? undefined : identifierFrom(id)
}

/** Facts of the prescribed medicine that hold for the product too when it is the one that was prescribed. */
const KEPT = new Set([CLASSIFICATION_EXTENSION, STRENGTH_EXTENSION])

function productOf({ parts }: Making, item: DispensedItem, request: Entry): Medication {
  const prescribed = item.substituted
    ? undefined
    : targetOf(parts, request.resource.medicationReference, request)?.resource
  const same: unknown = prescribed
  const held = isMedication(same) ? same : undefined
  const { name, code, system } = item.product
  const coding = code === undefined ? [] : [{ ...(system === undefined ? {} : { system }), code, display: name }]
  return {
    resourceType: 'Medication',
    meta: { profile: [`${MPD}Medication-eu-mpd`] },
    extension: [
      { url: PRODUCT_NAME_EXTENSION, valueString: name },
      ...listOf(held?.extension).filter(({ url }) => KEPT.has(url)),
    ],
    code: { coding, text: name },
    ...(held?.form === undefined ? {} : { form: held.form }),
    ...(item.packageSize === undefined ? {} : { amount: amountOf(item.packageSize) }),
    ingredient: listOf(held?.ingredient).filter((one) => one.itemCodeableConcept !== undefined),
    ...(item.batch === undefined ? {} : { batch: { lotNumber: item.batch } }),
  }
}

/** A prescription from outside may have something else where FHIR has a list. */
function listOf<Item extends object>(held: readonly Item[] | undefined): Item[] {
  return Array.isArray(held) ? held.filter((one) => typeof one === 'object' && one !== null) : []
}

function isMedication(value: unknown): value is Medication {
  return text(node(value)?.resourceType) === 'Medication'
}

function amountOf({ value, unit }: QuantityWords): Medication['amount'] {
  const { code, system, display } = unit
  return {
    numerator: {
      value,
      unit: display,
      ...(code === undefined ? {} : { code }),
      ...(system === undefined ? {} : { system }),
    },
    denominator: { value: 1 },
  }
}
