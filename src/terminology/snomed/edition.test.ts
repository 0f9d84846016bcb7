import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { foldText, wordsOf } from '../flat/fold.ts'
import { buildEdition } from './build/build.ts'
import { IS_A } from './concepts.ts'
import { concreteValue, type Edition, editionFromShared, openEdition } from './edition.ts'
import { searchEdition } from './search.ts'
import { type NaiveRelease, naiveRelease, writeNaive } from './testing/naive.ts'

test('every question of the substrate and the search is answered as from the rows themselves', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'snomed-naive-'))
  let run = 0
  try {
    await fc.assert(
      fc.asyncProperty(naiveRelease(), async (release) => {
        run += 1
        const place = join(folder, String(run))
        writeNaive(place, release)
        const file = join(place, 'edition.snomed')
        const built = await buildEdition([place], file, {})
        assert.ok(built.ok, JSON.stringify(built))
        const opened = await openEdition(file)
        assert.ok(opened.ok)
        const shared = editionFromShared(opened.value.shared)
        assert.ok(shared.ok)
        compare(shared.value, release)
      }),
      { numRuns: 60 },
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

function compare(edition: Edition, release: NaiveRelease): void {
  const ids = release.concepts.map(({ id }) => id).sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))
  assert.equal(edition.conceptCount, ids.length)
  const ordinal = (id: string) => ids.indexOf(id)
  const set = (found: Iterable<string>) => [...new Set(found)].map(ordinal).sort((a, b) => a - b)
  assert.equal(edition.ordinalOf('4'), -1)
  assert.equal(edition.ordinalOf('999999999999999999'), -1)
  for (const row of release.concepts) {
    const concept = ordinal(row.id)
    assert.equal(edition.ordinalOf(row.id), concept)
    assert.equal(edition.sctidOf(concept), row.id)
    assert.deepEqual(
      [
        edition.isActive(concept),
        edition.isDefined(concept),
        edition.moduleOf(concept),
        edition.effectiveTimeOf(concept),
      ],
      [row.active, row.defined, row.module, row.date],
    )
    compareHierarchy(edition, release, row.id, set)
    compareAttributes(edition, release, row.id, ordinal, set)
    compareDescriptions(edition, release, row.id)
    compareMembers(edition, release, row.id, ordinal, set)
  }
  assert.deepEqual(
    [...edition.attributeTypes()],
    set([...release.attributes, ...release.values].map(({ type }) => type)),
  )
  const languageSets = release.descriptions.flatMap(({ acceptability }) => acceptability.map(([refset]) => refset))
  assert.deepEqual([...edition.referenceSets()], set([...languageSets, ...release.members.map(({ refset }) => refset)]))
  compareWords(edition, release, set)
}

type SetOf = (ids: Iterable<string>) => readonly number[]

function compareHierarchy(edition: Edition, { isA, concepts }: NaiveRelease, id: string, set: SetOf): void {
  const up = (of: string): Set<string> =>
    new Set(isA.filter(([source]) => source === of).flatMap(([, to]) => [to, ...up(to)]))
  const concept = edition.ordinalOf(id)
  assert.deepEqual([...edition.parentsOf(concept)], set(isA.filter(([source]) => source === id).map(([, to]) => to)))
  assert.deepEqual([...edition.childrenOf(concept)], set(isA.filter(([, to]) => to === id).map(([source]) => source)))
  assert.deepEqual([...edition.ancestorsOf(concept)], set(up(id)))
  const below = concepts.filter((other) => up(other.id).has(id)).map((other) => other.id)
  assert.deepEqual([...edition.descendantsOf(concept)], set(below))
  for (const other of concepts) {
    assert.equal(edition.isA(concept, edition.ordinalOf(other.id)), id === other.id || up(id).has(other.id))
  }
}

function compareAttributes(
  edition: Edition,
  release: NaiveRelease,
  id: string,
  ordinal: (id: string) => number,
  set: SetOf,
): void {
  const concept = ordinal(id)
  const rows = [
    ...release.attributes.map((row) => ({ ...row, target: ordinal(row.target) })),
    ...release.values.map((row) => ({ ...row, target: concreteValue(row.value) })),
  ]
  const text = (row: { group: number; type: number; target: unknown }) =>
    JSON.stringify([row.group, row.type, row.target])
  const expected = rows.filter(({ source }) => source === id).map((row) => text({ ...row, type: ordinal(row.type) }))
  assert.deepEqual(edition.attributesOf(concept).map(text).sort(), [...new Set(expected)].sort())
  const to = release.attributes.filter(({ target }) => target === id)
  assert.deepEqual([...edition.sourcesOf(concept)], set(to.map(({ source }) => source)))
  for (const { type } of release.attributes) {
    const typed = to.filter((row) => row.type === type).map(({ source }) => source)
    assert.deepEqual([...edition.sourcesOf(concept, ordinal(type))], set(typed))
  }
  const having = [...release.attributes, ...release.values].filter(({ type }) => type === id)
  assert.deepEqual([...edition.withAttribute(concept)], set(having.map(({ source }) => source)))
  assert.equal(edition.withAttribute(ordinal(IS_A)).length, 0)
}

