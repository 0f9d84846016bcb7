/**
 * The portal has one address. A page asked for under another name of the same machine (127.0.0.1 for localhost) leads to
 * it, because cookies and the way back from the identity provider belong to that name; and no page is ever served under
 * a name that somebody else has pointed at this node (DNS rebinding).
 */

/** Asked for by programs and probes, under whatever name they know: no cookie counts there. */
const ANY_NAME = /^\/(api|health|metrics)(\/|$)/

/** What a request under another host name is answered with; undefined when the name is right. Ports are not compared. */
export function elsewhere(origin: string, request: Request): Response | undefined {
  const asked = new URL(request.url)
  if (asked.hostname === new URL(origin).hostname || ANY_NAME.test(asked.pathname)) return undefined
  if (request.method === 'GET' || request.method === 'HEAD') {
    // The path starts with a slash, so nothing of it can become part of the host.
    return new Response(null, { status: 307, headers: { location: `${origin}${asked.pathname}${asked.search}` } })
  }
  // RFC 9110 §15.5.20: what a form holds is not carried to another name.
  return new Response(`This portal is ${origin}; open it under that address.\n`, {
    status: 421,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  })
}
