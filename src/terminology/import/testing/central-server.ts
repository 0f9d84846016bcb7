/** The interface of the Central Terminology Server as its clients use it, on this machine. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'

const servers: Server[] = []
after(() => {
  for (const server of servers) server.close()
})

export const OID = '1.3.6.1.4.1.12559.11.10.1.3.1.42.24'
const PAGES = [250, 250, 3]

export interface Behaviour {
  /** Page requests that fail with 503 before one is answered. */
  failures?: number
  /** The session ends after so many pages. */
  sessionLength?: number
  /** Stops answering after so many pages, for good. */
  breaksAfter?: number
  version?: string
}

/** The interface of the central server as its clients use it. */
export async function centralServer(behaviour: Behaviour) {
  const asked: string[] = []
  let session = 0
  let left = 0
  let failures = behaviour.failures ?? 0
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost')
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const send = (status: number, content: unknown) => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(JSON.stringify(content))
      }
      if (url.pathname.endsWith('/login')) {
        const good = new URLSearchParams(body).get('password') === 'secret'
        if (good) {
          session++
          left = behaviour.sessionLength ?? Number.POSITIVE_INFINITY
        }
        response.writeHead(
          302,
          good ? { 'set-cookie': `JSESSIONID=${session}; HttpOnly`, location: '/home' } : { location: '/login?error' },
        )
        response.end()
        return
      }
      if (request.headers.cookie !== `JSESSIONID=${session}` || session === 0 || left-- <= 0) {
        response.writeHead(302, { location: '/login' })
        response.end()
        return
      }
      if (url.pathname.endsWith('/valuesetcatalog')) {
        const versionId = behaviour.version ?? 'v 1'
        send(200, {
          name: 'MVC 9',
          valueSetVersions: [{ versionId, valueSet: { id: OID, name: 'eHDSIActiveIngredient' } }],
        })
        return
      }
      const page = Number(url.searchParams.get('page'))
      if (failures-- > 0 || asked.length >= (behaviour.breaksAfter ?? Number.POSITIVE_INFINITY)) {
        send(503, {})
        return
      }
      asked.push(
        `${decodeURIComponent(url.pathname).split('/').slice(-4).join('/')} ${page} ${url.searchParams.get('maxtoreturn')}`,
      )
      send(
        200,
        Array.from({ length: PAGES[page] ?? 0 }, (_, index) => concept(`A${page}${index}`)),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/termserver`
  return { base, asked }
}

function concept(code: string) {
  return {
    code,
    codeSystemVersion: { versionId: '1', codeSystem: { id: '2.16.840.1.113883.6.73', name: 'ATC' } },
    designations: [{ name: code, language: 'en' }],
  }
}
