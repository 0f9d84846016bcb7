/** The researcher's pages in a real browser: wide and on a phone, with and without JavaScript; checked by axe and weighed. */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { getRequestListener } from '@hono/node-server'
import type { Browser, Page } from 'playwright-core'
import { failed } from '#platform/result/result.ts'
import { CASE_ID } from '#research/applications/testing/example-case.ts'
import { chromiumPath, faults, fits, launch, openScreen } from '../professional/test-browser.ts'
import { lookAt, SCREENS, tooHeavy } from '../ui/test-screens.ts'
import type { TaskAnswer } from './researcher-options.ts'
import { grantedCase, nodesThat, type TestResearcher, testResearcher } from './test-researcher.ts'
import { testWorkspace } from './workspace/test-workspace.ts'

const chromium = chromiumPath()
const skip = chromium ? false : 'Chromium is not installed; on Debian: apt-get install chromium'
const CASE = `/research/applications/${CASE_ID}`

describe('the researcher’s pages in Chromium', { skip }, () => {
  let browser: Browser
  let pages: TestResearcher
  let server: Server
  let origin: string
  const paths: string[] = []

  before(async () => {
    const workspace = testWorkspace('2029-07-02T10:00:00.000Z')
    pages = await testResearcher(workspace)
    await grantedCase(pages)
    server = createServer(getRequestListener((request) => pages.app.fetch(request)))
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const address = server.address()
    assert.ok(address && typeof address === 'object')
    origin = `http://127.0.0.1:${address.port}`
    browser = await launch(chromium ?? '')
    paths.push(...(await preparedPaths(pages)))
    workspace.state.factor = 'enrolled'
    workspace.state.isInside = true
  })
  after(async () => {
    await browser?.close()
    server?.closeAllConnections()
    server?.close()
    await pages?.close()
  })

  async function press(page: Page, value: string): Promise<void> {
    await page.locator(`button[name="do"][value="${value}"]`).last().click()
  }

  test('without JavaScript an application is begun and a cohort built, checked and saved', async () => {
    const context = await openScreen(browser, { width: 400, javaScript: false })
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    await page.goto(`${origin}/research/applications/new`)
    await page.check('#kind')
    await page.locator('form.form .btn.main').click()
    await page.waitForURL(/\/form\/subject/)
    await page.fill('#title', 'Waiting times')
    await press(page, 'next')
    await page.waitForURL(/\/form\/applicant/)
    await page.goto(`${origin}${CASE}/study/cohorts/new`)
    await page.fill('#name', 'Diabetes')
    await page.fill('#entry-find', 'diabetes')
    await press(page, 'find:entry')
    await press(page, 'pick:entry:201826')
    await press(page, 'add-rule')
    await press(page, 'save')
    assert.equal(await page.locator('#errors a').getAttribute('href'), '#rule-0-find')
    assert.equal(await fits(page), true)
    await press(page, 'remove-rule:0')
    await press(page, 'save')
    await page.waitForURL(/\/study$/)
    assert.match((await page.locator('main').textContent()) ?? '', /Diabetes/)
    await context.close()
  })

  for (const screen of SCREENS.filter(({ javaScript }) => javaScript)) {
    test(`the meaning of a large cohort, opened on a French page, fits and has no serious fault, ${screen.width} px`, async () => {
      const context = await openScreen(browser, screen)
      const page = await context.newPage()
      page.setDefaultTimeout(60_000)
      await page.goto(`${origin}${paths.find((path) => /circe.*language=fr/.test(path)) ?? ''}`)
      await page.locator('details summary').click()
      const { TESSERA_PICTURES: pictures } = process.env
      if (pictures) await page.screenshot({ path: `${pictures}/researcher-meaning-${screen.width}.png` })
      assert.ok(await page.getByText('Règle d’inclusion 1, Rule 1', { exact: false }).isVisible())
      assert.equal(await fits(page), true)
      assert.deepEqual(await faults(page), [])
      await context.close()
    })
  }

  for (const screen of SCREENS) {
    test(`every page fits and has no serious fault, ${screen.width} px ${screen.javaScript ? 'with' : 'without'} JavaScript`, async () => {
      const enter = (context: Awaited<ReturnType<typeof openScreen>>) => inside(context, origin)
      assert.deepEqual(await lookAt(browser, screen, { origin, paths, enter, name: 'researcher' }), [])
    })
  }

  test('every page is light: at most 60 KB with everything it loads', async (t) => {
    const enter = (context: Awaited<ReturnType<typeof openScreen>>) => inside(context, origin)
    assert.deepEqual(await tooHeavy(browser, { origin, paths, enter }, (line) => t.diagnostic(line)), [])
  })
})

