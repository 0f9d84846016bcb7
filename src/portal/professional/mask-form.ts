/**
 * The identification form of a country, built from its search mask and from nothing else (eHDSI ISM): which fields,
 * their labels, help and formats. The formats are checked here, beside the fields, before the search leaves the country.
 */
import { checkFormat } from '#care/country-b/mask-format.ts'
import type { SearchMask, SearchMaskField } from '#wire/discovery/directory.ts'

export type Answers = Readonly<Record<string, string>>

export interface AnswerError {
  readonly field: string
  /** Message key. */
  readonly key: string
}

/** The name of the inputs that together make a date. */
export function datePart(field: string, part: 'day' | 'month' | 'year'): string {
  return `${field}-${part}`
}

/** What the fields of a mask hold in a submitted form: trimmed, dates joined to `YYYY-MM-DD`. */
export function readAnswers(mask: SearchMask, form: URLSearchParams): Answers {
  const answers: Record<string, string> = {}
  for (const field of fieldsOf(mask)) {
    const value = field.kind === 'birthDate' ? joinedDate(field.name, form) : (form.get(field.name) ?? '').trim()
    if (value !== '') answers[field.name] = value.slice(0, 200)
  }
  return answers
}

/** Day, month and year as typed; half a date stays half, so that nothing typed is lost. */
function joinedDate(name: string, form: URLSearchParams): string {
  const part = (which: 'day' | 'month' | 'year'): string => (form.get(datePart(name, which)) ?? '').trim()
  const [day, month, year] = [part('day'), part('month'), part('year')]
  if (day === '' && month === '' && year === '') return (form.get(name) ?? '').trim()
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

/** `YYYY-MM-DD` or what is there of it, back into the three inputs. */
export function splitDate(value: string | undefined): Readonly<Record<'day' | 'month' | 'year', string>> {
  const [year = '', month = '', day = ''] = (value ?? '').split('-')
  return { year, month: month === '00' ? '' : month, day: day === '00' ? '' : day }
}

/** Every field of every alternative once, in the order of the mask. */
export function fieldsOf(mask: SearchMask): readonly SearchMaskField[] {
  const all = mask.alternatives.flat()
  return all.filter((field, index) => all.findIndex(({ name }) => name === field.name) === index)
}

/** Fields that every alternative has are asked once, after the ones among which there is a choice. */
export function shapeOf(mask: SearchMask): {
  readonly choices: readonly (readonly SearchMaskField[])[]
  readonly shared: readonly SearchMaskField[]
} {
  if (mask.alternatives.length < 2) return { choices: [], shared: fieldsOf(mask) }
  const shared = fieldsOf(mask).filter(({ name }) =>
    mask.alternatives.every((group) => group.some((field) => field.name === name)),
  )
  const own = mask.alternatives.map((group) => group.filter((field) => !shared.includes(field) && !has(shared, field)))
  return { choices: own.filter((group) => group.length > 0), shared }
}

function has(fields: readonly SearchMaskField[], field: SearchMaskField): boolean {
  return fields.some(({ name }) => name === field.name)
}

/**
 * What is wrong with the answers. A mask with alternatives asks for one complete group; formats are checked on every
 * field that was filled. `today`: `YYYY-MM-DD`.
 */
export function checkAnswers(mask: SearchMask, answers: Answers, today: string): readonly AnswerError[] {
  const formats = fieldsOf(mask).flatMap((field) => {
    const value = answers[field.name]
    return value === undefined ? [] : wrongFormat(field, value, today)
  })
  const { choices, shared } = shapeOf(mask)
  const missing = shared
    .filter((field) => field.mandatory && answers[field.name] === undefined)
    .map((field) => ({ field: field.name, key: 'portal.identify.error.missing' }))
  const chosen = choices.some((group) => group.every((field) => answers[field.name] !== undefined || !field.mandatory))
  const first = choices[0]?.[0]
  const noChoice =
    first && !(chosen && choices.flat().some(({ name }) => answers[name] !== undefined))
      ? [{ field: first.name, key: 'portal.identify.error.choice' }]
      : []
  const order = [...choices.flat(), ...shared].map(({ name }) => name)
  return [...noChoice, ...missing, ...formats].sort((a, b) => order.indexOf(a.field) - order.indexOf(b.field))
}

function wrongFormat(field: SearchMaskField, value: string, today: string): readonly AnswerError[] {
  if (field.kind === 'birthDate') {
    if (!isDay(value)) return [{ field: field.name, key: 'portal.identify.error.date' }]
    if (value > today) return [{ field: field.name, key: 'portal.identify.error.future' }]
  }
  return field.format === undefined || spellingsOf(field, value).some((spelling) => fits(field.format, spelling))
    ? []
    : [{ field: field.name, key: 'portal.identify.error.format' }]
}

/** The same answer as masks may mean it: numbers without the spaces that cards print, dates as the border writes them. */
function spellingsOf({ kind }: SearchMaskField, value: string): readonly string[] {
  if (kind === 'birthDate') return [value, value.replaceAll('-', '')]
  if (kind === 'gender') return [value, value.charAt(0).toUpperCase()]
  return kind === 'identifier' ? [value, value.replace(/\s+/g, '')] : [value]
}

/** A format that is no expression here decides nothing; country A checks as well. */
function fits(format: string | undefined, value: string): boolean {
  return format === undefined || checkFormat(format, value) !== 'does-not-fit'
}

function isDay(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
  const date = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value) && value >= '1880-01-01'
}

/** Digits only, as far as the format tells: then a telephone shows its number keys. */
export function wantsDigits(format: string | undefined): boolean {
  return format !== undefined && !/[A-Za-z]/.test(format.replace(/\\[dDsSwb]|\(\?:/g, ''))
}
