/** How a node speaks to its coordinator: outbound only, over mutual TLS, with the coordinator's certificate pinned. */
import { z } from 'zod'
import type { PeerFetch, PeerProblemCode, PeerResponse } from '#platform/http/peer-fetch.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { PATHS } from './coordinator-handler.ts'
import type { ListedTask } from './coordinator-store.ts'

export interface Work {
  readonly tasks: readonly ListedTask[]
  /** Names the lists of revoked permits that the coordinator has; `lists` only when they are news. */
  readonly digest: string
  readonly lists?: readonly string[]
  /** Our clock minus the coordinator's, in milliseconds. */
  readonly clockAhead: number
}

export type ClientProblemCode = PeerProblemCode | 'coordinator-refused' | 'coordinator-failed' | 'coordinator-garbled'

export interface CoordinatorClient {
  work(asked: {
    readonly after: number
    readonly digest: string
    readonly waitSeconds: number
  }): Promise<Result<Work, ClientProblemCode>>
  /** `taken`, or the code with which it refuses for good. */
  submit(result: string): Promise<Result<{ readonly taken: true } | { readonly refused: string }, ClientProblemCode>>
}

export interface ClientOptions {
  readonly fetch: PeerFetch['fetch']
  /** E.g. `https://coordinator.eu:4040`. */
  readonly url: string
  /** Hex SHA-256. */
  readonly certificates: readonly string[]
  readonly now?: () => Date
  /** For an answer, beside the time that it may be kept open; 15 s unless told. */
  readonly answerMs?: number
}

const WorkSchema = z.object({
  tasks: z.array(
    z.object({ id: z.string().min(1).max(500), sequence: z.int().positive(), task: z.string().max(10_000_000) }),
  ),
  digest: z.string().max(200),
  lists: z.array(z.string()).exactOptional(),
})
const TakenSchema = z.object({ taken: z.enum(['first', 'again']) })
const RefusalSchema = z.object({ code: z.string().regex(/^[a-z][a-z-]{0,99}$/) })

const ANSWER_MS = 15_000
const LARGEST_ANSWER = 200_000_000

export function coordinatorClient(options: ClientOptions): CoordinatorClient {
  const { fetch, url, certificates, now = () => new Date(), answerMs = ANSWER_MS } = options
  return {
    async work({ after, digest, waitSeconds }) {
      const query = new URLSearchParams({ after: String(after), lists: digest, wait: String(waitSeconds) })
      const answered = await fetch({
        url: `${url}${PATHS.work}?${query}`,
        pinnedFingerprints: certificates,
        timeoutMs: waitSeconds * 1000 + answerMs,
        maxBytes: LARGEST_ANSWER,
      })
      if (!answered.ok) return answered
      const read = WorkSchema.safeParse(jsonOf(answered.value))
      if (answered.value.status !== 200) return unexpected(answered.value)
      const theirs = Date.parse(answered.value.headers.get('date') ?? '')
      if (!read.success || Number.isNaN(theirs)) return garbled()
      return ok({ ...read.data, clockAhead: now().getTime() - theirs })
    },
    async submit(result) {
      const answered = await fetch({
        url: `${url}${PATHS.results}`,
        method: 'POST',
        headers: { 'content-type': 'application/jose' },
        body: result,
        // The coordinator takes an answer once, however often it comes.
        repeatable: true,
        pinnedFingerprints: certificates,
        timeoutMs: answerMs,
      })
      if (!answered.ok) return answered
      const { status } = answered.value
      // A proxy that answers 200 by itself has taken nothing.
      if (status === 200) return TakenSchema.safeParse(jsonOf(answered.value)).success ? ok({ taken: true }) : garbled()
      const refused = RefusalSchema.safeParse(jsonOf(answered.value))
      // 401 and 403 are mended by people, 5xx by time; then the same answer is told again.
      const final = status === 400 || status === 404 || status === 409
      if (final && refused.success) return ok({ refused: refused.data.code })
      return unexpected(answered.value)
    },
  }
}

function jsonOf({ body }: PeerResponse): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}

function unexpected({ status }: PeerResponse): Result<never, ClientProblemCode> {
  if (status === 401 || status === 403) {
    const sentence = 'The coordinator does not know this node.'
    return failed('coordinator-refused', sentence, 'Have the certificate of this node entered in its list.')
  }
  if (status >= 500) return failed('coordinator-failed', 'The coordinator has a failure.', 'Wait; it is asked again.')
  return garbled()
}

function garbled(): Result<never, ClientProblemCode> {
  return failed('coordinator-garbled', 'The coordinator answered something unreadable.', 'Tell its operator.')
}
