import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createAuthority } from './authority.ts'
import { openNodeKeys } from './node-keys.ts'
import { watchKeys } from './watch-keys.ts'

const home = mkdtempSync(join(tmpdir(), 'tessera-watch-keys-'))
after(() => rmSync(home, { recursive: true, force: true }))
const authority = await createAuthority(join(home, 'authority'))
let made = 0

/** A folder of new keys of the same country. */
async function folder(by = authority) {
  const directory = join(home, String(++made))
  const subject = { country: 'FR', organisation: 'Test', commonName: 'ncp FR' }
  return { directory, keys: await openNodeKeys(directory, { create: { authority: by, subject } }) }
}

async function watched() {
  const { directory, keys } = await folder()
  const problems: string[] = []
  const changes: string[] = []
  const watch = watchKeys(directory, keys, { everyMs: 1_000_000, onProblem: (code) => problems.push(code) })
  watch.onChange(({ tls }) => changes.push(tls.fingerprint))
  after(() => watch.stop())
  return { directory, keys, watch, problems, changes }
}

const take = (from: string, to: string, name: string) => copyFileSync(join(from, name), join(to, name))

test('key and certificate are taken together, whichever comes first, and nothing changes before', async () => {
  for (const order of [
    ['tls.key.pem', 'tls.certificate.pem'],
    ['tls.certificate.pem', 'tls.key.pem'],
  ]) {
    const { directory, keys, watch, problems, changes } = await watched()
    const next = await folder()
    await watch.look()
    assert.deepEqual([changes, problems], [[], []])
    const { tls } = watch.keys
    take(next.directory, directory, order[0] ?? '')
    await watch.look()
    await watch.look()
    assert.equal(tls.fingerprint, keys.tls.fingerprint, 'half a pair is not taken')
    assert.deepEqual(problems, ['keys-damaged'], 'told once')
    assert.equal(watch.problem(), 'keys-damaged')
    take(next.directory, directory, order[1] ?? '')
    await watch.look()
    assert.equal(tls.fingerprint, next.keys.tls.fingerprint, 'seen through what was held before')
    assert.deepEqual([watch.keys.tls.cert, watch.keys.tls.key], [next.keys.tls.cert, next.keys.tls.key])
    assert.deepEqual(changes, [next.keys.tls.fingerprint])
    assert.equal(watch.problem(), undefined)
    assert.equal(watch.keys.token.kid, keys.token.kid)
    assert.equal(watch.keys.seal.keyId, keys.seal.keyId)
  }
})

test('the signature key changes for who holds the signer, and stays when its files go', async () => {
  const { directory, watch } = await watched()
  const next = await folder()
  const signer = watch.keys.signature
  assert.ok(signer && next.keys.signature)
  for (const name of ['signature.key.pem', 'signature.certificate.pem']) take(next.directory, directory, name)
  await watch.look()
  assert.equal(signer.certificate, next.keys.signature.certificate)
  assert.ok(signer.privateKey.equals(next.keys.signature.privateKey))
  for (const name of ['signature.key.pem', 'signature.certificate.pem']) rmSync(join(directory, name))
  await watch.look()
  assert.equal(signer.certificate, next.keys.signature.certificate, 'a signer never loses its key')
})

test('nonsense, a foreign authority and an empty folder change nothing', async () => {
  const { directory, keys, watch, problems, changes } = await watched()
  writeFileSync(join(directory, 'tls.certificate.pem'), 'nonsense')
  await watch.look()
  const other = await folder(await createAuthority(join(home, 'other-authority')))
  take(other.directory, directory, 'tls.certificate.pem')
  take(other.directory, directory, 'tls.key.pem')
  await watch.look()
  rmSync(directory, { recursive: true })
  await watch.look()
  assert.equal(watch.keys.tls.fingerprint, keys.tls.fingerprint)
  assert.deepEqual(changes, [])
  assert.deepEqual(problems, ['keys-damaged', 'keys-missing'])
})

test('a certificate whose time has not come is taken when it has, without a change of files', async () => {
  const { directory, keys } = await folder()
  const next = await folder()
  let now = new Date(Date.now() - 86_400_000)
  const watch = watchKeys(directory, keys, { everyMs: 1_000_000, now: () => now })
  after(() => watch.stop())
  for (const name of ['tls.key.pem', 'tls.certificate.pem']) take(next.directory, directory, name)
  await watch.look()
  assert.equal(watch.problem(), 'keys-not-yet-valid')
  now = new Date()
  await watch.look()
  assert.equal(watch.keys.tls.fingerprint, next.keys.tls.fingerprint)
})
