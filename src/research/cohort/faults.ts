/**
 * What can be wrong in the JSON of a definition. The sentences are for programs and logs, in English; pages say the same in
 * their reader's language (`research.definition-fault.<code>`).
 */
export const faultSentences = {
  'no-object': 'It must be an object.',
  'no-list': 'It must be a list.',
  'no-text': 'It must be text.',
  'no-number': 'It must be a number.',
  'no-whole-number': 'It must be a whole number.',
  'no-flag': 'It must be true or false.',
  'too-deep': 'It is nested more than {$most} levels deep.',
  'too-many-objects': 'It comes after {$most} other objects.',
  'no-domain': 'It must name one of the {$domains} domains of events.',
  'no-date-field': 'It must be StartDate or EndDate.',
  'no-date-type': 'It must be START_DATE or END_DATE.',
  'concept-set-without-number': 'A concept set needs a number.',
  'concept-without-number': 'A concept needs a number.',
  'comparison-unknown': 'It is no known comparison.',
  'group-type-unknown': 'It must be ALL, ANY, AT_LEAST or AT_MOST.',
  'occurrence-type-unknown': 'It must be 0 (exactly), 1 (at most) or 2 (at least).',
  'count-column-unknown': 'Events cannot be counted by this column.',
  'entry-missing': 'The events that open the cohort are missing.',
  'entry-empty': 'No event opens the cohort.',
  'exit-drugs-missing': 'The drugs of the continuous exposure are missing.',
  'range-incomplete': 'The range has no comparison, no value or no upper end.',
  'no-such-day': 'It must be a day that exists, written like 2020-02-29.',
  'text-incomplete': 'The text filter has no comparison.',
  'group-count-missing': 'The group has no count.',
  'criterion-missing': 'The criterion is missing.',
  'window-missing': 'The window around the index event is missing.',
  'occurrence-missing': 'How often the event must occur is missing.',
  'cannot-be-counted-by': 'Events of {$domain} have no {$column} to be counted by.',
  'list-empty': 'The list of concepts is empty, so it filters nothing.',
  'text-empty': 'Without a text, whatever is written there is found.',
  'demographic-empty': 'The demographic criterion asks for nothing.',
} as const

export type FaultCode = keyof typeof faultSentences

/** Something wrong at one place of the JSON. */
export interface Fault {
  readonly code: FaultCode
  readonly path: string
  /** What the sentence names: a number, or a name of the language. */
  readonly parameters: Readonly<Record<string, string | number>>
}

export function sentenceOf({ code, parameters }: Fault): string {
  return faultSentences[code].replace(/\{\$(\w+)\}/g, (_, name: string) => String(parameters[name] ?? ''))
}
