import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ok } from '#platform/result/result.ts'
import type { ArtifactId } from '../../artifacts/artifact.ts'
import { writeArtifact } from '../../artifacts/store.ts'
import type { DescriptionRow } from '../../ecl/substrate.ts'
import type { ImportedResource } from '../../import/resource.ts'
import { openTerminology } from '../../open.ts'
import { must, resourcesArtifact } from '../testing.ts'
import { type DiffOptions, diffReleases, isEmptyDifference } from './diff.ts'
import type { ComparedEdition } from './snomed.ts'
import { differenceText } from './text.ts'

const home = mkdtempSync(join(tmpdir(), 'tessera-diff-'))
after(() => rmSync(home, { recursive: true, force: true }))
const sources = { terms: join(import.meta.dirname, '..', '..', '..', '..', 'data', 'terms'), packages: [], icu: false }

const options: DiffOptions = {
  home,
  openTerminology: (artifacts) => openTerminology({ cache: join(home, 'cache'), home, artifacts, sources }),
  openEdition: async ({ counts }) => edition(counts.round ?? 0),
}

const ANIMALS = 'https://example.eu/animals'
const PLANTS = 'https://example.eu/plants'

function animals(version: string, concept: readonly object[]): ImportedResource {
  return {
    resourceType: 'CodeSystem',
    url: ANIMALS,
    version,
    status: 'active',
    content: 'complete',
    language: 'en',
    concept,
  }
}

function french(words: Readonly<Record<string, string>>): ImportedResource {
  const concept = Object.entries(words).map(([code, value]) => ({ code, designation: [{ language: 'fr', value }] }))
  return {
    resourceType: 'CodeSystem',
    url: 'urn:x:french',
    status: 'active',
    content: 'supplement',
    supplements: ANIMALS,
    concept,
  }
}

function pets(...codes: readonly string[]): ImportedResource {
  const include = [{ system: ANIMALS, concept: codes.map((code) => ({ code })) }]
  return { resourceType: 'ValueSet', url: 'https://example.eu/pets', status: 'active', compose: { include } }
}

function map(...rows: readonly (readonly [string, string])[]): ImportedResource {
  const element = rows.map(([code, target]) => ({ code, target: [{ code: target, relationship: 'equivalent' }] }))
  const group = [{ source: ANIMALS, target: PLANTS, element }]
  return { resourceType: 'ConceptMap', url: 'https://example.eu/eats', version: '1', status: 'active', group }
}

const retired = [{ code: 'status', valueCode: 'retired' }]

