import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createAuthority } from '#trust/keys/authority.ts'
import { openNodeKeys } from '#trust/keys/node-keys.ts'
import { iheEndpoints } from './ihe-endpoints.ts'
import { type PeerEntry, peerOf } from './peer-entry.ts'

const home = mkdtempSync(join(tmpdir(), 'tessera-peer-entry-'))
after(() => rmSync(home, { recursive: true, force: true }))

const authority = await createAuthority(join(home, 'authority'))
const keys = await openNodeKeys(join(home, 'keys'), {
  create: { authority, subject: { country: 'DK', organisation: 'Test', commonName: 'ncp DK' } },
})
const NOW = new Date('2026-11-27T10:00:00Z')
const ENTRY: PeerEntry = {
  country: 'dk',
  homeCommunityId: 'urn:oid:1.2.208',
  certificates: [keys.tls.cert],
  sealCertificates: [keys.signature?.certificate ?? ''],
  ihe: iheEndpoints('https://ncp.example.dk:8443/openncp-ws-server/services/'),
  reviewedBy: 'A. Operator',
}

test('certificates in PEM become what is pinned, addresses lose what is too much', () => {
  const peer = peerOf({ ...ENTRY, fhirBase: 'https://ncp.example.dk/fhir/' }, NOW)
  assert.ok(peer.ok)
  assert.equal(peer.value.country, 'DK')
  assert.equal(peer.value.homeCommunityId, '1.2.208')
  assert.deepEqual(peer.value.certificates, [keys.tls.fingerprint])
  assert.equal(peer.value.ihe?.query, 'https://ncp.example.dk:8443/openncp-ws-server/services/XCA_Service')
  assert.equal(peer.value.fhirBase, 'https://ncp.example.dk/fhir')
  assert.deepEqual(peer.value.reviewed, { by: 'A. Operator', at: NOW.toISOString() })
})

test('certificates that were reviewed before stay beside the new one, each once', () => {
  const before = 'ab'.repeat(32)
  const peer = peerOf({ ...ENTRY, fingerprints: [before, keys.tls.fingerprint] }, NOW)
  assert.deepEqual(peer.ok && peer.value.certificates, [before, keys.tls.fingerprint])
})

test('what is wrong is named by its field', () => {
  const wrong: readonly (readonly [Partial<PeerEntry>, string, string])[] = [
    [{ ihe: undefined }, 'peer-incomplete', 'ihe'],
    [{ certificates: ['nonsense'] }, 'certificate-invalid', 'certificates.0'],
    [{ certificates: [] }, 'peer-invalid', 'certificates'],
    [{ certificates: [], fingerprints: ['nonsense'] }, 'peer-invalid', 'certificates.0'],
    [{ sealCertificates: [keys.tls.cert, '-----BEGIN'] }, 'certificate-invalid', 'sealCertificates.1'],
    [{ fhirBase: 'http://ncp.example.dk' }, 'peer-invalid', 'fhirBase'],
    [{ homeCommunityId: 'x' }, 'peer-invalid', 'homeCommunityId'],
    [{ country: 'Denmark' }, 'peer-invalid', 'country'],
    [{ services: ['dreams'] }, 'peer-invalid', 'services.0'],
    [{ tokenKeys: [{ kty: 'RSA' }] }, 'peer-invalid', 'tokenKeys.0.kty'],
    [{ reviewedBy: '' }, 'peer-invalid', 'reviewed.by'],
  ]
  for (const [change, code, path] of wrong) {
    const peer = peerOf({ ...ENTRY, ...change }, NOW)
    assert.equal(peer.ok, false, path)
    assert.deepEqual(!peer.ok && [peer.problem.code, peer.problem.place?.path], [code, path])
  }
})
