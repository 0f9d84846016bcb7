import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { testAuthority, testSigner } from '../signature/testing/signers.ts'
import { readAuditMessage } from './read-audit-message.ts'
import { signAuditMessage, verifyAuditMessage } from './sign-audit-message.ts'
import { writeAuditMessage } from './write-audit-message.ts'

const CORPUS = join(import.meta.dirname, '../../../../shared/corpus/openncp')
const SIGNED = join(CORPUS, 'audit/signed/v7__AuditTrailSigned.xml')
const SCHEMA = join(CORPUS, 'schema/audit/DICOM.xsd')
const noXmllint = spawnSync('xmllint', ['--version']).error !== undefined

const unsigned = writeAuditMessage({
  event: 'trc-assertion',
  side: 'B',
  recorded: '2026-11-24T10:00:00.000Z',
  outcome: '0',
  site: 'FR',
  serviceConsumer: { userId: 'CN=ncp.fr' },
  patients: ['298123456^^^&2.16.17.710.820.1000.990.1.1&ISO'],
})

describe('the signature of an audit message', () => {
  const signer = testSigner(testAuthority(), { country: 'FR' })
  const signed = signAuditMessage(unsigned, signer)

  it('verifies, and the message is what it was', () => {
    const verified = verifyAuditMessage(Buffer.from(signed))
    const read = readAuditMessage(Buffer.from(unsigned))
    assert.ok(verified.ok && read.ok)
    assert.deepEqual(verified.value.message, read.value.message)
    assert.equal(verified.value.signer.country, 'FR')
    assert.equal(verified.value.signed, true)
  })

  it('does not survive a change, and is missed', () => {
    const problem = (xml: string) => {
      const verified = verifyAuditMessage(Buffer.from(xml))
      return verified.ok ? undefined : verified.problem.code
    }
    assert.equal(problem(signed.replace('298123456', '298123457')), 'signature-digest')
    assert.equal(problem(unsigned), 'signature-missing')
    assert.equal(problem(signAuditMessage('<Other>x</Other>', signer)), 'audit-not-a-message')
  })

  it('stands where the schema wants it', {
    skip: noXmllint || !existsSync(SCHEMA) ? 'xmllint or DICOM.xsd is absent' : false,
  }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'tessera-audit-'))
    writeFileSync(join(folder, 'signed.xml'), signed)
    const run = spawnSync('xmllint', ['--nonet', '--noout', '--schema', SCHEMA, join(folder, 'signed.xml')], {
      encoding: 'utf8',
    })
    rmSync(folder, { recursive: true })
    assert.equal(run.status, 0, run.stderr)
  })
})

describe('a signed message of 2010', {
  skip: existsSync(SIGNED) ? false : 'the corpus openncp/audit is not beside the project',
}, () => {
  it('is read, but its signature counts for nothing: SHA-1, and a key of 1024 bits', () => {
    const bytes = readFileSync(SIGNED)
    const read = readAuditMessage(bytes)
    assert.ok(read.ok)
    assert.equal(read.value.form, 'rfc3881')
    assert.equal(read.value.signed, true)
    assert.equal(read.value.message.participants.length, 7)
    const verified = verifyAuditMessage(bytes)
    assert.equal(!verified.ok && verified.problem.code, 'signature-algorithm')
  })
})