test('everything that differs is told, and what is the same is not', async () => {
  const untouched = await resourcesArtifact(home, 'plants', [
    { resourceType: 'CodeSystem', url: PLANTS, status: 'active', content: 'complete', concept: [{ code: 'grass' }] },
  ])
  const first = await resourcesArtifact(home, 'animals', [
    animals('1', [{ code: 'cat', display: 'Cat' }, { code: 'dog', display: 'Dog' }, { code: 'cow' }]),
    french({ cat: 'chat', dog: 'chien' }),
    pets('cat', 'dog'),
    map(['cow', 'grass'], ['cat', 'mint']),
  ])
  const second = await resourcesArtifact(home, 'animals', [
    animals('2', [
      { code: 'cat', display: 'Cat' },
      { code: 'dog', display: 'Dog', property: retired },
      { code: 'emu' },
    ]),
    french({ cat: 'matou', dog: 'chien' }),
    pets('cat', 'emu'),
    map(['cow', 'grass'], ['cat', 'thyme']),
  ])
  const used = [
    { document: 'maria.xml', system: ANIMALS, code: 'cat' },
    { document: 'maria.xml', system: ANIMALS, code: 'dog' },
    { document: 'kadri.json', system: PLANTS, code: 'grass' },
  ]
  const found = must(await diffReleases([first, untouched], [untouched, second], { ...options, used }))
  assert.equal(found.systems.length, 1)
  const [system] = found.systems
  assert.deepEqual([system?.url, system?.kind, system?.before, system?.after], [ANIMALS, 'changed', '1', '2'])
  assert.deepEqual(system?.concepts.added, { total: 1, shown: [{ code: 'emu' }] })
  assert.deepEqual(system?.concepts.removed, { total: 1, shown: [{ code: 'cow' }] })
  assert.deepEqual(system?.concepts.inactivated, { total: 1, shown: [{ code: 'dog', display: 'Dog' }] })
  assert.deepEqual(system?.concepts.words, {
    fr: { total: 1, shown: [{ code: 'cat', before: ['chat'], after: ['matou'] }] },
  })
  const [valueSet] = found.valueSets
  assert.deepEqual(
    [valueSet?.gained.shown.map(({ code }) => code), valueSet?.lost.shown.map(({ code }) => code)],
    [['emu'], ['dog']],
  )
  assert.deepEqual(found.maps[0]?.targets, {
    total: 1,
    shown: [
      {
        system: ANIMALS,
        code: 'cat',
        before: [`equivalent ${PLANTS}|mint`],
        after: [`equivalent ${PLANTS}|thyme`],
      },
    ],
  })
  assert.deepEqual([found.documents?.documents, found.documents?.touched], [2, 1])
  assert.deepEqual(
    found.documents?.shown.map(({ code, aspect, before, after: now }) => [code, aspect, before, now]),
    [
      ['cat', 'display', 'chat', 'matou'],
      ['cat', 'mapping', `equivalent ${PLANTS}|mint`, `equivalent ${PLANTS}|thyme`],
      ['dog', 'active', 'active', 'inactive'],
      ['dog', 'membership', 'member', 'not-member'],
    ],
  )
  const told = differenceText(found)
  for (const part of ['animals 1 → 2', '− chat; + matou', 'gained: 1', '1 of 2 documents', 'inactivated: 1']) {
    assert.ok(told.includes(part), `${part} is not in\n${told}`)
  }
  assert.doesNotMatch(told, /plants \d/)
})

test('a release compared with itself, or imported anew in another artifact, does not differ', async () => {
  const resources = [animals('1', [{ code: 'cat' }]), pets('cat'), map(['cat', 'mint'])]
  const one = await resourcesArtifact(home, 'same', resources)
  const other = await resourcesArtifact(home, 'other', [...resources].reverse())
  const used = [{ document: 'x', system: ANIMALS, code: 'cat' }]
  for (const to of [[one], [other]]) {
    assert.ok(isEmptyDifference(must(await diffReleases([one], to, { ...options, used }))))
  }
})

test('the first artifact has precedence on both sides', async () => {
  const strong = await resourcesArtifact(home, 'strong', [animals('1', [{ code: 'cat' }]), map(['cat', 'mint'])])
  const weak = await resourcesArtifact(home, 'weak', [
    animals('1', [{ code: 'cat', property: retired }]),
    map(['cat', 'thyme']),
  ])
  assert.ok(isEmptyDifference(must(await diffReleases([strong], [strong, weak], options))))
  const turned = must(await diffReleases([strong, weak], [weak, strong], options))
  assert.equal(turned.systems[0]?.concepts.inactivated.total, 1)
  assert.equal(turned.maps[0]?.targets.total, 1)
})

test('a first release adds everything; lists are bounded and totals are not', async () => {
  const concepts = Array.from({ length: 500 }, (_, index) => ({ code: `c${index}`, display: `Concept\u0007 ${index}` }))
  const many = await resourcesArtifact(home, 'many', [animals('1', concepts)])
  const found = must(await diffReleases([], [many], { ...options, limit: 3 }))
  assert.deepEqual([found.systems[0]?.kind, found.systems[0]?.concepts.added.total], ['added', 500])
  assert.equal(found.systems[0]?.concepts.added.shown.length, 3)
  const told = differenceText(found)
  assert.ok(told.includes('… and 497 more'))
  assert.ok(!told.includes('\u0007'))
})

