/** Two homes and real HTTP between them, with connections that break off and bytes that change on the way. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type Handler, type HttpServer, serve } from '#platform/http/serve.ts'
import type { ArtifactId } from '#terminology/artifacts/artifact.ts'
import { artifactFolder, publishServed, readServed, verifyArtifact } from '#terminology/artifacts/store.ts'
import type { Release, ReleaseState } from '#terminology/releases/release.ts'
import { createReleaseOffer } from '#terminology/releases/subscription/offer.ts'
import { pullRelease } from '#terminology/releases/subscription/pull.ts'
import { artifactOf, codeOf, must } from '#terminology/releases/testing.ts'
import { releaseRoutes } from '#wire/releases/routes.ts'

const root = mkdtempSync(join(tmpdir(), 'tessera-pull-'))
const authority = mkdtempSync(join(root, 'authority-'))
const newHome = () => mkdtempSync(join(root, 'subscriber-'))
const BIG = Buffer.alloc(3_000_000, 'terminology ')

let server: HttpServer
/** What happens to an answer on its way. */
let onTheWay: (url: URL, response: Response) => Response | Promise<Response> = (_url, response) => response
let asked: string[] = []
let releases: Release[] = []
let small: ArtifactId
let large: ArtifactId

function release(number: number, state: ReleaseState, artifacts: readonly ArtifactId[]): Release {
  const stagedAt = '2026-11-24T10:00:00.000Z'
  return { number, title: `R${number}`, state, artifacts, base: [], stagedAt, stagedBy: 'Ana', publishedAt: stagedAt }
}

before(async () => {
  small = await artifactOf(authority, 'small', { 'a.txt': 'a', 'empty.txt': '' })
  large = await artifactOf(authority, 'large', { 'big.bin': BIG, 'b.txt': 'b' })
  const routes = releaseRoutes({ offer: createReleaseOffer({ home: authority, releases: async () => releases }) })
  const handler: Handler = async (request) => {
    asked.push(`${new URL(request.url).pathname} ${request.headers.get('range') ?? ''}`.trim())
    return onTheWay(new URL(request.url), await routes.fetch(request))
  }
  const started = await serve({ handler, port: 0, host: '127.0.0.1' })
  server = must(started)
})
after(async () => {
  await server.close()
  rmSync(root, { recursive: true, force: true })
})

