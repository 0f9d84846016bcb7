/** What the professional portal needs; everything is handed in, so that a test can stand in for any of it. */
import type { CountryB } from '#care/country-b/country-b.ts'
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import type { PosologyLine } from '#documents/pharmacy/posology.ts'
import type { Database } from '#platform/database/database.ts'
import type { Messages } from '#platform/i18n/messages.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import type { Professional } from '#trust/people/professional.ts'
import type { RelyingParty } from '#trust/people/relying-party.ts'
import type { ServiceKind } from '#wire/discovery/directory.ts'

/** How documents look; the portal does not care how it is made. */
export interface DocumentRendering {
  /** The summary as a fragment of HTML with one `h1`, and the portal's own markup at its places in it. */
  fragment(document: ClinicalDocument, messages: Messages, places: FragmentPlaces): string
  /** Bilingual, tagged PDF. */
  pdf(document: ClinicalDocument, messages: Messages): Promise<Uint8Array>
  /** A file that lies inside the document, by its position in the fragment's list. */
  file(
    document: ClinicalDocument,
    messages: Messages,
    position: number,
  ): { readonly contentType: string; readonly fileName: string; readonly bytes: Uint8Array } | undefined
  readonly designate: Designate
  /** How the medicine of a request (by its full URL) is taken, in the reader's words where its parts are coded. */
  posology(document: ClinicalDocument, resource: string, messages: Messages): readonly PosologyLine[]
  /** Stylesheets in order: the tokens, then the rules of the fragment. */
  readonly stylesheets: readonly string[]
}

/** The reader's word for a code, and the language it is in; undefined when there is none. */
export type Designate = (
  coded: { readonly system?: string; readonly code?: string },
  language: string,
) => { readonly term: string; readonly language: string } | undefined

export interface FragmentPlaces {
  /** Beside the patient's name: what can be taken away. */
  readonly actions: string
  /** Under the head: who, why, and what the patient sees. */
  readonly context: string
  /** Address of a file inside the document. */
  readonly attachmentHref: (attachment: { readonly base64?: string }, position: number) => string | undefined
}

export interface PortalOptions {
  /** The node's country, ISO 3166-1 alpha-2. */
  readonly country: string
  /** The address that browsers use, without path, e.g. `http://127.0.0.1:4000`. */
  readonly origin: string
  /** Offered languages (BCP-47), the node's own first. */
  readonly languages: readonly string[]
  readonly helpLine: { readonly phone: string; readonly hours: string }
  readonly countryB: CountryB
  /** May this professional use the service, as this country's own policies say? */
  mayUse(service: ServiceKind, professional: Professional): boolean
  readonly people: RelyingParty
  /** Holds sessions and journeys; migrated with `peopleMigrations` and `journeyMigrations`. */
  readonly database: Database
  readonly ledger: Ledger
  readonly messages: (language: string) => Messages
  readonly rendering: DocumentRendering
  /** The project's folder `data`. */
  readonly data: string
  readonly now: () => Date
  /** Told the code when nobody could be signed in: a wrong clock or a lost provider shows there first. */
  readonly onSignInRefused?: (code: string) => void
  /** Told about programming errors; the page only says that there was one. */
  readonly onError?: (error: unknown) => void
  /** Limits of a session in minutes; 30 and 240 by default. */
  readonly idleMinutes?: number
  readonly longestMinutes?: number
}
