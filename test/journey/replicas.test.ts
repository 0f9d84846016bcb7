/** Two replicas of the French node on one PostgreSQL carry one journey between them: every request goes to the other one. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { FHIR_EVERYWHERE, planEurope } from '#node/europe/plan.ts'
import { prepareEurope } from '#node/europe/prepare.ts'
import { ownAccesses, readSummary } from '#portal/professional/journey-driver.ts'
import { chromiumPath, launch, openScreen } from '#portal/professional/test-browser.ts'
import { createPostgresDatabase, startPostgres } from '../databases.ts'
import { freeBase, type NodeUnderTest, startNodeProcess } from '../nodes.ts'
import { postgresInstalled } from '../postgres.ts'

const chromium = chromiumPath()
const missing = chromium
  ? postgresInstalled()
    ? false
    : 'PostgreSQL is not installed (apt-get install postgresql).'
  : 'Chromium is not installed (apt-get install chromium).'

describe('two replicas on one PostgreSQL', { skip: missing }, () => {
  const home = mkdtempSync(join(tmpdir(), 'tessera-replicas-'))
  const nodes: NodeUnderTest[] = []
  const served = new Map<number, number>()
  let postgres: Awaited<ReturnType<typeof startPostgres>>
  let balancer: Server
  let browser: Browser
  let origin = ''

  before(async () => {
    postgres = await startPostgres()
    if (!postgres) throw new Error('PostgreSQL is installed but did not start.')
    const base = await freeBase()
    const database = await createPostgresDatabase(postgres)
    const prepared = await prepareEurope({
      home,
      data: join(import.meta.dirname, '..', '..', 'data'),
      plan: planEurope(base, FHIR_EVERYWHERE),
      databases: { FR: database },
    })
    const others = prepared
      .filter(({ name }) => ['eu', 'identity-provider', 'pt'].includes(name))
      .map(({ configuration }) => configuration)
    const french = prepared.find(({ name }) => name === 'fr')?.configuration ?? ''
    nodes.push(
      ...(await Promise.all(
        [...others, replica(french, base + 16, base + 18), replica(french, base + 17, base + 19)].map((file) =>
          startNodeProcess(file, home),
        ),
      )),
    )
    origin = `http://localhost:${base}`
    balancer = await balance(base, [base + 16, base + 17], served)
    browser = await launch(chromium ?? '')
  })
  after(async () => {
    await browser?.close()
    balancer?.closeAllConnections()
    balancer?.close()
    await Promise.all(nodes.map((node) => node.stop()))
    await postgres?.stop()
    rmSync(home, { recursive: true, force: true })
  })

  test('one journey, request by request on the other replica', async () => {
    const page = await (await openScreen(browser, { width: 1280, javaScript: false })).newPage()
    const plan = {
      origin,
      login: 'claire.martin',
      country: 'PT',
      answers: { 'id-2.16.17.710.820.1000.990.1.1': '298 123 456', birthDate: '1958-04-12' },
      purpose: 'TREATMENT',
    } as const
    await readSummary(page, plan)
    assert.match(await page.locator('.summary').innerText(), /FERREIRA/)
    const rows = await ownAccesses(page, plan)
    assert.ok(rows.some((row) => /Portugal/.test(row)))
    assert.equal(served.size, 2)
    assert.ok(
      [...served.values()].every((count) => count > 5),
      `unevenly served: ${[...served.values()]}`,
    )
  })
})

/** The same node once more: same keys, database and origin, other ports. */
function replica(configuration: string, portal: number, border: number): string {
  const described = JSON.parse(readFileSync(configuration, 'utf8'))
  described.portal.port = portal
  described.border.port = border
  const file = configuration.replace(/\.json$/, `-${portal}.json`)
  writeFileSync(file, JSON.stringify(described))
  return file
}

/** A load balancer that gives each request to the next replica. */
function balance(port: number, targets: readonly number[], count: Map<number, number>): Promise<Server> {
  let turn = 0
  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    turn += 1
    const target = targets[turn % targets.length] ?? 0
    count.set(target, (count.get(target) ?? 0) + 1)
    const { method, url, headers } = incoming
    const forwarded = request({ host: '127.0.0.1', port: target, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      answer.pipe(outgoing)
    })
    forwarded.on('error', () => outgoing.destroy())
    incoming.pipe(forwarded)
  })
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)))
}
