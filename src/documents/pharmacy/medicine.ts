/** A Medication (MPD), or a medicine that is only a code, as a pharmacist reads it. Words are those of the document. */
import {
  CLASSIFICATION_EXTENSION,
  PACKAGE_EXTENSION,
  PACKAGE_TYPE_EXTENSION,
  PRODUCT_NAME_EXTENSION,
  SIZE_OF_ITEM_EXTENSION,
  STRENGTH_EXTENSION,
} from '../cda/tables/urls.ts'
import { extensions, type Node, node, nodes, text } from '../fhir/node.ts'
import type { Entry } from '../fhir/references.ts'
import { type Parts, quantityOf, quantityWords, ratioWords, targetOf, wordsOf } from './parts.ts'
import type { CodedWords, Medicine, MedicineIngredient } from './pharmacy.ts'

const ATC = 'http://www.whocc.no/atc'

/** The medicine of a request or dispensation. */
export function medicineOf(parts: Parts, holder: Entry): Medicine {
  const target = targetOf(parts, holder.resource.medicationReference, holder)
  if (target !== undefined) return medicineIn(parts, target)
  const stated =
    wordsOf(holder.resource.medicationCodeableConcept) ?? wordsOf(node(holder.resource.medicationReference)?.display)
  return { ...productOf(stated, undefined), ingredients: [], packaging: [] }
}

function productOf(code: CodedWords | undefined, name: string | undefined): Pick<Medicine, 'product' | 'atc'> {
  if (code?.system === ATC) return { atc: code, ...(name === undefined ? {} : { product: { display: name } }) }
  const product = name === undefined ? code : { ...code, display: name }
  return product === undefined ? {} : { product }
}

function medicineIn(parts: Parts, at: Entry, depth = 0): Medicine {
  const medication = at.resource
  const name = text(extensions(medication, PRODUCT_NAME_EXTENSION)[0]?.valueString)
  const classes = extensions(medication, CLASSIFICATION_EXTENSION).flatMap(
    (one) => wordsOf(one.valueCodeableConcept) ?? [],
  )
  const atc = classes.find(({ system }) => system === ATC)
  const form = wordsOf(medication.form)
  const ingredients = nodes(medication.ingredient).flatMap((one) => ingredientsIn(parts, one, at, depth))
  const active = ingredients.filter(({ strength }) => strength !== undefined)
  const strength =
    text(extensions(medication, STRENGTH_EXTENSION)[0]?.valueString) ??
    (ingredients.length === active.length && active.length > 0
      ? active.map((one) => one.strength).join(' + ')
      : undefined)
  const size =
    quantityOf(node(medication.amount)?.numerator) ??
    quantityOf(extensions(medication, SIZE_OF_ITEM_EXTENSION)[0]?.valueQuantity)
  return {
    ...(atc === undefined ? {} : { atc }),
    ...productOf(wordsOf(medication.code), name),
    ...(form === undefined ? {} : { doseForm: form }),
    ingredients,
    ...(strength === undefined ? {} : { strength }),
    packaging: packagingOf(medication),
    ...(size === undefined ? {} : { packageSize: size }),
  }
}

/** Medicines hold medicines in combined products; deeper than any real one is a loop. */
const DEEPEST = 4

function ingredientsIn(parts: Parts, ingredient: Node, from: Entry, depth: number): MedicineIngredient[] {
  const inner = targetOf(parts, ingredient.itemReference, from)
  if (inner !== undefined) {
    if (inner.resource.resourceType === 'Medication')
      return depth < DEEPEST ? [...medicineIn(parts, inner, depth + 1).ingredients] : []
    const substance = wordsOf(inner.resource.code)
    return substance === undefined ? [] : [ingredientOf(ingredient, substance)]
  }
  const substance = wordsOf(ingredient.itemCodeableConcept) ?? wordsOf(node(ingredient.itemReference)?.display)
  return substance === undefined ? [] : [ingredientOf(ingredient, substance)]
}

function ingredientOf(ingredient: Node, substance: CodedWords): MedicineIngredient {
  const strength = ratioWords(ingredient.strength)
  return { substance, ...(strength === undefined ? {} : { strength }), active: ingredient.isActive !== false }
}

/** `Box: 5 pre-filled syringe`, `pre-filled syringe: 3 mL`: from the outside in. */
function packagingOf(medication: Node): string[] {
  const layers = extensions(medication, PACKAGE_EXTENSION).flatMap((chain) => [...nodes(chain.extension)].reverse())
  if (layers.length > 0) return layers.flatMap((layer) => layerWords(layer) ?? [])
  const form = wordsOf(extensions(medication, PACKAGE_TYPE_EXTENSION)[0]?.valueCodeableConcept)?.display
  const amount = ratioWords(medication.amount)
  const size = quantityWords(extensions(medication, SIZE_OF_ITEM_EXTENSION)[0]?.valueQuantity)
  const outer = [form, amount].filter((one) => one !== undefined).join(': ')
  return [outer, size ?? ''].filter((one) => one !== '')
}

function layerWords(layer: Node): string | undefined {
  const part = (url: string): Node | undefined => extensions(layer, url)[0]
  const form = wordsOf(part('form')?.valueCodeableConcept)?.display ?? text(part('name')?.valueString)
  const held = quantityWords(part('quantity')?.valueQuantity) ?? ratioWords(part('quantity')?.valueRatio)
  const capacity = quantityWords(part('capacity')?.valueQuantity) ?? ratioWords(part('capacity')?.valueRatio)
  const words = [form, held ?? capacity].filter((one) => one !== undefined).join(': ')
  return words === '' ? undefined : words
}
