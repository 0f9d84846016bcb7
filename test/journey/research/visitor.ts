/** For the journey: somebody of the demonstration in a browser of his own, who signs in and fills in forms as people do. */
import assert from 'node:assert/strict'
import type { Browser, Page } from 'playwright-core'
import { openScreen } from '#portal/professional/test-browser.ts'

/** A text, the value of a radio button or a choice, or the boxes that are ticked. */
export type Filled = Readonly<Record<string, string | readonly string[]>>

export interface Visitor {
  readonly page: Page
  /** Opens a page of the portal; fails the test when there is none. */
  open(path: string): Promise<void>
  /** Fills in the form that has the first of these fields and sends it with its button, or the one of this name and value. */
  send(fields: Filled, button?: string): Promise<void>
  /** Presses the first button that is found so, when a form has nothing to fill in. */
  press(button: string): Promise<void>
  /** The words of the page. */
  words(): Promise<string>
  leave(): Promise<void>
}

const PATIENCE_MS = 120_000

/** @param place the first page, which asks to sign in */
export async function signIn(browser: Browser, portal: string, login: string, place: string): Promise<Visitor> {
  const context = await openScreen(browser, { width: 1280, javaScript: false })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  await page.goto(`${portal}/sign-in?to=${encodeURIComponent(place)}`)
  await page.locator(`button[value="${login}"]`).click()
  await page.waitForURL((address) => address.origin === portal)
  return {
    page,
    async open(path) {
      const status = (await page.goto(`${portal}${path}`))?.status()
      assert.equal(status, 200, `${login} at ${path}`)
    },
    async send(fields, button) {
      const form = page
        .locator('main form')
        .filter({ has: page.locator(`[name="${Object.keys(fields)[0]}"]`) })
        .first()
      for (const [name, value] of Object.entries(fields)) await fill(form.locator(`[name="${name}"]`), value)
      const [name, chosen] = button?.split('=') ?? []
      const pressed =
        name === undefined
          ? form.locator('button:not([type="button"]):not([aria-hidden])').last()
          : form.locator(`button[name="${name}"][value="${chosen}"]:not([aria-hidden])`)
      await Promise.all([posted(page), pressed.click()])
      await page.waitForLoadState()
    },
    async press(button) {
      await Promise.all([posted(page), page.locator(button).and(page.locator(':not([aria-hidden])')).first().click()])
      await page.waitForLoadState()
    },
    words: () => page.locator('main').innerText(),
    leave: () => context.close(),
  }
}

function posted(page: Page): Promise<unknown> {
  return page.waitForResponse((response) => response.request().method() === 'POST')
}

async function fill(field: ReturnType<Page['locator']>, value: string | readonly string[]): Promise<void> {
  const first = field.first()
  // Hidden fields say what the page needs back.
  if ((await first.getAttribute('type')) === 'hidden') return
  const [tag, type] = await first.evaluate((element) => [element.tagName, element.getAttribute('type') ?? ''])
  if (typeof value !== 'string' || type === 'radio' || type === 'checkbox') {
    for (const one of [value].flat()) {
      const box = field.and(first.page().locator(`[value="${one}"]`)).first()
      // What is folded away is unfolded first.
      await box.evaluate((element) => {
        for (let part = element.closest('details'); part; part = part.parentElement?.closest('details') ?? null)
          part.open = true
      })
      await box.check()
    }
  } else if (tag === 'SELECT') await first.selectOption(value)
  else await first.fill(value)
}
