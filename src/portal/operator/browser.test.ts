/** The operator's pages in a real browser: wide and on a phone, with and without JavaScript; checked by axe and weighed. */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { getRequestListener } from '@hono/node-server'
import type { Browser, Page } from 'playwright-core'
import { chromiumPath, faults, fits, launch, openScreen, type Screen, weigh } from '../professional/test-browser.ts'
import { NOW, somethingHappened, type TestOperator, testOperator, twoSubmissions } from './test-operator.ts'

const chromium = chromiumPath()
const skip = chromium ? false : 'Chromium is not installed; on Debian: apt-get install chromium'
const HEAVIEST = 60 * 1024
/** A folder for pictures, for people who work on the look. */
const PICTURES = process.env.TESSERA_PICTURES
const SCREENS: readonly Screen[] = [
  { width: 1280, javaScript: true },
  { width: 400, javaScript: true, dark: true },
  { width: 400, javaScript: false },
]
const PATHS = [
  '',
  '/peers',
  '/peers/PT',
  '/peers/enter?country=PT',
  '/certificates',
  '/transactions',
  '/transactions/FR%3A1',
  '/deliveries',
  '/deliveries/2.25.1',
  '/masks',
  '/alerts',
  '/figures',
  '/nowhere',
]

describe('the operator’s pages in Chromium', { skip }, () => {
  let browser: Browser
  let node: TestOperator
  let server: Server
  let origin: string

  before(async () => {
    server = createServer()
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const address = server.address()
    assert.ok(address && typeof address === 'object')
    origin = `http://127.0.0.1:${address.port}`
    node = await testOperator(origin)
    server.on(
      'request',
      getRequestListener((request) => node.app.fetch(request)),
    )
    await somethingHappened(node)
    await twoSubmissions(node)
    const emergency = { country: 'PT', pointOfCare: 'a', patient: 'b', at: NOW, purpose: 'EMERGENCY' } as const
    await node.watch.observe({ ...emergency, service: 'patient-summary' })
    browser = await launch(chromium ?? '')
  })
  after(async () => {
    await browser?.close()
    server.closeAllConnections()
    server.close()
    await node?.close()
  })

  async function open(screen: Screen): Promise<Page> {
    const context = await openScreen(browser, screen)
    await context.addCookies([{ name: 'tessera-fr-session', value: node.secrets.operator, url: origin }])
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    return page
  }

  test('without JavaScript a country is entered, tested, and a mistake is led to its field', async () => {
    const page = await open({ width: 400, javaScript: false })
    await page.goto(`${origin}/operator/peers/enter`)
    await page.fill('#country', 'PT')
    await page.fill('#community', '2.16.17.710.820')
    await page.fill('#fhir', `${node.peerUrl}/fhir`)
    await page.fill('#certificates', 'nonsense')
    await page.fill('#seals', node.portugal.signature?.certificate ?? '')
    await page.locator('form.form .btn.main').click()
    assert.equal(await page.locator('#errors a').getAttribute('href'), '#certificates')
    assert.deepEqual(await fits(page), true)
    await page.fill('#certificates', node.portugal.tls.cert)
    await page.locator('form.form .btn.main').click()
    await page.waitForURL(/\/operator\/peers\/PT\?entered=yes$/)
    await page.locator('form[action$="/test"] button').click()
    assert.match((await page.locator('.alert').first().textContent()) ?? '', /Le pays répond/)
    await page.context().close()
  })

  for (const screen of SCREENS) {
    const how = `${screen.width} px ${screen.javaScript ? 'with' : 'without'} JavaScript`
    test(`every page fits and has no serious fault, ${how}`, async () => {
      const wrong: string[] = []
      const page = await open(screen)
      for (const path of PATHS) {
        await page.goto(`${origin}/operator${path}`)
        if (PICTURES) {
          const name = `operator${path.replace(/[^a-z]+/gi, '-')}-${screen.width}${screen.javaScript ? '' : '-plain'}.png`
          await page.screenshot({ path: `${PICTURES}/${name}`, fullPage: true })
        }
        if (!(await fits(page))) wrong.push(`${path} is wider than ${screen.width} pixels`)
        if (screen.javaScript) {
          for (const { rule, where } of await faults(page)) wrong.push(`${path}: ${rule} at ${where}`)
        }
      }
      assert.deepEqual(wrong, [])
      await page.context().close()
    })
  }

  test('every page is light: at most 60 KB with everything it loads', async (t) => {
    const page = await open({ width: 1280, javaScript: true })
    const weights: (readonly [string, number])[] = []
    for (const path of PATHS) weights.push([path, await weigh(page, `${origin}/operator${path}`)])
    for (const [path, bytes] of weights) t.diagnostic(`${path || '/'} ${(bytes / 1024).toFixed(1)} KB`)
    assert.deepEqual(
      weights.filter(([, bytes]) => bytes > HEAVIEST || bytes < 1000),
      [],
    )
    await page.context().close()
  })
})
