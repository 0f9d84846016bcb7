import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TerminologyBrowser } from '#portal/terminology/browser.ts'
import { openBrowser } from './browser.ts'
import { BROAD_SET, MAP, OTHER, SIGNS, SIGNS_SET, testSources } from './test-library.ts'

const sources = testSources()
const browser: TerminologyBrowser = openBrowser(() => sources)
const window = { offset: 0, count: 10 }
const french = { languages: ['fr'] }

async function find(text: string, change: Readonly<Record<string, unknown>> = {}) {
  const found = await browser.search({ text, systems: [], inactive: false, ...french, ...window, ...change })
  assert.ok(found.ok)
  return found.value
}

async function concept(code: string, languages: readonly string[] = ['fr'], version?: string) {
  const found = await browser.concept({ system: SIGNS, code, languages, version })
  assert.ok(found.ok)
  return found.value
}

test('beginnings of words find a term, with or without accents and ligatures, in any order', async () => {
  for (const text of ['oedem', 'Œdème', 'jam oed', 'JAMBE']) {
    assert.deepEqual(
      (await find(text)).items.map(({ code, term }) => [code, term?.text]).slice(0, 1),
      [['S1', 'Œdème de la jambe']],
      text,
    )
  }
  assert.deepEqual((await find('zzz')).items, [])
  assert.deepEqual((await find('  ')).items, [])
})

test('a hit found by words of another language says by which', async () => {
  const { items } = await find('beinod')
  assert.deepEqual(items[0]?.term, { text: 'Œdème de la jambe', language: 'fr' })
  assert.deepEqual(items[0]?.found, { text: 'Beinödem', language: 'de' })
})

test('the code itself comes first, also an inactive one; other inactive ones only when wished', async () => {
  assert.equal((await find('S3')).items[0]?.code, 'S3')
  assert.deepEqual((await find('old rash')).items, [])
  const [old] = (await find('old rash', { inactive: true })).items
  assert.equal(old?.active, false)
})

test('terms of the reader’s language come before others, and every term has its language', async () => {
  const { items, total } = await find('rash', { languages: ['en'] })
  assert.deepEqual(
    items.map(({ code, term }) => [code, term?.language]),
    [
      ['S2', 'en'],
      ['X', undefined],
    ],
  )
  assert.equal(total, 2)
})

test('systems narrow the search, unknown ones are refused, pages are cut from one order', async () => {
  assert.deepEqual(
    (await find('rash', { systems: [OTHER] })).items.map(({ code }) => code),
    ['X'],
  )
  const unknown = await browser.search({ text: 'a', systems: ['urn:x'], inactive: false, ...french, ...window })
  assert.ok(!unknown.ok && unknown.problem.code === 'unknown-system')
  const first = await find('s', { count: 2 })
  const second = await find('s', { count: 2, offset: 2 })
  assert.equal(first.items.length, 2)
  assert.equal(first.more, true)
  const codes = [...first.items, ...second.items].map(({ code }) => code)
  assert.equal(new Set(codes).size, codes.length)
})

test('a concept has its words with source and review, its place, properties and versions', async () => {
  const view = await concept('S1')
  assert.deepEqual(view.term, { text: 'Œdème de la jambe', language: 'fr' })
  const own = view.designations.find(({ language }) => language === 'fr')
  assert.equal(own?.source, 'Société de l’exemple')
  assert.equal(own?.status, 'reviewed')
  assert.deepEqual(
    view.paths.map((path) => path.map(({ code }) => code)),
    [['S']],
  )
  assert.equal(view.childCount, 1)
  assert.deepEqual(
    view.properties.map(({ name, value }) => [name.text, 'text' in value ? value.text : value.code]),
    [
      ['How bad it is', 'mild'],
      ['see', 'S2'],
    ],
  )
  assert.deepEqual((await concept('S2')).versions, ['1', '2'])
  assert.deepEqual((await concept('S1')).versions, ['2'])
  assert.equal((await concept('S3')).active, false)
  assert.deepEqual((await concept('S')).definitions, [{ text: 'What is seen.', language: 'en' }])
})

