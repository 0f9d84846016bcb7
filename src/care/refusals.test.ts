import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { OperationOutcome } from 'fhir/r4'
import { SignJWT } from 'jose'
import { type AccessGrant, claimsOf } from '#trust/tokens/access-grant.ts'
import { issueAccessToken, type TokenSigner, thumbprint } from '#trust/tokens/issue.ts'
import { claireInTokens, emptyReading } from './testing/claire-martin.ts'
import { type Europe, keysOf, openEurope, type TestCountry, valueFrom } from './testing/europe.ts'

/** Country A against everything that a wrong or hostile country B could send. Documents are never reached. */

const UTENTE = 'urn:oid:2.16.17.710.820.1000.990.1.1'
const FERREIRA = `${UTENTE}|298123456`
const TAVARES = `${UTENTE}|284556731`
const BEATRIZ = `${UTENTE}|301447802`

let europe: Europe
let france: TestCountry
let portugal: TestCountry
let now = new Date()

before(async () => {
  europe = await openEurope(['FR', 'PT', 'EE'], emptyReading, () => now)
  france = europe.country('FR')
  portugal = europe.country('PT')
})
after(() => europe.close())

function grant(changes: Partial<AccessGrant> = {}): AccessGrant {
  return {
    issuer: 'FR',
    homeCommunityId: france.options.homeCommunityId,
    audience: portugal.options.homeCommunityId,
    professional: claireInTokens,
    purpose: 'TREATMENT',
    emergencyReasonGiven: false,
    patient: FERREIRA,
    scopes: ['user/DocumentReference.search'],
    relationship: { declaredAt: now.toISOString() },
    notice: { version: '1', languages: ['pt'], recordedAt: now.toISOString() },
    ...changes,
  }
}

/** The query of a patient's documents, sent by `from` with this token. */
async function list(token: string | undefined, patient = FERREIRA, from = france) {
  const parameters = new URLSearchParams({ type: 'http://loinc.org|60591-5', 'patient.identifier': patient })
  const reply = await from.fetch.fetch({
    url: `${portugal.participant.fhirBase}/DocumentReference?${parameters}`,
    headers: { accept: 'application/fhir+json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
  })
  const { status, body, headers } = valueFrom(reply)
  const text = new TextDecoder().decode(body)
  return { status, text, headers, code: status === 200 ? undefined : codeIn(text) }
}

function codeIn(text: string): string | undefined {
  const outcome: OperationOutcome = JSON.parse(text)
  assert.equal(outcome.resourceType, 'OperationOutcome')
  return outcome.issue[0]?.details?.coding?.[0]?.code
}

async function newestReason(): Promise<string> {
  const [entry] = await portugal.ledger.list({ limit: 1 })
  return entry?.event.outcomeDesc ?? ''
}

const issue = (changes: Partial<AccessGrant> = {}, signer: TokenSigner = france.signer, date = now) =>
  issueAccessToken(grant(changes), signer, date)

/** A token whose claims `issueAccessToken` would never write. */
function forged(change: (claims: ReturnType<typeof claimsOf>) => object, kid = france.signer.kid): Promise<string> {
  const issuedAt = Math.floor(now.getTime() / 1000)
  const claims = claimsOf(grant(), {
    tokenId: 'a-token-id-of-a-test-0001',
    issuedAt,
    expiresAt: issuedAt + 300,
    certificateThumbprint: thumbprint(france.signer.certificateFingerprint),
  })
  return new SignJWT({ ...claims, ...change(claims) })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
    .sign(france.signer.privateKey)
}

const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1000)

