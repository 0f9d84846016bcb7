/** A call of another country after its door has looked at the credentials: what every step is given, whatever the wire. */
import { createHash, X509Certificate } from 'node:crypto'
import type { Connection } from '#platform/http/connection.ts'
import type { VerifiedCaller, Wire } from '../border/border-service.ts'
import type { ExchangedEnvelopes } from '../context/recorder.ts'
import type { CareRefusal } from './refusals.ts'

export interface AuthenticatedCall {
  readonly wire: Wire
  readonly connection: Connection
  /** What both ledgers write: X-Request-Id, or WS-Addressing MessageID. */
  readonly requestId: string | undefined
  /** The request as the ledger shall show it. */
  readonly query: string
  readonly credentials: Credentials
  readonly exchanged?: ExchangedEnvelopes
}

export type Credentials =
  | {
      readonly ok: true
      readonly caller: VerifiedCaller
    }
  | {
      readonly ok: false
      readonly refusal: CareRefusal
      /** Only for the ledger, e.g. `token-expired`. */
      readonly detail: string
      /** Who asked, when that much is certain. */
      readonly caller?: VerifiedCaller
    }

/** What audit and evidence need of a message: who was at the other end, what was asked, and its digest. */
export function exchangeOf(
  connection: Connection,
  message: Omit<ExchangedEnvelopes, 'clientName' | 'requestDigest'> & { readonly requestDigest?: string },
): ExchangedEnvelopes {
  const { certificate } = connection
  const digest =
    message.requestDigest ??
    createHash('sha256')
      .update(message.request ?? '')
      .digest('hex')
  return {
    ...message,
    requestDigest: digest,
    ...(certificate?.raw.byteLength ? { clientName: nameOf(certificate.raw) } : {}),
  }
}

/** By the certificate of a connection, over which many requests come. */
const NAMES = new WeakMap<Uint8Array, string>()

/** RFC 4514: the most specific part first. Node prints one part a line, the most general first. */
function nameOf(der: Uint8Array): string {
  const known = NAMES.get(der)
  if (known !== undefined) return known
  const name = new X509Certificate(der).subject.split('\n').reverse().join(', ')
  NAMES.set(der, name)
  return name
}