test('never a silent English: without a French word the own one stands with its language', async () => {
  assert.deepEqual((await concept('S11')).term, { text: 'Œdema of the left leg', language: 'en' })
  assert.deepEqual((await concept('S1', ['de-AT', 'fr'])).term, { text: 'Beinödem', language: 'de' })
})

test('children with their own counts', async () => {
  const children = await browser.children({ system: SIGNS, code: 'S', ...french, ...window, count: 2 })
  assert.ok(children.ok)
  assert.deepEqual(
    children.value.items.map(({ code, children: below }) => [code, below]),
    [
      ['S1', 1],
      ['S2', 0],
    ],
  )
  assert.equal(children.value.more, true)
  assert.equal(children.value.total, 3)
})

test('maps in both directions, seen from the concept', async () => {
  const [from] = (await concept('S2')).mapsFrom
  assert.equal(from?.other.code, 'X')
  assert.equal(from?.relationship, 'source-is-narrower-than-target')
  assert.equal(from?.comment?.text, 'Roughly.')
  const target = await browser.concept({ system: OTHER, code: 'X', ...french })
  assert.ok(target.ok)
  assert.equal(target.value.mapsTo[0]?.relationship, 'source-is-broader-than-target')
  assert.deepEqual(target.value.mapsTo[0]?.other.term, { text: 'Éruption', language: 'fr' })
})

test('a map row by row, also what has no target and what is not loaded', async () => {
  assert.deepEqual(
    (await browser.maps(french)).map(({ url, mappings }) => [url, mappings]),
    [[MAP, 3]],
  )
  const found = await browser.map({ url: MAP, ...french, ...window })
  assert.ok(found.ok)
  const [, none, gone] = found.value.rows.items
  assert.equal(none?.target, undefined)
  assert.equal(gone?.target?.loaded, false)
  assert.equal(gone?.source.active, false)
  const unknown = await browser.map({ url: 'urn:x', ...french, ...window })
  assert.ok(!unknown.ok && unknown.problem.code === 'unknown-map')
})

test('value sets: found by name, defined in clauses, expanded in the reader’s words, or refused with the reason', async () => {
  const list = await browser.valueSets({ ...french, ...window, text: 'SIGNS some' })
  assert.deepEqual(
    list.items.map(({ url }) => url),
    [SIGNS_SET],
  )
  const view = await browser.valueSet({ url: BROAD_SET, ...french })
  assert.ok(view.ok)
  assert.deepEqual(view.value.include[0]?.filters, [{ property: 'concept', operator: 'is-a', value: 'S1' }])
  assert.deepEqual(
    view.value.exclude[0]?.valueSets.map(({ loaded }) => loaded),
    [true, false],
  )
  const members = await browser.expand({ url: SIGNS_SET, ...french, ...window, text: '' })
  assert.ok(members.ok)
  assert.deepEqual(
    members.value.items.map(({ term }) => term?.text),
    ['Œdème de la jambe', 'Éruption'],
  )
  const refused = await browser.expand({ url: BROAD_SET, ...french, ...window, text: '' })
  assert.ok(!refused.ok && refused.problem.sentence === 'A filter of the test cannot be expanded.')
})

test('memberships: plain lists are read, filters are asked of the server', async () => {
  const of = async (code: string) => {
    const found = await browser.memberships({ system: SIGNS, code, ...french })
    assert.ok(found.ok)
    return found.value.map(({ url }) => url)
  }
  assert.deepEqual(await of('S1'), [BROAD_SET, SIGNS_SET])
  assert.deepEqual(await of('S2'), [SIGNS_SET])
  assert.deepEqual(await of('S'), [])
})

