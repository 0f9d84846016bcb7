import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openClaimsMapping } from './claims-mapping.ts'
import { type RelyingParty, type RelyingPartyOptions, relyingParty } from './relying-party.ts'
import { openRoleMap } from './role-map.ts'
import { type TestIdentityProvider, testIdentityProvider } from './test-identity-provider/test-identity-provider.ts'

const data = join(import.meta.dirname, '..', '..', '..', 'data')
const CALLBACK = 'http://127.0.0.1:9/sign-in/callback'
const SIGNED_OUT = 'http://127.0.0.1:9/signed-out'
const DOCTOR = {
  SubjectNameID: '899700218896',
  given_name: 'Zoé',
  family_name: 'DURAND',
  SubjectRole: ['10^1.2.250.1.213.1.1.5.5'],
}

let server: Server
let provider: TestIdentityProvider
let origin: string

before(async () => {
  server = createServer((request, response) => provider.listener(request, response))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  assert.ok(address && typeof address === 'object')
  origin = `http://127.0.0.1:${address.port}`
  provider = await testIdentityProvider({
    issuer: `${origin}/auth/realms/esante-wallet`,
    clients: [
      {
        clientId: 'portal',
        clientSecret: 'a-secret-of-the-test',
        redirectUris: [CALLBACK],
        postLogoutRedirectUris: [SIGNED_OUT],
      },
      {
        clientId: 'other',
        clientSecret: 'another-secret',
        redirectUris: [CALLBACK],
        postLogoutRedirectUris: [],
        country: 'PT',
      },
    ],
    professionals: [
      { login: 'zoe', description: 'Doctor', country: 'FR', claims: DOCTOR },
      { login: 'weak', description: 'Signs in weakly', country: 'FR', acr: 'eidas0', claims: DOCTOR },
      { login: 'nobody', description: 'No claims', country: 'FR', claims: {} },
    ],
  })
})

after(() => {
  server.closeAllConnections()
  server.close()
})

function party(change: Partial<RelyingPartyOptions> = {}): RelyingParty {
  return relyingParty({
    mapping: openClaimsMapping(join(data, 'identity-providers', 'pro-sante-connect.json')),
    roles: openRoleMap(join(data, 'roles'), 'FR'),
    country: 'FR',
    language: 'fr',
    discovery: provider.discovery,
    clientId: 'portal',
    clientSecret: 'a-secret-of-the-test',
    redirectUri: CALLBACK,
    postLogoutRedirectUri: SIGNED_OUT,
    ...change,
  })
}

