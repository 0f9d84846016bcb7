/** FHIR dates → TS and IVL_TS (V3 data types §1.14). The precision and the zone of the source stay. */
import type { Element, Period } from 'fhir/r4'
import { SOURCE_VALUE_EXTENSION } from '../../tables/urls.ts'
import { element, type Piece } from '../element.ts'
import { fits } from '../schema/simple-types.ts'
import { type Extended, extensionValue, nullFlavorIn } from './nulls.ts'
import { quantity } from './quantity.ts'

const FHIR = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/

/** The v3 form of a FHIR date, dateTime or instant; undefined when it is none. */
export function stampOf(value: string): string | undefined {
  const found = FHIR.exec(value.trim())
  if (found === null) return undefined
  const [, year, month = '', day = '', hour = '', minute = '', second, fraction = '', zone = ''] = found
  const seconds = second ?? (hour === '' ? '' : '00')
  const offset = zone === 'Z' ? '+0000' : zone.replace(':', '')
  return `${year}${month}${day}${hour}${minute}${seconds}${fraction}${offset}`
}

/** `value` or `nullFlavor` of a TS; what the source wrote literally goes before what FHIR could take of it. */
export function timeAttributes(value: string | undefined, beside: Element | undefined): Record<string, string> {
  const literal = extensionValue(beside, SOURCE_VALUE_EXTENSION)?.valueString
  const stamp =
    literal !== undefined && fits('ts', literal) ? literal : value === undefined ? undefined : stampOf(value)
  if (stamp !== undefined && fits('ts', stamp)) return { value: stamp }
  const flavor = nullFlavorIn(beside)
  return flavor === undefined ? {} : { nullFlavor: flavor }
}

/** A moment; undefined when neither a value nor a reason for its absence is there. */
export function time(name: string, value: string | undefined, beside?: Element, xsiType?: string): Piece | undefined {
  const attributes = timeAttributes(value, beside)
  if (Object.keys(attributes).length === 0) return undefined
  return element(name, { 'xsi:type': xsiType, ...attributes })
}

/** A period. Width and centre, which FHIR periods do not have, come back from where the reader put them. */
export function interval(name: string, period: Period | undefined, xsiType?: string): Piece | undefined {
  if (period === undefined) return undefined
  const low = time('low', period.start, period._start)
  const high = time('high', period.end, period._end)
  const width = quantity('width', extensionValue(period, 'urn:tessera:interval-width')?.valueQuantity)
  const center = time('center', extensionValue(period, 'urn:tessera:interval-center')?.valueDateTime)
  const bounds = [low, high].filter((piece) => piece !== undefined)
  const others = high === undefined && width !== undefined ? [width] : []
  const inner = bounds.length === 0 && center !== undefined ? [center, ...others] : [...bounds, ...others]
  const flavor = nullFlavorIn(period)
  if (inner.length === 0 && flavor === undefined) return undefined
  return element(name, { 'xsi:type': xsiType, nullFlavor: flavor }, inner)
}

export interface Timed {
  readonly moment?: string | undefined
  readonly beside?: Extended | undefined
  readonly period?: Period | undefined
}

/** `effectiveTime` from the fields `xDateTime` and `xPeriod` of a resource. A moment needs no type anywhere. */
export function when(name: string, { moment, beside, period }: Timed, xsiType?: string): Piece | undefined {
  return interval(name, period, xsiType) ?? time(name, moment, beside as Element | undefined)
}
