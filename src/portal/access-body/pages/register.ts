/** The public register as others see it (EHDS Art. 57(1)(j)), and who is excluded (Art. 63). */
import { calendarOf } from '#research/applications/procedure.ts'
import type { PublicEntry } from '#research/applications/register/register.ts'
import { csvFile, headed } from '../../case-desk/desk.ts'
import { linkButton, table } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { moment, show } from '../../ui/site.ts'
import type { BodyVisit } from '../body-visit.ts'
import { caseLink } from './board.ts'

const PAGE = 50
const ALL = 1000

export async function showRegister(visit: BodyVisit): Promise<Response> {
  const { words, options, context } = visit
  const [caseId = '', submittedAt = ''] = (context.req.query('before') ?? '').split(' ')
  const found = await options.lists.register({
    limit: PAGE + 1,
    ...(caseId === '' ? {} : { before: { caseId, submittedAt } }),
  })
  const shown = found.slice(0, PAGE)
  const last = found.length > PAGE ? shown.at(-1) : undefined
  const content = html`<h1>${words('access-body.area.register')}</h1><p class="lead">${words('access-body.register.lead')}</p>${
    shown.length === 0
      ? html`<p>${words('access-body.board.none')}</p>`
      : html`<div class="framed stacked">${table({
          caption: words('access-body.register.caption'),
          ...headed(
            words,
            ['case', 'applicant', 'kind', 'submitted', 'decisions'].map((column) => `access-body.column.${column}`),
          ),
          rows: shown.map((entry) => [
            caseLink(visit, entry),
            html`${entry.applicant ?? '–'}`,
            words(`access-body.kind-of-case.${entry.kind}`),
            moment(visit, entry.submittedAt.slice(0, 10)),
            decisionsCell(visit, entry),
          ]),
        })}</div>`
  }<div class="actions">${last && linkButton(visit.address('/register', { before: `${last.caseId} ${last.submittedAt}` }), words('access-body.cases.next'))}${linkButton(
    visit.address('/register.csv'),
    words('access-body.csv'),
  )}</div>`
  return show(visit, { title: words.messages.text('access-body.area.register'), content })
}

function decisionsCell({ words }: BodyVisit, { decisions }: PublicEntry): Html {
  return html`<ul class="plain">${decisions.map(
    ({ memberState, outcome }) => html`<li>${memberState} ${words(`access-body.outcome.${outcome}`)}</li>`,
  )}</ul>`
}

export async function downloadRegister({ options }: BodyVisit): Promise<Response> {
  const rows: (readonly string[])[] = []
  let before: Pick<PublicEntry, 'submittedAt' | 'caseId'> | undefined
  do {
    const page: readonly PublicEntry[] = await options.lists.register({ limit: ALL, ...(before ? { before } : {}) })
    rows.push(...page.flatMap(csvRows))
    before = page.length === ALL ? page.at(-1) : undefined
  } while (before)
  const head = [
    'case',
    'kind',
    'title',
    'applicant',
    'applicant kind',
    'country',
    'purposes',
    'submitted',
    'member state',
    'outcome',
    'decided',
    'from',
    'until',
    'summary',
  ]
  return csvFile(`register-${options.country}.csv`, [head, ...rows])
}

/** One row for each decision. */
function csvRows(entry: PublicEntry): readonly (readonly string[])[] {
  const { caseId, kind, title, applicant = '', applicantKind, country, purposes, submittedAt } = entry
  const same = [caseId, kind, title, applicant, applicantKind, country, purposes.join(' '), submittedAt]
  return entry.decisions.map(({ memberState, outcome, decidedAt = '', duration, summary = '' }) => [
    ...same,
    ...[memberState, outcome, decidedAt, duration?.from ?? '', duration?.until ?? '', summary],
  ])
}

export async function showExclusions(visit: BodyVisit): Promise<Response> {
  const { words, options, now } = visit
  const today = calendarOf(options.procedures, options.country).dayOf(now.toISOString())
  const excluded = await options.lists.exclusions(today)
  const content = html`<h1>${words('access-body.area.exclusions')}</h1><p class="lead">${words('access-body.exclusions.lead')}</p>${
    excluded.length === 0
      ? html`<p>${words('access-body.exclusions.none')}</p>`
      : html`<div class="framed stacked">${table({
          caption: words('access-body.exclusions.count', { count: excluded.length }),
          ...headed(
            words,
            ['party', 'until', 'case'].map((column) => `access-body.column.${column}`),
          ),
          rows: excluded.map((one) => [
            html`<code>${one.party}</code>`,
            moment(visit, one.until),
            caseLink(visit, one),
          ]),
        })}</div>`
  }`
  return show(visit, { title: words.messages.text('access-body.area.exclusions'), content })
}
