/**
 * Answering side of the IHE wire: which services there are, and how a message becomes a call and an answer a message. What
 * is answered, and to whom, is decided by the handlers that country A gives. Malformed requests get a SOAP fault with a
 * sentence; nothing is ever sent elsewhere than back on the connection.
 */
import { randomUUID } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { announcesTooMuch, limitBody } from '#platform/http/body-limit.ts'
import type { Connection } from '#platform/http/connection.ts'
import type { Problem } from '#platform/result/result.ts'
import { type AnswerBody, type AnsweringNode, answerOf } from './answering.ts'
import type { IheCall, IheHandlers, IheProfile } from './exchange.ts'
import { FAULT_ACTION } from './soap/addressing.ts'
import { type Fault, statusOf, writeFault } from './soap/fault.ts'
import { readMessage, type SoapMessage } from './soap/message.ts'
import { digestOf, type OutgoingMessage, writeMessage } from './soap/write-message.ts'
import { isRequestOf, SERVICES, type Service, TRANSACTIONS, transactionOf } from './transactions.ts'

export interface IheServerOptions {
  readonly handlers: IheHandlers
  /** Own OID, with or without `urn:oid:`. */
  readonly homeCommunityId: string
  /** Where each service answers; by default as the reference implementation has it. */
  readonly paths?: Partial<Readonly<Record<Service, string>>>
  /** How answers are written, for all or by who calls; default `openncp`. Requests of both kinds are read. */
  readonly profile?: IheProfile | ((connection: Connection) => IheProfile)
  readonly limits?: {
    /** Bytes of a request; default 32 MiB. The limit of the listening socket must not be lower. */
    readonly bodyBytes?: number
    /** Of these, bytes of the envelope with what stands in it as base64; default 16 MiB. */
    readonly envelopeBytes?: number
  }
  /** Told about programming errors; the client only learns that there was one. */
  readonly onError?: (error: unknown) => void
  /** Told about requests that were refused before they reached a handler, with a stable code; the refusal waits for it. */
  readonly onRefused?: (code: string, connection: Connection) => void | Promise<void>
  /** Told about every answer that is no fault, before it leaves: for audit and evidence. */
  readonly onAnswered?: (call: IheCall, answer: AnsweredMessage) => void
  readonly newId?: () => string
  readonly clock?: () => Date
}

export interface AnsweredMessage {
  readonly messageId: string
  readonly envelope: string
  /** SHA-256, hex, of the whole answer. */
  readonly digest: string
}

/** The connection comes in as Hono's environment: `app.fetch(request, { connection })`. */
export interface IheEnvironment {
  Bindings: { readonly connection: Connection }
}

const BASE = '/openncp-ws-server/services'
const MEBIBYTE = 1024 * 1024
const MOST_BYTES = 32 * MEBIBYTE
const MOST_ENVELOPE_BYTES = 16 * MEBIBYTE

/** The app, mounted at the root. */
export function iheServer(options: IheServerOptions): Hono<IheEnvironment> {
  const app = new Hono<IheEnvironment>()
  const node = {
    handlers: options.handlers,
    homeCommunityId: options.homeCommunityId.replace(/^urn:oid:/, ''),
    newId: options.newId ?? randomUUID,
    now: options.clock ?? (() => new Date()),
  }
  const answer = (service: Service) => async (context: Context<IheEnvironment>) => {
    try {
      return await post(service, context.req.raw, context.env.connection, node, options)
    } catch (error) {
      options.onError?.(error)
      return faultResponse(OWN_ERROR, node)
    }
  }
  for (const service of SERVICES) {
    const path = (options.paths?.[service] ?? `${BASE}/${service}`).replace(/\/$/, '')
    for (const each of [path, `${path}/`]) {
      app.post(each, answer(service))
      app.all(each, (context) => notPosted(context.req.raw))
    }
  }
  return app
}

const OWN_ERROR: Fault = {
  code: 'Receiver',
  reason: 'This national contact point could not answer because of an error of its own.',
}

function notPosted(request: Request): Response {
  const headers = { 'content-type': 'text/plain; charset=utf-8' }
  if (new URL(request.url).searchParams.has('wsdl')) {
    return new Response('This service has no WSDL of its own; it follows those of IHE ITI.\n', { status: 404, headers })
  }
  const sentence = 'This is a SOAP 1.2 service of MyHealth@EU; it answers POST only.\n'
  return new Response(sentence, { status: 405, headers: { ...headers, allow: 'POST' } })
}

