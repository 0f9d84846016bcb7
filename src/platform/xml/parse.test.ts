import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attribute, child, children, descend, oneLine, text, words } from './access.ts'
import { parseXml } from './parse.ts'
import type { XmlDocument, XmlProblemCode } from './tree.ts'

function bytes(xml: string): Uint8Array {
  return Buffer.from(xml, 'utf8')
}

function read(xml: string | Uint8Array): XmlDocument {
  const parsed = parseXml(typeof xml === 'string' ? bytes(xml) : xml)
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.problem.sentence)
  return parsed.value
}

function refuse(xml: string | Uint8Array): {
  code: XmlProblemCode
  sentence: string
  line: number | undefined
  column: number | undefined
} {
  const parsed = parseXml(typeof xml === 'string' ? bytes(xml) : xml)
  assert.ok(!parsed.ok, 'it was accepted')
  const { code, sentence, place } = parsed.problem
  return { code, sentence, line: place?.line, column: place?.column }
}

test('elements, attributes and text with their namespaces', () => {
  const { root } = read(
    '<a xmlns="urn:one" xmlns:p="urn:two" p:x="1" y="2"><p:b>t<![CDATA[<&]]>u</p:b><c xmlns=""/></a>',
  )
  assert.deepEqual([root.name, root.namespace, root.prefix, root.line], ['a', 'urn:one', '', 1])
  assert.equal(attribute(root, 'x', 'urn:two'), '1')
  assert.equal(attribute(root, 'y'), '2')
  assert.equal(attribute(root, 'x'), undefined)
  assert.deepEqual(child(root, 'b')?.children, ['t<&u'])
  assert.equal(child(root, 'b', 'urn:two')?.prefix, 'p')
  assert.equal(child(root, 'c')?.namespace, '')
})

test('a prefix means what the nearest declaration says', () => {
  const { root } = read('<a xmlns:p="urn:1"><b xmlns:p="urn:2"><p:c/></b><p:d/></a>')
  assert.equal(descend(root, 'b', 'c')?.namespace, 'urn:2')
  assert.equal(child(root, 'd')?.namespace, 'urn:1')
})

test('references and white space', () => {
  const { root } = read('<a x="1&#10;&lt;2&#x20AC;\n3\t4">&amp;&#xe9;&apos;&quot;&gt;\r\nb</a>')
  assert.equal(attribute(root, 'x'), '1\n<2€ 3 4')
  assert.equal(text(root), '&é\'">\nb')
  assert.equal(words(read('<a> x <b> y</b>\n</a>').root), 'x y')
  assert.equal(oneLine(' a\u00a0 \n b\u00a0'), 'a\u00a0 b\u00a0')
})

test('comments and processing instructions leave no trace', () => {
  const { root } = read('<?xml version="1.0"?><!-- c --><?p x?><a>1<!-- - -->2<?p?>3</a><!----> ')
  assert.deepEqual(root.children, ['123'])
})

test('children by name, in order', () => {
  const { root } = read('<a><b>1</b>x<c/><b>2</b></a>')
  assert.deepEqual(children(root, 'b').map(text), ['1', '2'])
})

const MALFORMED: readonly (readonly [string, RegExp])[] = [
  ['<a><b></a></b>', /Line 1, column 7: the element <b> \(opened on line 1\) is closed by <\/a>\./],
  ['<a>\n  <b>', /Line 2, column 6: the document ends inside the element <b> that was opened on line 2\./],
  ['<a/><b/>', /second root element/],
  ['<a/>x', /text after the end/],
  ['x<a/>', /text before the root/],
  ['', /no root element/],
  ['<a', /ends inside the tag <a>/],
  ['<a b="1"', /ends inside the tag <a>/],
  ['<a b="1" b="2"/>', /the attribute b stands twice/],
  ['<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>', /the attribute b stands twice/],
  ['<a xmlns="u" xmlns="v"/>', /the attribute xmlns stands twice/],
  ['<a b=1/>', /not in quotes/],
  ['<a b/>', /has no value/],
  ['<a b="<"/>', /must be written &lt;/],
  ['<a>&nbsp;</a>', /the entity &nbsp; is not known/],
  ['<a>a & b</a>', /must be written &amp;/],
  ['<a>&#0;</a>', /a character that XML does not allow/],
  ['<a>&#xD800;</a>', /a character that XML does not allow/],
  ['<a>\u0001</a>', /U\+0001/],
  ['<a>]]></a>', /\]\]>/],
  ['<p:a/>', /the prefix "p" is not bound/],
  ['<a p:b="1"/>', /the prefix "p" is not bound/],
  ['<a xmlns:p=""/>', /bound to nothing/],
  ['<a xmlns:xml="urn:x"/>', /the prefix xml/],
  ['<1a/>', /not a valid name/],
  ['<a:b:c xmlns:a="u"/>', /not a valid name/],
  ['<a>< b</a>', /must be written &lt;/],
  ['<a><!-- a -- b --></a>', /two hyphens/],
  ['<a><!-- a', /comment is not closed/],
  ['<a><![CDATA[', /CDATA section is not closed/],
  ['<a><?xml version="1.0"?></a>', /very start/],
  ['<a></a', /ends inside the element <a>/],
  ['<?xml version="2.0"?><a/>', /XML declaration is not well formed/],
  ['<a><![IGNORE[]]></a>', /may not stand inside/],
]

