/**
 * Europe on one machine: makes what is missing under the home folder (authority, keys, folders of the countries,
 * configurations) and reuses what is there. Nothing here belongs on a network.
 */

import { randomBytes } from 'node:crypto'
import { cp, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Authority, createAuthority } from '#trust/keys/authority.ts'
import { type NodeKeys, openNodeKeys } from '#trust/keys/node-keys.ts'
import { participantOf, readParticipants, writeParticipants } from '#wire/discovery/participants-file.ts'
import type { NodeConfiguration } from '../configuration.ts'
import { readCountry } from '../country-data.ts'
import { endpointsOf, europeConfigurations, HOST, type PreparedCountry } from './configurations.ts'
import type { CountryPlan, EuropePlan } from './plan.ts'
import { type DemoBody, demoBodies, registerResearch } from './research.ts'
import type { NodeProcess } from './supervisor.ts'

export interface EuropeOptions {
  readonly home: string
  /** Folder of the data that ships with Tessera. */
  readonly data: string
  readonly plan: EuropePlan
  /** Databases by country; SQLite files under the home folder where absent. */
  readonly databases?: Readonly<Partial<Record<string, string>>>
  /** With HealthData@EU; the data are made later (`research.ts`). */
  readonly research?: boolean
}

/** Prepares every node and returns what to start. Rejects with a `ProblemError` when keys cannot be made or read. */
export async function prepareEurope(options: EuropeOptions): Promise<readonly NodeProcess[]> {
  const { home, plan } = options
  await mkdir(home, { recursive: true, mode: 0o700 })
  const authority = await createAuthority(join(home, 'authority'))
  const union = await keysOf(home, 'eu', authority)
  const bodies = options.research ? await demoBodies(options.data) : []
  const countries = await Promise.all(plan.countries.map((country) => prepareCountry(options, country, authority)))
  await registerParticipants(options, countries, bodies)
  const configurations = europeConfigurations({ ...options, unionKey: union.token.publicJwk, countries, bodies })
  return Promise.all(configurations.map(([name, configuration]) => writeConfiguration(home, name, configuration)))
}

interface PreparedKeys extends PreparedCountry {
  readonly keys: NodeKeys
}

async function prepareCountry(
  { home }: EuropeOptions,
  country: CountryPlan,
  authority: Authority,
): Promise<PreparedKeys> {
  const name = country.country.toLowerCase()
  await mkdir(join(home, name), { recursive: true, mode: 0o700 })
  const [keys, clientSecret, bridgeKeys] = await Promise.all([
    keysOf(home, country.country, authority),
    secretOf(join(home, name)),
    country.bridge === undefined ? undefined : keysOf(home, country.country, authority, `${name}-bridge`),
  ])
  return { ...country, name, keys, clientSecret, ...(bridgeKeys ? { bridgeKeys } : {}) }
}

function keysOf(home: string, country: string, authority: Authority, name = country.toLowerCase()): Promise<NodeKeys> {
  const subject = {
    country: country.toUpperCase(),
    organisation: 'Tessera demonstration',
    commonName: `${name.endsWith('-bridge') ? 'Bridge' : 'National Contact Point'} ${country.toUpperCase()}`,
  }
  return mkdir(join(home, name), { recursive: true, mode: 0o700 }).then(() =>
    openNodeKeys(join(home, name, 'keys'), { create: { authority, subject } }),
  )
}

/** The secret that a country's portal shares with the test identity provider; made once. */
async function secretOf(folder: string): Promise<string> {
  const file = join(folder, 'client-secret')
  const present = await readFile(file, 'utf8').catch(() => '')
  if (present.trim() !== '') return present.trim()
  const secret = randomBytes(32).toString('base64url')
  await writeFile(file, secret, { mode: 0o600 })
  return secret
}

/** Writes the Union's list of participants, with a higher version when anything in it changed. Copies each country's folder once. */
async function registerParticipants(
  options: EuropeOptions,
  countries: readonly PreparedKeys[],
  bodies: readonly DemoBody[],
): Promise<void> {
  const participants = await Promise.all(
    countries.map(async (prepared) => {
      const { country, name, keys, bridgeKeys } = prepared
      const description = await readCountry(options.data, country)
      await copyOnce(join(options.data, 'demo', country), join(options.home, name, 'folder'))
      const seals = [keys, ...(bridgeKeys ? [bridgeKeys] : [])].flatMap(({ signature }) => signature?.certificate ?? [])
      const body = bodies.find((one) => one.country === country)
      const { home } = options
      const research = body && { home, plan: prepared, host: HOST, body, certificate: keys.tls.fingerprint }
      return participantOf({
        country,
        ...(research ? await registerResearch(research) : {}),
        homeCommunityId: description.homeCommunityId,
        ...endpointsOf(prepared),
        services: description.services,
        certificates: [keys.tls.cert, ...(bridgeKeys ? [bridgeKeys.tls.cert] : [])],
        tokenKeys: [keys.token.publicJwk],
        sealCertificates: seals,
      })
    }),
  )
  const file = join(options.home, 'eu', 'participants.json')
  const before = await readParticipants(file)
  if (before.ok && JSON.stringify(before.value.participants) === JSON.stringify(participants)) return
  await writeParticipants(file, { version: (before.ok ? before.value.version : 0) + 1, participants })
}

/** Copies a folder whole or not at all; an existing one belongs to the country and stays as it is. */
async function copyOnce(from: string, to: string): Promise<void> {
  if (await stat(to).catch(() => undefined)) return
  const unfinished = `${to}.new`
  await rm(unfinished, { recursive: true, force: true })
  await cp(from, unfinished, { recursive: true })
  await rename(unfinished, to)
}

async function writeConfiguration(home: string, name: string, configuration: NodeConfiguration): Promise<NodeProcess> {
  await mkdir(join(home, name), { recursive: true, mode: 0o700 })
  const file = join(home, name, 'node.json')
  await writeFile(file, `${JSON.stringify(configuration, null, 2)}\n`, { mode: 0o600 })
  return { name, configuration: file, log: join(home, name, 'node.log') }
}
