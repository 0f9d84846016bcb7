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
import { CLASSIFICATION_EXTENSION, PACKAGE_TYPE_EXTENSION, PRODUCT_NAME_EXTENSION } from '../tables/urls.ts'

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
  const content = each(material, 'asContent').map((part) => readContent(part, reading, trace))
  const medication: Medication = {
    resourceType: 'Medication',
    extension: [
      ...nullFlavorExtension(material.element),
      ...facts.names.map((name): Extension => ({ url: PRODUCT_NAME_EXTENSION, valueString: name })),
      ...classifications(material, reading, trace),
      ...content.flatMap(({ extension }) => extension),
    ],
    identifier: [...identifiers(product.element, reading), ...identifiers(material.element, reading)],
    code: facts.code,
    form: concept(child(material.element, 'formCode'), reading),
    amount: content.find(({ amount }) => amount !== undefined)?.amount,
    ingredient: each(material, 'ingredient').flatMap((part) => readIngredient(part, reading, trace) ?? []),
    batch: { lotNumber: facts.lotNumber, expirationDate: facts.expiration },
  }
  if (facts.manufacturer !== undefined) medication.manufacturer = { reference: facts.manufacturer }
  medication.code = namedCode(medication, facts)
  return addResource(reading, medication, trace)
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
    const value = concept(child(general?.element, 'code'), reading)
    for (const part of general ? every(general) : []) if (part.element.name !== 'code') keep(part, reading, trace)
    return value === undefined ? [] : [{ url: CLASSIFICATION_EXTENSION, valueCodeableConcept: value }]
  })
}

/** The pack: its form, its name and how much it holds. */
function readContent(
  at: Located,
  reading: Reading,
  trace: Trace,
): { extension: Extension[]; amount?: Medication['amount'] } {
  const container = every(at).find(({ element }) => element.name.startsWith('containerPackaged'))
  const form = concept(child(container?.element, 'formCode'), reading)
  const capacity = child(container?.element, 'capacityQuantity') ?? child(at.element, 'quantity')
  const numerator = quantity(capacity)
  const whole = ratio(capacity) ?? (numerator === undefined ? undefined : { numerator, denominator: { value: 1 } })
  for (const part of container ? every(container) : []) {
    if (part.element.name !== 'formCode' && part.element !== capacity) keepNamed('package', part, reading, trace)
  }
  for (const part of every(at)) {
    if (part.element !== container?.element && part.element !== capacity) keepNamed('package', part, reading, trace)
  }
  return {
    extension: form === undefined ? [] : [{ url: PACKAGE_TYPE_EXTENSION, valueCodeableConcept: form }],
    ...(whole === undefined ? {} : { amount: whole }),
  }
}

function keepNamed(name: string, part: Located, reading: Reading, trace: Trace): void {
  const extra = detail(part.element, reading)
  if (extra !== undefined) trace.details.push({ url: name, extension: [extra] })
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
