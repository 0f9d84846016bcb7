/** A server that does nothing but answer: what can be measured at most. Two threads, as the servers that are compared. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

const BODY = JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'outcome', valueCode: 'equivalent' }] })

if (isMainThread) {
  let port = 0
  for (let thread = 0; thread < 2; thread += 1) {
    const worker = new Worker(import.meta.filename, { workerData: port })
    port = await new Promise<number>((resolve) => worker.once('message', resolve))
  }
  process.stdout.write(`${JSON.stringify({ port })}\n`)
} else {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/fhir+json', 'content-length': BODY.length })
    response.end(BODY)
  })
  server.listen({ port: workerData, host: '127.0.0.1', reusePort: true }, () => {
    parentPort?.postMessage((server.address() as AddressInfo).port)
  })
}
