import assert from 'node:assert/strict'
import { test } from 'node:test'
import { child, children } from '#platform/xml/access.ts'
import { withoutCorpus } from '#platform/xml/testing/corpus.ts'
import { corpusMessages, countingIds, messageWithParts } from '../testing/messages.ts'
import { SECURITY_NAMESPACE, SOAP_NAMESPACE } from './envelope.ts'
import { readFault, statusOf, writeFault } from './fault.ts'
import { readMessage, type SoapMessage } from './message.ts'
import { collectAttachments, writeMessage } from './write-message.ts'

const WSA = 'http://www.w3.org/2005/08/addressing'
const SOAP = 'application/soap+xml; charset=UTF-8'

function read(contentType: string, body: Uint8Array | string): SoapMessage {
  const message = readMessage(contentType, typeof body === 'string' ? Buffer.from(body) : body)
  assert.ok(message.ok, message.ok ? '' : message.problem.sentence)
  return message.value
}

function code(contentType: string, body: Uint8Array | string): string {
  const message = readMessage(contentType, typeof body === 'string' ? Buffer.from(body) : body)
  return message.ok ? 'read' : message.problem.code
}

const envelope = (header: string, body = '<x/>'): string =>
  `<e:Envelope xmlns:e="${SOAP_NAMESPACE}" xmlns:w="${WSA}" xmlns:s="${SECURITY_NAMESPACE}"><e:Header>${header}</e:Header><e:Body>${body}</e:Body></e:Envelope>`
const headers = (header: string): string => code(SOAP, envelope(header))

test('what was written is read: documents to the byte, headers, and the security of the same parse', () => {
  const document = Buffer.from('\uFEFF<a>\r\n\0--MIMEBoundary\r\n--\n€</a>')
  const written = messageWithParts(document)
  const message = read(written.contentType, written.body)
  assert.equal(message.action, 'urn:x:Request')
  assert.deepEqual(message.addressing, { action: 'urn:x:Request', messageId: 'urn:uuid:1', relatesTo: undefined })
  assert.equal(child(message.security, 'Assertion')?.namespace, 'urn:a')
  assert.equal(message.text, written.text)
  const [first, second] = children(message.body, 'Document').map((element) => message.content(element))
  assert.ok(first?.ok && document.equals(first.value))
  // A view, not a copy.
  assert.equal(first.value.buffer, written.body.buffer)
  assert.equal(second?.ok && Buffer.from(second.value).toString(), '<a/>')
})

test('every message of the corpus is read', { skip: withoutCorpus() }, () => {
  const messages = corpusMessages()
  assert.ok(messages.length > 20, String(messages.length))
  for (const { contentType, body } of messages) read(contentType, body)
})

test('the action may be in the envelope or the Content-Type, with white space; both must agree', () => {
  const action = (value: string): string => envelope(`<w:Action e:mustUnderstand="true">\n ${value}\n</w:Action>`)
  assert.equal(read(SOAP, action('urn:a')).action, 'urn:a')
  assert.equal(read(`${SOAP}; action="urn:a"`, action('urn:a')).action, 'urn:a')
  assert.equal(read(`${SOAP}; action="urn:a"`, envelope('')).action, 'urn:a')
  assert.equal(read(SOAP, envelope('')).action, undefined)
  assert.equal(code(`${SOAP}; action="urn:b"`, action('urn:a')), 'soap-action-differs')
  const { contentType, body } = messageWithParts()
  assert.equal(code(contentType.replace('"urn:x:Request"', '"urn:y"'), body), 'soap-action-differs')
  const nested = contentType.replace(
    'start-info="application/soap+xml"',
    'start-info="application/soap+xml; action=\\"urn:y\\""',
  )
  assert.equal(code(nested, body), 'soap-action-differs')
})

test('header blocks: unknown ones are ignored, unless they must be understood by us', () => {
  assert.equal(headers('<a:b xmlns:a="urn:a" e:mustUnderstand="0"/><a:b xmlns:a="urn:a"/>'), 'read')
  assert.equal(headers('<a:b xmlns:a="urn:a" e:mustUnderstand=" 1 "/>'), 'soap-must-understand')
  assert.equal(headers('<a:b xmlns:a="urn:a" e:mustUnderstand="true"/>'), 'soap-must-understand')
  const elsewhere = `e:role="${SOAP_NAMESPACE}/role/none"`
  assert.equal(headers(`<a:b xmlns:a="urn:a" e:mustUnderstand="1" ${elsewhere}/>`), 'read')
  const here = `e:role="${SOAP_NAMESPACE}/role/next"`
  assert.equal(headers(`<a:b xmlns:a="urn:a" e:mustUnderstand="1" ${here}/>`), 'soap-must-understand')
  assert.equal(headers('<s:Security e:mustUnderstand="1"/><w:To e:mustUnderstand="1">a</w:To>'), 'read')
  assert.equal(headers('<s:Security/><s:Security/>'), 'soap-security-ambiguous')
})

