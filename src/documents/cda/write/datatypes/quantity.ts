/** Quantity, Range, Ratio → PQ, IVL_PQ, RTO (V3 data types §1.12). Units of CDA are UCUM; other units are translations. */
import type { Quantity, Range, Ratio } from 'fhir/r4'
import {
  ORIGINAL_TEXT_EXTENSION,
  PQ_TRANSLATION_EXTENSION,
  PRECISION_EXTENSION,
  SOURCE_VALUE_EXTENSION,
  UCUM,
} from '../../tables/urls.ts'
import { type Attributes, element, escaped, type Piece } from '../element.ts'
import { fits } from '../schema/simple-types.ts'
import type { Writing } from '../writing.ts'
import { codingAttributes, isWord } from './code.ts'
import { extensionValue, nullFlavorIn } from './nulls.ts'

/** The digits of a decimal, as many as the source had. */
export function digits(held: Pick<Quantity, 'value' | '_value'>): string | undefined {
  const { value, _value: beside } = held
  const literal = extensionValue(beside, SOURCE_VALUE_EXTENSION)?.valueString
  if (literal !== undefined && fits('real', literal)) return literal
  if (value === undefined || !Number.isFinite(value)) return undefined
  const precision = extensionValue(beside, PRECISION_EXTENSION)?.valueInteger
  return precision === undefined || precision < 0 || precision > 100 ? plain(value) : value.toFixed(precision)
}

function plain(value: number): string {
  return String(value)
}

/** A quantity; undefined when it says nothing. Without `writing`, units of other systems cannot be written. */
export function quantity(
  name: string,
  held: Quantity | undefined,
  writing?: Writing,
  xsiType?: string,
): Piece | undefined {
  if (held === undefined) return undefined
  const value = digits(held)
  const unit = unitOf(held)
  const flavor = value === undefined ? (nullFlavorIn(held) ?? nullFlavorIn(held._value)) : undefined
  const translations = writing === undefined ? [] : translationsOf(held, value, unit, writing)
  if (value === undefined && unit === undefined && flavor === undefined && translations.length === 0) return undefined
  return element(name, { 'xsi:type': xsiType, nullFlavor: flavor, value, unit }, translations)
}

/** The UCUM unit, or a unit of one word that came without a system. */
function unitOf(held: Quantity): string | undefined {
  if (held.system === UCUM && isWord(held.code)) return held.code
  return held.system === undefined && isWord(held.unit) ? held.unit : undefined
}

function translationsOf(
  held: Quantity,
  value: string | undefined,
  unit: string | undefined,
  writing: Writing,
): Piece[] {
  const kept = (held.extension ?? []).flatMap(({ url, valueQuantity }) =>
    url === PQ_TRANSLATION_EXTENSION && valueQuantity !== undefined ? [translation(valueQuantity, writing)] : [],
  )
  const coded = held.system !== undefined && held.system !== UCUM && held.code !== undefined
  const named = held.unit !== undefined && held.unit !== unit
  // The schema takes a unit of one word: others are words of a translation.
  const spaced = held.code !== undefined && !isWord(held.code)
  if (!coded && !named && !spaced) return kept
  const own: Quantity = {
    ...(coded && !spaced ? held : {}),
    ...(held.unit === undefined ? {} : { unit: held.unit }),
    ...(held.value === undefined ? {} : { value: held.value }),
    ...(spaced ? { extension: [{ url: ORIGINAL_TEXT_EXTENSION, valueString: held.code ?? '' }] } : {}),
  }
  return [translation(own, writing, value), ...kept]
}

/** PQR: the unit as a code of any system, or as words. */
function translation(held: Quantity, writing: Writing, stated = digits(held)): Piece {
  const original = (held.extension ?? []).filter(({ url }) => url === ORIGINAL_TEXT_EXTENSION)
  const text = original.map(({ valueString }) => valueString ?? '').find((words) => words !== '')
  const coding = {
    ...(held.code === undefined ? {} : { code: held.code }),
    ...(held.system === undefined ? {} : { system: held.system }),
    ...(held.unit === undefined || held.unit === held.code ? {} : { display: held.unit }),
  }
  const inner = text === undefined ? '' : element('originalText', {}, escaped(text)).xml
  return element('translation', { ...codingAttributes(coding, writing), value: stated }, inner)
}

/** A quantity with a comparator is an interval with one bound: `< 5` is everything below 5. */
export function compared(held: Quantity | undefined): Range | undefined {
  const { comparator, ...bare } = held ?? {}
  if (comparator === undefined) return undefined
  return comparator.startsWith('<') ? { high: bare } : { low: bare }
}

export function range(
  name: string,
  held: Range | undefined,
  writing: Writing,
  options: RangeOptions = {},
): Piece | undefined {
  const low = quantity('low', held?.low, writing)
  const high = quantity('high', held?.high, writing)
  if (low === undefined && high === undefined) return undefined
  const bound = (piece: Piece | undefined): Piece[] => (piece === undefined ? [] : [open(piece, options.open)])
  return element(name, { 'xsi:type': options.xsiType }, [...bound(low), ...bound(high)])
}

export interface RangeOptions {
  readonly xsiType?: string
  /** The bound itself does not belong to the interval. */
  readonly open?: boolean
}

function open(bound: Piece, isOpen: boolean | undefined): Piece {
  if (isOpen !== true) return bound
  return { name: bound.name, xml: bound.xml.replace(`<${bound.name}`, `<${bound.name} inclusive="false"`) }
}

export function ratio(
  name: string,
  held: Ratio | undefined,
  writing: Writing,
  attributes: Attributes = {},
): Piece | undefined {
  const numerator = quantity('numerator', held?.numerator, writing, 'PQ')
  const denominator = quantity('denominator', held?.denominator, writing, 'PQ')
  if (numerator === undefined && denominator === undefined) return undefined
  return element(name, attributes, [
    numerator ?? element('numerator', { 'xsi:type': 'PQ', nullFlavor: 'UNK' }),
    denominator ?? element('denominator', { 'xsi:type': 'PQ', nullFlavor: 'UNK' }),
  ])
}
