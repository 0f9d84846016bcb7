/** How a page leaves the house: compressed, kept by nobody, and allowed to load from here only. */
import type { Context } from 'hono'
import { acceptedEncoding, compress } from './assets.ts'
import type { Html } from './markup.ts'

export interface PageResponse {
  readonly markup: Html
  readonly language: string
  readonly status: 200 | 400 | 403 | 404 | 409 | 422 | 500
  /** Origins beside this one that a form may lead to, e.g. of the identity provider when somebody signs out. */
  readonly formOrigins?: readonly string[] | undefined
}

export function pageResponse(context: Context, { markup, language, status, formOrigins = [] }: PageResponse): Response {
  const encoding = acceptedEncoding(context.req.header('accept-encoding'))
  return context.body(compress(String(markup), encoding), status, {
    'content-type': 'text/html; charset=utf-8',
    'content-language': language,
    ...(encoding ? { 'content-encoding': encoding } : {}),
    vary: 'accept-encoding, accept-language, cookie',
    'cache-control': 'no-store',
    'content-security-policy': `default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action ${["'self'", ...formOrigins].join(' ')}; base-uri 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
  })
}
