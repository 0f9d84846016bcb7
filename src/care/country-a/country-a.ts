/**
 * Country A: answers for its patients. Credentials, policy and the patient's choice are checked before any document is
 * touched; the ledger has the access before the answer leaves. Two doors, one desk (docs/BORDER.md).
 */
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import type { DispensingRules } from '#documents/pharmacy/dispensing-rules.ts'
import type { NationalConnector } from '#national/connector.ts'
import type { Log } from '#platform/log/log.ts'
import type { Result } from '#platform/result/result.ts'
import type { AssertionTrust } from '#trust/assertions/assertions.ts'
import type { ConsentStore } from '#trust/consent/consent.ts'
import type { ConsentDefault } from '#trust/consent/consent-default.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import type { ReplayStore } from '#trust/tokens/replay.ts'
import type { OwnBridge, TrustedIssuer } from '#trust/tokens/verify.ts'
import type { NcpehHandlers } from '#wire/fhir/ncpeh-server.ts'
import type { IheHandlers } from '#wire/ihe/exchange.ts'
import type { RequestWatch } from '../abuse/request-watch.ts'
import { type BorderRecorder, ledgerRecorder } from '../context/recorder.ts'
import type { DispensingJournal } from '../dispensing/country-a/journal.ts'
import type { ServicePolicy } from '../policy/policy.ts'
import type { Desk } from './desk.ts'
import { type EvenAnswers, evenAnswers } from './even-answers.ts'
import { fhirDoor } from './fhir-door.ts'
import { iheDoor } from './ihe-door.ts'
import { opaqueIds } from './opaque-id.ts'
import type { CdaForms } from './render-document.ts'
import { countryAService } from './service.ts'

export interface CountryAOptions {
  /** ISO 3166-1 alpha-2 of this node. */
  readonly country: string
  /** NCP OID of this node, bare. */
  readonly homeCommunityId: string
  /** Public base of this node's FHIR API, e.g. `https://127.0.0.1:4011/fhir`. */
  readonly base: string
  readonly connector: NationalConnector
  readonly consents: ConsentStore
  /** What holds for patients who have not chosen. */
  readonly consentDefault: ConsentDefault
  readonly policies: readonly ServicePolicy[]
  readonly ledger: Ledger
  /** Where accesses are written; only the ledger when absent. */
  readonly recorder?: BorderRecorder
  /** The trust list; undefined for a country that is not on it. */
  trust(country: string): Promise<TrustedIssuer | undefined>
  /** This country's own bridge, which vouches for countries that speak another wire (docs/BORDER.md). */
  readonly bridge?: OwnBridge & {
    /** Hex SHA-256 of the certificates that sign its assertions. */
    readonly seals?: readonly string[]
  }
  readonly replay: ReplayStore
  /** At least 32 bytes, the same on every replica; see `idSecretOf`. */
  readonly idSecret: Uint8Array
  /** National bytes (CDA or FHIR) → the model. */
  readDocument(bytes: Uint8Array): Result<ClinicalDocument> | Promise<Result<ClinicalDocument>>
  /** National codes → European codes. */
  transcode(document: ClinicalDocument): ClinicalDocument
  readonly clock: () => Date
  readonly log: Log
  /** How old a declared treatment relationship may be, in hours; default 24. */
  readonly relationshipHours?: number
  readonly evenAnswers?: EvenAnswers
  /** Dispensations received; without it eDispensations are not taken. */
  readonly dispensations?: DispensingJournal
  /** What this country lets be dispensed abroad (data/policies/dispensing.json). */
  readonly dispensingRules?: DispensingRules
  /** Counts requests and tells of unusual numbers. */
  readonly watch?: RequestWatch
  /** What the IHE wire needs beside the rest. */
  readonly cda?: CdaForms
  readonly ihe?: IheOptions
}

export interface IheOptions {
  /** OID of this node's document repository, bare; usually below its own OID. */
  readonly repositoryId: string
  /** The certificates that a country signs assertions with; undefined for a country that is not on the trust list. */
  assertionTrust(country: string): Promise<AssertionTrust | undefined>
  /** How a country speaks; `openncp` tolerates the reference implementation's shapes. */
  profile(country: string | undefined): 'openncp' | 'standard'
}

/** The handlers for `ncpehServer`. */
export function countryA(options: CountryAOptions): NcpehHandlers {
  return countryADoors(options).fhir
}

/** The handlers of both wires behind one desk; those of the IHE wire only when its options are given. */
export function countryADoors(options: CountryAOptions): { readonly fhir: NcpehHandlers; readonly ihe?: IheHandlers } {
  const desk = deskOf(options)
  const service = countryAService(desk)
  const { ihe } = options
  return { fhir: fhirDoor(desk, service), ...(ihe ? { ihe: iheDoor(desk, service, ihe) } : {}) }
}

function deskOf(options: CountryAOptions): Desk {
  return {
    ...options,
    ids: opaqueIds(options.idSecret),
    even: options.evenAnswers ?? evenAnswers(),
    recorder: options.recorder ?? ledgerRecorder(options.ledger),
  }
}
