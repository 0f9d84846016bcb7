/**
 * What chance makes of real messages, aware of their structure: bytes changed, parts cut, swapped and doubled, headers
 * doubled, elements nested. Whatever comes, readers answer with a value.
 *
 * `node src/wire/ihe/testing/fuzz.ts [runs] [seed]` tells the slowest message, too.
 */
import fc from 'fast-check'
import { NO_CONNECTION } from '#platform/http/connection.ts'
import { elements } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { iheServer } from '../server.ts'
import { readFault } from '../soap/fault.ts'
import { readMessage } from '../soap/message.ts'
import { readDocumentQuery } from '../xca/query-request.ts'
import { readQueryResponse } from '../xca/query-response.ts'
import { readRetrieveRequest, readRetrieveResponse } from '../xca/retrieve.ts'
import { readPatientDiscovery } from '../xcpd/discovery-request.ts'
import { readDiscoveryResponse, writeDiscoveryResponse } from '../xcpd/discovery-response.ts'
import { readSubmission } from '../xdr/submission-request.ts'
import { readSubmissionResponse } from '../xdr/submission-response.ts'
import { corpusMessages, countingIds, ownMessages, type WireMessage } from './messages.ts'
import { PORTUGAL, type RecordedRequest, recordedRequests } from './scene.ts'

export interface FuzzReport {
  readonly runs: number
  /** How many were still understood, so that it is known that chance reaches the readers behind. */
  readonly read: number
  readonly slowestMs: number
}

/** Throws, with the seed to repeat it, when a reader throws or an answer made from a message cannot be read. */
export async function fuzzReaders(runs: number, seed?: number): Promise<FuzzReport> {
  const start = fc.constantFrom(...ownMessages(), ...corpusMessages(), ...(await requests()))
  return fuzz(start, (message) => Promise.resolve(readEverything(message)), runs, seed)
}

/** The whole answering side: whatever is sent to it, it answers with a message, and never with an error of its own. */
export async function fuzzServer(runs: number, seed?: number): Promise<FuzzReport> {
  const errors: unknown[] = []
  const failing = { documents: [], patients: [], errors: [], status: 'failure' } as const
  const fail = () => Promise.resolve(failing)
  const app = iheServer({
    homeCommunityId: PORTUGAL,
    onError: (error) => errors.push(error),
    handlers: { discoverPatients: fail, queryDocuments: fail, retrieveDocuments: fail, submitDocument: fail },
  })
  const send = async ({ path, contentType, body }: RecordedRequest): Promise<boolean> => {
    const headers = { 'content-type': contentType.replace(/[^ -~]/g, '?').trim() }
    const request = new Request(`https://a.example${path}`, { method: 'POST', headers, body: Buffer.from(body) })
    const response = await app.fetch(request, { connection: NO_CONNECTION })
    const answer = new Uint8Array(await response.arrayBuffer())
    if (errors.length > 0) throw errors[0]
    if (!readMessage(response.headers.get('content-type') ?? '', answer).ok) throw new Error('the answer is no message')
    return response.status === 200
  }
  return fuzz(fc.constantFrom(...(await requests())), send, runs, seed)
}

async function requests(): Promise<readonly RecordedRequest[]> {
  return [...(await recordedRequests('openncp')), ...(await recordedRequests('standard'))]
}

async function fuzz<Message extends WireMessage>(
  start: fc.Arbitrary<Message>,
  read: (message: Message) => Promise<boolean>,
  runs: number,
  seed: number | undefined,
): Promise<FuzzReport> {
  let [understood, slowestMs] = [0, 0]
  await fc.assert(
    fc.asyncProperty(start, fc.array(MUTATION, { maxLength: 4 }), async (first, steps) => {
      const message = { ...first, ...steps.reduce<WireMessage>(mutated, first) }
      const began = performance.now()
      if (await read(message)) understood += 1
      slowestMs = Math.max(slowestMs, performance.now() - began)
    }),
    { numRuns: runs, ...(seed === undefined ? {} : { seed }) },
  )
  return { runs, read: understood, slowestMs }
}

/** @returns whether it was a message */
export function readEverything({ contentType, body }: WireMessage): boolean {
  const message = readMessage(contentType, body)
  if (!message.ok) return false
  const { body: read, content } = message.value
  readContents(read, content)
  const readers = [readFault, readDiscoveryResponse, readDocumentQuery, readQueryResponse, readRetrieveRequest]
  for (const reader of [...readers, readRetrieveResponse, readSubmission, readSubmissionResponse]) reader(read, content)
  const asked = readPatientDiscovery(read)
  if (asked.ok) {
    const responder = {
      homeCommunityId: '1.2',
      profile: 'openncp',
      newId: countingIds(),
      now: () => new Date(0),
    } as const
    const answer = writeDiscoveryResponse({ patients: [], errors: [] }, asked.value.echo, responder)
    if (!parseXml(Buffer.from(answer)).ok) throw new Error('the answer to a question cannot be read')
  }
  return true
}

