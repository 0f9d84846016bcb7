/** What harvests left is shown to everybody: who is down, what was kept out and why, what is no longer listed. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openMessages } from '#platform/i18n/messages.ts'
import type { HarvestProblemCode } from '#research/catalogue/harvest/pages.ts'
import { publicPages } from './public-pages.ts'
import { harvestExamples, KEPT, NEVER_VALID, PERSON, SPOILT, VANISHED } from './test-harvests.ts'
import { type TestPublic, testPublic, withoutCorpus } from './test-public.ts'

/** Complete by its type. */
const HOW_HARVESTS_END: Readonly<Record<HarvestProblemCode, true>> = {
  'harvest-broken-off': true,
  'harvest-endless': true,
  'harvest-refused': true,
  'harvest-timeout': true,
  'harvest-unreachable': true,
  'rdf-address-unfit': true,
  'rdf-context-refused': true,
  'rdf-doctype-refused': true,
  'rdf-encoding': true,
  'rdf-format-unknown': true,
  'rdf-not-in-xml': true,
  'rdf-syntax': true,
  'rdf-too-deep': true,
  'rdf-too-large': true,
}

it('has words for every way in which a harvest ends', () => {
  const messages = openMessages(join(import.meta.dirname, '..', '..', '..', 'data', 'messages'), 'en')
  const missing = Object.keys(HOW_HARVESTS_END).filter(
    (code) => !messages.has(`catalogue.page.harvest.problem.${code}`),
  )
  assert.deepEqual(missing, [])
})

