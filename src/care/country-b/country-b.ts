/**
 * Country B: asks other countries on behalf of its professionals. The portal and the command line use only this door.
 * Each call is recorded in this node's ledger before its result is handed out.
 */
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import type { PeerFetch } from '#platform/http/peer-fetch.ts'
import type { Log } from '#platform/log/log.ts'
import type { Result } from '#platform/result/result.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import type { Professional } from '#trust/people/professional.ts'
import type { TokenSigner } from '#trust/tokens/issue.ts'
import type { CountryCode, SearchMask, ServiceKind } from '#wire/discovery/directory.ts'
import type { Directory } from '#wire/discovery/directory-client.ts'
import type { CareContext, CareProblemCode } from '../context/care-context.ts'
import type { ServicePolicy } from '../policy/policy.ts'
import { listDocuments, type ReadDocument, retrieveDocument } from './documents.ts'
import { directoryFailure } from './failures.ts'
import { identifyPatients } from './identify.ts'
import { listedDocuments } from './listed-documents.ts'
import { countryStates } from './states.ts'

export interface CountryState {
  readonly country: CountryCode
  readonly services: readonly {
    readonly kind: ServiceKind
    readonly state: 'available' | 'unavailable' | 'not-offered'
  }[]
  readonly checkedAt: string
}

/** A person that country A found, with the traits it knows, to be compared with the identity document. */
export interface Candidate {
  readonly identifier: string
  readonly otherIdentifiers: readonly string[]
  readonly family: string
  readonly given: readonly string[]
  readonly birthDate: string
  readonly gender: 'male' | 'female' | 'other' | 'unknown'
}

export interface DocumentEntry {
  readonly id: string
  /** LOINC document class. */
  readonly type: string
  readonly title: string
  readonly date: string
  readonly author: string
  readonly language?: string
  /** What can be fetched: the structured document and, when country A has them, the original as PDF or as CDA. */
  readonly renditions: readonly {
    readonly contentType: string
    readonly url: string
    readonly kind: 'structured' | 'pdf' | 'source'
  }[]
}

export interface RetrievedDocument {
  readonly entry: DocumentEntry
  readonly document: ClinicalDocument
  /** The original PDF of country A, when there is one. */
  readonly pdf?: Uint8Array
}

export interface CountryB {
  countries(): Promise<readonly CountryState[]>
  searchMask(country: CountryCode): Promise<Result<SearchMask, CareProblemCode>>
  /** Answers by field name of the mask; formats are checked before anything leaves the country. */
  identify(
    professional: Professional,
    country: CountryCode,
    answers: Readonly<Record<string, string>>,
  ): Promise<Result<readonly Candidate[], CareProblemCode>>
  documents(context: CareContext): Promise<Result<readonly DocumentEntry[], CareProblemCode>>
  retrieve(context: CareContext, documentId: string): Promise<Result<RetrievedDocument, CareProblemCode>>
}

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
  /** Which of this country's professionals may ask at all. */
  readonly policies: readonly ServicePolicy[]
  readonly ledger: Ledger
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

/** The door of country B. */
export function countryB(options: CountryBOptions): CountryB {
  const listed = listedDocuments(options.clock)
  const { probeTimeoutMs = 2000, stateFreshMs = 30_000 } = options
  return {
    countries: countryStates({ ...options, probeTimeoutMs, freshMs: stateFreshMs }),
    async searchMask(country) {
      const mask = await options.directory.searchMask(country)
      return mask.ok ? mask : directoryFailure(mask.problem.code, country)
    },
    identify: (professional, country, answers) => identifyPatients(options, professional, country, answers),
    documents: (context) => listDocuments(options, listed, context),
    retrieve: (context, documentId) => retrieveDocument(options, listed, context, documentId),
  }
}
