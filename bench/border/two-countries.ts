/** Central services, Portugal that answers and France that asks, each a process; both countries on the same two cores. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type NodeUnderTest, startNodeProcess } from '../../test/nodes.ts'
import type { BenchHome } from './home.ts'
import type { Order, Outcome, Ready } from './orders.ts'

export interface TwoCountries {
  /** Summaries that France can retrieve. */
  readonly documents: number
  retrieve(order: Order): Promise<Outcome>
  /** Resident bytes of each node now. */
  memory(): { readonly asking: number; readonly answering: number }
  /** Processor time that the answering node has taken so far. */
  answeringCpuSeconds(): number
  stop(): Promise<void>
}

/** @param profiles folder for profiles of the processor, one for each country */
export async function startTwoCountries(bench: BenchHome, profiles?: string): Promise<TwoCountries> {
  const { home, nodes, patients } = bench
  const configurationOf = (name: string): string => nodes.find((node) => node.name === name)?.configuration ?? ''
  const profiling = profiles === undefined ? '' : `--cpu-prof --cpu-prof-dir=${profiles}`
  const environment = { NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${profiling}`.trim() }
  const union = await startNodeProcess(configurationOf('eu'), home)
  const answering = await startNodeProcess(configurationOf('pt'), home, environment)
  const asking = startAsking(home, configurationOf('fr'), patients, environment)
  const ready: Ready = await heard(asking)
  for (const child of [answering.child, asking]) pin(child)
  return {
    documents: ready.documents,
    async retrieve(order) {
      asking.send(order)
      return heard<Outcome>(asking)
    },
    memory: () => ({ asking: residentBytes(asking), answering: residentBytes(answering.child) }),
    answeringCpuSeconds: () => cpuSeconds(answering.child),
    stop: () => stopAll(asking, [answering, union]),
  }
}

function startAsking(
  home: string,
  configuration: string,
  patients: readonly string[],
  environment: Readonly<Record<string, string>>,
): ChildProcess {
  const file = join(home, 'patients.json')
  writeFileSync(file, JSON.stringify(patients))
  const log = openSync(join(home, 'fr', 'node.log'), 'a')
  const child = spawn(process.execPath, [join(import.meta.dirname, 'asking-process.ts'), configuration, file], {
    env: { ...process.env, TESSERA_HOME: home, ...environment },
    stdio: ['ignore', log, 'inherit', 'ipc'],
  })
  closeSync(log)
  return child
}

/** What the process says next; rejects when it ends instead. */
export function heard<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`The process ended with ${code}.`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message as Message)
    })
  })
}

/** To the first two cores together, where the system can do that. */
export function pin({ pid }: ChildProcess): void {
  if (pid !== undefined) spawnSync('taskset', ['-acp', '0,1', String(pid)], { stdio: 'ignore' })
}

/** proc(5), VmRSS. */
function residentBytes({ pid }: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) * 1024
}

/** proc(5): utime and stime of all threads, in ticks of 10 ms. */
function cpuSeconds({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

async function stopAll(asking: ChildProcess, nodes: readonly NodeUnderTest[]): Promise<void> {
  const gone = once(asking, 'exit')
  asking.disconnect()
  await gone
  for (const node of nodes) await node.stop()
}
