/** The door through which bodies tell each other about cases: one POST, over mutual TLS, signed besides. */
import type { Handler } from '#platform/http/serve.ts'
import type { Problem } from '#platform/result/result.ts'
import { verifyJson } from '../../permits/signed-json.ts'
import type { TrustList } from '../../permits/trust-list.ts'
import { CASE_MESSAGE } from './message.ts'
import type { CaseReceiver } from './receive.ts'

export const CASES_PATH = '/research/cases/messages'

export interface CaseDoor {
  readonly receiver: CaseReceiver
  readonly trust: TrustList
  readonly now?: () => Date
}

export function caseHandler({ receiver, trust, now = () => new Date() }: CaseDoor): Handler {
  return async (request, { certificate }) => {
    if (request.method !== 'POST' || new URL(request.url).pathname !== CASES_PATH) {
      return refusal(404, {
        code: 'address-unknown',
        sentence: 'There is nothing under this address.',
        next: `POST to ${CASES_PATH}.`,
      })
    }
    const party = certificate && trust.holderOf(certificate.fingerprint)
    if (!party) {
      const sentence = 'The certificate of the connection is not on the list of trusted parties.'
      return refusal(401, { code: 'party-unknown', sentence, next: 'Have it entered there.' })
    }
    const verified = await verifyJson(await request.text(), CASE_MESSAGE, trust, now())
    if (!verified.ok) return refusal(400, verified.problem)
    if (verified.value.signer.id !== party.id) {
      const sentence = 'The message was signed by another body than the one that sends it.'
      return refusal(403, { code: 'message-of-another', sentence, next: 'Each body sends its own.' })
    }
    const received = await receiver.receive(verified.value.content)
    return received.ok ? json(200, { taken: verified.value.content.sequence }) : refuse(received.problem)
  }
}

const STATUS: Readonly<Record<string, number>> = {
  'message-not-for-us': 421,
  'message-out-of-order': 425,
  'rules-unknown': 503,
  'body-busy': 503,
}

function refuse(problem: Problem): Response {
  return refusal(STATUS[problem.code] ?? 409, problem)
}

function refusal(status: number, { code, sentence, next }: Problem): Response {
  return json(status, { code, sentence, next })
}

function json(status: number, body: unknown): Response {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  return new Response(JSON.stringify(body), { status, headers })
}
