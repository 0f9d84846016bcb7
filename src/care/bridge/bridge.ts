/**
 * A bridge: for a country that speaks one wire only, a door on the other one for those who ask it, and doors for the
 * country's own node towards those who do not speak its wire (docs/BORDER.md). It has keys of the country, but no patients.
 */
import type { NationalConnector } from '#national/connector.ts'
import type { Connection } from '#platform/http/connection.ts'
import { failed } from '#platform/result/result.ts'
import type { AssertionTrust } from '#trust/assertions/assertions.ts'
import type { ReplayStore } from '#trust/tokens/replay.ts'
import type { Participant } from '#wire/discovery/directory.ts'
import type { Directory } from '#wire/discovery/directory-client.ts'
import { ncpehServer } from '#wire/fhir/ncpeh-server.ts'
import { iheServer } from '#wire/ihe/server.ts'
import type { Wire } from '../border/border-service.ts'
import type { RefusedRequests } from '../context/record-refused.ts'
import { type BorderRecorder, ledgerRecorder } from '../context/recorder.ts'
import type { CountryAOptions } from '../country-a/country-a.ts'
import type { Desk } from '../country-a/desk.ts'
import { evenAnswers } from '../country-a/even-answers.ts'
import { fhirDoor } from '../country-a/fhir-door.ts'
import { iheDoor } from '../country-a/ihe-door.ts'
import { opaqueIds } from '../country-a/opaque-id.ts'
import type { FhirAsking } from '../country-b/channels/fhir-channel.ts'
import type { IheAsking } from '../country-b/channels/ihe-channel.ts'
import { type Channels, openChannels } from '../country-b/channels/open-channel.ts'
import { bridgedPath } from '../country-b/channels/route.ts'
import { type Bridging, bridgeService } from './bridge-service.ts'
import { readBridgedId } from './bridged-id.ts'

export interface BridgeOptions
  extends Pick<CountryAOptions, 'policies' | 'ledger' | 'clock' | 'log' | 'watch' | 'idSecret'>,
    Pick<Bridging, 'notice' | 'conversions'> {
  /** The country that runs the bridge, and the wire that its node speaks. */
  readonly owner: { readonly country: string; readonly homeCommunityId: string; readonly wire: Wire }
  /** Where the bridge answers, e.g. `https://bridge.example`. */
  readonly origin: string
  readonly directory: Directory
  /** Both wires, with the bridge's own keys: it asks its own node over one and other countries over the other. */
  readonly fhir: FhirAsking
  readonly ihe: IheAsking
  readonly replay: ReplayStore
  readonly recorder?: BorderRecorder
  /** Absent: who is refused unread is not written down. */
  readonly refused?: RefusedRequests
  readonly name: string
  readonly softwareVersion: string
  readonly released: string
}

export interface Bridge {
  /** Answers at `/fhir` or `/openncp-ws-server/…` for the own country, and at `/countries/XX/…` for the own node. */
  answer(request: Request, connection: Connection): Promise<Response>
}

const OTHER: Readonly<Record<Wire, Wire>> = { fhir: 'ihe', ihe: 'fhir' }

export function openBridge(options: BridgeOptions): Bridge {
  const { owner, directory } = options
  const channels = openChannels({ fhir: options.fhir, ihe: options.ihe })
  const doors = new Map<string, Door>()

  async function doorFor(country: string): Promise<Door | undefined> {
    const participant = await participantOf(directory, country)
    if (!participant) return undefined
    const known = doors.get(country)
    if (known?.homeCommunityId === participant.homeCommunityId) return known
    const opened = openDoor(options, channels, participant)
    doors.set(country, opened)
    return opened
  }

  return {
    async answer(request, connection) {
      const named = /^\/countries\/([A-Z]{2})\//.exec(new URL(request.url).pathname)?.[1]
      // Under its own name the country is reached by others only; what is meant for others stands under theirs.
      const door = named === owner.country ? undefined : await doorFor(named ?? owner.country)
      return door ? door.answer(request, connection) : new Response('There is no such country here.\n', { status: 404 })
    },
  }
}

