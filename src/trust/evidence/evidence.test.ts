import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { inTransaction } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { canonicalXml } from '#platform/xml/canonical.ts'
import { parseXml } from '#platform/xml/parse.ts'
import { onEachDatabase } from '../../../test/databases.ts'
import { signCanonical } from '../signature/sign-enveloped.ts'
import { testAuthority, testSigner } from '../signature/testing/signers.ts'
import { EVIDENCE_KINDS, type EvidenceFacts, type EvidenceKind, evidenceId } from './evidence.ts'
import { evidencePolicy, evidencesDue } from './evidence-policy.ts'
import { openEvidenceStore } from './evidence-store.ts'
import { evidenceMigrations } from './migrations.ts'
import { readEvidence, verifyEvidence } from './verify-evidence.ts'
import { writeEvidence } from './write-evidence.ts'

const CORPUS = join(import.meta.dirname, '../../../../shared/corpus/openncp')
const SCHEMA = join(CORPUS, 'schema/evidence/etsirem.xsd')
const noSchema =
  spawnSync('xmllint', ['--version']).error || !existsSync(SCHEMA) ? 'xmllint or etsirem.xsd is absent' : false

const ledger = { node: 'FR', sequence: 17, hash: 'ef'.repeat(32) }
const france = { name: 'National contact point for eHealth of FR', uri: 'urn:oid:1.2.250.1.213' }
const portugal = { name: 'National contact point for eHealth of PT', uri: 'https://127.0.0.1:4011/fhir' }

function facts(kind: EvidenceKind, more: Partial<EvidenceFacts> = {}): EvidenceFacts {
  return {
    id: evidenceId(ledger, 'request', kind),
    kind,
    positive: true,
    policyId: evidencePolicy().policyId,
    issuer: france,
    sender: france,
    recipient: portugal,
    eventTime: '2026-11-24T10:00:00.000Z',
    message: { part: 'request', transaction: 'ITI-39', id: 'urn:uuid:5b0ff7a0', digest: 'ab'.repeat(32) },
    ledger,
    ...more,
  }
}

const signer = testSigner(testAuthority(), { country: 'FR' })
const sign = (xml: string) => signCanonical(xml, signer)

/** Errors of the schema; empty when all are valid. */
function invalid(texts: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-evidence-'))
  const files = texts.map((text, index) => {
    const file = join(folder, `${index}.xml`)
    writeFileSync(file, text)
    return file
  })
  const run = spawnSync('xmllint', ['--nonet', '--noout', '--schema', SCHEMA, ...files], { encoding: 'utf8' })
  rmSync(folder, { recursive: true })
  return run.status === 0 ? '' : run.stderr
}

describe('an evidence', () => {
  it('is valid for the schema of REM, signed or not, well or not', { skip: noSchema }, () => {
    const all = EVIDENCE_KINDS.flatMap((kind) => [
      writeEvidence(facts(kind)),
      sign(writeEvidence(facts(kind))),
      sign(writeEvidence(facts(kind, { positive: false, reason: 'ERROR_SEC_INSUFFICIENT_RIGHTS' }))),
      writeEvidence(facts(kind, { message: { part: 'response', transaction: 'ITI-68' } })),
    ])
    assert.equal(invalid(all), '')
    assert.notEqual(invalid([writeEvidence(facts('NRO')).replace('EventTime', 'EventTimes')]), '')
  })

  it('is in canonical form as it is written, whatever stands in its facts', () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 20 })
    fc.assert(
      fc.property(fc.constantFrom(...EVIDENCE_KINDS), anyText, anyText, (kind, one, other) => {
        const party = { name: one, uri: other }
        const message = { part: 'request', transaction: one, id: other, digest: 'ab'.repeat(32) } as const
        const xml = writeEvidence(
          facts(kind, { sender: party, recipient: party, reason: one, positive: false, message }),
        )
        const parsed = parseXml(Buffer.from(xml))
        assert.ok(parsed.ok)
        assert.equal(canonicalXml(parsed.value.root), xml)
      }),
    )
  })

  it('stays valid whatever stands in its facts', { skip: noSchema }, () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 20 })
    const texts = fc.sample(anyText, 200).map((text) => {
      const party = { name: text, uri: text }
      const message = { part: 'request' as const, transaction: text, id: text }
      return writeEvidence(
        facts('NRR', { reason: text, issuer: party, sender: party, recipient: party, message, id: text }),
      )
    })
    assert.equal(invalid(texts), '')
  })

  it('says after its signature was verified what it said before', () => {
    const verified = verifyEvidence(Buffer.from(sign(writeEvidence(facts('NRR', { positive: false, reason: '4701' })))))
    assert.ok(verified.ok)
    const { signer: by, ...said } = verified.value
    assert.equal(by.country, 'FR')
    assert.deepEqual(said, {
      id: 'urn:tessera:evidence:FR:17:request:NRR',
      kind: 'NRR',
      form: 'AcceptanceRejectionByRecipient',
      eventCode: 'Rejection',
      eventTime: '2026-11-24T10:00:00.000Z',
      reason: 'urn:ehdsi:error:4701',
      issuer: france.uri,
      sender: france.uri,
      recipient: portugal.uri,
      messageSubject: 'ITI-39 request',
      messageId: 'urn:uuid:5b0ff7a0',
      digest: 'ab'.repeat(32),
      ledger,
    })
  })

  it('counts for nothing after a change', () => {
    const signed = sign(writeEvidence(facts('NRO')))
    const problem = (xml: string) => {
      const verified = verifyEvidence(Buffer.from(xml))
      return verified.ok ? undefined : verified.problem.code
    }
    assert.equal(problem(signed.replace('Acceptance</', 'Rejection</')), 'signature-digest')
    assert.equal(problem(writeEvidence(facts('NRO'))), 'signature-missing')
    assert.equal(problem(sign('<a>x</a>')), 'evidence-unknown')
    assert.equal(problem('<a'), 'xml-not-well-formed')
    fc.assert(fc.property(fc.uint8Array(), (bytes) => !verifyEvidence(bytes).ok))
  })
})

