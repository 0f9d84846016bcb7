/** The remarks in English. */
import type { Remark, RemarkCode } from './remark.ts'

type Parameters = Remark['parameters']

const sentences: Readonly<Record<RemarkCode, (parameters: Parameters) => string>> = {
  unfinished: ({ sentence }) => `${sentence}`,
  'without-effect': ({ sentence }) => `${sentence}`,
  'member-unknown': () => 'This member is not part of the language and has no effect.',
  'concept-set-unused': ({ name }) => `The concept set "${name}" is not used.`,
  'concept-set-empty': ({ name }) => `The concept set "${name}" contains no concepts.`,
  'concept-set-duplicate': ({ name, other }) => `The concept sets "${name}" and "${other}" contain the same concepts.`,
  'concept-set-undefined': ({ id }) => `The concept set ${id} is used but not defined, so nothing will be found.`,
  'concept-set-of-other-domain': ({ name, found, expected }) =>
    `The concepts of "${name}" belong to ${found}, the events to ${expected}.`,
  'no-concept-set': ({ domain, part }) => `No concept set is given for ${domain} in the ${part}: any concept counts.`,
  'record-type-open': ({ domain, part }) => `It is left open which type of record counts for ${domain} in the ${part}.`,
  'criteria-alike': ({ domain, part, other }) =>
    `${domain} with the same concept set is asked for in the ${part} and in the ${other}.`,
  'criteria-contradict': ({ domain, part, other }) =>
    `The numbers of ${domain} asked for in the ${part} and in the ${other} exclude each other.`,
  'range-reversed': () => 'The range ends before it begins, so nothing lies in it.',
  'range-negative': () => 'The range is negative.',
  'window-days-negative': () => 'The days of observation are negative.',
  'window-reversed': ({ domain, part }) => `The window for ${domain} in the ${part} ends before it begins.`,
  'window-beyond-observation': ({ domain, part }) =>
    `The window for ${domain} in the ${part} is longer than the time that persons must have been observed.`,
  'window-unlike-others': ({ domain, part, usual }) =>
    `The window for ${domain} in the ${part} begins on another day than most others (${usual}).`,
  'drug-era-without-window': ({ part }) =>
    `Drug eras in the ${part} have no window; days of supply are often missing in claims, so eras may be wrong.`,
  'death-before-index': ({ part }) => `Death is looked for before the index event in the ${part}.`,
  'at-least-zero': ({ domain, part }) =>
    `"At least 0" for ${domain} in the ${part} is no constraint; "exactly 0" or "at least 1" may be meant.`,
  'rule-empty': ({ name }) => `The inclusion rule "${name}" has no criteria, so everybody meets it.`,
  'limits-widen': ({ earlier, later }) => `The limit "${later}" comes after "${earlier}", which leaves fewer events.`,
  'no-exit': () => 'All events are kept and no exit is defined: periods run to the end of observation.',
  'exit-on-start-day': () => 'Persons leave the cohort on the day they enter it.',
  'drug-not-in-exit': ({ name }) => `The drugs of "${name}" open the cohort but do not decide its end.`,
  'set-read-as-gender': ({ attribute }) =>
    `${attribute} is compared with the gender of the person, as the reference implementation does.`,
  'end-date-reads-start': () =>
    'The end date of a drug exposure is compared with its start, as the reference implementation does.',
  'gap-reads-length': () =>
    'The gap days are compared with the range of the era length, as the reference implementation does.',
  'date-adjustment-ignored': ({ domain }) => `Dates of ${domain} cannot be adjusted; the adjustment is ignored.`,
}

/** One sentence without the place. */
export function remarkInEnglish(remark: Remark): string {
  return sentences[remark.code](remark.parameters)
}
