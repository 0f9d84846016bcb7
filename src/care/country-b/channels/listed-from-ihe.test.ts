import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DocumentMetadata } from '#wire/ihe/exchange.ts'
import { listedDocuments } from './listed-from-ihe.ts'

const summary: DocumentMetadata = {
  repositoryId: '1.2.3',
  documentId: '1.2.3^77.1',
  homeCommunityId: '1.2',
  patient: 'urn:oid:1|2',
  classCode: '60591-5',
  formatCode: 'urn:epSOS:ps:ps:2010',
  mimeType: 'text/xml',
  title: 'Resumo',
  created: '2026-11-01T10:00:00Z',
  language: 'pt',
  country: 'PT',
  confidentiality: 'N',
  authors: [{ person: 'Inês', specialties: ['GP'] }],
  size: 10,
  hash: 'ab',
}
const pdf: DocumentMetadata = {
  ...summary,
  documentId: '1.2.3^77.2',
  formatCode: 'urn:ihe:iti:xds-sd:pdf:2008',
  transforms: '1.2.3^77.1',
}

test('level 3 and level 1 are two forms of one document, in either order', () => {
  for (const entries of [
    [summary, pdf],
    [pdf, summary],
  ]) {
    const [document, ...others] = listedDocuments(entries)
    assert.equal(others.length, 0)
    assert.deepEqual(
      document?.forms.map(({ form, id, mediaType }) => [form, id, mediaType]),
      [
        ['structured', '1.2.3|1.2.3^77.1', 'text/xml'],
        ['pdf', '1.2.3|1.2.3^77.2', 'application/pdf'],
      ],
    )
    assert.deepEqual([document?.author, document?.authorSpecialty], ['Inês', 'GP'])
  }
})

test('originals that belong to nothing stand alone; pictures are told by their format code', () => {
  const { transforms: _, ...alone } = pdf
  const image = { ...alone, documentId: '9', classCode: 'x-clinical-image', formatCode: 'urn:eHDSI:orcd:png:2021' }
  // OpenNCP ties an original to itself.
  const itself = { ...alone, documentId: '8', formatCode: 'urn:eHDSI:orcd:pdf:2021', transforms: '8' }
  const documents = listedDocuments([summary, alone, image, itself])
  assert.deepEqual(
    documents.map(({ forms }) => forms.map(({ form, mediaType }) => [form, mediaType])),
    [
      [['structured', 'text/xml']],
      [['pdf', 'application/pdf']],
      [['image', 'image/png']],
      [['pdf', 'application/pdf']],
    ],
  )
})

test('a prescription is named by its document, and is closed when the list does not say it is open', () => {
  const prescription = { ...summary, classCode: '57833-6', description: 'Varfarina 5 mg' }
  const [silent] = listedDocuments([prescription])
  assert.deepEqual(silent?.prescription, {
    dispensable: false,
    prescriptionId: 'urn:oid:1.2.3|77.1',
    product: 'Varfarina 5 mg',
  })
  const [open] = listedDocuments([{ ...prescription, documentId: '2.25.9', prescription: { dispensable: true } }])
  assert.equal(open?.prescription?.dispensable, true)
  assert.equal(open?.prescription?.prescriptionId, 'urn:ietf:rfc:3986|urn:oid:2.25.9')
})
