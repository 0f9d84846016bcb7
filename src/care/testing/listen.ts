/** For tests: a server on loopback with mutual TLS, and values without their `Result`. */
import { type Handler, type HttpServer, serve } from '#platform/http/serve.ts'
import { describeProblem, type Result } from '#platform/result/result.ts'
import type { NodeKeys } from '#trust/keys/node-keys.ts'

export async function listen(keys: NodeKeys, handler: Handler): Promise<HttpServer> {
  const { key, cert, ca } = keys.tls
  const options = { port: 0, host: '127.0.0.1', tls: { key, cert, ca, requireClientCertificate: true } }
  return valueFrom(await serve({ ...options, handler, limits: { closeGraceMs: 100 } }))
}

export function valueFrom<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(describeProblem(result.problem))
  return result.value
}
