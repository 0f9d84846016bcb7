/** The catalogue of the Union's node (EHDS Art. 79): what the national ones publish, as pages for people and as DCAT for programs. */
import { Hono } from 'hono'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import type { Log } from '#platform/log/log.ts'
import { cataloguePages } from '#portal/public/catalogue-pages.ts'
import { type HarvestedCatalogues, openHarvestReports } from '#research/catalogue/harvest/reports.ts'
import { catalogueServer } from '#research/catalogue/harvest/server.ts'
import { openCatalogue } from '#research/catalogue/store/catalogue-store.ts'
import { catalogueMigrations } from '#research/catalogue/store/migrations.ts'
import { portalWords } from '../portal-words.ts'
import { keepHarvesting } from './harvests.ts'
import { DCAT_PATH } from './paths.ts'

export interface EuropeanCatalogue {
  /** Answers `/catalogue` and `/dcat`. */
  readonly pages: Hono
  close(): Promise<void>
}

export interface EuropeanCatalogueParts {
  readonly database: string
  /** Of the public pages. */
  readonly origin: string
  readonly peers: HarvestedCatalogues['peers']
  /** Folder of the data that ships with Tessera. */
  readonly data: string
  readonly log: Log
  readonly everyMs?: number
}

/** Those that have every word of the catalogue's pages. */
const LANGUAGES = { portalLanguage: 'en', languages: ['en', 'fr'] }

export async function openEuropeanCatalogue(parts: EuropeanCatalogueParts): Promise<EuropeanCatalogue> {
  const { origin, peers, data, log, everyMs } = parts
  const database = await openDatabase(parts.database)
  await migrate(database, catalogueMigrations)
  const store = openCatalogue(database)
  const harvests = keepHarvesting({ database, peers, log, ...(everyMs === undefined ? {} : { everyMs }) })
  const server = catalogueServer({
    store,
    address: `${origin}${DCAT_PATH}`,
    source: 'all',
    title: { en: 'Health datasets of Europe' },
    description: { en: 'Datasets for secondary use, as the Member States publish them (EHDS Art. 79).' },
    publisher: { node: `${origin}${DCAT_PATH}#union`, name: 'Central services of the demonstration' },
  })
  const pages = new Hono()
  pages.all(DCAT_PATH, (context) => server.fetch(context.req.raw))
  pages.all(`${DCAT_PATH}/*`, (context) => server.fetch(context.req.raw))
  pages.route(
    '/',
    cataloguePages({
      ...portalWords(data, LANGUAGES),
      country: 'EU',
      catalogue: store,
      harvested: { reports: openHarvestReports(database), peers },
      onError: (error) => log.failure('page-failed', error),
    }),
  )
  return {
    pages,
    async close() {
      await harvests.close()
      await database.close()
    },
  }
}
