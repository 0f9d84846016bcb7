/**
 * OpenID Connect relying party: authorization code with PKCE (S256), state, nonce and the level of assurance asked by
 * name; the ID token's signature, the userinfo's subject and the level reached are checked before anybody is signed in.
 * The discovery document is read from a configured address, because not every provider uses the standard one.
 */
import * as client from 'openid-client'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { type NationalSetting, type Person, type PersonProblemCode, readPerson } from './person.ts'

export interface RelyingPartyOptions extends NationalSetting {
  /** Address of the discovery document, e.g. `…/.well-known/wallet-openid-configuration`. */
  readonly discovery: string
  /** Expected issuer; by default what stands before `/.well-known/`. */
  readonly issuer?: string
  readonly clientId: string
  readonly clientSecret: string
  /** Exactly as registered with the provider. */
  readonly redirectUri: string
  readonly postLogoutRedirectUri: string
  /** Clinical software whose users' access tokens are accepted beside this client's own (client ids at the provider). */
  readonly trustedClients?: readonly string[]
  /** Seconds to wait for the provider; 10 by default. */
  readonly timeout?: number
}

export type SignInProblemCode =
  | 'sign-in-unavailable'
  | 'sign-in-refused'
  | 'sign-in-expired'
  | 'sign-in-invalid'
  | 'sign-in-too-weak'
  | PersonProblemCode

