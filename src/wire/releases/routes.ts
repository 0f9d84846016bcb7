/** GET routes of the releases of terminology. */
import { Hono } from 'hono'
import type { Problem, Result } from '#platform/result/result.ts'
import type { ReleaseOffer } from '#terminology/releases/subscription/offer.ts'

export interface ReleaseRoutesOptions {
  readonly offer: ReleaseOffer
  /**
   * An answer for those who may not pull (licences of code systems bind a node); undefined lets them. Asked for every
   * request, and once more with the artifact before its bytes are given.
   */
  readonly refuse?: (request: Request, artifact?: string) => Promise<Response | undefined>
}

/** To be mounted anywhere, e.g. `app.route('/releases', releaseRoutes(…))`. */
export function releaseRoutes({ offer, refuse }: ReleaseRoutesOptions): Hono {
  const routes = new Hono()
  routes.use(async (context, next) => {
    const refusal = await refuse?.(context.req.raw)
    if (refusal) return refusal
    return next()
  })
  routes.get('/', async () => answer(await offer.list()))
  routes.get('/:number{current|[1-9][0-9]{0,8}}', async (context) =>
    answer(await offer.release(context.req.param('number'))),
  )
  routes.get('/artifacts/:id/:file', async (context) => {
    const { id, file } = context.req.param()
    const refusal = await refuse?.(context.req.raw, id)
    if (refusal) return refusal
    const found = await offer.file(id, file)
    if (!found.ok) return refusalOf(found.problem)
    const { size, hash, stream } = found.value
    const from = rangeStart(context.req.header('range'), size)
    const headers = {
      'content-type': 'application/octet-stream',
      'accept-ranges': 'bytes',
      etag: `"${hash}"`,
      'cache-control': 'private, max-age=31536000, immutable',
      vary: 'authorization',
    }
    if (from === 'beyond') {
      return new Response(null, { status: 416, headers: { ...headers, 'content-range': `bytes */${size}` } })
    }
    const length = String(size - (from ?? 0))
    const body = context.req.method === 'HEAD' ? null : stream(from ?? 0)
    if (from === undefined) return new Response(body, { headers: { ...headers, 'content-length': length } })
    const range = `bytes ${from}-${size - 1}/${size}`
    return new Response(body, {
      status: 206,
      headers: { ...headers, 'content-length': length, 'content-range': range },
    })
  })
  routes.notFound(() => refusalOf(NOTHING))
  return routes
}

/** Only `bytes=N-` is understood; whoever asks for another range gets everything, as RFC 9110 §14.2 allows. */
function rangeStart(header: string | undefined, size: number): number | 'beyond' | undefined {
  const [, digits] = /^bytes=(\d{1,15})-$/.exec(header ?? '') ?? []
  if (digits === undefined) return undefined
  return Number(digits) < size ? Number(digits) : 'beyond'
}

const NOTHING: Problem = {
  code: 'terminology-release-unknown',
  sentence: 'There is nothing at this address.',
  next: 'List the releases that are offered.',
}

function answer(result: Result<unknown>): Response {
  return result.ok
    ? Response.json(result.value, { headers: { 'cache-control': 'no-cache' } })
    : refusalOf(result.problem)
}

/** For `refuse`. 401: no token that is known; 403: this artifact is not given to strangers (RFC 6750 §3.1). */
export function subscribersOnly(status: 401 | 403): Response {
  const sentence =
    status === 401
      ? 'Releases are given to subscribers.'
      : 'This artifact holds licensed content and is not given to strangers.'
  const problem = { code: 'terminology-release-subscribers', sentence, next: 'Ask the authority for a token.' }
  const headers = {
    'cache-control': 'no-store',
    ...(status === 401 && { 'www-authenticate': 'Bearer realm="releases"' }),
  }
  return Response.json(problem, { status, headers })
}

/** Without the place: it names a file of this machine. */
function refusalOf({ code, sentence, next }: Problem): Response {
  const status = code === 'terminology-release-unknown' ? 404 : 503
  return Response.json({ code, sentence, next }, { status, headers: { 'cache-control': 'no-store' } })
}
