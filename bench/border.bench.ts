/**
 * The border's hot paths: changing a pivot document for its reader, and a whole retrieve over IHE between two nodes, each
 * against a baseline in the same run: merely parsing the same documents, and mutual TLS with the same bytes.
 */
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { ParseOption, XmlDocument } from 'libxml2-wasm'
import { openReader } from '../src/cli/reader.ts'
import { readDocument } from '../src/documents/read.ts'
import { myHealthEuList } from '../src/documents/transcode/coded-element-list.ts'
import { transformDocument } from '../src/documents/transcode/transform.ts'
import { corpusFiles } from '../src/platform/xml/testing/corpus.ts'
import { type Benchmark, medians } from './benchmark.ts'
import { type BenchHome, prepareHome } from './border/home.ts'
import { type Order, type Outcome, percentile } from './border/orders.ts'
import { heard, pin, startTwoCountries } from './border/two-countries.ts'

export const benchmark: Benchmark = { name: 'the border (pivot documents; retrieve over IHE between two nodes)', run }

const RETRIEVES = Number(process.env.TESSERA_BENCH_RETRIEVES ?? 2000)
const TOGETHER = 12
/** More than there are connections: some wait for their turn, and neither node ever does. */
const CROWDED = 64

async function run(): Promise<readonly string[]> {
  const transformed = await transformations()
  const bench = await prepareHome()
  try {
    return [...transformed, ...(await retrieves(bench))]
  } finally {
    bench.remove()
  }
}

/** What country B does with the pivot: French codes and words in the CDA, or FHIR. One core. */
async function transformations(): Promise<readonly string[]> {
  const files = corpusFiles('openncp/cda/ps/*.xml')
  if (files.length === 0) return ['transformations skipped: ../shared/corpus is absent']
  const reader = await openReader('fr')
  if (!reader.ok) return [reader.problem.sentence]
  const { terminology } = reader.value
  const codedElements = myHealthEuList()
  const pivots = files.flatMap((file) => {
    const bytes = readFileSync(file)
    const made = transformDocument(bytes, { direction: 'transcode', languages: [], codedElements }, terminology)
    return [made.ok ? made.value.bytes : bytes]
  })
  const times = medians({
    parse: () => {
      for (const bytes of pivots) XmlDocument.fromBuffer(bytes, { option: ParseOption.XML_PARSE_HUGE }).dispose()
    },
    french: () => {
      for (const bytes of pivots) {
        transformDocument(bytes, { direction: 'translate', languages: ['fr'], codedElements }, terminology)
      }
    },
    fhir: () => {
      for (const bytes of pivots) {
        const read = readDocument(bytes, { terminology })
        if (read.ok) JSON.stringify(read.value.bundle)
      }
    },
  })
  const line = (what: string, time: number): string =>
    `${what.padEnd(46)} ${(pivots.length / (time / 1000)).toFixed(0).padStart(6)} documents/s and core  ${(time / times.parse).toFixed(2).padStart(6)} × libxml2 parse`
  return [
    `${pivots.length} pivot summaries, ${megabytes(pivots.reduce((sum, { length }) => sum + length, 0))}; median of 9 rounds`,
    line('libxml2 (wasm), parse only [baseline]', times.parse),
    line('pivot CDA → French CDA', times.french),
    line('pivot CDA → FHIR with its account', times.fhir),
  ]
}

