import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseXml } from '#platform/xml/parse.ts'
import { rootOf } from '../cda/located.ts'
import { narrativesOf } from '../cda/narrative-index.ts'
import { read, section, summary, TERMINOLOGY } from '../cda/testing/documents.ts'
import { accountOfCda } from './cda.ts'
import { NOT_CARRIED_EXTENSION } from './fhir.ts'
import { reasonKey } from './reasons.ts'

const ENTRY = `<entry><act classCode="ACT" moodCode="EVN"><code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><statusCode code="active"/>
  <entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN"><code code="420134006" codeSystem="2.16.840.1.113883.6.96"/>
  <text><reference value="#gone"/></text><effectiveTime><low value="19900110"/></effectiveTime>
  <participant typeCode="CSM"><participantRole classCode="MANU"><playingEntity classCode="MMAT">
  <code code="111088007" codeSystem="2.16.840.1.113883.6.96" displayName="Latex"/></playingEntity></participantRole></participant>
  </observation></entryRelationship></act></entry>`
const SOURCE = summary({ body: section('48765-2', ENTRY, '<paragraph ID="a">Alergia ao látex</paragraph>') })

function accountOf(change: (json: string) => string): ReturnType<typeof accountOfCda> {
  const parsed = parseXml(Buffer.from(SOURCE))
  assert.ok(parsed.ok)
  const bundle = JSON.parse(change(JSON.stringify(read(SOURCE).bundle)))
  return accountOfCda(rootOf(parsed.value.root).element, bundle, TERMINOLOGY, narrativesOf(parsed.value.root))
}

test('a reference that leads nowhere is listed with its place, and nothing else', () => {
  const { account, bundle } = read(SOURCE)
  assert.deepEqual(account.notCarried, [
    {
      path: '/ClinicalDocument/component/structuredBody/component/section/entry/act/entryRelationship/observation/text/reference',
      what: '<reference value="#gone">',
      why: 'The text that this refers to is not in the document.',
    },
  ])
  const composition = JSON.stringify(bundle.entry?.[0])
  assert.ok(composition.includes(NOT_CARRIED_EXTENSION) && composition.includes('#gone'))
})

test('statements and their fates', () => {
  const { account } = read(SOURCE)
  assert.deepEqual(
    account.statements.map(({ path, fate }) => [path.split('/').at(-1), fate]),
    [
      ['act', 'coded'],
      ['observation', 'coded'],
    ],
  )
  assert.ok(account.statements.every(({ resource }) => resource?.startsWith('urn:uuid:')))
})

test('a section that speaks in words alone is one statement, carried as text', () => {
  const { account, bundle } = read(summary({ body: section('48765-2', '', '<paragraph>Sem alergias</paragraph>') }))
  const path = '/ClinicalDocument/component/structuredBody/component/section/text'
  assert.deepEqual(account.statements, [{ path, fate: 'text', resource: bundle.entry?.[0]?.fullUrl }])
})

test('a section without words or with entries is none', () => {
  assert.deepEqual(read(summary({ body: section('48765-2', '', '<br/> ') })).account.statements, [])
  assert.ok(read(SOURCE).account.statements.every(({ path }) => !path.endsWith('/section/text')))
})

test('a section whose words are all gone is a statement that is not carried', () => {
  const words = summary({ body: section('48765-2', '', '<paragraph>Sem alergias</paragraph>') })
  const parsed = parseXml(Buffer.from(words))
  assert.ok(parsed.ok)
  const bundle = JSON.parse(JSON.stringify(read(words).bundle).replace('Sem alergias', 'Q'))
  const { statements } = accountOfCda(parsed.value.root, bundle, TERMINOLOGY, narrativesOf(parsed.value.root))
  assert.deepEqual(
    statements.map(({ fate }) => fate),
    ['not-carried'],
  )
})

test('every reason has a key, by which the page finds the words of the reader', () => {
  const { notCarried } = accountOf(() => '{"resourceType":"Bundle","type":"document"}')
  const keys = new Set(notCarried.map(({ why }) => reasonKey(why)))
  for (const key of ['code', 'words', 'date', 'identifier']) assert.ok(keys.has(`no-place-for-${key}`), key)
  assert.ok(keys.has('missing-narrative') && keys.has('missing-text') && !keys.has(undefined))
})

const LOSSES: readonly (readonly [string, string, RegExp])[] = [
  ['a code', '111088007', /code="111088007"/],
  ['its words', 'Latex', /displayName="Latex"/],
  ['a date', '1990-01-10', /<low value="19900110">/],
  ['a structural code', 'CONC', /code="CONC"/],
  ['a name', 'Silva', /Silva/],
  ['words of the narrative', 'látex', /Alergia ao látex/],
  ['an identifier', 'P1', /extension="P1"/],
]

for (const [what, literal, listed] of LOSSES) {
  test(`${what} that the model does not hold is listed`, () => {
    const { notCarried } = accountOf((json) => json.replaceAll(literal, 'Q'))
    assert.ok(
      notCarried.some((fact) => listed.test(fact.what)),
      JSON.stringify(notCarried),
    )
  })
}

test('a code of the same letters in another system does not count', () => {
  const { notCarried } = accountOf((json) =>
    json.replaceAll('"http://snomed.info/sct","code":"111088007"', '"http://loinc.org","code":"111088007"'),
  )
  assert.ok(notCarried.some(({ what }) => what.includes('111088007')))
})

test('a fact that stands elsewhere in the model does not count for this entry', () => {
  const twice = summary({ body: section('48765-2', ENTRY + ENTRY.replaceAll('111088007', '260176001')) })
  const parsed = parseXml(Buffer.from(twice))
  assert.ok(parsed.ok)
  const bundle = JSON.parse(JSON.stringify(read(twice).bundle).replace('260176001', '111088007'))
  const { notCarried } = accountOfCda(parsed.value.root, bundle, TERMINOLOGY, narrativesOf(parsed.value.root))
  assert.ok(notCarried.some(({ what, path }) => what.includes('260176001') && path.includes('entry[2]')))
})
