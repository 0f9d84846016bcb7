/**
 * Server side of the NCPeH API (MyHealth@EU): which requests there are and how answers look. What is answered, and to
 * whom, is decided by the handlers that country A gives.
 */
import type { Bundle, BundleEntry, DocumentReference, Patient } from 'fhir/r4'
import { type Context, Hono } from 'hono'
import { announcesTooMuch, limitBody } from '#platform/http/body-limit.ts'
import type { Connection } from '#platform/http/connection.ts'
import type { Problem } from '#platform/result/result.ts'
import { negotiate } from './accept.ts'
import { capabilityStatement, type ServerIdentity } from './capability-statement.ts'
import {
  FHIR_JSON,
  fhirBytes,
  fhirResponse,
  ignoredOutcome,
  type NcpehAnswer,
  type NcpehRefusal,
  type RefusalStatus,
  refusalResponse,
} from './outcome.ts'
import { type ProvidedDocument, provisionResponse, readProvision } from './provide-documents.ts'
import {
  type DocumentSearch,
  type PatientSearch,
  type ReadSearch,
  readDocumentSearch,
  readPatientSearch,
} from './search-parameters.ts'

/** Who calls, as far as the wire knows. */
export interface NcpehCall {
  readonly connection: Connection
  /** The access token of `Authorization: Bearer`, not looked at. */
  readonly bearer: string | undefined
  /** `X-Request-Id`, when it has the form of an id. */
  readonly requestId: string | undefined
  /** The request below the base, e.g. `Patient?identifier=…`. */
  readonly query: string
  /** Of a transaction, as it came. */
  readonly body?: string
}

export interface BinaryContent {
  readonly contentType: string
  readonly bytes: Uint8Array
}

/** What country A answers. Handlers do all checks of token, policy and consent themselves. */
export interface NcpehHandlers {
  searchPatients(query: PatientSearch, call: NcpehCall): Promise<NcpehAnswer<readonly Patient[]>>
  searchDocuments(query: DocumentSearch, call: NcpehCall): Promise<NcpehAnswer<readonly DocumentReference[]>>
  /** `id`: opaque, as given in the URL of an attachment. */
  readBundle(id: string, call: NcpehCall): Promise<NcpehAnswer<Bundle | Uint8Array>>
  readBinary(id: string, call: NcpehCall): Promise<NcpehAnswer<BinaryContent>>
  /** A dispensation or its discard; `false` when this very submission had been accepted before. Absent: not taken. */
  provideDocument?(provided: ProvidedDocument, call: NcpehCall): Promise<NcpehAnswer<boolean>>
}

export interface NcpehServerOptions extends ServerIdentity {
  readonly handlers: NcpehHandlers
  /** Told about programming errors; the client only learns that there was one. */
  readonly onError?: (error: unknown) => void
  /** Told about requests that were refused before they reached a handler, with a stable code; the refusal waits for it. */
  readonly onRefused?: (code: string, connection: Connection) => void | Promise<void>
  /** Of a transaction; default 8 MiB. */
  readonly maximumBodyBytes?: number
}

/** The connection comes in as Hono's environment: `app.fetch(request, { connection })`. */
export interface NcpehEnvironment {
  Bindings: { readonly connection: Connection }
  /** `asked`: a handler was given the request, and has written down what became of it. */
  Variables: { asked?: boolean }
}

type NcpehContext = Context<NcpehEnvironment>

