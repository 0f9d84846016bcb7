/** Statements in English: one line each, what belongs to it below and further in. */
import type { Statement, StatementCode } from './statement.ts'

type Parameters = Statement['parameters']
type Value = Parameters[string] | undefined

export function inEnglish(statements: readonly Statement[], depth = 0): readonly string[] {
  return statements.flatMap(({ code, parameters, inside }) => [
    `${'  '.repeat(depth)}${depth > 0 ? '- ' : ''}${sentences[code](parameters)}`,
    ...inEnglish(inside, depth + 1),
  ])
}

const sentences: Readonly<Record<StatementCode, (parameters: Parameters) => string>> = {
  entry: ({ limit, priorDays, postDays }) =>
    `People enter the cohort with ${which(limit)} of these events${observed(priorDays, postDays)}:`,
  additional: ({ limit }) => `Of these, ${which(limit)} that satisfies:`,
  rule: ({ number, name, description }) =>
    `Inclusion rule ${number}, ${name}${description ? ` (${description})` : ''}:`,
  criterion: (parameters) => `${eventName(parameters)}`,
  occurs: (parameters) =>
    `${howOften(parameters)} of ${eventName(parameters)}, ${windowWords('start', parameters)}${
      parameters.endFrom === undefined ? '' : ` and ${windowWords('end', parameters)}`
    }${parameters.restrictVisit ? ', at the same visit' : ''}${
      parameters.ignoreObservationPeriod ? ', also outside the observation period' : ''
    }`,
  demographic: () => 'the person, at the event:',
  group: ({ type, count, empty }) => (empty ? 'no criteria: everybody' : `${groupWords(type, count)}:`),
  date: (parameters) => `${words(parameters.attribute)} ${rangeWords(parameters, dateWords)}`,
  number: (parameters) => `${words(parameters.attribute)} ${rangeWords(parameters, numberWords)}`,
  text: ({ attribute, how, negated, text }) =>
    `${words(attribute)} ${negated ? 'not ' : ''}${textWords[`${how}`] ?? how} "${text}"`,
  concepts: ({ attribute, exclude, list }) => `${words(attribute)}: ${exclude ? 'any but ' : ''}${list}`,
  'concept-set-filter': ({ attribute, exclude, name }) =>
    `${words(`${attribute}`.replace(/CS$/, ''))} ${exclude ? 'not in' : 'in'} "${name}"`,
  filled: ({ attribute, exclude }) => `${words(`${attribute}`.replace(/CS$/, ''))} ${exclude ? 'not given' : 'given'}`,
  abnormal: () => 'with an abnormal value',
  period: ({ start, end }) => `cut to the time ${fromTo(start, end)}, which it must contain`,
  'source-concept-set': ({ name }) => `source concept in "${name}"`,
  'dates-adjusted': ({ startWith, startOffset, endWith, endOffset }) =>
    `taken to start ${daysWords(startOffset)} after its ${startWith} and to end ${daysWords(endOffset)} after its ${endWith}`,
  having: () => 'which itself satisfies:',
  'expression-limit': ({ limit }) => `Of the events that meet all rules, ${which(limit)} of each person counts.`,
  'exit-observation-end': () => 'People leave the cohort when their observation ends.',
  'exit-date-offset': ({ from, days }) =>
    `People leave the cohort ${daysWords(days)} after the ${from} of the event, at the latest when their observation ends.`,
  'exit-exposure': ({ name, gapDays, offset, daysSupply }) =>
    `People leave the cohort ${daysWords(offset)} after their continuous exposure to "${name}" ends (gaps of at most ${daysWords(gapDays)}${
      daysSupply === undefined ? '' : `, each exposure lasting ${daysWords(daysSupply)}`
    }).`,
  'censored-by': () => 'People leave the cohort earlier with:',
  collapse: ({ days }) => `Periods of a person at most ${daysWords(days)} apart become one.`,
  'censor-window': ({ start, end }) => `Only the time ${fromTo(start, end)} counts.`,
  'concept-set': ({ name }) => `Concept set "${name}":`,
  concept: ({ id, name, excluded, descendants, mapped }) =>
    `${excluded ? 'without ' : ''}${name === '' ? '' : `${name}, `}${id}${descendants ? ', with descendants' : ''}${
      mapped ? ', with what maps to it' : ''
    }`,
}

/** `ConditionOccurrence` → condition occurrence. */
function words(name: Value): string {
  return `${name}`.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()
}

function daysWords(days: Value): string {
  return `${days} ${days === 1 ? 'day' : 'days'}`
}

function which(limit: Value): string {
  return limit === 'all' ? 'each' : limit === 'last' ? 'the latest' : 'the earliest'
}

function observed(prior: Value, post: Value): string {
  const parts = [
    ...(prior === 0 ? [] : [`${daysWords(prior)} before`]),
    ...(post === 0 ? [] : [`${daysWords(post)} after`]),
  ]
  return parts.length === 0 ? '' : `, observed at least ${parts.join(' and ')}`
}

function eventName({ domain, name, first, anyConcept }: Parameters): string {
  const event = words(domain)
  const article = first ? 'the first' : /^[aeiou]/.test(event) ? 'an' : 'a'
  const concept = name === undefined ? (anyConcept ? ' of any concept' : '') : ` of "${name}"`
  return `${article} ${event}${concept}`
}

function howOften({ type, count, distinct }: Parameters): string {
  const number = `${words(type).replace('-', ' ')} ${count}`
  return distinct === undefined
    ? number
    : `${number} with different ${`${distinct}`.toLowerCase().replaceAll('_', ' ')}`
}

function groupWords(type: Value, count: Value): string {
  if (type === 'all') return 'all of these'
  if (type === 'any') return 'any of these'
  return `${type === 'at-least' ? 'at least' : 'at most'} ${count} of these`
}

function windowWords(prefix: 'start' | 'end', parameters: Parameters): string {
  const event = parameters[`${prefix}Event`] === 'event-end' ? 'ending' : 'starting'
  const index = parameters[`${prefix}Around`] === 'index-end' ? 'end' : 'start'
  const bounds = [parameters[`${prefix}From`], parameters[`${prefix}To`]].map((bound) => boundWords(bound))
  return `${event} between ${bounds.join(' and ')} the ${index} of the index event`
}

function boundWords(bound: Value): string {
  if (typeof bound === 'string') return `any time ${bound}`
  const days = Number(bound)
  return days === 0 ? '0 days from' : `${daysWords(Math.abs(days))} ${days < 0 ? 'before' : 'after'}`
}

const numberWords: Readonly<Record<string, string>> = {
  '<': 'less than',
  '<=': 'at most',
  '=': 'exactly',
  '<>': 'other than',
  '>': 'more than',
  '>=': 'at least',
}

const dateWords: Readonly<Record<string, string>> = {
  '<': 'before',
  '<=': 'on or before',
  '=': 'on',
  '<>': 'not on',
  '>': 'after',
  '>=': 'on or after',
}

const textWords: Readonly<Record<string, string>> = {
  starts: 'starting with',
  contains: 'containing',
  ends: 'ending with',
  equals: 'equal to',
}

function rangeWords({ operator, value, extent }: Parameters, simple: Readonly<Record<string, string>>): string {
  if (operator === 'between') return `from ${value} to ${extent}`
  if (operator === 'not-between') return `not from ${value} to ${extent}`
  return `${simple[`${operator}`] ?? operator} ${value}`
}

function fromTo(start: Value, end: Value): string {
  return [...(start === undefined ? [] : [`from ${start}`]), ...(end === undefined ? [] : [`to ${end}`])].join(' ')
}
