/** What questions to data rest on, whoever asks them: keys, whom to believe, permits, the data. Nothing of it works by itself. */
import { openAnswerLedger } from '#research/disclosure/ledger/answer-ledger.ts'
import { openPrivacyBudget } from '#research/disclosure/privacy/budget.ts'
import { type CoordinatorStore, openCoordinatorStore } from '#research/federation/coordinator-store.ts'
import { createNews, type News } from '#research/federation/news.ts'
import { type CurrentReleases, openCurrentReleases } from '#research/omop/current/current-releases.ts'
import { openOptOuts } from '#research/omop/opt-out.ts'
import type { Door } from '#research/permits/authorise.ts'
import { openPermitStore, type PermitStore } from '#research/permits/permit-store.ts'
import { type RunningWork, startRunningWork } from '#research/permits/running-work.ts'
import { openAnswerStore } from '#research/workspace/typed-query/answer-store.ts'
import type { CountryParts } from '../country-parts.ts'
import type { AskParts } from './ask.ts'
import { type HeldDatasets, openDatasets } from './datasets.ts'
import { openResearchKeys, type ResearchKeys } from './keys.ts'
import { releaseFolder, researchKeyFolder } from './paths.ts'
import type { ResearchSettings } from './settings.ts'
import { type FollowedTrust, followTrust } from './trust.ts'

export interface Foundation {
  readonly settings: ResearchSettings
  readonly body: { readonly id: string; readonly name: string; readonly country: string }
  readonly keys: ResearchKeys
  readonly trust: FollowedTrust
  readonly permits: PermitStore
  readonly door: Door
  readonly work: RunningWork
  readonly datasets: HeldDatasets
  /** Which release of a dataset answers, as its holder chooses. */
  readonly current: CurrentReleases
  readonly coordinator: CoordinatorStore
  readonly news: News
  /** For questions to the nodes of several countries. */
  readonly asking: AskParts
  close(): Promise<void>
}

export type ResearchParts = Pick<CountryParts, 'configuration' | 'stores' | 'network'> & {
  readonly around: Pick<CountryParts['around'], 'log'>
}

/** Rejects with a `ProblemError` when the keys are missing or damaged. */
export async function openFoundation(parts: ResearchParts, settings: ResearchSettings): Promise<Foundation> {
  const { configuration, stores, network, around } = parts
  const { database, ledger } = stores
  const { log } = around
  const now = () => new Date()
  const body = { ...settings.body, country: configuration.country }
  const keys = await openResearchKeys(researchKeyFolder(configuration.home))
  const trust = followTrust({ directory: network.directory, log })
  const permits = openPermitStore(database)
  const work = startRunningWork({ database, permits, log })
  const coordinator = openCoordinatorStore(database)
  const news = createNews()
  const current = openCurrentReleases({
    ...{ database, ledger, node: body, folder: releaseFolder(configuration.home), now },
    configured: settings.datasets,
    mostRejected: settings.mostRejected,
  })
  const datasets = openDatasets({
    ...{ settings, current },
    secret: keys.secret,
    answers: openAnswerStore(database),
    disclosure: { ledger: openAnswerLedger(database), budget: openPrivacyBudget(database), secret: keys.secret },
    optedOutOf: openOptOuts(database).optedOutOf,
  })
  const { fetch } = network.fetch
  return {
    ...{ settings, body, keys, trust, permits, work, datasets, current, coordinator, news },
    door: { node: body, trust, permits, ledger },
    asking: { permits, trust, fetch, addressOf: trust.addressOf, now, body, key: keys.signing, coordinator, news },
    async close() {
      await work.close()
      await Promise.all([trust.stop(), datasets.close()])
    },
  }
}
