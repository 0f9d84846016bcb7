/** The part of oidc-provider's interface that the test identity provider uses; the package ships without types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  export interface Request extends IncomingMessage {
    originalUrl?: string
  }
  export interface Context {
    body: unknown
    status: number
    type: string
    redirect(url: string): void
    readonly oidc?: {
      readonly route?: string
      readonly params?: Readonly<Record<string, string | undefined>>
      readonly entities: { readonly IdTokenHint?: unknown }
      readonly session?: { destroy(): Promise<void> }
    }
  }
  interface Account {
    readonly accountId: string
    claims(): Promise<Record<string, unknown>>
  }
  interface Interaction {
    readonly uid: string
    readonly params: Readonly<Record<string, unknown>>
    readonly prompt: { readonly name: string }
  }
  class Grant {
    constructor(properties: { readonly clientId: string; readonly accountId: string })
    addOIDCScope(scope: string): void
    save(): Promise<string>
  }
  export interface GrantContext {
    readonly oidc: {
      readonly provider: Provider
      readonly client: { readonly clientId: string }
      readonly session: { readonly accountId: string }
    }
  }
  export interface BackchannelRequest {
    readonly accountId: string
    readonly clientId: string
  }
  class Provider {
    readonly Grant: typeof Grant
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>)
    callback(): (request: Request, response: ServerResponse) => Promise<void>
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): void
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>
    interactionResult(
      request: IncomingMessage,
      response: ServerResponse,
      result: Readonly<Record<string, unknown>>,
      options?: { readonly mergeWithLastSubmission: boolean },
    ): Promise<string>
    backchannelResult(request: BackchannelRequest, result: Grant, details: { readonly acr: string }): Promise<void>
  }
  export default Provider
}
