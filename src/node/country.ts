/** A country's node: the border (country A answers), the portal and the software door (country B asks), in one process. */

import { join } from 'node:path'
import { Hono } from 'hono'
import { recordRefused } from '#care/context/record-refused.ts'
import type { CountryB } from '#care/country-b/country-b.ts'
import { type Handler, serve } from '#platform/http/serve.ts'
import { openMessages } from '#platform/i18n/messages.ts'
import { ok, type Result } from '#platform/result/result.ts'
import { softwareApi } from '#portal/software/software-api.ts'
import { followTerminology } from '#terminology/follow.ts'
import { addVitalSigns, measured, surroundings } from './answering.ts'
import { openAsking } from './asking.ts'
import { auditNotes } from './audit-notes.ts'
import { borderHandler, fhirBase } from './border.ts'
import { elsewhere } from './canonical-host.ts'
import type { CountryConfiguration } from './configuration.ts'
import { readCountry } from './country-data.ts'
import { countryOperator } from './country-operator.ts'
import type { CountryParts } from './country-parts.ts'
import { countryPortal } from './country-portal.ts'
import { documentForms } from './document-forms.ts'
import { followKeys, watchedStores } from './follow-keys.ts'
import { openNetwork } from './network.ts'
import { openPolicies } from './policies.ts'
import { portalWords } from './portal-words.ts'
import { openRecorder } from './recorder.ts'
import { isResearchPage, isResearchPath } from './research/paths.ts'
import { pagesLater, type ResearchLater, researchLater } from './research/research-later.ts'
import type { RunningNode } from './running.ts'
import { openRelyingParty } from './sign-in.ts'
import { openStores } from './stores.ts'
import { closeAll } from './union.ts'

/** XDR submissions and the documents inside them; the IHE server has finer limits of its own. */
const BORDER_LIMITS = { bodyBytes: 32 * 1024 * 1024 }

export interface RunningCountry extends RunningNode {
  /** Country B, for what runs in the same process. */
  readonly asking: CountryB
}

/** Starts the node. Problems: a taken port, unusable policies; rejects with `ProblemError` for keys and database. */
export async function startCountry(configuration: CountryConfiguration): Promise<Result<RunningCountry>> {
  const around = surroundings(configuration.country)
  const [description, opened, terminology, policies] = await Promise.all([
    readCountry(configuration.data, configuration.country),
    openStores(configuration),
    followTerminology({
      cache: configuration.cache,
      home: configuration.terms,
      onProblem: (code) => around.log.warn('terminology-not-followed', { code }),
      onChange: () => around.log.info('terminology-followed'),
    }),
    openPolicies(configuration.data),
  ])
  if (!policies.ok) return policies
  const { stores, watchedKeys } = watchedStores(configuration, opened, around.log)
  const recorder = await openRecorder(configuration, stores, around)
  const notes = auditNotes(recorder, { node: configuration.country, log: around.log })
  const network = openNetwork(configuration, stores.keys, around, notes)
  const { homeCommunityId } = description
  const refused = recordRefused({
    node: { country: configuration.country, homeCommunityId, address: fhirBase({ configuration }) },
    ledger: stores.ledger,
    recorder,
    clock: () => new Date(),
    log: around.log,
  })
  const parts: CountryParts = {
    configuration,
    description,
    stores,
    watchedKeys,
    around,
    policies: policies.value,
    terminology,
    forms: documentForms(terminology.current, {
      messages: openMessages(join(configuration.data, 'messages'), description.portalLanguage),
      now: () => new Date(),
    }),
    network,
    recorder,
    refused,
    notes,
  }
  const asking = await openAsking(parts)
  const research = configuration.research && researchLater(parts, configuration.research)
  watchHealth(parts)
  const border = await serve({
    handler: withResearch(await borderHandler(parts), research),
    host: configuration.host,
    port: configuration.border.port,
    tls: { ...stores.keys.tls, requireClientCertificate: true },
    limits: BORDER_LIMITS,
    onRefused: (code, connection) => void refused.record(code, connection),
    onError: (error) => around.log.failure('answer-failed', error),
  })
  if (!border.ok) return border
  const portal = await serve({
    handler: await portalHandler(parts, asking.asking, research),
    host: configuration.host,
    port: configuration.portal.port,
    onError: (error) => around.log.failure('answer-failed', error),
  })
  if (!portal.ok) {
    await border.value.close()
    return portal
  }
  followKeys(watchedKeys, { server: border.value, fetch: network.fetch, log: around.log })
  around.log.info('node-started')
  research?.begin()
  return ok({
    asking: asking.asking,
    stop: async () => {
      await closeAll([portal.value, border.value])
      watchedKeys.stop()
      asking.stop()
      await research?.close()
      network.fetch.close()
      terminology.stop()
      await refused.close()
      await recorder.close()
      await stores.database.close()
    },
  })
}

function withResearch(care: Handler, research: ResearchLater | undefined): Handler {
  if (!research) return care
  return (request, connection) =>
    isResearchPath(new URL(request.url).pathname) ? research.border(request, connection) : care(request, connection)
}

function watchHealth({ around, stores, network }: CountryParts): void {
  around.health.part('ledger', () => stores.ledger.ready())
  around.health.part('directory', async () => {
    if (!(await network.directory.participants()).ok) throw new Error('unreachable')
  })
}

async function portalHandler(
  parts: CountryParts,
  asking: CountryB,
  research: ResearchLater | undefined,
): Promise<Handler> {
  const { configuration, description, stores, around, terminology, policies } = parts
  const people = await openRelyingParty(configuration, description)
  const app = new Hono()
  addVitalSigns(app, around)
  app.route(
    '/api',
    softwareApi({ countryB: asking, people, onError: (error) => around.log.failure('answer-failed', error) }),
  )
  const words = portalWords(configuration.data, description)
  app.route('/operator', await countryOperator({ parts, people, words }))
  app.route(
    '/',
    countryPortal({
      configuration,
      description,
      stores,
      asking,
      policies,
      people,
      words,
      terminology: terminology.terminology,
      around,
    }),
  )
  const pages = research && pagesLater(research, { parts, people, words })
  const inside = (request: Request) =>
    pages && isResearchPage(new URL(request.url).pathname) ? pages(request) : app.fetch(request)
  const answer = (request: Request) => elsewhere(configuration.portal.origin, request) ?? inside(request)
  return (request) => measured(around, 'portal', request, () => answer(request))
}
