/** For browser tests: each page on each screen, checked by axe, photographed for who works on the look, and weighed. */
import type { Browser, BrowserContext } from 'playwright-core'
import { faults, fits, openScreen, type Screen, weigh } from '../professional/test-browser.ts'

export const SCREENS: readonly Screen[] = [
  { width: 1280, javaScript: true },
  { width: 400, javaScript: true, dark: true },
  { width: 400, javaScript: false },
]
const HEAVIEST = 60 * 1024
/** A folder for pictures, for people who work on the look. */
const PICTURES = process.env.TESSERA_PICTURES

export interface Screens {
  readonly origin: string
  readonly paths: readonly string[]
  /** Who looks, e.g. with a cookie. */
  readonly enter?: (context: BrowserContext) => Promise<void>
}

/** What is wrong, in words; nothing is good. */
export async function lookAt(
  browser: Browser,
  screen: Screen,
  { origin, paths, enter, name }: Screens & { readonly name: string },
): Promise<readonly string[]> {
  const context = await openScreen(browser, screen)
  await enter?.(context)
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  const wrong: string[] = []
  for (const [index, path] of paths.entries()) {
    await page.goto(`${origin}${path}`)
    if (PICTURES) {
      const file = `${name}-${index}${path.replace(/[^a-z]+/gi, '-').slice(-30)}-${screen.width}${screen.javaScript ? '' : '-plain'}.png`
      await page.screenshot({ path: `${PICTURES}/${file}`, fullPage: true })
    }
    if (!(await fits(page))) wrong.push(`${path} is wider than ${screen.width} pixels`)
    if (screen.javaScript) for (const { rule, where } of await faults(page)) wrong.push(`${path}: ${rule} at ${where}`)
  }
  await context.close()
  return wrong
}

/** Pages that weigh more than 60 KB with all they load, or next to nothing. */
export async function tooHeavy(
  browser: Browser,
  { origin, paths, enter }: Screens,
  tell: (line: string) => void,
): Promise<readonly string[]> {
  const context = await openScreen(browser, { width: 1280, javaScript: true })
  await enter?.(context)
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  const wrong: string[] = []
  for (const path of paths) {
    const bytes = await weigh(page, `${origin}${path}`)
    tell(`${path} ${(bytes / 1024).toFixed(1)} KB`)
    if (bytes > HEAVIEST || bytes < 1000) wrong.push(`${path} weighs ${bytes} bytes`)
  }
  await context.close()
  return wrong
}
