/** Remarks and faults → sentences in the reader's language, without the place. */
import type { Messages, Phrase } from '#platform/i18n/messages.ts'
import type { InPart, Remark, RemarkCode, RemarkParameters } from '../checks/remark.ts'
import type { Fault } from '../faults.ts'
import { attributeName, distanceWords, eventsName, limitName, partName } from './names.ts'

export function remarkWords<Code extends RemarkCode>({ code, parameters }: Remark<Code>, messages: Messages): Phrase {
  return sentences[code](parameters, messages)
}

export function faultWords({ code, parameters }: Fault, messages: Messages): Phrase {
  return messages.phrase(`research.definition-fault.${code}`, parameters)
}

type Sentence<Code extends RemarkCode> = (parameters: RemarkParameters[Code], messages: Messages) => Phrase

const sentences: { readonly [Code in RemarkCode]: Sentence<Code> } = {
  unfinished: ({ fault }, messages) => faultWords(fault, messages),
  'without-effect': ({ fault }, messages) => faultWords(fault, messages),
  'member-unknown': (_, messages) => messages.phrase('research.remark.member-unknown'),
  'concept-set-unused': (named, messages) => messages.phrase('research.remark.concept-set-unused', named),
  'concept-set-empty': (named, messages) => messages.phrase('research.remark.concept-set-empty', named),
  'concept-set-duplicate': (named, messages) => messages.phrase('research.remark.concept-set-duplicate', named),
  'concept-set-undefined': ({ id }, messages) =>
    messages.phrase('research.remark.concept-set-undefined', { id: String(id) }),
  'concept-set-of-other-domain': ({ name, found, expected }, messages) => {
    const { list } = messages.formats
    const parameters = { name, found: list(found), expected: list(expected) }
    return messages.phrase('research.remark.concept-set-of-other-domain', parameters)
  },
  'no-concept-set': (found, messages) => messages.phrase('research.remark.no-concept-set', inPart(found, messages)),
  'record-type-open': (found, messages) => messages.phrase('research.remark.record-type-open', inPart(found, messages)),
  'criteria-alike': ({ other, ...found }, messages) =>
    messages.phrase('research.remark.criteria-alike', { ...inPart(found, messages), other: partName(other, messages) }),
  'criteria-contradict': ({ other, ...found }, messages) =>
    messages.phrase('research.remark.criteria-contradict', {
      ...inPart(found, messages),
      other: partName(other, messages),
    }),
  'range-reversed': (_, messages) => messages.phrase('research.remark.range-reversed'),
  'range-negative': (_, messages) => messages.phrase('research.remark.range-negative'),
  'window-days-negative': (_, messages) => messages.phrase('research.remark.window-days-negative'),
  'window-reversed': (found, messages) => messages.phrase('research.remark.window-reversed', inPart(found, messages)),
  'window-beyond-observation': (found, messages) =>
    messages.phrase('research.remark.window-beyond-observation', inPart(found, messages)),
  'window-unlike-others': ({ usual, ...found }, messages) =>
    messages.phrase('research.remark.window-unlike-others', {
      ...inPart(found, messages),
      usual: distanceWords(usual, messages),
    }),
  'drug-era-without-window': (found, messages) =>
    messages.phrase('research.remark.drug-era-without-window', inPart(found, messages)),
  'death-before-index': (found, messages) =>
    messages.phrase('research.remark.death-before-index', inPart(found, messages)),
  'at-least-zero': (found, messages) => messages.phrase('research.remark.at-least-zero', inPart(found, messages)),
  'rule-empty': (named, messages) => messages.phrase('research.remark.rule-empty', named),
  'limits-widen': ({ earlier, later }, messages) =>
    messages.phrase('research.remark.limits-widen', {
      earlier: limitName(earlier, messages),
      later: limitName(later, messages),
    }),
  'no-exit': (_, messages) => messages.phrase('research.remark.no-exit'),
  'exit-on-start-day': (_, messages) => messages.phrase('research.remark.exit-on-start-day'),
  'drug-not-in-exit': (named, messages) => messages.phrase('research.remark.drug-not-in-exit', named),
  'set-read-as-gender': ({ attribute }, messages) =>
    messages.phrase('research.remark.set-read-as-gender', { attribute: attributeName(attribute, messages) }),
  'end-date-reads-start': (_, messages) => messages.phrase('research.remark.end-date-reads-start'),
  'gap-reads-length': (_, messages) => messages.phrase('research.remark.gap-reads-length'),
  'date-adjustment-ignored': ({ domain }, messages) =>
    messages.phrase('research.remark.date-adjustment-ignored', { events: eventsName(domain, messages) }),
}

/** Of which events, and in what of the definition. */
function inPart({ domain, part }: InPart, messages: Messages) {
  return { events: eventsName(domain, messages), part: partName(part, messages) }
}
