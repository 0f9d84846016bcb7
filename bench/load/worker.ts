/** The thread of the load generator. */
import { connect, type Socket } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import type { Load, LoadRequest, LoadResult } from './load.ts'

const HEADER_END = Buffer.from('\r\n\r\n')
const CHUNKS_END = Buffer.from('0\r\n\r\n')

const { host, port, requests, connections, seconds, warmUp = 1 } = workerData as Load
const prepared = requests.map(bytesOf)
const begin = performance.now() + warmUp * 1000
const end = begin + seconds * 1000

let next = 0
let counted = 0
let failures = 0
let received = 0
const latencies: number[] = []

await Promise.all(Array.from({ length: connections }, run))
latencies.sort((a, b) => a - b)
const at = (share: number): number =>
  latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN
parentPort?.postMessage({
  perSecond: counted / seconds,
  p50: at(0.5),
  p99: at(0.99),
  requests: counted,
  sent: next,
  failures,
  bytesPerAnswer: received / Math.max(1, counted),
} satisfies LoadResult)

function bytesOf({ method, target, headers = {}, body }: LoadRequest): Buffer {
  const lines = Object.entries({
    host: `${host}:${port}`,
    accept: 'application/fhir+json',
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/fhir+json', 'content-length': String(Buffer.byteLength(body)) }),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`)
}

/** One connection: a request, its answer, the next request. */
function run(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true })
    let sentAt = 0
    const reader = answerReader((status, length) => {
      const now = performance.now()
      if (now >= begin && now < end) {
        counted++
        received += length
        latencies.push(now - sentAt)
        if (status < 200 || status > 299) failures++
      }
      if (now >= end) {
        socket.end()
        resolve()
      } else send()
    })
    const send = (): void => {
      sentAt = performance.now()
      sendOn(socket)
    }
    socket.on('connect', send)
    socket.on('data', reader)
    socket.on('error', reject)
    socket.on('close', () =>
      performance.now() < end ? reject(new Error('The server closed a connection.')) : resolve(),
    )
  })
}

function sendOn(socket: Socket): void {
  const bytes = prepared[next++ % prepared.length]
  if (bytes) socket.write(bytes)
}

/** Finds where an answer ends: by its length, or by the last of its chunks. */
function answerReader(done: (status: number, length: number) => void): (chunk: Buffer) => void {
  let pending: Buffer | undefined
  let total = -1
  let status = 0
  return (chunk) => {
    pending = pending ? Buffer.concat([pending, chunk]) : chunk
    if (total === -1) {
      const headerEnd = pending.indexOf(HEADER_END)
      if (headerEnd < 0) return
      const head = pending.toString('latin1', 0, headerEnd)
      status = Number(head.slice(9, 12))
      const length = /content-length: (\d+)/i.exec(head)?.[1]
      total = length === undefined ? -2 : headerEnd + 4 + Number(length)
    }
    const ended = total >= 0 ? pending.length >= total : pending.subarray(-5).equals(CHUNKS_END)
    if (!ended) return
    const { length } = pending
    pending = undefined
    total = -1
    done(status, length)
  }
}