async function inside(context: Awaited<ReturnType<typeof openScreen>>, origin: string): Promise<void> {
  await context.addCookies([{ name: 'tessera-fr-workspace', value: 'secret-of-the-session', url: origin }])
}

/** As large as the largest phenotypes that are published: 60 concept sets of 30 concepts, 20 rules with groups in groups. */
function largeDefinition(): Readonly<Record<string, unknown>> {
  const numbers = (length: number) => Array.from({ length }, (_, index) => index)
  const words = [
    'malignant',
    'chronic',
    'disorder',
    'kidney',
    'acute',
    'infection',
    'left',
    'upper',
    'due to',
    'without',
  ]
  const name = (one: number) =>
    numbers(5)
      .map((step) => words[(one * 7 + step * (one % 9) + step) % 10])
      .join(' ')
  const concept = (id: number) => ({
    concept: { CONCEPT_ID: 4_000_000 + id * 37, CONCEPT_NAME: `${name(id)} ${id}`, DOMAIN_ID: 'Condition' },
    ...{ isExcluded: id % 7 === 0, includeDescendants: id % 3 > 0, includeMapped: false },
  })
  const conceptSets = numbers(60).map((id) => ({
    ...{ id, name: `Set ${id} ${name(id)}`, expression: { items: numbers(30).map((item) => concept(id * 30 + item)) } },
  }))
  const correlated = (set: number) => ({
    Criteria: { ConditionOccurrence: { CodesetId: set, Age: { Op: 'gte', Value: 18 } } },
    StartWindow: { Start: { Days: 365, Coeff: -1 }, End: { Days: set, Coeff: 1 } },
    Occurrence: { Type: 2, Count: 1 },
  })
  const group = (set: number, depth: number): unknown => ({
    ...{ Type: 'ANY', CriteriaList: [correlated(set), correlated(set + 1)] },
    Groups: depth > 0 ? [group(set + 1, depth - 1)] : [],
  })
  return {
    ConceptSets: conceptSets,
    PrimaryCriteria: { CriteriaList: [{ ConditionOccurrence: { CodesetId: 0 } }] },
    InclusionRules: numbers(20).map((rule) => ({ name: `Rule ${rule + 1}`, expression: group(rule * 2, 3) })),
  }
}

