import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import fc from 'fast-check'
import type { CaseEvent } from '../case/events.ts'
import { replay } from '../case/evolve.ts'
import type { Procedure } from '../procedure.ts'
import { actor, assessAll, permitTerms, procedureIn, submittedCase } from '../testing/example-case.ts'
import { type MadeCase, makeCase } from '../testing/many-cases.ts'
import { walk, walkSteps } from '../testing/random-walks.ts'
import { activityReport, type ReportPeriod } from './activity-report.ts'
import { provisionTimes } from './provision-times.ts'
import { publicEntry } from './register.ts'

let procedure: Procedure
let cases: readonly MadeCase[]
before(async () => {
  procedure = await procedureIn('FR')
  cases = Array.from({ length: 200 }, (_, index) => makeCase(index, procedure))
})

async function* streamOf(list: readonly MadeCase[]) {
  for (const { caseId, events } of list) for (const event of events) yield { caseId, event }
}

function reportFor(period: ReportPeriod, list = cases) {
  const calendar = procedure.calendars.get('FR')
  assert.ok(calendar)
  return activityReport(streamOf(list), { country: 'FR', calendar, period })
}

test('the report equals a recount of the events, for any period', async () => {
  for (const period of [
    { from: '2029-01-01', to: '2035-12-31' },
    { from: '2029-06-01', to: '2029-09-30' },
    { from: '2028-01-01', to: '2028-12-31' },
  ]) {
    const report = await reportFor(period)
    const inside = ({ at }: CaseEvent) => {
      const day = new Date(at).toLocaleDateString('en-CA', { timeZone: 'Europe/Paris' })
      return day >= period.from && day <= period.to
    }
    const all = cases.flatMap(({ events }) => events).filter(inside)
    const number = (test: (event: CaseEvent) => boolean) => all.filter(test).length
    const submitted = all.flatMap((event) => (event.kind === 'submitted' ? [event.application] : []))
    assert.equal(report.received['data-permit'], submitted.filter(({ kind }) => kind === 'data-permit').length)
    assert.equal(report.received['data-request'], submitted.filter(({ kind }) => kind === 'data-request').length)
    for (const kind of ['university', 'company', 'natural-person']) {
      const counted = submitted.filter(({ applicant }) => applicant.kind === kind).length
      assert.equal(report.receivedByApplicantKind[kind] ?? 0, counted)
    }
    const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0)
    assert.equal(sum(report.receivedByPurpose), submitted.flatMap(({ purposes }) => purposes).length)
    assert.equal(sum(report.receivedByCategory), submitted.flatMap(({ categories }) => categories).length)
    const { decisions } = report
    assert.equal(
      decisions.permits + decisions.approvedRequests,
      number(({ kind }) => kind === 'granted'),
    )
    assert.equal(
      decisions.refused,
      number(({ kind }) => kind === 'refused'),
    )
    assert.equal(
      decisions.lapsed,
      number(({ kind }) => kind === 'lapsed'),
    )
    assert.equal(
      report.products + report.publications,
      number(({ kind }) => kind === 'results-published'),
    )
    const days = cases.flatMap(({ events }) => {
      const end = events.find(
        (event) => (event.kind === 'made-available' || event.kind === 'responded') && inside(event),
      )
      const start = events.find(({ kind }) => kind === 'submitted')
      return end && start ? [(Date.parse(end.at) - Date.parse(start.at)) / 86_400_000] : []
    })
    assert.equal(report.access.cases, days.length)
    const average = days.length > 0 ? days.reduce((a, b) => a + b, 0) / days.length : undefined
    assert.ok(Math.abs((report.access.averageDays ?? 0) - (average ?? 0)) < 1e-6)
  }
})

/** What the fee was at the grant, what was set afterwards, what was charged: each as the difference to what was told before. */
function revenueOf(events: readonly CaseEvent[], inside: (event: CaseEvent) => boolean): number {
  const feeBefore = (index: number): number => {
    const told = events.slice(0, index).findLast(({ kind }) => kind === 'fee-estimated' || kind === 'fee-set')
    if (told?.kind === 'fee-set') return told.cents
    return told?.kind === 'fee-estimated' ? told.items.map(({ cents }) => cents).reduce((a, b) => a + b, 0) : 0
  }
  const amounts = events.map((event, index) => {
    if (!inside(event)) return 0
    if (event.kind === 'granted') return feeBefore(index)
    if (event.kind === 'fee-set') return event.cents - feeBefore(index)
    return event.kind === 'costs-charged' ? event.cents : 0
  })
  return amounts.reduce((a, b) => a + b, 0)
}

