import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DOCUMENT_CLASSES, documentClass, documentFormat, groupOf, renditionOf } from './document-classes.ts'

test('every class has a code, a template or a format, and each code once', () => {
  const codes = DOCUMENT_CLASSES.map(({ code }) => code)
  assert.equal(new Set(codes).size, codes.length)
  for (const one of DOCUMENT_CLASSES) assert.ok(one.structured ?? one.pdf, one.code)
})

test('classes, formats and renditions are found by their codes', () => {
  assert.equal(documentClass('60591-5')?.service, 'patient-summary')
  assert.equal(groupOf('57833-6'), 'EP')
  assert.equal(groupOf('x-clinical-image'), 'ORCD')
  assert.equal(groupOf('nothing'), 'GENERIC')
  assert.equal(documentFormat('urn:ihe:iti:xds-sd:pdf:2008')?.scheme, 'IHE PCC')
  assert.equal(renditionOf('urn:epsos:ep:pre:2010'), 'structured')
  assert.equal(renditionOf('urn:epSOS:ep:pre:2010'), 'structured')
  assert.equal(renditionOf('urn:ihe:iti:xds-sd:pdf:2008'), 'pdf')
  assert.equal(renditionOf('urn:eHDSI:orcd:jpeg:2021'), 'jpeg')
  assert.equal(renditionOf(''), undefined)
})
