import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { migrate } from '#platform/database/migrate.ts'
import { onEachDatabase, type TestDatabase } from '../../../../test/databases.ts'
import { sameGraph } from '../rdf/canonical.ts'
import { DataFactory, graphOf, iri, type Store, TYPE } from '../rdf/graph.ts'
import { readRdf } from '../rdf/read.ts'
import { splitCatalogue } from '../record/split.ts'
import { openCatalogue } from '../store/catalogue-store.ts'
import { catalogueMigrations } from '../store/migrations.ts'
import { corpusText, OFFICIAL, RELEASE_5_CATALOGUE, withoutCorpus } from '../testing/corpus.ts'
import { acceptedFormat } from './accept.ts'
import { openHarvester } from './harvester.ts'
import { openHarvestReports } from './reports.ts'
import { catalogueServer } from './server.ts'

const ADDRESS = 'https://fr.example.org/catalogue'

async function example(
  number: number,
  title = 'Cross-border oncology EHR cohort 2024',
): Promise<readonly [string, Store]> {
  const dataset = `https://fr.example.org/datasets/${number}`
  const text = corpusText(OFFICIAL)
    .replaceAll('ex:dataset-oncology-ehrs-2024', `<${dataset}>`)
    .replace('Cross-border oncology EHR cohort 2024', title)
    .replace(
      'dct:provenance ex:dataset-provenance ;',
      'dct:provenance [ a dct:ProvenanceStatement ; rdfs:label "Linked."@en ] ;',
    )
  const read = await readRdf(text)
  assert.ok(read.ok)
  return [dataset, read.value]
}

/** A national node with published datasets, two on a page. */
async function nation(database: TestDatabase, count: number) {
  await migrate(database, catalogueMigrations)
  const store = openCatalogue(database)
  const publish = async (number: number, title?: string) => {
    const [dataset, graph] = await example(number, title)
    assert.ok((await store.publish({ iri: dataset, by: 'steward', graph })).ok)
  }
  for (let number = 1; number <= count; number += 1) await publish(number)
  const server = catalogueServer({
    store,
    address: ADDRESS,
    title: { en: 'Catalogue of France', fr: 'Catalogue de la France' },
    description: { en: 'Health datasets.' },
    publisher: { node: 'https://fr.example.org/body', name: 'Health Data Access Body' },
    pageSize: 2,
  })
  return { store, server, publish }
}

const get = (path = '', headers: Readonly<Record<string, string>> = {}) => new Request(ADDRESS + path, { headers })

async function union(database: TestDatabase, fetch: (request: Request) => Promise<Response>, timeoutMs = 600_000) {
  await migrate(database, catalogueMigrations)
  const harvester = openHarvester(database, { fetch, timeoutMs, staleAfter: 2 })
  const reports = openHarvestReports(database, 2)
  return { harvester, reports, store: openCatalogue(database), peer: { source: 'FR', address: ADDRESS } }
}

