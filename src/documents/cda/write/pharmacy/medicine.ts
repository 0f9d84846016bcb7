/**
 * Medication → manufacturedProduct with the pharmacy extension (eHDSI 1.3.6.1.4.1.12559.11.10.1.3.1.3.29 and .30,
 * namespace urn:hl7-org:pharm).
 */
import type { CodeableConcept, Medication, MedicationIngredient, Resource } from 'fhir/r4'
import {
  CLASSIFICATION_EXTENSION,
  PART_QUANTITY_EXTENSION,
  PRODUCT_NAME_EXTENSION,
  STRENGTH_EXTENSION,
} from '../../tables/urls.ts'
import { code } from '../datatypes/code.ts'
import { ids } from '../datatypes/identity.ts'
import { extensionValue, nullFlavorIn } from '../datatypes/nulls.ts'
import { quantity, ratio } from '../datatypes/quantity.ts'
import { time } from '../datatypes/time.ts'
import { detailPieces } from '../detail.ts'
import { assemble, element, escaped, type Piece, templateIds } from '../element.ts'
import { organization, text } from '../people.ts'
import { sourceOf } from '../source.ts'
import { isA, resolve, type Writing } from '../writing.ts'
import { packaging } from './packaging.ts'

const ATC = 'http://www.whocc.no/atc'
const PRODUCT = '1.3.6.1.4.1.12559.11.10.1.3.1.3.29'
const MATERIAL = '1.3.6.1.4.1.12559.11.10.1.3.1.3.30'

/** `consumable` or `product` around a medicine: a resource, or a concept alone. `folded` gets the resources it now holds. */
export function medicineIn(
  name: 'consumable' | 'product',
  medicine: { readonly resource?: Resource | undefined; readonly concept?: CodeableConcept | undefined },
  writing: Writing,
  folded: Resource[],
): Piece {
  const { resource, concept } = medicine
  const className = name === 'consumable' ? 'Consumable' : 'Product'
  const product = isA(resource, 'Medication')
    ? productOf(resource, writing, folded)
    : assemble('ManufacturedProduct', 'manufacturedProduct', {}, [conceptMaterial(concept, writing)])
  return assemble(className, name, {}, [product])
}

/** What is taken, when only a code or words say it; nothing at all when there is none. */
function conceptMaterial(concept: CodeableConcept | undefined, writing: Writing): Piece {
  const held = code('code', concept, writing, { type: 'CE' })
  if (held === undefined) return element('manufacturedMaterial', { nullFlavor: 'NA' })
  const named = concept?.text ?? concept?.coding?.find(({ display }) => display !== undefined)?.display
  return assemble('Material', 'manufacturedMaterial', {}, [held, text('name', named)])
}

function productOf(medication: Medication, writing: Writing, folded: Resource[]): Piece {
  folded.push(medication)
  const { details } = sourceOf(medication)
  const maker = resolve(medication.manufacturer, writing, medication)
  const named = medication.manufacturer?.display
  return assemble('ManufacturedProduct', 'manufacturedProduct', {}, [
    ...templateIds(PRODUCT),
    ...ids(medication.identifier, writing),
    assemble('Material', 'manufacturedMaterial', { nullFlavor: nullFlavorIn(medication) }, [
      ...templateIds(MATERIAL),
      ...materialPieces('', medication, writing, folded),
    ]),
    isA(maker, 'Organization')
      ? organization('Organization', 'manufacturerOrganization', maker, writing, folded)
      : (named && assemble('Organization', 'manufacturerOrganization', {}, [text('name', named)])) || undefined,
    ...detailPieces('ManufacturedProduct', details, writing),
  ])
}

