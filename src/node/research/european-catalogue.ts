/** The catalogue of the Union's node (EHDS Art. 79): what the national ones publish, as a page for people and as DCAT for programs. */
import { Hono } from 'hono'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { html } from '#platform/html/html.ts'
import type { Log } from '#platform/log/log.ts'
import type { Peer } from '#research/catalogue/harvest/harvester.ts'
import { catalogueServer } from '#research/catalogue/harvest/server.ts'
import { openCatalogue } from '#research/catalogue/store/catalogue-store.ts'
import { catalogueMigrations } from '#research/catalogue/store/migrations.ts'
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
  readonly peers: () => Promise<readonly Peer[]>
  readonly log: Log
  readonly everyMs?: number
}

const MOST_SHOWN = 200

export async function openEuropeanCatalogue(parts: EuropeanCatalogueParts): Promise<EuropeanCatalogue> {
  const { origin, peers, log, everyMs } = parts
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
  pages.get('/catalogue', async (context) => {
    const text = context.req.query('q') ?? ''
    const { total, records } = await store.search({ text, limit: MOST_SHOWN })
    const rows = records.map(
      ({ source, title, iri }) => html`<tr><th scope="row">${title}</th><td>${source}</td><td>${iri}</td></tr>`,
    )
    return context.html(
      html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>European catalogue</title></head>
<body><main><h1>Health datasets of Europe</h1><form><label>Words <input name="q" value="${text}"></label> <button>Search</button></form>
<table><caption>${String(total)} datasets</caption><thead><tr><th scope="col">Dataset</th><th scope="col">Country</th><th scope="col">Address</th></tr></thead>
<tbody>${rows}</tbody></table></main></body></html>`,
    )
  })
  return {
    pages,
    async close() {
      await harvests.close()
      await database.close()
    },
  }
}
