/** value[x] of any FHIR type → an element that names its v3 type (`xsi:type`). */
import type { CodeableConcept, Element, Identifier, Period, Quantity, Range, Ratio } from 'fhir/r4'
import { element, type Piece } from '../element.ts'
import type { Writing } from '../writing.ts'
import { code, isWord, words } from './code.ts'
import { truth, whole } from './count.ts'
import { idAttributes } from './identity.ts'
import { flavorOfReason, nullFlavorIn } from './nulls.ts'
import { compared, quantity, range, ratio } from './quantity.ts'
import { interval, time } from './time.ts'

/** The fields that Observation, its components, extensions and details share. */
export interface Valued {
  readonly valueQuantity?: Quantity | undefined
  readonly valueCodeableConcept?: CodeableConcept | undefined
  readonly valueString?: string | undefined
  readonly valueBoolean?: boolean | undefined
  readonly valueInteger?: number | undefined
  readonly valueDecimal?: number | undefined
  readonly valueRange?: Range | undefined
  readonly valueRatio?: Ratio | undefined
  readonly valueDateTime?: string | undefined
  readonly _valueDateTime?: Element | undefined
  readonly valueDate?: string | undefined
  readonly valueTime?: string | undefined
  readonly valueCode?: string | undefined
  readonly valueUri?: string | undefined
  readonly valuePeriod?: Period | undefined
  readonly valueIdentifier?: Identifier | undefined
  readonly dataAbsentReason?: CodeableConcept | undefined
}

/** The value, or why there is none; undefined when neither is stated. */
export function value(name: string, held: Valued, writing: Writing): Piece | undefined {
  return (
    measured(name, held, writing) ??
    code(name, held.valueCodeableConcept, writing, { xsiType: 'CD' }) ??
    timed(name, held) ??
    identified(name, held, writing) ??
    spoken(name, held, writing) ??
    absence(name, held, writing)
  )
}

function measured(name: string, held: Valued, writing: Writing): Piece | undefined {
  const { valueQuantity: amount } = held
  const bounds = compared(amount)
  if (bounds !== undefined) {
    const open = amount?.comparator === '<' || amount?.comparator === '>'
    return range(name, bounds, writing, { xsiType: 'IVL_PQ', open })
  }
  return (
    quantity(name, amount, writing, 'PQ') ??
    range(name, held.valueRange, writing, { xsiType: 'IVL_PQ' }) ??
    ratio(name, held.valueRatio, writing, { 'xsi:type': 'RTO_PQ_PQ' })
  )
}

function timed(name: string, held: Valued): Piece | undefined {
  return (
    time(name, held.valueDateTime ?? held.valueDate, held._valueDateTime, 'TS') ??
    interval(name, held.valuePeriod, 'IVL_TS')
  )
}

function identified(name: string, { valueIdentifier: held }: Valued, writing: Writing): Piece | undefined {
  const attributes = held === undefined ? undefined : idAttributes(held, writing)
  return attributes === undefined ? undefined : element(name, { 'xsi:type': 'II', ...attributes })
}

function spoken(name: string, held: Valued, writing: Writing): Piece | undefined {
  const { valueDecimal: decimal } = held
  const counted = truth(name, held.valueBoolean, 'BL') ?? whole(name, held.valueInteger, 'INT')
  if (counted !== undefined) return counted
  if (typeof decimal === 'number') return element(name, { 'xsi:type': 'REAL', value: String(decimal) })
  const text = held.valueString ?? held.valueTime ?? held.valueUri ?? held.valueCode ?? held.valueDateTime
  if (text === undefined || text === '') return undefined
  return element(name, { 'xsi:type': writing.narrative.has(text) ? 'ED' : 'ST' }, words(text, writing))
}

function absence(name: string, { dataAbsentReason: reason }: Valued, writing: Writing): Piece | undefined {
  if (reason === undefined) return undefined
  const stated = reason.coding?.map(({ code: one }) => one).find(isWord)
  const flavor = nullFlavorIn(reason) ?? flavorOfReason(stated) ?? 'UNK'
  const text = reason.text
  return element(name, { 'xsi:type': 'CD', nullFlavor: flavor }, text === undefined ? [] : originalOf(text, writing))
}

function originalOf(text: string, writing: Writing): Piece[] {
  return [element('originalText', {}, words(text, writing))]
}
