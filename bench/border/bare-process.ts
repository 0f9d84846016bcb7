/**
 * The baseline: two processes, mutual TLS with the keys of the two countries, and the bytes of one retrieve, with nothing
 * else done. `serve KEYS FILE` answers every request with the file; `ask KEYS URL FILE` sends the file over and over.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createPeerFetch } from '../../src/platform/http/peer-fetch.ts'
import { openNodeKeys } from '../../src/trust/keys/node-keys.ts'
import type { Order, Outcome } from './orders.ts'

const [role = '', keysFolder = '', ...rest] = process.argv.slice(2)
const { tls } = await openNodeKeys(keysFolder)
if (role === 'serve') serveFile(readFileSync(rest[0] ?? ''))
else askFor(rest[0] ?? '', readFileSync(rest[1] ?? ''))
process.on('disconnect', () => process.exit(0))

function serveFile(answer: Uint8Array): void {
  const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: true }, (request, response) => {
    request.resume().on('end', () => response.end(answer))
  })
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
}

function askFor(url: string, body: Uint8Array): void {
  const peer = createPeerFetch({ ...tls, timeoutMs: 10_000, maxBytes: 64 * 1024 * 1024 })
  process.on('message', ({ retrieves, concurrency }: Order) => {
    void work(retrieves, concurrency).then((outcome) => process.send?.(outcome))
  })
  process.send?.({ documents: 1 })

  async function work(retrieves: number, concurrency: number): Promise<Outcome> {
    const milliseconds: number[] = []
    const failures: Record<string, number> = {}
    const cpu = process.cpuUsage()
    const began = performance.now()
    let next = 0
    const askInTurn = async (): Promise<void> => {
      while (next < retrieves) {
        next += 1
        const start = performance.now()
        const reply = await peer.fetch({ url, method: 'POST', body })
        milliseconds.push(performance.now() - start)
        if (!reply.ok) failures[reply.problem.code] = (failures[reply.problem.code] ?? 0) + 1
      }
    }
    await Promise.all(Array.from({ length: concurrency }, askInTurn))
    const { user, system } = process.cpuUsage(cpu)
    return {
      seconds: (performance.now() - began) / 1000,
      milliseconds: milliseconds.sort((a, b) => a - b),
      failures,
      rssBytes: process.memoryUsage.rss(),
      cpuSeconds: (user + system) / 1e6,
    }
  }
}
