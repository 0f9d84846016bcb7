/** The Union's central services as a node: the signed directory for countries, and a public page of who takes part. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Hono } from 'hono'
import { html } from '#platform/html/html.ts'
import { type HttpServer, serve } from '#platform/http/serve.ts'
import { ok, type Result } from '#platform/result/result.ts'
import { type NodeKeys, openNodeKeys } from '#trust/keys/node-keys.ts'
import { centralServices } from '#wire/discovery/central-services.ts'
import { type ParticipantList, watchParticipants } from '#wire/discovery/participants-file.ts'
import { metadataFolder } from '#wire/discovery/smp/metadata-folder.ts'
import { smpServer } from '#wire/discovery/smp/smp-server.ts'
import { openAuditArchive } from '#wire/syslog/archive.ts'
import { type Receiver, startReceiver } from '#wire/syslog/receiver.ts'
import { addVitalSigns, type Surroundings, surroundings } from './answering.ts'
import type { UnionConfiguration } from './configuration.ts'
import { readCountry } from './country-data.ts'
import type { EuropeanCatalogue } from './research/european-catalogue.ts'
import type { RunningNode } from './running.ts'

/** Starts both servers. Problems: a taken port, unusable keys. */
export async function startUnion(configuration: UnionConfiguration): Promise<Result<RunningNode>> {
  const around = surroundings('EU')
  const keys = await openNodeKeys(join(configuration.home, 'keys'))
  const participants = watchParticipants(configuration.participants)
  around.health.part('participants', async () => {
    if (!(await participants()).ok) throw new Error('unreadable')
  })
  const services = centralServices({
    signer: keys.token,
    participants,
    searchMask: (country) => searchMask(configuration.data, country),
    clock: () => new Date(),
    onError: (error) => around.log.failure('answer-failed', error),
  })
  const smp = smpServer({
    base: `${configuration.border.origin}/smp`,
    store: metadataFolder(join(configuration.home, 'smp')),
    participants: async () => {
      const list = await participants()
      return list.ok ? list.value.participants : []
    },
    clock: () => new Date(),
  })
  const border = await serve({
    handler: (request, connection) =>
      new URL(request.url).pathname.startsWith('/smp/')
        ? smp.fetch(request, { connection })
        : services.fetch(request, { connection }),
    host: configuration.host,
    port: configuration.border.port,
    tls: { ...keys.tls, requireClientCertificate: true },
    onError: (error) => around.log.failure('answer-failed', error),
  })
  if (!border.ok) return border
  const european = configuration.catalogue && catalogueLater(configuration, participants, around)
  const home = publicPages(participants, around, european !== undefined)
  const pages = await serve({
    handler: (request) =>
      european && /^\/(catalogue|dcat)(\/|$)/.test(new URL(request.url).pathname)
        ? european.then((opened) => opened.pages.fetch(request))
        : home.fetch(request),
    host: configuration.host,
    port: configuration.public.port,
    onError: (error) => around.log.failure('answer-failed', error),
  })
  if (!pages.ok) {
    await border.value.close()
    return pages
  }
  const repository = await auditRepository(configuration, keys, around)
  if (!repository.ok) {
    await closeAll([pages.value, border.value])
    return repository
  }
  around.log.info('node-started')
  return ok({
    stop: async () => {
      await closeAll([pages.value, border.value])
      await repository.value?.close()
      await european?.then((opened) => opened.close()).catch(() => undefined)
    },
  })
}

/** Opened beside the start: who comes before it is there waits. */
function catalogueLater(
  { catalogue, data, public: { origin } }: UnionConfiguration,
  participants: () => Promise<Result<ParticipantList>>,
  { log }: Surroundings,
): Promise<EuropeanCatalogue> {
  const opening = import('./research/european-catalogue.ts').then(({ openEuropeanCatalogue }) =>
    openEuropeanCatalogue({
      ...{ database: catalogue?.database ?? '', origin, data, log },
      async peers() {
        const list = await participants()
        if (!list.ok) return undefined
        return list.value.participants.flatMap(({ country, research }) =>
          research?.catalogue === undefined ? [] : [{ source: country, address: research.catalogue }],
        )
      },
    }),
  )
  opening.catch((error: unknown) => log.failure('catalogue-not-opened', error))
  return opening
}

/** Takes the audit messages of every node, when the configuration has a place for them. */
async function auditRepository(
  { host, auditRepository: repository }: UnionConfiguration,
  keys: NodeKeys,
  around: Surroundings,
): Promise<Result<Receiver | undefined>> {
  if (!repository) return ok(undefined)
  const archive = await openAuditArchive(repository.folder, new Date())
  const started = await startReceiver({
    host,
    port: repository.port,
    tls: keys.tls,
    onMessages: (messages) => archive.append(messages.map(({ raw }) => raw)),
    onRefused: (code) => around.log.warn('audit-message-refused', { code }),
  })
  if (!started.ok) {
    await archive.close()
    return started
  }
  const { port, close } = started.value
  return ok({ port, close: () => close().then(archive.close) })
}

/** The ISM file that a country's description names; countries are two letters, so no path can be made of one. */
async function searchMask(data: string, country: string): Promise<Uint8Array | undefined> {
  if (!/^[A-Z]{2}$/.test(country)) return undefined
  const description = await readCountry(data, country).catch(() => undefined)
  return description && readFile(join(data, '..', description.searchMask))
}

function publicPages(
  participants: () => Promise<Result<ParticipantList>>,
  around: ReturnType<typeof surroundings>,
  hasCatalogue: boolean,
): Hono {
  const app = new Hono()
  addVitalSigns(app, around)
  app.get('/', async (context) => {
    const list = await participants()
    const rows = list.ok ? list.value.participants : []
    return context.html(
      html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Central services</title></head>
<body><main><h1>Central services of the demonstration</h1><p>Directory version ${list.ok ? String(list.value.version) : 'unknown'}.</p>${hasCatalogue && html`<p><a href="/catalogue">Health datasets of Europe</a></p>`}
<table><caption>Countries that take part</caption><thead><tr><th scope="col">Country</th><th scope="col">National contact point</th><th scope="col">Services</th></tr></thead>
<tbody>${rows.map((row) => html`<tr><th scope="row">${row.country}</th><td>${row.fhirBase ?? row.ihe?.query ?? ''}</td><td>${row.services.join(', ')}</td></tr>`)}</tbody></table></main></body></html>`,
    )
  })
  return app
}

export async function closeAll(servers: readonly HttpServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.close()))
}