/** What must be remembered between leaving for the provider and coming back. Secret. */
export interface PendingSignIn {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

export interface SignedIn {
  readonly person: Person
  /** Proof for signing out at the provider. */
  readonly idToken: string
}

export interface RelyingParty {
  readonly name: string
  begin(
    language: string,
  ): Promise<Result<{ readonly address: URL; readonly pending: PendingSignIn }, SignInProblemCode>>
  /** `callback`: the full address the browser came back to. */
  complete(callback: URL, pending: PendingSignIn): Promise<Result<SignedIn, SignInProblemCode>>
  /** For clinical software that presents the access token of its user: introspected at the provider, then userinfo. */
  personOf(accessToken: string): Promise<Result<Person, SignInProblemCode>>
  /** Sign-in of a program's user without a browser (CIBA, poll mode); the provider asks the person on his own device. */
  signInWithoutBrowser(login: string): Promise<Result<SignedIn & { readonly accessToken: string }, SignInProblemCode>>
  /** Where to send the browser to sign out at the provider too (RP-initiated logout); undefined when it offers none. */
  signOutAddress(idToken: string): Promise<URL | undefined>
  /** Origins that a form of the portal may lead to. */
  readonly origins: readonly string[]
}

export function relyingParty(options: RelyingPartyOptions): RelyingParty {
  const { mapping } = options
  let known: Promise<client.Configuration> | undefined

  /** Discovery happens at the first sign-in and is retried while it fails: a node starts without its provider. */
  function configuration(): Promise<client.Configuration> {
    known ??= discover(options).catch((problem: unknown) => {
      known = undefined
      throw problem
    })
    return known
  }

  async function signedIn(
    provider: client.Configuration,
    tokens: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers,
  ): Promise<Result<SignedIn, SignInProblemCode>> {
    const claims = tokens.claims()
    if (!claims || tokens.id_token === undefined) return invalid()
    const reached = typeof claims.acr === 'string' ? claims.acr : ''
    if (!strongEnough(reached, options)) return tooWeak()
    const userinfo = await client.fetchUserInfo(provider, tokens.access_token, claims.sub)
    const person = readPerson({ ...claims, ...userinfo }, reached, options)
    return person.ok ? ok({ person: person.value, idToken: tokens.id_token }) : person
  }

  return {
    name: mapping.name,
    origins: [
      ...new Set([new URL(options.discovery).origin, ...(options.issuer ? [new URL(options.issuer).origin] : [])]),
    ],

    begin: (language) =>
      guarded(configuration, async (provider) => {
        const pending = {
          state: client.randomState(),
          nonce: client.randomNonce(),
          verifier: client.randomPKCECodeVerifier(),
        }
        const address = client.buildAuthorizationUrl(provider, {
          redirect_uri: options.redirectUri,
          response_type: 'code',
          scope: mapping.scope,
          acr_values: mapping.assurance.asked,
          ui_locales: language,
          state: pending.state,
          nonce: pending.nonce,
          code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
          code_challenge_method: 'S256',
        })
        return ok({ address, pending })
      }),

    complete: (callback, pending) =>
      guarded(configuration, async (provider) => {
        // The redirect URI is compared exactly, so the address is rebuilt from the registered one, not from the request.
        const address = new URL(options.redirectUri)
        address.search = callback.search
        const tokens = await client.authorizationCodeGrant(provider, address, {
          expectedState: pending.state,
          expectedNonce: pending.nonce,
          pkceCodeVerifier: pending.verifier,
          idTokenExpected: true,
        })
        return signedIn(provider, tokens)
      }),

    personOf: (accessToken) =>
      guarded(configuration, async (provider) => {
        const seen = await client.tokenIntrospection(provider, accessToken)
        if (!seen.active) return expired()
        // A token that its user gave to another program is not a word to this one (RFC 7662 §4, token confusion).
        const holder = seen.client_id
        if (holder !== options.clientId && !options.trustedClients?.includes(String(holder))) return invalid()
        const reached = typeof seen.acr === 'string' ? seen.acr : ''
        if (!strongEnough(reached, options)) return tooWeak()
        const subject = typeof seen.sub === 'string' ? seen.sub : client.skipSubjectCheck
        return readPerson(await client.fetchUserInfo(provider, accessToken, subject), reached, options)
      }),

    signInWithoutBrowser: (login) =>
      guarded(configuration, async (provider) => {
        const request = await client.initiateBackchannelAuthentication(provider, {
          scope: mapping.scope,
          login_hint: login,
          acr_values: mapping.assurance.asked,
        })
        const tokens = await client.pollBackchannelAuthenticationGrant(
          provider,
          { ...request, interval: Math.min(request.interval ?? 1, 1) },
          undefined,
          { signal: AbortSignal.timeout(60_000) },
        )
        const result = await signedIn(provider, tokens)
        return result.ok ? ok({ ...result.value, accessToken: tokens.access_token }) : result
      }),

    async signOutAddress(idToken) {
      const provider = await configuration().catch(() => undefined)
      if (!provider?.serverMetadata().end_session_endpoint) return undefined
      return client.buildEndSessionUrl(provider, {
        id_token_hint: idToken,
        post_logout_redirect_uri: options.postLogoutRedirectUri,
      })
    },
  }
}

async function discover(options: RelyingPartyOptions): Promise<client.Configuration> {
  const address = new URL(options.discovery)
  const insecure = address.protocol === 'http:' && isLoopback(address.hostname)
  const provider = await client.discovery(address, options.clientId, options.clientSecret, undefined, {
    timeout: options.timeout ?? 10,
    // Verify the ID token's signature although it came over a direct connection.
    execute: [client.enableNonRepudiationChecks, ...(insecure ? [client.allowInsecureRequests] : [])],
  })
  const expected = options.issuer ?? options.discovery.split('/.well-known/')[0]
  if (provider.serverMetadata().issuer !== expected) throw new Error('The discovery document names another issuer.')
  return provider
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

function strongEnough(reached: string, { mapping }: NationalSetting): boolean {
  const { levels, asked } = mapping.assurance
  const position = levels.indexOf(reached)
  return position >= 0 && position >= levels.indexOf(asked)
}

/** Turns what openid-client throws into values; what the provider says of the person's own choice is kept apart. */
async function guarded<T>(
  configuration: () => Promise<client.Configuration>,
  work: (provider: client.Configuration) => Promise<Result<T, SignInProblemCode>>,
): Promise<Result<T, SignInProblemCode>> {
  const provider = await configuration().catch(() => undefined)
  if (!provider) return unavailable()
  try {
    return await work(provider)
  } catch (problem) {
    if (problem instanceof client.AuthorizationResponseError || problem instanceof client.ResponseBodyError) {
      return problem.error === 'access_denied' ? refused() : invalid()
    }
    if (problem instanceof client.ClientError) return problem.code === 'OAUTH_TIMEOUT' ? unavailable() : invalid()
    return unavailable()
  }
}

const AGAIN = 'Sign in again.'

function unavailable() {
  return failed('sign-in-unavailable', 'The identity provider does not answer.', 'Try again in a few minutes.')
}
function refused() {
  return failed('sign-in-refused', 'The sign-in was not completed at the identity provider.', AGAIN)
}
function expired() {
  return failed('sign-in-expired', 'The sign-in took too long or was used already.', AGAIN)
}
function invalid() {
  return failed('sign-in-invalid', 'The answer of the identity provider did not pass the checks.', AGAIN)
}
function tooWeak() {
  return failed(
    'sign-in-too-weak',
    'The sign-in was weaker than this service asks.',
    'Sign in with your professional card or its electronic form.',
  )
}
