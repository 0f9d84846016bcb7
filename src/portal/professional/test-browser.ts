/** For tests: Debian's Chromium, and what every page is checked for. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'

const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]

export function chromiumPath(): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((directory) => join(directory, 'chromium'))
    .find((path) => existsSync(path))
}

export async function launch(executablePath: string): Promise<Browser> {
  const { chromium } = await import('playwright-core')
  return chromium.launch({ executablePath, args: FLAGS })
}

export interface Screen {
  readonly width: 1280 | 400
  readonly javaScript: boolean
  readonly dark?: boolean
}

export function openScreen(browser: Browser, screen: Screen): Promise<BrowserContext> {
  return browser.newContext({
    viewport: { width: screen.width, height: 900 },
    javaScriptEnabled: screen.javaScript,
    colorScheme: screen.dark ? 'dark' : 'light',
    locale: 'fr-FR',
    // The checker is injected from outside; the pages themselves allow no foreign script.
    bypassCSP: true,
  })
}

export interface Fault {
  readonly rule: string
  readonly impact: string
  readonly where: string
}

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Serious and critical faults that axe finds. Needs JavaScript in the browser, not in the page. */
export async function faults(page: Page): Promise<readonly Fault[]> {
  await page.evaluate(source)
  const found: unknown = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')
  if (typeof found !== 'object' || found === null || !('violations' in found) || !Array.isArray(found.violations))
    return []
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, impact, nodes }) =>
      nodes.map((node: { target: unknown; html: unknown }) => ({
        rule: String(id),
        impact: String(impact),
        where: `${String(node.target)} ${String(node.html).slice(0, 160)}`,
      })),
    )
}

/** True when nothing of the page is wider than the screen. */
export async function fits(page: Page): Promise<boolean> {
  return (await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')) === true
}

/** Bytes that the page and what it loads need on the wire, on a cold cache. */
export async function weigh(page: Page, address: string): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.clearBrowserCache')
  let bytes = 0
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  await page.goto(address, { waitUntil: 'networkidle' })
  await session.detach()
  return bytes
}
