/** A release of terminology in the real demonstration: staged by command, looked at, approved by another person, published, taken back. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import {
  chromiumPath,
  faults,
  fits,
  launch,
  openScreen,
  type Screen,
  weigh,
} from '#portal/professional/test-browser.ts'
import { resourcesArtifact } from '#terminology/releases/testing.ts'
import { type Demonstration, startDemonstration } from '../demonstration.ts'

const chromium = chromiumPath()
const MOST_BYTES = 60 * 1024
/** A folder for pictures, for people who work on the look. */
const PICTURES = process.env.TESSERA_PICTURES
const ICD = 'http://hl7.org/fhir/sid/icd-10'

describe('the release centre of the demonstration', {
  skip: chromium ? false : 'Chromium is not installed (apt-get install chromium).',
}, () => {
  let demonstration: Demonstration
  let browser: Browser

  before(async () => {
    demonstration = await startDemonstration()
    browser = await launch(chromium ?? '')
    if (PICTURES) mkdirSync(PICTURES, { recursive: true })
  })
  after(async () => {
    await browser?.close()
    await demonstration?.stop()
  })

  /** The number under which it is staged in the French node's own database. */
  const stage = async (word: string): Promise<number> => {
    const concept = [{ code: 'I48', designation: [{ language: 'fr', value: word }] }]
    const id = await resourcesArtifact(demonstration.home, 'words', [
      {
        resourceType: 'CodeSystem',
        url: 'urn:x:words',
        status: 'active',
        content: 'supplement',
        supplements: ICD,
        concept,
      },
    ])
    const config = join(demonstration.home, 'fr', 'node.json')
    const command = ['terminology', 'release', 'stage', id, '--by', 'Agnès LAMBERT', '--title', word]
    const staged = demonstration.run(...command, '--config', config, '--json')
    assert.equal(staged.status, 0, staged.stderr)
    return Number(JSON.parse(staged.stdout).number)
  }
  const current = (): { release: number; artifacts: string[] } =>
    JSON.parse(readFileSync(join(demonstration.home, 'terminology', 'current.json'), 'utf8'))

  const enter = async (screen: Screen, login: string): Promise<{ context: BrowserContext; page: Page }> => {
    const context = await openScreen(browser, screen)
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    await page.goto(`${demonstration.portal('FR')}/authority/terminology`)
    await page.locator('a.btn.main').click()
    await page.locator(`button[value="${login}"]`).click()
    await page.waitForURL((address) => address.pathname === '/authority/terminology')
    return { context, page }
  }

  for (const screen of [
    { width: 1280, javaScript: true },
    { width: 400, javaScript: false },
  ] as const) {
    const how = `${screen.width} px, JavaScript ${screen.javaScript ? 'on' : 'off'}`
    test(`two persons bring a release to its end and take it back (${how})`, async () => {
      const look = async (name: string, page: Page): Promise<void> => {
        if (screen.javaScript) assert.deepEqual(await faults(page), [], name)
        assert.equal(await fits(page), true, `${name} is wider than the screen`)
        if (PICTURES) await page.screenshot({ path: join(PICTURES, `${name}-${screen.width}.png`), fullPage: true })
      }
      const earlier = await stage(`Fibrillation ${screen.width}`)
      const one = await enter(screen, 'agnes.lambert')
      const two = await enter(screen, 'thomas.renaud')
      const open = (page: Page, number: number) =>
        page.goto(`${demonstration.portal('FR')}/authority/terminology/${number}`)
      const press = async (page: Page, action: string, note?: string): Promise<void> => {
        if (note !== undefined) await page.locator(`#note-${action}`).fill(note)
        await page.locator(`form[action$="/${action}"] button`).click()
        await page.waitForLoadState()
      }

      await look('list', two.page)
      await open(one.page, earlier)
      await press(one.page, 'approve')
      assert.match(await one.page.locator('main').innerText(), /cannot approve it/)
      await look('refused', one.page)

      await open(two.page, earlier)
      await look('staged', two.page)
      // Maria's atrial fibrillation is told in other words: that is what somebody must look at.
      assert.match(await two.page.locator('main').innerText(), new RegExp(`Fibrillation ${screen.width}`))
      await press(two.page, 'approve', 'Comparé.')
      await look('approved', two.page)
      await open(one.page, earlier)
      await press(one.page, 'publish')
      await look('published', one.page)
      assert.equal(current().release, earlier)

      const later = await stage(`Fibrillation auriculaire ${screen.width}`)
      assert.ok(later > earlier)
      await open(two.page, later)
      await press(two.page, 'approve')
      await open(one.page, later)
      await press(one.page, 'publish')
      assert.equal(current().release, later)
      await open(one.page, earlier)
      await press(one.page, 'rollback', 'Un mot de trop.')
      assert.equal(current().release, earlier)
      await look('rolled-back', one.page)
      assert.ok((await weigh(one.page, one.page.url())) < MOST_BYTES)

      await one.page.goto(`${demonstration.portal('FR')}/terminology/releases`)
      assert.match(await one.page.locator('body').innerText(), new RegExp(`Version ${later} [^]*Version ${earlier} `))
      await look('public', one.page)
      await one.context.close()
      await two.context.close()
    })
  }

  test('a doctor has no way in, and the authority none to patients', async () => {
    const context = await openScreen(browser, { width: 1280, javaScript: true })
    const page = await context.newPage()
    const portal = demonstration.portal('FR')
    await page.goto(`${portal}/sign-in?to=%2Fauthority%2Fterminology`)
    await page.locator('button[value="lucas.bernard"]').click()
    await page.waitForURL((address) => address.origin === portal)
    assert.equal((await page.goto(`${portal}/authority/terminology`))?.status(), 403)
    assert.deepEqual(await faults(page), [])
    await context.close()
    const { context: own, page: authority } = await enter({ width: 1280, javaScript: true }, 'agnes.lambert')
    await authority.goto(`${portal}/patients`)
    assert.equal(new URL(authority.url()).pathname, '/authority/terminology')
    await authority.locator('form[action="/sign-out"] button').click()
    await authority.waitForURL((address) => address.origin === portal)
    assert.equal((await authority.goto(`${portal}/authority/terminology`))?.status(), 403)
    await own.close()
  })
})
