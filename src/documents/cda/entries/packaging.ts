/**
 * The packs of a medicine (asContent of the pharmacy extension), from the innermost to the outermost: what each holds, its
 * form, code and name. In v3 the pack that stands inside another's description is the one around it.
 */
import type { CodeableConcept, Extension, Medication, Quantity, Ratio } from 'fhir/r4'
import { child, words } from '#platform/xml/access.ts'
import { concept } from '../datatypes/code.ts'
import { detail } from '../datatypes/detail.ts'
import { quantity, ratio } from '../datatypes/quantity.ts'
import { each, every, first, type Located } from '../located.ts'
import type { Reading } from '../reading.ts'
import { PACKAGE_EXTENSION, PACKAGE_TYPE_EXTENSION, SIZE_OF_ITEM_EXTENSION } from '../tables/urls.ts'

export interface Packaging {
  readonly extension: readonly Extension[]
  readonly amount?: Medication['amount']
}

interface Layer {
  readonly extension: Extension
  readonly form?: CodeableConcept
  readonly holds?: Quantity | Ratio
}

/**
 * Every pack as an extension with all it says; beside it what MPD has fields for: type of pack, how many items the outer
 * pack holds (`amount`), and how much is in one item (`sizeofitem`) when a pack stands in a pack.
 */
export function readPackaging(material: Located, reading: Reading): Packaging {
  const chains = each(material, 'asContent').map((content) => chainOf(content, reading))
  const [main = []] = chains
  const [inner] = main
  const outer = main.at(-1)
  const form = outer?.form ?? inner?.form
  const size = inner !== outer && isQuantity(inner?.holds) ? inner.holds : undefined
  return {
    extension: [
      ...(form === undefined ? [] : [{ url: PACKAGE_TYPE_EXTENSION, valueCodeableConcept: form }]),
      ...(size === undefined ? [] : [{ url: SIZE_OF_ITEM_EXTENSION, valueQuantity: size }]),
      ...chains.map(
        (chain): Extension => ({ url: PACKAGE_EXTENSION, extension: chain.map((layer) => layer.extension) }),
      ),
    ],
    ...(outer?.holds === undefined ? {} : { amount: amountOf(outer.holds) }),
  }
}

function isQuantity(held: Quantity | Ratio | undefined): held is Quantity {
  return held !== undefined && !('numerator' in held)
}

function amountOf(held: Quantity | Ratio): Ratio {
  return isQuantity(held) ? { numerator: held, denominator: { value: 1 } } : held
}

/** Outer packs are written inside the inner ones, as deep as the document goes. */
function chainOf(content: Located, reading: Reading): Layer[] {
  const layers: Layer[] = []
  let at: Located | undefined = content
  while (at !== undefined) {
    const container: Located | undefined = containerIn(at)
    layers.push(layerOf(at, container, reading))
    at = first(container, 'asContent')
  }
  return layers
}

function containerIn(content: Located): Located | undefined {
  return every(content).find(({ element }) => element.name.startsWith('containerPackaged'))
}

const FIELDS = new Set(['quantity', 'capacityQuantity', 'code', 'name', 'formCode', 'templateId'])

function layerOf(content: Located, container: Located | undefined, reading: Reading): Layer {
  const stated = child(content.element, 'quantity')
  const capacity = child(container?.element, 'capacityQuantity')
  const form = concept(child(container?.element, 'formCode'), reading)
  const code = concept(child(container?.element, 'code'), reading)
  const names = each(container, 'name').flatMap(({ element }) => (words(element) === '' ? [] : [words(element)]))
  const extension: Extension[] = [
    ...[stated, capacity].flatMap((element) => {
      if (element === undefined) return []
      const found = ratio(element) ?? quantity(element)
      if (found === undefined) return []
      const url = element === stated ? 'quantity' : 'capacity'
      return [isQuantity(found) ? { url, valueQuantity: found } : { url, valueRatio: found }]
    }),
    ...(form === undefined ? [] : [{ url: 'form', valueCodeableConcept: form }]),
    ...(code === undefined ? [] : [{ url: 'code', valueCodeableConcept: code }]),
    ...names.map((name): Extension => ({ url: 'name', valueString: name })),
    ...restOf(content, container, reading),
  ]
  const holds = ratio(stated) ?? quantity(stated) ?? ratio(capacity) ?? quantity(capacity)
  return {
    extension: { url: 'layer', extension },
    ...(form === undefined ? {} : { form }),
    ...(holds === undefined ? {} : { holds }),
  }
}

/** What a layer says beyond the usual: caps, descriptions, further packs around it, empty names with their reason. */
function restOf(content: Located, container: Located | undefined, reading: Reading): Extension[] {
  const around = first(container, 'asContent')
  const parts = [
    ...every(content).filter(({ element }) => element !== container?.element),
    ...(container === undefined ? [] : every(container)),
  ]
  return parts.flatMap(({ element }) => {
    const silentName = element.name === 'name' && words(element) === ''
    if (element === around?.element || (FIELDS.has(element.name) && !silentName)) return []
    const kept = detail(element, reading)
    return kept === undefined ? [] : [kept]
  })
}
