import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { caseIdOf } from '#research/applications/testing/many-cases.ts'
import { composeLabel } from '#research/catalogue/label/compose.ts'
import { withLabel } from '#research/catalogue/label/in-description.ts'
import { readRdf } from '#research/catalogue/rdf/read.ts'
import { cataloguePages } from './catalogue-pages.ts'
import { publicPages } from './public-pages.ts'
import { OFFICIAL_DATASET, publishExample, type TestPublic, testPublic, withoutCorpus } from './test-public.ts'

let pages: TestPublic
before(async () => {
  pages = await testPublic(60)
})
after(async () => {
  assert.deepEqual(pages.errors, [])
  await pages.close()
})

async function get(path: string, language = 'en') {
  const answer = await pages.app.request(path, { headers: { 'accept-language': language } })
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}

describe('the register', () => {
  it('shows a page at a time, newest first, and every entry once', async () => {
    const seen: string[] = []
    let path: string | undefined = '/register'
    for (let page = 0; path && page < 9; page += 1) {
      const { text }: { readonly text: string } = await get(path)
      seen.push(...[...text.matchAll(/href="\/register\/([0-9a-f-]{36})"/g)].map(([, id]) => id ?? ''))
      path = /class="btn other" href="(\/register\?before=[^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
    }
    assert.equal(seen.length, 60)
    assert.equal(new Set(seen).size, 60)
  })

  it('tells a refusal with its reasons, and a permit with its time', async () => {
    const refused = await get(`/register/${caseIdOf(7)}`)
    assert.match(refused.text, /Why it was refused<\/h3><p>Not proportionate\./)
    const granted = await get(`/register/${caseIdOf(1)}`)
    assert.match(granted.text, /permit granted/)
    assert.match(granted.text, /What was granted<\/h3><p>Granted\./)
    assert.match(granted.text, /results|Results published on/)
  })

  it('says that one may opt out without a reason, and to whom one turns; the catalogue leads there', async () => {
    const { text } = await get('/register')
    const [, section = ''] = /<section class="block" id="opt-out">([\s\S]*?)<\/section>/.exec(text) ?? []
    assert.match(section, /without giving a reason[\s\S]*Article 71[\s\S]*Tell Body of FR/)
    assert.match((await get('/register', 'fr')).text, /sans donner de motif[\s\S]*Adressez-vous[\s\S]*Body of FR/)
    assert.match((await get('/catalogue')).text, /href="\/register#opt-out">Your right to say no</)
    const alone = cataloguePages({ ...pages.options, country: 'EU' })
    assert.doesNotMatch(await (await alone.request('/catalogue')).text(), /opt-out/)
  })

  it('names no natural person', async () => {
    const { text } = await get(`/register/${caseIdOf(4)}`)
    assert.equal((await get(`/register/${caseIdOf(4)}`)).status, 200)
    assert.doesNotMatch(text, /Ada Example|Max Example|University of Lille/)
  })

  it('has no page for what is not in it', async () => {
    for (const path of ['/register/nothing', `/register/${caseIdOf(9999)}`, '/register/a/b']) {
      assert.equal((await get(path)).status, 404, path)
    }
  })
})

describe('the activity report', () => {
  it('has the numbers of the period, also for spreadsheets, in both languages', async () => {
    const { text } = await get('/register/report?from=2029-01-01&to=2031-06-01')
    const received = Number(/Applications for a permit<\/th><td>(\d+)/.exec(text)?.[1])
    const csv = await get('/register/report.csv?from=2029-01-01&to=2031-06-01')
    assert.equal(Number(/"received","applications",(\d+)/.exec(csv.text)?.[1]), received)
    assert.ok(received > 40)
    assert.match(csv.headers.get('content-disposition') ?? '', /activity-2029-01-01-2031-06-01\.csv/)
    for (const line of ['"audits",2', '"measures",3', '"measuresLate",1', '"measuresOverdue",4']) {
      assert.ok(csv.text.includes(`"supervision",${line}\r\n`), line)
    }
    assert.match((await get('/register/report?from=2029-01-01&to=2031-06-01', 'fr')).text, /Demandes d’autorisation/)
  })

  it('is made once a minute for a period, however often it is asked for', async () => {
    let made = 0
    let now = new Date('2031-06-02T09:00:00Z')
    const { register } = pages.options
    const app = publicPages({
      ...pages.options,
      now: () => now,
      register: {
        register: register.register,
        allEvents() {
          made += 1
          return register.allEvents()
        },
      },
    })
    const path = '/register/report?from=2029-01-01&to=2029-12-31'
    await Promise.all([app.request(path), app.request(path), app.request(path.replace('report', 'report.csv'))])
    assert.equal(made, 1)
    await app.request('/register/report?from=2030-01-01&to=2030-12-31')
    assert.equal(made, 2)
    now = new Date('2031-06-02T09:02:00Z')
    await app.request(path)
    assert.equal(made, 3)
  })

  it('leads a wrong period to its field', async () => {
    for (const query of ['from=2031-01-01&to=2029-01-01', 'from=x', 'to=2029-02-30', 'from=1900-01-01']) {
      const { status, text } = await get(`/register/report?${query}`)
      assert.equal(status, 400, query)
      assert.match(text, /href="#from"/)
    }
  })
})

