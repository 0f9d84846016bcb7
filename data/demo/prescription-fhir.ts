/** One prescription as a FHIR document of MPD resources, with patient and prescriber of the summary. */
import { createHash } from 'node:crypto'
import type { Bundle, BundleEntry, FhirResource, Medication, MedicationRequest, Patient, Quantity } from 'fhir/r4'
import type { PrescribedMedicine, PrescriptionFacts } from './prescriptions.ts'
import { wordsOf } from './prescriptions.ts'

const MPD = 'http://hl7.eu/fhir/mpd/StructureDefinition'
const IHE = 'https://profiles.ihe.net/PHARM/MPD/StructureDefinition'
const ATC = 'http://www.whocc.no/atc'
const EDQM = 'http://standardterms.edqm.eu'
const UCUM = 'http://unitsofmeasure.org'
const NATIONAL = 'urn:oid:1.3.6.1.4.1.28284.6.2.4.901'
const PEOPLE = ['Patient', 'PractitionerRole', 'Practitioner', 'Organization']

export function fhirPrescription(facts: PrescriptionFacts, summary: string): string {
  const source = JSON.parse(summary) as Bundle
  const language = source.language ?? 'en'
  const people = (source.entry ?? []).filter(({ resource }) => resource && PEOPLE.includes(resource.resourceType))
  const urlOf = (type: string) => people.find(({ resource }) => resource?.resourceType === type)?.fullUrl ?? ''
  const issued = `${facts.issued}T10:15:00+02:00`
  const items = facts.items.flatMap((item, index) => entriesOf(facts, item, index + 1, { language, urlOf, issued }))
  const requests = items.flatMap(({ resource, fullUrl }) =>
    resource?.resourceType === 'MedicationRequest' ? [{ reference: fullUrl ?? '' }] : [],
  )
  const composition = entry(`${facts.number}/composition`, {
    resourceType: 'Composition',
    language,
    identifier: { system: NATIONAL, value: facts.number },
    status: 'final',
    type: { coding: [{ system: 'http://loinc.org', code: '57833-6', display: 'Prescription for medication' }] },
    subject: { reference: urlOf('Patient') },
    date: issued,
    author: [{ reference: urlOf('PractitionerRole') }],
    title: facts.title,
    confidentiality: 'N',
    custodian: { reference: urlOf('Organization') },
    section: [
      {
        title: facts.title,
        code: { coding: [{ system: 'http://loinc.org', code: '57828-6', display: 'Prescription list' }] },
        text: { status: 'generated', div: narrative(facts, language) },
        entry: requests,
      },
    ],
  })
  const patient = people.map(({ fullUrl, resource }) => ({ fullUrl, resource: withoutReferences(resource) }))
  const bundle: Bundle = {
    resourceType: 'Bundle',
    language,
    identifier: { system: NATIONAL, value: `${facts.number}.document` },
    type: 'document',
    timestamp: issued,
    entry: [composition, ...(patient as BundleEntry[]), ...items],
  }
  return `${JSON.stringify(bundle, undefined, 1)}\n`
}

interface Frame {
  readonly language: string
  readonly urlOf: (type: string) => string
  readonly issued: string
}

function entriesOf(facts: PrescriptionFacts, item: PrescribedMedicine, line: number, frame: Frame): BundleEntry[] {
  const medication = entry(`${facts.number}/medication/${line}`, medicationOf(item, frame.language))
  const request = entry(
    `${facts.number}/request/${line}`,
    requestOf(facts, item, line, { ...frame, medication: medication.fullUrl ?? '' }),
  )
  return [request, medication]
}

