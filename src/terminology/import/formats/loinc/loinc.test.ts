import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { objects } from '../../../load/json.ts'
import { CORPUS, concept, importFiles, importPath, one, property } from '../../testing/import-files.ts'

const TABLE = `"LOINC_NUM","COMPONENT","PROPERTY","LONG_COMMON_NAME","SHORTNAME","STATUS","VersionLastChanged"
"1-8","Glucose","MCnc","Glucose [Mass/volume] in Blood","Glucose Bld","ACTIVE","2.77"
"2-6","Old thing","MCnc","Old, ""quoted"" thing","","DEPRECATED","2.9"
"1-8","Again","","Again","","ACTIVE","2.1"
"3-4","Too short"
`

test('a release becomes one code system, a value set for each list, a supplement for each variant', async () => {
  const imported = await importFiles({
    'Loinc_2.78/LoincTable/Loinc.csv': TABLE,
    'Loinc_2.78/AccessoryFiles/PartFile/Part.csv':
      '"PartNumber","PartTypeName","PartName","PartDisplayName","Status"\n"LP1-1","COMPONENT","Glucose","Glucose","ACTIVE"\n',
    'Loinc_2.78/AccessoryFiles/PartFile/LoincPartLink_Primary.csv':
      '"LoincNumber","PartNumber","PartName","LinkTypeName","Property"\n"1-8","LP1-1","Glucose","Primary","http://loinc.org/property/COMPONENT"\n',
    'Loinc_2.78/AccessoryFiles/ComponentHierarchyBySystem/ComponentHierarchyBySystem.csv':
      '"PATH_TO_ROOT","SEQUENCE","IMMEDIATE_PARENT","CODE","CODE_TEXT"\n"","1","LP1-1","LP2-9","top"\n"","1","LP2-9","LP1-1","Glucose"\n"","1","LP1-1","1-8","Glucose Bld"\n',
    'Loinc_2.78/AccessoryFiles/AnswerFile/AnswerList.csv':
      '"AnswerListId","AnswerListName","AnswerListOID","AnswerStringId","SequenceNumber","DisplayText"\n"LL1-1","Yes|No","1.2.3","LA2-2","2","No"\n"LL1-1","Yes|No","1.2.3","LA1-1","1","Yes"\n',
    'Loinc_2.78/AccessoryFiles/LinguisticVariants/frFR18LinguisticVariant.csv':
      '"LOINC_NUM","COMPONENT","LONG_COMMON_NAME"\n"1-8","Glucose","Glucose [Masse/Volume] Sang"\n"2-6","Vieille chose",""\n',
    'Loinc_2.78/Documentation/readme.txt': 'not looked at',
  })
  const loinc = one(imported, 'CodeSystem', 'http://loinc.org')
  assert.equal(loinc.version, '2.78')
  assert.equal(loinc.content, 'fragment')
  const glucose = concept(loinc, '1-8')
  assert.equal(glucose.display, 'Glucose [Mass/volume] in Blood')
  assert.deepEqual(property(glucose, 'COMPONENT'), [{ system: 'http://loinc.org', code: 'LP1-1', display: 'Glucose' }])
  assert.deepEqual(property(glucose, 'parent'), ['LP1-1'])
  assert.deepEqual(property(concept(loinc, '2-6'), 'inactive'), [true])
  assert.equal(concept(loinc, '2-6').display, 'Old, "quoted" thing')
  const list = one(imported, 'ValueSet', '/vs/LL1-1')
  const [include] = objects((list.compose as { include: unknown }).include)
  assert.deepEqual(
    objects(include?.concept).map(({ code }) => code),
    ['LA1-1', 'LA2-2'],
  )
  const french = imported.resources.find(({ language }) => language === 'fr-FR')
  assert.equal(french?.supplements, 'http://loinc.org')
  assert.deepEqual(concept(french ?? {}, '2-6').designation, [{ language: 'fr-FR', value: 'Vieille chose' }])
  const root = 'Loinc_2.78/LoincTable/Loinc.csv'
  assert.deepEqual(
    imported.problems.filter((problem) => problem.startsWith(root)),
    [`${root}:4 terminology-code-twice`, `${root}:5 terminology-table-row`],
  )
  // LP1-1 below LP2-9 below LP1-1
  assert.ok(imported.problems.some((problem) => problem.endsWith('terminology-parent-circle')))
})

test('a table without its columns says which one and where', async () => {
  const imported = await importFiles({
    'LoincTable/Loinc.csv': '"LOINC_NUM","LONG_COMMON_NAME"\n"1-8","Glucose"\n',
    'AccessoryFiles/LinguisticVariants/deDE15LinguisticVariant.csv':
      '"LOINC_NUM","LONG_COMMON_NAME"\n"1-8","Glukose"\n',
  })
  assert.deepEqual(imported.problems, ['LoincTable/Loinc.csv:1 terminology-table-columns'])
  assert.match(imported.result.problems[0]?.sentence ?? '', /COMPONENT, STATUS is missing/)
  assert.equal(imported.resources.length, 1)
})

const SAMPLE = join(CORPUS, 'terminology', 'tx-source', 'loinc')
const skip = existsSync(SAMPLE) ? false : 'the corpus is not here (../shared/corpus/terminology/tx-source/loinc)'

test('the LOINC sample of the corpus, counted against its own files', { skip }, async () => {
  const imported = await importPath(SAMPLE)
  const firstCells = (file: string) =>
    new Set(
      readFileSync(join(SAMPLE, file), 'utf8')
        .split('\n')
        .slice(1)
        .flatMap((line) => /^"([^"]+)",/.exec(line)?.[1] ?? []),
    )
  const codes = objects(one(imported, 'CodeSystem', 'http://loinc.org').concept)
  const ids = new Set(codes.map(({ code }) => code))
  assert.equal(ids.size, codes.length)
  for (const file of [
    'LoincTable/Loinc.csv',
    'AccessoryFiles/PartFile/Part.csv',
    'AccessoryFiles/AnswerFile/AnswerList.csv',
  ]) {
    for (const code of firstCells(file)) assert.ok(ids.has(code), code)
  }
  const variants = readdirSync(join(SAMPLE, 'AccessoryFiles', 'LinguisticVariants')).filter((name) => /\d/.test(name))
  const supplements = imported.resources.filter(({ content }) => content === 'supplement')
  assert.equal(supplements.length, variants.length)
  assert.equal(new Set(supplements.map(({ language }) => language)).size, 19)
  for (const name of variants) {
    const [, language, country] = /^([a-z]{2})([A-Z]{2})/.exec(name) ?? []
    const own = supplements.find((one) => one.language === `${language}-${country}`)
    assert.ok(objects(own?.concept).length > 0, name)
  }
  assert.equal(imported.resources.filter(({ resourceType }) => resourceType === 'ValueSet').length, 3)
})
