/** Statements → what a cohort means, line by line, in the reader's language. */
import type { Messages, Phrase } from '#platform/i18n/messages.ts'
import type { Statement, StatementCode, StatementParameters } from '../description/statement.ts'
import { eventWords, occursWords } from './events.ts'
import { conceptName, conceptsWords, dateRangeWords, demandWords, numberRangeWords, textWords } from './filters.ts'
import { daysWords, distanceWords, limitName, momentWords, spanWords } from './names.ts'

/** One line: its pieces follow each other without a space between them. */
export interface Told {
  readonly said: readonly Phrase[]
  /** What belongs to it, in order. */
  readonly inside: readonly Told[]
}

export function tellCohort(statements: readonly Statement[], messages: Messages): readonly Told[] {
  return statements.map((one) => ({ said: said(one, messages), inside: tellCohort(one.inside, messages) }))
}

/** `most` characters of it, from the beginning, and how many lines were left out. */
export function beginningOf(
  told: readonly Told[],
  most: number,
): { readonly told: readonly Told[]; readonly left: number } {
  let room = most
  let left = 0
  const keep = (lines: readonly Told[]): readonly Told[] =>
    lines.flatMap(({ said, inside }) => {
      if (room <= 0) {
        left += 1 + linesOf(inside)
        return []
      }
      const kept = said.map(({ text, language }) => {
        const shown = text.length > room ? `${text.slice(0, Math.max(0, room))}…` : text
        room -= text.length
        return { text: shown, language }
      })
      return [{ said: kept, inside: keep(inside) }]
    })
  return { told: keep(told), left }
}

function linesOf(told: readonly Told[]): number {
  return told.reduce((sum, { inside }) => sum + 1 + linesOf(inside), 0)
}

function said<Code extends StatementCode>(
  { code, parameters }: Statement<Code>,
  messages: Messages,
): readonly Phrase[] {
  return [sentences[code](parameters, messages)].flat()
}

type Sentence<Code extends StatementCode> = (
  parameters: StatementParameters[Code],
  messages: Messages,
) => Phrase | readonly Phrase[]

const sentences: { readonly [Code in StatementCode]: Sentence<Code> } = {
  entry: entryWords,
  additional: ({ limit }, messages) =>
    messages.phrase('research.meaning.additional', { limit: limitName(limit, messages) }),
  rule: ruleWords,
  criterion: eventWords,
  occurs: occursWords,
  demographic: ({ empty }, messages) =>
    messages.phrase(empty ? 'research.meaning.demographic.empty' : 'research.meaning.demographic'),
  group: ({ type, count, empty }, messages) =>
    empty
      ? messages.phrase('research.meaning.group.empty')
      : messages.phrase(`research.meaning.group.${type}`, { count }),
  date: ({ attribute, range }, messages) => demandWords(attribute, dateRangeWords(range, messages), messages),
  number: ({ attribute, range }, messages) => demandWords(attribute, numberRangeWords(range, messages), messages),
  text: ({ attribute, text }, messages) => demandWords(attribute, textWords(text, messages), messages),
  concepts: ({ attribute, exclude, names }, messages) => conceptsWords(attribute, exclude, names, messages),
  'concept-set-filter': ({ attribute, exclude, name }, messages) => {
    const demand = messages.text(exclude ? 'research.meaning.not-in-set' : 'research.meaning.in-set', { name })
    return demandWords(attribute, demand, messages)
  },
  filled: ({ attribute, exclude }, messages) =>
    demandWords(attribute, messages.text(exclude ? 'research.meaning.not-given' : 'research.meaning.given'), messages),
  abnormal: (_, messages) => messages.phrase('research.meaning.abnormal'),
  period: (period, messages) => {
    const span = spanWords(period, messages)
    if (span === undefined) return messages.phrase('research.meaning.period.open')
    return messages.phrase('research.meaning.period', { span })
  },
  'source-concept-set': ({ name }, messages) =>
    messages.phrase('research.meaning.filter', {
      attribute: messages.text('research.meaning.source-concept'),
      demand: messages.text('research.meaning.in-set', { name }),
    }),
  'dates-adjusted': ({ startWith, startOffset, endWith, endOffset }, messages) =>
    messages.phrase('research.meaning.dates-adjusted', {
      start: momentWords(startOffset, `own-${startWith}`, messages),
      end: momentWords(endOffset, `own-${endWith}`, messages),
    }),
  having: (_, messages) => messages.phrase('research.meaning.having'),
  'expression-limit': ({ limit }, messages) => messages.phrase(`research.meaning.expression-limit.${limit}`),
  'exit-observation-end': (_, messages) => messages.phrase('research.meaning.exit-observation-end'),
  'exit-date-offset': ({ from, days }, messages) =>
    messages.phrase('research.meaning.exit-date-offset', { moment: momentWords(days, `event-${from}`, messages) }),
  'exit-exposure': exposureWords,
  'censored-by': (_, messages) => messages.phrase('research.meaning.censored-by'),
  collapse: ({ days }, messages) => messages.phrase('research.meaning.collapse', { days: daysWords(days, messages) }),
  'censor-window': (period, messages) =>
    messages.phrase('research.meaning.censor-window', { span: spanWords(period, messages) ?? '' }),
  'concept-set': ({ name, empty }, messages) =>
    messages.phrase(empty ? 'research.meaning.concept-set.empty' : 'research.meaning.concept-set', { name }),
  concept: conceptWords,
}

function entryWords({ limit, priorDays, postDays }: StatementParameters['entry'], messages: Messages): Phrase {
  const which = limitName(limit, messages)
  const days = [-priorDays, postDays].filter((days) => days !== 0).map((days) => distanceWords(days, messages))
  if (days.length === 0) return messages.phrase('research.meaning.entry', { limit: which })
  return messages.phrase('research.meaning.entry.observed', { limit: which, span: messages.formats.list(days) })
}

/** The name and the description are the author's. */
function ruleWords({ number, name, description }: StatementParameters['rule'], messages: Messages): Phrase {
  const called = name !== '' && description !== '' ? `${name} (${description})` : `${name}${description}`
  if (called === '') return messages.phrase('research.meaning.rule.unnamed', { number })
  return messages.phrase('research.meaning.rule', { number, name: called })
}

function exposureWords(exit: StatementParameters['exit-exposure'], messages: Messages): Phrase {
  const { name, gapDays, offset, daysSupply } = exit
  const parameters = {
    moment: momentWords(offset, 'exposure-end', messages, name),
    gap: daysWords(gapDays, messages),
  }
  if (daysSupply === undefined) return messages.phrase('research.meaning.exit-exposure', parameters)
  const supply = daysWords(daysSupply, messages)
  return messages.phrase('research.meaning.exit-exposure.supply', { ...parameters, supply })
}

function conceptWords(concept: StatementParameters['concept'], messages: Messages): readonly Phrase[] {
  const { id, name, excluded, descendants, mapped } = concept
  const clauses = [
    `${id}`,
    ...(excluded ? [messages.text('research.meaning.concept.excluded')] : []),
    ...(descendants ? [messages.text('research.meaning.concept.descendants')] : []),
    ...(mapped ? [messages.text('research.meaning.concept.mapped')] : []),
  ]
  const { language } = messages.phrase('research.meaning.concept.descendants')
  if (name === '') return [{ text: clauses.join(', '), language }]
  return [conceptName(name), { text: `, ${clauses.join(', ')}`, language }]
}
