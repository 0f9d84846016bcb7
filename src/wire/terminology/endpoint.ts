/**
 * The HTTP surface of one FHIR version, free of any server: a request with its body in, a reply with its text out.
 * The hot path (GET or POST of an operation, JSON) does one parse and one stringify and nothing twice.
 */
import { createHash } from 'node:crypto'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { parseJsonResource } from '../fhir-formats/parse-json.ts'
import { readXml } from '../fhir-formats/read-xml.ts'
import { writeXml } from '../fhir-formats/write-xml.ts'
import { type AnswerContext, answerCall, type Call, type CallAnswer, refusalAnswer } from './answer.ts'
import { answerBatch } from './batch.ts'
import type { FhirResource, StatementContext, TerminologyHandlers } from './handlers.ts'
import { answerFormat, bodyFormat, type Format } from './negotiate.ts'
import { type Refusal, refuse } from './outcome.ts'

export interface WireRequest {
  readonly method: string
  /** Path and query as in the request line. */
  readonly target: string
  header(name: string): string | undefined
  readonly body?: Uint8Array
}

export interface WireReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface EndpointOptions {
  readonly fhirVersion: 'R4' | 'R5'
  /** Base URL as clients see it, e.g. `https://tx.example.org/fhir/r4`. */
  readonly base: string
  readonly handlers: TerminologyHandlers
  readonly software: StatementContext['software']
  readonly date: string
  /** Origins that browsers may call from; `*` for all, none when absent. */
  readonly origins?: readonly string[] | '*'
  readonly limits?: Partial<EndpointLimits>
  /** Told about programming errors; the client only learns that there was one. */
  readonly onError?: (error: unknown) => void
}

export interface EndpointLimits {
  /** Bytes of a body. */
  readonly bodyBytes: number
  readonly parameters: number
  readonly batchEntries: number
  /** For an answer that is not there at once. */
  readonly timeMs: number
}

export const ENDPOINT_LIMITS: EndpointLimits = {
  bodyBytes: 16 * 1024 * 1024,
  parameters: 10_000,
  batchEntries: 1000,
  timeMs: 30_000,
}

export interface Endpoint {
  /** `/fhir/r4` of the base. */
  readonly path: string
  /** Requests whose path begins with `path`. */
  handle(request: WireRequest): WireReply | Promise<WireReply>
}

const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  json: 'application/fhir+json; charset=utf-8',
  xml: 'application/fhir+xml; charset=utf-8',
}

export function terminologyEndpoint(options: EndpointOptions): Endpoint {
  const base = options.base.replace(/\/+$/, '')
  const path = new URL(base).pathname.replace(/\/+$/, '')
  const limits = { ...ENDPOINT_LIMITS, ...options.limits }
  const { fhirVersion, handlers, software, date } = options
  const context: AnswerContext = { fhirVersion, base, handlers, software, date, mostParameters: limits.parameters }
  const serving: Serving = { options, context, limits, path }
  return { path, handle: (request) => handle(request, serving) }
}

interface Serving {
  readonly options: EndpointOptions
  readonly context: AnswerContext
  readonly limits: EndpointLimits
  readonly path: string
}

function handle(request: WireRequest, serving: Serving): WireReply | Promise<WireReply> {
  const form: ReplyForm = { format: 'json', pretty: false, request, serving }
  try {
    const target = request.target
    const mark = target.indexOf('?')
    const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1))
    const below = (mark < 0 ? target : target.slice(0, mark)).slice(serving.path.length + 1)
    if (request.method === 'OPTIONS') return preflight(request, serving)
    const { fhirVersion } = serving.context
    const format = answerFormat({ fhirVersion, format: query.get('_format'), accept: request.header('accept') })
    if (format === undefined) return reply(refusalAnswer(notAcceptable(fhirVersion)), form)
    const replying: ReplyForm = { ...form, format, pretty: query.get('_pretty') === 'true' }
    const call = readCall(request, below, query, serving)
    if (!call.ok) return reply(refusalAnswer(call.refusal), replying)
    const answer = dispatch(call.call, serving)
    return answer instanceof Promise ? settle(answer, replying) : reply(answer, replying)
  } catch (error) {
    return broken(error, form)
  }
}

function dispatch(call: Call, { context, limits }: Serving): CallAnswer | Promise<CallAnswer> {
  if (call.path === '' && call.method === 'POST') {
    if (call.body === undefined)
      return refusalAnswer(refuse(400, 'The request has no body.', 'Send a Bundle of type batch.'))
    return answerBatch(call.body, call, context, { mostEntries: limits.batchEntries, timeMs: limits.timeMs })
  }
  return answerCall(call, context)
}

async function settle(answer: Promise<CallAnswer>, form: ReplyForm): Promise<WireReply> {
  const { timeMs } = form.serving.limits
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<CallAnswer>((resolve) => {
    const refusal = refuse(
      503,
      `The answer took longer than ${timeMs} milliseconds.`,
      'Ask for less, or try again later.',
    )
    timer = setTimeout(() => resolve(refusalAnswer(refusal)), timeMs)
  })
  try {
    return reply(await Promise.race([answer, late]), form)
  } catch (error) {
    return broken(error, form)
  } finally {
    clearTimeout(timer)
  }
}

function broken(error: unknown, form: ReplyForm): WireReply {
  form.serving.options.onError?.(error)
  const refusal = refuse(500, 'The server could not answer because of an error of its own.', 'Try again later.')
  return reply(refusalAnswer(refusal), { ...form, format: 'json' })
}