/** The app, mounted at the path of `base` (e.g. `/fhir`). */
export function ncpehServer(options: NcpehServerOptions): Hono<NcpehEnvironment> {
  const { handlers } = options
  const base = options.base.replace(/\/$/, '')
  const app = new Hono<NcpehEnvironment>().basePath(new URL(base).pathname)

  app.use('*', async (context, next) => {
    await next()
    if (context.res.status < 400 || context.get('asked')) return
    await options.onRefused?.(`fhir-refused-${context.res.status}`, context.env.connection)
  })
  app.get('/metadata', (context) =>
    negotiated(context, () =>
      Promise.resolve(fhirResponse(capabilityStatement(options, handlers.provideDocument !== undefined))),
    ),
  )
  app.get('/Patient', (context) =>
    negotiated(context, async () => {
      const search = readPatientSearch(parametersOf(context), isStrict(context))
      if (!search.ok) return refusalResponse(searchRefusal(search.problem))
      const answer = await handlers.searchPatients(search.value.query, callOf(context))
      if (!answer.ok) return refusalResponse(answer.refusal)
      const { elements } = search.value.query
      const patients = elements ? answer.value.map((patient) => subset(patient, elements)) : answer.value
      return fhirResponse(searchset(base, 'Patient', patients, search.value))
    }),
  )
  app.get('/DocumentReference', (context) =>
    negotiated(context, async () => {
      const search = readDocumentSearch(parametersOf(context), isStrict(context))
      if (!search.ok) return refusalResponse(searchRefusal(search.problem))
      const answer = await handlers.searchDocuments(search.value.query, callOf(context))
      if (!answer.ok) return refusalResponse(answer.refusal)
      return fhirResponse(searchset(base, 'DocumentReference', answer.value, search.value))
    }),
  )
  app.get('/Bundle/:id', (context) =>
    negotiated(context, async () => {
      const answer = await handlers.readBundle(context.req.param('id'), callOf(context))
      if (!answer.ok) return refusalResponse(answer.refusal)
      return answer.value instanceof Uint8Array ? fhirBytes(answer.value) : fhirResponse(answer.value)
    }),
  )
  app.get('/Binary/:id', async (context) => {
    const answer = await handlers.readBinary(context.req.param('id'), callOf(context))
    return answer.ok ? binaryResponse(context.req.raw, answer.value) : refusalResponse(answer.refusal)
  })
  // FHIR R4 §3.1.0.11: a transaction is posted to the base, with or without a slash at its end.
  for (const path of ['/', '']) app.post(path, (context) => negotiated(context, () => provision(context, options)))
  app.on(['POST', 'PUT', 'PATCH', 'DELETE'], '/*', () =>
    refusalResponse(
      wireRefusal(405, 'This cannot be done here.', 'Read with GET; provide documents with POST to the base.'),
    ),
  )
  app.notFound(() =>
    refusalResponse(
      wireRefusal(
        404,
        'There is no such resource type or operation here.',
        'Read the CapabilityStatement at /metadata.',
      ),
    ),
  )
  app.onError((error) => {
    options.onError?.(error)
    return refusalResponse(
      wireRefusal(500, 'This node could not answer because of an error of its own.', 'Try again later.'),
    )
  })
  return app
}

/** Document provision (provide-documents.ts). */
async function provision(context: NcpehContext, { handlers, maximumBodyBytes }: NcpehServerOptions): Promise<Response> {
  if (!handlers.provideDocument) {
    return refusalResponse(wireRefusal(405, 'No documents are taken here.', 'Read the CapabilityStatement.'))
  }
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== FHIR_JSON && type !== 'application/json') {
    return refusalResponse(wireRefusal(415, `A transaction is written as ${FHIR_JSON}.`, `Send ${FHIR_JSON}.`))
  }
  const body = await boundedBody(context.req.raw, maximumBodyBytes ?? LARGEST_BODY)
  if (body === undefined) {
    return refusalResponse(
      wireRefusal(413, 'The transaction is larger than is taken here.', 'Send a smaller document.'),
    )
  }
  const read = readProvision(body)
  if (!read.ok) {
    const unsupported = read.problem.code === 'provision-unsupported'
    const code = unsupported ? 'ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN' : 'ERROR_ED_INCORRECT_FORMATTING'
    return refusalResponse({ status: 400, code, sentence: read.problem.sentence, next: read.problem.next })
  }
  const answer = await handlers.provideDocument(read.value, { ...callOf(context), body })
  return answer.ok ? fhirResponse(provisionResponse(read.value, answer.value)) : refusalResponse(answer.refusal)
}

/** An eDispensation with a picture inside stays far below. */
const LARGEST_BODY = 8 * 1024 * 1024

