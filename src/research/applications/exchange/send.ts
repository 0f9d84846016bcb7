/** One attempt to tell another body: what its answer means, and nothing more than that. */
import { z } from 'zod'
import type { PeerFetch, PeerResponse } from '#platform/http/peer-fetch.ts'
import { type SigningKey, signJson } from '../../permits/signed-json.ts'
import { CASES_PATH } from './door.ts'
import { CASE_MESSAGE, type CaseMessage } from './message.ts'

/** Where the body of a country is reached. */
export interface BodyAddress {
  /** E.g. `https://hdab.pt:4040`. */
  readonly url: string
  /** Hex SHA-256 of the certificates it may show. */
  readonly certificates: readonly string[]
}

export type SendOutcome =
  | { readonly kind: 'done' }
  /** It will say the same again. */
  | { readonly kind: 'refused'; readonly code: string }
  /** Not reached, no answer, or one that says nothing: the same message is sent again, which does no harm. */
  | { readonly kind: 'again'; readonly code: string }

export type SendMessage = (message: CaseMessage) => Promise<SendOutcome>

export interface SendOptions {
  readonly fetch: PeerFetch['fetch']
  readonly key: SigningKey
  /** Undefined while the body of that country is not known. */
  readonly addressOf: (country: string) => BodyAddress | undefined
}

const TakenSchema = z.object({ taken: z.int().positive() })
const RefusalSchema = z.object({ code: z.string().regex(/^[a-z][a-z-]{0,99}$/) })

export function messageSender({ fetch, key, addressOf }: SendOptions): SendMessage {
  return async (message) => {
    const address = addressOf(message.to)
    if (!address) return { kind: 'again', code: 'body-unknown' }
    const body = await signJson(message, CASE_MESSAGE, key)
    // Said here, because the other side could only cut the connection; it waits on the board for a person.
    if (body.length > CASE_MESSAGE.longest) return { kind: 'again', code: 'message-too-large' }
    const answered = await fetch({
      url: `${address.url}${CASES_PATH}`,
      method: 'POST',
      headers: { 'content-type': 'application/jose' },
      body,
      // It is taken once, however often it comes.
      repeatable: true,
      pinnedFingerprints: address.certificates,
    })
    return answered.ok ? meaningOf(answered.value, message) : { kind: 'again', code: answered.problem.code }
  }
}

function meaningOf(response: PeerResponse, { sequence }: CaseMessage): SendOutcome {
  const json = jsonOf(response)
  if (response.status === 200) {
    const taken = TakenSchema.safeParse(json)
    return taken.success && taken.data.taken === sequence ? { kind: 'done' } : { kind: 'again', code: 'body-garbled' }
  }
  const refused = RefusalSchema.safeParse(json)
  const code = refused.success ? refused.data.code : 'body-garbled'
  // Only what the body has decided on the content is final; keys, lists, versions and load are mended by people or time.
  return refused.success && response.status === 409 ? { kind: 'refused', code } : { kind: 'again', code }
}

function jsonOf({ body }: PeerResponse): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}
