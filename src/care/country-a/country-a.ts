/**
 * Country A: answers for its patients. Token, policy and the patient's choice are checked before any document is
 * touched; the ledger has the access before the answer leaves.
 */
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import type { NationalConnector } from '#national/connector.ts'
import type { Log } from '#platform/log/log.ts'
import type { Result } from '#platform/result/result.ts'
import type { ConsentStore } from '#trust/consent/consent.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import type { ReplayStore } from '#trust/tokens/replay.ts'
import type { TrustedIssuer } from '#trust/tokens/verify.ts'
import type { NcpehHandlers } from '#wire/fhir/ncpeh-server.ts'
import type { ServicePolicy } from '../policy/policy.ts'
import type { Desk } from './desk.ts'
import { type EvenAnswers, evenAnswers } from './even-answers.ts'
import { identification } from './identify-patients.ts'
import { listing } from './list-documents.ts'
import { opaqueIds } from './opaque-id.ts'
import { retrieval } from './retrieve-document.ts'

export interface CountryAOptions {
  /** ISO 3166-1 alpha-2 of this node. */
  readonly country: string
  /** NCP OID of this node, bare. */
  readonly homeCommunityId: string
  /** Public base of this node's API, e.g. `https://127.0.0.1:4011/fhir`. */
  readonly base: string
  readonly connector: NationalConnector
  readonly consents: ConsentStore
  /** What holds for patients who have not chosen. */
  readonly consentDefault: 'permit' | 'deny'
  readonly policies: readonly ServicePolicy[]
  readonly ledger: Ledger
  /** The trust list; undefined for a country that is not on it. */
  trust(country: string): Promise<TrustedIssuer | undefined>
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
}

/** The handlers for `ncpehServer`. */
export function countryA(options: CountryAOptions): NcpehHandlers {
  const desk: Desk = {
    ...options,
    ids: opaqueIds(options.idSecret),
    even: options.evenAnswers ?? evenAnswers(),
  }
  const { readBundle, readBinary } = retrieval(desk)
  return { searchPatients: identification(desk), searchDocuments: listing(desk), readBundle, readBinary }
}
