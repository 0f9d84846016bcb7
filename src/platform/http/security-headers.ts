/** Headers that every answer carries unless the handler has set its own. */

const ALWAYS: readonly (readonly [string, string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['x-frame-options', 'DENY'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()'],
  ['content-security-policy', "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"],
  // Health data must not stay in caches on the way or in the browser.
  ['cache-control', 'no-store'],
]

const ONE_YEAR = 'max-age=31536000'

/** The same answer with the missing security headers added. */
export function withSecurityHeaders(response: Response, encrypted: boolean): Response {
  const wanted: readonly (readonly [string, string])[] = encrypted
    ? [...ALWAYS, ['strict-transport-security', ONE_YEAR]]
    : ALWAYS
  const missing = wanted.filter(([name]) => !response.headers.has(name))
  if (missing.length === 0) return response
  try {
    for (const [name, value] of missing) response.headers.set(name, value)
    return response
  } catch {
    // Answers made by `fetch` or `Response.redirect` have frozen headers.
    const copy = new Response(response.body, response)
    for (const [name, value] of missing) copy.headers.set(name, value)
    return copy
  }
}
