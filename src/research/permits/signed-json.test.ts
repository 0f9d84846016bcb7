import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CompactSign, UnsecuredJWT } from 'jose'
import { canonicalJson } from '#trust/ledger/canonical-json.ts'
import { signPermit, verifyPermit } from './permit-signature.ts'
import { REVOCATIONS } from './revocation-list.ts'
import { signJson } from './signed-json.ts'
import { testKey, testParty, trusting } from './testing/bodies.ts'
import { aPermit, aRevocationList, NOW } from './testing/permits.ts'
import { readTrustList } from './trust-list.ts'

const elliptic = testKey('pt-1')
const edwards = testKey('pt-2', 'EdDSA')
const lost = testKey('pt-lost', 'ES256', { revoked: '2029-05-20T00:00:00Z' })
const old = testKey('pt-old', 'ES256', { until: '2028-01-01T00:00:00Z' })
const french = testKey('fr-1')
const coordinating = testKey('eu-1')
const trust = trusting(
  testParty('body-pt', 'PT', ['permits'], [elliptic, edwards, lost, old]),
  testParty('body-fr', 'FR', ['permits'], [french]),
  testParty('service-eu', 'EU', ['tasks'], [coordinating]),
)

async function codeOf(text: string, now = NOW): Promise<string> {
  const verified = await verifyPermit(text, trust, now)
  return verified.ok ? 'ok' : verified.problem.code
}

function part(text: string, index: number): string {
  return Buffer.from(text.split('.')[index] ?? '', 'base64url').toString()
}

function withPart(text: string, index: number, content: string): string {
  return text
    .split('.')
    .map((one, at) => (at === index ? Buffer.from(content).toString('base64url') : one))
    .join('.')
}

/** Signs whatever, with whatever header. */
function signRaw(payload: string, header: Record<string, unknown>): Promise<string> {
  return new CompactSign(Buffer.from(payload))
    .setProtectedHeader({ alg: 'ES256', kid: 'pt-1', typ: 'tessera-permit+jwt', ...header })
    .sign(elliptic.privateKey)
}