/** Every number of the report, counted once more in another way. */
function recount(all: readonly MadeCase[], inside: (event: CaseEvent) => boolean) {
  const events = all.flatMap((one) => one.events).filter(inside)
  const ofKind = <Kind extends CaseEvent['kind']>(kind: Kind) =>
    events.filter((event): event is Extract<CaseEvent, { kind: Kind }> => event.kind === kind)
  const granted = ofKind('granted').map(({ permit }) => permit)
  const requests = granted.filter(({ kind }) => kind === 'data-request')
  const convertedCases = all.filter((one) =>
    one.events.some((event) => event.kind === 'conversion-answered' && event.agreed),
  )
  const fines = ofKind('finding-concluded').flatMap(({ fineCents }) => fineCents ?? [])
  const waits = all.flatMap((one) => {
    const start = one.events.find(({ kind }) => kind === 'submitted')
    const ends = one.events.filter((event) => ['made-available', 'responded'].includes(event.kind) && inside(event))
    return start ? ends.map(({ at }) => (Date.parse(at) - Date.parse(start.at)) / 86_400_000) : []
  })
  const submitted = ofKind('submitted').map(({ application }) => application)
  return {
    received: {
      'data-permit': submitted.filter(({ kind }) => kind === 'data-permit').length,
      'data-request': submitted.filter(({ kind }) => kind === 'data-request').length,
    },
    decisions: {
      permits: granted.length - requests.length,
      approvedRequests: requests.length,
      converted: requests.filter(({ id }) =>
        convertedCases.some((one) => one.events.some((event) => event.kind === 'granted' && event.permit.id === id)),
      ).length,
      refused: ofKind('refused').length,
      lapsed: ofKind('lapsed').length,
      extended: ofKind('decision-extended').length,
      throughTrustedHolder: ofKind('proposal-made').length,
    },
    withdrawn: ofKind('withdrawn').length,
    findings: {
      user: ofKind('finding-notified').filter(({ against }) => against === 'user').length,
      holder: ofKind('finding-notified').filter(({ against }) => against === 'holder').length,
    },
    revenueCents: all.reduce((sum, one) => sum + revenueOf(one.events, inside), 0),
    fines: { count: fines.length, cents: fines.reduce((sum, cents) => sum + cents, 0) },
    revoked: ofKind('ended').filter(({ why }) => why === 'revoked').length,
    excluded: ofKind('excluded').length,
    publications: ofKind('results-published').filter(({ product }) => !product).length,
    products: ofKind('results-published').filter(({ product }) => product).length,
    waits,
  }
}

test('every number equals a recount of the events of random walks', async () => {
  const walks = fc.sample(walkSteps, { numRuns: 200, seed: 59 })
  const made = walks.map((steps, index): MadeCase => {
    // Numbers of permits differ between cases.
    const text = JSON.stringify([...walk(steps, procedure)].flatMap(({ events }) => events))
    return { caseId: `${index}`, events: JSON.parse(text.replaceAll('"permit-', `"permit-${index}-`)) }
  })
  let counted = 0
  for (const [from, to] of [
    ['2029-04-03', '2035-12-31'],
    ['2029-07-01', '2029-10-31'],
  ] as const) {
    const inside = ({ at }: CaseEvent) => {
      const day = new Date(at).toLocaleDateString('en-CA', { timeZone: 'Europe/Paris' })
      return day >= from && day <= to
    }
    const { waits, ...expected } = recount(made, inside)
    const report = await reportFor({ from, to }, made)
    for (const [name, value] of Object.entries(expected)) {
      assert.deepEqual(report[name as keyof typeof expected], value, `${name} from ${from}`)
    }
    assert.equal(report.access.cases, waits.length)
    const average = waits.reduce((sum, days) => sum + days, 0) / waits.length
    assert.ok(Math.abs((report.access.averageDays ?? 0) - average) < 1e-6)
    counted += Object.values(expected.decisions).filter((number) => number > 0).length
  }
  assert.ok(counted >= 10, 'walks reach most decisions')
  const { revenueCents } = await reportFor({ from: '2029-04-03', to: '2035-12-31' }, made)
  assert.ok(revenueCents > 0)
})

