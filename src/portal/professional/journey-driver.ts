/**
 * Drives a real browser through the journey as a doctor would: by the words on buttons and labels. Works with and
 * without JavaScript, against any portal; `look` is called on every page, for checks and pictures.
 */
import type { Download, Page } from 'playwright-core'

export interface JourneyPlan {
  /** E.g. `http://127.0.0.1:4000`. */
  readonly origin: string
  /** A login of the test identity provider, e.g. `claire.martin`. */
  readonly login: string
  /** ISO 3166-1 alpha-2 of the patient's country. */
  readonly country: string
  /** What is typed, by field name of the search mask; `birthDate` as `YYYY-MM-DD`. */
  readonly answers: Readonly<Record<string, string>>
  readonly purpose: 'TREATMENT' | 'EMERGENCY'
  readonly reason?: string
  /** Position of the exercise to choose when there are several; the first by default. */
  readonly exercise?: number
  /** Told after every page: its name and the page. */
  readonly look?: (name: string, page: Page) => Promise<void>
}

const nobodyLooks = async (): Promise<void> => undefined

/** From the start page through the identity provider; ends on the choice of the country (or on its refusal). */
export async function signIn(page: Page, plan: JourneyPlan): Promise<void> {
  const { look = nobodyLooks } = plan
  await page.goto(plan.origin)
  await look('home', page)
  await page.locator('a.btn.main').first().click()
  await page.locator(`button[value="${plan.login}"]`).waitFor()
  await look('identity-provider', page)
  await page.locator(`button[value="${plan.login}"]`).click()
  await page.waitForURL((address) => address.origin === plan.origin)
  if (new URL(page.url()).pathname !== '/exercise') return
  await look('exercise', page)
  await page.locator(`input[name="exercise"][value="${plan.exercise ?? 0}"]`).check()
  await submit(page)
}

/** From the choice of the country to the person found, or to the page that says why nobody was. */
export async function findPatient(page: Page, plan: JourneyPlan): Promise<void> {
  const { look = nobodyLooks } = plan
  await page.goto(`${plan.origin}/patients`)
  await look('countries', page)
  await page.locator(`button[name="country"][value="${plan.country}"]`).click()
  await page.locator('form.form').waitFor()
  await look('identify', page)
  await fillMask(page, plan.answers)
  await submit(page)
  await look('identity', page)
}

async function fillMask(page: Page, answers: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(answers)) {
    const [year, month, day] = value.split('-')
    if (name === 'birthDate' && year && month && day) {
      await page.locator(`[id="${name}-day"]`).fill(day)
      await page.locator(`[id="${name}-month"]`).fill(month)
      await page.locator(`[id="${name}-year"]`).fill(year)
    } else await page.locator(`[id="${name}"]`).fill(value)
  }
}

/** Confirms the identity, hands over the notice, declares why; ends on the list of documents or on a refusal. */
export async function declare(page: Page, plan: JourneyPlan): Promise<void> {
  const { look = nobodyLooks } = plan
  await page.locator('input[name="evidence"][value="identity-card"]').check()
  await page.locator('input[name="verdict"][value="same"]').check()
  await submit(page)
  await look('notice', page)
  await page.locator('#informed').check()
  await submit(page)
  await look('relationship', page)
  await page.locator(`input[name="purpose"][value="${plan.purpose}"]`).check()
  if (plan.reason) await page.locator('#reason').fill(plan.reason)
  await submit(page)
  await look('documents', page)
}

/** Opens the first document that can be translated. */
export async function openSummary(page: Page, plan: JourneyPlan): Promise<void> {
  const { look = nobodyLooks } = plan
  await page.locator('article a.btn.main').first().click()
  await page.locator('.summary').waitFor()
  await look('summary', page)
}

/** Takes the bilingual PDF away. */
export async function downloadPdf(page: Page): Promise<Download> {
  const coming = page.waitForEvent('download')
  await page.locator('a[href$="/summary.pdf"]').click()
  return coming
}

/** The professional's own accesses, one text per row, the newest first. */
export async function ownAccesses(page: Page, plan: JourneyPlan): Promise<readonly string[]> {
  const { look = nobodyLooks } = plan
  await page.goto(`${plan.origin}/accesses`)
  await look('accesses', page)
  return page.locator('tbody tr').allInnerTexts()
}

export async function signOut(page: Page, plan: JourneyPlan): Promise<void> {
  const { look = nobodyLooks } = plan
  await page.locator('form[action="/sign-out"] button').click()
  await page.waitForURL((address) => address.origin === plan.origin)
  await look('signed-out', page)
}

/** The whole journey up to the summary. */
export async function readSummary(page: Page, plan: JourneyPlan): Promise<void> {
  await signIn(page, plan)
  await findPatient(page, plan)
  await declare(page, plan)
  await openSummary(page, plan)
}

async function submit(page: Page): Promise<void> {
  const left = page.waitForNavigation()
  await page.locator('form.form .btn.main').click()
  await left
}