interface Door {
  readonly homeCommunityId: string
  answer(request: Request, connection: Connection): Response | Promise<Response>
}

function openDoor(options: BridgeOptions, channels: Channels, { country, homeCommunityId }: Participant): Door {
  const { owner, directory, origin, log } = options
  const inbound = country === owner.country
  const wire = inbound ? OTHER[owner.wire] : owner.wire
  const path = inbound ? '' : bridgedPath(country)
  const base = `${origin}${path}/fhir`
  const repositoryId = `${homeCommunityId}.2`
  const bridging: Bridging = {
    owner: owner.country,
    target: country,
    door: wire,
    participant: (one) => participantOf(directory, one),
    async open() {
      const participant = await participantOf(directory, country)
      const channel = participant && channels.open(participant, OTHER[wire])
      return channel && { channel, participant }
    },
    repositoryId,
    conversions: options.conversions,
    ...(options.notice ? { notice: options.notice } : {}),
  }
  const desk = deskOf(options, { country, homeCommunityId, base })
  const service = bridgeService(desk, bridging)
  const onError = (error: unknown) => log.failure('answer-failed', error)
  const node = { country, homeCommunityId, address: base }
  const onRefused = (code: string, connection: Connection) => options.refused?.record(code, connection, node)
  if (wire === 'fhir') {
    const { name, softwareVersion, released } = options
    const app = ncpehServer({
      base,
      name,
      softwareVersion,
      released,
      handlers: fhirDoor(desk, service),
      onError,
      onRefused,
    })
    return { homeCommunityId, answer: (request, connection) => app.fetch(request, { connection }) }
  }
  const app = iheServer({
    handlers: iheDoor(desk, service, {
      repositoryId,
      assertionTrust: (one) => assertionTrustOf(directory, one),
      profile: () => 'openncp',
    }),
    homeCommunityId,
    paths: Object.fromEntries(PATHS.map((one) => [one, `${path}/openncp-ws-server/services/${one}`])),
    onError,
    onRefused,
  })
  return { homeCommunityId, answer: (request, connection) => app.fetch(request, { connection }) }
}

const PATHS = ['XCPD_Service', 'XCA_Service', 'XDR_Service'] as const

async function participantOf(directory: Directory, country: string): Promise<Participant | undefined> {
  const found = await directory.participant(country)
  return found.ok ? found.value : undefined
}

async function assertionTrustOf(directory: Directory, country: string): Promise<AssertionTrust | undefined> {
  const participant = await participantOf(directory, country)
  return participant && { signers: participant.sealCertificates, authorities: [], revocationLists: [] }
}

/** The desk in the place of the country that is meant, with the bridge's own ledger and without anything national. */
function deskOf(
  options: BridgeOptions,
  place: { readonly country: string; readonly homeCommunityId: string; readonly base: string },
): Desk {
  const { policies, ledger, clock, log, watch, idSecret, replay, directory, conversions } = options
  return {
    ...place,
    policies,
    ledger,
    clock,
    log,
    ...(watch ? { watch } : {}),
    idSecret,
    ids: opaqueIds(idSecret),
    replay,
    recorder: options.recorder ?? ledgerRecorder(ledger),
    trust: (country) => participantOf(directory, country),
    even: evenAnswers(),
    serviceOf: (id) => readBridgedId(id)?.service,
    readDocument: conversions.readDocument,
    transcode: (document) => document,
    connector: NOTHING_NATIONAL,
    // The patient's choice is the business of the country that is asked.
    consents: { permits: async () => false, record: async () => undefined },
    consentDefault: 'deny',
  }
}

const notHere = async () => failed('national-not-offered', 'A bridge has no patients of its own.', 'Ask the country.')

const NOTHING_NATIONAL: NationalConnector = {
  findPatients: notHere,
  listPatientSummaries: notHere,
  listPrescriptions: notHere,
  listOriginalDocuments: notHere,
  getDocument: notHere,
  submitDispensation: notHere,
  discardDispensation: notHere,
  searchFhir: notHere,
  consents: notHere,
  notifyAccess: notHere,
}