/** What a browser does at the provider: follows redirects with cookies, presses the button of one person. */
async function atTheProvider(address: URL, login: string): Promise<{ readonly callback: URL; readonly page: string }> {
  const cookies = new Map<string, string>()
  let url = address
  let init: RequestInit = {}
  let page = ''
  for (let hop = 0; hop < 10; hop += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } })
    for (const set of response.headers.getSetCookie()) {
      const [pair = ''] = set.split(';')
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    const location = response.headers.get('location')
    if (location === null) {
      page = await response.text()
      if (!page.includes('name="professional"')) return { callback: url, page }
      init = {
        method: 'POST',
        body: `professional=${login}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }
      continue
    }
    url = new URL(location, url)
    init = {}
    if (url.origin !== origin) return { callback: url, page }
  }
  throw new Error('The provider leads in circles.')
}

async function begin(rp: RelyingParty) {
  const begun = await rp.begin('fr')
  assert.ok(begun.ok)
  return begun.value
}

test('code, PKCE, state, nonce and level of assurance: a doctor signs in', async () => {
  const rp = party()
  const { address, pending } = await begin(rp)
  assert.equal(address.pathname, '/wallet/auth', 'the page to sign in is on another path than the issuer')
  const asked = Object.fromEntries(address.searchParams)
  assert.equal(asked.acr_values, 'eidas1')
  assert.equal(asked.scope, 'openid scope_all')
  assert.equal(asked.code_challenge_method, 'S256')
  assert.ok(asked.state && asked.nonce && asked.code_challenge)
  const { callback, page } = await atTheProvider(address, 'zoe')
  assert.match(page, /Fournisseur d’identité de test/)
  const signedIn = await rp.complete(callback, pending)
  assert.ok(signedIn.ok)
  assert.equal(signedIn.value.person.identifier, 'urn:oid:1.2.250.1.71.4.2.1|899700218896')
  assert.equal(signedIn.value.person.assurance, 'eidas1')
  const out = await rp.signOutAddress(signedIn.value.idToken)
  assert.equal(out?.pathname, '/auth/realms/esante-wallet/protocol/openid-connect/logout')
  const after = await fetch(out ?? '', { redirect: 'manual' })
  assert.ok(after.status < 400)
})

test('a code works once, and only with its own state, nonce and verifier', async () => {
  const rp = party()
  for (const wrong of [{ state: 'x' }, { nonce: 'x' }, { verifier: 'x'.repeat(43) }]) {
    const { address, pending } = await begin(rp)
    const { callback } = await atTheProvider(address, 'zoe')
    const result = await rp.complete(callback, { ...pending, ...wrong })
    assert.equal(result.ok ? 'signed in' : result.problem.code, 'sign-in-invalid', JSON.stringify(wrong))
  }
  const { address, pending } = await begin(rp)
  const { callback } = await atTheProvider(address, 'zoe')
  assert.ok((await rp.complete(callback, pending)).ok)
  const again = await rp.complete(callback, pending)
  assert.equal(again.ok, false)
})

test('a sign-in weaker than asked is refused', async () => {
  const rp = party()
  const { address, pending } = await begin(rp)
  const { callback } = await atTheProvider(address, 'weak')
  const result = await rp.complete(callback, pending)
  assert.equal(result.ok ? 'signed in' : result.problem.code, 'sign-in-too-weak')
})

test('leaving the provider, and claims that name nobody, sign nobody in', async () => {
  const rp = party()
  for (const [login, code] of [
    ['', 'sign-in-refused'],
    ['nobody', 'sign-in-unknown-person'],
  ] as const) {
    const { address, pending } = await begin(rp)
    const { callback } = await atTheProvider(address, login)
    const result = await rp.complete(callback, pending)
    assert.equal(result.ok ? 'signed in' : result.problem.code, code)
  }
})

test('the redirect URI is exact', async () => {
  const { address } = await begin(party({ redirectUri: `${CALLBACK}/` }))
  const { page } = await atTheProvider(address, 'zoe')
  assert.match(page, /Demande refusée/)
})

test('a provider that is away, or that names another issuer, is no sign-in', async () => {
  for (const change of [
    { discovery: 'http://127.0.0.1:9/.well-known/wallet-openid-configuration' },
    { issuer: 'https://another.example' },
    { discovery: `${origin}/auth/realms/esante-wallet/.well-known/openid-configuration` },
  ]) {
    const result = await party(change).begin('fr')
    assert.equal(result.ok ? 'begun' : result.problem.code, 'sign-in-unavailable', JSON.stringify(change))
  }
})

test('a program signs its user in without a browser, and a service knows him by his token', async () => {
  const rp = party()
  const signedIn = await rp.signInWithoutBrowser('zoe')
  assert.ok(signedIn.ok)
  const known = await rp.personOf(signedIn.value.accessToken)
  assert.ok(known.ok)
  assert.deepEqual(known.value, signedIn.value.person)
  const weak = await rp.signInWithoutBrowser('weak')
  assert.equal(weak.ok ? 'signed in' : weak.problem.code, 'sign-in-too-weak')
  assert.equal((await rp.signInWithoutBrowser('unknown')).ok, false)
  assert.equal((await rp.personOf('not-a-token')).ok, false)
})

test('a token given to another program is not accepted, unless that program is trusted by name', async () => {
  const other = await party({ clientId: 'other', clientSecret: 'another-secret' }).signInWithoutBrowser('zoe')
  assert.ok(other.ok)
  const refused = await party().personOf(other.value.accessToken)
  assert.equal(refused.ok ? 'accepted' : refused.problem.code, 'sign-in-invalid')
  assert.equal((await party({ trustedClients: ['other'] }).personOf(other.value.accessToken)).ok, true)
})

test('each client is offered the professionals of its country', async () => {
  const { address } = await begin(party({ clientId: 'other', clientSecret: 'another-secret' }))
  const interaction = await fetch(address, { redirect: 'manual' })
  const cookie = interaction.headers
    .getSetCookie()
    .map((set) => set.split(';')[0])
    .join('; ')
  const page = await fetch(new URL(interaction.headers.get('location') ?? '', origin), { headers: { cookie } })
  assert.doesNotMatch(await page.text(), /value="zoe"/)
})
