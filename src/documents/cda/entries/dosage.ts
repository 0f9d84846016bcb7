/** How a medicine is taken: effectiveTime (IVL, PIVL, EIVL, SXPR), dose, rate and route → Dosage. */
import type { Dosage, Extension, Timing, TimingRepeat } from 'fhir/r4'
import { attribute, child, children, elements } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { codeOf, concept } from '../datatypes/code.ts'
import { detail } from '../datatypes/detail.ts'
import { nullFlavorExtension, nullFlavorOf } from '../datatypes/nulls.ts'
import { numberOf, quantity, quantityOrRange, ratio } from '../datatypes/quantity.ts'
import { typeOf } from '../datatypes/value.ts'
import type { Located } from '../located.ts'
import type { Reading, Trace } from '../reading.ts'
import { original, structural } from '../statement.ts'
import { INSTITUTION_SPECIFIED_EXTENSION } from '../tables/urls.ts'

export const DOSAGE_FIELDS = [
  'effectiveTime',
  'priorityCode',
  'routeCode',
  'approachSiteCode',
  'doseQuantity',
  'rateQuantity',
  'maxDoseQuantity',
] as const

const PERIOD_UNITS: Readonly<Record<string, TimingRepeat['periodUnit']>> = {
  s: 's',
  min: 'min',
  h: 'h',
  d: 'd',
  wk: 'wk',
  mo: 'mo',
  a: 'a',
}

/** v3 TimingEvent codes that FHIR has under the same name. */
const EVENTS: Readonly<Record<string, NonNullable<TimingRepeat['when']>[number]>> = {
  HS: 'HS',
  WAKE: 'WAKE',
  C: 'C',
  CM: 'CM',
  CD: 'CD',
  CV: 'CV',
  AC: 'AC',
  ACM: 'ACM',
  ACD: 'ACD',
  ACV: 'ACV',
  PC: 'PC',
  PCM: 'PCM',
  PCD: 'PCD',
  PCV: 'PCV',
}

/** effectiveTime elements by what they say: over which time, and how often. */
export interface Times {
  /** IVL_TS or TS: from when to when. */
  readonly interval?: XmlElement
  /** PIVL, EIVL and others: at what times of day, how often. */
  readonly frequencies: readonly XmlElement[]
  readonly more: readonly XmlElement[]
}

export function timesOf(at: Located): Times {
  const all = children(at.element, 'effectiveTime').flatMap(parts)
  const frequencies = all.filter((element, index) => isFrequency(element) || (index > 0 && isBare(element)))
  const intervals = all.filter((element) => !frequencies.includes(element))
  // Of several, the one that says something; an empty one before it only keeps its place.
  const interval = intervals.find(tells) ?? intervals[0]
  const more = intervals.filter((element) => element !== interval)
  return { ...(interval === undefined ? {} : { interval }), frequencies, more }
}

function isFrequency(element: XmlElement): boolean {
  return (
    /^(?:PIVL|EIVL)/.test(typeOf(element)) ||
    child(element, 'period') !== undefined ||
    child(element, 'event') !== undefined
  )
}

/** The second effectiveTime is the rhythm (eHDSI); one without type that gives only a reason says that none is known. */
function isBare(element: XmlElement): boolean {
  return nullFlavorOf(element) !== undefined && element.attributes.length === 1 && element.children.length === 0
}

function tells(interval: XmlElement): boolean {
  return [interval, child(interval, 'low'), child(interval, 'high')].some(
    (part) => attribute(part, 'value') !== undefined,
  )
}

/** SXPR_TS is a set of times in parentheses. */
function parts(element: XmlElement): XmlElement[] {
  const inner = children(element, 'comp')
  return inner.length > 0 ? inner.flatMap(parts) : [element]
}

