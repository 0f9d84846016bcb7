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
  /** Told when a node died too often and is left down. */
  readonly onGivenUp?: (name: string) => void
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
  let state: 'starting' | 'up' | 'stopping' = 'starting'

  const start = async (node: NodeProcess): Promise<Result<void, SupervisorProblemCode>> => {
    const child = spawnNode(node, options.program)
    running.set(node.name, child)
    let ready = false
    child.once('exit', (code, signal) => {
      // A node that never came up is told by `started`, unless it was up before.
      if (state === 'stopping' || (state === 'starting' && !ready)) return
      // Code 0: the node was asked to stop, e.g. by Ctrl-C, which reaches the whole group of processes.
      if (code === 0) return
      if (!mayRestart(restarts, node.name)) {
        options.onGivenUp?.(node.name)
        return
      }
      options.onRestart?.(node.name, code, signal)
      void start(node)
    })
    const begun = await started(node.name, child, options.startTimeoutMs ?? 30_000)
    ready = begun.ok
    // One that neither ends nor gets ready is ended, so that it can be started again.
    if (!begun.ok) child.kill('SIGKILL')
    return begun
  }

  const stop = async (): Promise<void> => {
    state = 'stopping'
    await Promise.all([...running.values()].map(stopChild))
  }

  const results = await Promise.all(nodes.map(start))
  const problem = results.find((result) => !result.ok)
  if (problem) {
    await stop()
    return problem
  }
  state = 'up'
  return ok({
    stop,
    pids: () =>
      new Map([...running].flatMap(([name, child]) => (child.pid === undefined ? [] : [[name, child.pid] as const]))),
  })
}

function spawnNode(node: NodeProcess, program: string): ChildProcess {
  const log = openSync(node.log, 'a', 0o600)
  const child = spawn(process.execPath, [program, 'start', '--config', node.configuration], {
    stdio: ['ignore', log, 'pipe', 'ipc'],
  })
  closeSync(log)
  return child
}

/** Resolves when the node says that it is ready, and with what it said last when it ends or stays silent. */
function started(name: string, child: ChildProcess, patienceMs: number): Promise<Result<void, SupervisorProblemCode>> {
  const words = lastWords(child)
  return new Promise((resolve) => {
    const give = (result: Result<void, SupervisorProblemCode>): void => {
      clearTimeout(timer)
      resolve(result)
    }
    const notStarted = (what: string, next: string): void =>
      give(failed('node-did-not-start', `The node ${name} ${what}. ${words()}`.trim(), next))
    const timer = setTimeout(
      () => notStarted(`is not ready after ${patienceMs / 1000} s`, 'Look at its log.'),
      patienceMs,
    )
    child.once('message', () => give(ok(undefined)))
    child.once('exit', () => notStarted('ended while starting', 'Correct the cause and start again.'))
    child.once('error', () => notStarted('could not be run', 'Check the memory and the processes of this machine.'))
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
