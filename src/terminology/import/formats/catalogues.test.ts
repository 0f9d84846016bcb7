/** The eHDSI catalogues in their forms: sheets, JSON, pages of the central server, OpenNCP's tables. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import yazl from 'yazl'
import { isObject, objects } from '../../load/json.ts'
import { CORPUS, concept, type Imported, importFiles, importPath, one } from '../testing/import-files.ts'

function include(imported: Imported, urlEnd: string) {
  const { compose } = one(imported, 'ValueSet', urlEnd)
  return objects(isObject(compose) ? compose.include : [])
}

const ATC = '2.16.840.1.113883.6.73'

test('MVC as one table: value sets by OID, words by language column', async () => {
  const imported = await importFiles(
    {
      'mvc.csv': `eHealth catalogue;;;;;
Value Set OID;Value Set Name;Code System OID;Code;Display Name;fr;Deutsch (de-AT)
1.3.6.1.4.1.12559.11.10.1.3.1.42.24;eHDSIActiveIngredient;${ATC};A10BA02;metformin;metformine;Metformin
1.3.6.1.4.1.12559.11.10.1.3.1.42.24;eHDSIActiveIngredient;${ATC};;nothing;;
1.2.3;Own;http://example.org/own;x;thing;chose;
`,
    },
    { version: '9.1.0' },
  )
  const set = one(imported, 'ValueSet', '/eHDSIActiveIngredient')
  assert.equal(set.version, '9.1.0')
  assert.deepEqual(include(imported, '/eHDSIActiveIngredient'), [
    { system: 'http://www.whocc.no/atc', concept: [{ code: 'A10BA02', display: 'metformin' }] },
  ])
  const words = imported.resources.find(({ supplements }) => supplements === 'http://www.whocc.no/atc') ?? {}
  assert.deepEqual(objects(concept(words, 'A10BA02').designation), [
    { language: 'en', value: 'metformin' },
    { language: 'fr', value: 'metformine' },
    { language: 'de-AT', value: 'Metformin' },
  ])
  one(imported, 'ValueSet', 'urn:oid:1.2.3')
  assert.deepEqual(imported.problems, ['mvc.csv:4 terminology-table-row'])
})

/** A spreadsheet as the standard demands at least; texts inline or shared. */
async function spreadsheet(
  sheets: Readonly<Record<string, readonly (readonly (string | number)[])[]>>,
): Promise<Buffer> {
  const zip = new yazl.ZipFile()
  const names = Object.keys(sheets)
  const add = (name: string, content: string) =>
    zip.addBuffer(Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${content}`), name)
  const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  add(
    'xl/workbook.xml',
    `<workbook ${main} xmlns:r="${office}"><sheets>${names.map((name, index) => `<sheet name="${name}" r:id="r${index}"/>`).join('')}</sheets></workbook>`,
  )
  add(
    'xl/_rels/workbook.xml.rels',
    `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${names.map((_, index) => `<Relationship Id="r${index}" Target="worksheets/sheet${index}.xml"/>`).join('')}</Relationships>`,
  )
  const shared: string[] = []
  Object.values(sheets).forEach((rows, index) => {
    const cell = (value: string | number, column: number, row: number) => {
      const reference = `${String.fromCharCode(65 + column)}${row}`
      if (typeof value === 'number') return `<c r="${reference}"><v>${value.toExponential().replace('+', '')}</v></c>`
      if (value === '') return ''
      return column % 2 === 0
        ? `<c r="${reference}" t="s"><v>${shared.push(value) - 1}</v></c>`
        : `<c r="${reference}" t="inlineStr"><is><r><t>${value}</t></r></is></c>`
    }
    const lines = rows.map(
      (row, at) => `<row r="${at + 1}">${row.map((value, column) => cell(value, column, at + 1)).join('')}</row>`,
    )
    add(`xl/worksheets/sheet${index}.xml`, `<worksheet ${main}><sheetData>${lines.join('')}</sheetData></worksheet>`)
  })
  add('xl/sharedStrings.xml', `<sst ${main}>${shared.map((text) => `<si><t>${text}</t></si>`).join('')}</sst>`)
  zip.end()
  return buffer(zip.outputStream)
}

test('MVC as a spreadsheet: one sheet for each value set, facts above the header, a cover passed over', async () => {
  const imported = await importFiles({
    'MVC.xlsx': await spreadsheet({
      Cover: [['Master Value Sets Catalogue']],
      eHDSISeverity: [
        ['Value Set Name', 'eHDSISeverity'],
        ['OID', '1.3.6.1.4.1.12559.11.10.1.3.1.42.13'],
        ['Version', '8.1.0'],
        [],
        ['Code', 'Description', 'Code System OID', 'fr-FR'],
        [255604002, 'Mild', '2.16.840.1.113883.6.96', 'léger'],
        ['', 'Nothing', '2.16.840.1.113883.6.96', ''],
      ],
    }),
  })
  assert.deepEqual(include(imported, '/eHDSISeverity'), [
    { system: 'http://snomed.info/sct', concept: [{ code: '255604002', display: 'Mild' }] },
  ])
  assert.equal(one(imported, 'ValueSet').version, '8.1.0')
  assert.deepEqual(imported.problems, ['MVC.xlsx:7 terminology-table-row'])
})

test('a spreadsheet that is none, and one without a known header', async () => {
  const good = { 'a.json': '[{"system":"urn:x","concepts":[{"code":"a","designation":{"fr":"un"}}]}]' }
  const imported = await importFiles({
    ...good,
    'broken.xlsx': 'PK no zip',
    'other.xlsx': await spreadsheet({ S: [['a', 'b']] }),
  })
  assert.deepEqual(imported.problems.toSorted(), [
    'broken.xlsx: terminology-spreadsheet-broken',
    'broken.xlsx: terminology-table-columns',
    'other.xlsx: terminology-table-columns',
  ])
})

test('MTC: mappings with relationship, quality, status and validity; translations as supplements', async () => {
  const imported = await importFiles({
    'mtc.csv': `Source code system OID,Source code,Source designation,Target code system OID,Target code,Target designation,Relationship,Quality,Status,Valid from,Valid to,Comment
1.2.250.1.213.2.3.1,60002283,ANASTROZOLE,${ATC},L02BG03,anastrozole,narrower,0.9,Valid,01/02/2026,2027-01-31,by hand
1.2.250.1.213.2.3.1,60002284,,${ATC},L02BG04,,somehow,,,soon,,
1.2.250.1.213.2.3.1,,,${ATC},L02BG04,,,,,,,
`,
    'translations.csv': `Code system OID,Code,Language,Translation\n${ATC},L02BG03,fr,anastrozole\n${ATC},L02BG04,,rien\n`,
    'mtc.json': JSON.stringify({
      mappings: [
        {
          source: { system: '1.2.9', code: 'a' },
          target: { system: ATC, code: 'A10BA02' },
          relationship: 'equivalent',
        },
        { source: {} },
      ],
      translations: [{ system: ATC, code: 'A10BA02', language: 'sv', text: 'metformin' }],
    }),
  })
  const [group] = objects(one(imported, 'ConceptMap', '213.2.3.1').group)
  const [first, second] = objects(group?.element)
  assert.deepEqual(objects(first?.target)[0], {
    code: 'L02BG03',
    display: 'anastrozole',
    relationship: 'source-is-broader-than-target',
    comment: 'by hand',
    property: [
      { code: 'quality', valueString: '0.9' },
      { code: 'status', valueString: 'Valid' },
      { code: 'valid-from', valueString: '2026-02-01' },
      { code: 'valid-to', valueString: '2027-01-31' },
    ],
  })
  assert.equal(objects(second?.target)[0]?.relationship, 'related-to')
  one(imported, 'ConceptMap', '1.2.9')
  const words = imported.resources.find(({ supplements }) => supplements === 'http://www.whocc.no/atc') ?? {}
  assert.deepEqual(
    objects(words.concept).map(({ code }) => code),
    ['A10BA02', 'L02BG03'],
  )
  assert.deepEqual(imported.problems.toSorted(), [
    'mtc.csv:3 terminology-date-wrong',
    'mtc.csv:3 terminology-relationship-unknown',
    'mtc.csv:4 terminology-table-row',
    'mtc.json: terminology-table-row',
    'translations.csv:3 terminology-language-missing',
  ])
})

function page(codes: readonly string[], more: object = {}): string {
  return JSON.stringify(
    codes.map((code) => ({
      code,
      codeSystemVersion: { versionId: '2026', codeSystem: { id: ATC, name: 'ATC' } },
      designations: [
        { name: `${code} in English`, language: 'en-GB', type: 'Preferred Term' },
        { name: `${code} en français`, language: 'fr-FR' },
      ],
      ...more,
    })),
  )
}

const CATALOGUE = JSON.stringify({
  name: 'MVC 9.1.0',
  valueSetVersions: [
    { versionId: 'v1', valueSet: { id: '1.3.6.1.4.1.12559.11.10.1.3.1.42.24', name: 'eHDSIActiveIngredient' } },
    { versionId: 'v2', valueSet: { id: '1.3.6.1.4.1.12559.11.10.1.3.1.42.2', name: 'eHDSIDoseForm' } },
  ],
})

test('pages of the central server: value sets, words and national codes; what is not whole is left out', async () => {
  const full = Array.from({ length: 250 }, (_, index) => `A${index}`)
  const national = {
    source: {
      code: '600',
      codeSystemVersion: { codeSystem: { id: '1.2.250.1.213.2.3.1', name: 'CIS' } },
      designations: [{ name: 'METFORMINE', language: 'fr' }],
    },
  }
  const imported = await importFiles({
    'valuesetcatalog.json': CATALOGUE,
    'pages/1.3.6.1.4.1.12559.11.10.1.3.1.42.24/v1/0.json': page(full),
    'pages/1.3.6.1.4.1.12559.11.10.1.3.1.42.24/v1/1.json': page(['A10BA02'], { mappings: [national] }),
    'pages/1.3.6.1.4.1.12559.11.10.1.3.1.42.2/v2/1.json': page(['X']),
    'pages/elsewhere/0.json': page(['Y']),
  })
  const [codes] = include(imported, '/eHDSIActiveIngredient')
  assert.equal(objects(codes?.concept).length, 251)
  assert.equal(imported.resources.filter(({ resourceType }) => resourceType === 'ValueSet').length, 1)
  const [group] = objects(one(imported, 'ConceptMap').group)
  assert.equal(group?.source, 'urn:oid:1.2.250.1.213.2.3.1')
  assert.deepEqual(objects(objects(group?.element)[0]?.target)[0], {
    code: 'A10BA02',
    display: 'A10BA02 in English',
    relationship: 'equivalent',
  })
  assert.deepEqual(imported.problems.toSorted(), [
    'pages/elsewhere/0.json: terminology-cts-page',
    'valuesetcatalog.json: terminology-cts-incomplete',
  ])
})

const TABLES = join(CORPUS, 'openncp', 'terminology', 'tsam-csv')
const skip = existsSync(TABLES) ? false : 'the corpus is not here (../shared/corpus/openncp/terminology)'

test('OpenNCP’s tables of the corpus: seven codes, eight words, two associations', { skip }, async () => {
  const imported = await importPath(TABLES)
  assert.equal(imported.result.designations, 8)
  assert.equal(imported.result.mappings, 2)
  const snomed = imported.resources.find(({ supplements }) => supplements === 'http://snomed.info/sct') ?? {}
  assert.deepEqual(objects(concept(snomed, '271650006').designation)[0], {
    language: 'sk-SK',
    value: 'diastolický artériový tlak',
  })
  assert.deepEqual(imported.problems, [])
})

test('tables of different exports, and letters that could be two, are told', async () => {
  const tables = {
    'v7__codeSystem.csv': 'ID;OID;NAME\n1;2.16.840.1.113883.6.96;SNOMED CT\n',
    'v7__codeSystemVersion.csv': 'ID;LOCAL_NAME;CODE_SYSTEM_ID\n1;2010;1\n',
    'v7__codeSystemConcept.csv': 'ID;CODE_SYSTEM_VERSION_ID;CODE\n1;1;22298006\n2;9;1\n',
    'v7__designation.csv': Buffer.from(
      'ID;DESIGNATION;CODE_SYSTEM_CONCEPT_ID;LANGUAGE_CODE\n1;\xa5\xb9;1;pl\n',
      'latin1',
    ),
    'v7__transcodingAssociation.csv': 'ID;SOURCE_CONCEPT_ID;TARGET_CONCEPT_ID\n1;1;77\n',
  }
  const good = { 'a.json': '[{"system":"urn:x","concepts":[{"code":"a","designation":{"fr":"un"}}]}]' }
  assert.deepEqual((await importFiles({ ...tables, ...good })).problems.toSorted(), [
    'v7__codeSystemConcept.csv:3 terminology-table-reference',
    'v7__designation.csv: terminology-file-encoding',
    'v7__transcodingAssociation.csv:2 terminology-table-reference',
  ])
})
