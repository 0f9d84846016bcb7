/** Speaks to the ClickHouse process: one statement after the other; the process is started again when it was ended. */
import { type ChildProcess, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** A number of ClickHouse's own, such as 241 for too much memory. */
export class ClickhouseError extends Error {
  override readonly name = 'ClickhouseError'
  readonly code: string

  constructor(code: string) {
    super(`ClickHouse failed with code ${code}`)
    this.code = code
  }
}

export interface ClickhouseClient {
  /** The answer as text in this format of ClickHouse. */
  query(sql: string, format?: string): Promise<string>
  /** Ends the process and what it does; temporary tables go with it. */
  end(): Promise<void>
}

/** Where `npm ci` puts chdb; no part of what a node needs. */
export const CLICKHOUSE_FOLDER = join(import.meta.dirname, '..', '..', '..', '..', 'engines', 'clickhouse')

export function clickhouseInstalled(folder = CLICKHOUSE_FOLDER): boolean {
  return existsSync(join(folder, 'node_modules', 'chdb', 'package.json'))
}

interface Waiting {
  resolve(text: string): void
  reject(error: Error): void
}

interface Answer {
  readonly id: number
  readonly text?: string
  readonly code?: string
}

/** `atStart`: statements that every new process runs first. */
export function clickhouseClient(folder: string, directory: string, atStart: readonly string[]): ClickhouseClient {
  const waiting = new Map<number, Waiting>()
  let child: ChildProcess | undefined
  let ending: Promise<void> | undefined
  let last = 0

  const start = (): ChildProcess => {
    const started = fork(join(import.meta.dirname, 'clickhouse-process.ts'), [folder, directory], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
    })
    started.on('message', ({ id, text, code }: Answer) => {
      const waiter = waiting.get(id)
      waiting.delete(id)
      if (text === undefined) waiter?.reject(new ClickhouseError(code ?? 'none'))
      else waiter?.resolve(text)
    })
    const gone = () => {
      if (child === started) child = undefined
      for (const waiter of waiting.values()) waiter.reject(new ClickhouseError('process ended'))
      waiting.clear()
    }
    started.once('exit', gone)
    started.once('error', gone)
    return started
  }

  const send = (to: ChildProcess, sql: string, format: string) =>
    new Promise<string>((resolve, reject) => {
      last += 1
      waiting.set(last, { resolve, reject })
      to.send({ id: last, sql, format })
    })

  return {
    query: async (sql, format = 'JSONCompactEachRow') => {
      // Two processes cannot have the directory.
      await ending
      if (child === undefined) {
        child = start()
        const started = child
        await Promise.all(atStart.map((statement) => send(started, statement, format)))
      }
      return send(child, sql, format)
    },
    end: async () => {
      const killed = child
      if (killed === undefined) return
      ending = new Promise((resolve) => killed.once('exit', () => resolve()))
      killed.kill('SIGKILL')
      await ending
    },
  }
}
