import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import table from '../../../data/errors/ehdsi-errors.json' with { type: 'json' }
import {
  EHDSI_CODES,
  ehdsiError,
  IHE_CODES,
  isEhdsiCode,
  missingMapping,
  readIheError,
  readWireCode,
  tellings,
  wireCode,
  XCPD_REASONS,
} from './ehdsi-errors.ts'

test('the type and the table hold the same codes, each once', () => {
  const inTable = table.codes.map(({ code }) => code)
  assert.deepEqual(inTable.toSorted(), EHDSI_CODES.toSorted())
  assert.equal(new Set(inTable).size, inTable.length)
})

test('every code has sentences for people, without its own name in them', () => {
  for (const code of EHDSI_CODES) {
    const { meaning, next } = ehdsiError(code)
    for (const sentence of [meaning, next]) {
      assert.match(sentence, /^[A-Z].*\.$/, code)
      assert.doesNotMatch(sentence, /ERROR|WARNING|\d{4}/, code)
    }
  }
})

test('a code of our own is sent as one of eHDSI, and what is sent is read back', () => {
  for (const code of EHDSI_CODES) {
    const { own, sentAs, group } = ehdsiError(code)
    assert.equal(own === true, sentAs !== undefined, code)
    for (const profile of ['openncp', 'standard'] as const) {
      assert.equal(readWireCode(wireCode(code, profile), group), sentAs ?? code, code)
    }
  }
  assert.equal(wireCode('ERROR_SEC_INSUFFICIENT_RIGHTS', 'openncp'), '4703')
  assert.equal(wireCode('ERROR_GENERIC_TIMEOUT', 'standard'), 'ERROR_GENERIC_CONNECTION_NOT_POSSIBLE')
})

test('the reference implementation spells two codes otherwise', () => {
  assert.equal(
    wireCode('WARNING_PS_MISSING_EXPECTED_TRANSLATION', 'openncp'),
    'EHDSI_WARNING_PS_MISSING_EXPECTED_TRANSLATION',
  )
  assert.equal(wireCode('ERROR_ORCD_NOT_FOUND', 'openncp'), '1104')
  assert.equal(wireCode('ERROR_ORCD_NOT_FOUND', 'standard'), 'ERROR_ORCD_NOT_FOUND')
})

test('legacy numbers are read, by the group of the service where they stand for several codes', () => {
  assert.equal(readWireCode('1102'), 'ERROR_PS_NOT_FOUND')
  assert.equal(readWireCode('1101 : no prescription'), 'ERROR_EP_NOT_FOUND')
  assert.equal(readWireCode('1100', 'EP'), 'ERROR_EP_NOT_FOUND')
  assert.equal(readWireCode('1100', 'ORCD'), 'ERROR_ORCD_NOT_FOUND')
  assert.equal(readWireCode('1100'), 'ERROR_GENERIC_DOCUMENT_MISSING')
  assert.equal(readWireCode('4201', 'EP'), 'ERROR_EP_PDF_FORMAT_NOT_PROVIDED')
  assert.equal(readWireCode('4202'), 'ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN')
  assert.equal(readWireCode('4703'), '4703')
})

test('errors 45xx of transcoding become the missing mapping of their service', () => {
  assert.equal(readWireCode('4505', 'PS'), 'ERROR_PS_MISSING_EXPECTED_MAPPING')
  assert.equal(readWireCode('4512', 'EP'), missingMapping('EP'))
  assert.equal(readWireCode('4500', 'ORCD'), '4203')
})

test('a code inside a context is found; a named one wins over the code of IHE and over numbers', () => {
  assert.equal(readWireCode('ERROR_PI_NO_MATCH: nobody'), 'ERROR_PI_NO_MATCH')
  assert.equal(readWireCode('XDSMissingDocument ERROR_PS_NOT_FOUND : x'), 'ERROR_PS_NOT_FOUND')
  assert.equal(readWireCode('EHDSI_ERROR_EP_NOT_FOUND^detail'), 'ERROR_EP_NOT_FOUND')
  assert.equal(readWireCode('XDSMissingDocument'), 'ERROR_GENERIC_DOCUMENT_MISSING')
  assert.equal(readWireCode('the number 4701 of somebody'), undefined)
  assert.equal(readWireCode(''), undefined)
  assert.equal(readWireCode('__proto__ constructor'), undefined)
})

test('an error of IHE says less than the words beside it', () => {
  const read = (code: string, text: string) => readIheError({ code, text }, 'EP')
  assert.equal(read('XDSRepositoryError', '4703 : insufficient rights'), '4703')
  assert.equal(read('XDSMissingDocument', 'ERROR_EP_NOT_FOUND : nothing'), 'ERROR_EP_NOT_FOUND')
  assert.equal(read('XDSMissingDocument', 'nothing'), 'ERROR_GENERIC_DOCUMENT_MISSING')
  assert.equal(read('ERROR_EP_NOT_FOUND', '4703'), 'ERROR_EP_NOT_FOUND')
  assert.equal(read('their own', 'ERROR_PI_NO_MATCH^x'), 'ERROR_PI_NO_MATCH')
  assert.equal(read('their own', 'their words'), undefined)
})

test('any text is read without a fault, and only known codes come out', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom(...EHDSI_CODES)), (text) => {
      const code = readWireCode(text)
      assert.ok(code === undefined || isEhdsiCode(code))
    }),
  )
})

test('foreign reasons name codes of the table; XCPD reasons name their code system', () => {
  for (const { code, ehdsi } of [...IHE_CODES, ...XCPD_REASONS]) assert.ok(isEhdsiCode(ehdsi), code)
  for (const { code, system } of XCPD_REASONS) assert.match(system ?? '', /^[\d.]+$/, code)
})

test('what says that a patient restricts access names what a professional is told instead', () => {
  for (const code of EHDSI_CODES) {
    const { shownAs, issue } = ehdsiError(code)
    assert.equal(shownAs !== undefined, issue === 'suppressed', code)
    if (shownAs !== undefined) assert.equal(ehdsiError(shownAs).shownAs, undefined)
  }
})

test('a code is told in its own words, in those of one like it, or in those of its group', () => {
  assert.deepEqual(tellings('4703'), ['4703', 'ERROR_SEC_INSUFFICIENT_RIGHTS', 'ERROR_SEC_GENERIC', 'ERROR_GENERIC'])
  assert.deepEqual(tellings('ERROR_EP_INTERNAL_ERROR'), [
    'ERROR_EP_INTERNAL_ERROR',
    'ERROR_EP_GENERIC',
    'ERROR_GENERIC',
  ])
  assert.equal(tellings('ERROR_UI_TRANSFORMATION').at(-1), 'ERROR_GENERIC')
})
