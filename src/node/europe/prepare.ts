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
import type { CountryPlan, EuropePlan } from './plan.ts'
import type { NodeProcess } from './supervisor.ts'

export interface EuropeOptions {
  readonly home: string
  /** Folder of the data that ships with Tessera. */
  readonly data: string
  readonly plan: EuropePlan
  /** Databases by country; SQLite files under the home folder where absent. */
  readonly databases?: Readonly<Partial<Record<string, string>>>
}

const HOST = '127.0.0.1'
const portalOrigin = ({ portal }: CountryPlan): string => `http://localhost:${portal}`

/** Prepares every node and returns what to start. Rejects with a `ProblemError` when keys cannot be made or read. */
export async function prepareEurope(options: EuropeOptions): Promise<readonly NodeProcess[]> {
  const { home, plan } = options
  await mkdir(home, { recursive: true, mode: 0o700 })
  const authority = await createAuthority(join(home, 'authority'))
  const union = await keysOf(home, 'eu', authority)
  const issuer = `http://${HOST}:${plan.identityProvider}/auth/realms/esante-wallet`
  const countries = await Promise.all(
    plan.countries.map(async (country) => ({
      ...country,
      name: country.country.toLowerCase(),
      keys: await keysOf(home, country.country, authority),
      clientSecret: await secretOf(join(home, country.country.toLowerCase())),
    })),
  )
  await registerParticipants(options, countries)
  const common = { host: HOST, data: options.data, cache: join(home, 'cache') }
  const authorityFile = join(home, 'authority', 'authority.certificate.pem')
  const unionOrigin = `https://${HOST}:${plan.union.border}`
  const configurations: readonly (readonly [string, NodeConfiguration])[] = [
    [
      'eu',
      {
        role: 'union',
        ...common,
        home: join(home, 'eu'),
        border: { port: plan.union.border, origin: unionOrigin },
        public: { port: plan.union.public, origin: `http://localhost:${plan.union.public}` },
        authority: authorityFile,
        participants: join(home, 'eu', 'participants.json'),
      },
    ],
    [
      'identity-provider',
      {
        role: 'identity-provider',
        ...common,
        home: join(home, 'identity-provider'),
        port: plan.identityProvider,
        issuer,
        clients: countries.map((country) => ({
          clientId: `tessera-${country.name}`,
          clientSecret: country.clientSecret,
          country: country.country,
          redirectUris: [`${portalOrigin(country)}/sign-in/callback`],
          postLogoutRedirectUris: [`${portalOrigin(country)}/signed-out`],
        })),
      },
    ],
    ...countries.map((country): readonly [string, NodeConfiguration] => [
      country.name,
      {
        role: 'country',
        ...common,
        home: join(home, country.name),
        country: country.country,
        database: options.databases?.[country.country] ?? `sqlite:${join(home, country.name, 'node.sqlite')}`,
        portal: { port: country.portal, origin: portalOrigin(country) },
        border: { port: country.border, origin: `https://${HOST}:${country.border}` },
        union: { origin: unionOrigin, publicKey: { ...union.token.publicJwk } },
        identityProvider: {
          mapping: country.country === 'FR' ? 'pro-sante-connect' : 'demonstration',
          discovery: `${issuer}/.well-known/wallet-openid-configuration`,
          issuer,
          clientId: `tessera-${country.name}`,
          clientSecret: country.clientSecret,
        },
        authority: authorityFile,
        terms: home,
        folder: join(home, country.name, 'folder'),
        timeoutSeconds: 10,
      },
    ]),
  ]
  return Promise.all(configurations.map(([name, configuration]) => writeConfiguration(home, name, configuration)))
}

function keysOf(home: string, country: string, authority: Authority): Promise<NodeKeys> {
  const name = country.toLowerCase()
  const subject = {
    country: country.toUpperCase(),
    organisation: 'Tessera demonstration',
    commonName: `National Contact Point ${country.toUpperCase()}`,
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
  countries: readonly (CountryPlan & { readonly name: string; readonly keys: NodeKeys })[],
): Promise<void> {
  const participants = await Promise.all(
    countries.map(async ({ country, name, border, keys }) => {
      const description = await readCountry(options.data, country)
      await copyOnce(join(options.data, 'demo', country), join(options.home, name, 'folder'))
      return participantOf({
        country,
        homeCommunityId: description.homeCommunityId,
        fhirBase: `https://${HOST}:${border}/fhir`,
        services: description.services,
        certificates: [keys.tls.cert],
        tokenKeys: [keys.token.publicJwk],
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