test("addressing in OpenNCP's wrong namespace counts only without the proper one", () => {
  const wrong = `<v:Action xmlns:v="${WSA}/anonymous" e:mustUnderstand="1">urn:wrong</v:Action><v:MessageID xmlns:v="${WSA}/anonymous">urn:1</v:MessageID>`
  assert.equal(read(SOAP, envelope(wrong)).action, 'urn:wrong')
  const both = read(SOAP, envelope(`${wrong}<w:Action>urn:right</w:Action>`))
  assert.deepEqual([both.action, both.addressing.messageId], ['urn:right', 'urn:1'])
})

test('answers go back on the connection, never elsewhere', () => {
  const reply = (name: string, address: string): string =>
    headers(`<w:${name}><w:Address>${address}</w:Address></w:${name}>`)
  assert.equal(reply('ReplyTo', `${WSA}/anonymous`), 'read')
  for (const address of ['https://elsewhere.example', `${WSA}/none`, '']) {
    assert.equal(reply('ReplyTo', address), 'soap-addressing')
    assert.equal(reply('FaultTo', address), 'soap-addressing')
  }
  assert.equal(headers('<w:Action>a</w:Action><w:Action>a</w:Action>'), 'soap-addressing')
  assert.equal(headers(`<w:MessageID>${'x'.repeat(2000)}</w:MessageID>`), 'soap-addressing')
})

for (const [what, xml, expected] of [
  [
    'SOAP 1.1',
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>',
    'soap-version',
  ],
  ['no envelope', '<x/>', 'soap-envelope'],
  ['no body', `<e:Envelope xmlns:e="${SOAP_NAMESPACE}"/>`, 'soap-envelope'],
  ['an empty body', envelope('', ''), 'soap-envelope'],
  ['two in the body', envelope('', '<x/><x/>'), 'soap-envelope'],
  ['text in the body', envelope('', 'a<x/>'), 'soap-envelope'],
  ['text in the header', envelope('a'), 'soap-envelope'],
  ['something behind the body', envelope('').replace('</e:Envelope>', '<x/></e:Envelope>'), 'soap-envelope'],
  ['two bodies', envelope('').replace('</e:Envelope>', '<e:Body><x/></e:Body></e:Envelope>'), 'soap-envelope'],
  [
    'the header behind the body',
    `<e:Envelope xmlns:e="${SOAP_NAMESPACE}"><e:Body><x/></e:Body><e:Header/></e:Envelope>`,
    'soap-envelope',
  ],
  ['no XML', 'x', 'soap-xml'],
  ['a DOCTYPE', `<!DOCTYPE x>${envelope('')}`, 'soap-xml'],
  ['too deep', envelope('', '<x>'.repeat(200) + '</x>'.repeat(200)), 'soap-xml'],
  ['too many nodes', envelope('', `<x>${'<y/>'.repeat(500_000)}</x>`), 'soap-xml'],
] as const) {
  test(`refused: ${what}`, () => assert.equal(code(SOAP, xml), expected))
}

test('an attachment cannot stand in for what is signed', () => {
  const include = '<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:a"/>'
  assert.equal(headers(`<s:Security><a><b>${include}</b></a></s:Security>`), 'soap-include-in-header')
  assert.equal(headers(include), 'soap-include-in-header')
})

