/** What the operator's pages need of the node that they show. */
import type { Alert } from '#care/abuse/request-watch.ts'
import type { Thresholds } from '#care/abuse/thresholds.ts'
import type { RecorderState } from '#care/context/border-recorder.ts'
import type { TransactionReader } from '#care/context/transactions.ts'
import type { Outbox } from '#care/dispensing/outbox.ts'
import type { KeyFigureStore } from '#care/key-figures/key-figure-store.ts'
import type { PeerFetch } from '#platform/http/peer-fetch.ts'
import type { Messages } from '#platform/i18n/messages.ts'
import type { AuditNode } from '#trust/ledger/audit-event.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import type { Professional } from '#trust/people/professional.ts'
import type { Directory } from '#wire/discovery/directory-client.ts'
import type { FrameSession } from '../ui/layout.ts'

/** Somebody who runs this node, signed in. */
export interface Operator {
  readonly name: string
  readonly professional: Professional
  /** Proof that a form came from this session: for the next form, and whether one that came back has it. */
  readonly token: string
  isToken(token: string): boolean
  readonly session?: FrameSession
}

/** Certificates of this node as they are used now, in PEM, and whether what lies in the folder is taken. */
export interface OwnKeys {
  readonly folder: string
  readonly tls: string
  /** Absent on a node that signs nothing on the IHE wire. */
  readonly signature?: string | undefined
  /** Of audit messages and evidences, where it is another than `signature`. */
  readonly records?: string | undefined
  /** The authority that peers are checked against. */
  readonly authority: string
  /** Code of why newer files in the folder are not used. */
  readonly problem?: string | undefined
}

export interface OperatorPageOptions {
  /** ISO 3166-1 alpha-2. */
  readonly country: string
  /** As the ledger names this node. */
  readonly node: AuditNode
  readonly directory: Directory
  /** The operator's own list, which `directory` reads. */
  readonly peersFile: string
  /** Carries this node's certificate, as all that goes to peers. */
  readonly fetch: PeerFetch
  readonly ledger: Pick<Ledger, 'append'>
  readonly keys: () => OwnKeys
  readonly transactions: TransactionReader
  readonly recorder: () => RecorderState
  readonly outbox: Pick<Outbox, 'unsettled' | 'entry' | 'settleByHand'>
  readonly thresholds: Thresholds
  /** Newest first. */
  readonly alerts: (limit: number) => Promise<readonly Alert[]>
  readonly keyFigures: Pick<KeyFigureStore, 'pages'>
  /** Who asks; undefined for somebody who may not see these pages. */
  readonly person: (request: Request) => Promise<Operator | undefined>
  readonly messages: (language: string) => Messages
  /** Languages of the interface, the house's own first. */
  readonly languages: readonly string[]
  /** Where the pages are mounted; `/operator` when absent. */
  readonly base?: string
  /** Where somebody who is not signed in can sign in, and what the provider is called. */
  readonly signIn?: { readonly href: string; readonly provider: string }
  readonly formOrigins?: readonly string[]
  /** Told about programming errors; the page only says that there was one. */
  readonly onError?: (error: unknown) => void
  readonly now?: () => Date
}
