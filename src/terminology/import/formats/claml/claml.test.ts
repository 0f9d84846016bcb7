import assert from 'node:assert/strict'
import { test } from 'node:test'
import { objects } from '../../../load/json.ts'
import { concept, importFiles, one, property } from '../../testing/import-files.ts'

const label = (text: string, language = 'en') =>
  `<Rubric kind="preferred"><Label xml:lang="${language}">${text}</Label></Rubric>`
const made = (modifier: string, code: string, text: string) =>
  `<ModifierClass modifier="${modifier}" code="${code}">${label(text)}</ModifierClass>`

function classification(classes: string, title = 'name="ICD-10-WHO" version="2019"'): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE ClaML SYSTEM "ClaML.dtd">
<ClaML version="2.0.0"><Title ${title}>A classification</Title>
${made('M4', '.0', 'With coma')}${made('M4', '.1', 'With ketoacidosis')}
${made('M5_5', '0', 'Multiple sites')}${made('M5_5', '1', 'Shoulder')}
${classes}</ClaML>`
}

const CHAPTER = `<Class code="IV" kind="chapter">${label('Endocrine')}</Class>`

test('modifiers stand for the fourth and fifth characters of what has nothing below', async () => {
  const imported = await importFiles({
    'icd.xml': classification(`${CHAPTER}
<Class code="E13" kind="category"><SuperClass code="IV"/><ModifiedBy code="M4"/>${label('Other diabetes')}</Class>
<Class code="E14" kind="category"><SuperClass code="IV"/><ModifiedBy code="M4"/>${label('Diabetes')}</Class>
<Class code="E14.0" kind="category"><SuperClass code="E14"/>${label('Spelled out')}</Class>
<Class code="M00" kind="category"><SuperClass code="IV"/><ModifiedBy code="M5_5"/>${label('Arthritis')}</Class>
<Class code="M00.0" kind="category" usage="aster"><SuperClass code="M00"/>${label('Staphylococcal')}</Class>
<Class code="M00.1" kind="category"><SuperClass code="M00"/><ExcludeModifier code="M5_5"/>${label('Pneumococcal')}</Class>
<Class code="M02" kind="category"><SuperClass code="IV"/><ModifiedBy code="M5_5" all="false"><ValidModifierClass code="1"/></ModifiedBy>${label('Reactive')}</Class>`),
  })
  const icd = one(imported, 'CodeSystem', 'http://hl7.org/fhir/sid/icd-10')
  assert.equal(icd.version, '2019')
  const codes = objects(icd.concept).map(({ code }) => code)
  assert.deepEqual(codes, [
    'IV',
    'E13',
    'E14',
    'E14.0',
    'M00',
    'M00.0',
    'M00.1',
    'M02',
    'E13.0',
    'E13.1',
    'M00.00',
    'M00.01',
    'M02.X1',
  ])
  assert.equal(concept(icd, 'E13.1').display, 'Other diabetes : With ketoacidosis')
  assert.deepEqual(property(concept(icd, 'E13.1'), 'parent'), ['E13'])
  assert.deepEqual(property(concept(icd, 'M00.0'), 'usage'), ['asterisk'])
})

test('notes, several languages, a national edition, a circle', async () => {
  const imported = await importFiles({
    'cim.xml': classification(
      `<Class code="A" kind="block"><SuperClass code="B"/>${label('Bloc A', 'fr')}</Class>
<Class code="B" kind="block"><SuperClass code="A"/>${label('Bloc B', 'fr')}</Class>
<Class code="C22" kind="category"><SuperClass code="A"/>
<Rubric kind="preferred"><Label xml:lang="fr">Tumeur du foie</Label><Label xml:lang="en">Liver tumour</Label></Rubric>
<Rubric kind="exclusion"><Label xml:lang="fr"><Fragment>secondaire</Fragment> <Reference>C78.7</Reference></Label></Rubric></Class>`,
      'name="CIM-10" version="2024"',
    ),
  })
  const cim = one(imported, 'CodeSystem')
  assert.equal(cim.url, 'http://hl7.org/fhir/sid/icd-10')
  assert.equal(cim.version, 'fr-2024')
  assert.equal(cim.language, 'fr')
  const tumour = concept(cim, 'C22')
  assert.equal(tumour.display, 'Tumeur du foie')
  assert.deepEqual(tumour.designation, [{ language: 'en', value: 'Liver tumour' }])
  assert.deepEqual(property(tumour, 'exclusion'), ['secondaire (C78.7)'])
  assert.deepEqual(imported.problems, ['cim.xml: terminology-parent-circle'])
})

test('a document type that declares entities is refused with its place', async () => {
  const imported = await importFiles({
    'bomb.xml':
      '<?xml version="1.0"?>\n<!DOCTYPE ClaML [<!ENTITY a "aaaa">]>\n<ClaML version="2.0.0"><Class code="&a;"/></ClaML>',
    'good.xml': classification(CHAPTER),
  })
  assert.deepEqual(imported.problems, ['bomb.xml:2 xml-doctype'])
})
