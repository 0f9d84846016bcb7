/** An entry of national documents → an entry of the list that leaves, with the forms that the asking wire can carry. */
import type { NationalDocument, NationalPatient, NationalPrescription } from '#national/connector.ts'
import type { ServiceKind } from '#wire/discovery/directory.ts'
import { FHIR_JSON } from '#wire/fhir/outcome.ts'
import { documentClass } from '#wire/ihe/document-classes.ts'
import type { Form, FoundPatient, ListedDocument, ListedForm, Wire } from '../border/border-service.ts'
import { givenId } from './dispensation-id.ts'
import type { NationalEntry } from './document-entry.ts'
import { documentId } from './document-id.ts'
import type { OpaqueIds } from './opaque-id.ts'

export interface ListFrame {
  readonly wire: Wire
  readonly service: ServiceKind
  readonly ids: OpaqueIds
  /** The country that asks; ids are made for it alone. */
  readonly caller: string
  readonly person: NationalPatient
  /** The identifier that the patient's documents are kept under. */
  readonly patient: string
  /** Coded reports without an original can be made into PDF. */
  readonly canPrint?: boolean
}

/** Whether this node makes PDFs of reports. */
export function canPrint({ cda }: { readonly cda?: { readonly renderPdf?: unknown } }): boolean {
  return cda?.renderPdf !== undefined
}

export function listedDocument(entry: NationalEntry, frame: ListFrame): ListedDocument {
  const { main } = entry
  const optional = {
    ...(main.authorSpecialty === undefined ? {} : { authorSpecialty: main.authorSpecialty }),
    ...(main.description === undefined ? {} : { description: main.description }),
    ...(main.serviceStart === undefined ? {} : { serviceStart: main.serviceStart }),
    ...(main.categories === undefined ? {} : { categories: main.categories }),
    ...(main.prescription === undefined ? {} : { prescription: prescriptionFacts(main.prescription) }),
    ...(main.reasonOfHospitalisation === undefined ? {} : { reasonOfHospitalisation: main.reasonOfHospitalisation }),
  }
  return {
    id: main.id,
    classCode: main.classCode,
    title: main.title,
    created: main.effectiveTime,
    author: main.author,
    language: main.language,
    confidentiality: main.confidentiality || 'N',
    forms: formsOf(entry, frame),
    subject: foundPatient(frame.person),
    ...optional,
  }
}

/** The traits that leave the country: identifiers, name, birth date, gender (Patient-minimal-myhealtheu). */
export function foundPatient({ identifiers, family, given, birthDate, gender }: NationalPatient): FoundPatient {
  return { identifiers, family, given, birthDate, gender }
}

/**
 * The national file behind a form; undefined when the wire does not carry that form of it. Over IHE only classes with a
 * level 3 format travel coded, reports as PDF or picture (eHDSI OrCD), and national CDA not at all.
 */
export function nationalFile(
  entry: NationalEntry,
  form: Form,
  { wire, canPrint }: Pick<ListFrame, 'wire' | 'canPrint'>,
): NationalDocument | undefined {
  if (wire === 'fhir') return entry[form]
  if (form === 'source') return undefined
  const formats = documentClass(entry.main.classCode)
  if (form === 'pdf') {
    const printable = canPrint && !formats?.structured && !entry.image ? entry.structured : undefined
    return formats?.pdf && (entry.pdf ?? printable)
  }
  if (form === 'image') return entry.image && formats?.[imageKind(entry.image)] && entry.image
  return entry.structured?.format === 'cda-l1' ? undefined : formats?.structured && entry.structured
}

function formsOf(entry: NationalEntry, frame: ListFrame): readonly ListedForm[] {
  const forms: ListedForm[] = []
  for (const form of ['structured', 'pdf', 'image', 'source'] as const) {
    const file = nationalFile(entry, form, frame)
    if (!file) continue
    forms.push({
      form,
      id: documentId(frame.ids, { ...frame, form, document: entry.main.id }),
      mediaType: mediaTypeOf(form, file, frame.wire),
      ...(isGivenAsItIs(form, file) ? sizeAndHash(file) : {}),
    })
  }
  return forms
}

function imageKind({ format, content }: NationalDocument): 'png' | 'jpeg' {
  return format === 'jpeg' || content === 'jpeg' ? 'jpeg' : 'png'
}

/** What is transcoded or wrapped on demand has no size and no hash before (IHE on-demand convention). */
function isGivenAsItIs(form: Form, { format }: NationalDocument): boolean {
  return form === 'source' || (form !== 'structured' && !format.startsWith('cda') && format !== 'fhir')
}

function mediaTypeOf(form: Form, file: NationalDocument, wire: Wire): string {
  if (form === 'image') return `image/${imageKind(file)}`
  if (form === 'pdf') return 'application/pdf'
  return form === 'structured' && wire === 'fhir' ? FHIR_JSON : 'text/xml'
}

function sizeAndHash({ size, hash }: NationalDocument) {
  return { size, ...(hash === '' ? {} : { hash }) }
}

function prescriptionFacts(prescription: NationalPrescription): NonNullable<ListedDocument['prescription']> {
  const { prescriptionId, product, atc, doseForm, strength, substitution, status, crossBorder, dispensations } =
    prescription
  return {
    prescriptionId,
    dispensable: crossBorder && (status === 'open' || status === 'partly-dispensed'),
    ...(dispensations === undefined ? {} : { dispensations: dispensations.map(givenId) }),
    ...(product === undefined ? {} : { product }),
    ...(atc === undefined ? {} : { atc }),
    ...(doseForm === undefined ? {} : { doseForm }),
    ...(strength === undefined ? {} : { strength }),
    ...(substitution === undefined ? {} : { substitution }),
  }
}
