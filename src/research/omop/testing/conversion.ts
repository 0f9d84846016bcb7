/** A small vocabulary, and documents converted with it: for tests of `from-fhir`. */
import assert from 'node:assert/strict'
import { after } from 'node:test'
import { fixedTerminology } from '#documents/render/test-terminology.ts'
import type { Terminology } from '#terminology/terminology.ts'
import { convertDocuments } from '../from-fhir/convert.ts'
import { type DuckDatabase, openDuckDatabase } from '../release/duckdb.ts'
import { createCdm } from '../specification/ddl.ts'
import { documentBundle, memoryKeys, PATIENT, readJson } from './documents.ts'

export const SNOMED = 'http://snomed.info/sct'
export const LOINC = 'http://loinc.org'
export const ICD10 = 'http://hl7.org/fhir/sid/icd-10'
export const UCUM = 'http://unitsofmeasure.org'

export const quiet = fixedTerminology({})
export const vocabulary = await makeVocabulary()
after(() => vocabulary.close())

/** id, code, vocabulary, domain, standard; then what is mapped to what. */
async function makeVocabulary(): Promise<DuckDatabase> {
  const database = await openDuckDatabase(':memory:')
  for (const statement of createCdm()) await database.run(statement)
  const concepts: readonly (readonly [number, string, string, string, boolean])[] = [
    [201826, '44054006', 'SNOMED', 'Condition', true],
    [45542738, 'E11', 'ICD10', 'Condition', false],
    [3004410, '4548-4', 'LOINC', 'Measurement', true],
    [3004249, '8480-6', 'LOINC', 'Measurement', true],
    [3012888, '8462-4', 'LOINC', 'Measurement', true],
    [43054909, '72166-2', 'LOINC', 'Observation', true],
    [8554, '%', 'UCUM', 'Unit', true],
    [500, 'both', 'ICD10', 'Condition', false],
    [501, 'finding', 'SNOMED', 'Observation', true],
    [600, 'old', 'SNOMED', 'Condition', false],
    [700, 'smoker', 'SNOMED', 'Observation', true],
    [800, '6809', 'RxNorm', 'Drug', true],
  ]
  for (const [id, code, system, domain, standard] of concepts) {
    await database.run(`INSERT INTO concept VALUES ($1, $2, $3, $4, 'x', $5, $6, '1970-01-01', '2099-12-31', NULL)`, [
      id,
      code,
      domain,
      system,
      standard ? 'S' : null,
      code,
    ])
  }
  for (const [from, to] of [
    [45542738, 201826],
    [500, 201826],
    [500, 501],
  ]) {
    await database.run(
      `INSERT INTO concept_relationship VALUES ($1, $2, 'Maps to', '1970-01-01', '2099-12-31', NULL)`,
      [from ?? 0, to ?? 0],
    )
  }
  return database
}

export const coded = (system: string, code: string, text?: string) => ({
  coding: [{ system, code }],
  ...(text === undefined ? {} : { text }),
})

export async function convert(
  resources: Parameters<typeof documentBundle>[0],
  patient = PATIENT,
  terminology: Terminology = quiet,
) {
  const document = readJson(documentBundle(resources, patient), quiet)
  const { tables, account } = await convertDocuments({
    documents: [document],
    vocabulary,
    keys: await memoryKeys(),
    terminology,
  })
  assert.equal(account.resources, resources.length + 2)
  const reasons = account.listed.map(({ resource, reason }) => `${resource.split('/')[0]} ${reason}`).slice(1)
  return { rows: (table: string) => tables.get(table) ?? [], account, reasons }
}
