/** What follows a permit: a question to several countries, a second factor, the way out of the workspace, published results. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { codeAt, stepOf } from '#research/workspace/second-factor/totp.ts'
import { until } from '../../faults/processes.ts'
import { act } from './journey.ts'
import type { Visitor } from './visitor.ts'

const COHORTS = join(import.meta.dirname, '..', '..', '..', 'data', 'demo', 'research', 'cohorts')

/** Others use the processors too. */
const PATIENCE_MS = 180_000

/** "How many live with a rare disease, by sex?", with the cohort brought along as OHDSI writes it. @returns its page */
export async function ask(applicant: Visitor, caseId: string, countries: readonly string[]): Promise<string> {
  const study = `/research/applications/${caseId}/study`
  await applicant.open(`${study}/circe/new`)
  const circe = readFileSync(join(COHORTS, 'diagnosed.json'), 'utf8')
  await applicant.send({ name: 'Diagnosed', circe }, 'do=save')
  await applicant.open(`${study}/ask`)
  const cohort = (await applicant.page.locator('main select[name="cohort"] option').last().getAttribute('value')) ?? ''
  await applicant.open(`${study}/ask?cohort=${cohort}&kind=count`)
  await applicant.send({ by: ['sex'], country: countries, purpose: 'e' })
  assert.match(applicant.page.url(), /study\/questions\//, await applicant.words())
  return new URL(applicant.page.url()).pathname
}

/** Looks again until the page says so. */
export async function waitFor(visitor: Visitor, path: string, words: RegExp): Promise<void> {
  await until(
    `${path} says ${words}`,
    async () => {
      await visitor.open(path)
      return words.test(await visitor.words())
    },
    PATIENCE_MS,
  )
}

/** Sets the second factor up and goes into the workspace of the case. */
export async function enterWorkspace(applicant: Visitor, caseId: string): Promise<void> {
  const place = `/research/applications/${caseId}/workspace`
  await applicant.open(place)
  await applicant.press('main form button')
  const secret = fromBase32((await applicant.page.locator('code.secret').innerText()).replaceAll(' ', ''))
  const first = stepOf(new Date())
  await applicant.send({ code: codeAt(secret, first) })
  // A code is taken once: the next one counts.
  await applicant.send({ code: codeAt(secret, Math.max(stepOf(new Date()), first + 1)) })
  assert.equal(await applicant.page.locator('[name="program"]').count(), 1, await applicant.words())
}

/** Asks to let everything out that was made inside. */
export async function requestOutput(applicant: Visitor, caseId: string, description: string): Promise<void> {
  await applicant.open(`/research/applications/${caseId}/workspace`)
  const outputs = applicant.page.locator('[name="output"]')
  const ids = await outputs.evaluateAll((all) => all.map((one) => one.getAttribute('value') ?? ''))
  assert.ok(ids.length > 0)
  await applicant.send({ output: ids, description })
}

export async function checkOutput(checker: Visitor, description: string): Promise<void> {
  await checker.open('/access-body/outputs')
  await checker.page.locator('main a', { hasText: description }).click()
  await checker.page.waitForLoadState()
  await checker.send({ decision: 'approve', words: 'Looked at: totals only.' })
  assert.match(checker.page.url(), /done=approve/, await checker.words())
}

/** What was let out, as the file that the applicant takes home. */
export async function collect(applicant: Visitor, caseId: string): Promise<string> {
  await applicant.open(`/research/applications/${caseId}/workspace`)
  const href = await applicant.page.locator('a[href$="/collect"]').first().getAttribute('href')
  const file = await applicant.page.request.get(new URL(href ?? '', applicant.page.url()).href)
  assert.equal(file.status(), 200)
  return file.text()
}

export interface Preparing {
  readonly preparer: Visitor
  readonly holder: Visitor
  /** Identifier of the holder. */
  readonly holderId: string
  readonly release: string
}

/** Body and holder bring the data into the environment (EHDS Art. 68(7), 60(2)). */
export async function makeAvailable(caseId: string, { preparer, holder, holderId, release }: Preparing): Promise<void> {
  const at = `/access-body/cases/${caseId}`
  await act(preparer, `${at}/ask-holder`, { holder: holderId })
  await act(holder, `/holder/cases/${caseId}/deliver`, { release })
  await act(preparer, `${at}/make-available`, { environment: 'Environment of the demonstration' })
}

function fromBase32(text: string): Uint8Array {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...text].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Uint8Array.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}