function notAcceptable(fhirVersion: 'R4' | 'R5'): Refusal {
  const types = 'application/fhir+json or application/fhir+xml'
  return refuse(406, `Answers are ${types} of FHIR ${fhirVersion} here.`, `Accept ${types}.`)
}

type ReadCall = { readonly ok: true; readonly call: Call } | { readonly ok: false; readonly refusal: Refusal }

function readCall(request: WireRequest, path: string, query: URLSearchParams, serving: Serving): ReadCall {
  const languages = request.header('accept-language')
  // Programs send "any language" without meaning anything by it.
  const acceptLanguage = languages === '*' ? undefined : languages
  const limit = request.header('x-too-costly-threshold')
  const common = {
    method: request.method,
    path,
    ...(acceptLanguage === undefined ? {} : { acceptLanguage }),
    // Clients may ask for a smaller bound on expansions than the server's own.
    ...(limit !== undefined && /^\d{1,7}$/.test(limit) ? { expansionLimit: Number(limit) } : {}),
  }
  const { body } = request
  if (body === undefined || body.length === 0) return { ok: true, call: { ...common, query } }
  if (body.length > serving.limits.bodyBytes) {
    return {
      ok: false,
      refusal: refuse(
        413,
        'The request is larger than this server accepts.',
        `At most ${serving.limits.bodyBytes} bytes are read.`,
      ),
    }
  }
  const { fhirVersion } = serving.context
  const format = bodyFormat(request.header('content-type'), fhirVersion)
  if (format === undefined) {
    const next = `Send application/fhir+json or application/fhir+xml of FHIR ${fhirVersion} in UTF-8.`
    return { ok: false, refusal: refuse(415, 'The body has a type that cannot be read here.', next) }
  }
  if (format === 'form') {
    const both = new URLSearchParams(query)
    for (const [name, value] of new URLSearchParams(Buffer.from(body).toString('utf8'))) both.append(name, value)
    return { ok: true, call: { ...common, query: both } }
  }
  const read = readBody(body, format, fhirVersion)
  if (read.ok) return { ok: true, call: { ...common, query, body: read.value } }
  const { sentence, next, place } = read.problem
  return { ok: false, refusal: refuse(400, sentence, next, place ? { place } : {}) }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true })

function readBody(body: Uint8Array, format: Format, fhirVersion: 'R4' | 'R5'): Result<FhirResource> {
  if (format === 'xml') return readXml(body, fhirVersion)
  let text: string
  try {
    text = UTF8.decode(body)
  } catch {
    return failed('json-encoding', 'The body is not UTF-8.', 'Send it in UTF-8.')
  }
  const parsed = parseJsonResource(text)
  return parsed.ok ? ok(parsed.value) : parsed
}

interface ReplyForm {
  readonly format: Format
  readonly pretty: boolean
  readonly request: WireRequest
  readonly serving: Serving
}

function reply(answer: CallAnswer, { format, pretty, request, serving }: ReplyForm): WireReply {
  const headers: Record<string, string> = {
    'content-type': MEDIA_TYPES[format],
    vary: 'accept, accept-language',
    'x-content-type-options': 'nosniff',
  }
  if (answer.contentLanguage !== undefined) headers['content-language'] = answer.contentLanguage
  if (answer.allow !== undefined) headers.allow = answer.allow
  const requestId = request.header('x-request-id')
  if (requestId !== undefined && /^[\w.:/-]{1,128}$/.test(requestId)) headers['x-request-id'] = requestId
  addOrigin(headers, request, serving)
  let { status } = answer
  let body: string
  if (format === 'xml') {
    const written = writeXml(answer.resource, serving.context.fhirVersion)
    if (written.ok) body = written.value
    else {
      // What cannot be XML is told in JSON rather than sent in half.
      headers['content-type'] = MEDIA_TYPES.json
      const { sentence, next, place } = written.problem
      status = 406
      body = JSON.stringify(refusalAnswer(refuse(406, sentence, next, place ? { place } : {})).resource)
    }
  } else body = pretty ? JSON.stringify(answer.resource, null, 2) : JSON.stringify(answer.resource)
  if (answer.lasting && status === 200) {
    headers.etag = `W/"${createHash('sha1').update(body).digest('base64url')}"`
    headers['cache-control'] = 'no-cache'
    if (matches(request.header('if-none-match'), headers.etag)) return { status: 304, headers, body: '' }
  }
  return { status, headers, body: request.method === 'HEAD' ? '' : body }
}

function matches(header: string | undefined, etag: string): boolean {
  const asked = header?.split(',').map((candidate) => candidate.trim()) ?? []
  return asked.includes(etag) || asked.includes('*')
}

function addOrigin(headers: Record<string, string>, request: WireRequest, { options }: Serving): void {
  const origin = request.header('origin')
  const { origins } = options
  if (origin === undefined || origins === undefined || (origins !== '*' && !origins.includes(origin))) return
  headers['access-control-allow-origin'] = origins === '*' ? '*' : origin
  headers['access-control-expose-headers'] = 'content-language, etag, x-request-id'
  if (origins !== '*') headers.vary += ', origin'
}

function preflight(request: WireRequest, serving: Serving): WireReply {
  const headers: Record<string, string> = { allow: 'GET, HEAD, POST, OPTIONS' }
  addOrigin(headers, request, serving)
  if (headers['access-control-allow-origin'] !== undefined) {
    headers['access-control-allow-methods'] = 'GET, HEAD, POST'
    headers['access-control-allow-headers'] =
      'accept, accept-language, content-type, if-none-match, x-request-id, prefer'
    headers['access-control-max-age'] = '86400'
  }
  return { status: 204, headers, body: '' }
}
