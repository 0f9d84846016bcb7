/**
 * Asking side of the NCPeH API: one client for each country asked. Answers are bounded and parsed; failures are values
 * that tell apart: not there, too slow, not trusted, too much, not understandable, refused (with the eHDSI code).
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { PeerFetch, PeerProblemCode, PeerRequest, PeerResponse } from '#platform/http/peer-fetch.ts'
import { type Failed, failed, type Ok, ok } from '#platform/result/result.ts'
import { FHIR_JSON } from './outcome.ts'
import {
  type Page,
  type RemoteDocument,
  type RemotePatient,
  readDocuments,
  readPatients,
  within,
} from './remote-resources.ts'

export type NcpehProblemCode =
  | 'peer-unreachable'
  | 'peer-timeout'
  | 'peer-untrusted'
  | 'peer-too-large'
  | 'peer-malformed'
  | 'peer-altered'
  | 'peer-refused'

export interface NcpehFailure extends Failed<NcpehProblemCode> {
  /** HTTP status, for refusals. */
  readonly status?: number
  /** eHDSI code of the OperationOutcome, when there is one. */
  readonly ehdsiCode?: string
  /** Finer code for the log, e.g. `token-clock`: the other country says what is wrong with ours. */
  readonly detail?: string
  /** `no` when the request certainly never reached the other country; when absent, it did. */
  readonly arrived?: 'no' | 'perhaps'
}

export type NcpehReply<T> = Ok<T> | NcpehFailure

export interface NcpehClientOptions {
  readonly fetch: PeerFetch
  /** Base of the peer's API. */
  readonly base: string
  /** Hex SHA-256 of its TLS certificates on the trust list. */
  readonly fingerprints: readonly string[]
  readonly timeoutMs?: number
  /** Sent as `X-Request-Id`, so that both countries' ledgers can be laid side by side. */
  readonly requestId?: string
  /** Bytes of one document; default 64 MiB. */
  readonly maxDocumentBytes?: number
}

export interface PatientQuestion {
  /** `system|value`, all of the same person. */
  readonly identifiers: readonly string[]
  /** Further standard search parameters, e.g. `family`, `birthdate`, `address-city`. */
  readonly traits: Readonly<Record<string, string>>
}

export interface DocumentQuestion {
  /** `system|value`. */
  readonly patient: string
  /** LOINC code, or a class of eHDSI's own. */
  readonly type: string
  /** ISO date or instant; the NCPeH API asks for one. */
  readonly since: string
  readonly until?: string
}

/** One content of a document, as it was listed. */
export interface ContentQuestion {
  /** Absolute and below the base of the API. */
  readonly url: string
  /** Any of these. */
  readonly contentTypes: readonly string[]
  /** Hex SHA-256, or SHA-1 where the list has only that. */
  readonly hash?: string
}

export interface FetchedContent {
  readonly contentType: string
  readonly bytes: Uint8Array
}

export interface NcpehClient {
  /** Reads the CapabilityStatement. */
  probe(timeoutMs: number): Promise<NcpehReply<void>>
  searchPatients(question: PatientQuestion, token: string): Promise<NcpehReply<readonly RemotePatient[]>>
  searchDocuments(question: DocumentQuestion, token: string): Promise<NcpehReply<readonly RemoteDocument[]>>
  /** The content as it is, its hash checked when the peer gave one. */
  read(content: ContentQuestion, token: string): Promise<NcpehReply<FetchedContent>>
  /** Hands a document over (`provide-documents.ts`). `first`: false when this very submission had been accepted before. */
  provide(transaction: string, token: string): Promise<NcpehReply<{ readonly first: boolean }>>
}

const SMALL_ANSWER = 4 * 1024 * 1024
const MOST_PAGES = 5

/** A client for the country whose API is at `base`. */
export function ncpehClient(options: NcpehClientOptions): NcpehClient {
  const { fetch, fingerprints, timeoutMs } = options
  const base = options.base.replace(/\/$/, '')

  async function send(
    request: Pick<PeerRequest, 'url' | 'method' | 'body' | 'maxBytes' | 'timeoutMs'>,
    headers: Readonly<Record<string, string>>,
    token: string | undefined,
  ): Promise<NcpehReply<PeerResponse>> {
    const reply = await fetch.fetch({
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...request,
      headers: {
        ...headers,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(options.requestId === undefined ? {} : { 'x-request-id': options.requestId }),
      },
      pinnedFingerprints: fingerprints,
    })
    if (!reply.ok) {
      const problem = failed(PEER_CODES[reply.problem.code], reply.problem.sentence, reply.problem.next)
      return { ...problem, arrived: NOT_ARRIVED.has(reply.problem.code) ? 'no' : 'perhaps' }
    }
    return reply.value.status === 200 ? reply : refused(reply.value)
  }

  function get(
    url: string,
    accept: string,
    token: string | undefined,
    limits: { readonly maxBytes: number; readonly timeoutMs?: number },
  ): Promise<NcpehReply<PeerResponse>> {
    return send({ url, ...limits }, { accept }, token)
  }

  async function search<T>(
    first: string,
    token: string,
    read: (json: unknown) => Page<T> | undefined,
  ): Promise<NcpehReply<readonly T[]>> {
    const items: T[] = []
    let url: string | undefined = first
    for (let page = 0; url !== undefined; page += 1) {
      if (page === MOST_PAGES) return malformed(`more than ${MOST_PAGES} pages`)
      const reply: NcpehReply<PeerResponse> = await get(url, FHIR_JSON, token, { maxBytes: SMALL_ANSWER })
      if (!reply.ok) return reply
      const found = read(jsonOf(reply.value))
      if (!found) return malformed('not the searchset that was asked for')
      items.push(...found.items)
      if (found.next !== undefined && within(found.next, base) === undefined) return malformed('a page elsewhere')
      url = found.next
    }
    return ok(items)
  }

  return {
    async probe(probeTimeoutMs) {
      const reply = await get(`${base}/metadata`, FHIR_JSON, undefined, {
        maxBytes: SMALL_ANSWER,
        timeoutMs: probeTimeoutMs,
      })
      if (!reply.ok) return reply
      const statement = Statement.safeParse(jsonOf(reply.value))
      return statement.success ? ok(undefined) : malformed('not a CapabilityStatement')
    },
    searchPatients: (question, token) => search(`${base}/${patientQuery(question)}`, token, readPatients),
    searchDocuments: (question, token) =>
      search(`${base}/${documentQuery(question)}`, token, (json) => readDocuments(json, base)),
    async read({ url, contentTypes, hash }, token) {
      const maxBytes = options.maxDocumentBytes ?? 64 * 1024 * 1024
      const reply = await get(url, contentTypes.join(', '), token, { maxBytes })
      if (!reply.ok) return reply
      const contentType = reply.value.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
      if (!contentTypes.includes(contentType)) {
        return malformed(`${contentType || 'no type'} instead of ${contentTypes.join(' or ')}`)
      }
      const bytes = reply.value.body
      return hash === undefined || hasHash(bytes, hash) ? ok({ contentType, bytes }) : altered()
    },
    async provide(transaction, token) {
      const reply = await send(
        { url: base, method: 'POST', body: transaction, maxBytes: SMALL_ANSWER },
        { accept: FHIR_JSON, 'content-type': FHIR_JSON },
        token,
      )
      if (!reply.ok) return reply
      const receipt = Receipt.safeParse(jsonOf(reply.value))
      if (!receipt.success) return malformed('not the receipt of a transaction')
      return ok({ first: receipt.data.entry.some(({ response }) => response.status.startsWith('201')) })
    },
  }
}

