/** WS-Addressing 1.0 as SOAP headers: read for the action and the ids only. An answer goes back on the same connection. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { child, words } from '#platform/xml/access.ts'
import { escapeText } from '#platform/xml/serialise.ts'
import type { XmlElement } from '#platform/xml/tree.ts'

export const ADDRESSING_NAMESPACE = 'http://www.w3.org/2005/08/addressing'
/** Where answers go: back on this connection. OpenNCP's retrieve client also takes it for the namespace of its headers. */
export const ANONYMOUS = `${ADDRESSING_NAMESPACE}/anonymous`
export const FAULT_ACTION = `${ADDRESSING_NAMESPACE}/soap/fault`

export interface Addressing {
  readonly action: string | undefined
  readonly messageId: string | undefined
  readonly relatesTo: string | undefined
}

export type AddressingProblemCode = 'addressing-duplicate' | 'addressing-reply-elsewhere' | 'addressing-too-long'

const SINGLE = ['Action', 'MessageID', 'RelatesTo', 'ReplyTo', 'FaultTo', 'To', 'From'] as const
const LONGEST = 1000

/** Of the header blocks meant for us. Those in the wrong namespace count only where the proper one is missing. */
export function readAddressing(headers: readonly XmlElement[]): Result<Addressing, AddressingProblemCode> {
  const found = new Map<string, XmlElement>()
  for (const namespace of [ADDRESSING_NAMESPACE, ANONYMOUS]) {
    for (const name of SINGLE) {
      const [one, ...more] = headers.filter((header) => header.name === name && header.namespace === namespace)
      // WS-Addressing 1.0 SOAP Binding §3.2: at most one of each.
      if (more.length > 0) return refused('addressing-duplicate', `The header ${name} stands twice in the message.`)
      if (one !== undefined && !found.has(name)) found.set(name, one)
    }
  }
  for (const name of ['ReplyTo', 'FaultTo']) {
    const address = found.has(name) ? words(child(found.get(name), 'Address')) : ANONYMOUS
    // WS-Addressing 1.0 Metadata §3.1.1: anonymous responses only; a node never calls an address that a stranger gives.
    if (address !== ANONYMOUS) {
      return refused('addressing-reply-elsewhere', 'This service answers on the same connection only.')
    }
  }
  const value = (name: string): string | undefined => words(found.get(name)) || undefined
  const addressing = { action: value('Action'), messageId: value('MessageID'), relatesTo: value('RelatesTo') }
  if (Object.values(addressing).some((held) => held !== undefined && held.length > LONGEST)) {
    return refused('addressing-too-long', 'An addressing header is longer than any id or action.')
  }
  return ok(addressing)
}

function refused(code: AddressingProblemCode, sentence: string): Result<never, AddressingProblemCode> {
  return failed(code, sentence, 'Send the addressing headers of IHE ITI TF-2 Appendix V.3.')
}

export interface OutgoingAddressing {
  readonly action: string
  readonly messageId: string
  /** Of a request. */
  readonly to?: string
  /** Of an answer, when the request had a MessageID. */
  readonly relatesTo?: string | undefined
}

/** The header blocks; the prefixes `env` and `wsa` are those of the envelope. */
export function writeAddressing({ action, messageId, to, relatesTo }: OutgoingAddressing): string {
  const request =
    to === undefined
      ? ''
      : `<wsa:To env:mustUnderstand="1">${escapeText(to)}</wsa:To><wsa:ReplyTo><wsa:Address>${ANONYMOUS}</wsa:Address></wsa:ReplyTo>`
  const answer = relatesTo === undefined ? '' : `<wsa:RelatesTo>${escapeText(relatesTo)}</wsa:RelatesTo>`
  return `<wsa:Action env:mustUnderstand="1">${escapeText(action)}</wsa:Action><wsa:MessageID>${escapeText(messageId)}</wsa:MessageID>${request}${answer}`
}
