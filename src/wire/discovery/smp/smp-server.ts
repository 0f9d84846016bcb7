/**
 * Publishes the signed metadata of countries (BDXR SMP §3): `GET /{participant}`, `GET /{participant}/services/{document}`,
 * and takes a new entry from the country it is about: `PUT` with that country's TLS certificate, signed with its seal.
 */
import { type Context, Hono } from 'hono'
import type { Connection } from '#platform/http/connection.ts'
import type { Participant } from '../directory.ts'
import { readServiceMetadata } from './read-metadata.ts'
import { sealFingerprints } from './seal-fingerprints.ts'
import {
  countryOfParticipant,
  fromPathSegment,
  participantIdentifier,
  pathSegment,
  type SmpServiceKind,
  serviceIdentifiers,
  serviceOfDocument,
} from './service-identifiers.ts'
import { writeServiceGroup } from './write-metadata.ts'

/** Where published entries lie; the bytes of each are kept as they were signed. */
export interface MetadataStore {
  list(country: string): Promise<readonly SmpServiceKind[]>
  read(country: string, service: SmpServiceKind): Promise<Uint8Array | undefined>
  /** Durable when it resolves. */
  write(country: string, service: SmpServiceKind, bytes: Uint8Array): Promise<void>
}

export interface SmpServerOptions {
  /** Public base, e.g. `https://127.0.0.1:4014/smp`. */
  readonly base: string
  readonly store: MetadataStore
  /** The trust list: who a certificate belongs to and what it may sign with. */
  participants(): Promise<readonly Participant[]>
  readonly clock: () => Date
}

export interface SmpEnvironment {
  Bindings: { readonly connection: Connection }
}

const MOST_BYTES = 4 * 1024 * 1024

/** The app, mounted at the path of `base`. */
export function smpServer(options: SmpServerOptions): Hono<SmpEnvironment> {
  const base = options.base.replace(/\/$/, '')
  const app = new Hono<SmpEnvironment>().basePath(new URL(base).pathname)

  app.get('/:participant', async (context) => {
    const country = countryIn(context)
    const services = country === undefined ? [] : await options.store.list(country)
    if (country === undefined || services.length === 0)
      return sentence(404, 'Nothing is published for this participant.')
    return xml(
      writeServiceGroup(
        country,
        services.map((service) => addressOf(base, country, service)),
      ),
    )
  })
  app.get('/:participant/services/:document', async (context) => {
    const [country, service] = [countryIn(context), serviceIn(context)]
    const bytes = country && service ? await options.store.read(country, service) : undefined
    return bytes === undefined ? sentence(404, 'This service is not published.') : xml(bytes)
  })
  app.put('/:participant/services/:document', async (context) => {
    const [country, service] = [countryIn(context), serviceIn(context)]
    if (country === undefined || service === undefined) return sentence(404, 'There is no such participant or service.')
    const bytes = new Uint8Array(await context.req.arrayBuffer())
    return bytes.length > MOST_BYTES
      ? sentence(413, 'The metadata are larger than 4 MiB.')
      : publish(options, context.env.connection, { country, service, bytes })
  })
  app.notFound(() => sentence(404, 'There is no such service here.'))
  return app
}

interface Publication {
  readonly country: string
  readonly service: SmpServiceKind
  readonly bytes: Uint8Array
}

async function publish(options: SmpServerOptions, connection: Connection, publication: Publication): Promise<Response> {
  const { country, service, bytes } = publication
  const participant = (await options.participants()).find((one) => one.country === country)
  const { certificate } = connection
  if (!participant || !certificate || !participant.certificates.includes(certificate.fingerprint)) {
    return sentence(403, 'Only the country itself publishes its services, with its own certificate.')
  }
  const read = readServiceMetadata(bytes, options.clock())
  if (!read.ok) return sentence(422, read.problem.sentence)
  const { metadata, signer } = read.value
  if (!sealFingerprints(participant).includes(signer))
    return sentence(422, 'The metadata are signed by another than this country.')
  if (metadata.country !== country || metadata.service !== service) {
    return sentence(422, 'The metadata are about another country or service than the address.')
  }
  await options.store.write(country, service, bytes)
  return new Response(undefined, { status: 204 })
}

/** Where an entry is published. */
export function addressOf(base: string, country: string, service: SmpServiceKind): string {
  const document = serviceIdentifiers(service).document
  return `${base.replace(/\/$/, '')}/${pathSegment(participantIdentifier(country))}/services/${pathSegment(document)}`
}

function countryIn(context: Context): string | undefined {
  const identifier = fromPathSegment(context.req.param('participant') ?? '')
  return identifier && countryOfParticipant(identifier)
}

function serviceIn(context: Context): SmpServiceKind | undefined {
  const identifier = fromPathSegment(context.req.param('document') ?? '')
  return identifier && serviceOfDocument(identifier)
}

function xml(content: string | Uint8Array): Response {
  const bytes = typeof content === 'string' ? content : new Uint8Array(content)
  return new Response(bytes, { headers: { 'content-type': 'text/xml; charset=utf-8' } })
}

function sentence(status: number, text: string): Response {
  return new Response(`${text}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } })
}