/** A way to the server on which each connection is cut after some bytes of answers. */
async function frailWay(bytes: number): Promise<{ readonly url: string; close(): void }> {
  const proxy = createServer((client) => {
    const upstream = connect(server.port, '127.0.0.1')
    let left = bytes
    client.pipe(upstream)
    upstream.on('data', (chunk) => {
      client.write(chunk.subarray(0, left))
      left -= chunk.length
      if (left <= 0) {
        client.destroySoon()
        upstream.destroy()
      }
    })
    for (const socket of [client, upstream]) {
      socket.on('error', () => {})
      socket.on('close', () => (socket === client ? upstream : client).destroySoon())
    }
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = proxy.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.')
  return { url: `http://127.0.0.1:${address.port}`, close: () => proxy.close() }
}

function alter(which: RegExp, times: number) {
  let left = times
  return async (url: URL, response: Response): Promise<Response> => {
    if (!which.test(url.pathname) || left === 0) return response
    left -= 1
    const bytes = new Uint8Array(await response.arrayBuffer())
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
    return new Response(bytes, response)
  }
}

describe('a subscriber', () => {
  const begin = () => {
    releases = [
      release(4, 'staged', [small]),
      release(3, 'published', [large, small]),
      release(2, 'rolled-back', [large]),
      release(1, 'superseded', [small]),
    ]
    onTheWay = (_url, response) => response
    asked = []
    return newHome()
  }

  it('pulls the current release, whole and in order, and next time only what is new', async () => {
    const home = begin()
    releases = [release(1, 'published', [small])]
    const first = must(await pullRelease(server.url, home))
    assert.deepEqual([first.served?.artifacts, first.served?.pulled], [[small], { from: server.url, release: 1 }])
    begin()
    const progress: number[] = []
    const pulled = must(await pullRelease(`${server.url}/`, home, { progress: ({ bytes }) => progress.push(bytes) }))
    assert.equal(pulled.release.number, 3)
    assert.equal(pulled.fetched, BIG.length + 1)
    assert.equal(progress.at(-1), BIG.length + 1)
    assert.ok(asked.every((path) => !path.includes(small)))
    assert.deepEqual(must(await readServed(home))?.artifacts, [large, small])
    for (const id of [large, small]) must(await verifyArtifact(home, id))
    const manifest = (at: string) => readFileSync(join(artifactFolder(at, large), 'artifact.json'), 'utf8')
    assert.equal(manifest(home), manifest(authority))
    assert.equal(must(await pullRelease(server.url, home)).fetched, 0)
    assert.equal(must(await readServed(home))?.release, 2)
  })

  it('pulls by number; never what is not published, and what was taken back only when told so', async () => {
    const home = begin()
    assert.equal(must(await pullRelease(server.url, home, { version: 1 })).served?.pulled?.release, 1)
    assert.equal(codeOf(await pullRelease(server.url, home, { version: 2 })), 'terminology-pull-refused')
    assert.equal(codeOf(await pullRelease(server.url, home, { version: 4 })), 'terminology-pull-refused')
    assert.equal(codeOf(await pullRelease(server.url, home, { version: 9 })), 'terminology-pull-refused')
    assert.equal(must(await pullRelease(server.url, home, { version: 2, rolledBack: true })).release.number, 2)
  })

  it('goes on where the connection broke off, also in another process later', async () => {
    const home = begin()
    const way = await frailWay(1_000_000)
    const broken = await pullRelease(way.url, home, { attempts: 1 })
    assert.equal(codeOf(broken), 'terminology-pull-interrupted')
    assert.equal(must(await readServed(home)), undefined)
    const part = join(artifactFolder(home, large).concat('.pulling'), 'big.bin')
    const kept = readFileSync(part).length
    assert.ok(kept > 0 && kept <= 1_000_000, `${kept} bytes are kept`)
    asked = []
    const pulled = must(await pullRelease(way.url, home, { attempts: 10 }))
    way.close()
    assert.deepEqual(pulled.served?.artifacts, [large, small])
    const ranges = asked.filter((path) => path.includes('big.bin'))
    assert.equal(ranges[0], `/artifacts/${large}/big.bin bytes=${kept}-`)
    assert.ok(ranges.length > 1)
    must(await verifyArtifact(home, large))
    assert.deepEqual(readdirSync(join(home, 'terminology', 'artifacts')).sort(), [large, small].sort())
  })

  it('throws away a byte that changed on the way and asks again; gives up when it stays so', async () => {
    const home = begin()
    onTheWay = alter(/big\.bin$/, 1)
    must(await pullRelease(server.url, home))
    must(await verifyArtifact(home, large))
    const other = begin()
    onTheWay = alter(/big\.bin$/, Number.POSITIVE_INFINITY)
    assert.equal(codeOf(await pullRelease(server.url, other, { attempts: 2 })), 'terminology-pull-altered')
    assert.equal(must(await readServed(other)), undefined)
    assert.ok(!readdirSync(join(other, 'terminology', 'artifacts')).includes(large))
  })

  it('throws away what was left half and is of another content or too long', async () => {
    const home = begin()
    const folder = artifactFolder(home, large).concat('.pulling')
    for (const left of [Buffer.alloc(1000), Buffer.alloc(BIG.length + 1), BIG]) {
      rmSync(join(home, 'terminology'), { recursive: true, force: true })
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, 'big.bin'), left)
      writeFileSync(join(folder, 'other.bin'), left)
      asked = []
      must(await pullRelease(server.url, home))
      must(await verifyArtifact(home, large))
      assert.equal(
        asked.some((path) => path.includes('big.bin')),
        left !== BIG,
      )
    }
  })

  it('mends an artifact that was damaged here', async () => {
    const home = begin()
    must(await pullRelease(server.url, home))
    writeFileSync(join(artifactFolder(home, small), 'a.txt'), 'A')
    assert.equal(must(await pullRelease(server.url, home)).fetched, 1)
    must(await verifyArtifact(home, small))
  })

  it('fetches without serving when told so', async () => {
    const home = begin()
    assert.equal(must(await pullRelease(server.url, home, { serve: false })).served, undefined)
    assert.equal(must(await readServed(home)), undefined)
    must(await verifyArtifact(home, large))
  })

  it('refuses descriptions that are none, too large, or under whose ids other hashes stand', async () => {
    const home = begin()
    const answers: Readonly<Record<string, unknown>> = {
      nothing: 'x',
      shape: { format: 1 },
      other: { format: 1, release: release(1, 'superseded', [small]), contents: [] },
    }
    for (const json of Object.values(answers)) {
      onTheWay = () => Response.json(json)
      assert.equal(codeOf(await pullRelease(server.url, home)), 'terminology-pull-refused')
    }
    onTheWay = async (url, response) => {
      if (!url.pathname.endsWith('current')) return response
      const text = await response.text()
      const { a: hash } = /"a\.txt":"(?<a>[0-9a-f]{64})"/.exec(text)?.groups ?? {}
      return new Response(text.replaceAll(hash ?? '', '0'.repeat(64)), { headers: response.headers })
    }
    const forged = await pullRelease(server.url, home)
    assert.ok(!forged.ok)
    assert.match(forged.problem.sentence, /hashes of small-/)
    onTheWay = (_url, response) => response
    assert.equal(codeOf(await pullRelease(server.url, home, { maxBytes: 1000 })), 'terminology-pull-refused')
    assert.equal(codeOf(await pullRelease('ftp://x', home)), 'terminology-pull-refused')
    assert.deepEqual(
      readdirSync(join(home, 'terminology')).filter((name) => name === 'current.json'),
      [],
    )
  })

  it('gives up on a server that says nothing, and on one that is not there', async () => {
    const home = begin()
    onTheWay = () => new Promise(() => {})
    assert.equal(
      codeOf(await pullRelease(server.url, home, { attempts: 1, idleMs: 50 })),
      'terminology-pull-interrupted',
    )
    assert.equal(codeOf(await pullRelease('http://127.0.0.1:9', home, { attempts: 1 })), 'terminology-pull-interrupted')
  })

  it('lets one pull at a time work, and both succeed', async () => {
    const home = begin()
    const both = await Promise.all([pullRelease(server.url, home), pullRelease(server.url, home)])
    assert.deepEqual(both.map((one) => must(one).fetched).sort(), [0, BIG.length + 2])
  })
})