const CASES: readonly {
  readonly name: string
  readonly token: () => Promise<string | undefined>
  readonly status: number
  readonly code: string
  readonly reason: RegExp
}[] = [
  {
    name: 'no token',
    token: async () => undefined,
    status: 401,
    code: 'ERROR_HPI_AUTHENTICATION_NOT_RECEIVED',
    reason: /token-missing/,
  },
  {
    name: 'no JWT at all',
    token: async () => 'abc.def.ghi',
    status: 401,
    code: 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED',
    reason: /token-malformed/,
  },
  {
    name: 'expired',
    token: () => issue({}, france.signer, later(-400)),
    status: 401,
    code: 'ERROR_HPI_GENERIC',
    reason: /token-expired/,
  },
  {
    name: 'from the future',
    token: () => issue({}, france.signer, later(120)),
    status: 401,
    code: 'ERROR_HPI_GENERIC',
    reason: /token-clock/,
  },
  {
    name: 'not yet valid',
    token: () => forged(({ iat }) => ({ nbf: iat + 200 })),
    status: 401,
    code: 'ERROR_HPI_GENERIC',
    reason: /token-not-yet-valid/,
  },
  {
    name: 'living for an hour',
    token: () => forged(({ iat }) => ({ exp: iat + 3600 })),
    status: 401,
    code: 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED',
    reason: /token-lifetime/,
  },
  {
    name: 'another audience',
    token: () => issue({ audience: europe.country('EE').options.homeCommunityId }),
    status: 401,
    code: 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED',
    reason: /token-audience/,
  },
  {
    name: 'another country as issuer',
    token: () => issue({ issuer: 'EE' }),
    status: 401,
    code: 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED',
    reason: /token-issuer/,
  },
  {
    name: 'another home community',
    token: () => issue({ homeCommunityId: '2.999.7' }),
    status: 401,
    code: 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED',
    reason: /token-issuer/,
  },
  {
    name: 'a key of another country',
    token: () => issue({}, { ...europe.country('EE').signer, kid: france.signer.kid }),
    status: 401,
    code: 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED',
    reason: /token-signature/,
  },
  {
    name: 'an unknown key',
    token: () => issue({}, { ...france.signer, kid: 'unknown' }),
    status: 401,
    code: 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED',
    reason: /token-signature/,
  },
  {
    name: 'bound to another certificate',
    token: () => issue({}, { ...france.signer, certificateFingerprint: 'ab'.repeat(32) }),
    status: 401,
    code: 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED',
    reason: /token-certificate/,
  },
  {
    name: 'a claim missing',
    token: () => forged(({ extensions }) => ({ extensions: { ...extensions, ihe_bppc: {} } })),
    status: 401,
    code: 'ERROR_HPI_INSUFFICIENT_INFORMATION',
    reason: /token-claims/,
  },
  {
    name: 'two claims about two patients',
    token: () => forged(({ extensions }) => ({ extensions: { ...extensions, ihe_bppc: { patient_id: TAVARES } } })),
    status: 401,
    code: 'ERROR_HPI_INSUFFICIENT_INFORMATION',
    reason: /token-claims/,
  },
  {
    name: 'another scope',
    token: () => issue({ scopes: ['user/Patient.search'] }),
    status: 403,
    code: 'ERROR_SEC_INSUFFICIENT_RIGHTS',
    reason: /token-scope/,
  },
  {
    name: 'another patient',
    token: () => issue({ patient: BEATRIZ }),
    status: 403,
    code: 'ERROR_SEC_INSUFFICIENT_RIGHTS',
    reason: /token-patient/,
  },
  {
    name: 'a role that may not',
    token: () => issue({ professional: { ...grant().professional, role: { code: '44', display: 'Clerks' } } }),
    status: 403,
    code: 'ERROR_SEC_INSUFFICIENT_RIGHTS',
    reason: /token-role/,
  },
  {
    name: 'an emergency without a reason',
    token: () => issue({ purpose: 'EMERGENCY' }),
    status: 403,
    code: 'ERROR_SEC_INSUFFICIENT_RIGHTS',
    reason: /token-purpose/,
  },
  {
    name: 'no treatment relationship',
    token: () =>
      forged(({ extensions }) => ({ extensions: { ...extensions, tessera_care: { emergency_reason_given: false } } })),
    status: 403,
    code: 'ERROR_HPI_INSUFFICIENT_INFORMATION',
    reason: /relationship/,
  },
]

