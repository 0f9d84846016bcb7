/**
 * Anything that FHIR has no field for, by the shape of its data type alone: a sub-extension named like the element.
 * It lets an element that no mapper expected reach the reader all the same.
 */
import type { Extension, Period, Range } from 'fhir/r4'
import { attribute, child, elements, isElement } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { Reading } from '../reading.ts'
import { NULL_FLAVOR_EXTENSION } from '../tables/urls.ts'
import { concept, referredText } from './code.ts'
import { address, contactPoint, humanName, identifier } from './identity.ts'
import { nullFlavorOf } from './nulls.ts'
import { numberOf, quantity, range, ratio } from './quantity.ts'
import { moment, period } from './time.ts'

/** Elements that only say which form the document follows. */
const FORM = new Set(['templateId', 'typeId', 'realmCode'])
const CODE_PARTS = new Set(['originalText', 'translation', 'qualifier'])
const TIME_NAME = /(?:time|date|phase)$/i

/** The element as a sub-extension, or undefined when it says nothing. */
export function detail(element: XmlElement, reading: Reading): Extension | undefined {
  if (FORM.has(element.name)) return undefined
  const value = simple(element, reading) ?? interval(element)
  if (value !== undefined) return { url: element.name, ...value }
  const inner = elements(element)
  if (inner.length > 0 && !inner.every(({ name }) => name === 'reference' && element.name !== 'externalDocument')) {
    return complex(element, inner, reading)
  }
  const words = referredText(element, reading)
  if (words !== undefined) return { url: element.name, valueString: words }
  const flavor = nullFlavorOf(element)
  return flavor === undefined ? undefined : flavored(element.name, flavor)
}

function flavored(name: string, flavor: string): Extension {
  return { url: name, extension: [{ url: NULL_FLAVOR_EXTENSION, valueCode: flavor.trim() }] }
}

function complex(element: XmlElement, inner: readonly XmlElement[], reading: Reading): Extension | undefined {
  const parts = inner.flatMap((part) => detail(part, reading) ?? [])
  const loose = element.children
    .filter((node) => !isElement(node) && node.trim() !== '')
    .join(' ')
    .trim()
  if (loose !== '') parts.push({ url: 'text', valueString: loose })
  const flavor = nullFlavorOf(element)
  if (flavor !== undefined) parts.push({ url: NULL_FLAVOR_EXTENSION, valueCode: flavor.trim() })
  const negated = attribute(element, 'negationInd')
  if (negated === 'true') parts.push({ url: 'negationInd', valueBoolean: true })
  return parts.length === 0 ? undefined : { url: element.name, extension: parts }
}

function simple(element: XmlElement, reading: Reading): Partial<Extension> | undefined {
  if (element.name === 'id' || attribute(element, 'root') !== undefined) {
    const found = identifier(element, reading)
    return found === undefined ? undefined : { valueIdentifier: found }
  }
  if (element.name === 'addr') return wrap('valueAddress', address(element))
  if (element.name === 'telecom') return wrap('valueContactPoint', contactPoint(element))
  if (element.name === 'name') return named(element)
  if (isCoded(element)) return wrap('valueCodeableConcept', concept(element, reading))
  if (attribute(element, 'unit') !== undefined) return wrap('valueQuantity', quantity(element))
  return literal(element)
}

function named(element: XmlElement): Partial<Extension> | undefined {
  const found = humanName(element)
  if (found === undefined) return undefined
  return found.family === undefined && found.given === undefined && found.text !== undefined
    ? { valueString: found.text }
    : { valueHumanName: found }
}

function isCoded(element: XmlElement): boolean {
  if (attribute(element, 'code') !== undefined || attribute(element, 'codeSystem') !== undefined) return true
  if (attribute(element, 'displayName') !== undefined) return true
  return elements(element).some(({ name }) => CODE_PARTS.has(name))
}

function literal(element: XmlElement): Partial<Extension> | undefined {
  const value = attribute(element, 'value')
  if (value === undefined || element.name === 'reference') return undefined
  if (TIME_NAME.test(element.name) || /^(?:18|19|20)\d{6}(?:\d{2,6})?(?:[.+-]\d+)*$/.test(value)) {
    const found = moment(element)
    return found === undefined ? undefined : { valueDateTime: found.value, _valueDateTime: found.element }
  }
  if (value === 'true' || value === 'false') return { valueBoolean: value === 'true' }
  const number = numberOf(value)
  return number === undefined || String(number) !== value ? { valueString: value } : { valueDecimal: number }
}

/** Bounds: of time when they look like time, of quantity otherwise; or a ratio. */
function interval(
  element: XmlElement,
): { valuePeriod?: Period } | { valueRange?: Range } | Partial<Extension> | undefined {
  const bound = child(element, 'low') ?? child(element, 'high') ?? child(element, 'width') ?? child(element, 'center')
  if (bound !== undefined) {
    return TIME_NAME.test(element.name) || looksLikeTime(bound)
      ? wrap('valuePeriod', period(element))
      : wrap('valueRange', range(element))
  }
  if (child(element, 'numerator') ?? child(element, 'denominator')) return wrap('valueRatio', ratio(element))
  return undefined
}

function looksLikeTime(bound: XmlElement): boolean {
  return attribute(bound, 'unit') === undefined && /^\d{6,}/.test(attribute(bound, 'value') ?? '')
}

function wrap<Key extends keyof Extension>(
  key: Key,
  value: Extension[Key] | undefined,
): Partial<Extension> | undefined {
  return value === undefined ? undefined : { [key]: value }
}
