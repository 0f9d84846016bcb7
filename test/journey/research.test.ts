/**
 * Secondary use from end to end, in browsers, over real processes and mutual TLS: one application, two countries' bodies, two
 * permits, a cohort, an answer of both nodes (one of them killed meanwhile), the airlock, published results, the report.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { planEurope } from '#node/europe/plan.ts'
import { prepareEurope } from '#node/europe/prepare.ts'
import { type DemoBody, demoBodies, demoRelease } from '#node/europe/research.ts'
import type { NodeProcess } from '#node/europe/supervisor.ts'
import { openDatabase } from '#platform/database/database.ts'
import { chromiumPath, launch } from '#portal/professional/test-browser.ts'
import { loadRelease } from '#research/omop/release/load.ts'
import type { PermitTables } from '#research/permits/migrations.ts'
import { writePopulation } from '#research/population/write-population.ts'
import { openTerminology } from '#terminology/index.ts'
import { until } from '../faults/processes.ts'
import { freeBase, type NodeUnderTest, startNodeProcess } from '../nodes.ts'
import { act, apply, decide } from './research/journey.ts'
import { ask, checkOutput, collect, enterWorkspace, makeAvailable, requestOutput, waitFor } from './research/study.ts'
import { signIn, type Visitor } from './research/visitor.ts'

const DATA = join(import.meta.dirname, '..', '..', 'data')
const NODES = ['eu', 'identity-provider', 'fr', 'pt']
const PERSONS = 900
/** Others use the processors too. */
const PATIENCE_MS = 180_000
const chromium = chromiumPath()

