/** A cohort as the form holds it: an entry event, who may enter, and rules in windows around the entry. Pure. */
import { z } from 'zod'

export const DOMAINS = ['condition', 'drug', 'procedure', 'measurement', 'observation', 'visit'] as const
export type EventDomain = (typeof DOMAINS)[number]
export const SEXES = ['any', 'female', 'male'] as const
export const OCCURS = ['at-least', 'at-most', 'exactly'] as const
export const COMPARISONS = ['', 'gte', 'lte', 'gt', 'lt', 'eq'] as const

const Concept = z.strictObject({ id: z.int().positive(), name: z.string().max(500) })
/** Numbers stay as they were written, so that a wrong one can be shown again. */
const Written = z.string().max(20)
const EventSchema = z.strictObject({
  domain: z.enum(DOMAINS),
  concepts: z.array(Concept).max(100),
  /** With everything that is narrower in the vocabulary. */
  narrower: z.boolean(),
  /** Of measurements. */
  comparison: z.enum(COMPARISONS),
  value: Written,
})
const RuleSchema = z.strictObject({
  name: z.string().max(200),
  occurs: z.enum(OCCURS),
  count: Written,
  event: EventSchema,
  /** Days before and after the entry; empty: any time. */
  before: Written,
  after: Written,
})
export const CohortFormSchema = z.strictObject({
  name: z.string().max(200),
  entry: EventSchema,
  entries: z.enum(['first', 'all']),
  priorDays: Written,
  ageFrom: Written,
  ageTo: Written,
  sex: z.enum(SEXES),
  rules: z.array(RuleSchema).max(20),
})

export type Concept = z.infer<typeof Concept>
export type EventForm = z.infer<typeof EventSchema>
export type RuleForm = z.infer<typeof RuleSchema>
export type CohortForm = z.infer<typeof CohortFormSchema>

const EMPTY_EVENT: EventForm = { domain: 'condition', concepts: [], narrower: true, comparison: '', value: '' }
export const EMPTY_RULE: RuleForm = {
  ...{ name: '', occurs: 'at-least', count: '1', event: EMPTY_EVENT, before: '365', after: '0' },
}
export const EMPTY_COHORT: CohortForm = {
  ...{
    name: '',
    entry: EMPTY_EVENT,
    entries: 'first',
    priorDays: '365',
    ageFrom: '',
    ageTo: '',
    sex: 'any',
    rules: [],
  },
}
export const MOST_RULES = 20

/** Where an event of the form stands: `entry`, `rule-0`, `rule-1`, … */
export type Place = 'entry' | `rule-${number}`

export function placesOf({ rules }: CohortForm): readonly Place[] {
  return ['entry', ...rules.map((_, index): Place => `rule-${index}`)]
}

export function eventAt(form: CohortForm, place: Place): EventForm | undefined {
  return place === 'entry' ? form.entry : form.rules[Number(place.slice(5))]?.event
}

export function withEvent(form: CohortForm, place: Place, event: EventForm): CohortForm {
  if (place === 'entry') return { ...form, entry: event }
  const at = Number(place.slice(5))
  return { ...form, rules: form.rules.map((rule, index) => (index === at ? { ...rule, event } : rule)) }
}

/** What was sent; what the form does not know is left out, and never refused whole. */
export function readCohortForm(sent: URLSearchParams): CohortForm {
  const text = (name: string, longest = 20): string => (sent.get(name) ?? '').trim().slice(0, longest)
  const one = <T extends string>(name: string, list: readonly T[], usual: T): T =>
    list.find((value) => value === sent.get(name)) ?? usual
  const event = (place: string): EventForm => ({
    domain: one(`${place}-domain`, DOMAINS, 'condition'),
    concepts: sent.getAll(`${place}-concept`).slice(0, 100).flatMap(conceptOf),
    narrower: sent.get(`${place}-narrower`) === 'yes',
    comparison: one(`${place}-comparison`, COMPARISONS, ''),
    value: text(`${place}-value`),
  })
  const count = Math.min(MOST_RULES, Number(text('rules')) || 0)
  return {
    name: text('name', 200),
    entry: event('entry'),
    entries: one('entries', ['first', 'all'] as const, 'first'),
    priorDays: text('priorDays'),
    ageFrom: text('ageFrom'),
    ageTo: text('ageTo'),
    sex: one('sex', SEXES, 'any'),
    rules: Array.from({ length: count }, (_, index) => ({
      name: text(`rule-${index}-name`, 200),
      occurs: one(`rule-${index}-occurs`, OCCURS, 'at-least'),
      count: text(`rule-${index}-count`),
      event: event(`rule-${index}`),
      before: text(`rule-${index}-before`),
      after: text(`rule-${index}-after`),
    })),
  }
}

/** `201826|Type 2 diabetes mellitus`. */
function conceptOf(text: string): readonly Concept[] {
  const at = text.indexOf('|')
  const read = Concept.safeParse({ id: Number(text.slice(0, at)), name: text.slice(at + 1) })
  return read.success ? [read.data] : []
}

export type CohortFault = 'name-missing' | 'no-concept' | 'no-days' | 'no-age' | 'no-count' | 'no-value'

/** What keeps the form from being a cohort, by the id of the field. */
export function faultsOf(form: CohortForm): ReadonlyMap<string, CohortFault> {
  const faults = new Map<string, CohortFault>()
  const number = (field: string, text: string, fault: CohortFault, mayBeEmpty: boolean) => {
    if (!(mayBeEmpty && text === '') && !/^\d{1,5}$/.test(text)) faults.set(field, fault)
  }
  if (form.name === '') faults.set('name', 'name-missing')
  number('priorDays', form.priorDays, 'no-days', true)
  number('ageFrom', form.ageFrom, 'no-age', true)
  number('ageTo', form.ageTo, 'no-age', true)
  if (form.ageFrom !== '' && form.ageTo !== '' && Number(form.ageFrom) > Number(form.ageTo))
    faults.set('ageTo', 'no-age')
  for (const [index, { count, before, after }] of form.rules.entries()) {
    number(`rule-${index}-count`, count, 'no-count', false)
    number(`rule-${index}-before`, before, 'no-days', true)
    number(`rule-${index}-after`, after, 'no-days', true)
  }
  for (const place of placesOf(form)) {
    const event = eventAt(form, place)
    if (event?.concepts.length === 0) faults.set(`${place}-find`, 'no-concept')
    const isNumber = /^-?\d+([.,]\d+)?$/.test(event?.value ?? '')
    if (event?.domain === 'measurement' && event.comparison !== '' && !isNumber)
      faults.set(`${place}-value`, 'no-value')
  }
  return faults
}
