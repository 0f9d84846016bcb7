/** Messages of others, laid out: the same tree, masked, and the same when it was masked before. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { redact } from '#care/context/redact/redact.ts'
import { isBlank, isElement } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { shownMessage } from './pretty-message.ts'

const CORPUS = join(import.meta.dirname, '../../../../shared/corpus/openncp')
const skip = existsSync(CORPUS) ? false : 'the corpus openncp is not beside the project'

/** Names, attributes and texts; white space between elements does not count. */
function shape({ name, namespace, attributes, children }: XmlElement): unknown {
  const inside = children.filter((node) => isElement(node) || !isBlank(node))
  return [
    namespace,
    name,
    attributes.map((one) => [one.namespace, one.name, one.value]),
    inside.map((node) => (typeof node === 'string' ? node : shape(node))),
  ]
}

describe('messages of the corpus', { skip }, () => {
  it('are laid out without a change of what they say after masking', () => {
    let seen = 0
    for (const file of globSync('{xcpd,xca,xdr,saml}/**/*.xml', { cwd: CORPUS })) {
      const message = readFileSync(join(CORPUS, file), 'utf8')
      const redacted = redact(message)
      if (!redacted.startsWith('<')) continue
      const shown = shownMessage(message)
      assert.equal(shownMessage(redacted).text, shown.text, `${file}: masking twice is masking once`)
      if (shown.left > 0) continue
      const [before, after] = [parseXml(Buffer.from(redacted)), parseXml(Buffer.from(shown.text))]
      assert.ok(before.ok && after.ok, file)
      assert.deepEqual(shape(after.value.root), shape(before.value.root), file)
      assert.ok(shown.text.split('\n').length > 3, file)
      seen += 1
    }
    assert.ok(seen > 10, `${seen} messages`)
  })
})

describe('any message', () => {
  it('over HTTP has its path and body masked', () => {
    const { text } = shownMessage('GET /fhir/Patient?identifier=298123456')
    assert.equal(text, 'GET /fhir/Patient?identifier=•••')
    const json = shownMessage('200\n\n{"resourceType":"Patient","id":"298123456"}').text
    assert.match(json, /\n {2}"resourceType": "Patient"/)
    assert.doesNotMatch(json, /298123456/)
  })

  it('that cannot be read is not shown, and a long one is cut and says by how much', () => {
    assert.doesNotMatch(shownMessage('<a>298123456').text, /298123456/)
    assert.doesNotMatch(shownMessage('298123456').text, /298123456/)
    assert.deepEqual(shownMessage(''), { text: '', left: 0 })
    const long = shownMessage(`<a>${'<b x="1"/>'.repeat(20_000)}</a>`)
    assert.equal(long.text.length, 100_000)
    assert.ok(long.left > 10_000)
    const deep = shownMessage(`${'<a>'.repeat(150)}${'</a>'.repeat(150)}`)
    assert.ok(deep.text.includes('<a>') && deep.text.length < 20_000)
  })
})