for (const [xml, sentence] of MALFORMED) {
  test(`refused with its place: ${JSON.stringify(xml)}`, () => {
    const { code, sentence: said, line, column } = refuse(xml)
    assert.equal(code, 'xml-not-well-formed')
    assert.match(said, sentence)
    assert.ok(line !== undefined && column !== undefined)
    assert.ok(said.startsWith(`Line ${line}, column ${column}: `))
  })
}

test('a DOCTYPE is refused whatever it says', () => {
  assert.equal(refuse('<!DOCTYPE a><a/>').code, 'xml-doctype')
  assert.equal(refuse('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>').code, 'xml-doctype')
})

test('encodings by byte order mark and declaration', () => {
  const xml = '<?xml version="1.0" encoding="ENC"?><a>Å Ω</a>'
  assert.equal(text(read(bytes(`\ufeff${xml.replace('ENC', 'UTF-8')}`)).root), 'Å Ω')
  const little = Buffer.from(`\ufeff${xml.replace('ENC', 'UTF-16')}`, 'utf16le')
  assert.equal(text(read(little).root), 'Å Ω')
  assert.equal(text(read(Buffer.from(little).swap16()).root), 'Å Ω')
  assert.equal(text(read(little.subarray(2)).root), 'Å Ω')
  const latin = read(Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe9\x80</a>', 'latin1'))
  assert.equal(text(latin.root), 'é€')
  const greek = read(
    Buffer.concat([bytes('<?xml version="1.0" encoding="windows-1253"?><a>'), Buffer.from([0xe1]), bytes('</a>')]),
  )
  assert.equal(text(greek.root), 'α')
  const nine = read(
    Buffer.concat([bytes("<?xml version='1.0' encoding='ISO-8859-15'?><a>"), Buffer.from([0xa4]), bytes('</a>')]),
  )
  assert.equal(text(nine.root), '€')
})

test('UTF-8 that calls itself UTF-16 is read as what it is', () => {
  const { root, encoding } = read('<?xml version="1.0" encoding="utf-16"?><a>é</a>')
  assert.deepEqual([text(root), encoding], ['é', 'utf-8'])
})

test('wrong bytes are refused with the place of the first one', () => {
  const wrong = Buffer.concat([bytes('<a>\n é '), Buffer.from([0xe9, 0x20]), bytes('</a>')])
  const parsed = parseXml(wrong, { file: 'x.xml' })
  assert.ok(!parsed.ok)
  assert.equal(parsed.problem.code, 'xml-encoding')
  assert.deepEqual(parsed.problem.place, { file: 'x.xml', line: 2, column: 4, byte: 8 })
  assert.match(parsed.problem.sentence, /^Line 2, column 4: the byte E9 is not valid UTF-8\.$/)
  assert.equal(refuse(Buffer.from([0x3c, 0x61, 0x3e, 0xed, 0xa0, 0x80])).code, 'xml-encoding')
  assert.equal(refuse('<?xml version="1.0" encoding="EBCDIC-CP-FR"?><a/>').code, 'xml-encoding')
  assert.equal(refuse(Buffer.from([0xff, 0xfe, 0x3c, 0x00, 0x00, 0xd8, 0x3c, 0x00])).code, 'xml-encoding')
})

test('lines are counted with any line ending', () => {
  const { root } = read('<a>\r\n<b/>\r<c\n d="1\n2"/><e/></a>')
  assert.deepEqual(
    ['b', 'c', 'e'].map((name) => child(root, name)?.line),
    [2, 3, 5],
  )
})
