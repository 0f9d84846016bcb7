/** For tests: the public pages over a real catalogue and real cases. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type Database, inTransaction, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { openMessages } from '#platform/i18n/messages.ts'
import { openCaseLists } from '#research/applications/store/case-lists.ts'
import { append } from '#research/applications/store/case-store.ts'
import { type CaseTables, caseMigrations } from '#research/applications/store/migrations.ts'
import type { Place } from '#research/applications/testing/example-case.ts'
import { procedureIn, proceduresOf } from '#research/applications/testing/example-case.ts'
import { makeCase } from '#research/applications/testing/many-cases.ts'
import type { HarvestedCatalogues } from '#research/catalogue/harvest/reports.ts'
import { openCatalogue } from '#research/catalogue/store/catalogue-store.ts'
import { catalogueMigrations } from '#research/catalogue/store/migrations.ts'
import { corpusGraph, OFFICIAL, OFFICIAL_DATASET } from '#research/catalogue/testing/corpus.ts'
import type { PublicPageOptions } from './public-options.ts'
import { publicPages } from './public-pages.ts'

const MESSAGES = join(import.meta.dirname, '..', '..', '..', 'data', 'messages')
export const NOW = new Date('2031-06-02T09:00:00Z')
const COUNTRY: Place = 'FR'

export type TestPublic = Awaited<ReturnType<typeof testPublic>>

/**
 * @param cases so many, of every fate
 * @param harvests what was harvested before anybody reads
 */
export async function testPublic(cases = 24, harvests?: (database: Database) => Promise<HarvestedCatalogues>) {
  const database = await openDatabase('sqlite::memory:')
  await migrate(database, [...catalogueMigrations, ...caseMigrations])
  const [procedure, procedures] = [await procedureIn(COUNTRY), await proceduresOf(COUNTRY)]
  for (let index = 1; index <= cases; index += 1) {
    const { events } = makeCase(index, procedure, COUNTRY)
    const kysely = database.kysely.$extendTables<CaseTables>()
    const at = events.at(-1)?.at ?? ''
    assert.ok(await inTransaction(kysely, (transaction) => append(transaction, undefined, events, procedure, at)))
  }
  const catalogue = openCatalogue(database, { now: () => NOW })
  const harvested = await harvests?.(database)
  const errors: unknown[] = []
  const options: PublicPageOptions = {
    country: COUNTRY,
    procedures,
    catalogue,
    ...(harvested ? { harvested } : {}),
    register: openCaseLists(database, procedures),
    outside: async () => ({
      environmentAudits: 2,
      auditMeasures: { carriedOut: 3, late: 1, overdue: 4 },
      labels: { b: 1 },
    }),
    messages: (language) => openMessages(MESSAGES, language),
    languages: ['fr', 'en'],
    now: () => NOW,
    onError: (error) => errors.push(error),
  }
  return { app: publicPages(options), options, catalogue, errors, close: () => database.close() }
}

/** Publishes the official example of the profile. */
export async function publishExample({ catalogue }: Pick<TestPublic, 'catalogue'>, source?: string): Promise<void> {
  const published = await catalogue.publish({
    iri: OFFICIAL_DATASET,
    by: 'urn:example|steward',
    graph: await corpusGraph(OFFICIAL),
    ...(source === undefined ? {} : { source }),
  })
  assert.ok(published.ok, JSON.stringify(published))
}

export { OFFICIAL_DATASET, withoutCorpus } from '#research/catalogue/testing/corpus.ts'
