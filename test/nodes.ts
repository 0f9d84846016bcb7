/** For tests: single nodes as processes of their own, started from configurations that the demonstration prepares. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'

const PROGRAM = join(import.meta.dirname, '..', 'src', 'cli', 'main.ts')

export interface NodeUnderTest {
  readonly child: ChildProcess
  /** `kill -9`; resolves when the process is gone. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/** Starts a node and waits until it says that it is ready; its log lies beside its configuration. */
export function startNodeProcess(
  configuration: string,
  home: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<NodeUnderTest> {
  const log = openSync(join(dirname(configuration), 'node.log'), 'a')
  const child = spawn(process.execPath, [PROGRAM, 'start', '--config', configuration], {
    env: { ...process.env, TESSERA_HOME: home, ...environment },
    stdio: ['ignore', log, 'pipe', 'ipc'],
  })
  closeSync(log)
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    complaint += chunk
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const signal = (name: NodeJS.Signals): Promise<void> => {
    child.kill(name)
    return ended
  }
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve({ child, kill: () => signal('SIGKILL'), stop: () => signal('SIGTERM') }))
    child.once('exit', (code) => reject(new Error(`The node ended with ${code}: ${complaint}`)))
  })
}

/**
 * A base port above which the twenty ports of a plan are free right now. Below 32768, from where on Linux gives ports to outgoing
 * connections, which others make meanwhile; above 10080, with which browsers do not speak.
 */
export async function freeBase(): Promise<number> {
  for (;;) {
    const base = 10_100 + Math.floor(Math.random() * 1_130) * 20
    const offsets = Array.from({ length: 20 }, (_, index) => index)
    const free = await Promise.all(offsets.map((offset) => isFree(base + offset)))
    if (free.every(Boolean)) return base
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
