/** The journey in a real browser: with and without JavaScript, wide and on a phone; checked by axe and weighed. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { getRequestListener } from '@hono/node-server'
import type { Browser, Page } from 'playwright-core'
import { readDocument } from '#documents/read.ts'
import { openTerminology } from '#terminology/index.ts'
import { openClaimsMapping } from '#trust/people/claims-mapping.ts'
import { relyingParty } from '#trust/people/relying-party.ts'
import { openRoleMap } from '#trust/people/role-map.ts'
import { testIdentityProvider } from '#trust/people/test-identity-provider/test-identity-provider.ts'
import {
  downloadPdf,
  findPatient,
  type JourneyPlan,
  ownAccesses,
  readSummary,
  signIn,
  signOut,
} from './journey-driver.ts'
import { documentRendering } from './rendering.ts'
import { chromiumPath, faults, fits, launch, openScreen, type Screen, weigh } from './test-browser.ts'
import { DATA, MARIA, refusal, type TestPortal, testPortal } from './test-surroundings.ts'

const chromium = chromiumPath()
const skip = chromium ? false : 'Chromium is not installed; on Debian: apt-get install chromium'
const HEAVIEST = 60 * 1024
const SCREENS: readonly Screen[] = [
  { width: 1280, javaScript: true },
  { width: 400, javaScript: true, dark: true },
  { width: 1280, javaScript: false },
  { width: 400, javaScript: false },
]

describe('the portal in Chromium', { skip }, () => {
  let browser: Browser
  let portal: TestPortal
  let origin: string
  const servers: Server[] = []
  const home = mkdtempSync(join(tmpdir(), 'tessera-portal-'))

  before(async () => {
    const idp = await listen()
    const site = await listen()
    servers.push(idp.server, site.server)
    origin = site.origin
    const secret = 'a-secret-of-the-test'
    const provider = await testIdentityProvider({
      issuer: `${idp.origin}/auth/realms/esante-wallet`,
      clients: [
        {
          clientId: 'portal',
          clientSecret: secret,
          redirectUris: [`${origin}/sign-in/callback`],
          postLogoutRedirectUris: [`${origin}/signed-out`],
          country: 'FR',
        },
      ],
      professionals: demoProfessionals(),
    })
    idp.server.on('request', provider.listener)
    const people = relyingParty({
      mapping: openClaimsMapping(join(DATA, 'identity-providers', 'pro-sante-connect.json')),
      roles: openRoleMap(join(DATA, 'roles'), 'FR'),
      country: 'FR',
      language: 'fr',
      discovery: provider.discovery,
      clientId: 'portal',
      clientSecret: secret,
      redirectUri: `${origin}/sign-in/callback`,
      postLogoutRedirectUri: `${origin}/signed-out`,
    })
    const terminology = await openTerminology({ cache: join(home, 'cache'), home })
    const bytes = readFileSync(join(DATA, 'demo', 'PT', 'documents', 'maria-joao-ferreira.L3.xml'))
    const document = readDocument(bytes, { terminology })
    assert.ok(document.ok)
    const now = (): Date => new Date()
    const rendering = documentRendering({ terminology, now })
    portal = await testPortal({ origin, people, document: document.value, rendering, now })
    site.server.on(
      'request',
      getRequestListener((request) => portal.app.fetch(request)),
    )
    browser = await launch(chromium ?? '')
  })

  after(async () => {
    await browser?.close()
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
    await portal?.database.close()
    rmSync(home, { recursive: true, force: true })
  })

  const plan = (look?: JourneyPlan['look']): JourneyPlan => ({
    origin,
    login: 'claire.martin',
    country: 'PT',
    answers: { 'id-2.16.17.710.820.1000.990.1.1': '298 123 456', birthDate: '1958-04-12' },
    purpose: 'TREATMENT',
    ...(look ? { look } : {}),
  })

  /** Nothing wider than the screen; where the checker can run, no serious fault. */
  const looking = (screen: Screen, wrong: string[], seen: string[]) => async (name: string, page: Page) => {
    seen.push(name)
    if (!(await fits(page))) wrong.push(`${name} is wider than ${screen.width} pixels`)
    if (!screen.javaScript) return
    for (const { rule, where } of await faults(page)) wrong.push(`${name}: ${rule} at ${where}`)
  }

  for (const screen of SCREENS) {
    const how = `${screen.width} px ${screen.javaScript ? 'with' : 'without'} JavaScript`
    test(`the whole journey, ${how}`, async () => {
      const wrong: string[] = []
      const seen: string[] = []
      const context = await openScreen(browser, screen)
      const page = await context.newPage()
      page.setDefaultTimeout(20_000)
      const walk = plan(looking(screen, wrong, seen))
      await readSummary(page, walk)
      assert.match((await page.locator('h1').textContent()) ?? '', /FERREIRA Maria João/)
      assert.match((await page.locator('.danger').first().textContent()) ?? '', /Pénicilline|Penicil/)
      const pdf = await downloadPdf(page)
      assert.match(pdf.suggestedFilename(), /\.pdf$/)
      const rows = await ownAccesses(page, walk)
      assert.match(rows[0] ?? '', /Relation de soins déclarée/)
      await signOut(page, walk)
      assert.deepEqual(wrong, [])
      assert.equal(seen.length, 12)
      await context.close()
    })
  }

  test('every other page and every refusal has no serious fault, wide and on a phone', async () => {
    for (const screen of SCREENS.filter(({ javaScript }) => javaScript)) {
      const wrong: string[] = []
      const look = looking(screen, wrong, [])
      const context = await openScreen(browser, screen)
      const page = await context.newPage()
      page.setDefaultTimeout(20_000)
      for (const path of ['help', 'accessibility', 'patients', 'nowhere', 'notices/2/el']) {
        await page.goto(`${origin}/${path}`)
        await look(path, page)
      }
      await signIn(page, plan())
      await page.goto(`${origin}/session`)
      await look('session', page)
      portal.countryB.answers.identify = refusal('ERROR_PI_NO_MATCH')
      await findPatient(page, plan(look))
      assert.match((await page.locator('h1').textContent()) ?? '', /Aucun patient ne correspond/)
      portal.countryB.answers.identify = { ok: true, value: [] }
      await page.goto(`${origin}/patients`)
      await page.locator('button[value="GR"]').click()
      await page.locator('form.form .btn.main').click()
      await page.locator('#errors').waitFor()
      await look('wrong answers', page)
      const focused = await page.evaluate('document.activeElement?.id')
      assert.equal(focused, 'errors', 'the list of errors has the focus')
      assert.deepEqual(wrong, [])
      await context.close()
    }
  })

  test('the keyboard alone signs in and reaches the form', async () => {
    const context = await openScreen(browser, { width: 1280, javaScript: false })
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    await page.goto(origin)
    await page.keyboard.press('Tab')
    assert.equal(await page.locator(':focus').getAttribute('href'), '#main', 'the first stop skips to the content')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    assert.equal(await page.locator(':focus').getAttribute('href'), '/sign-in')
    await page.keyboard.press('Enter')
    await page.locator('button[value="karim.haddad"]').waitFor()
    await page.locator('button[value="karim.haddad"]').focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(`${origin}/patients`)
    await context.close()
  })

  test('every page is light: at most 60 KB with everything it loads', async (t) => {
    const context = await openScreen(browser, { width: 1280, javaScript: true })
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    portal.countryB.answers.identify = { ok: true, value: [MARIA] }
    const addresses = [origin, `${origin}/help`, `${origin}/notices/2/pt`]
    await readSummary(
      page,
      plan(async (_, at) => void addresses.push(at.url())),
    )
    const weights = new Map<string, number>()
    for (const address of new Set(addresses.filter((one) => one.startsWith(origin)))) {
      weights.set(new URL(address).pathname.replace(/[0-9a-f-]{36}/, ':journey'), await weigh(page, address))
    }
    for (const [path, bytes] of weights) t.diagnostic(`${path} ${(bytes / 1024).toFixed(1)} KB`)
    assert.ok(weights.size >= 8)
    assert.deepEqual(
      [...weights].filter(([, bytes]) => bytes > HEAVIEST || bytes < 1000),
      [],
    )
    await context.close()
  })
})

function demoProfessionals() {
  const file: unknown = JSON.parse(readFileSync(join(DATA, 'demo', 'professionals.json'), 'utf8'))
  assert.ok(file && typeof file === 'object' && 'professionals' in file && Array.isArray(file.professionals))
  return file.professionals.map(({ login, country, illustrates, claims }) => ({
    login: String(login),
    country: String(country),
    description: String(illustrates),
    claims,
  }))
}

async function listen(): Promise<{ readonly server: Server; readonly origin: string }> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  assert.ok(address && typeof address === 'object')
  return { server, origin: `http://127.0.0.1:${address.port}` }
}
