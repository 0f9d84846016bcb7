/** Results: value with unit, reference range, a word when it lies outside, and the trend of repeated measurements. */

import { writtenDigits } from '../../fhir/decimals.ts'
import { choice, concept, type Node, node, nodes, text } from '../../fhir/node.ts'
import { type Build, say } from '../build.ts'
import type { Inline, Line, Tag, TimeValue, Trend, TrendPoint } from '../summary-view.ts'
import { chosen, joined, numeral, plain, quantity, range, time } from '../values.ts'
import { term } from '../words.ts'
import { conceptLine, type Face, firstTerm, NO_TERM, noteLines, originalOf, statusCode, statusTag } from './row.ts'

type Position = 'above' | 'below' | 'far-above' | 'far-below' | 'abnormal' | 'critical' | 'inside'

/** v3 ObservationInterpretation → where a value lies. */
const POSITION: Readonly<Record<string, Position>> = {
  H: 'above', HU: 'above', '>': 'above', L: 'below', LU: 'below', '<': 'below', HH: 'far-above', LL: 'far-below',
  A: 'abnormal', AA: 'critical', N: 'inside',
} // biome-ignore format: a table

function number(value: unknown): number | undefined {
  const found = node(value)?.value
  return typeof found === 'number' ? found : undefined
}

function limits(observation: Node): { readonly low?: number; readonly high?: number } {
  const value = node(observation.valueQuantity)
  for (const reference of nodes(observation.referenceRange)) {
    const kind = statusCode(reference.type)
    if (kind !== undefined && kind !== 'normal') continue
    const low = number(reference.low)
    const high = number(reference.high)
    const unit = text(node(reference.low)?.code) ?? text(node(reference.high)?.code)
    // Numbers of different units must not be compared.
    if (unit !== undefined && text(value?.code) !== undefined && unit !== text(value?.code)) continue
    if (low !== undefined || high !== undefined) {
      return { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) }
    }
  }
  return {}
}

/** Where the value lies: as the author says, else by the reference range. */
export function positionOf(observation: Node): Position | undefined {
  for (const interpretation of nodes(observation.interpretation)) {
    for (const { code } of concept(interpretation)?.codings ?? []) {
      const position = POSITION[code]
      if (position !== undefined) return position
    }
  }
  const value = number(observation.valueQuantity)
  if (value === undefined) return undefined
  const { low, high } = limits(observation)
  if (low !== undefined && value < low) return 'below'
  if (high !== undefined && value > high) return 'above'
  return undefined
}

function positionTag(build: Build, observation: Node): Tag[] {
  const position = positionOf(observation)
  if (position !== undefined && position !== 'inside') {
    const danger = position.startsWith('far-') || position === 'critical'
    return [{ text: say(build, `summary.position.${position}`), tone: danger ? 'danger' : 'warn' }]
  }
  if (position === 'inside') return [{ text: say(build, 'summary.position.inside'), tone: 'good' }]
  return nodes(observation.interpretation).flatMap((value) => statusTag(build, 'interpretation', value, 'plain'))
}

function referenceRanges(build: Build, observation: Node): Line[] {
  return nodes(observation.referenceRange).flatMap((reference) => {
    const bounds = range(build, reference)
    const words = text(reference.text)
    if (!bounds && words === undefined) return []
    const kind = term(build, reference.type)
    return [
      [
        say(build, 'summary.reference'),
        ' ',
        ...(bounds ?? [words ?? '']),
        ...(kind && statusCode(reference.type) !== 'normal' ? [' (', kind.words, ')'] : []),
      ],
    ]
  })
}

/** The measured value in words, or why there is none. */
export function measured(build: Build, observation: Node): Inline[] | undefined {
  const value = chosen(build, observation, 'value')
  if (value) return value
  const absent = term(build, observation.dataAbsentReason)
  return absent ? [say(build, 'summary.noValue'), ' (', absent.words, ')'] : undefined
}

