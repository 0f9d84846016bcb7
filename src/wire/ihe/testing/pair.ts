/** Two real ends of the wire: a country that answers over mutual TLS, and a client of another country. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPeerFetch } from '#platform/http/peer-fetch.ts'
import { type Handler, serve } from '#platform/http/serve.ts'
import { createAuthority } from '#trust/keys/authority.ts'
import { type NodeKeys, openNodeKeys } from '#trust/keys/node-keys.ts'
import type { IheEndpoints } from '../../discovery/directory.ts'
import { type IheClientOptions, iheClient } from '../client.ts'
import type { IheClient, IheProfile } from '../exchange.ts'
import { type IheServerOptions, iheServer } from '../server.ts'

const MEBIBYTE = 1024 * 1024

export interface Countries {
  readonly portugal: NodeKeys
  readonly france: NodeKeys
  remove(): void
}

export async function createCountries(): Promise<Countries> {
  const directory = mkdtempSync(join(tmpdir(), 'tessera-ihe-'))
  const authority = await createAuthority(join(directory, 'authority'))
  const keys = (country: string) => {
    const subject = { country, organisation: 'Test', commonName: `ncp ${country}` }
    return openNodeKeys(join(directory, country), { create: { authority, subject } })
  }
  const [portugal, france] = [await keys('PT'), await keys('FR')]
  return { portugal, france, remove: () => rmSync(directory, { recursive: true }) }
}

export interface Answering {
  readonly url: string
  close(): Promise<void>
}

/** Portugal, answering with any handler. */
export async function answerWith({ portugal }: Countries, handler: Handler): Promise<Answering> {
  const { key, cert, ca } = portugal.tls
  const started = await serve({
    port: 0,
    host: '127.0.0.1',
    handler,
    tls: { key, cert, ca, requireClientCertificate: true },
    limits: { bodyBytes: 64 * MEBIBYTE, closeGraceMs: 20 },
  })
  if (!started.ok) throw new Error(started.problem.sentence)
  return started.value
}

/** Portugal, answering as the wire does. */
export function answerAs(countries: Countries, options: IheServerOptions): Promise<Answering> {
  const app = iheServer(options)
  return answerWith(countries, (request, connection) => app.fetch(request, { connection }))
}

export function endpointsAt(url: string, profile: IheProfile): IheEndpoints {
  const base = `${url}/openncp-ws-server/services`
  return {
    patientDiscovery: `${base}/XCPD_Service`,
    query: `${base}/XCA_Service`,
    retrieve: `${base}/XCA_Service/`,
    submission: `${base}/XDR_Service`,
    profile,
  }
}

export interface Asking {
  readonly client: IheClient
  close(): void
}

/** France, asking whoever answers at `url`. */
export function ask(
  { portugal, france }: Countries,
  url: string,
  options: Partial<IheClientOptions> & { readonly profile?: IheProfile } = {},
): Asking {
  const { profile = 'openncp', ...rest } = options
  const peer = createPeerFetch({ ...france.tls, timeoutMs: 5000, maxBytes: MEBIBYTE })
  const client = iheClient({
    fetch: peer,
    endpoints: endpointsAt(url, profile),
    fingerprints: [portugal.tls.fingerprint],
    ...rest,
  })
  return { client, close: () => peer.close() }
}
