import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { fetchCatalogue } from './cts-fetch.ts'
import { importPath, newFolder } from './testing/import-files.ts'

const servers: Server[] = []
after(() => {
  for (const server of servers) server.close()
})

const OID = '1.3.6.1.4.1.12559.11.10.1.3.1.42.24'
const PAGES = [250, 250, 3]

interface Behaviour {
  /** Page requests that fail with 503 before one is answered. */
  failures?: number
  /** The session ends after so many pages. */
  sessionLength?: number
  /** Stops answering after so many pages, for good. */
  breaksAfter?: number
  version?: string
}

/** The interface of the central server as its clients use it. */
async function centralServer(behaviour: Behaviour) {
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

const account = { username: 'ncp', password: 'secret', patience: 1 }

test('the whole catalogue, through failures and an ended session, then imported as one artifact', async () => {
  const { base, asked } = await centralServer({ failures: 2, sessionLength: 3 })
  const folder = newFolder()
  const fetched = await fetchCatalogue({ base, folder, ...account })
  assert.deepEqual(fetched, { ok: true, value: { catalogue: 'MVC 9', valueSets: 1, pages: 3, kept: 0 } })
  assert.equal(asked[0], `${OID}/valuesetdefinition/v 1/entries 0 250`)
  const imported = await importPath(folder)
  assert.equal(imported.result.concepts, 503 * 2)
  assert.deepEqual(imported.problems, [])
})

test('a synchronisation that broke off goes on; another state of the catalogue begins anew', async () => {
  const folder = newFolder()
  const first = await centralServer({ breaksAfter: 2 })
  const broken = await fetchCatalogue({ base: first.base, folder, ...account })
  assert.equal(broken.ok ? '' : broken.problem.code, 'terminology-cts-failed')
  const second = await centralServer({})
  const whole = await fetchCatalogue({ base: second.base, folder, ...account })
  assert.ok(whole.ok)
  assert.equal(whole.value.kept, 2)
  assert.equal(second.asked.length, 1)
  const newer = await centralServer({ version: 'v2' })
  const again = await fetchCatalogue({ base: newer.base, folder, ...account })
  assert.ok(again.ok)
  assert.equal(again.value.kept, 0)
})

test('a wrong account, a plain address, no server', async () => {
  const { base } = await centralServer({})
  const code = async (options: Partial<Parameters<typeof fetchCatalogue>[0]>) => {
    const result = await fetchCatalogue({ base, folder: newFolder(), ...account, ...options })
    return result.ok ? '' : result.problem.code
  }
  assert.equal(await code({ password: 'wrong' }), 'terminology-cts-login')
  assert.equal(await code({ base: 'http://cts.example.eu' }), 'terminology-cts-address')
  assert.equal(await code({ base: 'nonsense' }), 'terminology-cts-address')
  assert.equal(await code({ base: 'http://127.0.0.1:1' }), 'terminology-cts-failed')
})
