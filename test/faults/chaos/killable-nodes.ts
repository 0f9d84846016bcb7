/** The nodes of a way as processes: some behind a faulty line, killed with `kill -9` and started again. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CountryConfiguration, readConfiguration } from '#node/configuration.ts'
import { FHIR_EVERYWHERE, planEurope, WIRES } from '#node/europe/plan.ts'
import { prepareEurope } from '#node/europe/prepare.ts'
import { openTerminology } from '#terminology/index.ts'
import { type NodeKeys, openNodeKeys } from '#trust/keys/node-keys.ts'
import { freeBase, type NodeUnderTest, startNodeProcess } from '../../nodes.ts'
import { type FaultyLine, faultyLine } from './faulty-line.ts'
import type { PrescribingCountry } from './prescribed.ts'
import type { Chance } from './random.ts'

const DATA = join(import.meta.dirname, '..', '..', '..', 'data')

export interface Way {
  readonly a: PrescribingCountry
  /** Nodes before which a faulty line stands. */
  readonly behindLine: readonly string[]
  readonly pharmacists: readonly { readonly country: string; readonly login: string }[]
  readonly wires: typeof WIRES
}

const RITA = { country: 'pt', login: 'rita.moura' }
const LUCAS = { country: 'fr', login: 'lucas.bernard' }

/** Two countries, so that two pharmacists can want the same packages. */
export const WAYS = {
  ihe: { a: 'gr', behindLine: ['gr'], pharmacists: [RITA, LUCAS], wires: WIRES },
  fhir: { a: 'ee', behindLine: ['ee'], pharmacists: [RITA, LUCAS], wires: FHIR_EVERYWHERE },
  /** Portugal asks Estonia's bridge over IHE; France asks Estonia over FHIR. */
  bridge: { a: 'ee', behindLine: ['ee-bridge', 'ee'], pharmacists: [RITA, LUCAS], wires: WIRES },
} as const satisfies Record<string, Way>
export type WayName = keyof typeof WAYS

export interface KillableNodes {
  readonly home: string
  readonly way: Way
  readonly lines: readonly FaultyLine[]
  /** How often each node was killed. */
  readonly kills: ReadonlyMap<string, number>
  /** Lines and nodes work from now on. */
  calm(): Promise<void>
  configurationOf(name: string): Promise<CountryConfiguration>
  /** Stops all nodes properly, so that their files can be looked at. */
  stop(): Promise<void>
  close(): Promise<void>
}

export interface ChaosOptions {
  readonly way: WayName
  readonly chance: Chance
  /** How often each node may be killed. */
  readonly mostKills: number
  /** Milliseconds that a node is let alone after it came up. */
  readonly restMs: number
  /** Before anything starts. */
  prepare(folder: string): Promise<void>
}

/** Seconds: an attempt is a submission and perhaps a list, so the lease is more than twice the patience. */
const TIMES = { timeoutSeconds: 6, dispensing: { lookEvery: 2, pause: 1, lease: 15 } }
const LATE_MS = (TIMES.timeoutSeconds + 1) * 1000
/** Nodes are also killed when nothing special happens. */
const KILL_EVERY_MS = { least: 4000, most: 12_000 }

export async function killableNodes({
  way: name,
  chance,
  mostKills,
  restMs,
  prepare,
}: ChaosOptions): Promise<KillableNodes> {
  const way: Way = WAYS[name]
  const home = mkdtempSync(join(tmpdir(), `tessera-chaos-${name}-`))
  const base = await freeBase()
  const prepared = await prepareEurope({ home, data: DATA, plan: planEurope(base, way.wires) })
  await prepare(join(home, way.a, 'folder'))
  await openTerminology({ cache: join(home, 'cache') })
  const fileOf = (node: string) => prepared.find((one) => one.name === node)?.configuration ?? ''
  const asking = [...new Set(way.pharmacists.map(({ country }) => country))]
  const mortal = [...new Set([...way.behindLine, ...asking])]
  const ports = way.behindLine.map((node, index) => withTimes(fileOf(node), base + 18 + index))
  for (const node of asking) withTimes(fileOf(node))

  const running = new Map<string, NodeUnderTest>()
  const kills = new Map<string, number>()
  const coming = new Set<Promise<void>>()
  let calm = false
  const upSince = new Map<string, number>()
  const start = async (node: string) => {
    running.set(node, await startNodeProcess(fileOf(node), home))
    upSince.set(node, performance.now())
  }
  const kill = (node: string): void => {
    const process = running.get(node)
    const before = kills.get(node) ?? 0
    const rests = performance.now() - (upSince.get(node) ?? 0) < restMs
    if (calm || !process || rests || before >= mostKills) return
    running.delete(node)
    kills.set(node, before + 1)
    const back = process
      .kill()
      .then(() => start(node))
      .then(() => void coming.delete(back))
    coming.add(back)
  }

  const askers = new Map(
    await Promise.all(
      prepared
        .filter(({ name: node }) => node !== 'identity-provider')
        .map(
          async ({ name: node }): Promise<readonly [string, NodeKeys]> => [
            node,
            await openNodeKeys(join(home, node, 'keys')),
          ],
        ),
    ),
  )
  const lines = await Promise.all(
    way.behindLine.map((node, index) => {
      const keys = askers.get(node)
      const port = ports[index]
      if (!keys || !port) throw new Error(`${node} cannot stand behind a line.`)
      return faultyLine({
        name: node,
        keys,
        listen: port.announced,
        target: port.own,
        askers,
        chance,
        shares: { submissions: 0.35, others: 0.02 },
        lateMs: LATE_MS,
        kill,
      })
    }),
  )
  await Promise.all([...new Set(['eu', 'identity-provider', way.a, ...mortal])].map(start))
  const killing = killer(mortal, chance, kill)

  return {
    home,
    way,
    lines,
    kills,
    async calm() {
      calm = true
      clearTimeout(killing.timer)
      for (const line of lines) line.heal()
      await Promise.all(coming)
    },
    async configurationOf(node) {
      const read = await readConfiguration(fileOf(node))
      if (!read.ok || read.value.role !== 'country') throw new Error(`${node} is not a country.`)
      return read.value
    },
    async stop() {
      await Promise.all([...running.values()].map((process) => process.stop()))
      running.clear()
    },
    async close() {
      calm = true
      clearTimeout(killing.timer)
      await Promise.allSettled(coming)
      await Promise.all([...running.values()].map((process) => process.kill()))
      await Promise.all(lines.map((line) => line.close()))
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** Short times, and a port of its own when a line takes the one that is announced. */
function withTimes(file: string, own?: number): { readonly own: number; readonly announced: number } {
  const configuration = JSON.parse(readFileSync(file, 'utf8')) as {
    role: string
    border: { port: number }
    timeoutSeconds: number
    dispensing?: unknown
  }
  const announced = configuration.border.port
  configuration.timeoutSeconds = TIMES.timeoutSeconds
  if (configuration.role === 'country') configuration.dispensing = TIMES.dispensing
  if (own !== undefined) configuration.border.port = own
  writeFileSync(file, JSON.stringify(configuration))
  return { own: own ?? announced, announced }
}

function killer(names: readonly string[], chance: Chance, kill: (name: string) => void) {
  const running: { timer: NodeJS.Timeout | undefined } = { timer: undefined }
  const [first = '', ...others] = names
  const tick = () => {
    kill(chance.oneOf([first, ...others]))
    running.timer = setTimeout(tick, chance.between(KILL_EVERY_MS.least, KILL_EVERY_MS.most))
  }
  running.timer = setTimeout(tick, KILL_EVERY_MS.most)
  return running
}