for (const { name, token, status, code, reason } of CASES) {
  test(`refused and audited: ${name}`, async () => {
    portugal.calls.length = 0
    const answer = await list(await token())
    assert.equal(answer.status, status)
    assert.equal(answer.code, code)
    assert.match(await newestReason(), reason)
    if (reason.source.startsWith('token')) assert.match(answer.text, reason, 'the other operator learns why')
    assert.deepEqual(portugal.calls, [], 'nothing national was asked')
    assert.doesNotMatch(answer.text, /\bat .+:\d+|node_modules|298123456/, 'no stack trace, no patient')
  })
}

test('a token that is good is taken, and again within its life over the same certificate', async () => {
  const token = await issue()
  assert.equal((await list(token)).status, 200)
  assert.equal((await list(token)).status, 200)
})

test('a clock difference of half a minute is let through', async () => {
  assert.equal((await list(await issue({}, france.signer, later(30)))).status, 200)
})

test('a good token over the certificate of another country is refused', async () => {
  const answer = await list(await issue(), FERREIRA, europe.country('EE'))
  assert.equal(answer.status, 401)
  assert.match(await newestReason(), /token-issuer/)
})

test('a certificate of the authority that the trust list does not hold is refused', async (t) => {
  const { createPeerFetch } = await import('#platform/http/peer-fetch.ts')
  const other = await keysOf(`${europe.directory}/other`, europe.authority, 'FR')
  const fetch = createPeerFetch({ ...other.tls, timeoutMs: 2000, maxBytes: 1e6 })
  t.after(() => fetch.close())
  const signer = { ...france.signer, certificateFingerprint: other.tls.fingerprint }
  const answer = await list(await issue({}, signer), FERREIRA, { ...france, fetch })
  assert.equal(answer.status, 401)
  assert.match(await newestReason(), /token-certificate/)
})

test('the id of a token cannot come again with another content', async () => {
  assert.equal((await list(await forged(() => ({ jti: 'one-and-the-same-token-id' })))).status, 200)
  const second = await forged(({ exp }) => ({ jti: 'one-and-the-same-token-id', exp: exp - 10 }))
  assert.equal((await list(second)).status, 401)
  assert.match(await newestReason(), /token-replayed/)
})

test('opted out and no document: the same bytes, the same headers', async () => {
  const objected = await list(await issue({ patient: TAVARES }), TAVARES)
  const none = await list(await issue({ patient: BEATRIZ }), BEATRIZ)
  const unknown = await list(await issue({ patient: `${UTENTE}|999999999` }), `${UTENTE}|999999999`)
  const withoutPatient = (text: string): string => text.replace(/%7C\d{9}/, '')
  assert.equal(objected.status, 200)
  assert.equal(withoutPatient(objected.text), withoutPatient(none.text))
  assert.equal(withoutPatient(unknown.text), withoutPatient(none.text))
  const headers = (answer: typeof none) => [...answer.headers].filter(([name]) => name !== 'date')
  assert.deepEqual(headers(objected), headers(none))
})

test('a document of one patient cannot be read with the token of another, nor with an invented id', async () => {
  const listed = JSON.parse((await list(await issue())).text)
  const url: string = listed.entry[0].resource.content[0].attachment.url
  const read = async (changes: Partial<AccessGrant>, address: string) => {
    const token = await issue({ scopes: ['user/Bundle.read'], ...changes })
    const reply = await france.fetch.fetch({ url: address, headers: { authorization: `Bearer ${token}` } })
    return valueFrom(reply)
  }
  assert.equal((await read({}, url)).status, 200)
  const texts: string[] = []
  for (const [changes, address] of [
    [{ patient: BEATRIZ }, url],
    [{ patient: TAVARES }, url],
    [{}, url.replace(/.$/, (last) => (last === '0' ? '1' : '0'))],
  ] as const) {
    const answer = await read(changes, address)
    assert.equal(answer.status, 404)
    texts.push(new TextDecoder().decode(answer.body))
  }
  assert.equal(new Set(texts).size, 1, 'the three answers are the same bytes')
  assert.equal(codeIn(texts[0] ?? ''), 'ERROR_GENERIC_DOCUMENT_MISSING')
})

test('a token made earlier is refused once it has run out', async (t) => {
  const token = await issue()
  const before = now
  t.after(() => {
    now = before
  })
  now = later(361)
  assert.equal((await list(token)).status, 401)
  assert.match(await newestReason(), /token-expired/)
})