/** The text of the body; undefined when it is larger than allowed, announced or not. */
async function boundedBody(request: Request, maximumBytes: number): Promise<string | undefined> {
  if (announcesTooMuch(request, maximumBytes)) return undefined
  const limited = limitBody(request, maximumBytes)
  try {
    return await limited.request.text()
  } catch (error) {
    if (limited.exceeded()) return undefined
    throw error
  }
}

/** Handlers run only when the answer's format can be read by the client. */
async function negotiated(context: NcpehContext, answer: () => Promise<Response>): Promise<Response> {
  if (negotiate(context.req.raw, [FHIR_JSON]) === undefined) return notAcceptable()
  return answer()
}

function notAcceptable(): Response {
  return refusalResponse(wireRefusal(406, `This service answers in ${FHIR_JSON} only.`, `Accept ${FHIR_JSON}.`))
}

/** FHIR R4 §2.12 Binary: the content itself, or wrapped in a resource for who asks for FHIR. */
function binaryResponse(request: Request, { contentType, bytes }: BinaryContent): Response {
  const type = negotiate(request, [contentType, FHIR_JSON])
  if (type === undefined) {
    return refusalResponse(wireRefusal(406, `This document exists as ${contentType} only.`, `Accept ${contentType}.`))
  }
  if (type === FHIR_JSON && contentType !== FHIR_JSON) {
    return fhirResponse({ resourceType: 'Binary', contentType, data: Buffer.from(bytes).toString('base64') })
  }
  return new Response(new Uint8Array(bytes), {
    headers: { 'content-type': contentType, 'content-disposition': 'attachment' },
  })
}

function parametersOf(context: NcpehContext): URLSearchParams {
  return new URL(context.req.url).searchParams
}

/** FHIR R4 §3.1.1.1.2: `Prefer: handling=strict`. */
function isStrict(context: NcpehContext): boolean {
  return /\bhandling\s*=\s*strict\b/i.test(context.req.header('prefer') ?? '')
}

function callOf(context: NcpehContext): NcpehCall {
  const bearer = /^Bearer ([\w.~+/=-]+)$/i.exec(context.req.header('authorization') ?? '')?.[1]
  const id = context.req.header('x-request-id')
  const { pathname, search } = new URL(context.req.url)
  context.set('asked', true)
  return {
    connection: context.env.connection,
    bearer,
    requestId: id !== undefined && /^[\w.-]{1,64}$/.test(id) ? id : undefined,
    query: `${pathname.split('/').slice(-1)[0] ?? ''}${search}`,
  }
}

function searchRefusal(problem: Problem): NcpehRefusal {
  const code =
    problem.code === 'search-parameter-missing' ? 'ERROR_PI_MISSING_REQUIRED_FIELDS' : 'ERROR_PI_INCORRECT_FORMATTING'
  return { status: 400, code, sentence: problem.sentence, next: problem.next }
}

function wireRefusal(status: RefusalStatus, sentence: string, next: string): NcpehRefusal {
  return { status, code: 'ERROR_GENERIC', sentence, next }
}

/** No id and no time of its own: equal results are equal bytes. */
function searchset<T extends Patient | DocumentReference>(
  base: string,
  type: T['resourceType'],
  resources: readonly T[],
  { used, ignored }: ReadSearch<unknown>,
): Bundle {
  const entries: BundleEntry[] = resources.map((resource) => ({
    fullUrl: `${base}/${type}/${resource.id ?? ''}`,
    resource,
    search: { mode: 'match' },
  }))
  if (ignored.length > 0) entries.push({ resource: ignoredOutcome(ignored), search: { mode: 'outcome' } })
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: resources.length,
    link: [{ relation: 'self', url: `${base}/${type}?${used}` }],
    ...(entries.length > 0 ? { entry: entries } : {}),
  }
}

/** `_elements` (FHIR R4 §3.1.1.5.9): what was asked for, with identity and a mark that it is not the whole. */
function subset(patient: Patient, elements: readonly string[]): Patient {
  const kept = Object.fromEntries(Object.entries(patient).filter(([name]) => elements.includes(name)))
  return {
    ...kept,
    resourceType: 'Patient',
    ...(patient.id === undefined ? {} : { id: patient.id }),
    meta: {
      ...patient.meta,
      tag: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }],
    },
  }
}
