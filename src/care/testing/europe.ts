/**
 * A small Europe for tests: central services and countries as they run in operation, over real mutual TLS on loopback,
 * with their keys, ledgers and consents; all of it in one process and one temporary folder.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import type { PeerFetch } from '#platform/http/peer-fetch.ts'
import type { HttpServer } from '#platform/http/serve.ts'
import { createLog, type Log } from '#platform/log/log.ts'
import type { Result } from '#platform/result/result.ts'
import type { ConsentStore } from '#trust/consent/consent.ts'
import { type Authority, createAuthority } from '#trust/keys/authority.ts'
import { type NodeKeys, openNodeKeys } from '#trust/keys/node-keys.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import type { TokenSigner } from '#trust/tokens/issue.ts'
import { centralServices } from '#wire/discovery/central-services.ts'
import type { Participant } from '#wire/discovery/directory.ts'
import type { Directory } from '#wire/discovery/directory-client.ts'
import { watchParticipants, writeParticipants } from '#wire/discovery/participants-file.ts'
import type { Wire } from '../border/border-service.ts'
import type { CdaForms } from '../country-a/render-document.ts'
import type { BridgeAddress } from '../country-b/channels/route.ts'
import type { CountryB, CountryBOptions } from '../country-b/country-b.ts'
import { readPolicies, type ServicePolicy } from '../policy/policy.ts'
import { listen, valueFrom } from './listen.ts'
import { startCountry } from './start-country.ts'

export { listen, valueFrom } from './listen.ts'

const DATA = join(import.meta.dirname, '..', '..', '..', 'data')

/** How a test reads and transcodes documents: with the real rooms or with doubles. */
export interface Reading {
  readDocument(bytes: Uint8Array): Result<ClinicalDocument> | Promise<Result<ClinicalDocument>>
  transcode(document: ClinicalDocument): ClinicalDocument
  /** Needed by countries on the IHE wire and by bridges. */
  readonly cda?: CdaForms
}

/** How a country takes part; without a plan it speaks FHIR and gives patient summaries. */
export interface CountryPlan {
  readonly wires: readonly Wire[]
  /** A bridge beside it, for the wire that it does not speak. */
  readonly bridge?: true
}

export interface TestBridge {
  readonly url: string
  readonly ledger: Ledger
  readonly address: BridgeAddress
}

export interface TestCountry {
  readonly code: string
  readonly keys: NodeKeys
  readonly participant: Participant
  readonly ledger: Ledger
  readonly fetch: PeerFetch
  readonly directory: Directory
  readonly signer: TokenSigner
  readonly server: HttpServer
  /** Asks as this country. */
  readonly b: CountryB
  readonly options: CountryBOptions
  readonly consents: ConsentStore
  /** National operations that were called, in order. */
  readonly calls: string[]
  /** Its folder; countries with a plan have their documents in `folder` there. */
  readonly home: string
  readonly bridge?: TestBridge
  /** What becomes of requests to this country from now on; without it they are answered again. */
  disturb(weather?: Weather): void
}

/** Between a request and its answer: lets it through, loses it, repeats it, never answers. */
export type Weather = (request: Request, answer: (request: Request) => Promise<Response>) => Promise<Response>

export interface Europe {
  readonly authority: Authority
  readonly directory: string
  readonly log: Log
  readonly policies: readonly ServicePolicy[]
  readonly union: HttpServer
  country(code: string): TestCountry
  /** Registers countries anew, e.g. after one got another address. */
  register(participants: readonly Participant[]): Promise<void>
  close(): Promise<void>
}

const HOME_COMMUNITY: Readonly<Record<string, string>> = {
  FR: '2.16.17.710.790.1000.990.1',
  PT: '2.16.17.710.820.1000.990.1',
  EE: '1.3.6.1.4.1.28284.6.2.2.1',
  GR: '2.16.840.1.113883.2.25.3.4.1',
}

/** Starts the central services and the countries. `clock` is every node's clock. */
export async function openEurope(
  codes: readonly string[],
  reading: Reading,
  clock: () => Date,
  plans: Readonly<Record<string, CountryPlan>> = {},
): Promise<Europe> {
  const directory = await mkdtemp(join(tmpdir(), 'tessera-europe-'))
  const log = createLog({ level: 'silent', name: 'test' })
  const authority = await createAuthority(join(directory, 'authority'))
  const policies = valueFrom(readPolicies(JSON.parse(await readFile(join(DATA, 'policies', 'services.json'), 'utf8'))))
  const unionKeys = await keysOf(directory, authority, 'EU')
  const participantsFile = join(directory, 'participants.json')
  let version = 0
  const register = async (participants: readonly Participant[]): Promise<void> => {
    version += 1
    await writeParticipants(participantsFile, { version, participants })
  }
  const central = centralServices({
    signer: unionKeys.token,
    participants: watchParticipants(participantsFile),
    searchMask: (code) =>
      readFile(join(DATA, 'search-masks', `InternationalSearch_${code}.xml`)).catch(() => undefined),
    clock,
  })
  const union = await listen(unionKeys, (request, connection) => central.fetch(request, { connection }))
  const countries = new Map<string, TestCountry>()
  const closing: (() => Promise<void> | void)[] = []
  for (const code of codes) {
    const keys = await keysOf(directory, authority, code)
    const plan = plans[code]
    const started = await startCountry({
      code,
      plan,
      homeCommunityId: HOME_COMMUNITY[code] ?? '2.999.1',
      keys,
      bridgeKeys: plan?.bridge ? await keysOf(join(directory, 'bridges'), authority, code) : undefined,
      home: join(directory, code),
      log,
      policies,
      reading,
      clock,
      union,
      unionKeys,
    })
    countries.set(code, started.country)
    closing.push(started.close)
  }
  await register([...countries.values()].map(({ participant }) => participant))
  return {
    authority,
    directory,
    log,
    policies,
    union,
    register,
    country(code) {
      const found = countries.get(code)
      if (!found) throw new Error(`There is no country ${code} in this test.`)
      return found
    },
    async close() {
      for (const close of closing) await close()
      await union.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export function keysOf(directory: string, authority: Authority, code: string): Promise<NodeKeys> {
  const subject = { country: code, organisation: `Test node ${code}`, commonName: `ncp.${code.toLowerCase()}.test` }
  return openNodeKeys(join(directory, code, 'keys'), { create: { authority, subject } })
}
