/** The endpoint as a Hono app, to be mounted beside others: `app.route('/', terminologyApp(endpoint))`. */
import { Hono } from 'hono'
import type { Endpoint, WireReply } from './endpoint.ts'

export function terminologyApp(endpoint: Endpoint): Hono {
  const app = new Hono()
  const answer = async (request: Request): Promise<Response> =>
    responseOf(await endpoint.handle(await wireRequest(request)))
  app.all(endpoint.path, (context) => answer(context.req.raw))
  app.all(`${endpoint.path}/*`, (context) => answer(context.req.raw))
  return app
}

async function wireRequest(request: Request) {
  const { pathname, search } = new URL(request.url)
  const bodiless = request.method === 'GET' || request.method === 'HEAD'
  return {
    method: request.method,
    target: `${pathname}${search}`,
    header: (name: string) => request.headers.get(name) ?? undefined,
    ...(bodiless ? {} : { body: new Uint8Array(await request.arrayBuffer()) }),
  }
}

function responseOf({ status, headers, body }: WireReply): Response {
  return new Response(body === '' ? null : body, { status, headers })
}
