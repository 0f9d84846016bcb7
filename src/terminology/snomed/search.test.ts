import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { generateRf2 } from '../../../bench/terminology/generate-rf2.ts'
import { wordsOf } from '../flat/fold.ts'
import { buildEdition } from './build/build.ts'
import { type Edition, openEdition } from './edition.ts'
import { type SearchOptions, searchEdition } from './search.ts'

let folder = ''
let edition: Edition
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snomed-search-'))
  generateRf2(join(folder, 'release'), { concepts: 1200, seed: 5 })
  const file = join(folder, 'edition.snomed')
  assert.ok((await buildEdition([join(folder, 'release')], file, {})).ok)
  const opened = await openEdition(file)
  assert.ok(opened.ok)
  edition = opened.value
})
after(() => rm(folder, { recursive: true, force: true }))

/** All hits by going through every term. */
function naive(text: string, { languages, activeOnly = true, within }: SearchOptions): Set<number> {
  const words = wordsOf(text)
  const found = new Set<number>()
  for (let concept = 0; concept < edition.conceptCount; concept += 1) {
    if ((activeOnly && !edition.isActive(concept)) || (within && !within.has(concept))) continue
    for (const row of edition.descriptionsOf(concept)) {
      if (languages && !languages.includes(row.language)) continue
      const own = wordsOf(row.term)
      if (words.every((word) => own.some((other) => other.startsWith(word)))) found.add(concept)
    }
  }
  return found
}

test('hits are those of a plain search, in pages that fit together, under a concept too', () => {
  const root = edition.ordinalOf('138875005')
  const subtree = [...edition.childrenOf(root)].reduce((best, concept) =>
    edition.descendantsOf(concept).length > edition.descendantsOf(best).length ? concept : best,
  )
  const small = edition.descendantsOf(subtree).find((concept) => edition.descendantsOf(concept).length > 5) ?? subtree
  const under = (concept: number) => ({
    has: (other: number) => edition.isA(other, concept),
    list: Uint32Array.of(concept, ...edition.descendantsOf(concept)).sort(),
  })
  const scopes: SearchOptions[] = [{}, { activeOnly: false }, { within: under(subtree) }, { within: under(small) }]
  for (const text of ['s', 'st', 'tr s', 'a', 'so b', 'é', 'disorder p', 'qqq']) {
    for (const scope of scopes) {
      for (const languages of [undefined, ['en'], ['fr'], ['de']]) {
        const options = languages ? { ...scope, languages } : scope
        const whole = searchEdition(edition, text, { ...options, count: 100_000 })
        const found = new Set(whole.hits.map(({ concept }) => concept))
        assert.deepEqual(found, naive(text, options), `${text} ${languages}`)
        assert.equal(whole.total, whole.hits.length)
        const pages = [0, 7, 14, 21, 28].flatMap(
          (offset) => searchEdition(edition, text, { ...options, offset, count: 7 }).hits,
        )
        assert.deepEqual(pages, whole.hits.slice(0, 35))
        const counted = searchEdition(edition, text, { ...options, count: 3, total: true })
        assert.equal(counted.total, whole.total)
      }
    }
  }
})

test('a hostile question ends: many words, no words, little work', () => {
  assert.deepEqual(searchEdition(edition, '  ,.; '), { hits: [], total: 0, complete: true })
  const many = searchEdition(edition, Array.from({ length: 5000 }, (_, index) => `s${index % 90}`).join(' '))
  assert.equal(many.hits.length, 0)
  const little = searchEdition(edition, 's', { work: 10, count: 1000 })
  assert.equal(little.complete, false)
  assert.equal(little.total, undefined)
})
