/**
 * For tests: a country A with one prescription, and a line to it on which everything goes wrong that can. It knows what
 * really happened, so that a test can compare that with what country B believes.
 */
import type { BorderAnswer, DispensationSubmission, SubmissionReceipt } from '../../border/border-service.ts'
import type { OpenChannel } from '../../country-b/channels/channel.ts'
import { refusal } from '../../country-b/channels/peer-refusals.ts'

/** What the line does to one request. */
export type Weather =
  | 'fine'
  /** Never leaves; country B can tell. */
  | 'no-connection'
  /** Lost on the way there; country B only sees that no answer comes. */
  | 'request-lost'
  | 'answer-lost'
  /** Country B's patience ends first; the request is worked on later. */
  | 'late'
  /** Delivered twice by something in between, answered once. */
  | 'twice'
  | 'server-error'

export const WEATHERS: readonly Weather[] = [
  'fine',
  'no-connection',
  'request-lost',
  'answer-lost',
  'late',
  'twice',
  'server-error',
]

export interface ModelCountry {
  readonly open: OpenChannel
  /** Submission ids whose dispensation counts, in the order in which they were taken. */
  readonly taken: readonly string[]
  /** Number of effects that the prescription allowed: never more than one. */
  readonly effects: () => number
  /** Every body that arrived, by submission id. */
  readonly bodies: ReadonlyMap<string, ReadonlySet<string>>
  weather: Weather
  /** A pharmacy elsewhere dispenses the prescription. */
  dispenseElsewhere(): void
  /** What came late is worked on now. */
  workOff(): void
}

/** `remembers`: it answers a repeated submission as it answered the first; the reference implementation does not. */
export function modelCountry(remembers: boolean): ModelCountry {
  const taken: string[] = []
  const bodies = new Map<string, Set<string>>()
  const late: DispensationSubmission[] = []
  let closedBy: string | undefined
  let effects = 0

  function work(submission: DispensationSubmission): BorderAnswer<SubmissionReceipt> {
    const { submissionId, document } = submission
    const seen = bodies.get(submissionId) ?? new Set()
    bodies.set(submissionId, seen.add(Buffer.from(document.bytes).toString('base64')))
    if (remembers && taken.includes(submissionId)) return { ok: true, value: { submissionId, first: false } }
    if (closedBy !== undefined) return refusal('4106', 'PT', 'refused')
    closedBy = submissionId
    effects += 1
    taken.push(submissionId)
    return { ok: true, value: { submissionId, first: true } }
  }

  const unknown = refusal('ERROR_GENERIC_TIMEOUT', 'PT', 'unknown')
  function submit(submission: DispensationSubmission): BorderAnswer<SubmissionReceipt> {
    switch (model.weather) {
      case 'fine':
        return work(submission)
      case 'no-connection':
        return refusal('ERROR_GENERIC_CONNECTION_NOT_POSSIBLE', 'PT', 'failed')
      case 'request-lost':
      case 'server-error':
        return unknown
      case 'answer-lost':
        work(submission)
        return unknown
      case 'late':
        late.push(submission)
        return unknown
      case 'twice': {
        const first = work(submission)
        work(submission)
        return first
      }
    }
  }

  const none = async () => ({ ok: true, value: [] }) as const
  const model: ModelCountry = {
    weather: 'fine',
    taken,
    bodies,
    effects: () => effects,
    dispenseElsewhere() {
      if (closedBy !== undefined) return
      closedBy = 'elsewhere'
      effects += 1
    },
    workOff() {
      for (const submission of late.splice(0)) work(submission)
    },
    open: {
      wire: remembers ? 'fhir' : 'ihe',
      address: 'model',
      repeatsAnswers: remembers,
      channel: {
        identify: none,
        list: none,
        retrieve: async () => refusal('ERROR_GENERIC', 'PT', 'failed'),
        submit: async (submission) => submit(submission),
      },
    },
  }
  return model
}
