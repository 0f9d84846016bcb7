import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseXml } from './parse.ts'

function refusal(xml: string | Uint8Array): { code: string; sentence: string } {
  const parsed = parseXml(typeof xml === 'string' ? Buffer.from(xml) : xml)
  assert.ok(!parsed.ok, 'it was accepted')
  return parsed.problem
}

test('100,000 nested elements are refused where the limit is crossed', () => {
  const problem = refusal('<a>'.repeat(100_000))
  assert.equal(problem.code, 'xml-too-deep')
  assert.match(problem.sentence, /^Line 1, column 769: elements are nested more than 256 deep\.$/)
})

test('256 levels are read', () => {
  assert.ok(parseXml(Buffer.from(`${'<a>'.repeat(256)}${'</a>'.repeat(256)}`)).ok)
})

test('50,000 attributes on one element are read', () => {
  const attributes = Array.from({ length: 50_000 }, (_, index) => `a${index}="${index}"`).join(' ')
  const parsed = parseXml(Buffer.from(`<a ${attributes}/>`))
  assert.ok(parsed.ok)
  assert.equal(parsed.value.root.attributes.length, 50_000)
})

test('50,000 namespace declarations around 50,000 elements that use them', () => {
  const declarations = Array.from({ length: 50_000 }, (_, index) => `xmlns:p${index}="urn:${index}"`).join(' ')
  const parts = Array.from({ length: 50_000 }, (_, index) => `<p${index}:b xmlns:q="urn:q"/>`).join('')
  assert.ok(parseXml(Buffer.from(`<a ${declarations}>${parts}</a>`)).ok)
})

test('more nodes than the limit are refused', () => {
  assert.equal(refusal(`<a>${'<b/>'.repeat(2_000_001)}</a>`).code, 'xml-too-many-nodes')
})

test('an entity bomb is refused before anything grows', () => {
  const bomb = `<!DOCTYPE a [<!ENTITY b "x">${Array.from({ length: 20 }, (_, index) => `<!ENTITY b${index} "&b;&b;">`).join('')}]><a>&b19;</a>`
  assert.equal(refusal(bomb).code, 'xml-doctype')
})

test('200 MB are refused by their size alone', () => {
  const problem = refusal(new Uint8Array(200 * 1024 * 1024))
  assert.equal(problem.code, 'xml-too-large')
  assert.match(problem.sentence, /209715200 bytes/)
})

test('every truncation of a document is refused, with a place', () => {
  const whole =
    '<?xml version="1.0" encoding="UTF-8"?>\n<!-- c --><a xmlns="urn:x" b="1&amp;2">é<![CDATA[x]]><c d=\'1\'/>\n<?p q?></a>'
  const bytes = Buffer.from(whole)
  for (let length = 0; length < bytes.length; length++) {
    const parsed = parseXml(bytes.subarray(0, length))
    assert.ok(!parsed.ok, `accepted at ${length}`)
    assert.ok(parsed.problem.place?.line !== undefined)
  }
})

test('text, comments and attributes of 30 MB are read in one piece', () => {
  const long = 'x '.repeat(7 * 1024 * 1024)
  assert.ok(parseXml(Buffer.from(`<a b="${long}">${long}<!--${long}--></a>`)).ok)
})

test('hundreds of thousands of references and comments stay linear', () => {
  assert.ok(parseXml(Buffer.from(`<a>${'&amp;<!-- -->'.repeat(300_000)}</a>`)).ok)
  assert.ok(parseXml(Buffer.from(`<a>${'<b c="1\n2"/>'.repeat(200_000)}</a>`)).ok)
})

test('binary files are refused', () => {
  assert.equal(refusal(Buffer.from('%PDF-1.4\n%\xe2\xe3\xcf\xd3', 'latin1')).code, 'xml-encoding')
  assert.equal(refusal(Buffer.from([0x50, 0x4b, 3, 4, 0, 0])).code, 'xml-not-well-formed')
  assert.equal(refusal('{"resourceType":"Bundle"}').code, 'xml-not-well-formed')
})
