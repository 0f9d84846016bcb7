/** The operator's pages of a country's node: its stores, its network and its keys, for persons who hold that office. */
import type { Hono } from 'hono'
import { readAlerts } from '#care/abuse/alerts.ts'
import type { OpenBorderRecorder, RecorderState } from '#care/context/border-recorder.ts'
import { openTransactionStore } from '#care/context/transaction-store.ts'
import { transactionReader } from '#care/context/transactions.ts'
import { openKeyFigureStore } from '#care/key-figures/key-figure-store.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import { operatorPages } from '#portal/operator/operator-pages.ts'
import { officeHolder } from '#portal/professional/office-holder.ts'
import { openAuditStore } from '#trust/audit/audit-store.ts'
import { openEvidenceStore } from '#trust/evidence/evidence-store.ts'
import type { RelyingParty } from '#trust/people/relying-party.ts'
import { outboxOf } from './asking.ts'
import type { CountryParts } from './country-parts.ts'
import { keyFolder } from './follow-keys.ts'
import { peersFile } from './network.ts'
import { openThresholds } from './policies.ts'
import type { PortalWords } from './portal-words.ts'

export interface CountryOperator {
  readonly parts: CountryParts
  readonly people: Pick<RelyingParty, 'name' | 'origins'>
  readonly words: PortalWords
  /** Whose state is shown; absent while only the ledger is written. */
  readonly recorder?: Pick<OpenBorderRecorder, 'state'> | undefined
}

const PAGES = '/operator'
const NOTHING_TO_MAKE: RecorderState = { failures: 0, repository: undefined }

/** To be mounted at `/operator`. Rejects with a `ProblemError`: unusable thresholds. */
export async function countryOperator({ parts, people, words, recorder }: CountryOperator): Promise<Hono> {
  const { configuration, description, stores, network, watchedKeys, around } = parts
  const { country, portal, border } = configuration
  const { database, ledger } = stores
  const thresholds = await openThresholds(configuration.data)
  if (!thresholds.ok) throw new ProblemError(thresholds.problem)
  return operatorPages({
    country,
    node: { country, homeCommunityId: description.homeCommunityId, address: border.origin },
    directory: network.directory,
    peersFile: peersFile(configuration),
    fetch: network.fetch,
    ledger,
    keys: () => ({
      folder: keyFolder(configuration),
      tls: watchedKeys.keys.tls.cert,
      signature: watchedKeys.keys.signature?.certificate,
      authority: watchedKeys.keys.tls.ca,
      problem: watchedKeys.problem(),
    }),
    transactions: transactionReader(
      openTransactionStore(database, country),
      openAuditStore(database, country),
      openEvidenceStore(database, country),
    ),
    recorder: () => recorder?.state() ?? NOTHING_TO_MAKE,
    outbox: outboxOf(parts),
    thresholds: thresholds.value,
    alerts: (limit) => readAlerts(database, limit),
    keyFigures: openKeyFigureStore(database, country),
    person: officeHolder({ country, origin: portal.origin, database, now: () => new Date() }, 'node-operator'),
    ...words,
    base: PAGES,
    signIn: { href: `/sign-in?to=${encodeURIComponent(PAGES)}`, provider: people.name },
    formOrigins: people.origins,
    onError: (error) => around.log.failure('page-failed', error),
  })
}
