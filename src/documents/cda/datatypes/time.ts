/**
 * TS and IVL_TS → FHIR dates (V3 data types §1.14, FHIR R4 §2.24.0.1). Precision is kept: 2011 stays 2011. FHIR wants a
 * zone with every time of day; where the source has none the date is kept and the exact source value goes beside it.
 */
import type { Element, Extension, Period } from 'fhir/r4'
import { attribute, child } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { SOURCE_VALUE_EXTENSION } from '../tables/urls.ts'
import { absent, nullFlavorExtension, nullFlavorOf } from './nulls.ts'
import { quantity } from './quantity.ts'

/** A FHIR primitive: its value and the element that carries its extensions (`_field`). */
export interface Moment {
  readonly value?: string
  readonly element?: Element
}

const HL7 = /^(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\.\d+)?(Z|[+-]\d{2}:?(?:\d{2})?)?$/
const ISO = /^(\d{4})-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?(Z|[+-]\d{2}:?(?:\d{2})?)?)?)?$/

/** The FHIR form of a v3 time stamp, and whether it says all that the source says. */
export function fhirTime(stamp: string): { readonly value?: string; readonly exact: boolean } {
  const found = HL7.exec(stamp) ?? ISO.exec(stamp)
  if (found === null) return { exact: false }
  const [, year = '', month, day, hour, minute, second, fraction, zone] = found
  if (year === '0000' || Number(year) > 9999) return { exact: false }
  if (month === undefined || Number(month) < 1 || Number(month) > 12) return { value: year, exact: month === undefined }
  const upToMonth = `${year}-${month}`
  if (day === undefined || Number(day) < 1 || Number(day) > daysIn(Number(year), Number(month))) {
    return { value: upToMonth, exact: day === undefined }
  }
  const date = `${upToMonth}-${day}`
  if (hour === undefined) return { value: date, exact: zone === undefined }
  if (zone === undefined || Number(hour) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 59) {
    return { value: date, exact: false }
  }
  const offset = zone === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.replace(':', '').slice(3, 5).padEnd(2, '0')}`
  return { value: `${date}T${hour}:${minute ?? '00'}:${second ?? '00'}${fraction ?? ''}${offset}`, exact: true }
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** A TS element; undefined when it is absent or says nothing. */
export function moment(element: XmlElement | undefined): Moment | undefined {
  if (element === undefined) return undefined
  const stamp = attribute(element, 'value')?.trim()
  if (stamp === undefined || stamp === '') {
    return nullFlavorOf(element) === undefined ? undefined : { element: { extension: absent(element) } }
  }
  const { value, exact } = fhirTime(stamp)
  const extension: Extension[] = exact ? [] : [{ url: SOURCE_VALUE_EXTENSION, valueString: stamp }]
  extension.push(...nullFlavorExtension(element))
  return {
    ...(value === undefined ? {} : { value }),
    ...(extension.length > 0 ? { element: { extension } } : {}),
  }
}

/** A moment shortened to a date, for fields of FHIR type `date`. */
export function dateOnly(element: XmlElement | undefined): Moment | undefined {
  const found = moment(element)
  if (found?.value === undefined || found.value.length <= 10) return found
  const stamp = attribute(element, 'value') ?? ''
  return {
    value: found.value.slice(0, 10),
    element: { extension: [{ url: SOURCE_VALUE_EXTENSION, valueString: stamp }] },
  }
}

/** For fields that a profile requires: never undefined. */
export function requiredMoment(element: XmlElement | undefined): Moment {
  return moment(element) ?? { element: { extension: absent(element) } }
}

/** An instant needs date, time and zone. */
export function instant(element: XmlElement | undefined): string | undefined {
  const value = moment(element)?.value
  return value?.includes('T') ? value : undefined
}

export interface When {
  readonly moment?: Moment
  readonly period?: Period
}

/** IVL_TS or TS: a moment when only a value is given, a period when bounds are. */
export function when(element: XmlElement | undefined): When {
  if (element === undefined) return {}
  const found = period(element)
  if (found !== undefined) return { period: found }
  const single = moment(element)
  return single === undefined ? {} : { moment: single }
}

/** Bounds of an interval; width and centre, which FHIR periods do not have, stay as source values. */
export function period(element: XmlElement | undefined): Period | undefined {
  if (element === undefined) return undefined
  const low = moment(child(element, 'low'))
  const high = moment(child(element, 'high'))
  const extension = intervalExtras(element)
  if (low === undefined && high === undefined && extension.length === 0) return undefined
  return {
    ...(extension.length > 0 ? { extension } : {}),
    ...(low?.value === undefined ? {} : { start: low.value }),
    ...(low?.element === undefined ? {} : { _start: low.element }),
    ...(high?.value === undefined ? {} : { end: high.value }),
    ...(high?.element === undefined ? {} : { _end: high.element }),
  }
}

/** On a Period: how long it lasts, where the source says that instead of a bound. */
export const INTERVAL_WIDTH = 'urn:tessera:interval-width'

function intervalExtras(element: XmlElement): Extension[] {
  const width = quantity(child(element, 'width'))
  const center = moment(child(element, 'center'))
  return [
    ...(width === undefined ? [] : [{ url: INTERVAL_WIDTH, valueQuantity: width }]),
    ...(center?.value === undefined ? [] : [{ url: 'urn:tessera:interval-center', valueDateTime: center.value }]),
    ...(child(element, 'low') || child(element, 'high') ? nullFlavorExtension(element) : []),
  ]
}
