/** The body's and the holder's pages in a real browser: wide and on a phone, with and without JavaScript; checked by axe and weighed. */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import type { Browser, Page } from 'playwright-core'
import type { NewFollowUp } from '#research/applications/register/audit-follow-up.ts'
import { BASE, type TestHolder, testHolder } from '../holder/test-holder.ts'
import { chromiumPath, faults, fits, launch, openScreen, type Screen, weigh } from '../professional/test-browser.ts'
import { INS, type TestBody, testBody } from './test-access-body.ts'

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
const DATASET = `${BASE}cancer`
const ofDataset = `dataset=${encodeURIComponent(DATASET)}`

describe('pages of access body and holder in Chromium', { skip }, () => {
  let browser: Browser
  let body: TestBody
  let holder: TestHolder
  let server: Server
  let origin: string
  let paths: readonly string[]
  /** Those with the most in them. */
  let heavy: readonly string[]
  let ready: string

  before(async () => {
    body = await testBody()
    holder = await testHolder()
    const fresh = await body.submitted(1, '2028-11-01T10:00:00Z', 'Late study')
    ready = await body.assessed(2, 'Ready study')
    const open = await body.assessed(4, 'Open study')
    const live = await body.granted(3, 'Live study')
    const output = await body.waitingOutput(live, 3)
    await holder.post('/new', [
      ['title', 'Cancer'],
      ['access', 'NON_PUBLIC'],
    ])
    for (const [release, folder] of [
      ['r1', 'spring'],
      ['r2', 'summer'],
      ['r3', 'autumn'],
    ] as const) {
      await holder.post('/releases', [
        ['dataset', DATASET],
        ['folder', folder],
        ['release', release],
      ])
      await holder.releases.settled()
    }
    await holder.post('/use', [
      ['dataset', DATASET],
      ['release', 'r2'],
    ])
    const asked = await holder.askedFor(1, DATASET)
    const found = { audited: '2029-04-20', environment: 'spe-1', auditor: 'Auditors', findings: 'Logs are short.' }
    const auditor = { person: 'https://id.example|a', role: 'auditor', organisation: 'hdab-FR' } as const
    const measures = { words: 'Keep them longer.' }
    const followUp = async (one: NewFollowUp, audit: number, seen: number) =>
      assert.ok((await body.followUps.record({ audit, followUp: one, seen }, auditor)).ok)
    for (const [until, more] of [
      ['2029-04-29', '2029-05-01'],
      ['2029-09-01', undefined],
      ['2029-04-25', undefined],
      ['2029-05-01', undefined],
    ] as const) {
      assert.ok((await body.audits.record({ ...found, kind: 'own', measures: { ...measures, until } }, auditor)).ok)
      if (more) await followUp({ outcome: 'extended', day: more, words: 'The disks come late.' }, 1, 0)
    }
    await followUp({ outcome: 'carried-out', day: '2029-05-02', words: 'Bigger disks are in, looked at.' }, 1, 1)
    paths = [
      ...[
        '',
        '/cases',
        '/outputs',
        `/outputs/${output}`,
        '/register',
        '/report',
        '/audits',
        '/audits/new',
        '/audits/1/measures',
        '/audits/1/measures?replaces=2',
        '/audits/2/measures',
        '/opt-outs',
        '/nowhere',
      ].map((path) => `/access-body${path}`),
      ...['', '/application', '/history', '/ask-completion'].map((path) => `/access-body/cases/${fresh}${path}`),
      ...['/grant', '/assess', '/estimate-fee'].map((path) => `/access-body/cases/${open}${path}`),
      ...['', '/suspend', '/notify-finding'].map((path) => `/access-body/cases/${live}${path}`),
      ...['', '/new', '/import', '/cases', `/cases/${asked}`].map((path) => `/holder${path}`),
      ...[
        '/dataset?',
        '/edit?',
        '/edit?at=distribution.0&',
        '/releases?',
        '/release?release=r1&',
        '/label?release=r1&',
        // Refused, and to be confirmed with a table that has lost its rows.
        '/use?release=r1&',
        '/use?release=r3&',
      ].map((path) => `/holder${path}${ofDataset}`),
    ]
    heavy = [
      '/access-body/audits',
      '/access-body/audits/new',
      '/access-body/opt-outs',
      '/access-body/audits/1/measures?replaces=2',
      '/access-body/audits/2/measures',
      `/access-body/cases/${open}/grant`,
      `/access-body/cases/${live}`,
      `/access-body/outputs/${output}`,
      '/access-body',
      `/holder/edit?${ofDataset}`,
      `/holder/dataset?${ofDataset}`,
      `/holder/use?release=r3&${ofDataset}`,
    ]
    const app = new Hono().mount('/', (request) =>
      (new URL(request.url).pathname.startsWith('/holder') ? holder : body).app.fetch(request),
    )
    server = createServer(getRequestListener((request) => app.fetch(request)))
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const address = server.address()
    assert.ok(address && typeof address === 'object')
    origin = `http://127.0.0.1:${address.port}`
    browser = await launch(chromium ?? '')
  })
  after(async () => {
    await browser?.close()
    server?.closeAllConnections()
    server?.close()
    await body?.close()
    await holder?.close()
  })

  async function open(screen: Screen): Promise<Page> {
    const context = await openScreen(browser, screen)
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    return page
  }

  /** Signed in as an officer of the body, or of the holder. */
  async function as(page: Page, path: string): Promise<void> {
    const value = path.startsWith('/holder') ? 'registry' : 'everything'
    await page.context().addCookies([{ name: 'desk', value, domain: '127.0.0.1', path: '/' }])
    await page.goto(`${origin}${path}`)
  }

  test('without JavaScript a permit is granted, and a mistake is led to its field', async () => {
    const page = await open({ width: 400, javaScript: false })
    await as(page, `/access-body/cases/${ready}/grant`)
    await page.fill('#floor', '2')
    await page.locator('details:has(> summary code:text-is("person")) summary').click()
    await page.locator('input[name="whole-0"][value="person"]').check()
    await page.locator('form.form .btn.main').click()
    assert.equal(await page.locator('#errors a').first().getAttribute('href'), '#floor')
    assert.equal(await page.locator('#errors a').count(), 2)
    assert.equal(await page.locator('input[name="whole-0"][value="person"]').isChecked(), true)
    await page.fill('#floor', '12')
    await page.check('#sure')
    await page.locator('form.form .btn.main').click()
    await page.waitForURL(/\?done=grant$/)
    assert.equal((await body.cases.load(ready))?.parts.FR?.permit?.disclosure.frequencyFloor, 12)
    await page.context().close()
  })

  test('without JavaScript and by keyboard a release that lost a table is used once that is ticked', async () => {
    const page = await open({ width: 400, javaScript: false })
    await as(page, `/holder/release?release=r3&${ofDataset}`)
    await page.locator('a.btn.main').press('Enter')
    await page.locator('form .btn.main').press('Enter')
    assert.equal(await page.locator('#errors a').getAttribute('href'), '#without')
    await page.locator('#without').press('Space')
    await page.locator('form .btn.main').press('Enter')
    await page.waitForURL(/done=use$/)
    assert.equal((await holder.current.currentOf(DATASET))?.release, 'r3')
    await page.context().close()
  })

  test('without JavaScript it is recorded that overdue measures were carried out, and a mistake is led to its field', async () => {
    const page = await open({ width: 400, javaScript: false })
    await as(page, '/access-body')
    await page.locator('.alert a', { hasText: 'audits' }).click()
    await page.locator('section.block').first().locator('.btn[href*="/measures"]').click()
    await page.waitForURL(/\/audits\/3\/measures/)
    await page.locator('input[name="outcome"][value="carried-out"]').check()
    await page.fill('#day', '2029-05-03')
    await page.fill('#words', 'Closed.')
    await page.locator('form.form .btn.main').click()
    assert.equal(await page.locator('#errors a').getAttribute('href'), '#day')
    assert.equal(await page.locator('input[name="outcome"][value="carried-out"]').isChecked(), true)
    await page.fill('#day', '2029-05-02')
    await page.locator('form.form .btn.main').click()
    await page.waitForURL(/done=yes$/)
    const audit = await body.audits.find(3)
    const [{ followUps = [] } = {}] = await body.followUps.of(audit ? [audit] : [])
    assert.deepEqual(
      followUps.map(({ outcome, day, words }) => [outcome, day, words]),
      [['carried-out', '2029-05-02', 'Closed.']],
    )
    await page.context().close()
  })

  for (const javaScript of [false, true]) {
    test(`${javaScript ? 'with' : 'without'} JavaScript a person is looked up, opts out and takes it back; a mistake is led to its field`, async () => {
      const page = await open({ width: 400, javaScript })
      const seen = async (name: string): Promise<void> => {
        assert.ok(await fits(page), name)
        if (javaScript) assert.deepEqual(await faults(page), [], name)
        if (PICTURES) await page.screenshot({ path: `${PICTURES}/opt-out-${name}-${javaScript}.png`, fullPage: true })
      }
      const number = javaScript ? '155127512345678' : '255127512345678'
      const choose = () => page.locator('main form .btn.main').press('Enter')
      await as(page, '/access-body/opt-outs')
      await page.fill('#value', '12')
      await choose()
      assert.equal(await page.locator('#errors a').getAttribute('href'), '#value')
      await seen('mistake')
      await page.fill('#value', number)
      await choose()
      await page.locator('#received').fill('2029-04-30')
      await seen('nothing-recorded')
      await choose()
      await page.locator('.alert.success').waitFor()
      await seen('recorded')
      await choose()
      await page.locator('.timeline li').nth(1).waitFor()
      await seen('withdrawn')
      const history = await body.optOuts.history(`${INS.system}|${number}`)
      assert.deepEqual(history, [
        { person: `${INS.system}|${number}`, from: '2029-04-29T22:00:00.000Z', to: '2029-05-02T10:00:00.000Z' },
      ])
      await page.context().close()
    })
  }

  for (const screen of SCREENS) {
    const how = `${screen.width} px ${screen.javaScript ? 'with' : 'without'} JavaScript`
    test(`every page fits and has no serious fault, ${how}`, async () => {
      const wrong: string[] = []
      const page = await open(screen)
      for (const path of screen.width === 1280 || PICTURES ? paths : heavy) {
        await as(page, path)
        if (PICTURES) {
          const name = `${path
            .replace(/dataset=.*/, '')
            .replace(/[0-9a-f]{8}-[0-9a-f-]+/, 'x')
            .replace(/[^a-z]+/gi, '-')}-${screen.width}${screen.javaScript ? '' : '-plain'}.png`
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

  test('the heaviest pages are light: at most 60 KB with everything it loads', async (t) => {
    const page = await open({ width: 1280, javaScript: true })
    const weights: (readonly [string, number])[] = []
    for (const path of heavy) {
      await as(page, path)
      weights.push([path, await weigh(page, `${origin}${path}`)])
    }
    for (const [path, bytes] of weights) t.diagnostic(`${path} ${(bytes / 1024).toFixed(1)} KB`)
    assert.deepEqual(
      weights.filter(([, bytes]) => bytes > HEAVIEST || bytes < 1000),
      [],
    )
    await page.context().close()
  })
})
