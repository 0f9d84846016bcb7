/** What the operator's pages need of the node that they show. */
import type { Alert } from '#care/abuse/request-watch.ts'
import type { Thresholds } from '#care/abuse/thresholds.ts'
import type { RecorderState } from '#care/context/border-recorder.ts'
import type { TransactionReader } from '#care/context/transactions.ts'
import type { Outbox } from '#care/dispensing/outbox.ts'
import type { KeyFigureStore } from '#care/key-figures/key-figure-store.ts'
import type { PeerFetch } from '#platform/http/peer-fetch.ts'
import type { AuditNode } from '#trust/ledger/audit-event.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import type { Professional } from '#trust/people/professional.ts'
import type { Directory } from '#wire/discovery/directory-client.ts'
import type { SignedInOptions } from '../ui/signed-in.ts'
import type { SignedIn } from '../ui/site.ts'

/** Somebody who runs this node, signed in. */
export interface Operator extends SignedIn {
  readonly professional: Professional
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

export interface OperatorPageOptions extends SignedInOptions<Operator> {
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
}
