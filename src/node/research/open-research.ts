/** One country's part in HealthData@EU, from stores, keys and network: everything that pages and the border are given. */
import { join } from 'node:path'
import type { Handler } from '#platform/http/serve.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import type { Result } from '#platform/result/result.ts'
import { readCalendars } from '#research/applications/calendar/holidays.ts'
import { type ErrandRunner, errandRunner } from '#research/applications/exchange/errand-runner.ts'
import { openCaseReceiver } from '#research/applications/exchange/receive.ts'
import { messageSender } from '#research/applications/exchange/send.ts'
import type { Procedures } from '#research/applications/procedure.ts'
import { readRuleSets } from '#research/applications/rules/rule-set.ts'
import { type CaseLists, openCaseLists } from '#research/applications/store/case-lists.ts'
import { type CaseStore, openCaseStore } from '#research/applications/store/case-store.ts'
import { type HarvestedCatalogues, openHarvestReports } from '#research/catalogue/harvest/reports.ts'
import { type CatalogueStore, openCatalogue } from '#research/catalogue/store/catalogue-store.ts'
import { executeTask } from '#research/workspace/typed-query/execute-task.ts'
import { answerTo, askNodes, type FederatedAnswer, type Question } from './ask.ts'
import { researchBorder } from './border.ts'
import { publishDescriptions } from './catalogue.ts'
import { startChores } from './chores.ts'
import { type Environment, openEnvironment } from './environment.ts'
import { type Foundation, openFoundation, type ResearchParts } from './foundation.ts'
import { keepHarvesting } from './harvests.ts'
import { collectPermits } from './permit-collector.ts'
import { permitDesk } from './permit-desk.ts'
import { keepAskingRounds } from './regression-rounds.ts'
import { tellRevocations } from './revocations.ts'
import type { ResearchSettings } from './settings.ts'
import { startWorkers, type Workers } from './workers.ts'

/** Between two looks of a waiting node at the database: only other processes write there unheard. */
const LOOK_MS = 5000

export interface Research extends Omit<Foundation, 'asking' | 'news'>, Environment {
  readonly procedures: Procedures
  readonly cases: CaseStore
  readonly lists: CaseLists
  readonly errands: ErrandRunner
  readonly catalogue: CatalogueStore
  readonly harvested: HarvestedCatalogues
  readonly workers: Workers
  ask(question: Question): Promise<Result<string>>
  answerTo(task: string): Promise<Result<FederatedAnswer> | undefined>
  readonly border: Handler
}

/** Rejects with a `ProblemError`: keys missing, rules or holidays unusable. */
export async function openResearch(parts: ResearchParts, settings: ResearchSettings): Promise<Research> {
  const { configuration, stores, network, around } = parts
  const { database } = stores
  const { log } = around
  const { fetch } = network.fetch
  const now = () => new Date()
  const procedures = await proceduresOf(configuration.data, { ...settings.body, country: configuration.country })
  const { asking, news, ...foundation } = await openFoundation(parts, settings)
  const { body, keys, trust, permits, work, door, datasets, coordinator } = foundation
  const cases = openCaseStore(database, procedures)
  const lists = openCaseLists(database, procedures)
  const desk = permitDesk({
    ...{ body, trust, permits, work, now },
    key: keys.signing,
    onList: () => {
      news.tell()
      teller.ring()
    },
  })
  const teller = tellRevocations({ body, permits, trust, fetch, renewList: desk.renewList, log })
  trust.onChange(() => teller.ring())
  const errands = errandRunner(database, {
    ...{ body, permits: desk, log, clock: now },
    send: messageSender({ fetch, key: keys.signing, addressOf: trust.addressOf }),
    pauseMs: 2000,
  })
  const environment = openEnvironment({ ...foundation, database, cases })
  const workers = startWorkers({
    ...{ door, work, trust, database, fetch, log, now },
    key: keys.signing,
    sumKey: keys.sums,
    execute: executeTask(datasets.meansOf),
    releasesOf: datasets.releasesOf,
    waitSeconds: settings.waitSeconds,
  })
  const catalogue = openCatalogue(database)
  const collector = collectPermits(openCaseReceiver(database, procedures), asking)
  const chores = startChores({ ...environment, collector, cases, lists, errands, country: body.country, log })
  const harvested = {
    reports: openHarvestReports(database),
    peers: async () => trust.cataloguesBeside(body.country),
  }
  const harvests = keepHarvesting({ database, log, peers: harvested.peers })
  trust.onChange(() => harvests.ring())
  const rounds = keepAskingRounds({ ...asking, log })
  const described = publishDescriptions(catalogue, settings.descriptions, log)
  described.catch((error: unknown) => log.failure('descriptions-not-published', error))
  return {
    ...foundation,
    ...environment,
    ...{ procedures, cases, lists, errands, catalogue, harvested, workers },
    ask: (question) => askNodes(asking, question),
    answerTo: (task) => answerTo(coordinator, task, now()),
    border: researchBorder(
      { receiver: collector.receiver, trust },
      { store: coordinator, permits, trust, news, lookMs: LOOK_MS, onResult: rounds.heard },
      { permits, cases, trust, country: body.country },
    ),
    async close() {
      await Promise.all([
        chores.close(),
        rounds.close(),
        harvests.close(),
        teller.close(),
        workers.close(),
        described.catch(() => undefined),
      ])
      await foundation.close()
    },
  }
}

async function proceduresOf(data: string, body: Procedures['body']): Promise<Procedures> {
  const [ruleSets, calendars] = await Promise.all([
    readRuleSets(join(data, 'research', 'rules')),
    readCalendars(join(data, 'research', 'holidays')),
  ])
  if (!ruleSets.ok) throw new ProblemError(ruleSets.problem)
  if (!calendars.ok) throw new ProblemError(calendars.problem)
  return { ruleSets: ruleSets.value, calendars: calendars.value, body }
}
