import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openMessages } from '#platform/i18n/messages.ts'
import type { DatasetRecord } from '../record/dataset-record.ts'
import { type EditorField, editorFields, judgeRecord, newRecord } from './editor.ts'

const ADDRESS = 'https://fr.example.org/datasets/1'

function named(fields: readonly EditorField[], path: string): EditorField {
  const [name, ...inside] = path.split('.')
  const field = fields.find((one) => one.name === name)
  assert.ok(field, path)
  return inside.length === 0 ? field : named(field.fields, inside.join('.'))
}

function* everyField(fields: readonly EditorField[]): Generator<EditorField> {
  for (const field of fields) {
    yield field
    yield* everyField(field.fields)
  }
}

describe('the editor', () => {
  it('asks what the access rights ask', () => {
    const need = (access: 'PUBLIC' | 'RESTRICTED' | 'NON_PUBLIC', path: string) =>
      named(editorFields(access), path).need
    for (const path of [
      'title',
      'identifier',
      'hdab',
      'healthCategory',
      'hasStructuredData',
      'distribution.accessUrl',
      'hdab.contactPoint',
      'hdab.name',
    ]) {
      assert.equal(need('PUBLIC', path), 'mandatory', path)
    }
    for (const path of ['contactPoint', 'keyword', 'type', 'provenance']) {
      assert.deepEqual([need('NON_PUBLIC', path), need('RESTRICTED', path)], ['mandatory', 'optional'], path)
    }
    assert.deepEqual([need('PUBLIC', 'custodian'), need('PUBLIC', 'alternative')], ['recommended', 'optional'])
    // Only the body, the holder and the publisher must be reachable, not everyone who made something.
    assert.equal(need('PUBLIC', 'creator.contactPoint'), 'optional')
    assert.deepEqual(
      [need('PUBLIC', 'variables.title'), need('PUBLIC', 'variables.table.column.datatype')],
      ['mandatory', 'mandatory'],
    )
  })

  it('has a word for every field and help for every mandatory one, in English and French', () => {
    for (const language of ['en', 'fr']) {
      const messages = openMessages(join(import.meta.dirname, '../../../../data/messages'), language)
      for (const { labelKey, helpKey, need, example } of everyField(editorFields('NON_PUBLIC'))) {
        assert.equal(messages.phrase(labelKey).language, language, labelKey)
        assert.ok(messages.has(labelKey), labelKey)
        if (need !== 'mandatory' || labelKey.endsWith('rdfs-label')) continue
        assert.ok(messages.has(helpKey) && example !== undefined, helpKey)
      }
    }
  })

  it('offers the code lists, those of Article 51 whole', () => {
    const fields = editorFields('NON_PUBLIC')
    assert.equal(named(fields, 'healthCategory').list?.codes?.length, 17)
    assert.equal(named(fields, 'publisher.type').list?.id, 'publisher-type')
    assert.equal(named(fields, 'hdab.type').list, undefined)
    assert.equal(named(fields, 'distribution.format').list?.id, 'file-type')
  })

  it('goes from an empty description to a right one, problem by problem at its field', async () => {
    const empty = newRecord(ADDRESS, 'NON_PUBLIC')
    const first = await judgeRecord(empty, 'NON_PUBLIC')
    assert.equal(first.conforms, false)
    const violated = [...first.problems]
      .filter(([, problems]) => problems.some(({ severity }) => severity === 'violation'))
      .map(([field]) => field)
    assert.deepEqual(violated, [
      'title',
      'description',
      'identifier',
      'healthCategory',
      'type',
      'keyword',
      'provenance',
      'contactPoint',
      'hdab',
      'hasStructuredData',
      'distribution',
    ])

    const record: DatasetRecord = {
      ...empty,
      title: [{ value: 'Registre du cancer', language: 'fr' }],
      description: [{ value: 'Tumeurs depuis 2020.', language: 'fr' }],
      identifier: [{ value: 'FR-1' }],
      healthCategory: ['https://hdeu-dcat.data.health.europa.eu/resource/authority/healthcategories/MRMR'],
      type: ['http://publications.europa.eu/resource/authority/dataset-type/STATISTICAL'],
      keyword: [{ value: 'cancer', language: 'fr' }],
      provenance: [{ label: [{ value: 'Registres.', language: 'fr' }] }],
      contactPoint: [{ email: 'mailto:a@fr.example.org' }],
      hdab: { name: [{ value: 'HDH' }], contactPoint: { email: [{ value: 'a@fr.example.org' }] } },
      hasStructuredData: true,
      distribution: [
        {
          accessUrl: ['https://fr.example.org/apply'],
          applicableLegislation: ['http://data.europa.eu/eli/reg/2025/327/oj'],
        },
        { applicableLegislation: ['http://data.europa.eu/eli/reg/2025/327/oj'] },
      ],
    }
    const second = await judgeRecord(record, 'NON_PUBLIC')
    const left = [...second.problems.values()].flat().filter(({ severity }) => severity === 'violation')
    assert.deepEqual(
      left.map(({ kind, field }) => `${kind} ${field}`),
      ['missing-variables variables', 'missing distribution[1].accessUrl'],
    )
    const done = await judgeRecord(
      { ...record, hasStructuredData: false, distribution: record.distribution?.slice(0, 1) ?? [] },
      'NON_PUBLIC',
    )
    assert.ok(done.conforms)
  })
})
