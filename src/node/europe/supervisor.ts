/** One supervisor, one process per node: starts them, waits until all are ready, restarts one that dies, stops them all. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { failed, ok, type Result } from '#platform/result/result.ts'

export interface NodeProcess {
  readonly name: string
  /** The file with its configuration. */
  readonly configuration: string
  /** The file that its log lines are appended to. */
  readonly log: string
}

export interface Supervisor {
  /** Stops every node and resolves when all have ended. */
  stop(): Promise<void>
  /** Process id by node name, for people who want to look or to break things. */
  pids(): ReadonlyMap<string, number>
}

export type SupervisorProblemCode = 'node-did-not-start'

interface Options {
  /** The program that runs one node, e.g. the command line's entry file. */
  readonly program: string
  readonly startTimeoutMs?: number
  /** Told when a node died and is started again. */
  readonly onRestart?: (name: string, code: number | null, signal: string | null) => void
}

/** A node that dies more often than this within a minute is left down. */
const RESTARTS_PER_MINUTE = 5
const STOP_PATIENCE_MS = 5000

/** Starts all nodes in parallel. When one does not come up, all are stopped and the reason is told. */
export async function supervise(
  nodes: readonly NodeProcess[],
  options: Options,
): Promise<Result<Supervisor, SupervisorProblemCode>> {
  const running = new Map<string, ChildProcess>()
  const restarts = new Map<string, number[]>()
  let stopping = false

  const start = (node: NodeProcess): Promise<Result<void, SupervisorProblemCode>> => {
    const log = openSync(node.log, 'a')
    const child = spawn(process.execPath, [options.program, 'start', '--config', node.configuration], {
      stdio: ['ignore', log, 'pipe', 'ipc'],
    })
    closeSync(log)
    running.set(node.name, child)
    const words = lastWords(child)
    let ready = false
    return new Promise((resolve) => {
      const timer = setTimeout(
        () =>
          resolve(
            failed(
              'node-did-not-start',
              `The node ${node.name} is not ready after ${(options.startTimeoutMs ?? 30000) / 1000} s. ${words()}`,
              'Look at its log.',
            ),
          ),
        options.startTimeoutMs ?? 30000,
      )
      child.once('message', () => {
        ready = true
        clearTimeout(timer)
        resolve(ok(undefined))
      })
      child.once('exit', (code, signal) => {
        clearTimeout(timer)
        resolve(
          failed(
            'node-did-not-start',
            `The node ${node.name} ended while starting. ${words()}`,
            'Correct the cause and start again.',
          ),
        )
        // Code 0: the node was asked to stop, e.g. by Ctrl-C, which reaches the whole group of processes.
        if (ready && !stopping && code !== 0 && mayRestart(restarts, node.name)) {
          options.onRestart?.(node.name, code, signal)
          void start(node)
        }
      })
    })
  }

  const stop = async (): Promise<void> => {
    stopping = true
    await Promise.all([...running.values()].map(stopChild))
  }

  const started = await Promise.all(nodes.map(start))
  const problem = started.find((result) => !result.ok)
  if (problem) {
    await stop()
    return problem
  }
  return ok({
    stop,
    pids: () =>
      new Map([...running].flatMap(([name, child]) => (child.pid === undefined ? [] : [[name, child.pid] as const]))),
  })
}

function mayRestart(restarts: Map<string, number[]>, name: string): boolean {
  const now = Date.now()
  const recent = (restarts.get(name) ?? []).filter((time) => now - time < 60_000)
  restarts.set(name, [...recent, now])
  return recent.length < RESTARTS_PER_MINUTE
}

/** Keeps the last lines that a child wrote to standard error, to explain a failed start. */
function lastWords(child: ChildProcess): () => string {
  let text = ''
  child.stderr?.setEncoding('utf8')
  child.stderr?.on('data', (chunk: string) => {
    text = (text + chunk).slice(-2000)
  })
  return () => text.trim().split('\n').slice(-3).join(' ')
}

function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    child.kill('SIGTERM')
  })
}
