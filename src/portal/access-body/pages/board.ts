/** What is to be done: what is overdue first, then by what it waits for. */
import { clocksOf, type Standing, standingOf } from '#research/applications/clocks/clocks.ts'
import { overdueOn } from '#research/applications/register/audit-follow-up.ts'
import type { CaseSummary } from '#research/applications/store/case-lists.ts'
import { clockEnd, clockName, statusTag } from '../../case-desk/case-words.ts'
import { headed } from '../../case-desk/desk.ts'
import { alert, table } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { moment, show } from '../../ui/site.ts'
import { type BodyVisit, todayOf } from '../body-visit.ts'

/** Groups of the board and the statuses of this body's part in them. */
const GROUPS = {
  new: ['completeness-check'],
  incomplete: ['incomplete'],
  assessment: ['assessment', 'proposal-received'],
  waiting: ['with-trusted-holder', 'conversion-proposed'],
  preparing: ['granted', 'data-asked', 'data-received'],
} as const
const SHOWN = 20

export async function showBoard(visit: BodyVisit): Promise<Response> {
  const { words, options, now } = visit
  // What is late at the bodies of other Member States is theirs.
  const overdue = (await options.lists.overdue(now.toISOString())).filter(
    ({ memberState }) => memberState === options.country,
  )
  const groups = await Promise.all(
    Object.entries(GROUPS).map(async ([name, statuses]) => {
      const lists = statuses.map((ownStatus) => options.lists.list({ ownStatus, limit: SHOWN + 1 }))
      return [name, (await Promise.all(lists)).flat()] as const
    }),
  )
  const sections = await Promise.all(groups.map(([name, cases]) => groupSection(visit, name, cases)))
  const content = html`<h1>${words('access-body.area.board')}</h1><p class="lead">${words('access-body.board.lead')}</p>
${await overdueAudits(visit)}${await refusedErrands(visit)}
<section><h2>${words('access-body.board.overdue')}</h2>${
    overdue.length === 0
      ? html`<p>${words('access-body.board.overdue.none')}</p>`
      : html`<div class="framed stacked">${table({
          caption: words('access-body.board.overdue.count', { count: overdue.length }),
          ...headed(words, ['access-body.column.case', 'access-body.column.clock', 'access-body.column.due']),
          rows: overdue
            .slice(0, SHOWN)
            .map((row) => [caseLink(visit, row), clockName(visit, row), clockEnd(visit, row)]),
        })}</div>`
  }</section>${sections}`
  return show(visit, { title: words.messages.text('access-body.area.board'), content })
}

/** Measures of audits of the environment whose last day has passed (Art. 73(3)). */
async function overdueAudits(visit: BodyVisit): Promise<Html | undefined> {
  const { words, options } = visit
  const { length } = overdueOn(await options.followUps.demanding(), todayOf(visit))
  if (length === 0) return undefined
  const way = html`<p><a href="${visit.address('/audits')}">${words('access-body.board.audits.see')}</a></p>`
  return alert('warning', words('access-body.board.audits', { count: length }), way)
}

/** What was told to another body, or to whoever signs permits, and was not taken. */
async function refusedErrands({ words, options }: BodyVisit): Promise<Html | undefined> {
  const open = (await options.errands.open()).filter(({ state, attempts }) => state === 'refused' || attempts > 2)
  if (open.length === 0) return undefined
  return alert(
    'warning',
    words('access-body.board.errands', { count: open.length }),
    html`<ul>${open.slice(0, SHOWN).map(({ caseId, target, code }) => html`<li><code>${caseId}</code> → ${target} <code>${code}</code></li>`)}</ul>`,
  )
}

export function caseLink(visit: BodyVisit, { caseId, title }: Pick<CaseSummary, 'caseId' | 'title'>): Html {
  return html`<a href="${visit.address(`/cases/${caseId}`)}">${title || caseId}</a>`
}

const COLUMNS = ['case', 'applicant', 'submitted', 'status', 'next-clock'] as const

async function groupSection(visit: BodyVisit, name: string, cases: readonly CaseSummary[]): Promise<Html> {
  const { words } = visit
  const shown = cases.slice(0, SHOWN)
  const clocks = await Promise.all(shown.map((one) => nextClock(visit, one.caseId)))
  return html`<section><h2>${words(`access-body.board.${name}`)}</h2>${
    shown.length === 0
      ? html`<p class="quiet">${words('access-body.board.none')}</p>`
      : html`<div class="framed stacked">${table({
          caption: html`<span class="vh">${words(`access-body.board.${name}`)}</span>`,
          ...headed(
            words,
            COLUMNS.map((column) => `access-body.column.${column}`),
          ),
          rows: shown.map((one, index) => [
            caseLink(visit, one),
            html`${one.applicant}`,
            one.submittedAt === undefined ? html`–` : moment(visit, one.submittedAt.slice(0, 10)),
            statusTag(visit, one.ownStatus ?? one.stage),
            clockCell(visit, clocks[index]),
          ]),
        })}</div>${cases.length > SHOWN && html`<p><a href="${visit.address('/cases')}">${words('access-body.board.more')}</a></p>`}`
  }</section>`
}

/** The clock of this body that ends first. */
async function nextClock({ options, now }: BodyVisit, caseId: string): Promise<Standing | undefined> {
  const state = await options.cases.load(caseId)
  if (!state) return undefined
  const procedure = options.cases.procedureFor(state)
  const clock = clocksOf(state, procedure).find(({ memberState }) => memberState === options.country)
  return clock && standingOf(clock, procedure, now.toISOString())
}

function clockCell(visit: BodyVisit, clock: Standing | undefined): Html {
  return clock ? html`${clockEnd(visit, clock)}<span class="sub">${clockName(visit, clock)}</span>` : html`–`
}