test('fines, exclusions and conversions are counted', async () => {
  const made = submittedCase(procedure)
  const at = '2029-04-10T10:00:00Z'
  const part = { memberState: 'FR', at }
  made.give({ kind: 'confirm-complete', by: actor('intake'), ...part })
  made.give({ kind: 'propose-conversion', by: actor('assessor'), ...part, reasons: 'Enough.' })
  made.give({ kind: 'answer-conversion', by: actor('applicant'), ...part, agreed: true })
  assessAll(made, procedure, 'FR', at)
  made.give({ kind: 'estimate-fee', by: actor('intake'), ...part, items: [] })
  made.give({ kind: 'grant', by: actor('coordinator'), ...part, terms: permitTerms('FR', '2030-06-01T00:00:00Z') })
  const more: CaseEvent[] = [
    {
      kind: 'finding-notified',
      country: 'FR',
      by: actor('auditor'),
      ...part,
      finding: 'f',
      against: 'user',
      description: 'x',
      viewsUntil: '2029-05-01',
    },
    {
      kind: 'finding-concluded',
      country: 'FR',
      by: actor('coordinator'),
      ...part,
      finding: 'f',
      confirmed: true,
      reasons: 'x',
      fineCents: 700,
    },
    {
      kind: 'excluded',
      country: 'FR',
      by: actor('coordinator'),
      ...part,
      finding: 'f',
      party: 'p',
      until: '2030-01-01',
    },
    // Of another Member State: not ours to report.
    { kind: 'refused', country: 'PT', by: actor('coordinator', 'PT'), at, memberState: 'PT', justification: 'x' },
  ]
  const report = await reportFor({ from: '2029-01-01', to: '2029-12-31' }, [
    { caseId: 'c', events: [...made.events, ...more] },
  ])
  assert.deepEqual([report.decisions.approvedRequests, report.decisions.converted], [1, 1])
  assert.deepEqual(report.fines, { count: 1, cents: 700 })
  assert.deepEqual([report.excluded, report.findings.user, report.decisions.refused], [1, 1, 0])
})

test('the register shows applications at once and decisions once published, and no natural person', () => {
  for (const { events } of cases) {
    const draft = replay(events.slice(0, 1))
    assert.ok(draft)
    assert.equal(publicEntry(draft), undefined)
    const state = replay(events)
    assert.ok(state)
    const entry = publicEntry(state)
    assert.ok(entry)
    assert.equal(entry.applicant === undefined, state.application?.applicant.kind === 'natural-person')
    const text = JSON.stringify(entry)
    for (const secret of ['https://id.example', 'Ada Example', 'Max Example', 'protocol'])
      assert.ok(!text.includes(secret))
    const [decision] = entry.decisions
    const part = state.parts.FR
    if (part?.publishedAt === undefined) assert.ok(decision?.outcome !== 'permit' && decision?.outcome !== 'refused')
    else assert.equal(decision?.summary, part.permit ? 'Granted.' : 'Not proportionate.')
  }
})

test('the time to provide a dataset is the middle of what the events say', async () => {
  const all = cases.flatMap(({ events }) => {
    const end = events.find(({ kind }) => kind === 'made-available' || kind === 'responded')
    const start = events.find(({ kind }) => kind === 'granted')
    return end && start ? [(Date.parse(end.at) - Date.parse(start.at)) / 86_400_000] : []
  })
  const sorted = all.sort((one, other) => one - other)
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]]
  const times = await provisionTimes(streamOf(cases), 'FR')
  assert.deepEqual([...times], [['dataset-FR', { cases: all.length, medianDays: ((low ?? 0) + (high ?? 0)) / 2 }]])
  assert.ok(all.length > 50)
  assert.equal((await provisionTimes(streamOf(cases), 'PT')).size, 0)
})