function components(build: Build, observation: Node): Line[] {
  return nodes(observation.component).map((component) => {
    const name = term(build, component.code)
    const value = measured(build, component) ?? ['–']
    const tags = positionTag(build, component).flatMap(({ text: words }): Inline[] => [' (', words, ')'])
    return [...(name ? [name.words, '\u00a0: '] : []), ...value, ...tags]
  })
}

function effective(build: Build, observation: Node): Line | undefined {
  return (
    chosen(build, observation, 'effective') ??
    (text(observation.issued) ? [time(build, text(observation.issued) ?? '')] : undefined)
  )
}

const UNSURE = new Set(['preliminary', 'registered', 'cancelled', 'entered-in-error', 'unknown', 'partial'])

const CODED = new Set(['CodeableConcept', 'Coding', 'CodeableReference'])

export function observationFace(build: Build, observation: Node, earlier: readonly Node[] = []): Face {
  const name = firstTerm(build, observation, ['code']) ?? firstTerm(build, observation, ['category']) ?? NO_TERM
  const value = measured(build, observation)
  const answered = choice(observation, 'value')
  const answer = CODED.has(answered?.type ?? '') ? term(build, answered?.value) : undefined
  const status = text(observation.status)
  const trend = earlier.length > 0 ? trendOf(build, observation, earlier, name.text) : undefined
  const when = effective(build, observation)
  return {
    term: name,
    tags: [
      ...positionTag(build, observation),
      ...(status !== undefined && UNSURE.has(status) ? statusTag(build, 'observation', status, 'warn') : []),
    ],
    subs: [
      joined(' · ', when, ...referenceRanges(build, observation)),
      ...conceptLine(build, undefined, observation.bodySite),
      ...conceptLine(build, build.messages.text('summary.method'), observation.method),
      ...noteLines(
        build,
        observation.note ?? (text(observation.comment) ? [{ text: observation.comment }] : undefined),
      ),
    ].filter((line) => line.length > 0),
    second: [...(value ? [value] : []), ...components(build, observation)],
    original: originalOf(build, answer),
    ...(trend ? { trend } : {}),
    ...(earlier.length > 0 ? { parts: earlier } : {}),
  }
}

function moment(observation: Node): string | undefined {
  return text(observation.effectiveDateTime) ?? text(node(observation.effectivePeriod)?.start)
}

/** What observations must share to be one trend: the first code and the unit. */
export function trendKey(observation: Node): string | undefined {
  const coding = concept(observation.code)?.codings[0]
  const value = node(observation.valueQuantity)
  if (!coding?.code || typeof value?.value !== 'number' || moment(observation) === undefined) return undefined
  if (nodes(observation.component).length > 0) return undefined
  return `${coding.system}|${coding.code}|${text(value.code) ?? text(value.unit) ?? ''}`
}

export function newestFirst(a: Node, b: Node): number {
  return (moment(b) ?? '').localeCompare(moment(a) ?? '')
}

/** A moment shown by its day; the hour stays in the machine's value. */
function day(build: Build, iso: string): TimeValue {
  return { kind: 'time', iso, text: build.messages.formats.date(iso.slice(0, 10)) }
}

function trendOf(build: Build, latest: Node, earlier: readonly Node[], label: string): Trend {
  const ordered = [latest, ...earlier].sort(newestFirst).reverse()
  const points = ordered.flatMap((observation): TrendPoint[] => {
    const value = node(observation.valueQuantity)
    const digits = value ? writtenDigits(value, 'value') : undefined
    const iso = moment(observation)
    if (typeof value?.value !== 'number' || digits === undefined || iso === undefined) return []
    const position = positionOf(observation)
    const outside = position !== undefined && position !== 'inside'
    return [{ value: value.value, number: numeral(build, digits), time: day(build, iso), outside }]
  })
  return { label, points, ...limits(latest) }
}

/** `5,5 mmol/L` for labels. */
export function valueText(build: Build, observation: Node): string {
  return plain(quantity(build, observation.valueQuantity) ?? [])
}
