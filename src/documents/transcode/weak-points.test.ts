/**
 * Nine weak points of the reference implementation's transformation of documents, each a test. What it does is said in the
 * first line of each; the test says what is done here instead.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ok } from '#platform/result/result.ts'
import { child } from '#platform/xml/access.ts'
import type { ArtifactId } from '#terminology/artifacts/artifact.ts'
import { publishServed, writeArtifact } from '#terminology/artifacts/store.ts'
import { addDesignation, conceptOf, emptyContent, systemOf } from '#terminology/content.ts'
import { openTerminology } from '#terminology/open.ts'
import { encodeContent } from '#terminology/store/write.ts'
import type { Terminology } from '#terminology/terminology.ts'
import { ask, attributesOf, find, problem, section, summary } from './testing/documents.ts'
import {
  codeSystem,
  conceptMap,
  DISORDERS,
  ICD,
  ICD_OID,
  LOINC,
  NATIONAL,
  NATIONAL_OID,
  type Resource,
  terminologyOf,
  UNITS,
  valueSet,
} from './testing/terminology.ts'

const DISORDER_WORDS = codeSystem(ICD, {
  I48: { en: 'Atrial fibrillation', fr: 'Fibrillation auriculaire', el: 'Κολπική μαρμαρυγή' },
  J44: { en: 'COPD', 'fr-FR': 'BPCO' },
  J45: { en: 'Asthma' },
})
const DOCUMENT_WORDS = codeSystem(LOINC, {
  '60591-5': { en: 'Patient summary', fr: 'Synopsis médical' },
  '11450-4': { en: 'Problem list', fr: 'Problèmes' },
  '11348-0': { en: 'History of past illness', fr: 'Antécédents' },
  '10160-0': { en: 'Medication', fr: 'Médicaments' },
  '30954-2': { en: 'Results', fr: 'Résultats' },
})
const knowing = (...resources: readonly Resource[]) => terminologyOf(DOCUMENT_WORDS, ...resources)
const national = (code: string, more = '') =>
  `<value xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CD" code="${code}" codeSystem="${NATIONAL_OID}"${more}/>`
const pivot = (code: string) => `<value code="${code}" codeSystem="${ICD_OID}" displayName="in the author's words"/>`
const translate = (languages: readonly string[]) => ({ direction: 'translate' as const, languages })

test('1. a language is matched exactly and nothing else: here fr-BE falls back to fr, then fr-FR, and never to English unasked', () => {
  const terminology = knowing(DISORDER_WORDS)
  const words = (code: string, ...languages: readonly string[]) => {
    const { root, report } = ask(summary(problem(pivot(code))), terminology, translate(languages))
    return [attributesOf(find(root, 'value')).displayName, report.languagesUsed]
  }
  assert.deepEqual(words('I48', 'fr-BE'), ['Fibrillation auriculaire', { fr: 3 }])
  assert.deepEqual(words('J44', 'fr-BE'), ['BPCO', { fr: 2, 'fr-FR': 1 }])
  assert.deepEqual(words('J45', 'fr-BE'), ["in the author's words", { fr: 2 }])
  assert.deepEqual(words('J45', 'fr-BE', 'el', 'en-GB'), ['Asthma', { fr: 2, en: 1 }])
  const { report } = ask(summary(problem(pivot('J45'))), terminology, translate(['fr-BE']))
  assert.deepEqual(report.withoutDesignation, [{ system: ICD, code: 'J45', times: 1 }])
})

test('2. the value set is never checked: here a code outside the value set of its element is said', () => {
  const terminology = knowing(
    DISORDER_WORDS,
    valueSet(DISORDERS, ICD, 'I48'),
    valueSet('1.3.6.1.4.1.12559.11.10.1.3.1.42.50', ICD, 'I48'),
    valueSet('1.3.6.1.4.1.12559.11.10.1.3.1.42.63', ICD, 'I48'),
  )
  for (const direction of ['transcode', 'translate'] as const) {
    const inside = ask(summary(problem(pivot('I48'))), terminology, { direction })
    const outside = ask(summary(problem(pivot('J44'))), terminology, { direction })
    assert.ok(!inside.said.includes('TSAM 2507'))
    assert.ok(outside.said.includes('TSAM 2507'))
    assert.equal(outside.report.coverage.outsideValueSet, 1)
    assert.equal(outside.report.status, 'WARNING')
  }
})

test('3. without a valid mapping the last one of any status is used: here none is', () => {
  const status = (value: string) => [{ code: 'status', valueString: value }]
  const terminology = knowing(
    DISORDER_WORDS,
    conceptMap({
      A: [{ code: 'I48', equivalence: 'equivalent', property: status('Invalid') }],
      B: [
        { code: 'J44', equivalence: 'equivalent', property: status('Retired') },
        { code: 'I48', equivalence: 'equivalent', property: status('Valid') },
      ],
    }),
  )
  const invalid = ask(summary(problem(national('A'))), terminology)
  assert.equal(attributesOf(find(invalid.root, 'value')).code, 'A')
  assert.ok(invalid.said.includes('TSAM 4509') && invalid.said.includes('TM 4505'))
  assert.equal(attributesOf(find(ask(summary(problem(national('B'))), terminology).root, 'value')).code, 'I48')
})

test('4. quality is stored and never used, and a mapping is always one to one: here relationship, quality and several targets count', () => {
  const quality = (value: string) => [{ code: 'quality', valueString: value }]
  const terminology = knowing(
    DISORDER_WORDS,
    conceptMap({
      BETTER: [
        { code: 'J44', equivalence: 'equivalent', property: quality('60%') },
        { code: 'I48', equivalence: 'equivalent', property: quality('0.9') },
      ],
      NARROW: [{ code: 'I48', equivalence: 'narrower' }],
      WIDE: [{ code: 'I48', equivalence: 'wider', comment: 'paroxysmal is lost' }],
      CONDITION: [{ code: 'I48', equivalence: 'equivalent', dependsOn: [{ property: 'age', value: 'adult' }] }],
    }),
  )
  const better = ask(summary(problem(national('BETTER'))), terminology)
  const value = find(better.root, 'value')
  assert.equal(attributesOf(value).code, 'I48')
  // Both say the same as the source: the second stands beside the original.
  assert.deepEqual(
    value.children.map((node) => (typeof node === 'string' ? node : attributesOf(node).code)),
    ['BETTER', 'J44'],
  )
  assert.ok(better.said.includes('TESSERA several-targets'))
  const narrow = ask(summary(problem(national('NARROW'))), terminology)
  assert.equal(attributesOf(find(narrow.root, 'value')).code, 'NARROW')
  assert.ok(narrow.said.includes('TSAM 4509'))
  const wide = ask(summary(problem(national('WIDE'))), terminology)
  assert.equal(attributesOf(find(wide.root, 'value')).code, 'I48')
  assert.ok(wide.said.includes('TESSERA target-wider'))
  assert.equal(wide.report.coverage.widened, 1)
  assert.equal(
    attributesOf(find(ask(summary(problem(national('CONDITION'))), terminology).root, 'value')).code,
    'CONDITION',
  )
})

test('5. a national code without a mapping passes as if it were a pivot code: here it is an error where the element is required', () => {
  const words = codeSystem(NATIONAL, { A: { en: 'Known English words', fr: 'Mots connus' } })
  const terminology = knowing(DISORDER_WORDS, words)
  const transcoded = ask(summary(problem(national('A'))), terminology)
  assert.equal(transcoded.report.status, 'ERROR')
  assert.deepEqual(transcoded.said, ['TESSERA national-code', 'TSAM 4504', 'TM 4505'])
  assert.equal(transcoded.report.coverage.unmapped, 1)
  const optional = ask(summary(problem(national('A'), '11348-0')), terminology)
  assert.equal(optional.report.status, 'WARNING')
  assert.ok(optional.said.includes('TM 2502'))
  // Country B shows its words when it has some, and says that this is no European code.
  const translated = ask(summary(problem(national('A'))), terminology, translate(['fr']))
  assert.equal(attributesOf(find(translated.root, 'value')).displayName, 'Mots connus')
  assert.ok(translated.said.includes('TESSERA national-code'))
})

test('6. in several versions of a system an arbitrary one answers: here the version of the document does, or the doubt is said', () => {
  const terminology = knowing(
    codeSystem(ICD, { I48: { en: 'Old words' } }, { version: '2010' }),
    codeSystem(ICD, { I48: { en: 'New words' }, J46: { en: 'Only new' } }, { version: '2019' }),
  )
  const value = (code: string, version?: string) =>
    `<value code="${code}" codeSystem="${ICD_OID}"${version ? ` codeSystemVersion="${version}"` : ''}/>`
  const said = (xml: string) => ask(summary(problem(xml)), terminology, { codedElements: 'all' }).said
  assert.ok(said(value('I48')).includes('TESSERA version-ambiguous'))
  assert.ok(!said(value('I48', '2019')).includes('TESSERA version-ambiguous'))
  assert.ok(said(value('I48', '1999')).includes('TSAM 4502'))
  assert.ok(said(value('J46', '2010')).includes('TSAM 4502'))
  assert.ok(!said(value('J46')).includes('TESSERA version-ambiguous'))
})

test('7. every element is a chain of database queries: here a code is looked up once however often it stands in a document', () => {
  const terminology = knowing(DISORDER_WORDS, conceptMap({ A: ['I48'] }))
  let asked = 0
  const counting: Terminology = {
    ...terminology,
    concept: (...question) => {
      asked++
      return terminology.concept(...question)
    },
    mapped: (...question) => {
      asked++
      return terminology.mapped(...question)
    },
    designation: (...question) => {
      asked++
      return terminology.designation(...question)
    },
  }
  const questions = (times: number) => {
    asked = 0
    const result = ask(summary(Array.from({ length: times }, () => problem(national('A'))).join('')), counting)
    assert.equal(result.report.coverage.mapped, times)
    return asked
  }
  assert.equal(questions(200), questions(1))
})

test('8. units and narrative are never looked at and // reaches everywhere: here units are checked, narrative is counted, paths stay in their section', () => {
  const terminology = knowing(
    DISORDER_WORDS,
    valueSet(UNITS, 'http://unitsofmeasure.org', 'mg', 'mL'),
    valueSet('1.3.6.1.4.1.12559.11.10.1.3.1.42.13', ICD, 'I48'),
  )
  const dose = (unit: string) =>
    section(
      '10160-0',
      `<entry><substanceAdministration><templateId root="1.3.6.1.4.1.12559.11.10.1.3.1.3.4"/><doseQuantity value="1" unit="${unit}"/></substanceAdministration></entry>`,
      'Drei Wörter hier',
    )
  const wrong = ask(summary(dose('Tablette')), terminology, translate(['fr']))
  assert.deepEqual(wrong.report.units, { seen: 1, outsideValueSet: 1 })
  assert.ok(wrong.said.includes('TSAM 2507'))
  assert.deepEqual(ask(summary(dose('mg')), terminology).report.units, { seen: 1, outsideValueSet: 0 })
  assert.deepEqual(wrong.report.narrative, { language: 'de-AT', sections: 1, characters: 16, withoutEntries: 0 })
  assert.ok(wrong.said.includes('TESSERA narrative-not-translated'))
  assert.ok(wrong.text.includes('Drei Wörter hier'))
  // The severity of a problem is one; the certainty that stands in the same kind of place is not.
  const inner = (code: string) =>
    `<entryRelationship typeCode="SUBJ"><observation><code code="${code}"/><value code="J44" codeSystem="${ICD_OID}"/></observation></entryRelationship>`
  const paths = (loinc: string, code: string) =>
    ask(summary(problem(pivot('I48'), loinc, inner(code))), terminology)
      .report.findings.filter(({ code: number }) => number === '2507')
      .map(({ path }) => path)
  assert.equal(paths('11450-4', 'SEV').length, 1)
  assert.equal(paths('11450-4', '66455-7').length, 0)
  assert.equal(paths('30954-2', 'SEV').length, 0)
})

test('9. synchronising deletes everything and loads it anew: here a release is switched in one step, and a reader sees the old or the new, never both', async () => {
  const home = mkdtempSync(join(tmpdir(), 'tessera-switch-'))
  const release = async (words: string): Promise<ArtifactId> => {
    const content = emptyContent()
    for (const code of ['I48', 'J44']) {
      const designation = { language: 'fr', term: `${words} ${code}`, source: words, reviewed: true }
      addDesignation(conceptOf(systemOf(content, ICD), code), designation)
    }
    const about = { kind: 'resources', title: words, source: words, reviewed: true, importedBy: 'test' } as const
    const made = await writeArtifact(home, about, async (folder) => {
      writeFileSync(join(folder, 'layer.terms'), encodeContent(content))
      return ok({})
    })
    assert.ok(made.ok)
    return made.value.id
  }
  const terms = join(import.meta.dirname, '..', '..', '..', 'data', 'terms')
  const open = () => openTerminology({ cache: join(home, 'cache'), home, sources: { terms, packages: [], icu: false } })
  const document = summary(problem(pivot('I48')) + problem(pivot('J44')))
  const words = (terminology: Terminology): string => {
    const { root } = ask(document, terminology, { ...translate(['fr']), codedElements: 'all' })
    return ['I48', 'J44'].map((code) => attributesOf(find(root, 'value', { code })).displayName).join(', ')
  }
  try {
    const releases = [await release('ancien'), await release('nouveau')]
    const publish = async (id: ArtifactId) => assert.ok((await publishServed(home, [id])).ok)
    await publish(releases[0] ?? assert.fail())
    const before = await open()
    const seen = new Set<string>()
    for (let round = 1; round <= 12; round++) {
      const [, terminology] = await Promise.all([publish(releases[round % 2] ?? assert.fail()), open()])
      seen.add(words(terminology))
    }
    for (const one of seen) assert.ok(['ancien I48, ancien J44', 'nouveau I48, nouveau J44'].includes(one), one)
    // Who opened a release keeps it to the end of the work.
    await publish(releases[1] ?? assert.fail())
    assert.equal(words(before), 'ancien I48, ancien J44')
    assert.equal(words(await open()), 'nouveau I48, nouveau J44')
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})

test('the original stays: transcoded, then translated, the innermost translation is what the author wrote', () => {
  const terminology = knowing(DISORDER_WORDS, conceptMap({ A: ['I48'] }))
  const friendly = summary(problem(national('A', ' codeSystemName="National" displayName="Vorhofflimmern"')))
  const transcoded = ask(friendly, terminology)
  const translated = ask(transcoded.text, terminology, translate(['fr']))
  const value = find(translated.root, 'value')
  assert.equal(attributesOf(value).displayName, 'Fibrillation auriculaire')
  assert.equal(attributesOf(value).code, 'I48')
  assert.equal(attributesOf(value).codeSystem, ICD_OID)
  const outer = child(value, 'translation')
  const inner = child(outer, 'translation')
  assert.ok(outer && inner)
  assert.equal(attributesOf(outer).displayName, 'Atrial fibrillation')
  assert.deepEqual(attributesOf(inner), {
    code: 'A',
    codeSystem: NATIONAL_OID,
    codeSystemName: 'National',
    displayName: 'Vorhofflimmern',
  })
  // Again changes nothing.
  const again = ask(translated.text, terminology, translate(['fr']))
  assert.equal(again.text, translated.text)
  assert.equal(ask(transcoded.text, terminology).text, transcoded.text)
})
