/** For the fault tests: chosen nodes of the demonstration as processes, and a question to country A as France asks it. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claireInTokens } from '#care/testing/claire-martin.ts'
import { type CountryConfiguration, readConfiguration } from '#node/configuration.ts'
import { readCountry } from '#node/country-data.ts'
import { FHIR_EVERYWHERE, planEurope } from '#node/europe/plan.ts'
import { prepareEurope } from '#node/europe/prepare.ts'
import { createPeerFetch } from '#platform/http/peer-fetch.ts'
import { openNodeKeys } from '#trust/keys/node-keys.ts'
import { issueAccessToken } from '#trust/tokens/issue.ts'
import { freeBase, type NodeUnderTest, startNodeProcess } from '../nodes.ts'

const ROOT = join(import.meta.dirname, '..', '..')
export const COMMAND = join(ROOT, 'bin', 'tessera')
const DATA = join(ROOT, 'data')
/** Maria João Ferreira, as Portugal knows her. */
export const PATIENT = 'urn:oid:2.16.17.710.820.1000.990.1.1|298123456'
/** What a program says to read her summary. */
export const FETCH_HER = [
  ...['fetch', '--country', 'PT', '--patient', '298123456', '--birth-date', '1958-04-12'],
  ...['--as', 'claire.martin', '--to', 'text', '--lang', 'en'],
]

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command to its end without holding up this process. */
export function run(home: string, options: readonly string[], cwd = ROOT): Promise<Ran> {
  const child = spawn(COMMAND, options, {
    cwd,
    env: { ...process.env, TESSERA_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const told = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      told[name] += chunk
    })
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, ...told }))
  })
}

export interface Answer {
  /** Undefined when no answer came. */
  readonly status: number | undefined
  readonly text: string
}

export interface SmallEurope {
  readonly home: string
  /** Starts a node; `environment` is added to that of this process. */
  start(name: string, environment?: Readonly<Record<string, string>>): Promise<NodeUnderTest>
  /** Stops a node in the proper way; does nothing when it does not run. */
  stop(name: string): Promise<void>
  configurationOf(name: string): Promise<CountryConfiguration>
  /** Asks Portugal's border for the patient as France does, with a token of its own. */
  askPortugal(id: string): Promise<Answer>
  /** Everything that a node has logged. */
  log(name: string): string
  /** What a node's `/health` says. */
  health(
    name: string,
  ): Promise<{ readonly status: number; readonly parts: readonly { part: string; ready: boolean }[] }>
  close(): Promise<void>
}

/** Prepares every node of the demonstration in a home of its own; none is started yet. */
export async function smallEurope(databases: Readonly<Record<string, string>> = {}): Promise<SmallEurope> {
  const home = mkdtempSync(join(tmpdir(), 'tessera-fault-'))
  const prepared = await prepareEurope({
    home,
    data: DATA,
    plan: planEurope(await freeBase(), FHIR_EVERYWHERE),
    databases,
  })
  const started = new Map<string, NodeUnderTest>()
  const fileOf = (name: string): string => prepared.find((node) => node.name === name)?.configuration ?? ''
  const configurationOf = async (name: string): Promise<CountryConfiguration> => {
    const read = await readConfiguration(fileOf(name))
    if (!read.ok || read.value.role !== 'country') throw new Error(`${name} is not a country.`)
    return read.value
  }
  return {
    home,
    configurationOf,
    async start(name, environment) {
      const node = await startNodeProcess(fileOf(name), home, environment)
      started.set(name, node)
      return node
    },
    async stop(name) {
      await started.get(name)?.stop()
      started.delete(name)
    },
    askPortugal: await asking(home, (await configurationOf('pt')).border.origin),
    log: (name) => readFileSync(join(home, name, 'node.log'), 'utf8'),
    async health(name) {
      const answer = await fetch(`http://127.0.0.1:${(await configurationOf(name)).portal.port}/health`)
      const body = (await answer.json()) as { parts: { part: string; ready: boolean }[] }
      return { status: answer.status, parts: body.parts }
    },
    async close() {
      await Promise.all([...started.values()].map((node) => node.kill()))
      rmSync(home, { recursive: true, force: true })
    },
  }
}

async function asking(home: string, portugal: string): Promise<SmallEurope['askPortugal']> {
  const keys = await openNodeKeys(join(home, 'fr', 'keys'))
  const [france, there] = await Promise.all([readCountry(DATA, 'FR'), readCountry(DATA, 'PT')])
  const network = createPeerFetch({ ...keys.tls, timeoutMs: 20_000, maxBytes: 1024 * 1024 })
  const signer = { ...keys.token, certificateFingerprint: keys.tls.fingerprint }
  return async (id) => {
    const grant = {
      issuer: 'FR',
      homeCommunityId: france.homeCommunityId,
      audience: there.homeCommunityId,
      professional: claireInTokens,
      purpose: 'TREATMENT',
      emergencyReasonGiven: false,
      patient: PATIENT,
      scopes: ['user/Patient.search'],
    } as const
    const answer = await network.fetch({
      url: `${portugal}/fhir/Patient?identifier=${encodeURIComponent(PATIENT)}`,
      headers: {
        authorization: `Bearer ${await issueAccessToken(grant, signer, new Date())}`,
        accept: 'application/fhir+json',
        'x-request-id': id,
      },
    })
    if (!answer.ok) return { status: undefined, text: '' }
    return { status: answer.value.status, text: new TextDecoder().decode(answer.value.body) }
  }
}
