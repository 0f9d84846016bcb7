/** The SOAP 1.2 envelope (W3C SOAP 1.2 Part 1, §5): one child in the Body, and the header blocks that are meant for us. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { attribute, elements, isBlank } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { ADDRESSING_NAMESPACE, type Addressing, ANONYMOUS, readAddressing } from './addressing.ts'
import { isInclude } from './content.ts'

export const SOAP_NAMESPACE = 'http://www.w3.org/2003/05/soap-envelope'
export const SECURITY_NAMESPACE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'

export interface Envelope {
  /** The one child of the Body; of an answer it may be a Fault. */
  readonly body: XmlElement
  readonly security: XmlElement | undefined
  readonly addressing: Addressing
}

export type EnvelopeProblemCode =
  | 'soap-version'
  | 'soap-envelope'
  | 'soap-must-understand'
  | 'soap-security-ambiguous'
  | 'soap-include-in-header'
  | 'soap-addressing'

export function readEnvelope(root: XmlElement): Result<Envelope, EnvelopeProblemCode> {
  if (root.name !== 'Envelope' || root.namespace !== SOAP_NAMESPACE) {
    return root.name === 'Envelope'
      ? refused('soap-version', 'The message is not SOAP 1.2.')
      : refused('soap-envelope', 'The message is not a SOAP envelope.')
  }
  const parts = elements(root)
  const header = parts.length === 2 ? parts[0] : undefined
  const body = parts[parts.length - 1]
  const whole = isSoap(body, 'Body') && (header === undefined || isSoap(header, 'Header')) && parts.length <= 2
  if (!whole || !hasNoText(root) || (header !== undefined && !hasNoText(header))) {
    return refused('soap-envelope', 'The SOAP envelope is not one optional Header and one Body.')
  }
  const [content, ...more] = elements(body)
  if (content === undefined || more.length > 0 || body === undefined || !hasNoText(body)) {
    return refused('soap-envelope', 'The SOAP Body does not have exactly one element.')
  }
  return header === undefined
    ? ok({ body: content, security: undefined, addressing: NO_ADDRESSING })
    : readHeader(header, content)
}

const NO_ADDRESSING: Addressing = { action: undefined, messageId: undefined, relatesTo: undefined }

function readHeader(header: XmlElement, body: XmlElement): Result<Envelope, EnvelopeProblemCode> {
  const blocks = elements(header).filter(isForUs)
  const unknown = blocks.find((block) => mustUnderstand(block) && !isUnderstood(block))
  if (unknown !== undefined) {
    return refused('soap-must-understand', `The header block ${unknown.name.slice(0, 80)} is not understood here.`)
  }
  // Attachments hold documents. In what is signed they would stand for bytes that no signature covers.
  if (holdsInclude(header)) return refused('soap-include-in-header', 'The SOAP Header refers to an attachment.')
  const [security, ...more] = blocks.filter(isSecurity)
  if (more.length > 0) return refused('soap-security-ambiguous', 'The message has two WS-Security headers.')
  const addressing = readAddressing(blocks)
  if (!addressing.ok) return refused('soap-addressing', addressing.problem.sentence)
  return ok({ body, security, addressing: addressing.value })
}

function refused(code: EnvelopeProblemCode, sentence: string): Result<never, EnvelopeProblemCode> {
  return failed(code, sentence, 'Send a SOAP 1.2 message by IHE ITI TF-2 Appendix V.')
}

function isSoap(element: XmlElement | undefined, name: string): boolean {
  return element !== undefined && element.name === name && element.namespace === SOAP_NAMESPACE
}

function hasNoText(element: XmlElement): boolean {
  return element.children.every((node) => typeof node !== 'string' || isBlank(node))
}

const OUR_ROLES = new Set(['', `${SOAP_NAMESPACE}/role/next`, `${SOAP_NAMESPACE}/role/ultimateReceiver`])

/** SOAP 1.2 Part 1 §2.2: blocks for other roles are none of our business. */
function isForUs(block: XmlElement): boolean {
  return OUR_ROLES.has(attribute(block, 'role', SOAP_NAMESPACE)?.trim() ?? '')
}

function mustUnderstand(block: XmlElement): boolean {
  const value = attribute(block, 'mustUnderstand', SOAP_NAMESPACE)?.trim()
  return value === '1' || value === 'true'
}

function isSecurity(block: XmlElement): boolean {
  return block.name === 'Security' && block.namespace === SECURITY_NAMESPACE
}

/** The last is OpenNCP's slip: its retrieve client writes addressing headers in that namespace. */
function isUnderstood(block: XmlElement): boolean {
  return isSecurity(block) || block.namespace === ADDRESSING_NAMESPACE || block.namespace === ANONYMOUS
}

function holdsInclude(element: XmlElement): boolean {
  return elements(element).some((inner) => isInclude(inner) || holdsInclude(inner))
}
