/** The pages in a real browser: typing in the search, a concept, the console; with and without JavaScript, wide and on a phone. */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { getRequestListener } from '@hono/node-server'
import type { Browser, Page } from 'playwright-core'
import { chromiumPath, faults, fits, launch, openScreen, type Screen, weigh } from '../professional/test-browser.ts'
import { BODY, MAP, testPages, VALUE_SET } from './test-content.ts'

const chromium = chromiumPath()
const skip = chromium ? false : 'Chromium is not installed; on Debian: apt-get install chromium'
const HEAVIEST = 60 * 1024
/** A folder for pictures of every page, for people who work on their look. */
const PICTURES = process.env.TESSERA_PICTURES

const SCREENS: readonly Screen[] = [
  { width: 1280, javaScript: true },
  { width: 400, javaScript: true, dark: true },
  { width: 400, javaScript: false },
]

const PATHS: readonly (readonly [name: string, path: string])[] = [
  ['home', ''],
  ['results', '?q=douleur&inactive=yes'],
  ['results-foreign', '?q=cough&language=sv'],
  ['nothing', '?q=nothing-like-this'],
  ['concept', `/concept?system=${encodeURIComponent(BODY)}&code=12`],
  ['concept-children', `/concept?system=${encodeURIComponent(BODY)}&code=1&children=2`],
  ['concept-inactive', `/concept?system=${encodeURIComponent(BODY)}&code=14`],
  ['systems', '/systems'],
  ['value-sets', '/value-sets'],
  ['value-set', `/value-set?url=${encodeURIComponent(VALUE_SET)}`],
  ['maps', '/maps'],
  ['map', `/map?url=${encodeURIComponent(MAP)}`],
  ['ecl', '/ecl'],
  ['ecl-result', '/ecl?expression=%3C%3C+1'],
  ['ecl-mistake', '/ecl?expression=%3C+1+%3A'],
  ['ecl-too-costly', '/ecl?expression=HUGE'],
  ['coverage', '/coverage'],
  ['releases', '/releases'],
  ['refusal', '/concept?system=urn%3Anowhere&code=1'],
]

describe('the terminology pages in Chromium', { skip }, () => {
  let browser: Browser
  let server: Server
  let base: string

  before(async () => {
    const app = testPages()
    server = createServer(getRequestListener((request) => app.fetch(request)))
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const address = server.address()
    assert.ok(address && typeof address === 'object')
    base = `http://127.0.0.1:${address.port}/terminology`
    browser = await launch(chromium ?? '')
    if (PICTURES) mkdirSync(PICTURES, { recursive: true })
  })

  after(async () => {
    await browser?.close()
    server.closeAllConnections()
    server.close()
  })

  const open = async (screen: Screen) => {
    const context = await openScreen(browser, screen)
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    return { context, page }
  }

  const picture = async (page: Page, name: string): Promise<void> => {
    if (PICTURES) await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true })
  }

  for (const screen of SCREENS) {
    const how = `${screen.width} px ${screen.javaScript ? 'with' : 'without'} JavaScript`
    test(`every page fits and has no serious fault, ${how}`, async () => {
      const { context, page } = await open(screen)
      const wrong: string[] = []
      for (const [name, path] of PATHS) {
        await page.goto(base + path)
        assert.equal(await page.locator('h1').count(), 1, name)
        if (!(await fits(page))) wrong.push(`${name} is wider than ${screen.width} pixels`)
        if (screen.javaScript)
          for (const { rule, where } of await faults(page)) wrong.push(`${name}: ${rule} at ${where}`)
        await picture(page, `${name}-${screen.width}${screen.javaScript ? '' : '-plain'}`)
      }
      assert.deepEqual(wrong, [])
      await context.close()
    })
  }

  test('typing shows suggestions, the arrow keys choose, Enter opens the concept', async () => {
    const { context, page } = await open({ width: 1280, javaScript: true })
    await page.goto(base)
    const field = page.getByRole('combobox')
    await field.pressSequentially('tou', { delay: 20 })
    await page.locator('#suggestions [role=option]').first().waitFor()
    assert.equal(await field.getAttribute('aria-expanded'), 'true')
    assert.match((await page.locator('[role=option]').allTextContents()).join('\n'), /Toux sèche/)
    assert.match((await page.getByRole('status').textContent()) ?? '', /2 suggestions/)
    await picture(page, 'suggestions-1280')
    assert.deepEqual(await faults(page), [])
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    const active = await field.getAttribute('aria-activedescendant')
    assert.equal(await page.locator(`#${active}`).getAttribute('aria-selected'), 'true')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/concept\?/)
    assert.equal(await page.locator('h1').textContent(), 'Toux sèche')
    await page.getByRole('link', { name: 'Constatation' }).click()
    await page.waitForURL(/code=1&/)
    await context.close()
  })

  test('Escape closes the suggestions, Enter without a choice searches, and a foreign term says its language', async () => {
    const { context, page } = await open({ width: 400, javaScript: true })
    await page.goto(base)
    const field = page.getByRole('combobox')
    await field.pressSequentially('whee', { delay: 20 })
    const option = page.locator('[role=option]').first()
    await option.waitFor()
    assert.equal(await option.locator('span').first().getAttribute('lang'), 'en')
    assert.match((await option.textContent()) ?? '', /en anglais/)
    assert.ok(await fits(page))
    await picture(page, 'suggestions-400')
    await page.keyboard.press('Escape')
    assert.equal(await page.locator('#suggestions').isVisible(), false)
    await page.keyboard.press('Enter')
    await page.waitForURL(/q=whee/)
    assert.equal(await page.locator('.hits > li').count(), 1)
    await context.close()
  })

  test('without JavaScript the form searches, a hit opens, the console answers and explains its mistakes', async () => {
    const { context, page } = await open({ width: 400, javaScript: false })
    await page.goto(base)
    await page.locator('#q').fill('toux')
    await page.locator('form.search .btn.main').click()
    assert.equal(await page.locator('.hits > li').count(), 2)
    await page.locator('.hits a').first().click()
    assert.equal(await page.locator('h1').textContent(), 'Toux')
    await page.goto(`${base}/ecl`)
    await page.locator('#expression').fill('< 1')
    await page.locator('form.console .btn.main').click()
    assert.match((await page.locator('#results').textContent()) ?? '', /64 concepts/)
    await page.locator('#expression').fill('< 1 :')
    await page.locator('form.console .btn.main').click()
    assert.match((await page.locator('.mistake').textContent()) ?? '', /\n {5}\^$/)
    assert.equal(await page.locator('#expression').inputValue(), '< 1 :', 'what was written is kept')
    await context.close()
  })

  test('the content security policy stops nothing of the page’s own', async () => {
    const context = await browser.newContext({ locale: 'fr-FR' })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(base)
    await page.locator('#q').pressSequentially('toux', { delay: 20 })
    await page.locator('[role=option]').first().waitFor()
    await page.goto(`${base}/coverage`)
    assert.deepEqual(complaints, [])
    await context.close()
  })

  test('every page is light: at most 60 KB with everything it loads', async (t) => {
    const { context, page } = await open({ width: 1280, javaScript: true })
    const weights = new Map<string, number>()
    for (const [name, path] of PATHS) weights.set(name, await weigh(page, base + path))
    for (const [name, bytes] of weights) t.diagnostic(`${name} ${(bytes / 1024).toFixed(1)} KB`)
    assert.deepEqual(
      [...weights].filter(([, bytes]) => bytes > HEAVIEST || bytes < 1000),
      [],
    )
    await context.close()
  })
})