test('words for a system that is not here are words, not concepts', async () => {
  const [one, two] = [
    await resourcesArtifact(home, 'own', [french({ cat: 'chat' })]),
    await resourcesArtifact(home, 'own', [french({ cat: 'matou', dog: 'chien' })]),
  ]
  const [system] = must(await diffReleases([one], [two], options)).systems
  assert.deepEqual([system?.kind, system?.before, system?.concepts.added.total], ['changed', undefined, 0])
  assert.deepEqual(system?.concepts.words.fr?.shown, [
    { code: 'cat', before: ['chat'], after: ['matou'] },
    { code: 'dog', before: [], after: ['chien'] },
  ])
  // The system itself arrives: then its concepts do.
  const whole = await resourcesArtifact(home, 'animals', [animals('1', [{ code: 'cat' }])])
  const [arrived] = must(await diffReleases([one], [one, whole], options)).systems
  assert.deepEqual([arrived?.kind, arrived?.concepts.added.shown], ['added', [{ code: 'cat' }]])
})

test('damaged resources are told with their file', async () => {
  const id = await resourcesArtifact(home, 'damaged', [pets('cat')])
  const file = join(home, 'terminology', 'artifacts', id, 'resources.index.json')
  writeFileSync(file, '[{"url":1}]')
  const refused = await diffReleases([], [id], options)
  assert.ok(!refused.ok)
  assert.equal(refused.problem.place?.file, file)
})

/** Round 1: concepts 100 and 900 (inactive); round 2: 100 with another French word, 900 active, 1000 new. */
function edition(round: number): ComparedEdition {
  const concepts = round === 1 ? ['100', '900'] : ['100', '900', '1000']
  const row = (term: string, language: string, active = true): DescriptionRow => ({
    id: '1',
    active,
    term,
    language,
    type: '900000000000013009',
    module: '1',
    effectiveTime: 20260101,
    caseSignificance: '1',
    acceptability: new Map([['2', 'preferred']]),
  })
  return {
    conceptCount: concepts.length,
    sctidOf: (concept) => concepts[concept] ?? '',
    isActive: (concept) => concepts[concept] !== '900' || round === 2,
    descriptionsOf: (concept) => [
      row(`concept ${concepts[concept]}`, 'en'),
      row('gone', 'en', false),
      ...(concepts[concept] === '100' ? [row(round === 1 ? 'ancien' : 'nouveau', 'fr')] : []),
    ],
  }
}

test('SNOMED CT editions are compared by module, the newest of each side', async () => {
  const uri = 'http://snomed.info/sct/11000315107'
  const make = async (round: number, version: string): Promise<ArtifactId> => {
    const about = { kind: 'snomed-edition', title: 'FR', source: 'x', reviewed: true, importedBy: 'x' } as const
    const made = await writeArtifact(home, { ...about, edition: `${uri}/version/${version}` }, async (folder) => {
      writeFileSync(join(folder, 'edition.snomed'), version)
      return ok({ round })
    })
    return must(made).id
  }
  const [spring, autumn] = [await make(1, '20260401'), await make(2, '20261001')]
  const found = must(await diffReleases([spring], [spring, autumn], options))
  const [system] = found.systems
  assert.deepEqual([system?.url, system?.before, system?.after], [uri, '20260401', '20261001'])
  assert.deepEqual(system?.concepts.added.shown, [{ code: '1000' }])
  assert.deepEqual(system?.concepts.reactivated.shown, [{ code: '900' }])
  assert.deepEqual(system?.concepts.words.fr?.shown, [
    { code: '100', before: ['ancien (preferred)'], after: ['nouveau (preferred)'] },
  ])
  assert.equal(system?.concepts.words.en, undefined)
})
