/** No literal that tells about a person survives: looked for in real messages by rules that share nothing with the code. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { MASK } from './mask.ts'
import { redact } from './redact.ts'

const ROOT = join(import.meta.dirname, '../../../../../shared/corpus')
const CORPUS = join(ROOT, 'openncp')
const skip = existsSync(CORPUS) ? false : 'the corpus openncp is not beside the project'

/** Where messages and clinical documents speak of people. */
const PERSONAL_ELEMENTS =
  /^(family|given|prefix|suffix|streetAddressLine|city|postalCode|AttributeValue|NameID|title|paragraph|td|content|text|DocumentUniqueId|Document|documentId|patientId|extension)$/
const PERSONAL_ATTRIBUTES = /^(extension|value|displayName|SPProvidedID|code)$/
/** The domain of identifiers, and words that any message of the kind has. */
const NO_PERSON = /^(PRPA_IN\d+UV\d+|urn:oasis:names:[\w:.-]+|\d+(\.\d+)+|[A-Z]{1,3}|\W*)$/

/** Said about people by one element and by the protocol in another. */
const PROTOCOL_WORDS: ReadonlySet<string> = new Set(['GUARD', 'true', 'codingScheme', 'active', 'final', 'Patient'])

function literals(element: XmlElement, found = new Set<string>()): Set<string> {
  for (const { name, value } of element.attributes) {
    if (PERSONAL_ATTRIBUTES.test(name) && !/^(processing|accept|query|status|response)/.test(element.name))
      found.add(value)
  }
  for (const node of element.children) {
    if (typeof node !== 'string') literals(node, found)
    else if (PERSONAL_ELEMENTS.test(element.name)) found.add(node.trim())
  }
  return found
}

/** Texts and attribute values of a redacted message, so that a literal is not found inside the name of an element. */
function values(element: XmlElement): string[] {
  return [
    ...element.attributes.map(({ value }) => value),
    ...element.children.flatMap((node) => (typeof node === 'string' ? [node] : values(node))),
  ]
}