/** The elements of a material; of a part of a combined product (`prefix` `pharm:`) all stand in the extension. */
function materialPieces(
  prefix: '' | 'pharm:',
  medication: Medication,
  writing: Writing,
  folded: Resource[],
): (Piece | undefined)[] {
  const extensions = medication.extension ?? []
  const className = prefix === '' ? 'Material' : 'PharmProduct'
  const name = extensionValue(medication, PRODUCT_NAME_EXTENSION)?.valueString
  const strength = extensionValue(medication, STRENGTH_EXTENSION)?.valueString
  return [
    productCode(`${prefix}code`, medication, name, writing),
    text(`${prefix}name`, name),
    strength === undefined ? undefined : element('pharm:desc', {}, escaped(strength)),
    code('pharm:formCode', medication.form, writing, { type: 'CE' }),
    text('lotNumberText', medication.batch?.lotNumber),
    time('pharm:expirationTime', medication.batch?.expirationDate, medication.batch?._expirationDate),
    ...packaging(medication, writing),
    ...extensions.flatMap(({ url, valueCodeableConcept }) =>
      url === CLASSIFICATION_EXTENSION ? [classification(valueCodeableConcept, writing)] : [],
    ),
    ...(medication.ingredient ?? []).map((one) => ingredient(one, medication, writing, folded)),
    ...detailPieces(className, sourceOf(medication).details, writing),
  ]
}

/** The product's own code. Where the reader named the medicine after something else, the source had none. */
function productCode(
  elementName: string,
  medication: Medication,
  name: string | undefined,
  writing: Writing,
): Piece | undefined {
  const { code: held } = medication
  const coded = (held?.coding?.length ?? 0) > 0
  const classes = (medication.extension ?? []).filter(({ url }) => url === CLASSIFICATION_EXTENSION)
  const borrowed = classes.some(
    ({ valueCodeableConcept: one }) => JSON.stringify(one?.coding) === JSON.stringify(held?.coding),
  )
  if (coded && !borrowed) return code(elementName, held, writing, { type: 'CE' })
  const { coding: _, ...words } = held ?? {}
  if (held?.text !== undefined && held.text !== name) return code(elementName, words, writing, { type: 'CE' })
  const flavor = nullFlavorIn(held)
  return flavor === undefined ? undefined : element(elementName, { nullFlavor: flavor })
}

/** ATC class (GRIC) or generic product (GEN). */
function classification(concept: CodeableConcept | undefined, writing: Writing): Piece | undefined {
  if (concept === undefined) return undefined
  const { text: name, ...coded } = concept
  const isAtc = concept.coding?.some(({ system }) => system === ATC) === true
  return assemble('PharmSpecializedKind', 'pharm:asSpecializedKind', { classCode: isAtc ? 'GRIC' : 'GEN' }, [
    assemble('PharmMaterialKind', 'pharm:generalizedMaterialKind', {}, [
      code('pharm:code', coded, writing),
      text('pharm:name', name),
    ]),
  ])
}

/** A substance with its strength, or a medicine inside a combined product. */
function ingredient(
  held: MedicationIngredient,
  medication: Medication,
  writing: Writing,
  folded: Resource[],
): Piece | undefined {
  const inner = resolve(held.itemReference, writing, medication)
  if (isA(inner, 'Medication')) return part(held, inner, writing, folded)
  if (isA(inner, 'Substance')) folded.push(inner)
  const concept = isA(inner, 'Substance') ? inner.code : held.itemCodeableConcept
  const { text: name = held.itemReference?.display, ...coded } = concept ?? {}
  return assemble('PharmIngredient', 'pharm:ingredient', { classCode: kindOf(held) }, [
    ratio('pharm:quantity', held.strength, writing, { nullFlavor: nullFlavorIn(held.strength) }),
    assemble('PharmSubstance', 'pharm:ingredientSubstance', {}, [
      code('pharm:code', coded, writing),
      text('pharm:name', name),
    ]),
  ])
}

/** eHDSI lists active ingredients; one whose strength is given counts as active unless it is said not to be. */
function kindOf({ isActive, strength }: MedicationIngredient): string {
  if (isActive === false) return 'IACT'
  return isActive === true || strength !== undefined ? 'ACTI' : 'INGR'
}

function part(held: MedicationIngredient, inner: Medication, writing: Writing, folded: Resource[]): Piece | undefined {
  if (writing.open.has(inner)) return undefined
  writing.open.add(inner)
  folded.push(inner)
  const count = extensionValue(held, PART_QUANTITY_EXTENSION)?.valueQuantity
  const pieces = materialPieces('pharm:', inner, writing, folded)
  writing.open.delete(inner)
  return assemble('PharmPart', 'pharm:part', {}, [
    quantity('pharm:quantity', count, writing),
    assemble('PharmProduct', 'pharm:partProduct', {}, pieces),
  ])
}
