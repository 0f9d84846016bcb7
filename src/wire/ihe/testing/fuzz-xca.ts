/**
 * What chance makes of queries, answers, retrievals and submissions, of our own and of others: whatever comes, readers
 * answer with a value, and what they understood can be written and is understood again.
 *
 * `node src/wire/ihe/testing/fuzz-xca.ts [runs] [seed]` tells the slowest message, too.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { child, elements } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import { corpusFiles } from '#platform/xml/testing/corpus.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { readDocumentQuery, writeDocumentQuery } from '../xca/query-request.ts'
import { readQueryResponse, writeQueryResponse } from '../xca/query-response.ts'
import {
  readRetrieveRequest,
  readRetrieveResponse,
  writeRetrieveRequest,
  writeRetrieveResponse,
} from '../xca/retrieve.ts'
import { kindOf } from '../xdr/submission-kind.ts'
import { readSubmission } from '../xdr/submission-request.ts'
import { readSubmissionResponse, writeSubmissionResponse } from '../xdr/submission-response.ts'
import { writeSubmission } from '../xdr/write-submission.ts'
import { ERROR, QUERY, QUERY_ANSWER, SUBMISSION } from './arbitrary-documents.ts'
import { inlineAttach, inlineContent } from './inline-content.ts'
import { countingIds } from './messages.ts'

export interface XcaFuzzReport {
  readonly runs: number
  /** How many were still XML, and how many of those still a message of one of the transactions. */
  readonly parsed: number
  readonly understood: number
  readonly slowestMs: number
}

/** Throws, with the seed to repeat it, when a reader throws or does not understand what was written of its own value. */
export function fuzzXca(runs: number, seed?: number): XcaFuzzReport {
  const report = { runs, parsed: 0, understood: 0, slowestMs: 0 }
  fc.assert(
    fc.property(START, fc.array(MUTATION, { maxLength: 4 }), (start, steps) => {
      const message = steps.reduce(mutated, start)
      const began = performance.now()
      const xml = parseXml(Buffer.from(message))
      if (xml.ok) {
        report.parsed += 1
        if (understand(bodyOf(xml.value.root))) report.understood += 1
      }
      report.slowestMs = Math.max(report.slowestMs, performance.now() - began)
    }),
    { numRuns: runs, ...(seed === undefined ? {} : { seed }) },
  )
  return report
}

function bodyOf(root: XmlElement): XmlElement {
  return elements(child(root, 'Body'))[0] ?? root
}

function again(xml: string): XmlElement {
  const read = parseXml(Buffer.from(xml))
  assert.ok(read.ok, 'what was written is no XML')
  return read.value.root
}

/** Every reader, and each value that one yields written and read again. */
function understand(body: XmlElement): boolean {
  const question = readDocumentQuery(body)
  if (question.ok) assert.deepEqual(readDocumentQuery(again(writeDocumentQuery(question.value, 'standard'))), question)
  const list = readQueryResponse(body)
  if (list.ok) {
    const written = readQueryResponse(again(writeQueryResponse(list.value, 'standard', countingIds())))
    assert.ok(written.ok && written.value.documents.length === list.value.documents.length)
  }
  const asked = readRetrieveRequest(body)
  if (asked.ok) assert.deepEqual(readRetrieveRequest(again(writeRetrieveRequest(asked.value))), asked)
  const documents = readRetrieveResponse(body, inlineContent)
  if (documents.ok) {
    const written = again(writeRetrieveResponse(documents.value, 'standard', inlineAttach))
    const read = readRetrieveResponse(written, inlineContent)
    assert.deepEqual(read.ok && read.value.documents, documents.value.documents)
  }
  const submission = readSubmission(body, inlineContent)
  if (submission.ok) {
    kindOf(submission.value.metadata)
    assert.ok(readSubmission(again(writeSubmission(submission.value, 'openncp', inlineAttach)), inlineContent).ok)
  }
  const taken = readSubmissionResponse(body)
  if (taken.ok) assert.deepEqual(readSubmissionResponse(again(writeSubmissionResponse(taken.value, 'standard'))), taken)
  return [question, list, asked, documents, submission, taken].some(({ ok }) => ok)
}

const PROFILE = fc.constantFrom('openncp', 'standard')

