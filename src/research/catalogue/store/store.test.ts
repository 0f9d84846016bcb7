import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { migrate } from '#platform/database/migrate.ts'
import { onEachDatabase, type TestDatabase } from '../../../../test/databases.ts'
import { sameGraph } from '../rdf/canonical.ts'
import { graphOf, iri, type Quad, type Store } from '../rdf/graph.ts'
import { readRdf } from '../rdf/read.ts'
import { corpusGraph, corpusText, OFFICIAL, OFFICIAL_DATASET, withoutCorpus } from '../testing/corpus.ts'
import { openCatalogue } from './catalogue-store.ts'
import { plainWords } from './facets.ts'
import { catalogueMigrations } from './migrations.ts'
import { yearAfter } from './stored.ts'

const by = 'urn:example|steward'

async function catalogueOn(database: TestDatabase, moment = '2026-03-01T10:00:00.000Z') {
  await migrate(database, catalogueMigrations)
  const clock = { now: new Date(moment) }
  return { catalogue: openCatalogue(database, { now: () => clock.now }), clock }
}

function without(graph: Store, property: string): Store {
  return graphOf(graph.getQuads(null, null, null, null).filter((quad: Quad) => quad.predicate.value !== iri(property)))
}

/** The official example under another address and with other words. */
async function variant(
  number: number,
  words: Readonly<Record<string, string>> = {},
): Promise<readonly [string, Store]> {
  const dataset = `https://example.org/datasets/${String(number).padStart(3, '0')}`
  let text = corpusText(OFFICIAL).replaceAll('ex:dataset-oncology-ehrs-2024', `<${dataset}>`)
  for (const [old, now] of Object.entries(words)) text = text.replaceAll(old, now)
  const read = await readRdf(text)
  assert.ok(read.ok)
  return [dataset, read.value]
}