describe('a study of rare diseases in two countries', {
  skip: chromium ? false : 'Chromium is not installed (apt-get install chromium).',
}, () => {
  const home = mkdtempSync(join(tmpdir(), 'tessera-research-journey-'))
  const running = new Map<string, NodeUnderTest>()
  const portals: Record<string, string> = {}
  let prepared: readonly NodeProcess[] = []
  let bodies: readonly DemoBody[] = []
  let browser: Browser
  let ada: Visitor
  let caseId = ''

  before(async () => {
    const plan = planEurope(await freeBase())
    for (const { country, portal } of plan.countries) portals[country] = `http://localhost:${portal}`
    prepared = await prepareEurope({ home, data: DATA, plan, research: true })
    await openTerminology({ cache: join(home, 'cache') })
    bodies = (await demoBodies(DATA)).filter(({ country }) => NODES.includes(country.toLowerCase()))
    for (const body of bodies) await load(home, body)
    await Promise.all(NODES.map(start))
    browser = await launch(chromium ?? '')
  })
  after(async () => {
    await browser?.close()
    await Promise.all([...running.values()].map((node) => node.kill()))
    rmSync(home, { recursive: true, force: true })
  })

  async function start(name: string): Promise<void> {
    const node = prepared.find(({ configuration }) => dirname(configuration).endsWith(`/${name}`))
    running.set(name, await startNodeProcess(node?.configuration ?? '', home))
  }

  const visit = (country: string, login: string, place: string) => signIn(browser, portals[country] ?? '', login, place)

  test('is applied for once, with datasets of both countries from the catalogue', async () => {
    ada = await visit('FR', 'ada.lemaire', '/research')
    const there = new URLSearchParams({
      iri: bodies.find(({ country }) => country === 'PT')?.dataset.id ?? '',
      source: 'PT',
    })
    await until(
      'the catalogue of France has the dataset of Portugal',
      async () => (await fetch(`${portals.FR}/catalogue/dataset?${there}`)).ok,
      PATIENCE_MS,
    )
    const wanted = bodies.map(({ country, dataset }) => `${country === 'FR' ? 'own' : country} ${dataset.id}`)
    caseId = await apply(ada, wanted)
  })

  test('is decided by the body of each country, each step by another officer', async () => {
    const officers = {
      FR: ['ines.roy', 'remi.girard', 'celine.moreau'],
      PT: ['marta.lopes', 'tiago.nunes', 'sara.pinto'],
    }
    for (const [country, logins] of Object.entries(officers)) {
      const [intake, assessor, coordinator] = await Promise.all(
        logins.map((login) => visit(country, login, '/access-body')),
      )
      assert.ok(intake && assessor && coordinator)
      await decide({ intake, assessor, coordinator }, caseId)
      await Promise.all([intake, assessor, coordinator].map((one) => one.leave()))
    }
    // Portugal tells France, and France fetches what Portugal has signed: after that it can be asked without Portugal.
    await waitFor(ada, `/research/applications/${caseId}`, /\bFR-[0-9a-f]{8}[\s\S]*\bPT-[0-9a-f]{8}/)
    await until(
      'France has the permit of Portugal',
      () => keptPermits(home, 'FR').then((kept) => kept.includes('PT')),
      PATIENCE_MS,
    )
  })

  test('is asked once, and answered by both nodes though both were killed meanwhile', async () => {
    await running.get('pt')?.kill()
    const question = await ask(ada, caseId, ['FR', 'PT'])
    await waitFor(ada, question, /hdab-fr\s+a répondu/)
    assert.doesNotMatch(await ada.words(), /hdab-pt\s+a répondu/)
    await running.get('fr')?.kill()
    await Promise.all([start('fr'), start('pt')])
    await waitFor(ada, question, /hdab-fr\s+a répondu[\s\S]*hdab-pt\s+a répondu/)
    assert.match(await ada.words(), /féminin\s+\d{2}[\s\S]*ensemble\s+\d{2}/)
    await ada.press('main form[action$="/keep"] button')
  })

  test('lets nothing out of the workspace that a checker has not seen', async () => {
    await enterWorkspace(ada, caseId)
    const program = 'SELECT gender_concept_id, count(*) AS persons FROM person GROUP BY gender_concept_id'
    await ada.send({ tool: 'sql', program })
    assert.match(await ada.words(), /gender_concept_id[\s\S]*8507/)
    await requestOutput(ada, caseId, 'Totals by sex')
    assert.equal(await ada.page.locator('a[href$="/collect"]').count(), 0)
    const checker = await visit('FR', 'nora.fontaine', '/access-body')
    await checkOutput(checker, 'Totals by sex')
    const taken: unknown = JSON.parse(await collect(ada, caseId))
    assert.ok(typeof taken === 'object' && taken && 'evidence' in taken && 'files' in taken)
  })

  test('ends with published results, and stands in the register and in the report', async () => {
    const holderId = bodies.find(({ country }) => country === 'FR')?.holder.id ?? ''
    const [preparer, holder, coordinator] = await Promise.all([
      visit('FR', 'hugo.petit', '/access-body'),
      visit('FR', 'ana.blanc', '/holder'),
      visit('FR', 'celine.moreau', '/access-body'),
    ])
    await makeAvailable(caseId, { preparer, holder, holderId, release: '2026-11' })
    const results = { reference: 'https://doi.org/10.1000/rare-diseases', product: 'no' }
    await act(ada, `/research/applications/${caseId}/act/FR/publish-results`, results)
    const summary = { summary: 'Granted for two years: time to diagnosis of rare diseases.' }
    await act(coordinator, `/access-body/cases/${caseId}/publish-decision`, summary)
    const anybody = await browser.newPage()
    await anybody.goto(`${portals.FR}/register?language=en`)
    assert.match(await anybody.locator('main').innerText(), /Rare diseases: time to diagnosis/)
    await anybody.goto(`${portals.FR}/register/report?language=en`)
    assert.match(await anybody.locator('main').innerText(), /1/)
  })
})

/** Countries whose permits are in the database of a node. */
async function keptPermits(home: string, country: string): Promise<readonly string[]> {
  const database = await openDatabase(`sqlite:${join(home, country.toLowerCase(), 'node.sqlite')}`)
  try {
    const kysely = database.kysely.$extendTables<PermitTables>()
    const rows = await kysely.selectFrom('research_permit').select('member_state').execute()
    return rows.map((row) => row.member_state)
  } finally {
    await database.close()
  }
}

async function load(home: string, body: DemoBody): Promise<void> {
  const folder = join(home, `people-${body.country}`)
  const options = { folder, country: body.country, persons: PERSONS, seed: 'journey', rareDiseaseFactor: 60 }
  assert.ok(writePopulation(options).ok)
  const { id: dataset, release } = body.dataset
  const loaded = await loadRelease({ sources: [folder], target: demoRelease(home, body), dataset, release, threads: 2 })
  assert.ok(loaded.ok)
}
