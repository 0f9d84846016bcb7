/** What people may want to do with a case. A command is a wish; whether it becomes events is `decide`'s answer. */
import type { Permit } from '../../permits/permit.ts'
import type { Answers, CaseKind, Person } from '../rules/application.ts'
import type { Actor, EventKind, EventOf } from './events.ts'

interface Wish {
  /** ISO 8601, by the clock of this node. */
  readonly at: string
  readonly by: Actor
}

type Envelope = 'kind' | 'at' | 'country' | 'by' | 'memberState'
/** The same facts as an event of that kind. */
type Facts<Kind extends EventKind> = Omit<EventOf<Kind>, Envelope>

/** What a decision fixes of a permit; the rest follows from the case (Art. 68(10)). */
export type PermitTerms = Pick<Permit, 'id' | 'from' | 'until' | 'datasets' | 'tools' | 'disclosure'>

type OfCase<Kind extends string, Payload = unknown> = Wish & { readonly kind: Kind } & Payload
type OfPart<Kind extends string, Payload = unknown> = Wish & {
  readonly kind: Kind
  readonly memberState: string
} & Payload

export type CaseCommand =
  | OfCase<'draft', { readonly caseId: string; readonly applicationKind: CaseKind; readonly answers: Answers }>
  | OfCase<'edit', { readonly answers: Answers }>
  | OfCase<'add-member', { readonly person: Person }>
  | OfCase<'remove-member', Facts<'member-removed'>>
  | OfCase<'submit'>
  | OfCase<'withdraw'>

export type PartCommand =
  | OfPart<'ask-completion', Facts<'completion-asked'>>
  | OfPart<'complete', { readonly answers: Answers }>
  | OfPart<'confirm-complete'>
  | OfPart<'lapse'>
  | OfPart<'assess', Facts<'criteria-assessed'>>
  | OfPart<'ask-question', Facts<'question-asked'>>
  | OfPart<'answer-question', Facts<'question-answered'>>
  | OfPart<'send-to-trusted-holder', Facts<'sent-to-trusted-holder'>>
  | OfPart<'propose', Facts<'proposal-made'>>
  | OfPart<'extend-decision', Facts<'decision-extended'>>
  | OfPart<'estimate-fee', Facts<'fee-estimated'>>
  | OfPart<'accept-fee'>
  | OfPart<'charge-costs', Facts<'costs-charged'>>
  | OfPart<'propose-conversion', Facts<'conversion-proposed'>>
  | OfPart<'answer-conversion', Facts<'conversion-answered'>>
  | OfPart<'grant', { readonly terms: PermitTerms }>
  | OfPart<'refuse', Facts<'refused'>>
  | OfPart<'publish-decision', Facts<'decision-published'>>
  | OfPart<'ask-holder', Facts<'data-asked'>>
  | OfPart<'delay-delivery', Facts<'delivery-delayed'>>
  | OfPart<'deliver', Facts<'delivered'>>
  | OfPart<'extend-preparation', Facts<'preparation-extended'>>
  | OfPart<'make-available', Facts<'made-available'>>
  | OfPart<'respond', Facts<'responded'>>
  | OfPart<'ask-amendment', Facts<'amendment-asked'>>
  /** `terms`: of the new permit, when it is granted. */
  | OfPart<'decide-amendment', { readonly granted: boolean; readonly reasons: string; readonly terms?: AmendedTerms }>
  | OfPart<'ask-extension', Facts<'extension-asked'>>
  | OfPart<
      'decide-extension',
      { readonly granted: boolean; readonly reasons: string; readonly permitId?: Permit['id'] }
    >
  | OfPart<'dispute-fee', Facts<'fee-disputed'>>
  | OfPart<'set-fee', Facts<'fee-set'>>
  | OfPart<'notify-finding', Facts<'finding-notified'>>
  | OfPart<'state-views', Facts<'views-stated'>>
  | OfPart<'conclude-finding', Facts<'finding-concluded'> & Measures>
  | OfPart<'suspend', Facts<'suspended'>>
  | OfPart<'resume', Facts<'resumed'>>
  | OfPart<'end', { readonly why: 'expired' | 'given-back'; readonly reasons: string }>
  | OfPart<'delete-data'>
  | OfPart<'publish-results', Facts<'results-published'>>
  | OfPart<'extend-publication', Facts<'publication-extended'>>
  | OfPart<'close'>

/** An amendment may change what is accessed and by whom, never for how long (that is an extension). */
export interface AmendedTerms extends Omit<PermitTerms, 'from' | 'until'> {
  readonly persons?: readonly Person[]
}

/** Art. 63: what follows from a finding that was confirmed. */
export interface Measures {
  readonly revoke?: boolean
  /** Identifier of the user or holder, and the last day. */
  readonly exclude?: { readonly party: string; readonly until: string }
}

export type Command = CaseCommand | PartCommand
export type CommandKind = Command['kind']
export type CommandOf<Kind extends CommandKind> = Extract<Command, { readonly kind: Kind }>

export function isPartCommand(command: Command): command is PartCommand {
  return 'memberState' in command
}
