/** The tables of the writer are those of the eHDSI schema: lists of codes, attributes, elements and simple types. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { attribute, child, children, elements } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import { CORPUS, withoutCorpus } from '#platform/xml/testing/corpus.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { assemble, element, type Piece } from '../element.ts'
import { documentText } from '../header/header.ts'
import { cdaSchema } from '../testing/schema.ts'
import { type AttributeRule, attributeRules } from './attributes.ts'
import { CLASS_NAMES, rulesOf } from './classes.ts'
import { fits, type SimpleType } from './simple-types.ts'
import { LISTS } from './vocabulary.ts'

const skip = withoutCorpus()
const HOME = join(CORPUS, 'openncp', 'schema', 'cda-pharma')
const CDA = skip ? [] : definitions('POCD_MT000040_Pharma.xsd')
const PHARMACY = skip ? [] : definitions(join('extPHARM', 'COCT_MT230100UV01_extPHARM.xsd'))
const SIMPLE = skip
  ? []
  : [
      join('coreschemas', 'voc.xsd'),
      join('coreschemas', 'datatypes-base.xsd'),
      join('coreschemas', 'datatypes.xsd'),
      join('extPHARM', 'hl7v3_extPHARM.xsd'),
    ].flatMap((file) => definitions(file))

function definitions(file: string): readonly XmlElement[] {
  const parsed = parseXml(readFileSync(join(HOME, file)))
  assert.ok(parsed.ok, file)
  return elements(parsed.value.root)
}

function bare(name: string | undefined): string {
  return name?.replace(/^.*:/, '') ?? ''
}

/** The codes of a simple type: its own, and those of the types that it is a union or a list of. */
function codesOf(name: string): string[] {
  const found = SIMPLE.find((one) => one.name === 'simpleType' && attribute(one, 'name') === name)
  assert.ok(found, name)
  return codesIn(found)
}

function codesIn(type: XmlElement): string[] {
  const union = child(type, 'union')
  const members = attribute(union, 'memberTypes')?.split(/\s+/) ?? []
  const item = attribute(child(type, 'list'), 'itemType')
  return [
    ...children(child(type, 'restriction'), 'enumeration').map((one) => attribute(one, 'value') ?? ''),
    ...children(union, 'simpleType').flatMap(codesIn),
    ...[...members, ...(item === undefined ? [] : [item])].flatMap((one) => codesOf(bare(one))),
  ]
}

test('lists of codes', { skip }, () => {
  for (const [name, list] of Object.entries(LISTS)) {
    assert.deepEqual([...list].sort(), [...new Set(codesOf(name))].sort(), name)
  }
})

function classOf(className: string): XmlElement {
  const [all, prefix] = className.startsWith('Pharm')
    ? [PHARMACY, 'COCT_MT230100UV01.']
    : ([CDA, 'POCD_MT000040.'] as const)
  const wanted = `${prefix}${className.replace(/^Pharm/, '')}`
  const found = all.find((one) => one.name === 'complexType' && attribute(one, 'name') === wanted)
  assert.ok(found, wanted)
  return found
}

test('attributes of every class', { skip }, () => {
  for (const className of CLASS_NAMES) {
    const stated = children(classOf(className), 'attribute')
    const rules = attributeRules(className)
    assert.deepEqual([...rules.keys()].sort(), stated.map((one) => attribute(one, 'name') ?? '').sort(), className)
    for (const one of stated) sameAttribute(className, one, rules.get(attribute(one, 'name') ?? ''))
  }
})

function sameAttribute(className: string, stated: XmlElement, rule: AttributeRule | undefined): void {
  const name = `${className}/@${attribute(stated, 'name')}`
  const fixed = attribute(stated, 'fixed')
  assert.equal(rule?.fixed, fixed, name)
  assert.equal(rule?.required !== undefined, attribute(stated, 'use') === 'required', name)
  if (fixed !== undefined || rule?.type === undefined) return
  assert.equal(rule.type, bare(attribute(stated, 'type')), name)
  assert.ok(rule.required === undefined || fits(rule.type, rule.required), name)
}

test('elements of every class of CDA, in their order', { skip }, () => {
  for (const className of CLASS_NAMES.filter((name) => !name.startsWith('Pharm'))) {
    const whole = child(classOf(className), 'sequence')
    const stated = whole === undefined ? [] : particles(whole)
    const infrastructure = className === 'ClinicalDocument' ? [] : ['realmCode', 'typeId']
    assert.deepEqual(
      rulesOf(className)?.map(({ name, type, required, many, choice }) => ({
        name: name.replace('pharm:', ''),
        type: name.startsWith('pharm:') ? '' : type,
        required,
        many,
        choice,
      })),
      stated.filter(({ name }) => !infrastructure.includes(name)),
      className,
    )
  }
})

interface Particle {
  readonly name: string
  readonly type: string
  readonly required: boolean
  readonly many: boolean
  readonly choice: boolean
}

function particles(group: XmlElement): Particle[] {
  return elements(group).flatMap((one) => {
    if (one.name !== 'element') return particles(one)
    const choice = group.name === 'choice'
    return [
      {
        name: bare(attribute(one, 'name') ?? attribute(one, 'ref')),
        type: bare(attribute(one, 'type'))
          .replace(/^(?:POCD_MT000040|COCT_MT230100UV01)\./, '')
          .replace(/\..*$/, ''),
        required: !choice && attribute(one, 'minOccurs') !== '0',
        many: attribute(one, 'maxOccurs') === 'unbounded',
        choice,
      },
    ]
  })
}

/** Where a value of each type can be judged by the schema itself. */
const PLACES: readonly (readonly [SimpleType, (text: string) => Piece])[] = [
  ['bl', (text) => element('value', { 'xsi:type': 'BL', value: text })],
  ['cs', (text) => element('code', { code: text })],
  ['int', (text) => element('value', { 'xsi:type': 'INT', value: text })],
  ['real', (text) => element('value', { 'xsi:type': 'PQ', value: text })],
  ['ts', (text) => element('value', { 'xsi:type': 'TS', value: text })],
  ['uid', (text) => element('id', { root: text })],
  ['url', (text) => element('value', { 'xsi:type': 'ED' }, [element('reference', { value: text })])],
]

/** The smallest document around a piece of an observation. */
function documentWith(piece: Piece): string {
  const observation = assemble('Observation', 'observation', {}, [piece])
  const section = assemble('Section', 'section', {}, [assemble('Entry', 'entry', {}, [observation])])
  const body = assemble('StructuredBody', 'structuredBody', {}, [assemble('Component3', 'component', {}, [section])])
  return documentText([element('typeId', { root: '2.16.840.1.113883.1.3', extension: 'POCD_HD000040' })], body)
}

const WORDS = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'019.+-eE%#:/?@[]ax Z\té\u{1F600}'), maxLength: 16 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
  fc.double().map(String),
  fc.bigInt().map(String),
  fc.uuid(),
  fc.constantFrom('true', 'false', 'TRUE', '1', '20240101', '202401011200+0100', '1.2.3', '1.02', '2'),
)

test('what fits a simple type is valid, and what does not is left out', { skip }, () => {
  const invalid = cdaSchema()
  fc.assert(
    fc.property(fc.constantFrom(...PLACES), WORDS, ([type, place], text) => {
      const piece = place(text)
      assert.equal(/(?:value|code|root)="/.test(piece.xml), text !== '' && fits(type, text))
      assert.equal(invalid(documentWith(piece)), '', `${type} ${JSON.stringify(text)}`)
    }),
    { numRuns: Number(process.env.TESSERA_FUZZ_RUNS ?? 200) },
  )
})
