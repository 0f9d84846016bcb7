import assert from 'node:assert/strict'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { ProblemError } from '#platform/result/problem-error.ts'
import { readSignerCertificate } from '../signature/signer-certificate.ts'
import { checkSigner } from '../signature/signer-trust.ts'
import { createAuthority, privateKeyPem } from './authority.ts'
import { openNodeKeys } from './node-keys.ts'

const home = mkdtempSync(join(tmpdir(), 'tessera-signature-key-'))
after(() => rmSync(home, { recursive: true, force: true }))
let folders = 0
const folder = (): string => join(home, String(++folders))

const authority = await createAuthority(join(home, 'authority'))
const create = { authority, subject: { country: 'PT', organisation: 'Ministério da Saúde', commonName: 'NCPeH PT' } }
const KEY = 'signature.key.pem'
const CERTIFICATE = 'signature.certificate.pem'

/** A folder as a version that knew no such key left it. */
async function olderFolder(...removed: readonly string[]): Promise<string> {
  const directory = folder()
  await openNodeKeys(directory, { create })
  for (const name of removed) rmSync(join(directory, name))
  return directory
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof ProblemError, String(error))
  return error.problem.code
}

describe('the key that signs assertions', () => {
  it('is RSA, of the country, for signing only, and trusted where the authority is', async () => {
    const { signature } = await openNodeKeys(folder(), { create })
    assert.ok(signature)
    assert.equal(signature.privateKey.asymmetricKeyType, 'rsa')
    const signer = readSignerCertificate(signature.certificate)
    assert.ok(signer)
    assert.equal(signer.country, 'PT')
    assert.deepEqual(signer.keyUsage, {
      digitalSignature: true,
      nonRepudiation: true,
      keyCertSign: false,
      crlSign: false,
    })
    assert.equal(signer.x509.keyUsage, undefined)
    const trust = { signers: [], authorities: [authority.certificate], revocationLists: [] }
    assert.equal(checkSigner(signer, trust, new Date()).ok, true)
  })

  it('is kept', async () => {
    const directory = folder()
    const first = await openNodeKeys(directory, { create })
    const again = await openNodeKeys(directory)
    assert.equal(again.signature?.certificate, first.signature?.certificate)
  })

  it('is added to a folder that an earlier version made, once, however many start', async () => {
    const directory = await olderFolder(KEY, CERTIFICATE)
    const before = readFileSync(join(directory, 'tls.key.pem'), 'utf8')
    const all = await Promise.all(Array.from({ length: 4 }, () => openNodeKeys(directory, { create })))
    assert.equal(new Set(all.map(({ signature }) => signature?.certificate)).size, 1)
    assert.equal(readFileSync(join(directory, 'tls.key.pem'), 'utf8'), before)
    assert.deepEqual(
      readdirSync(directory).filter((name) => name.startsWith('.')),
      [],
    )
    assert.equal(statSync(join(directory, KEY)).mode & 0o777, 0o600)
  })

  it('is certified when the process died before that, and what it left is no harm', async () => {
    const directory = await olderFolder(CERTIFICATE)
    writeFileSync(join(directory, `.adding-${CERTIFICATE}.1.x`), 'half')
    const key = readFileSync(join(directory, KEY), 'utf8')
    const { signature } = await openNodeKeys(directory, { create })
    assert.ok(signature && new X509Certificate(signature.certificate).checkPrivateKey(signature.privateKey))
    assert.equal(readFileSync(join(directory, KEY), 'utf8'), key)
  })

  it('is not put into a folder of another authority', async () => {
    const directory = await olderFolder(KEY, CERTIFICATE)
    const elsewhere = { ...create, authority: await createAuthority(folder()) }
    assert.equal(await codeOf(openNodeKeys(directory, { create: elsewhere })), 'keys-other-authority')
    assert.equal(readdirSync(directory).includes(KEY), false)
  })

  it('may be absent where nobody makes keys: then there is no signature', async () => {
    const records = ['records.key.pem', 'records.certificate.pem']
    const none = await openNodeKeys(await olderFolder(KEY, CERTIFICATE, ...records))
    assert.deepEqual([none.signature, none.records], [undefined, undefined])
  })

  it('signs the records too where they have no key of their own', async () => {
    const own = await openNodeKeys(folder(), { create })
    assert.equal(own.records?.privateKey.asymmetricKeyType, 'ec')
    assert.ok(new X509Certificate(own.records.certificate).checkPrivateKey(own.records.privateKey))
    const without = await openNodeKeys(await olderFolder('records.key.pem', 'records.certificate.pem'))
    assert.ok(without.signature)
    assert.equal(without.records, without.signature)
  })

  it('is a clear problem when half of it is gone, mixed up or out of time', async () => {
    assert.equal(await codeOf(openNodeKeys(await olderFolder(KEY))), 'keys-damaged')
    assert.equal(await codeOf(openNodeKeys(await olderFolder(KEY), { create })), 'keys-damaged')
    assert.equal(await codeOf(openNodeKeys(await olderFolder(CERTIFICATE))), 'keys-damaged')
    const mixed = await olderFolder()
    copyFileSync(join(await olderFolder(), KEY), join(mixed, KEY))
    assert.equal(await codeOf(openNodeKeys(mixed)), 'keys-damaged')
    const foreign = await olderFolder()
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    writeFileSync(join(foreign, KEY), privateKeyPem(privateKey))
    assert.equal(await codeOf(openNodeKeys(foreign)), 'keys-damaged')
  })
})
