import assert from 'node:assert/strict'
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { calculateJwkThumbprint, importJWK, jwtVerify, SignJWT } from 'jose'
import { ProblemError } from '#platform/result/problem-error.ts'
import { createAuthority, issueCertificate, openAuthority } from './authority.ts'
import { certificateFingerprint } from './certificate.ts'
import { type NodeKeys, openNodeKeys } from './node-keys.ts'
import { sealWith } from './seal.ts'

const home = mkdtempSync(join(tmpdir(), 'tessera-keys-'))
after(() => rmSync(home, { recursive: true, force: true }))
let folders = 0
function folder(): string {
  folders += 1
  return join(home, String(folders))
}

const authority = await createAuthority(join(home, 'authority'))
const subject = { country: 'PT', organisation: 'Ministério da Saúde', commonName: 'NCPeH PT' }
const create = { authority, subject }
const YEARS_LATER = new Date(Date.now() + 4 * 365 * 86_400_000)

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof ProblemError, String(error))
  return error.problem.code
}

describe('the demo authority', () => {
  it('is made once and reused', async () => {
    const again = await createAuthority(join(home, 'authority'))
    assert.equal(again.certificate, authority.certificate)
    assert.equal((await openAuthority(join(home, 'authority'))).fingerprint, authority.fingerprint)
  })

  it('is a certificate authority that has signed itself, and nothing else', () => {
    const certificate = new X509Certificate(authority.certificate)
    assert.equal(certificate.ca, true)
    assert.ok(certificate.verify(certificate.publicKey))
    assert.ok(certificate.checkIssued(certificate))
    assert.equal(certificateFingerprint(certificate.raw), authority.fingerprint)
    assert.equal(certificate.fingerprint256.replaceAll(':', '').toLowerCase(), authority.fingerprint)
  })

  it('is a clear problem when absent, expired or damaged', async () => {
    assert.equal(await codeOf(openAuthority(folder())), 'keys-missing')
    assert.equal(await codeOf(openAuthority(join(home, 'authority'), { now: new Date('2050-01-01') })), 'keys-expired')
    assert.equal(
      await codeOf(openAuthority(join(home, 'authority'), { now: new Date('2001-01-01') })),
      'keys-not-yet-valid',
    )
    const damaged = folder()
    await createAuthority(damaged)
    copyFileSync(join(home, 'authority', 'authority.key.pem'), join(damaged, 'authority.key.pem'))
    assert.equal(await codeOf(openAuthority(damaged)), 'keys-damaged')
  })
})

describe('certificates of nodes', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

  it('name the country, the organisation and the node, and are for TLS only', () => {
    const certificate = new X509Certificate(issueCertificate(authority, { subject, publicKey }))
    assert.equal(certificate.subject, 'C=PT\nO=Ministério da Saúde\nCN=NCPeH PT')
    assert.equal(certificate.subjectAltName, 'IP Address:127.0.0.1, DNS:localhost, DNS:pt.localhost')
    assert.equal(certificate.ca, false)
    assert.deepEqual([...(certificate.keyUsage ?? [])], ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'])
    assert.ok(certificate.checkIssued(new X509Certificate(authority.certificate)))
    assert.ok(certificate.verify(new X509Certificate(authority.certificate).publicKey))
    assert.match(certificate.serialNumber, /^[4-7][0-9A-F]{31}$/)
  })

  it('last as long as told, also beyond 2050', () => {
    const now = new Date('2026-01-01T00:00:00Z')
    const pem = issueCertificate(authority, { subject, publicKey, now, validDays: 366 * 40, hosts: ['a.example'] })
    const certificate = new X509Certificate(pem)
    assert.equal(certificate.validToDate.toISOString().slice(0, 10), '2066-01-31')
    assert.equal(certificate.validFromDate.toISOString(), '2025-12-31T23:55:00.000Z')
  })
})

