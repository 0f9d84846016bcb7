/** The pages as text: languages and their marks, hostile input, refusals in words. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { acceptedLanguages, readerOf } from './reader.ts'
import { BODY, MAP, ORIGIN, testBrowser, testPages, VALUE_SET } from './test-content.ts'

const app = testPages()

async function get(path: string, headers: Readonly<Record<string, string>> = { 'accept-language': 'fr' }) {
  const response = await app.request(`${ORIGIN}/terminology${path}`, { headers })
  const text = await response.text()
  const heading =
    /<h1[^>]*>([\s\S]*?)<\/h1>/
      .exec(text)?.[1]
      ?.replace(/<[^>]+>/g, '')
      .trim() ?? ''
  return { status: response.status, text, heading, headers: response.headers }
}

const concept = (code: string, more = ''): string => `/concept?system=${encodeURIComponent(BODY)}&code=${code}${more}`

test('the language is the one of the address, then of the browser, then of the house', () => {
  assert.deepEqual(readerOf('fr-BE', 'en', ['en', 'fr']), { page: 'fr', terms: ['fr-BE'], chosen: 'fr-BE' })
  assert.deepEqual(readerOf(undefined, 'de-AT;q=0.5, fr;q=0.9', ['en', 'fr', 'de']), {
    page: 'fr',
    terms: ['fr', 'de-AT'],
    chosen: undefined,
  })
  // Swedish terms can be read though the interface does not speak Swedish.
  assert.deepEqual(readerOf('sv', 'fr', ['en', 'fr']), { page: 'fr', terms: ['sv'], chosen: 'sv' })
  assert.deepEqual(readerOf('"><script>', undefined, ['fr', 'en']), { page: 'fr', terms: ['fr'], chosen: undefined })
})

test('any header of languages is read without harm', () => {
  assert.deepEqual(acceptedLanguages('fr, *;q=0.1, en;q=0, x;q=2, EN-gb;q=0.3'), ['fr', 'en-GB'])
  fc.assert(fc.property(fc.string(), (header) => acceptedLanguages(header).every((tag) => /^[a-z]{2,3}/i.test(tag))))
})

test('the first page searches without JavaScript and leads to every list', async () => {
  const page = await get('')
  assert.equal(page.status, 200)
  assert.match(page.text, /<form class="search" role="search" action="\/terminology" method="get">/)
  for (const path of ['systems', 'value-sets', 'maps', 'ecl', 'coverage', 'releases']) {
    assert.match(page.text, new RegExp(`href="/terminology/${path}"`))
  }
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/)
  assert.equal(page.headers.get('content-language'), 'fr')
})

test('a term in the reader’s language stands as it is, another one in its own with a mark', async () => {
  const { text } = await get('?q=toux')
  assert.match(text, />Toux<\/a>/)
  assert.doesNotMatch(text, /lang="fr"[^>]*>Toux/)
  const wheeze = (await get('?q=wheeze')).text
  assert.match(wheeze, /class="foreign" lang="en">Wheeze<\/a> <span class="tag warn">en anglais<\/span>/)
})

test('a reader of another language than the interface’s gets terms with their language, and its own mark', async () => {
  const { text, headers } = await get('?q=toux&language=sv', { 'accept-language': 'en' })
  assert.equal(headers.get('content-language'), 'en')
  assert.match(text, /<html lang="en">/)
  assert.match(text, /class="foreign" lang="en">Cough<\/a> <span class="tag warn">in English/)
  assert.match(text, /href="\/terminology\/concept\?[^"]*language=sv"/, 'links keep the language')
})

test('results are counted and paged, and the inactive ones are marked', async () => {
  const first = await get('?q=douleur&page=1')
  assert.match(first.text, /30 résultats/)
  assert.match(first.text, /Page 1 sur 2/)
  assert.match(first.text, /rel="next" href="\/terminology\?q=douleur&amp;page=2"/)
  assert.match((await get('?q=consumption')).text, /Rien de trouvé/)
  assert.match((await get('?q=consumption&inactive=yes')).text, /<span class="tag warn">inactif<\/span>/)
  assert.match((await get('?q=breath')).text, /trouvé par <span lang="en">Shortness of breath<\/span> \(en anglais\)/)
})

test('suggestions name the language, the code and the system', async () => {
  const response = await app.request(`${ORIGIN}/terminology/suggest?q=whee&language=fr`)
  assert.deepEqual(await response.json(), {
    suggestions: [
      {
        text: 'Wheeze',
        lang: 'en',
        mark: 'en anglais',
        code: '13',
        system: 'Findings of the test',
        href: `/terminology/concept?system=${encodeURIComponent(BODY)}&code=13&language=fr`,
      },
    ],
  })
})

test('a concept shows its words by language, its place, its characteristics, maps and value sets', async () => {
  const { text, heading } = await get(concept('12'))
  assert.equal(heading, 'Toux')
  assert.match(text, /<dt>Français <code>fr<\/code><\/dt><dd><b><span lang="fr">Toux<\/span><\/b>/)
  assert.ok(text.indexOf('<dt>Français') < text.indexOf('<dt>Anglais'), 'the reader’s language first')
  assert.match(text, /<dt>langue non indiquée<\/dt><dd><span lang="und">/)
  assert.match(text, /retiré/)
  assert.match(text, /Constatation<\/a>/)
  assert.match(text, /2 concepts plus précis/)
  assert.match(text, /Groupe 2/)
  assert.match(text, /est plus précis que/)
  assert.match(text, /non chargé ici/)
  assert.match(text, /href="\/terminology\/value-set\?url=/)
  assert.match(text, /href="\/fhir\/r4\/CodeSystem\/\$lookup\?system=[^"]*code=12/)
  assert.match(text, /version=2025/)
})

test('an inactive concept says why, and what to use instead', async () => {
  const { text } = await get(concept('14'))
  assert.match(text, /Ce code n’est plus en usage/)
  assert.match(text, /Motif\s: <span lang="en">Ambiguous<\/span>/)
  assert.match(text, /Replaced by<\/span>: <a href="[^"]*code=12">Toux<\/a>/)
})

test('children come page by page', async () => {
  const { text } = await get(concept('1', '&children=2'))
  assert.match(text, /Page 2 sur 4/)
  assert.match(text, /children=3#narrower/)
  assert.match(text, /sert seulement à regrouper/)
})

test('a value set says in words what belongs to it', async () => {
  const { text } = await get(`/value-set?url=${encodeURIComponent(VALUE_SET)}`)
  assert.match(text, /les codes de <b><span lang="en">Findings of the test/)
  assert.match(text, /<code>concept<\/code> est ou se trouve sous <code>1<\/code>/)
  assert.match(text, /href="\/terminology\/ecl\?expression=%3C%3C\+1"/)
  assert.match(text, /1 code de/)
  assert.match(text, /34 sur 67 \(51 %\)/)
  const refused = await get(`/value-set?url=${encodeURIComponent(VALUE_SET)}&q=refuse`)
  assert.match(refused.text, /Son contenu ne peut pas être énuméré/)
})

test('lists are narrowed by words', async () => {
  assert.match((await get('/systems?q=findings+test')).text, /1 nomenclature/)
  assert.match((await get('/systems?q=nowhere')).text, /Rien de ce nom/)
  assert.match((await get('/maps')).text, /1 correspondance/)
  const { text } = await get(`/map?url=${encodeURIComponent(MAP)}`)
  assert.match(text, /a le même sens que/)
  assert.match(text, /n’a pas de cible/)
})

test('the console answers, explains, and puts a caret under a mistake', async () => {
  const good = await get('/ecl?expression=%3C+1')
  assert.equal(good.status, 200)
  assert.match(good.text, /64 concepts/)
  assert.match(good.text, /tout concept situé sous/)
  assert.match(good.text, /\(1\.\.3 fois\)/)
  const bad = await get(`/ecl?expression=${encodeURIComponent('< 1 : <script>alert(1)</script>')}`)
  assert.equal(bad.status, 422)
  assert.match(bad.text, /à la ligne 1, caractère 32/)
  assert.match(bad.text, /\n<span aria-hidden="true"> {31}\^<\/span>/)
  assert.doesNotMatch(bad.text, /<script>alert/)
  assert.match((await get('/ecl?expression=HUGE')).text, /demande trop de travail/)
  assert.match((await get('/ecl?expression=%3C+99')).text, /sans réponse ici/)
})

test('a mistake far into a long line is shown with its surroundings only', async () => {
  const { text } = await get(`/ecl?expression=${'x'.repeat(9000)}`)
  assert.match(text, /caractère 9[\s\u202f]?001/)
  const shown = /<pre class="mistake"><code>([^\n]*)\n/.exec(text)?.[1] ?? ''
  assert.ok(shown.length < 200)
})

test('coverage and releases say their numbers', async () => {
  const coverage = await get('/coverage')
  assert.match(coverage.text, /Termes en français, 1 jeu de valeurs/)
  assert.match(coverage.text, /34 sur 67 \(51 %\)/)
  assert.match(coverage.text, /dont 30 affichables/)
  const table = await (await app.request(`${ORIGIN}/terminology/coverage.json`)).json()
  assert.deepEqual(table, [
    {
      url: VALUE_SET,
      version: '1',
      name: 'Symptoms',
      concepts: 67,
      languages: { en: 67, fr: 34 },
      usable: { en: 67, fr: 30 },
    },
  ])
  const releases = await get('/releases')
  assert.match(releases.text, /Version 2 <span class="tag good">servie maintenant/)
  assert.match(releases.text, /03\.11\.2026/)
})

test('refusals are pages in words, with what to do next', async () => {
  const cases: readonly (readonly [string, number, RegExp])[] = [
    [concept('nope'), 404, /Ce code n’existe pas ici/],
    ['/concept?system=urn:nowhere&code=1', 404, /Cette nomenclature n’est pas chargée/],
    [concept('1', '&version=1999'), 404, /Cette version n’est pas chargée/],
    ['/concept', 400, /L’adresse n’est pas complète/],
    ['/value-set', 400, /L’adresse n’est pas complète/],
    ['/value-set?url=urn:nowhere', 404, /Ce jeu de valeurs n’est pas chargé/],
    ['?q=a&value-set=urn:nowhere', 404, /Ce jeu de valeurs n’est pas chargé/],
    ['?q=a&system=urn:nowhere', 404, /Cette nomenclature n’est pas chargée/],
    ['/map?url=urn:nowhere', 404, /Cette correspondance n’est pas chargée/],
    ['/ecl?edition=urn:nowhere&expression=*', 404, /Cette nomenclature n’est pas chargée/],
    ['/nowhere', 404, /Cette page n’existe pas/],
  ]
  for (const [path, status, title] of cases) {
    const page = await get(path)
    assert.equal(page.status, status, path)
    assert.match(page.heading, title, path)
    assert.match(page.text, /Que faire/, path)
  }
})

test('a slash too many is led on, within these pages only', async () => {
  for (const [path, to] of [
    ['/terminology/', '/terminology'],
    ['/terminology/systems//?q=a', '/terminology/systems?q=a'],
  ] as const) {
    const response = await app.request(`${ORIGIN}${path}`)
    assert.equal(response.status, 301)
    assert.equal(response.headers.get('location'), to)
  }
})

test('what is typed never becomes markup', async () => {
  const hostile = `"><script>alert(1)</script><img src=x onerror=alert(2)>'`
  const typed = encodeURIComponent(hostile)
  for (const path of [
    `?q=${typed}`,
    `?q=a&system=${typed}`,
    `?q=a&value-set=${typed}`,
    `?language=${typed}`,
    `/concept?system=${typed}&code=${typed}`,
    `/value-set?url=${typed}`,
    `/value-set?url=${encodeURIComponent(VALUE_SET)}&q=${typed}`,
    `/systems?q=${typed}`,
    `/value-sets?q=${typed}`,
    `/map?url=${typed}`,
    `/ecl?expression=${typed}`,
    `/coverage?for=${typed}`,
    `/${typed}`,
  ]) {
    const { text } = await get(path)
    assert.doesNotMatch(text, /<script>alert|<img src=x/, path)
    assert.doesNotMatch(text, /"><script/, path)
  }
  // And what stands in a nomenclature neither.
  assert.match((await get(concept('122'))).text, /Cough with &lt;b&gt;sputum&lt;\/b&gt; &amp; &quot;blood&quot;/)
})

test('huge questions are cut, odd page numbers are the first page', async () => {
  const { text, status } = await get(`?q=${'é'.repeat(5000)}`)
  assert.equal(status, 200)
  assert.ok(text.length < 60_000)
  for (const page of ['0', '-1', 'x', '99999999', '1e3'])
    assert.equal((await get(`?q=douleur&page=${page}`)).status, 200)
})

test('a fault of the software is a page, and the house is told', async () => {
  const told: unknown[] = []
  const broken = testPages({
    browser: {
      ...testBrowser(),
      systems: async () => {
        throw new Error('a fault of the test')
      },
    },
    onError: (error) => told.push(error),
  })
  const response = await broken.request(`${ORIGIN}/terminology`, { headers: { 'accept-language': 'en' } })
  const text = await response.text()
  assert.equal(response.status, 500)
  assert.match(text, /This page could not be made/)
  assert.doesNotMatch(text, /a fault of the test/)
  assert.equal(told.length, 1)
})
