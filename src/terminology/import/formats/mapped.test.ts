import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { objects } from '../../load/json.ts'
import { concept, importFiles, one, property, writeFiles } from '../testing/import-files.ts'
import { builtInMappings } from './mapping.ts'

test('every built-in mapping is read, and no two have one id', () => {
  const folder = join(import.meta.dirname, '..', '..', '..', '..', 'data', 'terminology', 'list-formats')
  const mappings = builtInMappings()
  assert.equal(mappings.length, readdirSync(folder).filter((name) => name.endsWith('.json')).length)
  assert.equal(new Set(mappings.map(({ id }) => id)).size, mappings.length)
  for (const id of ['atc', 'edqm', 'emdn', 'orphanet', 'ccam', 'cis', 'cip', 'icd-10'])
    assert.ok(
      mappings.some((one) => one.id === id),
      id,
    )
})

test('ATC: parents by the length of the code, faults with their line', async () => {
  const imported = await importFiles({
    'atc.csv':
      '\uFEFFATC code;ATC level name;DDD;U\r\nA;ALIMENTARY TRACT;;\r\nA10;DIABETES;;\r\nA10BA02;"metformin; oral";2;g\r\nA10BA02;again;;\r\nA10B7;wrong;;\r\n;nothing;;\r\nA10BB01;glibenclamide;10;mg;surplus\r\n',
  })
  const atc = one(imported, 'CodeSystem', 'whocc.no/atc')
  assert.equal(concept(atc, 'A10BA02').display, 'metformin; oral')
  assert.deepEqual(property(concept(atc, 'A10BA02'), 'parent'), ['A10'])
  assert.deepEqual(property(concept(atc, 'A10'), 'parent'), ['A'])
  assert.deepEqual(property(concept(atc, 'A10BA02'), 'ddd'), ['2'])
  assert.deepEqual(imported.problems, [
    'atc.csv:5 terminology-code-twice',
    'atc.csv:6 terminology-code-wrong',
    'atc.csv:7 terminology-table-row',
    'atc.csv:8 terminology-table-row',
  ])
})

test('the French drug database: Latin letters, tabulators, no header, quotation marks as letters', async () => {
  const line = (...cells: readonly string[]) => `${cells.join('\t')}\r\n`
  const imported = await importFiles({
    'CIS_bdpm.txt': Buffer.from(
      line(
        '60002283',
        'ANASTROZOLE "ACCORD" 1 mg, comprimé',
        'comprimé',
        'orale;sublinguale',
        'Autorisation active',
        'p',
        'Commercialisée',
        '16/12/2010',
        '',
        '',
        'ACCORD',
        'Oui',
      ) + line('60004277', 'AUTRE, gélule', 'gélule', 'orale', 'Autorisation abrogée', 'p', '', '', '', '', 'X', 'Non'),
      'latin1',
    ),
    'CIS_CIP_bdpm.txt': Buffer.from(
      line(
        '60002283',
        '4949729',
        'plaquette de 30 comprimé(s)',
        'Présentation active',
        'd',
        '16/03/2011',
        '3400949497294',
        'oui',
        '100%',
      ),
      'latin1',
    ),
  })
  const cis = one(imported, 'CodeSystem', '213.2.3.1')
  assert.equal(concept(cis, '60002283').display, 'ANASTROZOLE "ACCORD" 1 mg, comprimé')
  assert.deepEqual(property(concept(cis, '60002283'), 'route'), ['orale', 'sublinguale'])
  assert.deepEqual(property(concept(cis, '60002283'), 'additional-monitoring'), [true])
  assert.deepEqual(property(concept(cis, '60004277'), 'inactive'), [true])
  assert.equal(cis.language, 'fr')
  assert.deepEqual(property(concept(one(imported, 'CodeSystem', '213.2.3.2'), '3400949497294'), 'cis'), ['60002283'])
  assert.deepEqual(imported.problems, [])
})

test('a list of one row for each language, by a mapping of its own', async () => {
  const mapping = {
    id: 'wards',
    title: 'Wards',
    system: 'https://hospital.example/wards',
    version: '7',
    delimiter: '|',
    columns: { code: 'Key', display: 'Word', language: 'Tongue', parent: 'Above' },
    languages: { English: 'en', French: 'fr-BE' },
    inactive: { column: 'State', values: ['closed'] },
  }
  const folder = writeFiles({ 'mapping.json': JSON.stringify(mapping) })
  const rows =
    'Key|Word|Tongue|Above|State\nH|Hospital|English||\nH|Hôpital|French||\nW1|Ward|English|H|closed\nW2|Ward|English|NONE|\n'
  const imported = await importFiles({ 'wards.csv': rows }, { mapping: join(folder, 'mapping.json') })
  const wards = one(imported, 'CodeSystem')
  assert.equal(wards.version, '7')
  assert.deepEqual(concept(wards, 'H').designation, [{ language: 'fr-BE', value: 'Hôpital' }])
  assert.equal(concept(wards, 'H').display, 'Hospital')
  assert.deepEqual(property(concept(wards, 'W1'), 'parent'), ['H'])
  assert.deepEqual(property(concept(wards, 'W1'), 'inactive'), [true])
  assert.deepEqual(imported.problems, ['wards.csv: terminology-parent-unknown'])
})

test('a wrong mapping says where; a table that nobody knows says what there is', async () => {
  const folder = writeFiles({ 'mapping.json': '{"id":"x","title":"x","system":"urn:x","columns":{"code":0}}' })
  const good = { 'ok.json': '[{"system":"urn:x","concepts":[{"code":"a","designation":{"fr":"un"}}]}]' }
  const wrong = await importFiles({ ...good, 'a.csv': 'a,b\n1,2\n' }, { mapping: join(folder, 'mapping.json') })
  assert.deepEqual(wrong.problems, ['a.csv: terminology-mapping-wrong'])
  assert.match(wrong.result.problems[0]?.sentence ?? '', /columns\.code/)
  const unknown = await importFiles({ ...good, 'a.csv': 'a,b\n1,2\n', 'readme.txt': 'hello' })
  assert.deepEqual(unknown.problems, ['a.csv: terminology-file-unknown'])
})

test('letters in the wrong encoding end the reading with the line; nothing is guessed', async () => {
  const imported = await importFiles({
    'ok.json': '[{"system":"urn:x","concepts":[{"code":"a","designation":{"fr":"un"}}]}]',
    'atc.csv': Buffer.from('ATC code,ATC level name\nA,ALIMENTARY\nA10,diabète\n', 'latin1'),
    'nul.csv': 'ATC code,ATC level name\nA,x\0y\n',
  })
  assert.deepEqual(imported.problems.toSorted(), [
    'atc.csv:3 terminology-file-encoding',
    'nul.csv:1 terminology-table-broken',
  ])
})

test('EMDN and CCAM are known by the name of the file', async () => {
  const imported = await importFiles({
    'EMDN_v2.csv': 'Code,Description,Level\nA,DEVICES,1\nA01,NEEDLES,2\nA0101,NEEDLES FOR X,3\n',
    'ccam_v75.csv': 'Code;Libellé;Activité\nHHFA001;Appendicectomie;1\n',
  })
  assert.deepEqual(property(concept(one(imported, 'CodeSystem', '44.6'), 'A0101'), 'parent'), ['A01'])
  assert.deepEqual(property(concept(one(imported, 'CodeSystem', '44.6'), 'A0101'), 'level'), [3])
  assert.equal(objects(one(imported, 'CodeSystem', '215.300.1').concept)[0]?.display, 'Appendicectomie')
})
