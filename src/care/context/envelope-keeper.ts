/**
 * What of the messages themselves is kept for the operator, and until when. They are there to find out why something failed:
 * those of failures are always kept, those of successes as long as there are not too many. Two countries that exchange a
 * hundred summaries a second would otherwise fill a disk within hours.
 */
import type { AccessOutcome } from './access-record.ts'
import type { ExchangedEnvelopes } from './recorder.ts'
import { redact } from './redact/redact.ts'
import type { NewTransaction } from './transaction-store.ts'

export interface KeptEnvelopes {
  readonly keep: 'none' | 'redacted' | 'whole'
  readonly hours: number
  /** Successes of one minute whose messages are kept; default 300. */
  readonly successesPerMinute?: number
}

export interface EnvelopeKeeper {
  of(outcome: AccessOutcome, exchanged: ExchangedEnvelopes | undefined): Pick<NewTransaction, 'envelopes'>
  /** Of an answer that comes after its record; undefined when the request was not kept either. */
  answer(messageId: string, response: string | undefined): string | undefined
}

const DEFAULT: KeptEnvelopes = { keep: 'redacted', hours: 72 }
const SUCCESSES_PER_MINUTE = 300
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
/** Longer messages hold documents: they are not worth the time of an answer. */
const LONGEST = 128 * 1024
/** Answers that are awaited; who does not answer is forgotten. */
const MOST_AWAITED = 1000

export function envelopeKeeper(envelopes: KeptEnvelopes = DEFAULT, now: () => Date): EnvelopeKeeper {
  const room = roomPerMinute(envelopes.successesPerMinute ?? SUCCESSES_PER_MINUTE, now)
  const unkept = new Set<string>()
  const text = (message: string | undefined): string | undefined => {
    if (message === undefined || envelopes.keep === 'none') return undefined
    if (message.length > LONGEST) return `(${message.length} characters: too long to be kept)`
    return envelopes.keep === 'whole' ? message : redact(message)
  }
  return {
    of(outcome, exchanged) {
      if (!exchanged || envelopes.keep === 'none') return {}
      if (outcome.kind === 'success' && !room()) {
        if (exchanged.messageId !== undefined && exchanged.response === undefined) remember(unkept, exchanged.messageId)
        return {}
      }
      const [request, response] = [text(exchanged.request), text(exchanged.response)]
      return {
        envelopes: {
          ...(request === undefined ? {} : { request }),
          ...(response === undefined ? {} : { response }),
          until: new Date(now().getTime() + envelopes.hours * HOUR_MS).toISOString(),
        },
      }
    },
    answer: (messageId, response) => (unkept.delete(messageId) ? undefined : text(response)),
  }
}

function remember(ids: Set<string>, id: string): void {
  ids.add(id)
  if (ids.size <= MOST_AWAITED) return
  const [oldest] = ids
  if (oldest !== undefined) ids.delete(oldest)
}

function roomPerMinute(most: number, now: () => Date): () => boolean {
  let minute = Number.NaN
  let kept = 0
  return () => {
    const current = Math.floor(now().getTime() / MINUTE_MS)
    if (current !== minute) [minute, kept] = [current, 0]
    if (kept >= most) return false
    kept += 1
    return true
  }
}