if (withoutCorpus) describe('the catalogue', { skip: withoutCorpus }, () => {})
else
  onEachDatabase('the catalogue', (open) => {
    it('keeps drafts, publishes only what conforms, and remembers every version', async () => {
      const { catalogue, clock } = await catalogueOn(await open())
      const whole = await corpusGraph(OFFICIAL)
      const draft = await catalogue.saveDraft({ iri: OFFICIAL_DATASET, by, graph: without(whole, 'dct:provenance') })
      assert.ok(draft.ok)
      assert.deepEqual([draft.value.state, draft.value.version, draft.value.conformsToRelease], ['draft', 1, undefined])
      assert.equal((await catalogue.search({})).total, 0)

      const refused = await catalogue.publish({ iri: OFFICIAL_DATASET, by })
      assert.ok(!refused.ok && refused.problem.code === 'catalogue-record-not-conformant')
      assert.deepEqual(
        refused.problems.filter(({ severity }) => severity === 'violation').map(({ property }) => property),
        ['dct:provenance'],
      )

      const published = await catalogue.publish({ iri: OFFICIAL_DATASET, by, graph: whole, onVersion: 1 })
      assert.ok(published.ok)
      const record = published.value.record
      assert.deepEqual(
        [record.state, record.version, record.conformsToRelease, record.reviewDue],
        ['published', 2, 'r8', '2027-03-01'],
      )
      assert.ok(sameGraph(record.graph(), whole))
      assert.equal(record.record().numberOfRecords, 1_850_000)

      const late = await catalogue.saveDraft({ iri: OFFICIAL_DATASET, by, graph: whole, onVersion: 1 })
      assert.ok(!late.ok && late.problem.code === 'catalogue-record-changed')

      clock.now = new Date('2027-02-28T00:00:00.000Z')
      assert.deepEqual((await catalogue.dueForReview('2027-02-28')).length, 0)
      assert.deepEqual(
        (await catalogue.dueForReview('2027-03-01')).map((one) => one.iri),
        [OFFICIAL_DATASET],
      )
      const reviewed = await catalogue.confirmReview({ iri: OFFICIAL_DATASET, by })
      assert.ok(reviewed.ok && reviewed.value.reviewDue === '2028-02-28' && reviewed.value.hash === record.hash)

      const next = await catalogue.saveDraft({ iri: OFFICIAL_DATASET, by, graph: without(whole, 'dct:language') })
      assert.ok(next.ok && next.value.state === 'published' && next.value.hash === record.hash)
      assert.equal(next.value.reviewDue, '2028-02-28')
      assert.equal((await catalogue.search({})).total, 1)
      const replaced = await catalogue.publish({ iri: OFFICIAL_DATASET, by })
      assert.ok(replaced.ok && replaced.value.record.record().language === undefined)
      assert.equal(replaced.value.record.draft, undefined)

      const gone = await catalogue.withdraw({ iri: OFFICIAL_DATASET, by, reason: 'Replaced.' })
      assert.ok(gone.ok && gone.value.reason === 'Replaced.')
      assert.equal((await catalogue.search({})).total, 0)
      assert.deepEqual(
        (await catalogue.versions(OFFICIAL_DATASET)).map(({ version, state }) => `${version} ${state}`),
        ['6 withdrawn', '5 published', '4 draft', '3 published', '2 published', '1 draft'],
      )
      const review = await catalogue.confirmReview({ iri: OFFICIAL_DATASET, by })
      assert.ok(!review.ok && review.problem.code === 'catalogue-record-not-published')
    })

    it('finds words without accents, narrows by facets with counts, and pages', async () => {
      const { catalogue } = await catalogueOn(await open())
      const words: readonly Readonly<Record<string, string>>[] = [
        {
          'Cross-border oncology EHR cohort 2024': 'Santé des patients à l’hôpital',
          'authority/country/BEL': 'authority/country/FRA',
        },
        {
          'Cross-border oncology EHR cohort 2024': 'Łódź 100% registry_data',
          'healthcategories/EHRS': 'healthcategories/MRMR',
        },
        {
          'cv:contactPoint ex:custodian-contact-point .':
            'cv:contactPoint ex:custodian-contact-point ; healthdcatap:trustedDataHolder true .',
        },
      ]
      for (const [index, one] of words.entries()) {
        const [dataset, graph] = await variant(index, one)
        const done = await catalogue.publish({ iri: dataset, by, graph })
        assert.ok(done.ok, JSON.stringify(done))
      }
      const titles = async (text: string) =>
        (await catalogue.search({ text })).records.map(({ iri: one }) => one.slice(-1)).join()
      assert.deepEqual(
        [
          await titles('SANTE hopital'),
          await titles('lodz'),
          await titles('registry_'),
          await titles('%'),
          await titles('onco'),
          await titles('xyz'),
        ],
        ['0', '1', '0,1,2', '0,1,2', '0,1,2', ''],
      )
      const all = await catalogue.search({})
      const counts = (facet: 'category' | 'country' | 'trusted-holder' | 'label' | 'holder') =>
        (all.facets.get(facet) ?? []).map(({ value, count }) => `${value} ${count}`)
      assert.deepEqual(counts('category'), ['EHRS 2', 'MRMR 1'])
      assert.deepEqual(counts('country'), ['BEL 2', 'FRA 1'])
      assert.deepEqual(counts('trusted-holder'), ['no 2', 'yes 1'])
      assert.deepEqual(counts('label'), ['yes 3'])
      assert.deepEqual(counts('holder'), ['National Hospital Data Custodian Service 3'])
      const narrowed = await catalogue.search({ facets: { category: ['EHRS', 'WELA'], country: ['FRA'] } })
      assert.deepEqual([narrowed.total, narrowed.records[0]?.iri.slice(-1)], [1, '0'])
      const first = await catalogue.search({ limit: 2 })
      const second = await catalogue.search({ limit: 2, ...(first.next ? { after: first.next } : {}) })
      assert.deepEqual([first.records.length, second.records.length, second.next, second.total], [2, 1, undefined, 3])
    })

    it('of two who change the same version at the same time one is told', async () => {
      const { catalogue } = await catalogueOn(await open())
      const graph = await corpusGraph(OFFICIAL)
      await catalogue.saveDraft({ iri: OFFICIAL_DATASET, by, graph })
      const wish = { iri: OFFICIAL_DATASET, by, graph, onVersion: 1 }
      const results = await Promise.all([catalogue.saveDraft(wish), catalogue.saveDraft(wish), catalogue.publish(wish)])
      assert.equal(results.filter(({ ok }) => ok).length, 1)
      assert.equal((await catalogue.versions(OFFICIAL_DATASET)).length, 2)
    })

    it('of two who begin the same description at the same time one is told, and nothing is lost', async () => {
      const { catalogue } = await catalogueOn(await open())
      const graph = await corpusGraph(OFFICIAL)
      const wish = { iri: OFFICIAL_DATASET, by, graph }
      const results = await Promise.all([1, 2, 3, 4].map(() => catalogue.saveDraft(wish)))
      const done = results.filter(({ ok }) => ok).length
      assert.ok(done >= 1)
      for (const result of results) assert.ok(result.ok || result.problem.code === 'catalogue-record-changed')
      assert.equal((await catalogue.versions(OFFICIAL_DATASET)).length, done)
    })

    it('refuses what it does not know', async () => {
      const { catalogue } = await catalogueOn(await open())
      for (const result of [
        await catalogue.publish({ iri: 'https://x.org/none', by }),
        await catalogue.withdraw({ iri: 'https://x.org/none', by, reason: 'x' }),
      ]) {
        assert.ok(!result.ok && result.problem.code === 'catalogue-record-unknown')
      }
      assert.equal(await catalogue.find('https://x.org/none'), undefined)
    })
  })

describe('words and years', () => {
  it('words are compared without accents in every script', () => {
    assert.deepEqual(['Santé', 'STRASSE Straße', 'Łódź', 'Ελλάς', 'œuvre', 'Øre'].map(plainWords), [
      'sante',
      'strasse strasse',
      'lodz',
      'ελλας',
      'oeuvre',
      'ore',
    ])
  })

  it('a year after the 29th of February is the 28th', () => {
    assert.deepEqual(
      [yearAfter(new Date('2028-02-29T12:00:00Z')), yearAfter(new Date('2026-12-31T23:59:59Z'))],
      ['2029-02-28', '2027-12-31'],
    )
  })
})