function requestOf(
  facts: PrescriptionFacts,
  item: PrescribedMedicine,
  line: number,
  { language, urlOf, issued, medication }: Frame & { readonly medication: string },
): MedicationRequest {
  const doseQuantity: Quantity = item.doseUnit
    ? { value: item.dose, unit: 'RÜ', system: UCUM, code: item.doseUnit }
    : { value: item.dose, unit: wordsOf('edqm', item.unit, language), system: EDQM, code: item.unit }
  return {
    resourceType: 'MedicationRequest',
    meta: { profile: [`${MPD}/MedicationRequest-eu-mpd`] },
    identifier: [{ system: NATIONAL, value: `${facts.number}.${line}` }],
    groupIdentifier: { system: NATIONAL, value: facts.number },
    status: 'active',
    intent: 'order',
    medicationReference: { reference: medication },
    subject: { reference: urlOf('Patient') },
    authoredOn: issued,
    requester: { reference: urlOf('PractitionerRole') },
    dosageInstruction: [
      {
        text: item.posology,
        ...(item.hours === undefined
          ? {}
          : { timing: { repeat: { frequency: 1, period: item.hours, periodUnit: 'h' } } }),
        ...(item.asNeeded ? { asNeededBoolean: true } : {}),
        route: {
          coding: [{ system: EDQM, code: item.route, display: wordsOf('edqm', item.route, language) }],
        },
        doseAndRate: [{ doseQuantity }],
      },
    ],
    dispenseRequest: {
      validityPeriod: { start: facts.issued, end: facts.until },
      quantity: { value: item.packages, unit: 'pakend', system: EDQM, code: item.container },
    },
    substitution: { allowedBoolean: item.substitution !== 'N' },
  }
}

function medicationOf(item: PrescribedMedicine, language: string): Medication {
  const edqm = (code: string) => ({ coding: [{ system: EDQM, code, display: wordsOf('edqm', code, language) }] })
  const atc = { coding: [{ system: ATC, code: item.atc, display: wordsOf('atc', item.atc, language) }] }
  const [amount, unit, per = 1, perUnit] = item.strength
  return {
    resourceType: 'Medication',
    meta: { profile: [`${MPD}/Medication-eu-mpd`] },
    extension: [
      { url: `${IHE}/ihe-ext-medication-productname`, valueString: item.product },
      { url: `${IHE}/ihe-ext-medication-classification`, valueCodeableConcept: atc },
      {
        url: `${IHE}/ihe-ext-medication-sizeofitem`,
        valueQuantity: { value: item.contents, unit: wordsOf('edqm', item.unit, language), system: EDQM, code: item.unit },
      },
    ],
    code: { coding: [{ system: NATIONAL, code: item.productCode, display: item.product }], text: item.product },
    form: edqm(item.form),
    ingredient: [
      {
        itemCodeableConcept: atc,
        isActive: true,
        strength: {
          numerator: { value: amount, unit: unit === '[iU]' ? 'RÜ' : unit, system: UCUM, code: unit },
          denominator: perUnit
            ? { value: per, unit: perUnit, system: UCUM, code: perUnit }
            : { value: per, unit: wordsOf('edqm', item.unit, language), system: EDQM, code: item.unit },
        },
      },
    ],
  }
}

function narrative({ items }: PrescriptionFacts, language: string): string {
  const rows = items.map(
    ({ product, posology, packages, contents }) =>
      `<tr><td>${product}</td><td>${posology}</td><td>${packages} × ${contents}</td></tr>`,
  )
  const head = '<tr><th>Ravim</th><th>Annustamine</th><th>Kogus</th></tr>'
  return `<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="${language}" lang="${language}"><table><thead>${head}</thead><tbody>${rows.join('')}</tbody></table></div>`
}

function entry(name: string, resource: FhirResource): BundleEntry {
  const id = stableId(name)
  return { fullUrl: `urn:uuid:${id}`, resource: { ...resource, id } }
}

/** A UUID that depends on the name only, so that the same facts give the same bytes. */
function stableId(name: string): string {
  const hash = createHash('sha256').update(`tessera-demo/${name}`).digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-5${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}

/** The general practitioner of the summary may be somebody who is not part of the prescription. */
function withoutReferences(resource: BundleEntry['resource']): BundleEntry['resource'] {
  if (resource?.resourceType !== 'Patient') return resource
  const { generalPractitioner: _, meta: __, ...patient } = resource as Patient
  return patient
}
