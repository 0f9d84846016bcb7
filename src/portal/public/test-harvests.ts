/** For tests: a catalogue with datasets of others, of which one is invalid, one became so, and one has vanished. */
import assert from 'node:assert/strict'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { openHarvester } from '#research/catalogue/harvest/harvester.ts'
import { type HarvestedCatalogues, openHarvestReports } from '#research/catalogue/harvest/reports.ts'
import { catalogueServer } from '#research/catalogue/harvest/server.ts'
import { readRdf } from '#research/catalogue/rdf/read.ts'
import { openCatalogue } from '#research/catalogue/store/catalogue-store.ts'
import { catalogueMigrations } from '#research/catalogue/store/migrations.ts'
import { corpusText, OFFICIAL, RELEASE_5_CATALOGUE } from '#research/catalogue/testing/corpus.ts'

const PORTUGAL = 'https://pt.example.org/dcat'
const PEERS = [
  { source: 'PT', address: PORTUGAL },
  { source: 'EE', address: 'https://ee.example.org/dcat' },
  { source: 'GR', address: 'https://gr.example.org/dcat' },
  { source: 'DE', address: 'https://de.example.org/dcat' },
]

export const KEPT = datasetOf('kept')
/** Was valid; its newest description is not. */
export const SPOILT = datasetOf('spoilt')
export const NEVER_VALID = datasetOf('never-valid')
export const VANISHED = datasetOf('vanished')
/** Somebody whom a wrong description names where an organisation's address belongs. */
export const PERSON = 'Maria Exemplo'

function datasetOf(name: string): string {
  return `https://pt.example.org/datasets/${name}`
}

/** Portugal answers, Estonia is down, Greece was never asked, Germany broke off and has left the list since. */
export async function harvestExamples(database: Database): Promise<HarvestedCatalogues> {
  const national = await openDatabase('sqlite::memory:')
  await migrate(national, catalogueMigrations)
  const store = openCatalogue(national)
  for (const dataset of [KEPT, SPOILT, NEVER_VALID, VANISHED]) {
    const read = await readRdf(exampleText(dataset))
    assert.ok(read.ok)
    assert.ok((await store.publish({ iri: dataset, by: 'x|steward', graph: read.value })).ok)
  }
  const server = catalogueServer({
    ...{ store, address: PORTUGAL, title: { en: 'Portugal' }, description: { en: 'Datasets.' } },
    publisher: { node: 'https://pt.example.org/body', name: 'Body' },
  })
  let wrong = [NEVER_VALID]
  let day = 0
  const harvester = openHarvester(database, {
    now: () => new Date(Date.UTC(2031, 4, 10 + day)),
    async fetch(request) {
      if (request.url.startsWith('https://ee.')) throw new TypeError('fetch failed')
      const text = await (await server.fetch(new Request(PORTUGAL))).text()
      const headers = { 'content-type': 'text/turtle' }
      if (request.url.startsWith('https://de.')) return new Response(text.slice(0, text.length / 2), { headers })
      return new Response(wrong.reduce(spoil, text), { headers })
    },
  })
  const [portugal, estonia, , germany] = PEERS
  assert.ok(portugal && estonia && germany)
  await harvester.harvest(germany)
  await harvester.harvest(portugal)
  await store.withdraw({ iri: VANISHED, by: 'x|steward', reason: 'Closed.' })
  wrong = [NEVER_VALID, SPOILT]
  for (day = 1; day <= 3; day += 1) await harvester.harvest(portugal)
  await harvester.harvest(estonia)
  await national.close()
  return { reports: openHarvestReports(database), peers: async () => PEERS.filter(({ source }) => source !== 'DE') }
}

/** Of that catalogue. */
export const MUCH_WRONG = 'http://example.org/dataset/EHR001'

/** A whole national catalogue that follows an older release: much is told of each dataset. */
export async function harvestRelease5(database: Database): Promise<void> {
  const headers = { 'content-type': 'text/turtle' }
  const harvester = openHarvester(database, {
    fetch: async () => new Response(corpusText(RELEASE_5_CATALOGUE), { headers }),
  })
  await harvester.harvest({ source: 'IT', address: 'https://it.example.org/dcat' })
}

function exampleText(dataset: string): string {
  return corpusText(OFFICIAL)
    .replaceAll('ex:dataset-oncology-ehrs-2024', `<${dataset}>`)
    .replace('Cross-border oncology EHR cohort 2024', `Cohort ${dataset.split('/').at(-1)}`)
    .replace(
      'dct:provenance ex:dataset-provenance ;',
      'dct:provenance [ a dct:ProvenanceStatement ; rdfs:label "Linked."@en ] ;',
    )
}

/** Without an identifier, with a frequency of no list, and with a person for a creator. */
function spoil(text: string, dataset: string): string {
  const begin = text.indexOf(`<${dataset}> a dcat:Dataset ;`)
  assert.ok(begin >= 0, dataset)
  const head = `<${dataset}> a dcat:Dataset ; dct:creator "${PERSON}" ; dct:accrualPeriodicity <https://example.org/sometimes> ;`
  const rest = text.slice(begin + `<${dataset}> a dcat:Dataset ;`.length)
  return (
    text.slice(0, begin) + head + rest.replace(/dct:identifier [^;]*;/, '').replace(/dct:accrualPeriodicity [^;]*;/, '')
  )
}
