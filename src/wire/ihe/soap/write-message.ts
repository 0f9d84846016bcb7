/** A SOAP message as the bytes of an HTTP body: plain, or with its documents as MTOM parts. Each is encoded and digested once. */
import { hash } from 'node:crypto'
import { ADDRESSING_NAMESPACE, type OutgoingAddressing, writeAddressing } from './addressing.ts'
import type { Attach } from './attachments.ts'
import { XOP_NAMESPACE } from './content.ts'
import { SECURITY_NAMESPACE, SOAP_NAMESPACE } from './envelope.ts'
import { quoted, readMediaType } from './media-type.ts'

export interface OutgoingMessage {
  readonly contentType: string
  readonly body: Uint8Array
  /** The envelope as text, without attachments. */
  readonly text: string
  /** SHA-256 of the body, hex. */
  readonly digest: string
}

interface OutgoingPart {
  readonly id: string
  readonly contentType: string
  readonly bytes: Uint8Array
}

/** Collects the documents of one message while its body is written. */
export interface Attachments {
  readonly attach: Attach
  readonly parts: readonly OutgoingPart[]
}

/** What national systems hold is not always text that XML may hold (XML 1.0 production 2). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g

const DOCUMENT_TYPE = 'text/xml;charset=UTF-8'
const OTHER_TYPE = 'application/octet-stream'

/** @param newId a new UUID for each call: nothing in a document can be prepared to look like a boundary made from one */
export function collectAttachments(newId: () => string): Attachments {
  const parts: OutgoingPart[] = []
  return {
    parts,
    attach(bytes, contentType = DOCUMENT_TYPE) {
      const id = `${newId()}@tessera.ehds`
      // The type of a document comes from national systems: what is no media type must not become a header.
      parts.push({ id, contentType: readMediaType(contentType) === undefined ? OTHER_TYPE : contentType, bytes })
      return `<xop:Include xmlns:xop="${XOP_NAMESPACE}" href="cid:${id}"/>`
    },
  }
}

/** For messages whose receiver takes no attachments: the document as base64. */
export function inline(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
}

export interface MessageToWrite {
  readonly addressing: OutgoingAddressing
  /** Signed assertions in their order, as XML text that declares its own namespaces; put in to the character. */
  readonly assertions?: readonly string[]
  /** XML text of the one child of the Body; may use the prefix `env`. */
  readonly body: string
  /** Without it the message is plain SOAP. */
  readonly attachments?: Attachments
}

export function writeMessage(message: MessageToWrite, newId: () => string): OutgoingMessage {
  const text = writeEnvelope(message).replace(FORBIDDEN, '\uFFFD')
  const { action } = message.addressing
  if (message.attachments === undefined) {
    const body = Buffer.from(text, 'utf8')
    return { contentType: `${SOAP_TYPE}; charset=UTF-8; action=${quoted(action)}`, body, text, digest: digestOf(body) }
  }
  return packaged(text, action, message.attachments.parts, newId)
}

/** SHA-256, hex. */
export function digestOf(body: Uint8Array): string {
  return hash('sha256', body, 'hex')
}

const SOAP_TYPE = 'application/soap+xml'

function writeEnvelope({ addressing, assertions = [], body }: MessageToWrite): string {
  const security =
    assertions.length === 0
      ? ''
      : `<wsse:Security xmlns:wsse="${SECURITY_NAMESPACE}">${assertions.join('')}</wsse:Security>`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<env:Envelope xmlns:env="${SOAP_NAMESPACE}">`,
    `<env:Header xmlns:wsa="${ADDRESSING_NAMESPACE}">${writeAddressing(addressing)}${security}</env:Header>`,
    `<env:Body>${body}</env:Body></env:Envelope>`,
  ].join('')
}

/** MTOM 1.0 §3, XOP 1.0 §4.1, RFC 2387. */
function packaged(text: string, action: string, parts: readonly OutgoingPart[], newId: () => string): OutgoingMessage {
  const boundary = `MIMEBoundary_${newId()}`
  const rootId = `${newId()}@tessera.ehds`
  const chunks: Uint8Array[] = []
  const part = (id: string, contentType: string, bytes: Uint8Array, first: boolean): void => {
    const head = `${first ? '' : '\r\n'}--${boundary}\r\nContent-Type: ${contentType}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <${id}>\r\n\r\n`
    chunks.push(Buffer.from(head, 'latin1'), bytes)
  }
  part(rootId, `application/xop+xml; charset=UTF-8; type="${SOAP_TYPE}"`, Buffer.from(text, 'utf8'), true)
  for (const { id, contentType, bytes } of parts) part(id, contentType, bytes, false)
  chunks.push(Buffer.from(`\r\n--${boundary}--\r\n`, 'latin1'))
  const body = Buffer.concat(chunks)
  const contentType = `multipart/related; boundary=${quoted(boundary)}; type="application/xop+xml"; start="<${rootId}>"; start-info="${SOAP_TYPE}"; action=${quoted(action)}`
  return { contentType, body, text, digest: digestOf(body) }
}