describe('keys of a node', () => {
  it('are made once, for their owner only, and reused', async () => {
    const directory = folder()
    const keys = await openNodeKeys(directory, { create })
    assert.equal(statSync(directory).mode & 0o777, 0o700)
    for (const name of readdirSync(directory)) assert.equal(statSync(join(directory, name)).mode & 0o777, 0o600)
    const again = await openNodeKeys(directory)
    assert.deepEqual(again.tls, keys.tls)
    assert.equal(again.token.kid, keys.token.kid)
    assert.equal(again.seal.keyId, keys.seal.keyId)
  })

  it('are one set when several processes start at once', async () => {
    const directory = folder()
    const all = await Promise.all(Array.from({ length: 5 }, () => openNodeKeys(directory, { create })))
    assert.equal(new Set(all.map(({ tls }) => tls.fingerprint)).size, 1)
    assert.deepEqual(
      readdirSync(home).filter((name) => name.startsWith('.')),
      [],
    )
  })

  it('sign access tokens that others verify with the published key', async () => {
    const { token } = await openNodeKeys(folder(), { create })
    assert.equal(token.kid, await calculateJwkThumbprint(token.publicJwk))
    assert.equal('d' in token.publicJwk, false)
    const jwt = await new SignJWT({ a: 1 }).setProtectedHeader({ alg: 'ES256', kid: token.kid }).sign(token.privateKey)
    const { payload } = await jwtVerify(jwt, await importJWK(token.publicJwk, 'ES256'))
    assert.equal(payload.a, 1)
  })

  it('repair a first start that did not finish, and keep what it left', async () => {
    const directory = folder()
    mkdirSync(directory)
    writeFileSync(join(directory, 'tls.key.pem'), '-----BEGIN PRIV')
    const keys = await openNodeKeys(directory, { create })
    assert.equal((await openNodeKeys(directory)).tls.fingerprint, keys.tls.fingerprint)
    const aside = readdirSync(home).find((name) => name.startsWith(`${folders}.unfinished-`)) ?? ''
    assert.equal(readFileSync(join(home, aside, 'tls.key.pem'), 'utf8'), '-----BEGIN PRIV')
  })

  it('remove what a dead process left beside them', async () => {
    const directory = folder()
    // No process has this number on Linux, whose highest is 4194304.
    const leftover = join(home, `.${folders}.99999999.abc`)
    mkdirSync(leftover)
    await openNodeKeys(directory, { create })
    assert.equal(readdirSync(home).includes(`.${folders}.99999999.abc`), false)
  })

  it('never touch a folder that holds something else', async () => {
    const directory = folder()
    mkdirSync(directory)
    writeFileSync(join(directory, 'node.db'), 'precious')
    assert.equal(await codeOf(openNodeKeys(directory, { create })), 'keys-folder-in-use')
    assert.deepEqual(readdirSync(directory), ['node.db'])
  })

  it('are a clear problem when missing, lost, mixed up, expired or of another authority', async () => {
    const directory = folder()
    assert.equal(await codeOf(openNodeKeys(directory)), 'keys-missing')
    await openNodeKeys(directory, { create })
    assert.equal(await codeOf(openNodeKeys(directory, { now: YEARS_LATER })), 'keys-expired')
    const other = await createAuthority(folder())
    assert.equal(
      await codeOf(openNodeKeys(directory, { create: { authority: other, subject } })),
      'keys-other-authority',
    )
    writeFileSync(join(directory, 'tls.key.pem'), readFileSync(join(directory, 'seal.key.pem')))
    assert.equal(await codeOf(openNodeKeys(directory)), 'keys-damaged')
    rmSync(join(directory, 'tls.key.pem'))
    assert.equal(await codeOf(openNodeKeys(directory, { create })), 'keys-damaged')
  })
})

describe('mutual TLS with these certificates', () => {
  /** One connection; resolves with what the server knows of the client, rejects when either side refuses. */
  async function handshake(server: NodeKeys, client: NodeKeys, host: string) {
    const listener = createServer({ ...server.tls, requestCert: true, rejectUnauthorized: true })
    const accepted = new Promise<TLSSocket>((resolve, reject) => {
      listener.once('secureConnection', resolve)
      listener.once('tlsClientError', reject)
    })
    listener.listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const { port } = listener.address() as AddressInfo
    const socket = connect({ ...client.tls, host: '127.0.0.1', port, servername: host === '127.0.0.1' ? '' : host })
    try {
      const refused = once(socket, 'error').then(([error]) => Promise.reject(error))
      const peer = await Promise.race([accepted, refused])
      return { authorized: peer.authorized, subject: peer.getPeerCertificate().subject }
    } finally {
      socket.destroy()
      listener.close()
    }
  }

  it('lets nodes of one authority speak, by address and by name, and no others', async () => {
    const [pt, fr] = await Promise.all([
      openNodeKeys(folder(), { create }),
      openNodeKeys(folder(), { create: { authority, subject: { ...subject, country: 'FR' } } }),
    ])
    for (const host of ['127.0.0.1', 'localhost', 'pt.localhost']) {
      const peer = await handshake(pt, fr, host)
      assert.equal(peer.authorized, true)
      assert.equal(peer.subject.C, 'FR')
    }
    await assert.rejects(handshake(pt, fr, 'fr.localhost'))
    const elsewhere = await createAuthority(folder())
    const stranger = await openNodeKeys(folder(), { create: { authority: elsewhere, subject } })
    await assert.rejects(handshake(pt, stranger, 'localhost'))
    await assert.rejects(handshake(pt, { ...stranger, tls: { ...stranger.tls, ca: fr.tls.ca } }, 'localhost'))
  })
})

describe('a seal', () => {
  it('holds for the same words, the same key and known earlier keys only', () => {
    const [own, earlier] = [
      generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    ]
    const old = sealWith(createPrivateKey(earlier.privateKey.export({ type: 'pkcs8', format: 'pem' })))
    const seal = sealWith(own.privateKey, [earlier.publicKey])
    assert.equal(seal.verify('words', seal.sign('words'), seal.keyId), true)
    assert.equal(seal.verify('other words', seal.sign('words'), seal.keyId), false)
    assert.equal(seal.verify('words', old.sign('words'), old.keyId), true)
    assert.equal(seal.verify('words', old.sign('words'), seal.keyId), false)
    assert.equal(old.verify('words', seal.sign('words'), seal.keyId), false)
    assert.equal(seal.verify('words', 'no signature at all', seal.keyId), false)
  })
})
