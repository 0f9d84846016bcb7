/**
 * Who may do what, and when: one line for each command. `by`: roles. `from`: statuses of the part. `makes`: the event it
 * becomes. Everything that is not in this table cannot be done.
 */
import type { CaseKind } from '../rules/application.ts'
import type { CommandKind, CommandOf } from './commands.ts'
import type { EventKind, Role } from './events.ts'
import { LIVE, type PartStatus, UNDECIDED } from './state.ts'

export interface CaseRow {
  readonly level: 'case'
  readonly by: readonly Role[]
  readonly from: 'new' | 'draft' | 'submitted'
  readonly makes: EventKind
}

export interface PartRow {
  readonly level: 'part'
  readonly by: readonly Role[]
  readonly from: readonly PartStatus[]
  readonly makes: EventKind
  /** Absent: applications and requests alike. */
  readonly only?: CaseKind
  /** Not while the permit is suspended (Art. 63(3)). */
  readonly restsWhenSuspended?: true
}

type Row<Kind extends CommandKind> = CommandOf<Kind> extends { readonly memberState: string } ? PartRow : CaseRow

const onCase = (by: readonly Role[], from: CaseRow['from'], makes: EventKind): CaseRow => ({
  level: 'case',
  by,
  from,
  makes,
})
const onPart = (
  by: readonly Role[],
  from: readonly PartStatus[],
  makes: EventKind,
  more: Pick<PartRow, 'only' | 'restsWhenSuspended'> = {},
): PartRow => ({ level: 'part', by, from, makes, ...more })

const ASSESSED: readonly PartStatus[] = ['assessment', 'proposal-received']
const USED: readonly PartStatus[] = ['available', 'responded', 'ended']
const SUPERVISED: readonly PartStatus[] = [...LIVE, 'responded', 'ended']
const OVER: readonly PartStatus[] = ['responded', 'ended', 'refused', 'lapsed', 'withdrawn']
const PERMIT = { only: 'data-permit' } as const
const REQUEST = { only: 'data-request' } as const
const RESTS = { restsWhenSuspended: true } as const

export const TABLE: { readonly [Kind in CommandKind]: Row<Kind> } = {
  draft: onCase(['applicant'], 'new', 'drafted'),
  edit: onCase(['applicant', 'member'], 'draft', 'edited'),
  'add-member': onCase(['applicant'], 'draft', 'member-added'),
  'remove-member': onCase(['applicant'], 'draft', 'member-removed'),
  submit: onCase(['applicant'], 'draft', 'submitted'),
  withdraw: onCase(['applicant'], 'submitted', 'withdrawn'),

  'ask-completion': onPart(['intake', 'assessor'], ['completeness-check', 'assessment'], 'completion-asked'),
  complete: onPart(['applicant', 'member'], ['incomplete'], 'completed'),
  'confirm-complete': onPart(['intake'], ['completeness-check'], 'completeness-confirmed'),
  lapse: onPart(['intake', 'system'], ['incomplete'], 'lapsed'),
  assess: onPart(['assessor'], ASSESSED, 'criteria-assessed'),
  'ask-question': onPart(['assessor', 'intake'], ASSESSED, 'question-asked'),
  'answer-question': onPart(['applicant', 'member'], UNDECIDED, 'question-answered'),
  'send-to-trusted-holder': onPart(['intake', 'assessor'], ['assessment'], 'sent-to-trusted-holder'),
  propose: onPart(['data-holder'], ['with-trusted-holder'], 'proposal-made'),
  'extend-decision': onPart(['assessor', 'coordinator'], ['assessment'], 'decision-extended'),
  'estimate-fee': onPart(['intake', 'assessor', 'coordinator'], [...ASSESSED, 'with-trusted-holder'], 'fee-estimated'),
  'accept-fee': onPart(['applicant'], UNDECIDED, 'fee-accepted'),
  'charge-costs': onPart(['coordinator'], ['withdrawn'], 'costs-charged'),
  'propose-conversion': onPart(['assessor'], ASSESSED, 'conversion-proposed', PERMIT),
  'answer-conversion': onPart(['applicant'], ['conversion-proposed'], 'conversion-answered'),
  grant: onPart(['coordinator'], ASSESSED, 'granted'),
  refuse: onPart(['coordinator'], ASSESSED, 'refused'),
  'publish-decision': onPart(
    ['coordinator', 'intake'],
    [...LIVE, 'responded', 'ended', 'refused'],
    'decision-published',
  ),

  'ask-holder': onPart(['data-preparer', 'coordinator'], ['granted', 'data-asked'], 'data-asked'),
  'delay-delivery': onPart(['data-holder'], ['data-asked'], 'delivery-delayed'),
  deliver: onPart(['data-holder'], ['data-asked'], 'delivered'),
  'extend-preparation': onPart(['data-preparer'], ['data-received'], 'preparation-extended', PERMIT),
  'make-available': onPart(['data-preparer'], ['data-received'], 'made-available', { ...PERMIT, ...RESTS }),
  respond: onPart(['output-checker'], ['granted', 'data-received'], 'responded', { ...REQUEST, ...RESTS }),
  'ask-amendment': onPart(['applicant'], LIVE, 'amendment-asked', RESTS),
  'decide-amendment': onPart(['coordinator'], LIVE, 'amendment-decided'),
  'ask-extension': onPart(['applicant'], LIVE, 'extension-asked', { ...PERMIT, ...RESTS }),
  'decide-extension': onPart(['coordinator'], LIVE, 'extension-decided', PERMIT),
  'dispute-fee': onPart(['applicant', 'data-holder'], LIVE, 'fee-disputed'),
  'set-fee': onPart(['coordinator'], LIVE, 'fee-set'),

  'notify-finding': onPart(['coordinator', 'auditor'], SUPERVISED, 'finding-notified'),
  'state-views': onPart(['applicant', 'data-holder'], SUPERVISED, 'views-stated'),
  'conclude-finding': onPart(['coordinator'], SUPERVISED, 'finding-concluded'),
  suspend: onPart(['coordinator'], LIVE, 'suspended'),
  resume: onPart(['coordinator'], LIVE, 'resumed'),
  end: onPart(['system', 'coordinator', 'applicant'], LIVE, 'ended'),
  'delete-data': onPart(['data-preparer'], ['ended'], 'data-deleted'),
  'publish-results': onPart(['applicant', 'member'], USED, 'results-published'),
  'extend-publication': onPart(['coordinator'], ['responded', 'ended'], 'publication-extended'),
  close: onPart(['coordinator'], OVER, 'part-closed'),
}

/** Roles of the applicant's side: what they do is done at the body where the application was submitted. */
export const APPLICANT_ROLES: readonly Role[] = ['applicant', 'member']