describe('a signed permit', () => {
  it('is read back as it was signed, by either kind of key', async () => {
    for (const key of [elliptic, edwards]) {
      const verified = await verifyPermit(await signPermit(aPermit(), key), trust, NOW)
      assert.ok(verified.ok)
      assert.deepEqual(verified.value.content, aPermit())
      assert.equal(verified.value.signer.id, 'body-pt')
    }
  })

  it('has one hash, however often it is signed', async () => {
    const hashes = await Promise.all(
      [1, 2].map(async () => {
        const verified = await verifyPermit(await signPermit(aPermit(), elliptic), trust, NOW)
        return verified.ok ? verified.value.hash : ''
      }),
    )
    assert.match(hashes[0] ?? '', /^[0-9a-f]{64}$/)
    assert.equal(hashes[0], hashes[1])
  })

  it('is believed long after its key went out of use, when it was signed before', async () => {
    const early = aPermit({ issued: '2027-05-01T09:00:00Z', optOutAsOf: '2027-05-01T09:00:00Z' })
    assert.equal(await codeOf(await signPermit(early, old)), 'ok')
  })

  const cases: readonly (readonly [string, string, () => Promise<string> | string])[] = [
    ['no JWS at all', 'signed-malformed', () => 'permit'],
    [
      'two parts',
      'signed-malformed',
      async () => (await signPermit(aPermit(), elliptic)).split('.').slice(0, 2).join('.'),
    ],
    ['a payload that is no JSON', 'signed-malformed', () => signRaw('{', {})],
    ['too large', 'signed-too-large', () => 'x'.repeat(1_000_001)],
    ['alg none', 'signed-malformed', () => new UnsecuredJWT({ ...aPermit() }).encode()],
    [
      'alg none with a signature',
      'signed-kind',
      async () => {
        const text = await signPermit(aPermit(), elliptic)
        return withPart(text, 0, JSON.stringify({ ...JSON.parse(part(text, 0)), alg: 'none' }))
      },
    ],
    [
      'a symmetric alg, keyed with the public key',
      'signed-kind',
      async () => {
        const text = canonicalJson(aPermit())
        return new CompactSign(Buffer.from(text))
          .setProtectedHeader({ alg: 'HS256', kid: 'pt-1', typ: 'tessera-permit+jwt' })
          .sign(Buffer.from(JSON.stringify(elliptic.trusted.jwk)))
      },
    ],
    [
      'a header that brings its own key',
      'signed-kind',
      () => signRaw(canonicalJson(aPermit()), { jwk: elliptic.trusted.jwk }),
    ],
    ['another kind of signed JSON', 'signed-kind', () => signJson(aRevocationList(), REVOCATIONS, elliptic)],
    ['no typ', 'signed-kind', () => signRaw(canonicalJson(aPermit()), { typ: undefined })],
    ['JSON that is not canonical', 'signed-not-canonical', () => signRaw(JSON.stringify(aPermit(), undefined, 1), {})],
    [
      'a member given twice',
      'signed-not-canonical',
      () => signRaw(canonicalJson(aPermit()).replace('"format":1,', '"format":1,"format":1,'), {}),
    ],
    [
      'a member that this version does not know',
      'signed-content',
      () => signRaw(canonicalJson({ ...aPermit(), only: 'Sundays' }), {}),
    ],
    ['a format of the future', 'signed-content', () => signRaw(canonicalJson({ ...aPermit(), format: 2 }), {})],
    [
      'a changed payload',
      'signature-wrong',
      async () => {
        const text = await signPermit(aPermit(), elliptic)
        return withPart(text, 1, part(text, 1).replace('"2031-05-01', '"2032-05-01'))
      },
    ],
    [
      'a changed signature',
      'signature-wrong',
      async () => {
        const text = await signPermit(aPermit(), elliptic)
        return `${text.slice(0, -4)}${text.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`
      },
    ],
    [
      'signed with another key under this name',
      'signature-wrong',
      () => signPermit(aPermit(), { ...french, kid: 'pt-1' }),
    ],
    ['a key of the body of another country', 'key-unknown', () => signPermit(aPermit(), french)],
    ['the algorithm of another key', 'key-unknown', () => signPermit(aPermit(), { ...edwards, kid: 'pt-1' })],
    ['an unknown key', 'key-unknown', () => signPermit(aPermit(), testKey('nobody'))],
    [
      'the body of France, for data in Portugal',
      'signer-unknown',
      () => signPermit(aPermit({ body: { id: 'body-fr', name: 'Health data access body of France' } }), french),
    ],
    ['an unknown body', 'signer-unknown', () => signPermit(aPermit({ body: { id: 'body-xx', name: 'X' } }), elliptic)],
    [
      'a coordinator, which issues no permits',
      'signer-without-right',
      () => signPermit(aPermit({ memberState: 'EU', body: { id: 'service-eu', name: 'Service' } }), coordinating),
    ],
    ['a stolen key', 'key-revoked', () => signPermit(aPermit(), lost)],
    ['a key that was no longer in use', 'key-not-valid-then', () => signPermit(aPermit(), old)],
    [
      'a key that was not yet in use',
      'key-not-valid-then',
      () => signPermit(aPermit({ issued: '2025-05-01T09:00:00Z', optOutAsOf: '2025-05-01T09:00:00Z' }), elliptic),
    ],
    ['signed tomorrow', 'issued-in-future', () => signPermit(aPermit({ issued: '2029-06-02T12:00:00Z' }), elliptic)],
  ]
  for (const [name, code, make] of cases) {
    it(`is refused: ${name} (${code})`, async () => assert.equal(await codeOf(await make()), code))
  }

  const contradictions: readonly (readonly [string, Parameters<typeof aPermit>[0]])[] = [
    ['until', { until: '2029-05-01T09:00:00Z' }],
    ['until', { until: '2055-05-01T09:00:00Z' }],
    ['optOutAsOf', { optOutAsOf: '2029-05-02T09:00:00Z' }],
    [
      'datasets.0.period',
      { datasets: aPermit().datasets.map((one) => ({ ...one, period: { from: '2020-01-01', to: '2019-01-01' } })) },
    ],
    ['datasets', { datasets: [...aPermit().datasets, ...aPermit().datasets] }],
    ['data', { kind: 'data-request' }],
    ['tools', { kind: 'data-request', data: 'anonymised' }],
  ]
  for (const [path, more] of contradictions) {
    it(`is refused when it contradicts itself or the law: ${path} ${JSON.stringify(more).slice(0, 60)}`, async () => {
      const verified = await verifyPermit(await signPermit(aPermit(more), elliptic), trust, NOW)
      assert.ok(!verified.ok)
      assert.equal(verified.problem.code, 'signed-content')
      assert.equal(verified.problem.place?.path, path)
    })
  }
})

describe('the list of trusted parties', () => {
  const party = testParty('body-pt', 'PT', ['permits'], [elliptic])
  const twice: readonly (readonly [string, unknown])[] = [
    ['a party twice', [party, party]],
    ['a key twice', [testParty('body-pt', 'PT', ['permits'], [elliptic, elliptic])]],
    [
      'a private key',
      [{ ...party, keys: [{ ...elliptic.trusted, jwk: elliptic.privateKey.export({ format: 'jwk' }) }] }],
    ],
    ['an unknown right', [{ ...party, rights: ['everything'] }]],
    ['no list', { party }],
  ]
  for (const [name, parties] of twice) {
    it(`is refused with ${name}`, () => {
      const read = readTrustList(parties)
      assert.equal(read.ok ? 'ok' : read.problem.code, 'trust-list-malformed')
    })
  }
})