/** A draft, a cohort, and an answer of each kind of picture; their addresses and those of all other pages. */
async function preparedPaths(pages: TestResearcher): Promise<readonly string[]> {
  const draft = (await pages.post('/applications/new', { kind: 'data-permit' })).place.split('/form/')[0] ?? ''
  const cohort = await pages.studies.saveCohort(CASE_ID, {
    ...{ name: 'Deaths', definition: { PrimaryCriteria: { CriteriaList: [{ Death: {} }] } } },
    ...{ by: 'x|y', at: '2029-07-01T10:00:00Z' },
  })
  const large = await pages.studies.saveCohort(CASE_ID, {
    ...{ name: 'Large', definition: largeDefinition(), by: 'x|y', at: '2029-07-01T10:00:00Z' },
  })
  const question = async (kind: string) =>
    pages.studies.saveQuestion(CASE_ID, {
      ...{ title: `A question of kind ${kind}`, task: kind, askedAt: '2029-07-02T10:00:00Z', askedBy: 'x|y' },
      question: { kind, cohort: 'Deaths', countries: ['FR', 'PT'], step: 30 },
    })
  const years = Array.from({ length: 12 }, (_, index) => String(2015 + index))
  const cells = (keys: readonly string[][]) =>
    keys.map((key, index) => {
      const hiddenIn = index % 5 === 3 ? ['node-fr'] : []
      return { key, persons: hiddenIn.length > 0 ? 0 : 40 + ((index * 37) % 90), sums: {}, hiddenIn }
    })
  const sexes = ['female', 'male']
  const tables = {
    count: {
      name: 'persons',
      dimensions: [{ name: 'age-group', levels: ['0-17', '18-39', '40+'] }],
      cells: cells([['0-17'], ['18-39'], ['40+']]),
    },
    'cohort-counts': {
      name: 'persons',
      dimensions: [
        { name: 'cohort', levels: ['Diabetes with complications of the eye', 'Deaths'] },
        { name: 'sex', levels: sexes },
      ],
      cells: [
        ...cells(['Diabetes with complications of the eye', 'Deaths'].flatMap((one) => sexes.map((sex) => [one, sex]))),
        { key: ['Deaths', null], persons: 130, sums: {}, hiddenIn: [] },
        { key: [null, null], persons: 130, sums: {}, hiddenIn: ['node-fr'] },
      ],
    },
    attrition: {
      name: 'persons',
      dimensions: [{ name: 'cohort', levels: ['0', '1 Age and sex'] }],
      cells: cells([['0'], ['1 Age and sex']]),
    },
    'time-series': {
      name: 'entries',
      dimensions: [
        { name: 'year', levels: years },
        { name: 'sex', levels: sexes },
      ],
      cells: cells(years.flatMap((year) => sexes.map((sex) => [year, sex]))),
    },
    survival: {
      name: 'steps',
      dimensions: [
        { name: 'step', levels: ['0', '30', '60–90'] },
        { name: 'outcome', levels: ['event', 'censored'] },
      ],
      cells: cells(
        ['0', '30', '60–90'].flatMap((step) => [
          [step, 'event'],
          [step, 'censored'],
        ]),
      ),
    },
  } as const
  const term = (name: string, value: number) => {
    return { name, value, standardError: 0.0123, low: value - 0.024, high: value + 0.024, p: 0.00004 }
  }
  const model: TaskAnswer['model'] = {
    state: 'fitted',
    inside: ['node-fr'],
    rounds: 7,
    references: ['sex female', 'calendar-year 2015'],
    coefficients: [
      term('constant', -12.3),
      term('follow-up-days 1', 0.000456),
      term('sex male', 0.12),
      ...years.slice(1).map((year, index) => term(`calendar-year ${year}`, index / 10)),
    ],
  }
  const persons = [{ name: 'persons', dimensions: [], cells: [{ key: [], persons: 1234 }], evidence: {} }]
  pages.state.answer = (task) => {
    if (task === 'logistic-regression') {
      return { nodes: nodesThat({ FR: 'answered', PT: 'refused' }, persons), tables: [], model }
    }
    if (task === 'linear-regression') {
      const sentence = 'There are 12 persons for 14 coefficients.'
      const { problem } = failed('regression-too-few-persons', sentence, 'Ask for fewer covariates.')
      const nodes = nodesThat({ FR: 'answered', PT: 'refused' }, persons)
      return { nodes, tables: [], model: { state: 'failed', inside: ['node-fr'], problem } }
    }
    const found = Object.entries(tables).find(([kind]) => kind === task)
    return { nodes: nodesThat({ FR: 'answered', PT: 'refused', EE: 'unreachable' }), tables: found ? [found[1]] : [] }
  }
  const questions = await Promise.all([...Object.keys(tables), 'logistic-regression'].map(question))
  const failing = await question('linear-regression')
  return [
    ...[
      '',
      '/applications/new',
      draft,
      `${draft}/form/applicant`,
      `${draft}/form/data?check=yes`,
      `${draft}/review`,
    ].map((path) => `/research${path}`),
    ...['', '/act/FR/ask-extension', '/study', '/study/cohorts/new', `/study/circe/${cohort}`, '/study/ask'].map(
      (path) => `${CASE}${path}`,
    ),
    `${CASE}/study/circe/${large}?language=fr`,
    `${CASE}/study/ask?kind=distribution&cohort=${cohort}`,
    `${CASE}/study/ask?kind=linear-regression&cohort=${cohort}`,
    `${CASE}/study/ask?kind=cohort-counts&cohort=${cohort}`,
    ...questions.map((id) => `${CASE}/study/questions/${id}`),
    ...['en', 'fr'].map((language) => `${CASE}/study/questions/${failing}?language=${language}`),
    `${CASE}/workspace`,
    '/research/nowhere',
  ]
}
