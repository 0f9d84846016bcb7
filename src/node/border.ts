/** The border of a country's node: both wires behind one socket, one desk behind both (docs/BORDER.md). */

import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type RequestWatch, requestWatch } from '#care/abuse/request-watch.ts'
import { type CountryAOptions, countryADoors } from '#care/country-a/country-a.ts'
import { idSecretOf } from '#care/country-a/opaque-id.ts'
import { finishDispensations } from '#care/country-a/unfinished.ts'
import { openDispensingJournal } from '#care/dispensing/country-a/journal.ts'
import { openFolderConnector } from '#national/folder/folder-connector.ts'
import { type Connection, plainFingerprint } from '#platform/http/connection.ts'
import type { Handler } from '#platform/http/serve.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import { openConsents } from '#trust/consent/consents.ts'
import { createReplayStore } from '#trust/tokens/replay.ts'
import { PublicKey } from '#wire/discovery/participants-file.ts'
import { ncpehServer } from '#wire/fhir/ncpeh-server.ts'
import { iheServer } from '#wire/ihe/server.ts'
import { measured } from './answering.ts'
import type { CountryParts } from './country-parts.ts'
import { openDispensingPolicy, openThresholds } from './policies.ts'
import { RELEASED, VERSION } from './release.ts'

export async function borderHandler(parts: CountryParts): Promise<Handler> {
  const { configuration, description, around, recorder } = parts
  const options = await optionsOf(parts)
  const doors = countryADoors(options)
  // What was begun before the last stop is ended; whoever repeats it meanwhile gets the same answer.
  finishDispensations(options).catch((error: unknown) => around.log.failure('dispensations-not-finished', error))
  const { wires } = configuration.border
  const onError = (error: unknown) => around.log.failure('answer-failed', error)
  const onRefused = parts.refused.record
  const fhir = ncpehServer({
    base: fhirBase(parts),
    name: `National contact point for eHealth, ${configuration.country}`,
    softwareVersion: VERSION,
    released: RELEASED,
    handlers: doors.fhir,
    onError,
    onRefused,
  })
  const ihe =
    doors.ihe &&
    iheServer({
      handlers: doors.ihe,
      homeCommunityId: description.homeCommunityId,
      profile: ({ certificate }) => parts.network.profile(certificate?.country),
      onError,
      onRefused,
      onAnswered: ({ messageId }, { envelope, digest }) => {
        if (messageId !== undefined) void recorder.answered?.({ messageId, response: envelope, responseDigest: digest })
      },
    })
  const answer = (request: Request, connection: Connection): Response | Promise<Response> => {
    const { pathname } = new URL(request.url)
    if (wires.includes('fhir') && (pathname === '/fhir' || pathname.startsWith('/fhir/'))) {
      return fhir.fetch(request, { connection })
    }
    return ihe && wires.includes('ihe') ? ihe.fetch(request, { connection }) : notHere()
  }
  return (request, connection) => measured(around, 'border', request, () => answer(request, connection))
}

/** A wire that this node does not speak looks like nothing. */
function notHere(): Response {
  return new Response('There is no such service here.\n', {
    status: 404,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  })
}

export function fhirBase({ configuration }: Pick<CountryParts, 'configuration'>): string {
  return `${configuration.border.origin}/fhir`
}

async function optionsOf(parts: CountryParts): Promise<CountryAOptions> {
  const { configuration, description, stores, around, network, forms } = parts
  const connector = await openFolderConnector({
    directory: configuration.folder,
    consentDefault: description.consentDefault,
    onProblem: ({ code }) => around.log.warn('national-problem', { code }),
  })
  const { homeCommunityId, consentDefault } = description
  return {
    country: configuration.country,
    homeCommunityId,
    base: fhirBase(parts),
    connector,
    consents: openConsents(stores.database, { defaultDecision: consentDefault }),
    consentDefault,
    policies: parts.policies,
    ledger: stores.ledger,
    recorder: parts.recorder,
    trust: network.trust,
    ...(await bridgeOf(parts)),
    replay: createReplayStore(),
    idSecret: idSecretOf(stores.keys.token.privateKey),
    readDocument: forms.readDocument,
    transcode: forms.transcode,
    dispensations: openDispensingJournal(stores.database),
    dispensingRules: (await openDispensingPolicy(configuration.data)).of(configuration.country),
    watch: await watchOf(parts),
    cda: forms.cda,
    ihe: { repositoryId: `${homeCommunityId}.2`, assertionTrust: network.assertionTrust, profile: network.profile },
    clock: () => new Date(),
    log: around.log,
  }
}

/** Keys by which the own bridge is known: from the configuration, never from the directory. */
async function bridgeOf({ configuration: { bridge } }: CountryParts): Promise<Pick<CountryAOptions, 'bridge'>> {
  if (!bridge) return {}
  const fingerprint = async (file: string) => plainFingerprint(new X509Certificate(await readFile(file)).fingerprint256)
  return {
    bridge: {
      certificates: [await fingerprint(bridge.certificate)],
      seals: [await fingerprint(bridge.sealCertificate)],
      tokenKeys: bridge.tokenKeys.map((key) => PublicKey.parse(key)),
    },
  }
}

async function watchOf({ configuration, stores, around }: CountryParts): Promise<RequestWatch> {
  const thresholds = await openThresholds(configuration.data)
  if (!thresholds.ok) throw new ProblemError(thresholds.problem)
  const secret = idSecretOf(stores.keys.token.privateKey)
  return requestWatch({ database: stores.database, thresholds: thresholds.value, secret, log: around.log })
}
