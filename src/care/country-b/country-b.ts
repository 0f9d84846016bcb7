/**
 * Country B: asks other countries on behalf of its professionals. The portal and the command line use only this door.
 * Each call is recorded in this node's ledger before its result is handed out.
 */
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import type { Result } from '#platform/result/result.ts'
import type { Professional } from '#trust/people/professional.ts'
import type { CountryCode, SearchMask, ServiceKind } from '#wire/discovery/directory.ts'
import type { CareContext, CareProblemCode } from '../context/care-context.ts'
import { type ReconcileReport, type Sender, sender } from '../dispensing/sender.ts'
import { listDocuments, retrieveDocument } from './documents.ts'
import { directoryFailure } from './failures.ts'
import { identifyPatients } from './identify.ts'
import { listedDocuments } from './listed-documents.ts'
import { lists } from './listing.ts'
import { type Asking, askingOf, type CountryBOptions } from './options.ts'
import { originals } from './originals.ts'
import { pharmacy } from './pharmacy.ts'
import type { Originals, Pharmacy } from './questions.ts'
import { countryStates } from './states.ts'

export type { CountryBOptions } from './options.ts'

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
  readonly pharmacy: Pharmacy
  readonly originals: Originals
}

/** The door of country B. */
export function countryB(options: CountryBOptions): CountryB {
  const asking = askingOf(options)
  const listed = lists(asking, listedDocuments(options.clock))
  const { probeTimeoutMs = 2000, stateFreshMs = 30_000, dispensing } = options
  return {
    countries: countryStates({ ...options, probeTimeoutMs, freshMs: stateFreshMs }),
    async searchMask(country) {
      const mask = await options.directory.searchMask(country)
      return mask.ok ? mask : directoryFailure(mask.problem.code, country)
    },
    identify: (professional, country, answers) => identifyPatients(asking, professional, country, answers),
    documents: (context) => listDocuments(listed, context),
    retrieve: (context, documentId) => retrieveDocument(asking, listed, context, documentId),
    pharmacy: pharmacy({
      asking,
      lists: listed,
      dispensing: dispensing && { ...dispensing, sender: senderOf(asking, dispensing) },
    }),
    originals: originals(asking, listed),
  }
}

/** What the node runs at start and on a timer: takes up the dispensations whose answer is not known. */
export function dispensingJob(options: CountryBOptions): () => Promise<ReconcileReport> {
  const { dispensing } = options
  if (!dispensing) return async () => ({ tried: 0, accepted: 0, refused: 0, unknown: 0 })
  const job = senderOf(askingOf(options), dispensing)
  return () => job.reconcile()
}

function senderOf(asking: Asking, { outbox }: NonNullable<CountryBOptions['dispensing']>): Sender {
  return sender({
    ...asking,
    outbox,
    async open(country, wire) {
      const participant = await asking.directory.participant(country)
      const channel = participant.ok ? asking.channels.open(participant.value, wire) : undefined
      return participant.ok && channel ? { channel, participant: participant.value } : undefined
    },
  })
}
