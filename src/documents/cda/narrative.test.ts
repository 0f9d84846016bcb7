import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseXml } from '#platform/xml/parse.ts'
import { narrativeDiv } from './narrative.ts'

function div(content: string, language = 'pt', seen = new Set<string>()): string | undefined {
  const parsed = parseXml(Buffer.from(`<text>${content}</text>`))
  assert.ok(parsed.ok)
  return narrativeDiv(parsed.value.root, language, seen)
}

function inner(content: string): string {
  return (div(content) ?? '').replace(/^<div[^>]*>|<\/div>$/g, '')
}

test('paragraphs, lists, tables, captions and line breaks', () => {
  assert.equal(
    inner('<paragraph ID="a">x<br/>y</paragraph><list listType="ordered"><caption>c</caption><item>1</item></list>'),
    '<p id="a">x<br/>y</p><p>c</p><ol><li>1</li></ol>',
  )
  assert.equal(
    inner(
      '<table border="1"><caption>t</caption><tbody><tr><td colspan="2" onclick="x()" styleCode="Bold Rrule">1 &lt; 2</td></tr></tbody></table>',
    ),
    '<table><caption>t</caption><tbody><tr><td colspan="2" class="Bold Rrule">1 &lt; 2</td></tr></tbody></table>',
  )
})

test('the language of the whole and of parts', () => {
  assert.match(div('x') ?? '', /^<div xmlns="http:\/\/www.w3.org\/1999\/xhtml" lang="pt" xml:lang="pt">/)
  assert.equal(
    inner('<content language="fr-FR">x</content><content language="xx-XX">y</content>'),
    '<span lang="fr-FR" xml:lang="fr-FR">x</span>y',
  )
})

test('links only to the web, to mail and inside the document', () => {
  assert.equal(inner('<linkHtml href="https://a.b/?c=1&amp;d">x</linkHtml>'), '<a href="https://a.b/?c=1&amp;d">x</a>')
  assert.equal(inner('<linkHtml href="javascript:alert(1)">x</linkHtml>'), 'x')
})

test('nothing active survives, but its words do', () => {
  assert.equal(inner('<script>alert(1)</script><iframe src="x">y</iframe><svg><a/></svg>'), 'alert(1)y')
})

test('an id is used once, and is a valid one', () => {
  assert.equal(inner('<content ID="a b">1</content><content ID="a b">2</content>'), '<span id="a_b">1</span>2')
})

test('a block without words is no narrative', () => {
  assert.equal(div('<table><tbody><tr><td> </td></tr></tbody></table>'), undefined)
  assert.equal(narrativeDiv(undefined, 'pt', new Set()), undefined)
})

test('whatever the words are, the result is well-formed XML that says them', () => {
  const word = fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", 'é', ' ', ']]>', '😀', 'a') })
  fc.assert(
    fc.property(word, word, (first, second) => {
      const escaped = (text: string): string =>
        text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
      const made = div(`<paragraph ID="${escaped(first)}">${escaped(second)}</paragraph>`)
      if (made === undefined) return
      const parsed = parseXml(Buffer.from(made))
      assert.ok(parsed.ok, made)
      assert.ok(JSON.stringify(parsed.value.root).includes(JSON.stringify(second.replace(/\s+/g, ' ')).slice(1, -1)))
    }),
  )
})
