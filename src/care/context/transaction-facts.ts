/**
 * What the outbox keeps of a transaction: the record and the digests of its messages as one text, whose SHA-256 stands in
 * the entry of the ledger. Nobody can change what audit messages and evidences are made of without its being seen.
 */
import { createHash } from 'node:crypto'
import type { AuditFacts } from '#trust/audit/audit-facts.ts'
import { canonicalJson } from '#trust/ledger/canonical-json.ts'
import type { AccessRecord } from './access-record.ts'
import type { ExchangedEnvelopes } from './recorder.ts'

/** Everything about the two messages but the messages. */
export type ExchangedDigests = Omit<ExchangedEnvelopes, 'request' | 'response'>

/** An event of the audit trail that is no access: a sign-in, an assertion, a list fetched, a request refused unread. */
export type NotedFacts = Omit<AuditFacts, 'site'>

export type TransactionFacts =
  | { readonly kind: 'access'; readonly record: AccessRecord; readonly exchanged?: ExchangedDigests }
  | { readonly kind: 'note'; readonly note: NotedFacts }

/** @returns canonical JSON and its hex SHA-256 */
export function factsText(facts: TransactionFacts): { readonly text: string; readonly digest: string } {
  // Through JSON, so that times are text.
  const text = canonicalJson(JSON.parse(JSON.stringify(facts)))
  return { text, digest: digestOfText(text) }
}

/** Hex SHA-256, as the ledger names it. */
export function digestOfText(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

export function factsOfAccess(record: AccessRecord, exchanged: ExchangedEnvelopes | undefined): TransactionFacts {
  if (exchanged === undefined) return { kind: 'access', record }
  const { request: _, response: __, ...digests } = exchanged
  const { messageId, responseMessageId, clientName, serverName } = digests
  const bounded = {
    ...text('messageId', messageId),
    ...text('responseMessageId', responseMessageId),
    ...text('clientName', clientName),
    ...text('serverName', serverName),
  }
  return { kind: 'access', record, exchanged: { ...digests, ...bounded } }
}

/** Beyond this an identifier of a stranger is none, and an index of the database would not take it. */
const LONGEST_TEXT = 400

function text<Name extends string>(name: Name, value: string | undefined): { readonly [N in Name]?: string } {
  return value === undefined ? {} : ({ [name]: boundedText(value) } as { readonly [N in Name]?: string })
}

/** What a stranger calls his message, as far as it is kept. */
export function boundedText(value: string): string {
  return value.slice(0, LONGEST_TEXT).toWellFormed()
}

/** Reads back what `factsText` wrote. Throws when it is something else. */
export function parseFacts(text: string): TransactionFacts {
  const facts: unknown = JSON.parse(text)
  if (!isFacts(facts)) throw new TypeError('The outbox holds something that is no transaction.')
  if (facts.kind === 'note') return facts
  return { ...facts, record: { ...facts.record, recorded: new Date(facts.record.recorded) } }
}

/** As much as tells the two kinds apart; the rest is what this node wrote, and the ledger has its digest. */
function isFacts(value: unknown): value is TransactionFacts {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false
  if (value.kind === 'note') return 'note' in value && typeof value.note === 'object'
  return value.kind === 'access' && 'record' in value && typeof value.record === 'object'
}
