/** What the applicant's side can do after submitting: the fields of each act, and the command that they make. */

import { isDay } from '#research/applications/calendar/civil-day.ts'
import type { CaseCommand, PartCommand } from '#research/applications/case/commands.ts'
import type { Actor } from '#research/applications/case/events.ts'
import { openFindings, type Part } from '#research/applications/case/state.ts'

export type ActFieldKind = 'words' | 'text' | 'day' | 'yes-no' | 'finding'

export interface ActField {
  readonly name: string
  readonly kind: ActFieldKind
}

export interface Act {
  readonly fields: readonly ActField[]
  /** What cannot be taken back must be confirmed. */
  readonly confirm?: true
}

const words = (name: string): ActField => ({ name, kind: 'words' })

/** `withdraw` is about the whole application, the others about one Member State. `complete` has a page of its own. */
export const ACTS = {
  withdraw: { fields: [], confirm: true },
  'answer-question': { fields: [words('answer')] },
  'accept-fee': { fields: [], confirm: true },
  'answer-conversion': { fields: [{ name: 'agreed', kind: 'yes-no' }] },
  'ask-amendment': { fields: [words('reasons')] },
  'ask-extension': { fields: [{ name: 'until', kind: 'day' }, words('evidence')] },
  'dispute-fee': { fields: [words('reasons')] },
  'state-views': { fields: [{ name: 'finding', kind: 'finding' }, words('views')] },
  'publish-results': {
    fields: [
      { name: 'reference', kind: 'text' },
      { name: 'product', kind: 'yes-no' },
    ],
  },
  end: { fields: [words('reasons')], confirm: true },
} as const satisfies Readonly<Record<string, Act>>

export type ActKind = keyof typeof ACTS

export function isAct(kind: string): kind is ActKind {
  return Object.hasOwn(ACTS, kind)
}

export type ActFault = 'missing' | 'no-day' | 'unsure'

/** What was written, trimmed, by field. */
export function readAct(kind: ActKind, sent: URLSearchParams): ReadonlyMap<string, ActFault> {
  const act: Act = ACTS[kind]
  const faults = new Map<string, ActFault>()
  for (const field of act.fields) {
    const text = written(sent, field.name)
    if (text === '') faults.set(field.name, 'missing')
    else if (field.kind === 'day' && !isDay(text)) faults.set(field.name, 'no-day')
  }
  if (act.confirm && sent.get('sure') !== 'yes') faults.set('sure', 'unsure')
  return faults
}

function written(sent: URLSearchParams, name: string): string {
  return (sent.get(name) ?? '').trim().replaceAll('\r\n', '\n')
}

/** @param memberState whose part it is about; nothing for `withdraw` */
export function commandOf(
  kind: ActKind,
  sent: URLSearchParams,
  { at, by, memberState }: { readonly at: string; readonly by: Actor; readonly memberState: string },
): CaseCommand | PartCommand {
  const of = (name: string): string => written(sent, name)
  const part = { at, by, memberState }
  switch (kind) {
    case 'withdraw':
      return { kind, at, by }
    case 'answer-question':
      return { kind, ...part, answer: of('answer') }
    case 'accept-fee':
      return { kind, ...part }
    case 'answer-conversion':
      return { kind, ...part, agreed: of('agreed') === 'yes' }
    case 'ask-amendment':
    case 'dispute-fee':
      return { kind, ...part, reasons: of('reasons') }
    case 'ask-extension':
      return { kind, ...part, until: `${of('until')}T00:00:00Z`, evidence: of('evidence') }
    case 'state-views':
      return { kind, ...part, finding: of('finding'), views: of('views') }
    case 'publish-results':
      return { kind, ...part, reference: of('reference'), product: of('product') === 'yes' }
    case 'end':
      return { kind, ...part, why: 'given-back', reasons: of('reasons') }
  }
}

/** Whether there is anything to do it about; whether it may be done is the case's answer. */
export function isOffered(kind: ActKind, part: Part): boolean {
  switch (kind) {
    case 'answer-question':
      return part.openQuestion !== undefined
    case 'accept-fee':
      return part.fee !== undefined && !part.fee.accepted
    case 'dispute-fee':
      return part.fee !== undefined && part.fee.cents > 0 && part.feeDisputedAt === undefined
    case 'state-views':
      return findingsToAnswer(part).length > 0
    case 'ask-amendment':
      return part.amendmentAsked === undefined
    case 'ask-extension':
      return part.extensionAsked === undefined && !part.permitExtended
    default:
      return true
  }
}

/** Findings against the user on which he has not spoken (Art. 63(2)). */
export function findingsToAnswer(part: Part): readonly (readonly [string, string])[] {
  return openFindings(part).flatMap(([id, { against, description, views }]) =>
    against === 'user' && views === undefined ? [[id, description] as const] : [],
  )
}