describe('a redacted message of the corpus', { skip }, () => {
  const files = globSync(['{xcpd,xca,xdr,saml}/**/*.xml', 'cda/**/*.xml'], { cwd: CORPUS })
  it('has its structure and none of its people', () => {
    const survivors = new Set<string>()
    let messages = 0
    let masked = 0
    for (const file of files) {
      const bytes = readFileSync(join(CORPUS, file))
      const parsed = parseXml(bytes)
      if (!parsed.ok || bytes.length > 900_000) continue
      const again = parseXml(Buffer.from(redact(Buffer.from(bytes).toString('utf8'))))
      assert.ok(again.ok, file)
      assert.equal(again.value.root.name, parsed.value.root.name)
      const left = values(again.value.root)
      for (const literal of literals(parsed.value.root)) {
        if (literal.length < 3 || NO_PERSON.test(literal)) continue
        masked++
        const survivor = left.find((value) => value.split(/[\s^&']+/).includes(literal) || value === literal)
        if (survivor !== undefined) survivors.add(literal)
      }
      messages++
    }
    assert.deepEqual(
      [...survivors].filter((word) => !PROTOCOL_WORDS.has(word)),
      [],
    )
    assert.ok(messages > 100 && masked > 5000, `${messages} messages, ${masked} literals`)
  })

  it('of FHIR has none of its people', () => {
    const resources = globSync(['fhir/**/*.json', 'france/**/*.json'], { cwd: ROOT }).slice(0, 120)
    const survivors = new Set<string>()
    let masked = 0
    for (const file of resources) {
      const text = readFileSync(join(ROOT, file), 'utf8')
      if (text.length > 900_000 || !/^\s*\{/.test(text)) continue
      const out = redact(text)
      for (const [, literal = ''] of text.matchAll(
        /"(?:family|display|text|div|id|reference|line|city|birthDate|value|code|fullUrl)"\s*:\s*"([^"\\]{4,})"/g,
      )) {
        masked++
        if (out.includes(`: "${literal}"`)) survivors.add(literal)
      }
    }
    assert.deepEqual(
      [...survivors].filter((word) => !PROTOCOL_WORDS.has(word)),
      [],
    )
    assert.ok(resources.length === 0 || masked > 100, String(masked))
  })
})

describe('what an operator sees', () => {
  it('of a SOAP message is its protocol', () => {
    const shown =
      redact(`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header>
      <a:Action s:mustUnderstand="1">urn:ihe:iti:2007:CrossGatewayQuery</a:Action><a:MessageID>urn:uuid:5b0ff7a0-5ac9-4b5f-9d0d-3c9f8a7f7c11</a:MessageID>
      <!-- for Ana --></s:Header><s:Body><Query id="urn:uuid:14d4debf"><Slot name="$XDSDocumentEntryPatientId"><Value>'298123456^^^&amp;1.2.3&amp;ISO'</Value></Slot>
      <Slot name="$XDSDocumentEntryClassCode"><Value>('60591-5^^2.16.840.1.113883.6.1')</Value></Slot></Query></s:Body></s:Envelope>`)
    for (const kept of [
      'CrossGatewayQuery',
      'urn:uuid:5b0ff7a0',
      '$XDSDocumentEntryPatientId',
      "('60591-5^^2.16.840.1.113883.6.1')",
      'mustUnderstand="1"',
    ]) {
      assert.ok(shown.includes(kept), kept)
    }
    for (const gone of ['298123456', 'Ana', '14d4debf']) assert.equal(shown.includes(gone), false, gone)
  })

  it('of a fault is its code', () => {
    const shown = redact(
      '<s:Fault xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text>Ana Silva unknown</s:Text></s:Reason></s:Fault>',
    )
    assert.ok(shown.includes('s:Sender'))
    assert.equal(shown.includes('Silva'), false)
  })

  it('of a FHIR request is method, kind and parameters', () => {
    assert.equal(
      redact('GET /fhir/Patient?identifier=urn:oid:1.2|298123456&family=Silva'),
      `GET /fhir/Patient?identifier=${MASK}&family=${MASK}`,
    )
    assert.equal(redact('GET /fhir/Bundle/ana-silva'), `GET /fhir/Bundle/${MASK}`)
    assert.equal(redact('GET https://silva.example/fhir/Bundle/1').includes('silva'), false)
    const posted = redact(
      'POST /fhir HTTP/1.1\r\nauthorization: Bearer secret\r\n\r\n{"resourceType":"Patient","name":[{"family":"Silva"}],"active":true}',
    )
    assert.match(posted, /"resourceType": "Patient"/)
    for (const gone of ['Silva', 'secret', 'true']) assert.equal(posted.includes(gone), false, gone)
    assert.match(redact('HTTP/1.1 200 OK\r\n\r\n{"resourceType":"Bundle"}'), /^200\n\n/)
  })

  it('of an extension is which one, of a link nothing', () => {
    const shown = redact(
      '{"extension":[{"url":"http://hl7.org/fhir/x","valueCode":"secret"}],"link":[{"url":"http://a.example/Patient/298123456"}]}',
    )
    assert.ok(shown.includes('http://hl7.org/fhir/x'))
    for (const gone of ['secret', '298123456']) assert.equal(shown.includes(gone), false, gone)
  })

  it('of anything else is nothing', () => {
    for (const text of ['Ana Silva', '<a><b>Ana</a>', '{"Ana":', '--mime\r\nAna', `<a>${'x'.repeat(2_000_000)}</a>`]) {
      const shown = redact(text)
      assert.ok(shown.startsWith(MASK), shown.slice(0, 50))
      assert.equal(shown.includes('Ana'), false)
    }
    assert.equal(redact(' '), '')
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof redact(text) === 'string'))
    fc.assert(fc.property(fc.json(), (text) => typeof redact(text) === 'string'))
  })
})
