/**
 * manufacturedProduct with the pharmacy extension (namespaces urn:hl7-org:pharm and the older
 * urn:epsos-org:ep:medication) → Medication.
 */
import type { CodeableConcept, Extension, Medication, MedicationIngredient } from 'fhir/r4'
import { attribute, child, children, words } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { codeOf, concept } from '../datatypes/code.ts'
import { detail } from '../datatypes/detail.ts'
import { identifiers } from '../datatypes/identity.ts'
import { absent, nullFlavorExtension } from '../datatypes/nulls.ts'
import { quantity, ratio } from '../datatypes/quantity.ts'
import { moment } from '../datatypes/time.ts'
import { readOrganization } from '../header/people.ts'
import { each, every, first, type Located } from '../located.ts'
import { addResource, newTrace, type Reading, type Trace } from '../reading.ts'
import {
  CLASSIFICATION_EXTENSION,
  PART_QUANTITY_EXTENSION,
  PRODUCT_NAME_EXTENSION,
  STRENGTH_EXTENSION,
} from '../tables/urls.ts'
import { readPackaging } from './packaging.ts'

export interface Medicine {
  readonly code: CodeableConcept
  readonly names: readonly string[]
  readonly lotNumber?: string
  readonly expiration?: string
  readonly manufacturer?: string
}

const MATERIAL_FIELDS = new Set([
  'code',
  'name',
  'formCode',
  'ingredient',
  'asContent',
  'asSpecializedKind',
  'part',
  'desc',
  'lotNumberText',
  'expirationTime',
  'id',
  'templateId',
])
const PRODUCT_FIELDS = new Set([
  'manufacturedMaterial',
  'manufacturedLabeledDrug',
  'manufacturerOrganization',
  'id',
  'templateId',
  'marketingAuthorizationHolder',
])

/** The medicine inside `consumable` or `product`, as a Medication resource. */
export function readMedicine(consumable: Located, reading: Reading): string {
  const product = first(consumable, 'manufacturedProduct') ?? consumable
  const material = first(product, 'manufacturedMaterial') ?? first(product, 'manufacturedLabeledDrug') ?? product
  const trace = newTrace(product.path)
  const facts = medicineFacts(product, material, reading, trace)
  const packaging = readPackaging(material, reading)
  const medication: Medication = {
    resourceType: 'Medication',
    extension: [
      ...nullFlavorExtension(material.element),
      ...facts.names.map((name): Extension => ({ url: PRODUCT_NAME_EXTENSION, valueString: name })),
      ...strengthWords(material),
      ...classifications(material, reading, trace),
      ...packaging.extension,
    ],
    identifier: [...identifiers(product.element, reading), ...identifiers(material.element, reading)],
    code: facts.code,
    form: concept(child(material.element, 'formCode'), reading),
    amount: packaging.amount,
    ingredient: [
      ...each(material, 'ingredient').flatMap((part) => readIngredient(part, reading, trace) ?? []),
      ...each(material, 'part').flatMap((part) => readPart(part, reading, trace)),
    ],
    batch: { lotNumber: facts.lotNumber, expirationDate: facts.expiration },
  }
  if (facts.manufacturer !== undefined) medication.manufacturer = { reference: facts.manufacturer }
  medication.code = namedCode(medication, facts)
  return addResource(reading, medication, trace)
}

/** `desc`: the strength of the whole product in words, e.g. `20/10/5 mg` (eHDSI ePrescription). */
function strengthWords(material: Located): Extension[] {
  return each(material, 'desc').flatMap(({ element }) =>
    words(element) === '' ? [] : [{ url: STRENGTH_EXTENSION, valueString: words(element) }],
  )
}

/** What every kind of product states, medicine or vaccine. */
export function medicineFacts(product: Located, material: Located, reading: Reading, trace: Trace): Medicine {
  const names = each(material, 'name').flatMap(({ element }) => (words(element) === '' ? [] : [words(element)]))
  const organization = first(product, 'manufacturerOrganization') ?? first(product, 'marketingAuthorizationHolder')
  const lot = words(child(material.element, 'lotNumberText'))
  const expiration = moment(child(material.element, 'expirationTime'))
  for (const part of every(material)) {
    if (!MATERIAL_FIELDS.has(part.element.name) && part.element !== product.element) keep(part, reading, trace)
  }
  for (const part of product.element === material.element ? [] : every(product)) {
    const second = part.element.name === 'marketingAuthorizationHolder' && part.element !== organization?.element
    if (!PRODUCT_FIELDS.has(part.element.name) || second) keep(part, reading, trace)
  }
  for (const { element } of each(material, 'desc')) if (words(element) === '') keepNull(element, reading, trace)
  if (lot === '') keepNull(child(material.element, 'lotNumberText'), reading, trace)
  for (const { element } of each(material, 'name')) if (words(element) === '') keepNull(element, reading, trace)
  return {
    code: concept(child(material.element, 'code'), reading) ?? {},
    names,
    ...(lot === '' ? {} : { lotNumber: lot }),
    ...(expiration?.value === undefined ? {} : { expiration: expiration.value }),
    ...(organization === undefined ? {} : { manufacturer: readOrganization(organization, reading) }),
  }
}

