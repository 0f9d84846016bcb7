import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { narrativesOf, narrativesOfSection } from './narrative-index.ts'
import { all, read, summary } from './testing/documents.ts'

function element(xml: string): XmlElement {
  const parsed = parseXml(Buffer.from(xml))
  assert.ok(parsed.ok)
  return parsed.value.root
}

test('an id names what stands in a narrative, else what stands anywhere', () => {
  const narratives = narrativesOf(
    element('<a><entry><code ID="c">E</code></entry><text><td ID="t">Asma<br/>grave</td></text></a>'),
  )
  assert.equal(narratives.words('#t'), 'Asma grave')
  assert.equal(narratives.words('t'), 'Asma grave')
  assert.equal(narratives.words('#c'), 'E')
  assert.equal(narratives.words('#gone'), undefined)
  assert.deepEqual([narratives.has('#t'), narratives.has('#c'), narratives.has('#gone')], [true, true, false])
})

test('of an id that is used twice, the own section comes first, then the first in the document', () => {
  const document = narrativesOf(element('<a><text ID="x">one</text><text ID="x">two</text></a>'))
  assert.equal(document.words('#x'), 'one')
  const own = narrativesOfSection(element('<text><p ID="x">three</p></text>'), document)
  assert.equal(own.words('#x'), 'three')
  assert.equal(narrativesOfSection(element('<text/>'), document).words('#x'), 'one')
  assert.equal(narrativesOfSection(undefined, document).words('#x'), 'one')
})

test('two sections with the same id keep their own words for their own codes', () => {
  const part = (words: string, code: string): string =>
    `<component><section><code code="8716-3" codeSystem="2.16.840.1.113883.6.1"/><text><content ID="w">${words}</content></text>
    <entry><observation classCode="OBS" moodCode="EVN"><code code="${code}" codeSystem="2.16.840.1.113883.6.96"><originalText><reference value="#w"/></originalText></code></observation></entry></section></component>`
  const document = read(
    summary({ body: `<structuredBody>${part('Álcool', '1')}${part('Marcha', '2')}</structuredBody>` }),
  )
  assert.deepEqual(
    all(document, 'Observation').map(({ code }) => code.text),
    ['Álcool', 'Marcha'],
  )
})