describe('the catalogue', { skip: withoutCorpus }, () => {
  before(() => publishExample(pages))

  it('finds by words and by facets, and keeps what was chosen', async () => {
    assert.match((await get('/catalogue?q=oncology')).text, /1 dataset</)
    assert.match((await get('/catalogue?q=nothingofthesort')).text, /No dataset has all of these/)
    const narrowed = await get('/catalogue?q=onco&country=BEL&country=XXX')
    assert.match(narrowed.text, /value="BEL" checked/)
    assert.match(narrowed.text, /value="XXX" checked/)
    assert.match(narrowed.text, /Belgium/)
    assert.match((await get('/catalogue?access=nothing')).text, /0 datasets/)
  })

  it('shows what a dataset holds, who holds it and how to apply', async () => {
    const { status, text } = await get(`/catalogue/dataset?iri=${encodeURIComponent(OFFICIAL_DATASET)}`)
    assert.equal(status, 200)
    assert.match(text, /1\s850\s000/)
    assert.match(text, /\/research\/applications\/new\?dataset=https%3A%2F%2F/)
    for (const heading of ['Variables', 'Quality and utility label', 'Who holds it', 'About this description']) {
      assert.ok(text.includes(heading), heading)
    }
  })

  it('gives the description in the three forms', async () => {
    const own = await pages.catalogue.find(OFFICIAL_DATASET)
    for (const format of ['turtle', 'json-ld', 'rdf-xml']) {
      const { text } = await get(`/catalogue/dataset.rdf?iri=${encodeURIComponent(OFFICIAL_DATASET)}&format=${format}`)
      const read = await readRdf(text)
      assert.ok(read.ok && read.value.size === own?.graph().size, format)
    }
    assert.equal((await get(`/catalogue/dataset.rdf?iri=${encodeURIComponent(OFFICIAL_DATASET)}`)).status, 404)
  })

  it('shows the label element by element, with how it is known', async () => {
    const stored = await pages.catalogue.find(OFFICIAL_DATASET)
    assert.ok(stored)
    const sources = {
      record: stored.record(),
      provision: { medianDays: 41 },
      stated: { biasExamination: [{ value: 'Ages were compared.', language: 'en' }] },
    }
    const graph = withLabel(stored.graph(), OFFICIAL_DATASET, composeLabel(sources, '2031-05-01'))
    const published = await pages.catalogue.publish({ iri: OFFICIAL_DATASET, by: 'x|y', graph })
    assert.ok(published.ok, JSON.stringify(published))
    const { text } = await get(`/catalogue/dataset?iri=${encodeURIComponent(OFFICIAL_DATASET)}`)
    assert.match(text, /Issued on 01 May 2031/)
    assert.match(text, /41 days <span class="tag good">measured/)
    assert.match(text, /5 variables <span class="tag">described/)
    assert.match(text, /Ages were compared\. <span class="tag">stated by the holder/)
    assert.match(text, /Nothing is known of: .*Completeness/)
  })

  it('does not show what is withdrawn or unknown', async () => {
    const iri = OFFICIAL_DATASET
    const withdrawn = await pages.catalogue.withdraw({ iri, by: 'x|y', reason: 'Closed.' })
    assert.ok(withdrawn.ok)
    assert.equal((await get(`/catalogue/dataset?iri=${encodeURIComponent(iri)}`)).status, 404)
    assert.equal((await get('/catalogue/dataset?iri=urn:none')).status, 404)
    assert.equal((await get('/catalogue/elsewhere')).status, 404)
  })
})