/** Are these the bytes of this digest (hex)? SHA-256 by its length, otherwise SHA-1, which FHIR R4 and XDS have. */
export function hasHash(bytes: Uint8Array, hash: string): boolean {
  const algorithm = hash.length === 64 ? 'sha256' : 'sha1'
  return createHash(algorithm).update(bytes).digest('hex') === hash.toLowerCase()
}

/** The question as it goes over the wire, below the base. */
export function patientQuery({ identifiers, traits }: PatientQuestion): string {
  const parameters = new URLSearchParams()
  for (const identifier of identifiers) parameters.append('identifier', identifier)
  for (const [name, value] of Object.entries(traits)) parameters.append(name, value)
  parameters.append('_elements', 'identifier,name,birthDate,gender')
  return `Patient?${parameters}`
}

/** The question as it goes over the wire, below the base. */
export function documentQuery({ patient, type, since, until }: DocumentQuestion): string {
  const parameters = new URLSearchParams({
    type: /^\d+-\d$/.test(type) ? `http://loinc.org|${type}` : type,
    'patient.identifier': patient,
    date: `ge${since}`,
    status: 'current',
  })
  if (until !== undefined) parameters.append('date', `le${until}`)
  return `DocumentReference?${parameters}`
}

const PEER_CODES: Readonly<Record<PeerProblemCode, NcpehProblemCode>> = {
  'connection-refused': 'peer-unreachable',
  'connection-lost': 'peer-unreachable',
  timeout: 'peer-timeout',
  'tls-untrusted': 'peer-untrusted',
  'too-large': 'peer-too-large',
}

/** TLS refuses a connection before, or together with, the first request on it; the application never sees that one. */
const NOT_ARRIVED: ReadonlySet<PeerProblemCode> = new Set(['connection-refused', 'tls-untrusted'])

const Statement = z.object({ resourceType: z.literal('CapabilityStatement') })

const Receipt = z.object({
  resourceType: z.literal('Bundle'),
  type: z.literal('transaction-response'),
  entry: z.array(z.object({ response: z.object({ status: z.string().regex(/^20[01]\b/) }) })).min(1),
})

const Outcome = z.object({
  resourceType: z.literal('OperationOutcome'),
  issue: z
    .array(
      z.object({
        details: z
          .object({ coding: z.array(z.object({ code: z.string().max(100).optional() })).optional() })
          .optional(),
      }),
    )
    .max(100),
})

function jsonOf(response: PeerResponse): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(response.body))
  } catch {
    return undefined
  }
}

/** The words of the peer are not repeated: they are in no agreed language and could hold anything. */
function refused(response: PeerResponse): NcpehFailure {
  const outcome = Outcome.safeParse(jsonOf(response))
  const codes = outcome.success
    ? outcome.data.issue.flatMap((issue) => issue.details?.coding?.map((coding) => coding.code) ?? [])
    : []
  const ehdsiCode = codes.find((code) => code !== undefined && /^((EHDSI_)?(ERROR|WARNING)_[A-Z_]+|\d{4})$/.test(code))
  const detail = codes.find((code) => code !== undefined && /^[a-z]{1,20}(-[a-z]{1,20}){1,4}$/.test(code))
  const problem = failed(
    'peer-refused',
    `The other country refused the request (status ${response.status}${ehdsiCode ? `, ${ehdsiCode}` : ''}).`,
    'Correct what the code names, or try again later.',
  )
  return {
    ...problem,
    status: response.status,
    ...(ehdsiCode ? { ehdsiCode } : {}),
    ...(detail ? { detail } : {}),
  }
}

function malformed(what: string): NcpehFailure {
  return failed('peer-malformed', `The answer of the other country cannot be used: ${what}.`, 'Tell its contact point.')
}

function altered(): NcpehFailure {
  return failed('peer-altered', 'The document is not the one that was listed: its hash differs.', 'List again.')
}