if (withoutCorpus) describe('harvest', { skip: withoutCorpus }, () => {})
else
  onEachDatabase('harvest', (open, dialect) => {
    it('publishes pages in three forms, with tags and links', async () => {
      const { server, store } = await nation(await open(), 3)
      const first = await server.fetch(get())
      assert.deepEqual([first.status, first.headers.get('content-type')], [200, 'text/turtle; charset=utf-8'])
      const next = /<([^>]*)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
      const graphs = await Promise.all(
        ['text/turtle', 'application/ld+json', 'application/rdf+xml'].map(async (accept) => {
          const page = await server.fetch(get('', { accept }))
          const read = await readRdf(await page.text(), { mediaType: page.headers.get('content-type') ?? '' })
          assert.ok(read.ok, accept)
          return read.value
        }),
      )
      const [turtle, json, xml] = graphs
      assert.ok(turtle && json && xml && sameGraph(turtle, json) && sameGraph(turtle, xml))
      const { datasets, catalogs, unattached } = splitCatalogue(turtle)
      assert.deepEqual([catalogs, datasets.length, unattached.size > 0], [[ADDRESS], 2, true])
      const stored = await store.find('https://fr.example.org/datasets/1')
      assert.ok(stored && datasets[0] && datasets[0].graph.size > 200)

      const second = await server.fetch(new Request(next))
      assert.equal(second.headers.get('link')?.includes('rel="next"'), false)
      const etag = first.headers.get('etag') ?? ''
      assert.equal((await server.fetch(get('', { 'if-none-match': `W/"x", ${etag}` }))).status, 304)
      const head = await server.fetch(new Request(ADDRESS, { method: 'HEAD' }))
      assert.deepEqual([head.status, head.headers.get('etag'), await head.text()], [200, etag, ''])
      const one = await server.fetch(get(`/dataset?iri=${encodeURIComponent('https://fr.example.org/datasets/2')}`))
      assert.equal(one.status, 200)
    })

    it('gives a page another tag when anything on it changes, and the same words for the same tag', async () => {
      const { server, publish } = await nation(await open(), 2)
      const seen = async () => {
        const page = await server.fetch(get())
        return [page.headers.get('etag'), await page.text()] as const
      }
      const [first, again] = [await seen(), await seen()]
      assert.deepEqual(first, again)
      await publish(2, 'Renamed')
      const renamed = await seen()
      assert.notEqual(renamed[0], first[0])
      assert.ok(renamed[1].includes('Renamed') && !first[1].includes('Renamed'))
      await publish(3)
      assert.notEqual((await seen())[0], renamed[0])
      const dataset = `/dataset?iri=${encodeURIComponent('https://fr.example.org/datasets/1')}`
      const tags = await Promise.all(
        ['', dataset].flatMap((path) =>
          ['text/turtle', 'application/rdf+xml'].map(async (accept) =>
            (await server.fetch(get(path, { accept }))).headers.get('etag'),
          ),
        ),
      )
      assert.equal(new Set(tags).size, 4)
    })

    it('shows drafts and withdrawn descriptions to nobody, and refuses what it does not serve', async () => {
      const { server, store } = await nation(await open(), 1)
      const [dataset, graph] = await example(9)
      await store.saveDraft({ iri: dataset, by: 'steward', graph })
      assert.equal((await server.fetch(get(`/dataset?iri=${encodeURIComponent(dataset)}`))).status, 404)
      const statuses = await Promise.all(
        [
          get('', { accept: 'text/html' }),
          get('/nothing'),
          new Request(ADDRESS, { method: 'POST', body: 'x' }),
          get('/dataset'),
          get('?after=%00%ff'),
          get('/dataset?iri=%00&source=%00'),
        ].map(async (request) => (await server.fetch(request)).status),
      )
      assert.deepEqual(statuses, [406, 404, 405, 404, 200, 404])
    })

    it('the Union gets every dataset once; again changes nothing; changes arrive; what is gone is marked', async () => {
      const { server, publish, store: national } = await nation(await open(), 3)
      const database = await open()
      const { harvester, reports, store, peer } = await union(database, server.fetch)
      const first = await harvester.harvest(peer)
      assert.deepEqual([first.outcome, first.valid, first.invalid, first.unchanged], ['complete', 3, 0, 0])
      const source = await national.find('https://fr.example.org/datasets/2')
      const harvested = await store.find('https://fr.example.org/datasets/2', 'FR')
      assert.ok(source && harvested && harvested.state === 'published' && harvested.conformsToRelease === 'r8')
      assert.deepEqual((await store.search({ source: 'FR', text: 'oncology' })).total, 3)

      const again = await harvester.harvest(peer)
      assert.deepEqual([again.valid, again.unchanged], [0, 3])
      assert.equal((await store.versions('https://fr.example.org/datasets/2', 'FR')).length, 1)
      // Another process, which has judged nothing yet.
      const other = openHarvester(database, { fetch: server.fetch, staleAfter: 2 })
      assert.deepEqual((await other.harvest(peer)).unchanged, 3)

      await publish(2, 'Renamed')
      await national.withdraw({ iri: 'https://fr.example.org/datasets/3', by: 'steward', reason: 'Closed.' })
      const changed = await harvester.harvest(peer)
      assert.deepEqual([changed.valid, changed.unchanged, changed.stale], [1, 1, 0])
      const stale = await harvester.harvest(peer)
      const gone = 'https://fr.example.org/datasets/3'
      const found = await reports.stale({ source: 'FR' })
      assert.deepEqual([stale.stale, found.total, found.datasets.map(({ iri }) => iri)], [1, 1, [gone]])
      assert.equal(found.datasets[0]?.title, 'Cross-border oncology EHR cohort 2024')
      const marks = await reports.marks([
        { source: 'FR', iri: gone },
        { source: 'FR', iri: 'https://fr.example.org/datasets/2' },
      ])
      assert.deepEqual(marks({ source: 'FR', iri: gone }), { staleSince: found.datasets[0]?.seen, isOutdated: false })
      assert.equal(marks({ source: 'FR', iri: 'https://fr.example.org/datasets/2' }), undefined)
      await publish(3)
      assert.equal((await harvester.harvest(peer)).stale, 0)
      assert.equal((await reports.stale()).total, 0)
      assert.equal((await reports.runs('FR')).length >= 1, true)
    })

    it('descriptions of different years that name the same body do not spoil each other', async () => {
      const { server, store } = await nation(await open(), 1)
      const [dataset, graph] = await example(2)
      const renewed = graphOf(
        graph.getQuads(null, null, null, null).map((quad) => {
          const isContact = quad.object.value.endsWith('/hdab-contact-point')
          return isContact ? DataFactory.quad(quad.subject, quad.predicate, DataFactory.blankNode('new')) : quad
        }),
      )
      renewed.addQuad(DataFactory.blankNode('new'), TYPE, DataFactory.namedNode(iri('cv:ContactPoint')))
      renewed.addQuad(
        DataFactory.blankNode('new'),
        DataFactory.namedNode(iri('cv:email')),
        DataFactory.literal('new@example.org'),
      )
      assert.ok((await store.publish({ iri: dataset, by: 'steward', graph: renewed })).ok)
      const { harvester, store: european, peer } = await union(await open(), server.fetch)
      const report = await harvester.harvest(peer)
      assert.deepEqual([report.valid, report.invalid], [2, 0])
      for (const number of [1, 2]) {
        const found = await european.find(`https://fr.example.org/datasets/${number}`, 'FR')
        assert.equal(found?.record().hdab?.contactPoint?.email?.[0]?.value, 'new@example.org')
      }
    })

    it('one wrong dataset is kept out with its reasons, its last right version stays, the others get in', async () => {
      const { server } = await nation(await open(), 2)
      let breaking = false
      const fetch = async (request: Request) => {
        const response = await server.fetch(request)
        if (!breaking) return response
        const text = (await response.text()).replace(
          /(<https:\/\/fr\.example\.org\/datasets\/2> a dcat:Dataset ;[\s\S]*?)dct:identifier [^;]*;/,
          '$1',
        )
        return new Response(text, { headers: { 'content-type': 'text/turtle' } })
      }
      const { harvester, reports, store, peer } = await union(await open(), fetch)
      await harvester.harvest(peer)
      breaking = true
      const report = await harvester.harvest(peer)
      assert.deepEqual([report.outcome, report.invalid, report.unchanged], ['complete', 1, 1])
      const again = await harvester.harvest(peer)
      assert.deepEqual([again.outcome, again.invalid, again.unchanged], ['complete', 1, 1])
      const [invalid] = (await reports.invalid({ source: 'FR' })).datasets
      const marks = await reports.marks([{ source: 'FR', iri: 'https://fr.example.org/datasets/2' }])
      assert.equal(marks({ source: 'FR', iri: 'https://fr.example.org/datasets/2' })?.isOutdated, true)
      assert.equal(invalid?.iri, 'https://fr.example.org/datasets/2')
      assert.deepEqual(
        invalid.problems.map(({ property, kind }) => `${kind} ${property}`),
        ['missing dct:identifier'],
      )
      assert.equal((await store.find('https://fr.example.org/datasets/2', 'FR'))?.state, 'published')
      breaking = false
      const mended = await harvester.harvest(peer)
      assert.deepEqual([mended.invalid, mended.unchanged, (await reports.invalid()).total], [0, 2, 0])
    })

    it('a peer may hang, fail, send garbage, half a page, a ring of pages or another host: it is told, and nothing is marked', async () => {
      const { server } = await nation(await open(), 3)
      const answer = { how: async (request: Request) => server.fetch(request) }
      const database = await open()
      const fetch = (request: Request) => answer.how(request)
      const { harvester, store, peer } = await union(database, fetch, 600_000)
      const { harvester: impatient } = await union(database, fetch, 50)
      const whole = await (await server.fetch(get())).text()
      const turtle = (body: string | ReadableStream, headers: Readonly<Record<string, string>> = {}) =>
        new Response(body, { headers: { 'content-type': 'text/turtle', ...headers } })
      const onSecond = (broken: () => Promise<Response> | Response) => async (request: Request) =>
        request.url.includes('after=') ? broken() : server.fetch(request)
      const never = new Promise<Response>(() => undefined)
      const trickle = () =>
        turtle(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('@prefix')) }))
      const dying = () => turtle(new ReadableStream({ pull: (controller) => controller.error(new Error('reset')) }))
      const cases: readonly (readonly [string, string, (request: Request) => Promise<Response>])[] = [
        ['failed', 'harvest-timeout', () => never],
        ['failed', 'harvest-timeout', async () => trickle()],
        ['failed', 'harvest-unreachable', () => Promise.reject(new TypeError('fetch failed'))],
        ['failed', 'harvest-refused', async () => new Response('no', { status: 500 })],
        [
          'failed',
          'harvest-refused',
          async () => new Response(null, { status: 302, headers: { location: 'http://10.0.0.1/' } }),
        ],
        ['failed', 'rdf-format-unknown', async () => new Response('<html>Login</html>')],
        ['failed', 'rdf-syntax', async () => turtle(whole.slice(0, whole.length / 2))],
        ['failed', 'harvest-broken-off', async () => turtle(whole, { 'content-length': '999999' })],
        ['partial', 'harvest-broken-off', onSecond(dying)],
        ['partial', 'rdf-syntax', onSecond(() => turtle('\u0000\u0001 garbage'))],
        ['partial', 'harvest-endless', onSecond(() => turtle(whole, { link: `<${ADDRESS}>; rel="next"` }))],
      ]
      for (const [outcome, code, how] of cases) {
        answer.how = how
        const report = await (code === 'harvest-timeout' ? impatient : harvester).harvest(peer)
        assert.deepEqual([report.outcome, report.problem?.code, report.stale], [outcome, code, 0], how.toString())
      }
      answer.how = async () =>
        turtle(whole.replace(/hydra:next <[^>]*>/, 'hydra:next <https://elsewhere.example.org/>'))
      assert.equal((await harvester.harvest(peer)).outcome, 'complete')
      answer.how = async (request) => server.fetch(request)
      const report = await harvester.harvest(peer)
      assert.deepEqual([report.outcome, (await store.search({ source: 'FR' })).total], ['complete', 3])
    })

    it('tells what nobody keeps, and asks all peers at once', async () => {
      const { server } = await nation(await open(), 1)
      const fetch = async (request: Request) => {
        if (request.url.startsWith('https://pt.')) throw new TypeError('fetch failed')
        const text = await (await server.fetch(request)).text()
        const more = `\n[] a dcat:Dataset ; dct:title "No name" .\n<https://x.org/lost> dct:title "Lost" .\n`
        return new Response(text + more, { headers: { 'content-type': 'text/turtle' } })
      }
      const database = await open()
      const { harvester, peer } = await union(database, fetch)
      const peers = [{ source: 'PT', address: 'https://pt.example.org/catalogue' }, peer]
      const read = await readRdf(await (await fetch(get())).text())
      assert.ok(read.ok)
      const left = splitCatalogue(read.value).unattached
      assert.ok(left.countQuads('https://x.org/lost', null, null, null) === 1)
      const [portugal, france] = await harvester.harvestAll(peers)
      assert.deepEqual([portugal?.outcome, portugal?.problem?.code], ['failed', 'harvest-unreachable'])
      assert.deepEqual(
        [france?.outcome, france?.valid, france?.unnamed, france?.unattached],
        ['complete', 1, 1, left.size],
      )
      const [kept] = await openHarvestReports(database).runs('FR')
      assert.deepEqual([kept?.unnamed, kept?.unattached, kept?.valid], [1, left.size, 1])
    })

    it('a source that is down for long is told with its last complete harvest, and its reports do not pile up', async () => {
      const { server } = await nation(await open(), 1)
      const database = await open()
      await migrate(database, catalogueMigrations)
      const reports = openHarvestReports(database)
      let minute = 0
      let down = false
      const harvester = openHarvester(database, {
        now: () => new Date(Date.UTC(2031, 0, 1) + minute * 60_000),
        fetch: async (request) => (down ? new Response('no', { status: 503 }) : server.fetch(request)),
      })
      await harvester.harvest({ source: 'FR', address: ADDRESS })
      down = true
      for (minute = 1; minute <= 1005; minute += 1) await harvester.harvest({ source: 'FR', address: ADDRESS })
      const [france, ...others] = await reports.sources()
      assert.deepEqual([france?.source, others], ['FR', []])
      assert.deepEqual([france?.last.outcome, france?.last.problem?.code], ['failed', 'harvest-refused'])
      assert.deepEqual([france?.lastComplete?.valid, france?.lastComplete?.ended], [1, '2031-01-01T00:00:00.000Z'])
      assert.ok((await reports.runs('FR')).length <= 1001)
    })

    it('the Union publishes what it has harvested; a nation publishes its own only', async () => {
      const { server } = await nation(await open(), 1)
      const { harvester, store, peer } = await union(await open(), server.fetch)
      await harvester.harvest(peer)
      const common = {
        store,
        address: 'https://eu.example.org/catalogue',
        title: { en: 'Europe' },
        description: { en: 'All.' },
        publisher: { node: 'https://eu.example.org/body', name: 'Union' },
      }
      const dataset = `dataset?source=FR&iri=${encodeURIComponent('https://fr.example.org/datasets/1')}`
      for (const [source, count, status] of [
        ['all', 1, 200],
        ['own', 0, 404],
      ] as const) {
        const published = catalogueServer({ ...common, source })
        const read = await readRdf(await (await published.fetch(new Request(common.address))).text())
        assert.ok(read.ok && splitCatalogue(read.value).datasets.length === count, source)
        assert.equal((await published.fetch(new Request(`${common.address}/${dataset}`))).status, status)
      }
    })

    it('a catalogue of release 5 is taken in with reasons for each dataset', {
      skip: dialect !== 'sqlite',
    }, async () => {
      const text = corpusText(RELEASE_5_CATALOGUE)
      const { harvester, reports, peer } = await union(
        await open(),
        async () => new Response(text, { headers: { 'content-type': 'text/turtle' } }),
      )
      const report = await harvester.harvest(peer)
      assert.deepEqual([report.outcome, report.valid, report.invalid], ['complete', 0, 21])
      const { total, datasets } = await reports.invalid({ source: 'FR' })
      assert.ok(total === 21 && datasets.length === 21 && datasets.every(({ problems }) => problems.length > 0))
      const paged: string[] = []
      let after: string | undefined
      do {
        const page = await reports.invalid({ limit: 8, ...(after === undefined ? {} : { after }) })
        paged.push(...page.datasets.map(({ iri }) => iri))
        after = page.next
      } while (after !== undefined)
      assert.deepEqual(
        paged,
        datasets.map(({ iri }) => iri),
      )
    })
  })

describe('the form that is asked for', () => {
  it('follows Accept', () => {
    const cases = [
      [null, 'turtle'],
      ['*/*', 'turtle'],
      ['application/*', 'json-ld'],
      ['application/rdf+xml', 'rdf-xml'],
      ['text/turtle;q=0.2, application/ld+json;q=0.9', 'json-ld'],
      ['text/html, */*;q=0.1', 'turtle'],
      ['application/n-triples', 'turtle'],
      ['text/turtle;q=0, application/rdf+xml;q=0.5', 'rdf-xml'],
      ['text/html', undefined],
      ['nonsense;;;q=x', undefined],
    ] as const
    for (const [accept, format] of cases) assert.equal(acceptedFormat(accept), format, String(accept))
  })
})