describe('evidences of others', {
  skip: existsSync(CORPUS) ? false : 'the corpus openncp is not beside the project',
}, () => {
  const files = readdirSync(join(CORPUS, 'evidence')).filter((name) => /rem.*\.xml$/.test(name))
  for (const name of files) {
    it(`${name} is read`, () => {
      const parsed = parseXml(readFileSync(join(CORPUS, 'evidence', name)))
      assert.ok(parsed.ok)
      const read = readEvidence(parsed.value.root)
      assert.ok(read.ok)
      const negative = read.value.eventCode === 'Rejection'
      assert.equal(read.value.kind, 'NRR')
      assert.equal(read.value.reason, negative ? '1' : undefined)
      assert.equal(read.value.issuer, 'http://www.ncp:greece')
    })
  }
})

describe('the policy of evidences', () => {
  const due = (side: 'A' | 'B', step: string, answered: boolean, succeeded: boolean) =>
    evidencesDue(evidencePolicy(), { side, step, answered, succeeded }).map(
      ({ kind, part, positive }) => `${part} ${kind} ${positive ? '+' : '-'}`,
    )

  it('has each side vouch for what it sent and received', () => {
    assert.deepEqual(due('B', 'retrieve', true, true), ['request NRO +', 'response NRR +'])
    assert.deepEqual(due('A', 'retrieve', true, true), ['request NRR +', 'response NRO +'])
    assert.deepEqual(due('A', 'identify', true, true), ['request NRR +'])
  })

  it('tells rejection and loss', () => {
    assert.deepEqual(due('A', 'list', true, false), ['request NRR -'])
    assert.deepEqual(due('B', 'dispense', false, false), ['request NRD -'])
    assert.deepEqual(due('A', 'dispense', true, true), ['request NRR +', 'response NRO +', 'request NRD +'])
  })
})

onEachDatabase('stored evidences', (open) => {
  it('are found by entry and message, oldest first, and are kept once', async () => {
    const database = await open()
    await migrate(database, evidenceMigrations)
    const store = openEvidenceStore(database, 'FR')
    const add = (...all: readonly EvidenceFacts[]) =>
      inTransaction(database.kysely, (transaction) =>
        store.add(
          transaction,
          all.map((one) => ({ facts: one, xml: writeEvidence(one) })),
        ),
      )
    const later = facts('NRO', {
      id: 'later',
      ledger: { ...ledger, sequence: 18 },
      message: { part: 'request', transaction: 'ITI-55', id: 'b\0' },
    })
    const foreign = facts('NRR', { id: 'foreign', ledger: { ...ledger, node: 'PT' } })
    await add(later, facts('NRO'), facts('NRR'), foreign)
    await add(facts('NRO', { eventTime: '2027-01-01T00:00:00.000Z' }))
    const all = await store.list({})
    assert.deepEqual(
      all.map(({ id }) => id),
      [facts('NRO').id, facts('NRR').id, 'later'],
    )
    assert.equal(all[0]?.eventTime, facts('NRO').eventTime)
    assert.equal(all[0]?.xml, writeEvidence(facts('NRO')))
    assert.deepEqual(
      (await store.list({ sequence: 18 })).map(({ messageId }) => messageId),
      ['b'],
    )
    assert.deepEqual(
      (await store.list({ messageId: 'b' })).map(({ id }) => id),
      ['later'],
    )
    assert.deepEqual(
      (await store.list({ after: 17 })).map(({ id }) => id),
      ['later'],
    )
    assert.equal((await store.list({ limit: 2 })).length, 2)
    await add()
  })
})