const OWN: readonly fc.Arbitrary<string>[] = [
  fc.tuple(QUERY, PROFILE).map(([query, profile]) => writeDocumentQuery(query, profile)),
  fc.tuple(QUERY_ANSWER, PROFILE).map(([answer, profile]) => writeQueryResponse(answer, profile, countingIds())),
  fc.tuple(SUBMISSION, PROFILE).map(([one, profile]) => writeSubmission(one, profile, inlineAttach, countingIds())),
  fc.array(ERROR).map((errors) => writeSubmissionResponse({ status: 'failure', errors }, 'openncp')),
  fc
    .tuple(fc.array(ERROR), fc.uint8Array())
    .map(([errors, bytes]) =>
      writeRetrieveResponse(
        { documents: [{ ...IDS, mimeType: 'text/xml', bytes }], errors, status: 'success' },
        'openncp',
        inlineAttach,
      ),
    ),
]
const IDS = { homeCommunityId: '1.2', repositoryId: '1.3', documentId: '1.3^4' }

/** Without the long documents inside, so that chance meets the metadata. */
const OTHERS = corpusFiles('openncp/{xca,xdr}/{wire,nordic}/*.xml').map((file) =>
  readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .replace(/[A-Za-z0-9+/=\s]{800,}/g, 'PGEvPg=='),
)

const START = OTHERS.length === 0 ? fc.oneof(...OWN) : fc.oneof(fc.constantFrom(...OTHERS), ...OWN)

const TOKENS = [
  "'",
  "''",
  "('",
  "')",
  ',',
  '^^^',
  '&amp;',
  '&amp;amp;',
  '\\S\\',
  '|',
  'urn:oid:',
  '1.2.3',
  '24',
  '+0200',
  '\u0000',
  'é',
  '𐀀',
  '<Slot name="$XDSDocumentEntryClassCode"/>',
  '<ValueList/>',
  '<Association/>',
  ' xmlns=""',
  ' id=""',
  "'".repeat(2000),
  '^'.repeat(2000),
  '\\'.repeat(2001),
  '('.repeat(2000),
] as const

/** Most keep the message XML: those are the ones that reach the readers. */
const KINDS = [
  'cut',
  'double',
  'insert',
  'element',
  'element',
  'element',
  'value',
  'value',
  'value',
  'swap',
  'swap',
] as const

interface Mutation {
  readonly kind: (typeof KINDS)[number]
  /** Where, as a share of the length. */
  readonly at: number
  readonly length: number
  readonly token: string
}

const MUTATION: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom(...KINDS),
  at: fc.double({ min: 0, max: 0.999, noNaN: true }),
  length: fc.nat(40),
  token: fc.constantFrom(...TOKENS),
})

function mutated(message: string, { kind, at, length, token }: Mutation): string {
  const from = Math.floor(at * message.length)
  const [before, piece, after] = [
    message.slice(0, from),
    message.slice(from, from + length),
    message.slice(from + length),
  ]
  switch (kind) {
    case 'cut':
      return before + after
    case 'double':
      return before + piece + piece + after
    case 'insert':
      return before + token + piece + after
    case 'element':
      return withElement(message, from, length % 2 === 0)
    case 'value':
      return withValue(message, from, token)
    case 'swap':
      return withValue(message, from, anyValue(message, (from + length * 997) % message.length))
  }
}

/** The next element with everything in it, twice or not at all. */
function withElement(message: string, from: number, twice: boolean): string {
  const start = message.indexOf('<', from)
  const name = /^<([\w:.-]+)/.exec(message.slice(start, start + 100))?.[1]
  const end = name === undefined ? -1 : message.indexOf(`</${name}>`, start)
  if (name === undefined || end < 0) return message
  const stop = end + name.length + 3
  return message.slice(0, twice ? stop : start) + (twice ? message.slice(start, stop) : '') + message.slice(stop)
}

/** The next text or attribute value becomes another: the message stays XML, what it says does not. */
function withValue(message: string, from: number, value: string): string {
  const rest = message.slice(from)
  const found = /="[^"<]*"|>[^<>]+</.exec(rest)
  if (found === null) return message
  const [open, close] = found[0].startsWith('=') ? ['="', '"'] : ['>', '<']
  const clean = value.replace(/[<>"]/g, '').replaceAll('\u0000', '')
  return (
    message.slice(0, from) +
    rest.slice(0, found.index) +
    open +
    clean +
    close +
    rest.slice(found.index + found[0].length)
  )
}

function anyValue(message: string, from: number): string {
  return /="([^"<]*)"|>([^<>]+)</.exec(message.slice(from))?.slice(1).find(Boolean) ?? ''
}

if (import.meta.main) {
  const [runs = '2000', seed] = process.argv.slice(2)
  const report = fuzzXca(Number(runs), seed === undefined ? undefined : Number(seed))
  process.stdout.write(
    `${report.runs} messages, ${report.parsed} XML, ${report.understood} understood, the slowest took ${report.slowestMs.toFixed(1)} ms\n`,
  )
}
