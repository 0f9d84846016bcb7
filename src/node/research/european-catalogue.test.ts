/** The Union's catalogue over real connections: pages and DCAT, with a source that answers and one that is down. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { getRequestListener } from '@hono/node-server'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { createLog } from '#platform/log/log.ts'
import { catalogueServer } from '#research/catalogue/harvest/server.ts'
import { openCatalogue } from '#research/catalogue/store/catalogue-store.ts'
import { catalogueMigrations } from '#research/catalogue/store/migrations.ts'
import { corpusGraph, OFFICIAL, OFFICIAL_DATASET, withoutCorpus } from '#research/catalogue/testing/corpus.ts'
import { until } from '../../../test/faults/processes.ts'
import { type EuropeanCatalogue, openEuropeanCatalogue } from './european-catalogue.ts'

const DATA = join(import.meta.dirname, '..', '..', '..', 'data')
const DATASET = `iri=${encodeURIComponent(OFFICIAL_DATASET)}&source=PT`
const log = createLog({ level: 'silent', name: 'EU' })

describe('the European catalogue', { skip: withoutCorpus }, () => {
  const closing: (() => Promise<void>)[] = []
  let union: EuropeanCatalogue
  let withdraw: () => Promise<unknown>

  before(async () => {
    const database = await openDatabase('sqlite::memory:')
    await migrate(database, catalogueMigrations)
    const store = openCatalogue(database)
    assert.ok((await store.publish({ iri: OFFICIAL_DATASET, by: 'x|steward', graph: await corpusGraph(OFFICIAL) })).ok)
    withdraw = () => store.withdraw({ iri: OFFICIAL_DATASET, by: 'x|steward', reason: 'Closed.' })
    let answer: (request: Request) => Response | Promise<Response> = () => new Response(null, { status: 503 })
    const server = createServer(getRequestListener((request) => answer(request)))
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const at = server.address()
    assert.ok(at && typeof at === 'object')
    const origin = `http://127.0.0.1:${at.port}`
    const national = catalogueServer({
      ...{ store, address: `${origin}/dcat`, title: { en: 'Portugal' }, description: { en: 'Datasets.' } },
      publisher: { node: `${origin}/dcat#body`, name: 'Body' },
    })
    answer = (request) =>
      new URL(request.url).pathname.startsWith('/dcat')
        ? national.fetch(request)
        : new Response('Down for maintenance.', { status: 503 })
    union = await openEuropeanCatalogue({
      ...{ database: 'sqlite::memory:', origin: 'https://eu.example.org', data: DATA, log, everyMs: 10 },
      peers: async () => [
        { source: 'PT', address: `${origin}/dcat` },
        { source: 'EE', address: `${origin}/nothing` },
      ],
    })
    closing.push(union.close, database.close, async () => {
      server.closeAllConnections()
      server.close()
    })
  })
  after(async () => {
    for (const close of closing) await close()
  })

  const text = async (path: string) => {
    const answer = await union.pages.request(path, { headers: { 'accept-language': 'en' } })
    assert.equal(answer.status, 200, path)
    return answer.text()
  }
  const turtle = () => union.pages.request(`/dcat/dataset?${DATASET}`, { headers: { accept: 'text/turtle' } })

  it('has the datasets of the countries, and pages of nothing that the Union does not do', async () => {
    await until('the dataset is there', async () => /1 dataset</.test(await text('/catalogue')))
    const page = await text(`/catalogue/dataset?${DATASET}`)
    assert.match(page, /HealthData@EU European Union/)
    assert.match(page, /How to use these data/)
    for (const own of ['/register', '/research']) assert.ok(!page.includes(`href="${own}`), own)
    assert.equal((await union.pages.request('/register')).status, 404)
    assert.equal((await union.pages.request('/catalogue/elsewhere')).status, 404)
  })

  it('tells how every country was harvested', async () => {
    await until('both were asked', async () => /refused to answer/.test(await text('/catalogue/harvests')))
    const page = await text('/catalogue/harvests')
    assert.match(page, />Portugal<\/a>.*>complete</s)
    assert.match(page, />Estonia<\/a>.*failed, nothing was received.*no complete harvest yet/s)
  })

  it('marks what a country no longer lists on its pages, and says the same in DCAT as before', async () => {
    const before = await (await turtle()).text()
    assert.doesNotMatch(await text(`/catalogue/dataset?${DATASET}`), /No longer listed/)
    await withdraw()
    const isMarked = async () => /No longer listed.*\(Portugal\)/s.test(await text(`/catalogue/dataset?${DATASET}`))
    await until('it is marked', isMarked)
    assert.match(await text('/catalogue'), /No longer listed/)
    assert.match(await text('/catalogue/harvests'), /1 dataset is no longer listed/)
    assert.equal(await (await turtle()).text(), before)
  })
})