test('unknown systems, versions and codes are told apart', async () => {
  const code = async (system: string, one: string, version?: string) => {
    const found = await browser.concept({ system, code: one, version, ...french })
    return found.ok ? undefined : found.problem.code
  }
  assert.equal(await code('urn:x', 'S'), 'unknown-system')
  assert.equal(await code(SIGNS, 'S', '9'), 'unknown-version')
  assert.equal(await code(SIGNS, 'nope'), 'unknown-code')
  assert.equal(await code(SIGNS, 'S', '1'), 'unknown-code')
})

test('systems in all their versions; languages in which there are words', async () => {
  const systems = await browser.systems(french)
  assert.deepEqual(
    systems.filter(({ url }) => url === SIGNS).map(({ version, concepts }) => [version, concepts]),
    [
      ['2', 5],
      ['1', 1],
    ],
  )
  assert.deepEqual([...(await browser.languages())].sort(), ['de', 'en', 'fr'])
})

test('a publication shows at once', async () => {
  let served = sources
  const live = openBrowser(() => served)
  assert.equal((await live.systems(french)).length, 3)
  served = {
    ...testSources(),
    releases: async () => [{ number: 1, publishedAt: '2026-01-01', state: 'served', content: [] }],
  }
  assert.equal((await live.releases()).length, 1)
  assert.equal((await live.systems(french)).length, 3)
})

test('coverage counts the concepts of plain lists that have words', async () => {
  const { rows } = await browser.coverage(french)
  const row = rows.find(({ valueSet }) => valueSet.url === SIGNS_SET)
  assert.equal(row?.concepts, 2)
  assert.deepEqual(
    Object.entries(row?.byLanguage ?? {}).map(([language, { named }]) => [language, named]),
    [
      ['de', 1],
      ['en', 2],
      ['fr', 2],
    ],
  )
  assert.equal(
    rows.some(({ valueSet }) => valueSet.url === BROAD_SET),
    false,
    'a set given by a rule is no list',
  )
  const view = await browser.valueSet({ url: SIGNS_SET, ...french })
  assert.ok(view.ok)
  assert.equal(view.value.concepts, 2)
  assert.equal(view.value.coverage.length, 3)
})

test('codes of a system that is not loaded can be looked at, as far as value sets and supplements know them', async () => {
  const pages = openBrowser(() => partial)
  const partial = testSources({}, [
    {
      resourceType: 'ValueSet',
      url: 'http://example.org/value-set/elsewhere',
      language: 'en',
      compose: {
        include: [{ system: 'http://example.org/elsewhere', concept: [{ code: 'E1', display: 'Elsewhere' }] }],
      },
    },
    {
      resourceType: 'CodeSystem',
      url: 'http://example.org/elsewhere-in-french',
      content: 'supplement',
      supplements: 'http://example.org/elsewhere',
      concept: [
        { code: 'E1', designation: [{ language: 'fr', value: 'Ailleurs' }] },
        { code: 'E2', designation: [{ language: 'fr', value: 'Encore ailleurs' }] },
      ],
    },
    {
      resourceType: 'NamingSystem',
      url: 'urn:example:naming',
      title: 'Codes from elsewhere',
      uniqueId: [{ type: 'uri', value: 'http://example.org/elsewhere' }],
    },
  ])
  const found = await pages.search({ text: 'ailleurs', systems: [], inactive: false, ...french, ...window })
  assert.ok(found.ok)
  assert.deepEqual(
    found.value.items.map(({ code, systemName }) => [code, systemName.text]),
    [
      ['E1', 'Codes from elsewhere'],
      ['E2', 'Codes from elsewhere'],
    ],
  )
  const view = await pages.concept({ system: 'http://example.org/elsewhere', code: 'E1', languages: ['en'] })
  assert.ok(view.ok)
  assert.deepEqual(view.value.term, { text: 'Elsewhere', language: 'en' })
  assert.equal(view.value.system.complete, false)
})