function compareDescriptions(edition: Edition, release: NaiveRelease, id: string): void {
  const found = [...edition.descriptionsOf(edition.ordinalOf(id))].map((row) => ({
    ...row,
    acceptability: [...row.acceptability].sort(),
  }))
  const expected = release.descriptions
    .filter(({ concept }) => concept === id)
    .map(({ concept: _, date, acceptability, ...row }) => ({
      ...row,
      module: '900000000000207008',
      effectiveTime: date,
      caseSignificance: '900000000000448009',
      acceptability: [...acceptability].map(([refset, value]) => [refset, value]).sort(),
    }))
  assert.deepEqual(found, expected)
}

function compareMembers(
  edition: Edition,
  release: NaiveRelease,
  id: string,
  ordinal: (id: string) => number,
  set: SetOf,
): void {
  const concept = ordinal(id)
  const rows = release.members.filter(({ refset }) => refset === id)
  assert.deepEqual(
    [...edition.membersOf(concept)],
    set(rows.filter(({ active }) => active).map(({ component }) => component)),
  )
  const languageRows = release.descriptions.flatMap(({ id: description, acceptability }) =>
    acceptability.filter(([refset]) => refset === id).map(() => description),
  )
  const stored = [...edition.memberRowsOf(concept)]
  assert.deepEqual(
    stored.map((row) => row.referencedComponentId).sort(),
    [...rows.map(({ component }) => component), ...languageRows].sort(),
  )
  for (const row of rows) {
    const found = stored.find((other) => other.id === row.uuid)
    assert.ok(found)
    assert.deepEqual(
      [found.active, found.referencedComponentId, found.referencedConcept, found.fields.get('targetComponentId')],
      [row.active, row.component, ordinal(row.component), row.target],
    )
  }
  const towards = release.members.filter(({ active, target }) => active && target === id)
  const text = (row: { referenceSet: number; source: number }) => `${row.referenceSet} ${row.source}`
  assert.deepEqual(
    [...edition.associationsTo(concept)].map(text).sort(),
    towards.map((row) => text({ referenceSet: ordinal(row.refset), source: ordinal(row.component) })).sort(),
  )
  assert.deepEqual(
    edition
      .associationsOf(concept)
      .map(({ target }) => target)
      .sort(),
    release.members
      .filter(({ active, component }) => active && component === id)
      .map(({ target }) => target)
      .sort(),
  )
}

function compareWords(edition: Edition, release: NaiveRelease, set: SetOf): void {
  const active = release.descriptions.filter((row) => row.active)
  for (const prefix of ['h', 'HEART', 'oed', 'stras', 'ray', 'καρδιασ', 'серд', '2', 'q', 'hé', 'x-ray']) {
    const words = wordsOf(prefix)
    const starts = (term: string) => words.every((word) => wordsOf(term).some((other) => other.startsWith(word)))
    const expected = set(active.filter(({ term }) => starts(term)).map(({ concept }) => concept))
    const found = new Set(edition.conceptsWithWord(prefix))
    assert.ok(
      expected.every((concept) => found.has(concept)),
      prefix,
    )
    if (words.length === 1) assert.deepEqual([...found], expected)
    compareSearch(edition, release, prefix, starts)
  }
}

function compareSearch(edition: Edition, release: NaiveRelease, text: string, starts: (term: string) => boolean): void {
  const isActive = new Set(release.concepts.filter(({ active }) => active).map(({ id }) => id))
  const rows = release.descriptions.filter(
    (row) => row.active && row.type !== '900000000000550004' && isActive.has(row.concept) && starts(row.term),
  )
  const found = searchEdition(edition, text, { count: 100 })
  const expected = new Set(rows.map(({ concept }) => concept))
  assert.deepEqual(new Set(found.hits.map(({ concept }) => edition.sctidOf(concept))), expected)
  assert.equal(found.total, expected.size)
  const french = searchEdition(edition, text, { count: 100, languages: ['fr-BE'] })
  assert.equal(
    french.hits.length,
    new Set(rows.filter(({ language }) => language === 'fr').map(({ concept }) => concept)).size,
  )
  const first = found.hits[0]
  const isExact = (term: string) => foldText(term).trim() === foldText(text).trim()
  if (first && rows.some(({ term }) => isExact(term)))
    assert.ok(isExact(edition.descriptions.termAt(first.description)))
  const list = Uint32Array.from(found.hits.slice(0, 3).map(({ concept }) => concept)).sort()
  const within = searchEdition(edition, text, {
    within: { has: (concept) => list.includes(concept), list },
    activeOnly: false,
  })
  assert.equal(within.hits.length, list.length)
}
