/**
 * A **test** identity provider that behaves like Pro Santé Connect: realm-like issuer path, discovery at a non-standard
 * address, authorization on another path, `acr_values=eidas1`, scope `scope_all`, access tokens of two minutes, claims
 * with their quirks. It knows no passwords and signs anybody in as a demo professional: never for real people.
 */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import Provider, { type BackchannelRequest, type GrantContext, type Request } from 'oidc-provider'
import { memoryAdapter } from './memory-adapter.ts'
import { problemPage, professionalsPage, STYLE } from './pages.ts'

/** A relying party that the provider knows. URIs are compared exactly. */
export interface TestClient {
  readonly clientId: string
  readonly clientSecret: string
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
  /** Only professionals of this country (ISO 3166-1 alpha-2) are offered to this client; all when absent. */
  readonly country?: string
}

/** A demo professional: how he is named on the page and by programs, and the claims the provider tells about him. */
export interface TestProfessional {
  readonly login: string
  /** One line on the sign-in page, e.g. `Pharmacist.` */
  readonly description: string
  /** BCP-47; English when absent. */
  readonly descriptionLanguage?: string
  readonly country?: string
  /** Level of assurance reached at sign-in; `eidas1` when absent. */
  readonly acr?: string
  readonly claims: Readonly<Record<string, unknown>>
}

export interface TestIdentityProviderOptions {
  /** E.g. `http://127.0.0.1:4005/auth/realms/esante-wallet`. */
  readonly issuer: string
  readonly clients: readonly TestClient[]
  readonly professionals: readonly TestProfessional[]
}

export interface TestIdentityProvider {
  /** For `http.createServer(listener)`. */
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void
  /** The address of the discovery document, to be configured in the relying party. */
  readonly discovery: string
}

const WALLET = '/wallet'
const DISCOVERY = '/.well-known/wallet-openid-configuration'
const SCOPE = 'openid scope_all'
const CLAIMS = [
  ...['SubjectNameID', 'preferred_username', 'given_name', 'family_name', 'SubjectRole', 'Secteur_Activite'],
  ...['SubjectOrganization', 'SubjectOrganizationID', 'Mode_Acces_Raison', 'Acces_Regulation_Medicale', 'PSI_Locale'],
  ...['Palier_Authentification', 'authMode', 'otherIds', 'otherIDs', 'SubjectRefPro', 'exercises', 'identifier'],
]

export async function testIdentityProvider(options: TestIdentityProviderOptions): Promise<TestIdentityProvider> {
  const issuer = new URL(options.issuer)
  const mount = issuer.pathname.replace(/\/$/, '')
  const byLogin = new Map(options.professionals.map((professional) => [professional.login, professional]))
  const countries = new Map(options.clients.map((client) => [client.clientId, client.country]))
  const provider = new Provider(options.issuer, await configuration(options, byLogin))
  provider.use(async (context, next) => {
    await next()
    // Pro Santé Connect: the page where people sign in is on another address than the issuer.
    if (context.oidc?.route === 'discovery') {
      context.body = { ...Object(context.body), authorization_endpoint: new URL(`${WALLET}/auth`, issuer).href }
    }
  })
  const serve = provider.callback()

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', issuer)
    if (url.pathname === `${WALLET}/style.css`) return send(response, 200, 'text/css; charset=utf-8', STYLE)
    if (url.pathname.startsWith(`${WALLET}/interaction/`)) return interaction(request, response)
    if (url.pathname === `${WALLET}/auth`)
      return serve(mounted(request, mount, `${WALLET}/auth${url.search}`), response)
    if (url.pathname === mount + DISCOVERY) {
      return serve(mounted(request, mount, '/.well-known/openid-configuration'), response)
    }
    const inner = request.url?.startsWith(`${mount}/`) ? request.url.slice(mount.length) : undefined
    if (inner === undefined || inner.startsWith('/.well-known/')) {
      return send(response, 404, 'text/html; charset=utf-8', problemPage('fr', 'not-found'))
    }
    return serve(mounted(request, mount, inner), response)
  }

  async function interaction(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const details = await provider.interactionDetails(request, response).catch(() => undefined)
    if (!details) return send(response, 400, 'text/html; charset=utf-8', problemPage('fr', 'expired'))
    const language = String(details.params.ui_locales ?? 'fr').split(' ')[0] ?? 'fr'
    const country = countries.get(String(details.params.client_id))
    const offered = options.professionals.filter(
      (professional) => !country || !professional.country || professional.country === country,
    )
    if (request.method !== 'POST') {
      return send(response, 200, 'text/html; charset=utf-8', professionalsPage(language, offered))
    }
    const form = new URLSearchParams(await body(request))
    const chosen = byLogin.get(form.get('professional') ?? '')
    const result = chosen
      ? { login: { accountId: chosen.login, acr: chosen.acr ?? 'eidas1', amr: ['test'], remember: false } }
      : { error: 'access_denied', error_description: 'the person left the sign-in page' }
    const location = await provider.interactionResult(request, response, result, { mergeWithLastSubmission: false })
    response.writeHead(303, { location }).end()
  }

  return {
    discovery: options.issuer + DISCOVERY,
    listener: (request, response) => {
      answer(request, response).catch(() => {
        if (!response.headersSent) send(response, 500, 'text/html; charset=utf-8', problemPage('fr', 'expired'))
      })
    },
  }
}