function keep(part: Located, reading: Reading, trace: Trace): void {
  const extra = detail(part.element, reading)
  if (extra !== undefined) trace.details.push(extra)
}

function keepNull(element: XmlElement | undefined, reading: Reading, trace: Trace): void {
  const extra = element === undefined ? undefined : detail(element, reading)
  if (extra !== undefined) trace.details.push(extra)
}

/** EPS requires a code: without one the product's name, class or ingredients say what the medicine is. */
function namedCode(medication: Medication, facts: Medicine): CodeableConcept {
  const code = facts.code
  if ((code.coding?.length ?? 0) > 0 || code.text !== undefined) return code
  const classified = medication.extension?.find(({ url }) => url === CLASSIFICATION_EXTENSION)?.valueCodeableConcept
  const text =
    facts.names[0] ??
    (medication.ingredient ?? [])
      .map(
        ({ itemCodeableConcept: item }) =>
          item?.text ?? item?.coding?.find(({ display }) => display !== undefined)?.display,
      )
      .filter((word) => word !== undefined)
      .join(' + ')
  if (text !== '') return { ...code, text }
  if (classified !== undefined)
    return { ...code, text: classified.text, coding: classified.coding?.map((coding) => ({ ...coding })) }
  return code.extension === undefined ? { extension: absent() } : code
}

/** Pharmacological class or generic product (ATC). */
function classifications(material: Located, reading: Reading, trace: Trace): Extension[] {
  return each(material, 'asSpecializedKind').flatMap((kind) => {
    const general = every(kind).find(({ element }) => element.name.startsWith('generalized'))
    const coded = concept(child(general?.element, 'code'), reading)
    const name = words(child(general?.element, 'name'))
    // The name of the class is the wording of its code, where the code has no other.
    const named = name !== '' && coded?.text === undefined
    for (const part of general ? every(general) : []) {
      const expressed = part.element.name === 'code' || (part.element.name === 'name' && named)
      if (!expressed) keep(part, reading, trace)
    }
    const value = named ? { ...coded, text: name } : coded
    return value === undefined ? [] : [{ url: CLASSIFICATION_EXTENSION, valueCodeableConcept: value }]
  })
}

function keepNamed(name: string, part: Located, reading: Reading, trace: Trace): void {
  const extra = detail(part.element, reading)
  if (extra !== undefined) trace.details.push({ url: name, extension: [extra] })
}

/** A product inside a combined product (cream and pessary): a medicine of its own, as MPD writes it. */
function readPart(at: Located, reading: Reading, trace: Trace): MedicationIngredient[] {
  const product = first(at, 'partProduct')
  const count = quantity(child(at.element, 'quantity'))
  for (const part of every(at)) {
    if (part.element !== product?.element && part.element.name !== 'quantity') keepNamed('part', part, reading, trace)
  }
  if (product === undefined) return []
  return [
    {
      itemReference: { reference: readMedicine(product, reading) },
      ...(count === undefined ? {} : { extension: [{ url: PART_QUANTITY_EXTENSION, valueQuantity: count }] }),
    },
  ]
}

/** An active ingredient with its strength. */
function readIngredient(at: Located, reading: Reading, trace: Trace): MedicationIngredient | undefined {
  const substance = first(at, 'ingredient') ?? first(at, 'ingredientSubstance') ?? first(at, 'ingredientMaterialKind')
  const name = children(substance?.element, 'name')
    .map(words)
    .filter((text) => text !== '')
    .join(', ')
  const code = concept(child(substance?.element, 'code'), reading)
  const strength = ratio(child(at.element, 'quantity'))
  const nulls = nullFlavorExtension(child(at.element, 'quantity'))
  for (const part of [...every(at), ...(substance ? every(substance) : [])]) {
    if (['quantity', 'code', 'name'].includes(part.element.name) || part.element === substance?.element) continue
    keepNamed('ingredient', part, reading, trace)
  }
  const [text, extra] =
    code?.text === undefined ? [name === '' ? undefined : name, undefined] : [code.text, name === code.text ? '' : name]
  if (extra) trace.details.push({ url: 'ingredient', extension: [{ url: 'name', valueString: extra }] })
  const item = { ...code, ...(text === undefined ? {} : { text }) }
  const said = codeOf(child(substance?.element, 'code')) !== undefined || text !== undefined
  if (!said && strength === undefined && code === undefined) return undefined
  return {
    ...(attribute(at.element, 'classCode') === 'ACTI' ? { isActive: true } : {}),
    itemCodeableConcept: said || code !== undefined ? item : { extension: absent(child(substance?.element, 'code')) },
    ...(strength === undefined ? {} : { strength: nulls.length > 0 ? { ...strength, extension: nulls } : strength }),
  }
}
