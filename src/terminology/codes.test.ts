import assert from 'node:assert/strict'
import { test } from 'node:test'
import { standardCode } from './codes.ts'

const ICD = 'http://hl7.org/fhir/sid/icd-10'

test('ICD-10 codes get their standard spelling', () => {
  assert.equal(standardCode(ICD, 'J459'), 'J45.9')
  assert.equal(standardCode(ICD, ' j45.9 '), 'J45.9')
  assert.equal(standardCode(ICD, 'I10.-'), 'I10')
  assert.equal(standardCode(ICD, 'I10X'), 'I10')
  assert.equal(standardCode(ICD, 'G63.2*'), 'G63.2')
})

test('a category is never turned into one of its subcategories, nor the other way round', () => {
  assert.equal(standardCode(ICD, 'I48'), undefined)
  assert.equal(standardCode(ICD, 'I48.9'), undefined)
})

test('codes of other systems are only trimmed', () => {
  assert.equal(standardCode('http://www.whocc.no/atc', 'b01 aa03'), 'B01AA03')
  assert.equal(standardCode('http://loinc.org', '\t8480-6'), '8480-6')
  assert.equal(standardCode('http://loinc.org', 'la1-2'), undefined)
})
