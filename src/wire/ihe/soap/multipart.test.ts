import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { countingIds } from '../testing/messages.ts'
import { readMediaType } from './media-type.ts'
import { readMultipart } from './multipart.ts'
import { collectAttachments, writeMessage } from './write-message.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')
const texts = (body: string, boundary = 'b'): readonly string[] | string => {
  const read = readMultipart(bytes(body), boundary)
  return read.ok ? read.value.map((part) => Buffer.from(part.bytes).toString('latin1')) : read.problem.code
}

test('parts keep their bytes: line ends, zeros and lines that only look like boundaries', () => {
  assert.deepEqual(texts('--b\r\nContent-ID: <1>\r\n\r\none\r\n--b\r\n\r\n\0\n--b\r\r\n--c\r\n--b--'), [
    'one',
    '\0\n--b\r\r\n--c',
  ])
})

test('preamble, transport padding, folded headers, empty parts and an epilogue are as RFC 2046 has them', () => {
  assert.deepEqual(
    texts('pre\r\n--b \t\r\nContent-Type: text/xml;\r\n charset=UTF-8\r\n\r\n\r\n--b\r\n\r\nx\r\n--b-- \r\nepilogue'),
    ['', 'x'],
  )
  const read = readMultipart(bytes('--b\r\ncontent-id: <a@b>\r\n\r\n\r\n--b--\r\n'), 'b')
  assert.equal(read.ok && read.value[0]?.contentId, 'a@b')
})

for (const [what, body] of [
  ['nothing', ''],
  ['no closing boundary', '--b\r\n\r\nx\r\n--b\r\n\r\ny'],
  ['cut in a boundary', '--b\r\n\r\nx\r\n--b-'],
  ['only a closing boundary', '--b--'],
  ['bare line feeds', '--b\n\nx\n--b--'],
  ['a longer boundary', '--b\r\n\r\nx\r\n--bc\r\n\r\ny\r\n--b--'],
  ['headers that do not end', '--b\r\nContent-ID: <1>\r\nx\r\n--b--'],
  ['no line between a boundary and the next', '--b\r\n--b--'],
  ['a header twice', '--b\r\nContent-ID: <1>\r\nContent-ID: <2>\r\n\r\nx\r\n--b--'],
  ['a header without a colon', '--b\r\nContent-ID\r\n\r\nx\r\n--b--'],
  ['a header with a line feed in it', '--b\r\nA: 1\nContent-ID: <2>\r\n\r\nx\r\n--b--'],
  ['a Content-ID without brackets', '--b\r\nContent-ID: 1\r\n\r\nx\r\n--b--'],
  ['base64 as transfer encoding', '--b\r\nContent-Transfer-Encoding: base64\r\n\r\neA==\r\n--b--'],
  ['text behind the closing boundary', '--b\r\n\r\nx\r\n--b--y'],
  ['headers that are too long', `--b\r\nA: ${'x'.repeat(9000)}\r\n\r\nx\r\n--b--`],
] as const) {
  test(`refused: ${what}`, () => assert.equal(texts(body), 'mime-malformed'))
}

test('refused: too many parts, two of one name, a boundary that is none', () => {
  assert.equal(texts(`${'--b\r\n\r\nx\r\n'.repeat(65)}--b--`), 'mime-too-many-parts')
  assert.equal(
    texts('--b\r\nContent-ID: <1>\r\n\r\nx\r\n--b\r\nContent-ID: <1>\r\n\r\ny\r\n--b--'),
    'mime-duplicate-part',
  )
  for (const boundary of ['', 'b '.repeat(1), 'b'.repeat(71), 'b\r\n', 'b;c']) {
    assert.equal(texts('--b\r\n\r\nx\r\n--b--', boundary), 'mime-malformed')
  }
})

test('any bytes pass as parts, in their number and order', () => {
  const nasty = fc.constantFrom('\r\n', '--', 'MIMEBoundary_', '\0', '\r', '\n', 'é', '--MIMEBoundary_00000000-0000')
  const document = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.array(nasty, { maxLength: 40 }).map((parts) => new Uint8Array(Buffer.from(parts.join('')))),
  )
  fc.assert(
    fc.property(fc.array(document, { maxLength: 5 }), (documents) => {
      const newId = countingIds()
      const attachments = collectAttachments(newId)
      for (const one of documents) attachments.attach(one)
      const addressing = { action: 'urn:x', messageId: 'urn:1' }
      const { contentType, body } = writeMessage({ addressing, body: '<x/>', attachments }, newId)
      const parts = readMultipart(body, readMediaType(contentType)?.parameters.get('boundary') ?? '')
      assert.ok(parts.ok)
      const [, ...read] = parts.value.map((part) => Buffer.from(part.bytes).toString('hex'))
      assert.deepEqual(
        read,
        documents.map((one) => Buffer.from(one).toString('hex')),
      )
    }),
  )
})

test('media types: parameters quoted or not, in any case; nonsense is undefined', () => {
  const read = readMediaType('Multipart/Related; boundary="a;b\\"c" ; TYPE=application/xop+xml;start="<x>"')
  assert.equal(read?.type, 'multipart/related')
  assert.deepEqual(
    [...(read?.parameters ?? [])],
    [
      ['boundary', 'a;b"c'],
      ['type', 'application/xop+xml'],
      ['start', '<x>'],
    ],
  )
  for (const header of ['', 'text', 'text/xml; a', 'text/xml; a=1; a=2', 'text/xml; a="1', 'text/xml; a="1\r\nb: 2"']) {
    assert.equal(readMediaType(header), undefined, header)
  }
})
