/** What country B is made of: who this node is, how it reaches others, and what it reads and writes documents with. */
import type { PeerFetch } from '#platform/http/peer-fetch.ts'
import type { Log } from '#platform/log/log.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import type { TokenSigner } from '#trust/tokens/issue.ts'
import type { Directory } from '#wire/discovery/directory-client.ts'
import type { Wire } from '../border/border-service.ts'
import { type BorderRecorder, ledgerRecorder } from '../context/recorder.ts'
import type { Dispensing } from '../dispensing/dispensing-room.ts'
import type { ServicePolicy } from '../policy/policy.ts'
import type { AssertionDeskOptions } from './channels/assertion-desk.ts'
import { type Channels, openChannels } from './channels/open-channel.ts'
import type { BridgeAddress } from './channels/route.ts'
import type { ReadDocument } from './retrieved.ts'

export interface CountryBOptions {
  /** ISO 3166-1 alpha-2 of this node. */
  readonly country: string
  /** NCP OID of this node, bare. */
  readonly homeCommunityId: string
  /** Where this node is, for the ledger: its own base URL or host. */
  readonly address: string
  readonly directory: Directory
  /** Mutual TLS with this node's certificate. */
  readonly fetch: PeerFetch
  /** Signs the access tokens and binds them to that certificate. */
  readonly signer: TokenSigner
  /** Wires that this node speaks; FHIR only when absent. IHE needs `ihe`. */
  readonly wires?: readonly Wire[]
  /** The seal that signs this country's assertions, and the SAML class of its professionals' sign-in. */
  readonly ihe?: Pick<AssertionDeskOptions, 'signer' | 'authnContext' | 'onIssued'>
  /** The own bridge, for countries that speak none of these wires. */
  readonly bridge?: BridgeAddress
  /** Without it nothing is dispensed. */
  readonly dispensing?: Dispensing
  /** Which of this country's professionals may ask at all. */
  readonly policies: readonly ServicePolicy[]
  readonly ledger: Ledger
  /** Where accesses are written; the ledger alone when absent. */
  readonly recorder?: BorderRecorder
  readonly readDocument: ReadDocument
  readonly clock: () => Date
  readonly log: Log
  /** Patience for one request to another country; default 10 s. */
  readonly timeoutMs?: number
  /** Patience when asking whether a country answers at all; default 2 s. */
  readonly probeTimeoutMs?: number
  /** How long such a state is believed; default 30 s. */
  readonly stateFreshMs?: number
  /** Bytes of one document; default 64 MiB. */
  readonly maxDocumentBytes?: number
}

/** What every question needs. */
export interface Asking
  extends Pick<
    CountryBOptions,
    'country' | 'homeCommunityId' | 'address' | 'directory' | 'policies' | 'readDocument' | 'clock' | 'log'
  > {
  readonly channels: Channels
  readonly recorder: BorderRecorder
}

export function askingOf(options: CountryBOptions): Asking {
  const { homeCommunityId, clock, log, wires = ['fhir'], ihe, bridge, maxDocumentBytes, timeoutMs = 10_000 } = options
  const line = {
    homeCommunityId,
    clock,
    log,
    fetch: options.fetch,
    timeoutMs,
    ...(maxDocumentBytes === undefined ? {} : { maxDocumentBytes }),
  }
  return {
    ...options,
    recorder: options.recorder ?? ledgerRecorder(options.ledger),
    channels: openChannels({
      ...(wires.includes('fhir') ? { fhir: { ...line, signer: options.signer } } : {}),
      ...(wires.includes('ihe') && ihe ? { ihe: { ...line, ...ihe } } : {}),
      ...(bridge ? { bridge } : {}),
    }),
  }
}
