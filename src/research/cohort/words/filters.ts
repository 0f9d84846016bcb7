/** What is demanded of an attribute. */
import type { Messages, Phrase } from '#platform/i18n/messages.ts'
import type { Range, RangeOperator, TextFilter } from '../definition.ts'
import { attributeName } from './names.ts'

const OPERATOR = {
  '<': 'less',
  '<=': 'at-most',
  '=': 'equal',
  '<>': 'other',
  '>': 'more',
  '>=': 'at-least',
  between: 'between',
  'not-between': 'not-between',
} as const satisfies Record<RangeOperator, string>

/** Age at least 18. */
export function demandWords(attribute: string, demand: string, messages: Messages): Phrase {
  return messages.phrase('research.meaning.filter', { attribute: attributeName(attribute, messages), demand })
}

export function dateRangeWords({ operator, value, extent }: Range<string>, messages: Messages): string {
  const { date } = messages.formats
  return messages.text(`research.meaning.date.${OPERATOR[operator]}`, {
    value: date(value),
    extent: extent === undefined ? '' : date(extent),
  })
}

export function numberRangeWords({ operator, value, extent }: Range<number>, messages: Messages): string {
  return messages.text(`research.meaning.number.${OPERATOR[operator]}`, { value, extent: extent ?? '' })
}

export function textWords({ how, negated, text }: TextFilter, messages: Messages): string {
  if (negated) return messages.text(`research.meaning.text.not-${how}`, { text })
  return messages.text(`research.meaning.text.${how}`, { text })
}

/** The names of concepts stand in the language of the vocabulary. */
export function conceptsWords(
  attribute: string,
  exclude: boolean,
  names: readonly string[],
  messages: Messages,
): readonly Phrase[] {
  const parameters = { attribute: attributeName(attribute, messages) }
  const head = exclude
    ? messages.phrase('research.meaning.concepts.excluded', parameters)
    : messages.phrase('research.meaning.concepts', parameters)
  return [{ ...head, text: `${head.text} ` }, conceptName(names.join(', '))]
}

/** OMOP's vocabularies name their concepts in English. */
export function conceptName(text: string): Phrase {
  return { text, language: 'en' }
}