/** The dosages of one administration; more than one when several rhythms are given. */
export function readDosages(at: Located, reading: Reading, trace: Trace): Dosage[] {
  const { frequencies, more } = timesOf(at)
  const base: Dosage = {
    asNeededBoolean: asNeeded(at, reading, trace),
    route: concept(child(at.element, 'routeCode'), reading),
    site: concept(child(at.element, 'approachSiteCode'), reading),
    doseAndRate: doseAndRate(at.element),
    maxDosePerPeriod: ratio(child(at.element, 'maxDoseQuantity')),
  }
  for (const extra of [...children(at.element, 'approachSiteCode').slice(1), ...more]) {
    const kept = detail(extra, reading)
    if (kept !== undefined) trace.details.push(kept)
  }
  const timings = timingsOf(frequencies, reading, trace)
  const dosages =
    timings.length === 0
      ? [base]
      : timings.map((timing, index) => (index === 0 ? { ...base, timing } : { ...structuredClone(base), timing }))
  return dosages.filter((dosage) =>
    Object.values(dosage).some((value) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  )
}

/** v3 ActPriority `PRN`: as needed. Another priority is kept as it is. */
function asNeeded(at: Located, reading: Reading, trace: Trace): boolean | undefined {
  const priority = child(at.element, 'priorityCode')
  if (codeOf(priority) === 'PRN') {
    structural(trace, priority, reading)
    return true
  }
  const kept = priority === undefined ? undefined : detail(priority, reading)
  if (kept !== undefined) trace.details.push(kept)
  return undefined
}

function doseAndRate(element: XmlElement): Dosage['doseAndRate'] {
  const dose = quantityOrRange(child(element, 'doseQuantity'))
  const rate = quantityOrRange(child(element, 'rateQuantity'))
  const found = {
    ...(dose.quantity === undefined ? {} : { doseQuantity: dose.quantity }),
    ...(dose.range === undefined ? {} : { doseRange: dose.range }),
    ...(rate.quantity === undefined ? {} : { rateQuantity: rate.quantity }),
    ...(rate.range === undefined ? {} : { rateRange: rate.range }),
  }
  return Object.keys(found).length === 0 ? [] : [found]
}

/** A rhythm (PIVL) and events of the day (EIVL) make one timing; further rhythms make further ones. */
function timingsOf(frequencies: readonly XmlElement[], reading: Reading, trace: Trace): Timing[] {
  const events = frequencies.filter((element) => child(element, 'event'))
  const rhythms = frequencies.filter((element) => !child(element, 'event'))
  const timings = rhythms.flatMap((element) => rhythm(element, reading, trace) ?? [])
  if (events.length === 0) return timings
  const [head, ...rest] = timings
  return [withEvents(head ?? {}, events, reading, trace), ...rest]
}

function rhythm(element: XmlElement, reading: Reading, trace: Trace): Timing | undefined {
  const stated = child(element, 'period')
  const value = numberOf(attribute(stated, 'value'))
  const unit = PERIOD_UNITS[attribute(stated, 'unit')?.trim() ?? '']
  const specified = attribute(element, 'institutionSpecified')
  const extension: Extension[] = nullFlavorOf(element) ? nullFlavorExtension(element) : []
  if (specified === 'true') extension.push({ url: INSTITUTION_SPECIFIED_EXTENSION, valueBoolean: true })
  const known = value !== undefined && unit !== undefined
  if (!known && stated !== undefined) extension.push(...periodExtension(stated))
  for (const part of elements(element)) {
    const extra = part.name === 'period' ? undefined : detail(part, reading)
    if (extra !== undefined) trace.details.push({ url: 'timing', extension: [extra] })
  }
  if (!known && extension.length === 0) return undefined
  return {
    ...(extension.length > 0 ? { extension } : {}),
    ...(known ? { repeat: { frequency: 1, period: value, periodUnit: unit } } : {}),
  }
}

/** A period that FHIR cannot count in (no value, or a unit of its own). */
function periodExtension(stated: XmlElement): Extension[] {
  const found = quantity(stated)
  return found === undefined ? [] : [{ url: 'urn:tessera:period', valueQuantity: found }]
}

function withEvents(timing: Timing, events: readonly XmlElement[], reading: Reading, trace: Trace): Timing {
  const when: NonNullable<TimingRepeat['when']> = []
  const elementsOfWhen: NonNullable<TimingRepeat['_when']> = []
  let code = timing.code
  for (const element of events) {
    const event = child(element, 'event')
    const value = concept(event, reading)
    const known = EVENTS[codeOf(event) ?? '']
    if (known !== undefined) {
      when.push(known)
      elementsOfWhen.push(original(value) ?? {})
    } else if (value !== undefined && code === undefined) code = value
    else if (value !== undefined) trace.details.push({ url: 'event', valueCodeableConcept: value })
    for (const part of elements(element)) {
      const extra = part.name === 'event' ? undefined : detail(part, reading)
      if (extra !== undefined) trace.details.push({ url: 'timing', extension: [extra] })
    }
  }
  return {
    ...timing,
    ...(code === undefined ? {} : { code }),
    ...(when.length === 0 ? {} : { repeat: { ...timing.repeat, when, _when: elementsOfWhen } }),
  }
}
