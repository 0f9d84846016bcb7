/** Speaks to a terminology server over HTTP. Tests are R5; for an R4 server both directions are converted. */
import { Agent as PlainAgent, request as plainRequest } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { type BenchAnswer, isObject } from './prepare.ts'
import type { Answering } from './run.ts'

export interface BenchClient {
  readonly answering: Answering
  /** `CapabilityStatement.fhirVersion`, e.g. `4.0.1`. */
  readonly fhirVersion: string
  /** Name and version as the server calls itself. */
  readonly software: string
}

export interface ClientOptions {
  readonly timeoutMs?: number
  /** R5 resource → what an R4 server understands, and back; only called for R4 servers. */
  readonly toR4: (resource: Resource) => Resource
  readonly toR5: (resource: Resource) => Resource
}

type Resource = Readonly<Record<string, unknown>>

type ClientProblem = 'server-unreachable' | 'server-not-fhir' | 'version-unsupported'

/** Reads the server's statement first: it decides the version. */
export async function connect(url: string, options: ClientOptions): Promise<Result<BenchClient, ClientProblem>> {
  const base = url.replace(/\/+$/, '')
  let statement: unknown
  try {
    statement = (await exchange(`${base}/metadata`, { method: 'GET', headers: {} }, options.timeoutMs)).body
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return failed('server-unreachable', `${base} does not answer (${reason}).`, 'Check the address and that it runs.')
  }
  if (!isObject(statement) || statement.resourceType !== 'CapabilityStatement') {
    return failed('server-not-fhir', `${base}/metadata is no CapabilityStatement.`, 'Give the base URL of FHIR.')
  }
  const fhirVersion = String(statement.fhirVersion)
  const isR4 = fhirVersion.startsWith('4.')
  if (!isR4 && !fhirVersion.startsWith('5.')) {
    return failed('version-unsupported', `The server speaks FHIR ${fhirVersion}.`, 'R4 and R5 can be tested.')
  }
  const software = isObject(statement.software) ? statement.software : {}
  return ok({
    fhirVersion,
    software: `${String(software.name ?? base)} ${String(software.version ?? '')}`.trim(),
    answering: async (request) => {
      const { method, path, headers } = request
      const body = request.body && isR4 ? options.toR4(request.body) : request.body
      const sent = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }
      const answer = await exchange(path === '' ? base : `${base}/${path}`, sent, options.timeoutMs)
      return isR4 && isObject(answer.body) ? { ...answer, body: options.toR5(answer.body) } : answer
    },
  })
}

interface Sent {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** `fetch` would add an Accept-Language of its own, which the tests are about; so this is node:http. */
function exchange(url: string, { method, headers, body }: Sent, timeoutMs = 30_000): Promise<BenchAnswer> {
  const target = new URL(url)
  const secure = target.protocol === 'https:'
  return new Promise((resolve, reject) => {
    const sent = (secure ? secureRequest : plainRequest)(
      target,
      {
        method,
        agent: secure ? SECURE : PLAIN,
        headers: {
          accept: 'application/fhir+json',
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/fhir+json; charset=utf-8', 'content-length': Buffer.byteLength(body) }),
          ...headers,
        },
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks)) }))
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

const PLAIN = new PlainAgent({ keepAlive: true })
const SECURE = new SecureAgent({ keepAlive: true })

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown
  } catch {
    return undefined
  }
}
