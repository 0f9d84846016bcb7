/** Elements stand where the schema wants them, and what it requires is never missing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { attribute, text } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import { assemble, element, escaped, renamed } from './element.ts'
import { ruleFor, rulesOf } from './schema/classes.ts'

test('pieces are put in the order of the schema, whatever order they are given in', () => {
  const pieces = ['value', 'statusCode', 'code', 'id', 'id'].map((name) => element(name, {}))
  const { xml } = assemble('Observation', 'observation', {}, pieces)
  assert.equal(xml, '<observation classCode="OBS" moodCode="EVN"><id/><id/><code/><statusCode/><value/></observation>')
})

test('what may stand once stands once, one of a choice excludes the others, strangers are left out', () => {
  const twice = assemble('Observation', 'observation', {}, [
    element('code', { code: 'a' }),
    element('code', { code: 'b' }),
  ])
  assert.match(twice.xml, /code="a"/)
  assert.doesNotMatch(twice.xml, /code="b"/)
  const entry = assemble('Entry', 'entry', {}, [element('act', {}), element('observation', {}), element('nobody', {})])
  assert.equal(entry.xml, '<entry><act/></entry>')
})

test('what the schema requires and nobody gave is there as unknown', () => {
  assert.match(
    assemble('Author', 'author', {}, []).xml,
    /<time nullFlavor="UNK"\/><assignedAuthor><id nullFlavor="UNK"\/>/,
  )
  const medicine = assemble('SubstanceAdministration', 'substanceAdministration', {}, []).xml
  assert.match(
    medicine,
    /<consumable><manufacturedProduct><manufacturedMaterial\/><\/manufacturedProduct><\/consumable>/,
  )
})

test('classes know their elements, with those of the pharmacy extension', () => {
  assert.equal(ruleFor('Observation', 'effectiveTime')?.type, 'IVL_TS')
  assert.equal(ruleFor('Material', 'formCode')?.name, 'pharm:formCode')
  assert.equal(ruleFor('Observation', 'formCode'), undefined)
  assert.equal(rulesOf('Nothing'), undefined)
})

test('any text comes back from an attribute and from between tags, but for characters that XML does not know', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (words) => {
      const { xml } = element('a', { b: words }, escaped(words))
      const read = parseXml(Buffer.from(xml))
      assert.ok(read.ok, xml)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML 1.0 cannot hold
      const possible = words.toWellFormed().replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD')
      assert.equal(attribute(read.value.root, 'b') ?? '', possible)
      assert.equal(text(read.value.root), possible)
    }),
  )
})

test('a piece takes another name without losing what is in it', () => {
  const piece = element('code', { code: 'a' }, [element('translation', { code: 'b' })])
  assert.equal(renamed(piece, 'routeCode').xml, '<routeCode code="a"><translation code="b"/></routeCode>')
  assert.equal(renamed(element('code', {}), 'routeCode').xml, '<routeCode/>')
})
