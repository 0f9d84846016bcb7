/** Are the ports free? Asked before anything is made, so that the answer is one sentence. */
import { createServer } from 'node:net'
import { failed, ok, type Result } from '#platform/result/result.ts'

/** Tries each port on the loopback address; the first one taken is named with what it was meant for. */
export async function portsAreFree(
  ports: readonly { readonly port: number; readonly what: string }[],
): Promise<Result<void, 'port-taken'>> {
  for (const { port, what } of ports) {
    if (!(await isFree(port))) {
      return failed(
        'port-taken',
        `Port ${port} (${what}) is taken by another program.`,
        'Stop that program, or choose other ports: npm start -- --port 5000.',
      )
    }
  }
  return ok(undefined)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