async function configuration(options: TestIdentityProviderOptions, byLogin: ReadonlyMap<string, TestProfessional>) {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const protocol = '/protocol/openid-connect'
  return {
    adapter: memoryAdapter(),
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'test' }] },
    clients: options.clients.map((client) => ({
      client_id: client.clientId,
      client_secret: client.clientSecret,
      redirect_uris: client.redirectUris,
      post_logout_redirect_uris: client.postLogoutRedirectUris,
      response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token', 'urn:openid:params:grant-type:ciba'],
      backchannel_token_delivery_mode: 'poll',
    })),
    acrValues: ['eidas0', 'eidas1'],
    scopes: ['openid', 'offline_access', 'scope_all'],
    claims: { openid: ['sub'], scope_all: CLAIMS, acr: null, auth_time: null, iss: null, sid: null },
    // §3.1 of the transport guide: access token 2 minutes, refresh token 30 minutes, session 4 hours.
    ttl: {
      AccessToken: 120,
      AuthorizationCode: 60,
      IdToken: 120,
      RefreshToken: 1800,
      Session: 14_400,
      Grant: 14_400,
      Interaction: 900,
      BackchannelAuthenticationRequest: 120,
    },
    routes: {
      authorization: `${WALLET}/auth`,
      token: `${protocol}/token`,
      userinfo: `${protocol}/userinfo`,
      end_session: `${protocol}/logout`,
      introspection: `${protocol}/token/introspect`,
      revocation: `${protocol}/revoke`,
      jwks: `${protocol}/certs`,
      backchannel_authentication: `${protocol}/ext/ciba/auth`,
    },
    cookies: {
      keys: [randomBytes(32).toString('base64url')],
      names: { session: 'test-idp-session', interaction: 'test-idp-interaction', resume: 'test-idp-resume' },
    },
    issueRefreshToken: async () => true,
    pkce: { required: () => false },
    interactions: { url: (_: unknown, { uid }: { readonly uid: string }) => `${WALLET}/interaction/${uid}` },
    findAccount: (_: unknown, login: string) => account(byLogin.get(login)),
    // Pro Santé Connect's introspection tells the level of assurance beside the subject.
    extraTokenClaims: (_: unknown, { accountId = '' }: { readonly accountId?: string }) => ({
      acr: byLogin.get(accountId)?.acr ?? 'eidas1',
    }),
    loadExistingGrant,
    renderError: (context: { type: string; body: unknown }) => {
      context.type = 'html'
      context.body = problemPage('fr', 'refused')
    },
    features: {
      devInteractions: { enabled: false },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: logOut },
      ciba: {
        enabled: true,
        deliveryModes: ['poll'],
        processLoginHint: (_: unknown, hint: string) => byLogin.get(hint)?.login,
        processLoginHintToken: () => undefined,
        verifyUserCode: () => undefined,
        validateBindingMessage: () => undefined,
        validateRequestContext: () => undefined,
        triggerAuthenticationDevice: approve(byLogin),
      },
    },
  }
}

function account(professional: TestProfessional | undefined) {
  if (!professional) return undefined
  const sub = `f:5c1f7e02-8a4b-4a0e-9f1d-0d7a6d1b6a55:${professional.login}`
  return { accountId: professional.login, claims: async () => ({ ...professional.claims, sub }) }
}

/** Everything that is asked is granted: a professional does not consent to his own profession. */
async function loadExistingGrant(context: GrantContext) {
  const { provider, client, session } = context.oidc
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
  grant.addOIDCScope(SCOPE)
  await grant.save()
  return grant
}

/**
 * Client-initiated backchannel authentication, poll mode. Where the real provider rings the professional's telephone,
 * this one says yes at once: the way for programs (`tessera fetch --as USER`) to sign in without a browser. Test only.
 */
function approve(byLogin: ReadonlyMap<string, TestProfessional>) {
  return async (context: GrantContext, request: BackchannelRequest): Promise<void> => {
    const { provider, client } = context.oidc
    const grant = new provider.Grant({ clientId: client.clientId, accountId: request.accountId })
    grant.addOIDCScope(SCOPE)
    await grant.save()
    await provider.backchannelResult(request, grant, { acr: byLogin.get(request.accountId)?.acr ?? 'eidas1' })
  }
}

interface LogoutContext {
  readonly oidc: {
    readonly params: Readonly<Record<string, string | undefined>>
    readonly entities: { readonly IdTokenHint?: unknown }
    readonly session: { destroy(): Promise<void> }
  }
  status: number
  redirect(url: string): void
  type: string
  body: unknown
}

/** With a valid `id_token_hint` the session ends without a further question, as Keycloak does. */
async function logOut(context: LogoutContext, form: string): Promise<void> {
  const { params, entities, session } = context.oidc
  if (entities.IdTokenHint && params.post_logout_redirect_uri) {
    const target = new URL(params.post_logout_redirect_uri)
    if (params.state) target.searchParams.set('state', params.state)
    await session.destroy()
    context.status = 303
    context.redirect(target.href)
    return
  }
  context.type = 'html'
  context.body = problemPage(
    'fr',
    'sign-out',
    form.replace('</form>', '<button name="logout" value="yes">Se déconnecter · Sign out</button></form>'),
  )
}

/** The same request as seen from inside the issuer's path; `originalUrl` lets the provider compute addresses. */
function mounted(request: IncomingMessage, mount: string, inner: string): Request {
  return Object.assign(request, { originalUrl: mount + inner, url: inner })
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response
    .writeHead(status, {
      'content-type': type,
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; style-src 'self'; form-action *; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
    .end(text)
}

async function body(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > 10_000) break
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}
