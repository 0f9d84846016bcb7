import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { AssertionTrust } from '../assertions/assertions.ts'
import { readRevocationList } from './revocation-list.ts'
import { readSignerCertificate } from './signer-certificate.ts'
import { checkSigner } from './signer-trust.ts'
import { testRevocationList } from './testing/revocation-list.ts'
import { type TestSignerOptions, testAuthority, testSigner } from './testing/signers.ts'

const NOW = new Date('2026-11-20T10:00:00Z')
const authority = testAuthority('A')
const other = testAuthority('B')
const { certificate } = testSigner(authority)

function verdict(pem: string, trust: Partial<AssertionTrust>, now = NOW): string {
  const signer = readSignerCertificate(pem)
  assert.ok(signer)
  const result = checkSigner(signer, { signers: [], authorities: [], revocationLists: [], ...trust }, now)
  return result.ok ? 'trusted' : result.problem.code
}

const byA = { authorities: [authority.certificate] }

describe('a signer is trusted', () => {
  it('when it is on the list itself, or when an authority on the list issued it', () => {
    assert.equal(verdict(certificate, { signers: [certificate] }), 'trusted')
    assert.equal(verdict(certificate, byA), 'trusted')
    assert.equal(verdict(certificate, { authorities: [other.certificate, authority.certificate] }), 'trusted')
  })

  it('and not otherwise, whatever names it bears', () => {
    assert.equal(verdict(certificate, {}), 'signer-unlisted')
    assert.equal(verdict(certificate, { authorities: [other.certificate] }), 'signer-unlisted')
    assert.equal(verdict(certificate, { authorities: [testAuthority('A').certificate] }), 'signer-unlisted')
    assert.equal(verdict(certificate, { signers: [testSigner(authority).certificate] }), 'signer-unlisted')
    // A certificate that is no authority's issues nothing, on the list or not.
    assert.equal(
      verdict(certificate, { authorities: [certificate, testSigner(authority).certificate] }),
      'signer-unlisted',
    )
  })

  it('in its time, and in that of its authority', () => {
    for (const trust of [byA, { signers: [certificate] }]) {
      assert.equal(verdict(certificate, trust, new Date('2019-12-31T23:59:59Z')), 'signer-out-of-time')
      assert.equal(verdict(certificate, trust, new Date('2040-01-01T00:00:01Z')), 'signer-out-of-time')
    }
    const old = testAuthority('C', new Date('2025-01-01T00:00:00Z'))
    assert.equal(verdict(testSigner(old).certificate, { authorities: [old.certificate] }), 'signer-out-of-time')
  })

  it('when its certificate is for signing', () => {
    const use = (kind: TestSignerOptions['kind']) =>
      testSigner(authority, kind === undefined ? {} : { kind }).certificate
    assert.equal(verdict(use('signature'), byA), 'trusted')
    assert.equal(verdict(use('node'), byA), 'signer-use')
    assert.equal(verdict(use('authority'), byA), 'signer-use')
    assert.equal(verdict(authority.certificate, { signers: [authority.certificate] }), 'signer-use')
  })
})

describe('a revocation list', () => {
  const times = { thisUpdate: new Date('2026-11-01T00:00:00Z'), nextUpdate: new Date('2026-12-01T00:00:00Z') }
  const bystander = testSigner(authority).certificate
  const revoking = testRevocationList(authority, { revoked: [bystander, certificate], ...times })
  const empty = testRevocationList(authority, { revoked: [], ...times })
  const trust = (...revocationLists: readonly Uint8Array[]) => ({ ...byA, revocationLists })

  it('revokes what it names', () => {
    assert.equal(verdict(certificate, trust(revoking)), 'signer-revoked')
    assert.equal(verdict(certificate, { ...trust(revoking), signers: [certificate] }), 'signer-revoked')
    assert.equal(verdict(certificate, trust(empty)), 'trusted')
    assert.equal(verdict(certificate, trust(empty, revoking)), 'signer-revoked')
    assert.equal(verdict(testSigner(authority).certificate, trust(revoking)), 'trusted')
  })

  it('still revokes when it is out of date, and then lets nobody else pass', () => {
    assert.equal(verdict(certificate, trust(revoking), new Date('2026-12-02T00:00:00Z')), 'signer-revoked')
    assert.equal(verdict(certificate, trust(empty), new Date('2026-12-02T00:00:00Z')), 'signer-revocation-unknown')
    assert.equal(verdict(certificate, trust(empty), new Date('2026-10-31T00:00:00Z')), 'signer-revocation-unknown')
  })

  it('counts when its authority signed it, whole', () => {
    const forged = testRevocationList(authority, { revoked: [], ...times, signedBy: other })
    assert.equal(verdict(certificate, trust(forged)), 'signer-revocation-unknown')
    assert.equal(
      verdict(certificate, trust(testRevocationList(other, { revoked: [certificate], ...times }))),
      'trusted',
    )
    const delta = testRevocationList(authority, { revoked: [], ...times, delta: true })
    assert.equal(readRevocationList(delta), undefined)
    assert.equal(verdict(certificate, trust(empty)), 'trusted')
    assert.equal(verdict(certificate, trust(empty, delta)), 'signer-revocation-unknown')
    assert.equal(verdict(certificate, trust(empty, Buffer.from('no list'))), 'signer-revocation-unknown')
    assert.equal(
      readRevocationList(testRevocationList(authority, { revoked: [], thisUpdate: times.thisUpdate })),
      undefined,
    )
  })

  it('is read field by field', () => {
    const list = readRevocationList(revoking)
    assert.ok(list)
    assert.deepEqual(list.thisUpdate, times.thisUpdate)
    assert.deepEqual(list.nextUpdate, times.nextUpdate)
    assert.equal(list.isSignedBy(new X509Certificate(authority.certificate).publicKey), true)
    assert.equal(list.revoked.size, 2)
  })

  it('that is broken is none, and certificates too', () => {
    fc.assert(
      fc.property(fc.nat({ max: revoking.length - 1 }), fc.nat({ max: 255 }), fc.boolean(), (at, byte, cut) => {
        const bytes = cut ? Buffer.from(revoking.subarray(0, at)) : Buffer.from(revoking)
        if (!cut) bytes[at] = byte
        const list = readRevocationList(bytes)
        if (cut) assert.equal(list, undefined)
        readSignerCertificate(bytes.toString('base64'))
      }),
      { numRuns: 500 },
    )
    assert.equal(readRevocationList(Buffer.from('no list')), undefined)
    assert.equal(readSignerCertificate('AAAA'), undefined)
  })
})
