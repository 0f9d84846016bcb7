import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readDocument } from './read.ts'
import { portugueseSummary } from './render/test-documents.ts'
import { quietTerminology } from './render/test-terminology.ts'

function codeOf(input: string | Uint8Array): string {
  const read = readDocument(Buffer.from(input), { file: 'x', terminology: quietTerminology })
  return read.ok ? read.value.origin.format : read.problem.code
}

test('what a file is, is seen in its first bytes', () => {
  assert.equal(codeOf(portugueseSummary()), 'fhir')
  assert.equal(codeOf(Buffer.concat([Buffer.from('\ufeff\n '), portugueseSummary()])), 'fhir')
  assert.equal(codeOf(''), 'document-empty')
  assert.equal(codeOf('%PDF-1.7'), 'document-pdf')
  assert.equal(codeOf('hello'), 'document-unknown')
  assert.equal(codeOf('<?xml version="1.0"?><Bundle xmlns="http://hl7.org/fhir"/>'), 'document-fhir-xml')
  assert.match(codeOf('<html/>'), /^(?:cda|xml)-/)
})
