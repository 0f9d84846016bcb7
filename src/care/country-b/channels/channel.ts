/**
 * One way to ask another country: a service of the border (`care/border`) that is reached over a wire. Whoever asks through
 * it (country B, or a bridge) says in whose name; the channel makes the credentials of its wire from that.
 */
import type { BorderService, VerifiedCaller, Wire } from '../../border/border-service.ts'
import type { ExchangedEnvelopes } from '../../context/recorder.ts'

/** In whose name something is asked. The professional was verified by this node: at sign-in, or at the door of a bridge. */
export interface AskingCall {
  readonly caller: VerifiedCaller
  /** Both countries' ledgers hold it. */
  readonly requestId: string
  /** The professional wrote why it is an emergency; his words stay in his country. */
  readonly emergencyReasonGiven: boolean
  /** Told of each message as it was sent and answered, for audit and evidence. */
  readonly heard?: (exchanged: ExchangedEnvelopes) => void
}

export type Channel = BorderService<AskingCall>

export interface OpenChannel {
  readonly wire: Wire
  readonly channel: Channel
  /** Where it leads, for the ledger. */
  readonly address: string
  /**
   * True when the other side promises to answer a repeated submission as it answered the first (docs/BORDER.md). Only then
   * does a refusal of a repetition say that the first one was not taken either.
   */
  readonly repeatsAnswers: boolean
}

/**
 * Finer reason of a refusal (`BorderRefusal.detail`): whoever stands behind this answer does not repeat his answers, although
 * the wire promises it. A bridge says so for countries behind it.
 */
export const NOT_REPEATABLE = 'not-repeatable'
