/**
 * Dosage → effectiveTime (rhythms and events of the day), route, site, dose, rate and greatest dose of an administration.
 * A timing that v3 cannot say exactly is not said at all: it stays a fact beside the statement, with the words of the author.
 */
import type { CodeableConcept, Dosage, Extension, Quantity, Timing, TimingRepeat } from 'fhir/r4'
import { INSTITUTION_SPECIFIED_EXTENSION, NULL_FLAVOR_EXTENSION, ORIGINAL_EXTENSION } from '../../tables/urls.ts'
import { code, words } from '../datatypes/code.ts'
import { extensionValue, nullFlavorIn } from '../datatypes/nulls.ts'
import { quantity, range, ratio } from '../datatypes/quantity.ts'
import { interval } from '../datatypes/time.ts'
import { type Attributes, assemble, element, type Piece } from '../element.ts'
import type { Writing } from '../writing.ts'

/** Codes of v3 TimingEvent in the schema of CDA R2. */
const EVENTS = new Set('AC ACD ACM ACV HS IC ICD ICM ICV PC PCD PCM PCV CM CD CV'.split(' '))
const TIMING_EVENT = '2.16.840.1.113883.5.139'

/** The elements that one dosage is; `details`: what the reader kept of the rhythm. */
export function dosagePieces(
  dosage: Dosage,
  writing: Writing,
  details: readonly Extension[] = [],
): (Piece | undefined)[] {
  const [first] = dosage.doseAndRate ?? []
  return [
    ...timingPieces(dosage.timing, details),
    dosage.asNeededBoolean === true
      ? element('priorityCode', { code: 'PRN', codeSystem: '2.16.840.1.113883.5.7', displayName: 'as needed' })
      : undefined,
    code('routeCode', dosage.route, writing, { type: 'CE' }),
    code('approachSiteCode', dosage.site, writing),
    quantity('doseQuantity', first?.doseQuantity, writing) ?? range('doseQuantity', first?.doseRange, writing),
    quantity('rateQuantity', first?.rateQuantity, writing) ?? range('rateQuantity', first?.rateRange, writing),
    ratio('maxDoseQuantity', dosage.maxDosePerPeriod, writing),
    asNeededFor(dosage, writing),
  ]
}

/** Taken only in certain cases: a precondition, as the reader understands it. */
function asNeededFor({ asNeededCodeableConcept: reason }: Dosage, writing: Writing): Piece | undefined {
  if (reason === undefined) return undefined
  const { text, ...coded } = reason
  const held = code('code', coded, writing)
  return assemble('Precondition', 'precondition', {}, [
    assemble('Criterion', 'criterion', {}, [
      held,
      text === undefined ? undefined : element('text', {}, words(text, writing)),
    ]),
  ])
}

/** Fields of a timing that its pieces say in another form, for the list of what has to be found literally. */
export function timingExpressed(dosages: readonly Dosage[], field: string): string[] {
  const repeat = `${field}.timing.repeat`
  const all = dosages.flatMap(({ timing }) => (timing?.repeat === undefined ? [] : [timing.repeat]))
  const saysRhythm = all.every((one) => rhythmOf(one) !== undefined || !statesRhythm(one))
  const saysNeed = dosages.every(({ asNeededBoolean: yes }) => yes === undefined || typeof yes === 'boolean')
  const saysEvents = all.every(({ when = [] }) => when.every((one) => EVENTS.has(one)))
  return [
    ...(saysRhythm ? [`${repeat}.frequency`, `${repeat}.period`, `${repeat}.periodUnit`] : []),
    ...(saysEvents ? [`${repeat}.when`] : []),
    ...(saysNeed ? [`${field}.asNeededBoolean`] : []),
    `${field}.timing.${INSTITUTION_SPECIFIED_EXTENSION}.valueBoolean`,
  ]
}

