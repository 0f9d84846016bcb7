/** Every case of this body, last changed first. */
import { PART_STATUSES } from '#research/applications/case/state.ts'
import { statusTag } from '../../case-desk/case-words.ts'
import { headed } from '../../case-desk/desk.ts'
import { button, linkButton, table } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { moment, show } from '../../ui/site.ts'
import type { BodyVisit } from '../body-visit.ts'
import { caseLink } from './board.ts'

const PAGE = 50
const COLUMNS = ['case', 'applicant', 'kind', 'submitted', 'status', 'changed'] as const

export async function showCases(visit: BodyVisit): Promise<Response> {
  const { words, options, context } = visit
  const status = PART_STATUSES.find((one) => one === context.req.query('status'))
  const [caseId = '', changedAt = ''] = (context.req.query('after') ?? '').split(' ')
  const found = await options.lists.list({
    submitted: true,
    ...(status === undefined ? {} : { ownStatus: status }),
    ...(caseId === '' ? {} : { after: { caseId, changedAt } }),
    limit: PAGE + 1,
  })
  const shown = found.slice(0, PAGE)
  const last = found.length > PAGE ? shown.at(-1) : undefined
  const kept: Record<string, string> = status === undefined ? {} : { status }
  const content = html`<h1>${words('access-body.area.cases')}</h1>${filterForm(visit, status)}${
    shown.length === 0
      ? html`<p>${words('access-body.board.none')}</p>`
      : html`<div class="framed stacked">${table({
          caption: words('access-body.cases.caption'),
          ...headed(
            words,
            COLUMNS.map((column) => `access-body.column.${column}`),
          ),
          rows: shown.map((one) => [
            caseLink(visit, one),
            html`${one.applicant}`,
            words(`access-body.kind-of-case.${one.kind}`),
            one.submittedAt === undefined ? html`–` : moment(visit, one.submittedAt.slice(0, 10)),
            statusTag(visit, one.ownStatus ?? one.stage),
            moment(visit, one.changedAt.slice(0, 10)),
          ]),
        })}</div>`
  }${
    last &&
    html`<div class="actions">${linkButton(
      visit.address('/cases', { ...kept, after: `${last.caseId} ${last.changedAt}` }),
      words('access-body.cases.next'),
    )}</div>`
  }`
  return show(visit, { title: words.messages.text('access-body.area.cases'), content })
}

function filterForm({ words, address }: BodyVisit, status: string | undefined): Html {
  return html`<form class="filters" method="get" action="${address('/cases')}"><div class="field"><label for="status">${words(
    'access-body.column.status',
  )}</label><select id="status" name="status"><option value="">${words('access-body.cases.all')}</option>${PART_STATUSES.map(
    (one) =>
      html`<option value="${one}"${one === status && html` selected`}>${words(`access-body.status.${one}`)}</option>`,
  )}</select></div><input type="hidden" name="language" value="${words.language}">${button(words('access-body.cases.show'), 'other')}</form>`
}