describe('the routes', () => {
  it('list what was published, and give nothing else', async () => {
    releases = [release(2, 'staged', [large]), release(1, 'published', [small])]
    onTheWay = (_url, response) => response
    const list = await (await fetch(server.url)).json()
    assert.deepEqual(list, {
      format: 1,
      current: 1,
      releases: [
        {
          number: 1,
          title: 'R1',
          state: 'published',
          publishedAt: '2026-11-24T10:00:00.000Z',
          artifacts: [small],
        },
      ],
    })
    for (const path of [
      `/artifacts/${large}/big.bin`,
      `/artifacts/${small}/artifact.json`,
      `/artifacts/${small}/..%2f..%2fcurrent.json`,
      `/artifacts/..%2f/x`,
      '/2',
      '/0',
      '/nothing',
    ]) {
      const response = await fetch(`${server.url}${path}`)
      assert.equal(response.status, 404, path)
      assert.doesNotMatch(await response.text(), new RegExp(root))
    }
  })

  it('answer ranges as RFC 9110 wants', async () => {
    releases = [release(1, 'published', [small])]
    const url = `${server.url}/artifacts/${small}/a.txt`
    const ask = async (range?: string) => {
      const response = await fetch(url, range === undefined ? {} : { headers: { range } })
      return [response.status, response.headers.get('content-range'), await response.text()]
    }
    assert.deepEqual(await ask(), [200, null, 'a'])
    assert.deepEqual(await ask('bytes=0-'), [206, 'bytes 0-0/1', 'a'])
    assert.deepEqual(await ask('bytes=1-'), [416, 'bytes */1', ''])
    assert.deepEqual(await ask('bytes=-1'), [200, null, 'a'])
    const head = await fetch(url, { method: 'HEAD' })
    assert.deepEqual([head.status, head.headers.get('content-length')], [200, '1'])
  })

  it('ask first whether somebody may pull, and offer what is served where there is no centre', async () => {
    const closed = releaseRoutes({
      offer: createReleaseOffer({ home: authority }),
      refuse: async () => new Response('Sign the licence first.', { status: 403 }),
    })
    assert.equal((await closed.request(`/artifacts/${small}/a.txt`)).status, 403)
    must(await publishServed(authority, [small]))
    const open = releaseRoutes({ offer: createReleaseOffer({ home: authority }) })
    assert.equal((await open.request(`/artifacts/${small}/a.txt`)).status, 200)
    assert.equal((await open.request(`/artifacts/${large}/b.txt`)).status, 404)
  })
})
