/** PQ, REAL, INT, IVL_PQ, RTO → Quantity, Range, Ratio (V3 data types §1.12, FHIR R4 §2.24.0.6). Units of CDA are UCUM. */
import type { Extension, Quantity, Range, Ratio } from 'fhir/r4'
import { attribute, child, children, elements, words } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import {
  ORIGINAL_TEXT_EXTENSION,
  PQ_TRANSLATION_EXTENSION,
  PRECISION_EXTENSION,
  SOURCE_VALUE_EXTENSION,
  UCUM,
} from '../tables/urls.ts'
import { absent, nullFlavorExtension } from './nulls.ts'

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/
/** Characters that a UCUM unit may have; words in a national language are shown but not called UCUM. */
const UCUM_UNIT = /^[!-~]+$/

/** A number as the source writes it; undefined when it is none (a decimal comma is never guessed at). */
export function numberOf(value: string | undefined): number | undefined {
  const trimmed = value?.trim()
  if (trimmed === undefined || !NUMBER.test(trimmed)) return undefined
  const found = Number(trimmed)
  return Number.isFinite(found) ? found : undefined
}

export function quantity(element: XmlElement | undefined): Quantity | undefined {
  if (element === undefined) return undefined
  const stated = attribute(element, 'value')?.trim()
  const unit = attribute(element, 'unit')?.trim()
  const value = numberOf(stated)
  const extension: Extension[] = value === undefined ? nullFlavorExtension(element) : []
  if (stated !== undefined && stated !== '' && value === undefined) {
    extension.push({ url: SOURCE_VALUE_EXTENSION, valueString: stated })
  }
  for (const translation of children(element, 'translation')) {
    const translated = translatedQuantity(translation)
    if (translated !== undefined) extension.push({ url: PQ_TRANSLATION_EXTENSION, valueQuantity: translated })
  }
  if (value === undefined && unit === undefined && extension.length === 0) return undefined
  return {
    ...(extension.length > 0 ? { extension } : {}),
    ...(value === undefined ? {} : written(value, stated ?? '')),
    ...(unit ? { unit } : {}),
    ...(unit && UCUM_UNIT.test(unit) ? { system: UCUM, code: unit } : {}),
  }
}

/** The precision of a decimal is significant (FHIR R4 §2.24.0.1): 5.50 is not 5.5, which a JSON number cannot say. */
function written(value: number, literal: string): { value: number; _value?: { extension: Extension[] } } {
  const digits = /^[+-]?\d*\.(\d+)$/.exec(literal)?.[1]?.length ?? 0
  const shown = /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0
  if (digits <= shown || digits > 20) return { value }
  return { value, _value: { extension: [{ url: PRECISION_EXTENSION, valueInteger: digits }] } }
}

/** PQ translations (PQR) give the unit as a code of any system. */
function translatedQuantity(element: XmlElement): Quantity | undefined {
  const value = numberOf(attribute(element, 'value'))
  const text = words(child(element, 'originalText'))
  const code = attribute(element, 'code')
  const system = attribute(element, 'codeSystem')
  const unit = attribute(element, 'displayName') ?? (text || code)
  const bare = code !== undefined && !system && code !== unit ? code : ''
  if (value === undefined && !unit) return undefined
  return {
    extension: [text === unit ? '' : text, bare].flatMap((words) =>
      words === '' ? [] : [{ url: ORIGINAL_TEXT_EXTENSION, valueString: words }],
    ),
    ...(value === undefined ? {} : { value }),
    ...(unit ? { unit } : {}),
    ...(code && system ? { code, system: `urn:oid:${system}` } : {}),
  }
}

export function range(element: XmlElement | undefined): Range | undefined {
  const low = quantity(child(element, 'low'))
  const high = quantity(child(element, 'high'))
  if (low === undefined && high === undefined) return undefined
  return { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) }
}

export function ratio(element: XmlElement | undefined): Ratio | undefined {
  const numerator = quantity(child(element, 'numerator'))
  const denominator = quantity(child(element, 'denominator'))
  if (element === undefined || (numerator === undefined && denominator === undefined)) return undefined
  // FHIR rat-1: one never stands without the other.
  return { numerator: numerator ?? { extension: absent() }, denominator: denominator ?? { extension: absent() } }
}

/** A single quantity, or bounds, whichever the element holds. */
export function quantityOrRange(element: XmlElement | undefined): {
  readonly quantity?: Quantity
  readonly range?: Range
} {
  if (element === undefined) return {}
  if (elements(element).some(({ name }) => name === 'low' || name === 'high')) {
    const found = range(element)
    return found === undefined ? {} : { range: found }
  }
  const single = quantity(child(element, 'center') ?? element)
  return single === undefined ? {} : { quantity: single }
}