describe('harvests', { skip: withoutCorpus }, () => {
  let pages: TestPublic
  before(async () => {
    pages = await testPublic(1, harvestExamples)
  })
  after(async () => {
    assert.deepEqual(pages.errors, [])
    await pages.close()
  })
  const get = async (path: string, language = 'en') => {
    const answer = await pages.app.request(path, { headers: { 'accept-language': language } })
    return { status: answer.status, text: await answer.text() }
  }
  const datasetPage = (iri: string, language = 'en') =>
    get(`/catalogue/dataset?iri=${encodeURIComponent(iri)}&source=PT`, language)
  const row = (text: string, country: string) =>
    text.split('<tr>').find((one) => one.includes(`>${country}</a>`)) ?? assert.fail(country)

  it('a list of datasets marks what is no longer listed and what is older, with a sentence, and nothing else', async () => {
    const { text } = await get('/catalogue')
    const articles = new Map(
      text
        .split('<article>')
        .slice(1)
        .map((one) => [/Cohort ([\w-]+)/.exec(one)?.[1], one]),
    )
    assert.deepEqual([...articles.keys()].sort(), ['kept', 'spoilt', 'vanished'])
    assert.match(articles.get('vanished') ?? '', /tag warn">No longer listed<.*\(Portugal\).*last seen on 10 May 2031/)
    assert.match(articles.get('spoilt') ?? '', /tag warn">Older version<.*\(Portugal\) does not follow the profile/)
    assert.doesNotMatch(articles.get('spoilt') ?? '', /No longer listed/)
    assert.doesNotMatch(articles.get('kept') ?? '', /tag warn/)
    assert.match(text, /href="\/catalogue\/harvests"/)
  })

  it('the page of a dataset says the same, and leads to the reasons', async () => {
    assert.match(
      (await datasetPage(VANISHED)).text,
      /role="note"><p class="alert-title">No longer listed<.*10 May 2031/,
    )
    assert.match((await datasetPage(VANISHED, 'fr')).text, /N’est plus répertorié<.*10\.05\.2031/)
    const { text } = await datasetPage(SPOILT)
    const way = /href="([^"]*harvests[^"]*dataset[^"]*)">Why the newer description was kept out/.exec(text)?.[1] ?? ''
    const reasons = await get(way.replaceAll('&amp;', '&'))
    assert.equal(reasons.status, 200)
    assert.match(reasons.text, /“Identifier” is missing in the dataset/)
    assert.doesNotMatch((await datasetPage(KEPT)).text, /alert warning/)
  })

  it('every source is told: how its last harvest ended, whatever happened to it', async () => {
    const { status, text } = await get('/catalogue/harvests')
    assert.equal(status, 200)
    const cells = [...row(text, 'Portugal').matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell]) => cell)
    assert.match(cells[0] ?? '', /13 May 2031 00:00<\/time> UTC.*tag good">complete/s)
    assert.deepEqual(cells.slice(1), ['0', '1', '2', '1'])
    assert.match(row(text, 'Portugal'), /https:\/\/pt\.example\.org\/dcat/)
    assert.match(row(text, 'Estonia'), /failed, nothing was received.*cannot be reached.*no complete harvest yet/s)
    assert.match(row(text, 'Greece'), /not harvested yet/)
    assert.match(row(text, 'Germany'), /no longer on the Union’s list.*error of syntax/s)
    assert.match((await get('/catalogue/harvests', 'fr')).text, /échec, rien n’a été reçu/)
  })

  it('what was kept out is told with its reasons at their fields, and what is no longer listed with its last day', async () => {
    const { text } = await get('/catalogue/harvests')
    assert.match(text, /2 descriptions were kept out/)
    assert.match(text, /1 dataset is no longer listed/)
    const [, keptOut = '', notListed = ''] = text.split('<section aria-labelledby=')
    const never = keptOut.split('<article>').find((one) => one.includes(NEVER_VALID)) ?? ''
    assert.match(never, /“Identifier” is missing in the dataset/)
    assert.match(never, /Write the identifier that is unique/)
    assert.match(never, /Field:.*<code>identifier<\/code>, <code>dct:identifier<\/code>/s)
    assert.match(never, /“https:\/\/example\.org\/sometimes”.*<code>frequency<\/code>/s)
    assert.match(keptOut, /Cohort spoilt/)
    assert.match(notListed, /Cohort vanished.*last seen on.*10 May 2031/s)
    assert.ok(!keptOut.includes(KEPT) && !keptOut.includes(VANISHED))
  })

  it('names nobody whom a description that was kept out names', async () => {
    const whole = await get('/catalogue/harvests')
    const one = await get(`/catalogue/harvests?source=PT&dataset=${encodeURIComponent(NEVER_VALID)}`)
    assert.match(one.text, /<code>dct:creator<\/code>/)
    assert.ok(!whole.text.includes(PERSON) && !one.text.includes(PERSON))
  })

  it('one source alone; nothing of what is not known', async () => {
    const { text } = await get('/catalogue/harvests?source=EE')
    assert.match(text, /0 descriptions were kept out/)
    assert.doesNotMatch(text, />Portugal<\/a>/)
    for (const query of [
      'source=XX',
      `source=EE&dataset=${encodeURIComponent(SPOILT)}`,
      'dataset=x',
      'source=%00&dataset=%00',
    ]) {
      assert.equal((await get(`/catalogue/harvests?${query}`)).status, 404, query)
    }
    assert.equal((await get('/catalogue/harvests?invalid-after=%00&stale-after=%ff')).status, 200)
  })

  it('while the list of catalogues is not known, nobody is said to have left it', async () => {
    const { harvested } = pages.options
    assert.ok(harvested)
    const app = publicPages({ ...pages.options, harvested: { ...harvested, peers: async () => undefined } })
    const text = await (await app.request('/catalogue/harvests?language=en')).text()
    assert.match(text, /list of catalogues cannot be read at the moment/)
    assert.match(row(text, 'Germany'), /error of syntax/)
    assert.doesNotMatch(text, /no longer on the Union’s list/)
  })

  it('a node that harvests nobody has no such page and no link to it', async () => {
    const alone = await testPublic(1)
    assert.equal((await alone.app.request('/catalogue/harvests')).status, 404)
    assert.doesNotMatch(await (await alone.app.request('/catalogue')).text(), /harvests/)
    await alone.close()
  })
})