test('media types: only SOAP 1.2, plain or as XOP; the encoding is as it is said', () => {
  const plain = envelope('')
  for (const type of ['', 'text/xml', 'application/json', 'multipart/form-data; boundary=b', 'multipart/related']) {
    assert.equal(code(type, plain), 'soap-media-type', type)
  }
  assert.equal(code('application/soap+xml', plain), 'read')
  assert.equal(code('application/soap+xml; charset=utf-8', plain), 'read')
  assert.equal(code('application/soap+xml; charset=iso-8859-1', plain), 'soap-charset')
  const utf16 = Buffer.from(`\uFEFF${plain}`, 'utf16le')
  assert.equal(code('application/soap+xml; charset=UTF-16', utf16), 'read')
  const { contentType, body } = messageWithParts()
  assert.equal(code(contentType.replace('application/xop+xml', 'text/xml'), body), 'soap-media-type')
  assert.equal(code(contentType.replace(/start="[^"]*"/, 'start="<other>"'), body), 'soap-multipart')
  assert.equal(code(contentType.replace(/start="[^"]*"; /, ''), body), 'read')
  assert.equal(code(contentType.replace(/boundary="[^"]*"/, 'boundary="b"'), body), 'soap-multipart')
  const inner = Buffer.from(body).toString('latin1').replace('application/xop+xml', 'application/xml')
  assert.equal(code(contentType, Buffer.from(inner, 'latin1')), 'soap-media-type')
})

test('documents: each part for one element, percent-encoded ids, nothing beside the Include', () => {
  const { contentType, body } = messageWithParts()
  const text = Buffer.from(body).toString('latin1')
  const contents = (change: (message: string) => string): readonly string[] => {
    const message = read(contentType, Buffer.from(change(text), 'latin1'))
    return children(message.body, 'Document').map((element) => {
      const content = message.content(element)
      return content.ok ? 'read' : content.problem.code
    })
  }
  const include = /<xop:Include[^>]*>/.exec(text)?.[0] ?? ''
  assert.deepEqual(
    contents((message) => message),
    ['read', 'read'],
  )
  assert.deepEqual(
    contents((message) => message.replace('@tessera.ehds"/>', '%40tessera.ehds"/>')),
    ['read', 'read'],
  )
  assert.deepEqual(
    contents((message) => message.replace('PGEvPg==', include)),
    ['read', 'content-ambiguous'],
  )
  assert.deepEqual(
    contents((message) => message.replace('PGEvPg==', 'PGE vPg\r\n==')),
    ['read', 'read'],
  )
  for (const wrong of ['PGEvPg=', 'PGEv*g==', 'PGEv_g==', 'PG=vPg==', `a${include}`, '<b/>', `${include}${include}`]) {
    assert.equal(contents((message) => message.replace('PGEvPg==', wrong))[1], 'content-not-base64', wrong)
  }
  for (const href of ['cid:nobody', 'https://elsewhere.example/', '', 'cid:%zz', 'file:///etc/passwd']) {
    const missing = contents((message) => message.replace(/href="[^"]*"/, `href="${href}"`))
    assert.deepEqual(missing, ['content-missing', 'read'], href)
  }
})

test('a large document as base64 is read without a limit of the matcher', () => {
  const document = Buffer.alloc(24 * 1024 * 1024, 'a\r\n')
  const message = read(SOAP, envelope('', `<d>${document.toString('base64')}</d>`))
  const content = message.content(message.body)
  assert.ok(content.ok && document.equals(content.value))
})

test('faults: a code, one sentence, and nothing else that the other side said', () => {
  const xml = writeFault({ code: 'Sender', reason: 'A & b.' })
  const read = (fault: string): unknown => readFault(readBody(fault))
  assert.deepEqual(read(xml), { code: 'Sender', reason: 'A & b.' })
  const java = xml.replace('A &amp; b.', 'Not valid.\n at eu.Class.method(Class.java:1)')
  assert.deepEqual(read(java), { code: 'Sender', reason: 'Not valid.' })
  assert.deepEqual(read('<env:Fault/>'), { code: 'Receiver', reason: '' })
  assert.deepEqual(read(xml.replace('env:Sender', 'env:Own')), { code: 'Receiver', reason: 'A & b.' })
  assert.equal(readFault(readBody('<x/>')), undefined)
  assert.equal(statusOf({ code: 'Sender', reason: '' }), 400)
  assert.equal(statusOf({ code: 'MustUnderstand', reason: '' }), 500)
})

function readBody(body: string) {
  const addressing = { action: 'urn:a', messageId: 'urn:1', relatesTo: 'urn:0' }
  const written = writeMessage({ addressing, body }, countingIds())
  return read(written.contentType, written.body).body
}

test('characters that XML may not hold, and types that would be headers, do not break what we send', () => {
  assert.deepEqual(readBody('<x>a\u0000b\uFFFF</x>').children, ['a\uFFFDb\uFFFD'])
  const newId = countingIds()
  const attachments = collectAttachments(newId)
  const body = `<x>${attachments.attach(Buffer.from('1'), 'text/xml\r\nContent-ID: <other>')}</x>`
  const written = writeMessage({ addressing: { action: 'urn:a', messageId: 'urn:1' }, body, attachments }, newId)
  assert.match(Buffer.from(written.body).toString(), /Content-Type: application\/octet-stream\r\n/)
  const message = read(written.contentType, written.body)
  assert.equal(message.content(message.body).ok, true)
})
