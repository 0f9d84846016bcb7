/** Messages framed as the SOAP stacks of other programs frame them; each has habits of its own that RFC 2387 allows. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { child } from '#platform/xml/access.ts'
import { readMessage } from './message.ts'

const DOCUMENT = '<?xml version="1.0"?>\r\n<ClinicalDocument>\n\u00e9</ClinicalDocument>\r\n'

interface Framing {
  readonly contentType: string
  /** From the first byte to the envelope. */
  readonly before: string
  /** Between the envelope and the document. */
  readonly between: string
  readonly behind: string
  readonly href: string
}

const FRAMINGS: Readonly<Record<string, Framing>> = {
  axis2: {
    contentType:
      'multipart/related; boundary="MIMEBoundary_27f1"; type="application/xop+xml"; start="<0.17f1@apache.org>"; start-info="application/soap+xml"; action="urn:x"',
    before:
      "--MIMEBoundary_27f1\r\nContent-Type: application/xop+xml; charset=UTF-8; type=\"application/soap+xml\"\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <0.17f1@apache.org>\r\n\r\n<?xml version='1.0' encoding='UTF-8'?>",
    between:
      '\r\n--MIMEBoundary_27f1\r\nContent-Type: text/xml;charset=UTF-8\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <1.37f1@apache.org>\r\n\r\n',
    behind: '\r\n--MIMEBoundary_27f1--\r\n',
    href: 'cid:1.37f1@apache.org',
  },
  cxf: {
    contentType:
      'multipart/related; type="application/xop+xml"; boundary="uuid:4b2a"; start="<root.message@cxf.apache.org>"; start-info="application/soap+xml; action=\\"urn:x\\""',
    before:
      '\r\n--uuid:4b2a\r\nContent-Type: application/xop+xml; charset=UTF-8; type="application/soap+xml; action=\\"urn:x\\""\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <root.message@cxf.apache.org>\r\n\r\n',
    between:
      '\r\n--uuid:4b2a\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <5a@http://cxf.apache.org/>\r\n\r\n',
    behind: '\r\n--uuid:4b2a--',
    href: 'cid:5a@http%3A%2F%2Fcxf.apache.org%2F',
  },
  wcf: {
    contentType:
      'multipart/related; type="application/xop+xml";start="<http://tempuri.org/0>";boundary="uuid:9c+id=1";start-info="application/soap+xml"',
    before:
      '\r\n--uuid:9c+id=1\r\nContent-ID: <http://tempuri.org/0>\r\nContent-Transfer-Encoding: 8bit\r\nContent-Type: application/xop+xml;charset=utf-8;type="application/soap+xml"\r\n\r\n',
    between:
      '\r\n--uuid:9c+id=1\r\nContent-ID: <http://tempuri.org/1/63>\r\nContent-Transfer-Encoding: binary\r\nContent-Type: application/octet-stream\r\n\r\n',
    behind: '\r\n--uuid:9c+id=1--\r\n',
    href: 'cid:http%3A%2F%2Ftempuri.org%2F1%2F63',
  },
}

for (const [name, { contentType, before, between, behind, href }] of Object.entries(FRAMINGS)) {
  test(`a message as ${name} frames it is read, and its document to the byte`, () => {
    const envelope = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header xmlns:w="http://www.w3.org/2005/08/addressing"><w:Action s:mustUnderstand="true">urn:x</w:Action></s:Header><s:Body><x><Document><xop:Include href="${href}" xmlns:xop="http://www.w3.org/2004/08/xop/include"/></Document></x></s:Body></s:Envelope>`
    const message = readMessage(contentType, Buffer.from(before + envelope + between + DOCUMENT + behind))
    assert.ok(message.ok, message.ok ? '' : message.problem.sentence)
    assert.equal(message.value.action, 'urn:x')
    const holder = child(message.value.body, 'Document')
    assert.ok(holder)
    const content = message.value.content(holder)
    assert.equal(content.ok && Buffer.from(content.value).toString(), DOCUMENT)
  })
}