/** Two whole nodes: assertions, MTOM, policy, consent, transcoding, reading, and a durable entry in both ledgers. */
async function retrieves(bench: BenchHome): Promise<readonly string[]> {
  const profiles = process.env.TESSERA_BENCH_PROFILES
  const countries = await startTwoCountries(bench, profiles)
  try {
    const order = { retrieves: RETRIEVES, concurrency: TOGETHER, listing: false }
    // Both nodes warm up, and the code gets compiled.
    await countries.retrieve({ ...order, retrieves: 500 })
    const alone = await countries.retrieve({ ...order, retrieves: Math.ceil(RETRIEVES / 4), concurrency: 1 })
    const cpu = countries.answeringCpuSeconds()
    const together = await countries.retrieve(order)
    const crowded = await countries.retrieve({ ...order, concurrency: CROWDED })
    const answeringMs = (1000 * (countries.answeringCpuSeconds() - cpu)) / (2 * RETRIEVES)
    const askingMs = (1000 * (together.cpuSeconds + crowded.cpuSeconds)) / (2 * RETRIEVES)
    const listing = await countries.retrieve({ ...order, retrieves: Math.ceil(RETRIEVES / 4), listing: true })
    const bare = await bareRequests(bench, order)
    return [
      `${countries.documents} of ${bench.documents} documents: ${bench.source}; both nodes on two cores; ${RETRIEVES} retrieves; load of the machine ${loadavg()[0]?.toFixed(1)}`,
      line('mutual TLS, same bytes, one at a time [baseline]', bare.alone),
      line('retrieve over IHE, one at a time', alone, bare.alone),
      line(`mutual TLS, same bytes, ${TOGETHER} at a time [baseline]`, bare.together),
      line(`retrieve over IHE, ${TOGETHER} at a time`, together, bare.together),
      line(`retrieve over IHE, ${CROWDED} at a time`, crowded),
      line(`list and retrieve over IHE, ${TOGETHER} at a time`, listing),
      `processor time of one retrieve: ${askingMs.toFixed(1)} ms in country B, ${answeringMs.toFixed(1)} ms in country A; two cores give at most ${(2000 / (askingMs + answeringMs)).toFixed(0)}/s, had they nothing else to do`,
    ]
  } finally {
    await countries.stop()
  }
}

function line(what: string, { milliseconds, seconds, failures }: Outcome, baseline?: Outcome): string {
  const failed = Object.entries(failures).map(([code, count]) => `  FAILED ${code} ${count}`)
  const rate = milliseconds.length / seconds
  const ratio = baseline
    ? `  1/${(baseline.milliseconds.length / baseline.seconds / rate).toFixed(1)} of the baseline`
    : ''
  const times = `p50 ${percentile(milliseconds, 0.5).toFixed(1)} ms, p99 ${percentile(milliseconds, 0.99).toFixed(1)} ms`
  return `${what.padEnd(50)} ${rate.toFixed(0).padStart(6)}/s  ${times}${ratio}${failed.join('')}`
}

/** The same bytes over the same kind of connection, between two processes that do nothing else. */
async function bareRequests({ home, documents }: BenchHome, order: Order) {
  const [question, answer] = [join(home, 'question'), join(home, 'answer')]
  writeFileSync(question, Buffer.alloc(QUESTION_BYTES, 'a'))
  const files = corpusFiles('openncp/cda/ps/*.xml')
  const bytes = files.reduce((sum, file) => sum + readFileSync(file).length, 0)
  writeFileSync(
    answer,
    Buffer.alloc(documents > 0 && bytes > 0 ? Math.round(bytes / files.length) : QUESTION_BYTES, 'a'),
  )
  const start = (...options: readonly string[]) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'border', 'bare-process.ts'), ...options], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    pin(child)
    return child
  }
  const server = start('serve', join(home, 'pt', 'keys'), answer)
  const { port } = await heard<{ readonly port: number }>(server)
  const client = start('ask', join(home, 'fr', 'keys'), `https://127.0.0.1:${port}/`, question)
  await heard(client)
  const ask = (one: Order): Promise<Outcome> => {
    client.send(one)
    return heard<Outcome>(client)
  }
  await ask({ ...order, retrieves: 500 })
  const alone = await ask({ ...order, concurrency: 1 })
  const together = await ask(order)
  for (const child of [server, client]) child.disconnect()
  return { alone, together }
}

/** An ITI-39 request with both assertions. */
const QUESTION_BYTES = 20_000

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
