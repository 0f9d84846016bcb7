/**
 * A SOAP message from the bytes of an HTTP body: plain (`application/soap+xml`) or with attachments (MTOM 1.0 over
 * `multipart/related`). The XML is parsed once; the security header and the body are of the same tree.
 */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { parseXmlText } from '#platform/xml/parse.ts'
import type { XmlElement, XmlLimits } from '#platform/xml/tree.ts'
import type { ContentOf } from './attachments.ts'
import { contentOf } from './content.ts'
import { type Envelope, type EnvelopeProblemCode, readEnvelope } from './envelope.ts'
import { type MediaType, readMediaType } from './media-type.ts'
import { type MimePart, readMultipart } from './multipart.ts'

export interface SoapMessage extends Envelope {
  /** WS-Addressing, else of the Content-Type; where both are, they are the same. */
  readonly action: string | undefined
  readonly content: ContentOf
  /** The envelope, with `body` and `security` in it. */
  readonly root: XmlElement
  /** The envelope as it came, without attachments. */
  readonly text: string
}

export type MessageProblemCode =
  | EnvelopeProblemCode
  | 'soap-media-type'
  | 'soap-multipart'
  | 'soap-charset'
  | 'soap-xml'
  | 'soap-action-differs'

export interface MessageLimits {
  /** Bytes of the envelope, with what stands in it as base64 but without attachments; default: those of the message. */
  readonly envelopeBytes?: number
}

/** Depth and nodes of the envelope: far above what a list of a thousand documents needs, far below what hurts. */
export const ENVELOPE_LIMITS: Partial<XmlLimits> = { depth: 128, nodes: 400_000 }

export function readMessage(
  contentType: string,
  body: Uint8Array,
  limits: MessageLimits = {},
): Result<SoapMessage, MessageProblemCode> {
  const media = readMediaType(contentType)
  if (media === undefined) return refused('soap-media-type', 'The Content-Type of the message cannot be read.')
  const packaged = unpack(media, body)
  if (!packaged.ok) return packaged
  const { xml, attachments, actions, charset } = packaged.value
  const parsed = parseXmlText(xml, { limits: { ...ENVELOPE_LIMITS, bytes: limits.envelopeBytes ?? body.length } })
  if (!parsed.ok)
    return failed('soap-xml', `The envelope cannot be read. ${parsed.problem.sentence}`, parsed.problem.next)
  const { document, text } = parsed.value
  if (charset !== undefined && !isSameEncoding(charset, document.encoding)) {
    return refused('soap-charset', 'The envelope is not in the encoding that its Content-Type says.')
  }
  const envelope = readEnvelope(document.root)
  if (!envelope.ok) return envelope
  const named = new Set([envelope.value.addressing.action, ...actions].filter((action) => action !== undefined))
  // SOAP 1.2 Part 2 §6.5.1.1, WS-Addressing 1.0 SOAP Binding §2.4.
  if (named.size > 1) return refused('soap-action-differs', 'The message names two different actions.')
  const [action] = named
  return ok({ ...envelope.value, action, content: contentOf(attachments), root: document.root, text })
}

interface Unpacked {
  readonly xml: Uint8Array
  readonly attachments: readonly MimePart[]
  readonly actions: readonly (string | undefined)[]
  readonly charset: string | undefined
}

const SOAP_TYPE = 'application/soap+xml'
const XOP_TYPE = 'application/xop+xml'

function unpack(media: MediaType, body: Uint8Array): Result<Unpacked, MessageProblemCode> {
  const { type, parameters } = media
  if (type === SOAP_TYPE) {
    return ok({ xml: body, attachments: [], actions: [actionOf(media)], charset: parameters.get('charset') })
  }
  if (type !== 'multipart/related') {
    return refused('soap-media-type', `This service takes ${SOAP_TYPE}, or multipart/related with ${XOP_TYPE}.`)
  }
  // XOP 1.0 §4.1; a package of something else has other rules.
  if (parameters.get('type')?.toLowerCase() !== XOP_TYPE) {
    return refused('soap-media-type', `The parts of the message are not ${XOP_TYPE}.`)
  }
  const parts = readMultipart(body, parameters.get('boundary') ?? '')
  if (!parts.ok) return refused('soap-multipart', parts.problem.sentence)
  const root = rootOf(parts.value, parameters.get('start'))
  if (root === undefined)
    return refused('soap-multipart', 'The message does not have the part that it says is the first.')
  const inner = root.contentType
  const wraps = inner?.parameters.get('type')
  const nested = [parameters.get('start-info'), wraps].map((info) =>
    info === undefined ? undefined : readMediaType(info),
  )
  if (inner?.type !== XOP_TYPE || nested.some((one) => one !== undefined && one.type !== SOAP_TYPE)) {
    return refused('soap-media-type', `The first part of the message is not ${XOP_TYPE} with ${SOAP_TYPE}.`)
  }
  return ok({
    xml: root.bytes,
    attachments: parts.value.filter((part) => part !== root),
    actions: [media, inner, ...nested].map(actionOf),
    charset: inner.parameters.get('charset'),
  })
}

/** RFC 2387 §3.2: the part that `start` names, else the first. */
function rootOf(parts: readonly MimePart[], start: string | undefined): MimePart | undefined {
  if (start === undefined) return parts[0]
  const id = start.trim().replace(/^<(.*)>$/, '$1')
  return parts.find((part) => part.contentId === id)
}

function actionOf(media: MediaType | undefined): string | undefined {
  return media?.parameters.get('action')?.trim() || undefined
}

function isSameEncoding(charset: string, encoding: string): boolean {
  const name = charset.toLowerCase()
  return name === encoding || (name === 'utf-16' && encoding.startsWith('utf-16'))
}

function refused(code: MessageProblemCode, sentence: string): Result<never, MessageProblemCode> {
  return failed(code, sentence, 'Send a SOAP 1.2 message by IHE ITI TF-2 Appendix V.')
}
