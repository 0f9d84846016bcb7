/** Real documents of many vendors, and those of the demonstration: every resource is accounted for, every row loads. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { readDocument } from '#documents/read.ts'
import type { Terminology } from '#terminology/terminology.ts'
import type { DuckDatabase } from '../release/duckdb.ts'
import { loadRelease } from '../release/load.ts'
import { openRelease } from '../release/open.ts'
import { absent, CORPUS, temporaryFolder } from '../testing/datasets.ts'
import { memoryKeys, smallTerminology } from '../testing/documents.ts'
import { importVocabulary } from '../vocabulary/import.ts'
import { writeTables } from '../write-tables.ts'
import { type Conversion, convertDocuments } from './convert.ts'
import type { SourceDocument } from './document-facts.ts'

const DEMO = join(import.meta.dirname, '../../../../data/demo')

const terminology = await smallTerminology()
const { vocabulary, path: vocabularyPath } = await localVocabulary()
after(() => vocabulary.close())

async function localVocabulary(): Promise<{ vocabulary: DuckDatabase; path: string }> {
  const path = join(temporaryFolder(), 'vocabulary.duckdb')
  const imported = await importVocabulary({ sources: [], target: path, version: 'local', withLocal: true })
  assert.ok(imported.ok)
  const opened = await openRelease(path)
  assert.ok(opened.ok)
  return { vocabulary: opened.value.database, path }
}

function documentsIn(folder: string, pattern: string): readonly SourceDocument[] {
  return globSync(pattern, { cwd: folder })
    .sort()
    .flatMap((name) => {
      const read = readDocument(readFileSync(join(folder, name)), {
        file: name,
        terminology: terminology satisfies Terminology,
      })
      return read.ok ? [{ name, document: read.value }] : []
    })
}

/** Converts and loads; returns what can be asserted of any set of documents. */
async function converted(documents: readonly SourceDocument[]) {
  const conversion = await convertDocuments({ documents, vocabulary, keys: await memoryKeys(), terminology })
  const resources = documents.reduce((sum, { document }) => sum + (document.bundle.entry?.length ?? 0), 0)
  assert.equal(conversion.account.resources, resources, 'every resource is a row or on the list')
  const folder = temporaryFolder()
  await writeTables(join(folder, 'rows'), conversion.tables)
  const target = join(folder, 'release.duckdb')
  const loaded = await loadRelease({
    sources: [join(folder, 'rows')],
    target,
    dataset: 'd',
    release: '1',
    vocabulary: vocabularyPath,
  })
  assert.ok(loaded.ok)
  return { conversion, report: loaded.value, target }
}

const rowsIn = ({ tables }: Conversion) => [...tables.values()].reduce((sum, rows) => sum + rows.length, 0)

describe('the people of the demonstration', () => {
  it('become persons with their conditions, medicines, results and vaccinations', async () => {
    const { conversion, report, target } = await converted(documentsIn(DEMO, '*/documents/*.{json,xml}'))
    assert.equal(report.rejected, 0)
    assert.equal(report.loaded, rowsIn(conversion))
    assert.ok(report.metadata.persons >= 11)
    const opened = await openRelease(target)
    assert.ok(opened.ok)
    const { database } = opened.value
    const [diabetes] = await database.rows(
      `SELECT count(DISTINCT person_id) AS n FROM condition_occurrence WHERE condition_concept_id = 201826 AND condition_source_value IN ('E11', 'E11.9')`,
    )
    assert.ok(Number(diabetes?.n) >= 1)
    const [mapped] = await database.rows(
      'SELECT count(*) FILTER (WHERE condition_concept_id > 0) AS good, count(*) AS n FROM condition_occurrence',
    )
    assert.equal(mapped?.good, mapped?.n)
    const tables = Object.keys(report.metadata.tables)
    for (const table of ['drug_exposure', 'measurement', 'observation', 'procedure_occurrence', 'device_exposure']) {
      assert.ok(tables.includes(table), table)
    }
    opened.value.close()
  })
})

describe('documents of the corpus', { skip: absent(CORPUS) }, () => {
  for (const [name, folder, pattern, atLeast] of [
    ['FHIR of many vendors', 'fhir', '{ips-connectathon,ehds-examples,ig-*}/*.json', 40],
    ['European examples', 'fhir', 'synderai-{eps,hdr}/*.json', 40],
    ['CDA patient summaries', 'openncp/cda', 'ps/**/*.xml', 1],
  ] as const) {
    it(`${name}: every resource is a row or listed, and what does not load is told`, async () => {
      const documents = documentsIn(join(CORPUS, folder), pattern)
      assert.ok(documents.length >= atLeast, `${documents.length} documents`)
      const { conversion, report } = await converted(documents)
      assert.equal(report.loaded + report.rejected, rowsIn(conversion))
      assert.equal(report.rejected, 0, JSON.stringify(report.rejectionCounts))
    })
  }
})
