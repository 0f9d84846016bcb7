/** The page in a real browser: axe finds nothing serious, at both widths, in light and dark, with every detail open. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import { openMessages } from '#platform/i18n/messages.ts'
import { readDocument } from '../read.ts'
import { renderPage } from './page.ts'
import { portugueseSummary } from './test-documents.ts'
import { quietTerminology } from './test-terminology.ts'
import { summaryView } from './view.ts'

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)
const PROJECT = join(import.meta.dirname, '../../..')
const CORPUS = join(PROJECT, '../shared/corpus')

interface Violation {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly { readonly html: string }[]
}

function pages(): string[] {
  const files = ['openncp/cda/ps/v9__EHEALTH-8308.xml', 'fhir/ig-ips/Bundle-IPS-examples-Bundle-01.json']
    .map((file) => join(CORPUS, file))
    .filter((file) => existsSync(file))
  const documents = [portugueseSummary(), ...files.map((file) => readFileSync(file))]
  const messages = openMessages(join(PROJECT, 'data/messages'), 'fr')
  return documents.map((bytes) => {
    const read = readDocument(bytes, { terminology: quietTerminology })
    assert.ok(read.ok)
    return renderPage(
      summaryView(read.value, { language: 'fr', terminology: quietTerminology, messages, now: new Date() }),
    )
  })
}

test('axe finds nothing serious', { skip: CHROMIUM === undefined && 'Chromium is absent' }, async () => {
  const { chromium } = await import('playwright-core')
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  const browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: ['--no-sandbox'] })
  try {
    for (const html of pages()) {
      for (const [width, colorScheme] of [
        [1280, 'light'],
        [400, 'dark'],
      ] as const) {
        const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true })
        await page.setContent(html)
        await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true')
        await page.evaluate(axe)
        const found: unknown = await page.evaluate('axe.run().then(({ violations }) => violations)')
        const violations = (Array.isArray(found) ? found : []).filter(
          (one: Violation) => one.impact === 'serious' || one.impact === 'critical',
        )
        assert.deepEqual(
          violations.map((one: Violation) => `${one.id}: ${one.nodes[0]?.html.slice(0, 200)}`),
          [],
        )
        const overflow: unknown = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        )
        assert.equal(overflow, 0, `the page is wider than ${width} px`)
        await page.close()
      }
    }
  } finally {
    await browser.close()
  }
})
