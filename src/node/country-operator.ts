/** The operator's pages of a country's node: its stores, its network and its keys, for persons who hold that office. */
import type { Hono } from 'hono'
import { readAlerts } from '#care/abuse/alerts.ts'
import { openKeyFigureStore } from '#care/key-figures/key-figure-store.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import { operatorPages } from '#portal/operator/operator-pages.ts'
import { officeHolder } from '#portal/professional/office-holder.ts'
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
}

const PAGES = '/operator'

/** To be mounted at `/operator`. Rejects with a `ProblemError`: unusable thresholds. */
export async function countryOperator({ parts, people, words }: CountryOperator): Promise<Hono> {
  const { configuration, description, stores, network, watchedKeys, around, recorder } = parts
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
      records: watchedKeys.keys.records?.certificate,
      authority: watchedKeys.keys.tls.ca,
      problem: watchedKeys.problem(),
    }),
    transactions: recorder,
    recorder: () => recorder.state(),
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
