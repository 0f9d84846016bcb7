import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { child, elements } from './access.ts'
import { openXml, withAttributes } from './edit.ts'
import { parseXml } from './parse.ts'
import { serialiseXml } from './serialise.ts'
import { corpusFiles, withoutCorpus } from './testing/corpus.ts'
import type { XmlElement } from './tree.ts'

function opened(bytes: Uint8Array) {
  const result = openXml(bytes)
  assert.ok(result.ok)
  return result.value
}

function root(bytes: Uint8Array): XmlElement {
  const result = parseXml(bytes)
  assert.ok(result.ok, result.ok ? '' : result.problem.sentence)
  return result.value.root
}

/** Without lines (new text has others), and without the prefixes of attributes, which the tree does not hold. */
function shape({ name, namespace, prefix, attributes, children }: XmlElement): unknown {
  const held = attributes.map((attribute) => [attribute.namespace, attribute.name, attribute.value])
  return [name, namespace, prefix, held, children.map((node) => (typeof node === 'string' ? node : shape(node)))]
}

const all = (element: XmlElement): XmlElement[] => [element, ...elements(element).flatMap(all)]

test('a change in one place leaves every other character as it came', () => {
  const before =
    '<?xml version="1.0"?>\r\n<!-- c --><a\r\n x = \'1\'><![CDATA[<&]]><b y="2"/>&#233;\r\n<?p i?></a>\r\n<!-- end -->'
  const xml = opened(Buffer.from(before))
  const b = child(xml.document.root, 'b')
  assert.ok(b)
  const { start, content } = xml.span(b)
  const tag = withAttributes(xml.slice(start, content), new Map([['y', 'é<"']]))
  const after = Buffer.from(xml.edited([{ from: start, to: content, text: tag }])).toString()
  assert.equal(after, before.replace('y="2"', 'y="é&lt;&quot;"'))
})

test('without changes the bytes are the very same; with changes the result is UTF-8 and says so', () => {
  const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>\u00e9<b/></a>', 'latin1')
  const xml = opened(latin)
  assert.equal(xml.edited([]), latin)
  const b = child(xml.document.root, 'b')
  assert.ok(b)
  const { start, end } = xml.span(b)
  const after = Buffer.from(xml.edited([{ from: start, to: end, text: '<c/>' }])).toString('utf8')
  assert.equal(after, '<?xml version="1.0" encoding="UTF-8"?><a>é<c/></a>')
})

test('attributes are changed, added and removed by their written names', () => {
  const change = (tag: string, changes: Record<string, string | undefined>) =>
    withAttributes(tag, new Map(Object.entries(changes)))
  assert.equal(change('<a code="1" xcode="2" />', { code: '3' }), '<a code="3" xcode="2" />')
  assert.equal(change('<a b=\'code="1"\'/>', { code: '3' }), '<a b=\'code="1"\' code="3"/>')
  assert.equal(change('<p:a\n  code = "1"\n>', { code: undefined, d: 'x' }), '<p:a d="x"\n>')
  assert.equal(change('<a/>', { d: 'x' }), '<a d="x"/>')
  assert.equal(change('<a b="1" c="2" d="3">', { b: '4', c: undefined, d: '5' }), '<a b="4" d="5">')
  const wide = ' '.repeat(300_000)
  assert.equal(change(`<a${wide}/>`, { d: 'x' }), `<a d="x"${wide}/>`)
  assert.equal(change(`<a${wide}b${wide}=${wide}'1'${wide}>`, { b: '2' }), `<a${wide}b${wide}=${wide}"2"${wide}>`)
})

test('changes that overlap are refused as a mistake of the program', () => {
  const xml = opened(Buffer.from('<a><b/></a>'))
  const edit = { from: 3, to: 7, text: '' }
  assert.throws(() => xml.edited([edit, { ...edit, from: 5 }]), /overlap/)
})

const name = fc.constantFrom('a', 'b', 'code')
const value = fc.string({
  unit: fc.constantFrom('x', '&', '<', '>', '"', "'", '\t', '\n', '\r', 'é', ']]>', '😀', ' '),
})
const tree = fc.letrec<{ node: XmlElement }>((tie) => ({
  node: fc.record({
    name,
    namespace: fc.constantFrom('urn:one', 'urn:two'),
    prefix: fc.constantFrom('p', 'q'),
    attributes: fc.uniqueArray(fc.record({ name, namespace: fc.constantFrom('', 'urn:one', 'urn:three'), value }), {
      maxLength: 3,
      selector: ({ name: local, namespace }) => `${namespace} ${local}`,
    }),
    children: fc.array(fc.oneof({ depthSize: 'small', withCrossShrink: true }, value, tie('node')), { maxLength: 4 }),
    line: fc.constant(1),
  }),
})).node

/** As a parser would give it: adjacent texts joined, none empty. */
function joined(element: XmlElement): XmlElement {
  const children: (XmlElement | string)[] = []
  for (const node of element.children) {
    const last = children.at(-1)
    if (typeof node !== 'string') children.push(joined(node))
    else if (typeof last === 'string') children[children.length - 1] = last + node
    else if (node !== '') children.push(node)
  }
  return { ...element, children }
}

test('any tree is written so that it is read back', () => {
  fc.assert(
    fc.property(tree, (given) => {
      const element = joined(given)
      assert.deepEqual(shape(root(Buffer.from(serialiseXml(element)))), shape(element))
    }),
    { numRuns: 300 },
  )
})

test('documents of the corpus: written and read back they are the same tree; every span is its element', {
  skip: withoutCorpus(),
}, () => {
  let seen = 0
  for (const file of corpusFiles('openncp/**/*.xml')) {
    const bytes = readFileSync(file)
    const result = openXml(bytes)
    if (!result.ok) continue
    const { document, span, slice } = result.value
    assert.deepEqual(shape(root(Buffer.from(serialiseXml(document.root)))), shape(document.root), file)
    for (const element of all(document.root)) {
      const { start, content, contentEnd, end } = span(element)
      const qualified = element.prefix === '' ? element.name : `${element.prefix}:${element.name}`
      assert.ok(slice(start, content).startsWith(`<${qualified}`), file)
      assert.equal(slice(contentEnd, end), slice(contentEnd, end).startsWith('</') ? slice(contentEnd, end) : '', file)
      // Rewriting a start tag without a change gives the same tag.
      assert.equal(withAttributes(slice(start, content), new Map()), slice(start, content))
    }
    seen++
  }
  assert.ok(seen > 150)
})
