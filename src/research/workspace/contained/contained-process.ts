/**
 * Runs one of our programs on what a person wrote, in a process of its own that has no environment, no network where the
 * system can take it away, Node's permissions cut to what it reads, and an end: by time, by memory, by revocation. Whatever
 * happens to it, it is not the node that dies.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { failed, ok, type Result } from '#platform/result/result.ts'

export interface Containment {
  /** The program: a file. It reads its input and writes its answer, both text, and ends. */
  readonly program: string
  /** Files and folders that it may read. */
  readonly readable: readonly string[]
  /** More options of Node: `--allow-addons`, `--allow-worker`. */
  readonly options?: readonly string[]
  readonly seconds: number
  /** Resident, of the whole process. */
  readonly memoryMegabytes: number
  /** Longest answer. */
  readonly characters: number
  readonly signal?: AbortSignal
  /** `none` leaves its network to Node alone: for tests of what a system without namespaces has. */
  readonly network?: 'none' | 'own'
}

export type ContainedProblemCode =
  | 'query-stopped'
  | 'query-too-slow'
  | 'query-too-large'
  | 'answer-too-large'
  | 'process-failed'

const LOOK_MS = 100

export function runContained(input: string, containment: Containment): Promise<Result<string, ContainedProblemCode>> {
  const { signal } = containment
  if (signal?.aborted) return Promise.resolve(PROBLEMS.stopped())
  return new Promise((resolve) => {
    const child = start(containment)
    const chunks: Buffer[] = []
    let bytes = 0
    let ended: Result<string, ContainedProblemCode> | undefined
    const end = (why: Result<string, ContainedProblemCode>): void => {
      ended ??= why
      kill(child)
    }
    const onAbort = () => end(PROBLEMS.stopped())
    const timer = setTimeout(() => end(PROBLEMS.slow(containment.seconds)), containment.seconds * 1000)
    const looking = setInterval(() => {
      if (residentMegabytes(child.pid) > containment.memoryMegabytes) end(PROBLEMS.large())
    }, LOOK_MS)
    signal?.addEventListener('abort', onAbort, { once: true })
    child.stdout?.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > containment.characters) end(PROBLEMS.answer())
      else chunks.push(chunk)
    })
    const finish = (code: number | null): void => {
      clearTimeout(timer)
      clearInterval(looking)
      signal?.removeEventListener('abort', onAbort)
      // Nothing that it may have begun outlives it.
      kill(child)
      resolve(ended ?? (code === 0 ? ok(Buffer.concat(chunks).toString('utf8')) : PROBLEMS.died()))
    }
    child.once('error', () => finish(null))
    child.once('close', finish)
    // Who dies before it has read everything is told of by its end.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
  })
}

function start({ program, readable, options = [], network = 'own' }: Containment): ChildProcess {
  const permissions = ['--permission', ...[program, ...readable].map((path) => `--allow-fs-read=${path}`), ...options]
  const command = [process.execPath, '--no-warnings', ...permissions, program]
  const [file = '', ...rest] = network === 'own' && namespaces() ? [...NAMESPACES, ...command] : command
  // A group of its own: it is ended with everything that it began. What it says beside its answer may hold data, and is not kept.
  return spawn(file, rest, { env: {}, cwd: '/', detached: true, stdio: ['pipe', 'pipe', 'ignore'] })
}

/** Linux: a network without interfaces, without being root. */
const NAMESPACES = ['/usr/bin/unshare', '--user', '--map-root-user', '--net', '--']

let known: boolean | undefined

/** Whether this system gives a process a network of its own; asked once. */
export function namespaces(): boolean {
  const [file = '', ...rest] = NAMESPACES
  known ??= process.platform === 'linux' && spawnSync(file, [...rest, '/bin/true'], { env: {} }).status === 0
  return known
}

function kill({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

/** 0 where the system does not say: then the limits inside the program are all there is. */
function residentMegabytes(pid: number | undefined): number {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1])
    return (pages * 4096) / 2 ** 20
  } catch {
    return 0
  }
}

const PROBLEMS = {
  stopped: () => problem('query-stopped', 'The work was stopped.', 'Look whether the permit still holds.'),
  slow: (seconds: number) =>
    problem('query-too-slow', `The work took longer than ${seconds} seconds.`, 'Ask for less, or in smaller steps.'),
  large: () => problem('query-too-large', 'The work needs more memory than a workspace has.', 'Ask for fewer rows.'),
  answer: () => problem('answer-too-large', 'The answer is longer than a workspace shows.', 'Ask for fewer rows.'),
  died: () => problem('process-failed', 'The work ended without an answer.', 'Try again with something simpler.'),
}

function problem(code: ContainedProblemCode, sentence: string, next: string): Result<string, ContainedProblemCode> {
  return failed(code, sentence, next)
}
