import assert from 'node:assert/strict'
import { test } from 'node:test'
import { child } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { readDocumentQuery } from '../xca/query-request.ts'
import { readQueryResponse, writeQueryResponse } from '../xca/query-response.ts'
import { fuzzXca } from './fuzz-xca.ts'
import { countingIds } from './messages.ts'

test('whatever chance makes of a message, readers answer with a value', () => {
  const { runs, parsed, understood } = fuzzXca(3000)
  assert.equal(runs, 3000)
  assert.ok(parsed > 1000 && understood > 500, `${parsed} were XML, ${understood} were understood`)
})

function parsed(xml: string): XmlElement {
  const read = parseXml(Buffer.from(xml))
  assert.ok(read.ok)
  return read.value.root
}

// Reading in quadratic time, these would keep the tests for minutes.
test('a list of eight thousand documents, each joined to another, is read in one pass', () => {
  const document = {
    repositoryId: '1.2',
    homeCommunityId: '1.3',
    patient: 'urn:oid:1.2|3',
    classCode: '60591-5',
    formatCode: 'urn:epSOS:ps:ps:2010',
    mimeType: 'text/xml',
    title: 'Résumé',
    created: '2026-11-27',
    language: 'fr-FR',
    country: 'FR',
    confidentiality: 'N',
    authors: [],
  }
  const documents = Array.from({ length: 8_000 }, (_, at) => ({
    ...document,
    documentId: `1.2^${at}`,
    ...(at === 0 ? {} : { transforms: `1.2^${at - 1}` }),
  }))
  const xml = writeQueryResponse({ documents, errors: [], status: 'success' }, 'standard', countingIds())
  const read = readQueryResponse(parsed(xml))
  assert.deepEqual(read.ok && read.value.documents, documents)
})

test('long values of quotes, commas and brackets are read in one pass', () => {
  for (const piece of ["'", "''", "','", '(', "('", ',', '^', "' "]) {
    const long = piece.repeat(1_000_000)
    const slot = (name: string, value: string) =>
      `<Slot name="$XDSDocumentEntry${name}"><ValueList><Value>${value}</Value></ValueList></Slot>`
    const xml = `<q:AdhocQueryRequest xmlns:q="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0" xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><AdhocQuery id="urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d">${slot('PatientId', "'1^^^&amp;1.2&amp;ISO'")}${slot('ClassCode', long)}${slot('Status', long)}</AdhocQuery></q:AdhocQueryRequest>`
    const root = parsed(xml)
    assert.ok(child(root, 'AdhocQuery'))
    readDocumentQuery(root)
  }
})
