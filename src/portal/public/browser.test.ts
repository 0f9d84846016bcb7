/** The public pages in a real browser: wide and on a phone, with and without JavaScript; checked by axe and weighed. */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { getRequestListener } from '@hono/node-server'
import type { Browser } from 'playwright-core'
import type { Database } from '#platform/database/database.ts'
import { caseIdOf } from '#research/applications/testing/many-cases.ts'
import type { HarvestedCatalogues } from '#research/catalogue/harvest/reports.ts'
import { chromiumPath, launch } from '../professional/test-browser.ts'
import { lookAt, SCREENS, tooHeavy } from '../ui/test-screens.ts'
import { harvestExamples, harvestRelease5, MUCH_WRONG, SPOILT, VANISHED } from './test-harvests.ts'
import { OFFICIAL_DATASET, publishExample, type TestPublic, testPublic, withoutCorpus } from './test-public.ts'

const chromium = chromiumPath()
const skip = chromium ? false : 'Chromium is not installed; on Debian: apt-get install chromium'
const PATHS = [
  '/catalogue',
  '/catalogue?q=onco&country=BEL',
  ...(withoutCorpus
    ? []
    : [
        `/catalogue/dataset?iri=${encodeURIComponent(OFFICIAL_DATASET)}`,
        `/catalogue/dataset?iri=${encodeURIComponent(VANISHED)}&source=PT`,
        '/catalogue/harvests',
        '/catalogue/harvests?source=PT',
        `/catalogue/harvests?source=PT&dataset=${encodeURIComponent(SPOILT)}`,
        `/catalogue/harvests?source=IT&dataset=${encodeURIComponent(MUCH_WRONG)}`,
      ]),
  '/register',
  `/register/${caseIdOf(7)}`,
  '/register/report?from=2029-01-01&to=2031-06-01',
  '/catalogue/nowhere',
]

async function harvestMuch(database: Database): Promise<HarvestedCatalogues> {
  await harvestRelease5(database)
  return harvestExamples(database)
}

describe('the public pages in Chromium', { skip }, () => {
  let browser: Browser
  let pages: TestPublic
  let server: Server
  let origin: string

  before(async () => {
    pages = await testPublic(24, withoutCorpus ? undefined : harvestMuch)
    if (!withoutCorpus) await publishExample(pages)
    server = createServer(getRequestListener((request) => pages.app.fetch(request)))
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
    await pages?.close()
  })

  for (const screen of SCREENS) {
    test(`every page fits and has no serious fault, ${screen.width} px ${screen.javaScript ? 'with' : 'without'} JavaScript`, async () => {
      assert.deepEqual(await lookAt(browser, screen, { origin, paths: PATHS, name: 'public' }), [])
    })
  }

  test('every page is light: at most 60 KB with everything it loads', async (t) => {
    assert.deepEqual(await tooHeavy(browser, { origin, paths: PATHS }, (line) => t.diagnostic(line)), [])
  })
})
