/** The printed journey on the real demonstration, in a real browser: Portugal and Estonia, read in French. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { z } from 'zod'
import {
  declare,
  downloadPdf,
  findPatient,
  type JourneyPlan,
  openSummary,
  ownAccesses,
  readSummary,
  signIn,
  signOut,
} from '#portal/professional/journey-driver.ts'
import { chromiumPath, faults, fits, launch, openScreen, weigh } from '#portal/professional/test-browser.ts'
import { type Demonstration, startDemonstration } from '../demonstration.ts'

const chromium = chromiumPath()
const MOST_BYTES = 60 * 1024
const MOST_BYTES_WITH_DATA = 120 * 1024

const Entries = z.array(
  z.object({
    sequence: z.number(),
    event: z.looseObject({
      agent: z.array(z.looseObject({ who: z.looseObject({ display: z.string().optional() }).optional() })),
    }),
  }),
)

describe('the journey of the demonstration', {
  skip: chromium ? false : 'Chromium is not installed (apt-get install chromium).',
}, () => {
  let demonstration: Demonstration
  let browser: Browser

  before(async () => {
    demonstration = await startDemonstration()
    browser = await launch(chromium ?? '')
  })
  after(async () => {
    await browser?.close()
    await demonstration?.stop()
  })

  const plan = (more: Partial<JourneyPlan> = {}): JourneyPlan => ({
    origin: demonstration.portal('FR'),
    login: 'claire.martin',
    country: 'PT',
    answers: { 'id-2.16.17.710.820.1000.990.1.1': '298 123 456', birthDate: '1958-04-12' },
    purpose: 'TREATMENT',
    ...more,
  })
  const estonia = { country: 'EE', answers: { 'id-1.3.6.1.4.1.28284.6.2.2.1': '49503129993' } }
  const greece = { country: 'GR', answers: { 'id-2.16.17.710.808.1000.990.1': '12076499982', birthDate: '1964-07-12' } }

  for (const screen of [
    { width: 1280, javaScript: true },
    { width: 400, javaScript: false },
  ] as const) {
    test(`a Portuguese and an Estonian summary are read in French (${screen.width} px, JavaScript ${screen.javaScript ? 'on' : 'off'})`, async () => {
      const context = await openScreen(browser, screen)
      const page = await context.newPage()
      const look = async (name: string, seen: Page): Promise<void> => {
        // The identity provider stands for another service; its page is checked too, because people of the demonstration see it.
        if (screen.javaScript) assert.deepEqual(await faults(seen), [], name)
        assert.equal(await fits(seen), true, `${name} is wider than the screen`)
      }
      await readSummary(page, plan({ look }))
      const portuguese = await page.locator('.summary').innerText()
      assert.match(portuguese, /Warfarine|warfarine/)
      assert.match(portuguese, /Varfarina|varfarina/)
      assert.match(portuguese, /criticité élevée/i)
      assert.match(portuguese, /Chá de hipericão/)
      await readEstonian(page, look)
      const rows = await ownAccesses(page, plan({ look }))
      assert.ok(rows.some((row) => /Portugal/.test(row)) && rows.some((row) => /Estonie/.test(row)), rows.join(' | '))
      await signOut(page, plan({ look }))
      await context.close()
    })
  }

  async function readEstonian(page: Page, look: (name: string, page: Page) => Promise<void>): Promise<void> {
    const here = plan({ ...estonia, look })
    await findPatient(page, here)
    await declare(page, here)
    await openSummary(page, here)
    assert.match(await page.locator('.summary').innerText(), /TAMM/)
    assert.equal(
      await page
        .locator('.summary [lang="et"]')
        .count()
        .then((count) => count > 0),
      true,
    )
  }

  test('the bilingual PDF is tagged and holds the patient, and the access is in both ledgers', async () => {
    const context = await openScreen(browser, { width: 1280, javaScript: true })
    const page = await context.newPage()
    await readSummary(page, plan())
    const file = await (await downloadPdf(page)).path()
    const bytes = readFileSync(file)
    assert.equal(bytes.subarray(0, 5).toString('latin1'), '%PDF-')
    assert.match(bytes.toString('latin1'), /\/MarkInfo|\/StructTreeRoot/)
    const text = textOfPdf(file)
    if (text !== undefined) {
      assert.match(text, /FERREIRA/)
      assert.match(text, /Chá de hipericão/)
    }
    for (const node of ['fr', 'pt']) {
      const listed = demonstration.run('ledger', 'list', '--node', node, '--json', '--limit', '50')
      assert.equal(listed.status, 0, listed.stderr)
      const mine = Entries.parse(JSON.parse(listed.stdout)).filter(({ event }) =>
        event.agent.some(({ who }) => /MARTIN/i.test(who?.display ?? '')),
      )
      assert.ok(mine.length > 0, `no access of hers in the ledger of ${node}`)
      assert.equal(demonstration.run('ledger', 'verify', '--node', node).status, 0)
    }
    await context.close()
  })

  test('every page keeps its weight, the summary with data too', async () => {
    const context = await openScreen(browser, { width: 1280, javaScript: true })
    const page = await context.newPage()
    const addresses: string[] = []
    await readSummary(
      page,
      plan({
        ...greece,
        look: async (name, seen) => void (name === 'identity-provider' || addresses.push(seen.url())),
      }),
    )
    for (const address of addresses) {
      const bytes = await weigh(page, address)
      const most = /documents\/./.test(new URL(address).pathname) ? MOST_BYTES_WITH_DATA : MOST_BYTES
      assert.ok(bytes > 0 && bytes <= most, `${address} weighs ${bytes} bytes`)
    }
    await context.close()
  })

  test('refusals are pages: nobody, several people, opted out like no document, no role', async () => {
    const context = await openScreen(browser, { width: 400, javaScript: false })
    const page = await context.newPage()
    await signIn(page, plan())
    const portuguese = (id: string, birthDate: string) =>
      plan({ answers: { 'id-2.16.17.710.820.1000.990.1.1': id, birthDate } })
    const words = async (asked: JourneyPlan): Promise<string> => {
      await findPatient(page, asked)
      return page.locator('main').innerText()
    }
    const nobody = await words(portuguese('999 999 999', '1958-04-12'))
    const several = await words(portuguese('312 654 987', '2009-06-05'))
    const wrong = await words(portuguese('12', '1958-04-12'))
    assert.notEqual(nobody, several)
    assert.match(wrong, /12/)
    const answers: string[] = []
    for (const [id, birthDate] of [
      ['284 556 731', '1971-09-30'],
      ['301 447 802', '1990-02-17'],
    ] as const) {
      await findPatient(page, portuguese(id, birthDate))
      await declare(page, portuguese(id, birthDate))
      answers.push(await page.locator('main').innerText())
    }
    const [optedOut, without] = answers.map((text) =>
      text.replace(/Tavares|Rui Miguel|Antunes Lopes|Beatriz|TAVARES|ANTUNES LOPES|\d{1,2}[:h]\d{2}/g, '…'),
    )
    assert.equal(optedOut, without)
    await context.close()
    const other = await openScreen(browser, { width: 400, javaScript: false })
    const refused = await other.newPage()
    await signIn(refused, plan({ login: 'paul.girard' }))
    await refused.goto(`${demonstration.portal('FR')}/patients`)
    assert.equal(await refused.locator('button[name="country"]').count(), 0)
    await other.close()
  })
})

function textOfPdf(file: string): string | undefined {
  try {
    return execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' })
  } catch {
    return undefined
  }
}