function readContents(element: XmlElement, content: (element: XmlElement) => unknown): void {
  content(element)
  for (const inner of elements(element)) readContents(inner, content)
}

interface Mutation {
  readonly kind: (typeof KINDS)[number]
  /** Where, as a share of the length. */
  readonly at: number
  readonly length: number
  readonly token: string
}

const KINDS = ['flip', 'cut', 'double', 'insert', 'truncate', 'nest', 'swap', 'type', 'element'] as const

const TOKENS = [
  '\r\n',
  '\r\n\r\n',
  '\r\n--',
  '--MIMEBoundary_',
  '\0',
  '<',
  '>',
  '"',
  '&amp;',
  '&#0;',
  '<!DOCTYPE x [<!ENTITY a "b">]>',
  '<![CDATA[',
  ']]>',
  '<!-- -->',
  'xmlns=""',
  'href="cid:"',
  'nullFlavor="NI"',
  '\u00e9',
  '='.repeat(100),
  'A'.repeat(10_000),
  ';'.repeat(1000),
]

const MUTATION: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom(...KINDS),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(400),
  token: fc.constantFrom(...TOKENS),
})

function mutated(message: WireMessage, { kind, at, length, token }: Mutation): WireMessage {
  const { contentType, body } = message
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length)
  const from = Math.floor(at * bytes.length)
  const to = Math.min(bytes.length, from + length)
  const joined = (...parts: readonly (Uint8Array | string)[]): WireMessage => ({
    contentType,
    body: Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))),
  })
  switch (kind) {
    case 'flip':
      return joined(
        bytes.subarray(0, from),
        Buffer.of((bytes[from] ?? 0) ^ (1 << (length % 8))),
        bytes.subarray(from + 1),
      )
    case 'cut':
      return joined(bytes.subarray(0, from), bytes.subarray(to))
    case 'double':
      return joined(bytes.subarray(0, to), bytes.subarray(from))
    case 'insert':
      return joined(bytes.subarray(0, from), token, bytes.subarray(from))
    case 'truncate':
      return joined(bytes.subarray(0, from))
    case 'nest':
      return joined(bytes.subarray(0, from), '<n>'.repeat(length), bytes.subarray(from), '</n>'.repeat(length))
    case 'swap':
      return withParts(message, length)
    case 'type': {
      const within = Math.floor(at * contentType.length)
      return { contentType: `${contentType.slice(0, within)}${token}${contentType.slice(within)}`, body }
    }
    case 'element':
      return withElementTwice(message, at)
  }
}

/** Parts of a multipart message in another order, one of them lost or doubled; others as they are. */
function withParts({ contentType, body }: WireMessage, choice: number): WireMessage {
  const boundary = /boundary="([^"]+)"/.exec(contentType)?.[1]
  if (boundary === undefined) return { contentType, body }
  const parts = Buffer.from(body).toString('latin1').split(`--${boundary}`)
  const [first, second] = [choice % parts.length, (choice >> 3) % parts.length]
  const moved = parts.map((part, index) =>
    index === first ? parts[second] : index === second && choice % 2 === 0 ? parts[first] : part,
  )
  return { contentType, body: Buffer.from(moved.join(`--${boundary}`), 'latin1') }
}

/** One element with everything in it (a header, a parameter, an identifier) stands there twice. */
function withElementTwice({ contentType, body }: WireMessage, at: number): WireMessage {
  const text = Buffer.from(body).toString('latin1')
  const start = text.indexOf('<', Math.floor(at * text.length))
  const name = /^<([\w:.-]+)/.exec(text.slice(start, start + 100))?.[1]
  const end = name === undefined ? -1 : text.indexOf(`</${name}>`, start)
  if (name === undefined || end < 0) return { contentType, body }
  const stop = end + name.length + 3
  return { contentType, body: Buffer.from(text.slice(0, stop) + text.slice(start, stop) + text.slice(stop), 'latin1') }
}

if (import.meta.main) {
  const [runs = '2000', seed] = process.argv.slice(2)
  for (const run of [fuzzReaders, fuzzServer]) {
    const report = await run(Number(runs), seed === undefined ? undefined : Number(seed))
    const slowest = report.slowestMs.toFixed(1)
    process.stdout.write(
      `${run.name}: ${report.runs} messages, ${report.read} understood, the slowest took ${slowest} ms\n`,
    )
  }
}