async function post(
  service: Service,
  request: Request,
  connection: Connection,
  node: AnsweringNode,
  options: IheServerOptions,
): Promise<Response> {
  const refused = async (problem: Problem, message?: SoapMessage): Promise<Response> => {
    await options.onRefused?.(problem.code, connection)
    return faultResponse(faultOf(problem), node, message, STATUSES[problem.code])
  }
  const bytes = await readBody(request, options.limits?.bodyBytes ?? MOST_BYTES)
  if (!(bytes instanceof Uint8Array)) return refused(bytes)
  const message = readMessage(request.headers.get('content-type') ?? '', bytes, {
    envelopeBytes: options.limits?.envelopeBytes ?? MOST_ENVELOPE_BYTES,
  })
  if (!message.ok) return refused(message.problem)
  const { action, body } = message.value
  if (action === undefined) return refused(problem('ihe-no-action', 'The message names no action.'), message.value)
  const transaction = transactionOf(service, action)
  if (transaction === undefined) {
    return refused(
      problem('ihe-unknown-action', 'This service does not have the action of the message.'),
      message.value,
    )
  }
  if (!isRequestOf(transaction, body)) {
    return refused(problem('ihe-other-body', 'The content of the message is not that of its action.'), message.value)
  }
  const call: IheCall = {
    transaction,
    connection,
    security: message.value.security,
    message: message.value.root,
    messageId: message.value.addressing.messageId,
    requestDigest: digestOf(bytes),
    requestEnvelope: message.value.text,
  }
  const profile = typeof options.profile === 'function' ? options.profile(connection) : options.profile
  const answer = await answerOf(message.value, call, profile ?? 'openncp', node)
  if (!answer.ok) return refused(answer.problem, message.value)
  if (answer.value.refused !== undefined) await options.onRefused?.(answer.value.refused, connection)
  return answered(call, answer.value, node, options)
}

function answered(call: IheCall, answer: AnswerBody, node: AnsweringNode, options: IheServerOptions): Response {
  const messageId = `urn:uuid:${node.newId()}`
  const { responseAction: action } = TRANSACTIONS[call.transaction]
  const written = writeMessage({ addressing: { action, messageId, relatesTo: call.messageId }, ...answer }, node.newId)
  options.onAnswered?.(call, { messageId, envelope: written.text, digest: written.digest })
  return response(written, 200)
}

/** The whole body, or why not. */
async function readBody(request: Request, most: number): Promise<Uint8Array | Problem> {
  const tooLarge = problem('ihe-too-large', `The request is larger than the ${most} bytes that this service takes.`)
  if (announcesTooMuch(request, most)) return tooLarge
  const limited = limitBody(request, most)
  try {
    const bytes = new Uint8Array(await limited.request.arrayBuffer())
    return bytes.length > most ? tooLarge : bytes
  } catch {
    return limited.exceeded() ? tooLarge : problem('ihe-broken-off', 'The request broke off before its end.')
  }
}

function problem(code: string, sentence: string): Problem {
  return { code, sentence, next: 'Send the message as the IHE transaction has it.' }
}

/** HTTP statuses of faults that are not those of SOAP 1.2 Part 2 §7.5.2.2. */
const STATUSES: Readonly<Record<string, number>> = { 'ihe-too-large': 413, 'soap-media-type': 415 }

function faultOf({ code, sentence }: Problem): Fault {
  if (code === 'soap-version') return { code: 'VersionMismatch', reason: sentence }
  if (code === 'soap-must-understand') return { code: 'MustUnderstand', reason: sentence }
  return { code: 'Sender', reason: sentence }
}

function faultResponse(fault: Fault, node: AnsweringNode, message?: SoapMessage, status?: number): Response {
  const addressing = {
    action: FAULT_ACTION,
    messageId: `urn:uuid:${node.newId()}`,
    relatesTo: message?.addressing.messageId,
  }
  return response(writeMessage({ addressing, body: writeFault(fault) }, node.newId), status ?? statusOf(fault))
}

function response({ body, contentType }: OutgoingMessage, status: number): Response {
  // The bytes were made for this answer alone, in an ArrayBuffer of their own or of the pool of Buffer.
  return new Response(body as Uint8Array<ArrayBuffer>, { status, headers: { 'content-type': contentType } })
}
