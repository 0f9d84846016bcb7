/** Value sets and nomenclatures that come as XML. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isObject, objects } from '../../load/json.ts'
import { CORPUS, concept, importFiles, importPath, one, property } from '../testing/import-files.ts'

const SVS = `<?xml version="1.0" encoding="UTF-8"?>
<RetrieveValueSetResponse xmlns="urn:ihe:iti:svs:2008">
  <ValueSet id="1.2.3.4" displayName="Couleurs" version="2026">
    <ConceptList xml:lang="fr-FR">
      <Concept code="R " codeSystem="1.2.3" displayName="rouge"/>
      <Concept code="R" codeSystem="1.2.3" displayName="rouge vif"/>
      <Concept code="" codeSystem="1.2.3" displayName="rien"/>
      <Concept code="I48" codeSystem="2.16.840.1.113883.6.3" displayName="Fibrillation"/>
    </ConceptList>
    <ConceptList xml:lang="de"><Concept code="R" codeSystem="1.2.3" displayName="rot"/></ConceptList>
  </ValueSet>
</RetrieveValueSetResponse>`

function includes(valueSet: { readonly compose?: unknown }) {
  return objects(isObject(valueSet.compose) ? valueSet.compose.include : [])
}

test('SVS: a value set in two languages, codes tidied, systems by their canonical URL', async () => {
  const imported = await importFiles({ 'couleurs.xml': SVS })
  const colours = one(imported, 'ValueSet', '1.2.3.4')
  assert.equal(colours.language, 'fr-FR')
  assert.deepEqual(includes(colours), [
    {
      system: 'urn:oid:1.2.3',
      concept: [{ code: 'R', display: 'rouge', designation: [{ language: 'de', value: 'rot' }] }],
    },
    { system: 'http://hl7.org/fhir/sid/icd-10', concept: [{ code: 'I48', display: 'Fibrillation' }] },
  ])
  const fragment = one(imported, 'CodeSystem', '1.2.3')
  assert.equal(fragment.content, 'fragment')
  assert.deepEqual(concept(fragment, 'R').designation, [
    { language: 'fr-FR', value: 'rouge' },
    { language: 'de', value: 'rot' },
  ])
  assert.deepEqual(imported.problems, ['couleurs.xml:7 terminology-file-partly-used'])
})

test('SVS: words without a language are nobody’s until it is named', async () => {
  const untagged = SVS.replaceAll(/ xml:lang="[^"]*"/g, '')
  const imported = await importFiles({ 'a.xml': untagged })
  assert.equal(one(imported, 'ValueSet').language, 'und')
  assert.ok(imported.problems.includes('a.xml:3 terminology-language-missing'))
  assert.equal(one(await importFiles({ 'a.xml': untagged }, { language: 'fr' }), 'ValueSet').language, 'fr')
})

test('a broken document says line and column, and never stops the others', async () => {
  const imported = await importFiles({ 'a.xml': SVS.replace('</ConceptList>', '</Wrong>'), 'b.xml': SVS })
  assert.equal(imported.result.files, 1)
  assert.deepEqual(imported.problems[0], 'a.xml:9 xml-not-well-formed')
})

const FRANCE = join(CORPUS, 'france', 'valuesets')
const skip = existsSync(FRANCE) ? false : 'the corpus is not here (../shared/corpus/france/valuesets)'

test('the French value sets of the corpus, counted against their own files', { skip }, async () => {
  const imported = await importPath(FRANCE, { language: 'fr' })
  const expected = new Map<string, number>()
  const files = readdirSync(FRANCE).filter((name) => name.endsWith('.xml'))
  for (const name of files) {
    const text = readFileSync(join(FRANCE, name), 'utf8').replace(/<!--[\s\S]*?-->/g, '')
    const value = (tag: string, attribute: string) =>
      new RegExp(`\\s${attribute}="([^"]*)"`).exec(tag)?.[1]?.replace(/^[\s\u00a0]+|[\s\u00a0]+$/g, '') ?? ''
    const [set = ''] = /<ValueSet\b[^>]*>/.exec(text) ?? []
    const pairs = [...text.matchAll(/<Concept\b[^>]*>/g)].flatMap(([tag]) => {
      const [code, system, version] = [value(tag, 'code'), value(tag, 'codeSystem'), value(tag, 'codeSystemVersion')]
      return code === '' || system === '' ? [] : [`${system} ${version} ${code}`]
    })
    const key = `urn:oid:${value(set, 'id')}|${value(set, 'version')}`
    if (!expected.has(key)) expected.set(key, new Set(pairs).size)
  }
  assert.equal(files.length, 522)
  const found = new Map(
    imported.resources
      .filter(({ resourceType }) => resourceType === 'ValueSet')
      .map((set) => [
        `${set.url}|${set.version ?? ''}`,
        includes(set).reduce((sum, include) => sum + objects(include.concept).length, 0),
      ]),
  )
  assert.deepEqual(Object.fromEntries(found), Object.fromEntries(expected))
  // Two pairs of files say different things under one OID: the first is kept, and it is told.
  assert.equal(found.size, 520)
  assert.equal(
    imported.result.problems.filter(({ sentence }) => sentence.includes('came before with other content')).length,
    2,
  )
})

test('OpenNCP’s repository: English into the value set, the other languages into a supplement', async () => {
  const file = (oid: string, name: string, code: string) => `<?xml version="1.0" encoding="UTF-8"?>
<ValueSet oid="${oid}" name="${name}">
  <concept code="${code}" codeSystem="2.16.840.1.113883.6.73" codeSystemName="ATC">
    <designation lang="en-GB">metformin</designation><designation lang="sv-SE">metformin (sv)</designation>
  </concept>
</ValueSet>`
  const imported = await importFiles({
    'EpsosRepository/1.xml': file('1.3.6.1.4.1.12559.11.10.1.3.1.42.24', 'eHDSIActiveIngredient', 'A10BA02'),
    'EpsosRepository/2.xml': file('1.2.3', 'Other', 'A10BA02'),
  })
  const catalogue = one(imported, 'ValueSet', '/eHDSIActiveIngredient')
  assert.deepEqual(includes(catalogue), [
    { system: 'http://www.whocc.no/atc', concept: [{ code: 'A10BA02', display: 'metformin' }] },
  ])
  one(imported, 'ValueSet', 'urn:oid:1.2.3')
  const words = imported.resources.find(({ content }) => content === 'supplement') ?? {}
  assert.deepEqual(concept(words, 'A10BA02').designation, [
    { language: 'en-GB', value: 'metformin' },
    { language: 'sv-SE', value: 'metformin (sv)' },
  ])
})

test('Orphadata: English is the code system, French a supplement, references a map', async () => {
  const product = (language: string, name: string) => `<?xml version="1.0" encoding="ISO-8859-1"?>
<JDBOR date="2026-06-01 04:00:00" version="1.3.42" copyright="Orphanet (c) 2026">
 <DisorderList count="1"><Disorder id="2"><OrphaCode>58</OrphaCode><Name lang="${language}">${name}</Name>
  <SynonymList count="1"><Synonym lang="${language}">AxD</Synonym></SynonymList>
  <DisorderType id="1"><Name lang="en">Disease</Name></DisorderType>
  <ExternalReferenceList count="2">
   <ExternalReference id="1"><Source>ICD-10</Source><Reference>E75.2</Reference>
    <DisorderMappingRelation id="1"><Name lang="en">NTBT (ORPHA code's Narrower Term maps to a Broader Term)</Name></DisorderMappingRelation>
    <DisorderMappingValidationStatus id="1"><Name lang="en">Validated</Name></DisorderMappingValidationStatus></ExternalReference>
   <ExternalReference id="2"><Source>Unheard of</Source><Reference>1</Reference></ExternalReference>
  </ExternalReferenceList></Disorder></DisorderList></JDBOR>`
  const imported = await importFiles({
    'en_product1.xml': Buffer.from(product('en', 'Alexander disease'), 'latin1'),
    'fr_product1.xml': Buffer.from(product('fr', 'Maladie d’Alexander à'.replace('’', "'")), 'latin1'),
  })
  const orphanet = imported.resources.find(({ content }) => content === 'complete') ?? {}
  assert.equal(orphanet.version, '1.3.42')
  assert.equal(concept(orphanet, '58').display, 'Alexander disease')
  assert.deepEqual(property(concept(orphanet, '58'), 'disorder-type'), ['Disease'])
  const french = imported.resources.find(({ content }) => content === 'supplement') ?? {}
  assert.deepEqual(objects(concept(french, '58').designation)[0], { language: 'fr', value: "Maladie d'Alexander à" })
  const [group] = objects(one(imported, 'ConceptMap').group)
  const [target] = objects(objects(group?.element)[0]?.target)
  assert.equal(target?.code, 'E75.2')
  assert.equal(target?.relationship, 'source-is-narrower-than-target')
  assert.deepEqual(target?.property, [{ code: 'quality', valueString: 'Validated' }])
})