function timingPieces(timing: Timing | undefined, details: readonly Extension[]): Piece[] {
  if (timing === undefined) return []
  const stated = extensionValue(timing, 'urn:tessera:period')?.valueQuantity
  const exact = timing.repeat === undefined ? undefined : rhythmOf(timing.repeat)
  const period = stated ?? exact?.period
  const flavor = nullFlavorIn(timing)
  const specified = extensionValue(timing, INSTITUTION_SPECIFIED_EXTENSION)?.valueBoolean === true
  const attributes: Attributes = {
    'xsi:type': 'PIVL_TS',
    // Some sources state a rhythm and say in the same place that it does not apply: both are kept.
    nullFlavor: period === undefined ? flavor : extensionValue(timing, NULL_FLAVOR_EXTENSION)?.valueCode,
    institutionSpecified: specified || exact?.divided === true ? 'true' : undefined,
    operator: 'A',
  }
  const phase = details.flatMap(({ url, extension: inner = [] }) => (url === 'timing' ? inner.flatMap(phaseOf) : []))
  const held = quantity('period', period)
  const rhythm =
    period === undefined && flavor === undefined && phase.length === 0
      ? []
      : [element('effectiveTime', attributes, [...phase.slice(0, 1), ...(held === undefined ? [] : [held])])]
  return [...rhythm, ...events(timing.repeat), ...codedEvents(timing.code)]
}

function phaseOf({ url, valuePeriod }: Extension): Piece[] {
  const held = url === 'phase' ? interval('phase', valuePeriod) : undefined
  return held === undefined ? [] : [held]
}

/** Events of the day that the schema knows; the coding of the source goes before FHIR's. */
function events(repeat: TimingRepeat | undefined): Piece[] {
  return (repeat?.when ?? []).flatMap((one, at) => {
    if (!EVENTS.has(one)) return []
    const original = extensionValue(repeat?._when?.[at], ORIGINAL_EXTENSION)?.valueCodeableConcept
    const displayName = original?.coding?.find(({ code: stated }) => stated === one)?.display
    const event = element('event', { code: one, codeSystem: TIMING_EVENT, displayName })
    return [element('effectiveTime', { 'xsi:type': 'EIVL_TS', operator: 'A' }, [event])]
  })
}

/** Events that FHIR has no field for come back from where the reader put them. */
function codedEvents(held: CodeableConcept | undefined): Piece[] {
  return (held?.coding ?? []).flatMap(({ system = '', code: one = '', display }) => {
    const isEvent = system.endsWith(TIMING_EVENT) || system.endsWith('v3-TimingEvent')
    if (!isEvent || !EVENTS.has(one)) return []
    const event = element('event', { code: one, codeSystem: TIMING_EVENT, displayName: display })
    return [element('effectiveTime', { 'xsi:type': 'EIVL_TS', operator: 'A' }, [event])]
  })
}

function statesRhythm({ frequency, period, periodUnit }: TimingRepeat): boolean {
  return [frequency, period, periodUnit].some((one) => one !== undefined)
}

interface Rhythm {
  readonly period: Quantity
  /** Several times in a period: how they are spread over it is left to who gives them (institutionSpecified). */
  readonly divided: boolean
}

/** Smaller units, for rhythms of several times in a period: three times a day is every eight hours. */
const SMALLER: Readonly<Record<string, readonly (readonly [unit: string, factor: number])[]>> = {
  wk: [['d', 7], ['h', 168]],
  d: [['h', 24], ['min', 1440]],
  h: [['min', 60], ['s', 3600]],
  min: [['s', 60]],
  a: [['mo', 12]],
} // biome-ignore format: a table

/** Units of time that FHIR has (UnitsOfTime); all are UCUM. */
const UNITS = new Set(['s', 'min', 'h', 'd', 'wk', 'mo', 'a'])

/** The rhythm as one period, when that says exactly the same; else undefined. */
function rhythmOf(repeat: TimingRepeat): Rhythm | undefined {
  const { frequency = 1, period, periodUnit, frequencyMax, periodMax } = repeat
  if (typeof period !== 'number' || periodUnit === undefined || !UNITS.has(periodUnit)) return undefined
  if (frequencyMax !== undefined || periodMax !== undefined) return undefined
  const unit = (value: number, of: string): Quantity => ({
    value,
    ...(repeat._period === undefined || value !== period ? {} : { _value: repeat._period }),
    unit: of,
    system: 'http://unitsofmeasure.org',
    code: of,
  })
  if (frequency === 1) return { period: unit(period, periodUnit), divided: false }
  if (!Number.isInteger(frequency) || frequency < 1) return undefined
  for (const [smaller, factor] of SMALLER[periodUnit] ?? []) {
    const spread = (period * factor) / frequency
    if (Number.isInteger(spread)) return { period: unit(spread, smaller), divided: true }
  }
  return undefined
}
