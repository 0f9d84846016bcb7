/** The packs of a medicine → asContent of the pharmacy extension, the outer packs inside the inner ones. */
import type { CodeableConcept, Extension, Medication, Quantity } from 'fhir/r4'
import { PACKAGE_EXTENSION, PACKAGE_TYPE_EXTENSION, SIZE_OF_ITEM_EXTENSION } from '../../tables/urls.ts'
import { code } from '../datatypes/code.ts'
import { extensionValue } from '../datatypes/nulls.ts'
import { quantity } from '../datatypes/quantity.ts'
import { detailPieces } from '../detail.ts'
import { assemble, type Piece } from '../element.ts'
import { text } from '../people.ts'
import type { Writing } from '../writing.ts'

interface Layer {
  readonly holds?: Quantity | undefined
  readonly capacity?: Quantity | undefined
  readonly form?: CodeableConcept | undefined
  readonly code?: CodeableConcept | undefined
  readonly names: readonly string[]
  readonly details: readonly Extension[]
}

/** One piece for each chain of packs; what the reader kept of the source goes before what FHIR's own fields say. */
export function packaging(medication: Medication, writing: Writing): Piece[] {
  const kept = (medication.extension ?? []).filter(({ url }) => url === PACKAGE_EXTENSION)
  const chains = kept.length > 0 ? kept.map(({ extension = [] }) => extension.map(layerOf)) : [layersOf(medication)]
  return chains.flatMap((chain) => contentOf(chain, 'PharmContent', writing) ?? [])
}

const FIELDS = new Set(['quantity', 'capacity', 'form', 'code', 'name'])

function layerOf({ extension = [] }: Extension): Layer {
  const part = (url: string): Extension | undefined => extension.find((one) => one.url === url)
  // The schema knows no ratio here: what is in one pack is its numerator.
  const amount = (url: string): Quantity | undefined => part(url)?.valueQuantity ?? part(url)?.valueRatio?.numerator
  return {
    holds: amount('quantity'),
    capacity: amount('capacity'),
    form: part('form')?.valueCodeableConcept,
    code: part('code')?.valueCodeableConcept,
    names: extension.flatMap(({ url, valueString }) => (url === 'name' && valueString ? [valueString] : [])),
    details: extension.filter(({ url }) => !FIELDS.has(url)),
  }
}

/** MPD: `amount` says what the package holds; with `sizeofitem`, how many items of that size. */
function layersOf(medication: Medication): Layer[] {
  const size = extensionValue(medication, SIZE_OF_ITEM_EXTENSION)?.valueQuantity
  const form = extensionValue(medication, PACKAGE_TYPE_EXTENSION)?.valueCodeableConcept
  const holds = medication.amount?.numerator
  const bare = { names: [], details: [] }
  if (size !== undefined && holds !== undefined)
    return [
      { holds: size, ...bare },
      { holds, form, ...bare },
    ]
  const only = holds ?? size
  return only === undefined && form === undefined ? [] : [{ holds: only, form, ...bare }]
}

function contentOf(chain: readonly Layer[], className: string, writing: Writing): Piece | undefined {
  const [layer, ...outer] = chain
  if (layer === undefined) return undefined
  const around = contentOf(outer, 'PharmContent1', writing)
  return assemble(className, 'pharm:asContent', {}, [
    quantity('pharm:quantity', layer.holds, writing),
    assemble('PharmPackagedProduct', 'pharm:containerPackagedProduct', {}, [
      code('pharm:code', layer.code, writing),
      ...layer.names.map((name) => text('pharm:name', name)),
      code('pharm:formCode', layer.form, writing),
      quantity('pharm:capacityQuantity', layer.capacity, writing),
      ...detailPieces('PharmPackagedProduct', layer.details, writing),
      around,
    ]),
  ])
}
