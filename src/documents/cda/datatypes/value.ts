/** observation/value of any type (xsi:type) → value[x] of a FHIR Observation. */
import type { Extension, Observation } from 'fhir/r4'
import { attribute, child, elements, words } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { Reading } from '../reading.ts'
import { concept, referredText } from './code.ts'
import { detail } from './detail.ts'
import { absentReason, nullFlavorExtension, nullFlavorOf } from './nulls.ts'
import { quantity, range, ratio } from './quantity.ts'
import { moment, period } from './time.ts'

export type Value = Pick<
  Observation,
  | 'valueQuantity'
  | 'valueCodeableConcept'
  | 'valueString'
  | 'valueBoolean'
  | 'valueInteger'
  | 'valueRange'
  | 'valueRatio'
  | 'valueDateTime'
  | '_valueDateTime'
  | 'valuePeriod'
  | 'dataAbsentReason'
>

export interface ReadValue {
  readonly value: Value
  /** What the type of the value could not express. */
  readonly extras: readonly Extension[]
}

const XSI = 'http://www.w3.org/2001/XMLSchema-instance'

/** The data type a value claims, without prefix; guessed from its attributes when it claims none. */
export function typeOf(element: XmlElement): string {
  const claimed = attribute(element, 'type', XSI) ?? attribute(element, 'type')
  if (claimed !== undefined) return claimed.slice(claimed.indexOf(':') + 1)
  if (attribute(element, 'code') !== undefined || child(element, 'translation')) return 'CD'
  if (attribute(element, 'unit') !== undefined) return 'PQ'
  const value = attribute(element, 'value')
  if (value === 'true' || value === 'false') return 'BL'
  if (value !== undefined) return /^\d{8,}/.test(value) ? 'TS' : 'REAL'
  if (child(element, 'numerator')) return 'RTO'
  if (elements(element).some(({ name }) => name === 'low' || name === 'high')) return 'IVL'
  return nullFlavorOf(element) === undefined ? 'ST' : 'CD'
}

/** Reads a value; undefined when the observation has none. */
export function readValue(element: XmlElement | undefined, reading: Reading): ReadValue | undefined {
  if (element === undefined) return undefined
  const value = typed(typeOf(element), element, reading)
  if (value !== undefined) return { value, extras: [] }
  const flavor = nullFlavorOf(element)
  if (flavor !== undefined) {
    return {
      value: { dataAbsentReason: { coding: [absentCoding(flavor)], extension: nullFlavorExtension(element) } },
      extras: [],
    }
  }
  const rest = detail(element, reading)
  return rest === undefined ? undefined : { value: {}, extras: [rest] }
}

function absentCoding(flavor: string): { system: string; code: string } {
  return { system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: absentReason(flavor) }
}

function typed(type: string, element: XmlElement, reading: Reading): Value | undefined {
  if (/^(?:CD|CE|CV|CS|CO|CR|SC)$/.test(type)) {
    const found = concept(element, reading)
    if (found !== undefined && type === 'SC' && found.text === undefined && words(element)) found.text = words(element)
    return found === undefined ? undefined : { valueCodeableConcept: found }
  }
  if (type === 'PQ' || type === 'REAL' || type === 'MO' || type === 'PPD_PQ') {
    const found = quantity(element)
    return found === undefined || nullOnly(element) ? undefined : { valueQuantity: found }
  }
  if (type === 'INT') return integer(element)
  if (type === 'BL' || type === 'BN') {
    const value = attribute(element, 'value')
    return value === 'true' || value === 'false' ? { valueBoolean: value === 'true' } : undefined
  }
  if (type === 'ST' || type === 'ED') {
    const found = referredText(element, reading) ?? attribute(element, 'value')
    return found === undefined || attribute(element, 'representation') === 'B64' ? undefined : { valueString: found }
  }
  return timed(type, element) ?? spanned(type, element)
}

function nullOnly(element: XmlElement): boolean {
  return attribute(element, 'value') === undefined && nullFlavorOf(element) !== undefined
}

function integer(element: XmlElement): Value | undefined {
  const value = attribute(element, 'value')?.trim()
  if (value === undefined) return undefined
  const number = Number(value)
  if (/^[+-]?\d+$/.test(value) && Math.abs(number) <= 2_147_483_647) return { valueInteger: number }
  const found = quantity(element)
  return found === undefined ? undefined : { valueQuantity: found }
}

function timed(type: string, element: XmlElement): Value | undefined {
  if (type === 'TS' || (type === 'IVL_TS' && attribute(element, 'value') !== undefined)) {
    const found = moment(element)
    return found === undefined || nullFlavorOf(element) !== undefined
      ? undefined
      : { valueDateTime: found.value, _valueDateTime: found.element }
  }
  if (type !== 'IVL_TS') return undefined
  const found = period(element)
  return found === undefined ? undefined : { valuePeriod: found }
}

function spanned(type: string, element: XmlElement): Value | undefined {
  if (type.startsWith('IVL')) {
    const found = range(element)
    return found === undefined ? undefined : { valueRange: found }
  }
  if (type.startsWith('RTO')) {
    const found = ratio(element)
    return found === undefined ? undefined : { valueRatio: found }
  }
  return undefined
}
