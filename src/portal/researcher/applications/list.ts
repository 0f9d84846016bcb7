/** The first page: the applications in which the person has a part, last changed first. */
import type { CaseSummary } from '#research/applications/store/case-lists.ts'
import { statusTag } from '../../case-desk/case-words.ts'
import { linkButton, tag } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { day, show } from '../../ui/site.ts'
import type { ResearcherVisit } from '../visit.ts'

const PAGE = 50

export async function showApplications(visit: ResearcherVisit): Promise<Response> {
  const { words, options, person, context } = visit
  const [changedAt, caseId] = [context.req.query('before'), context.req.query('case')]
  const after = changedAt !== undefined && caseId !== undefined ? { changedAt, caseId } : undefined
  const found = await options.lists.list({ party: person.identifier, limit: PAGE + 1, ...(after ? { after } : {}) })
  const rows = found.slice(0, PAGE)
  const last = rows.at(-1)
  const title = words.messages.text('research.applications.title')
  return show(visit, {
    title,
    content: html`<h1>${title}</h1><p class="lead">${words('research.applications.lead')}</p>
<p class="actions">${linkButton(visit.address('/applications/new'), words('research.applications.new'), 'main')}${linkButton('/catalogue', words('research.nav.catalogue'))}</p>${
      rows.length === 0
        ? html`<p>${words('research.applications.none')}</p>`
        : html`<ol class="datasets">${rows.map((row) => item(visit, row))}</ol>`
    }${
      found.length > PAGE &&
      last &&
      html`<p>${linkButton(visit.address('', { before: last.changedAt, case: last.caseId }), words('research.applications.older'))}</p>`
    }`,
  })
}

function item(visit: ResearcherVisit, row: CaseSummary): Html {
  const { words } = visit
  const state =
    row.stage === 'draft'
      ? tag(words('research.stage.draft'))
      : row.ownStatus === undefined
        ? tag(words(`research.stage.${row.stage}`))
        : statusTag(visit, row.ownStatus)
  return html`<li><article><h2><a href="${visit.address(`/applications/${row.caseId}`)}">${row.title || words('research.untitled')}</a></h2>
<p class="facts">${words(`research.kind.${row.kind}`)}${
    row.submittedAt !== undefined &&
    html` · ${words('research.submitted', { date: words.messages.formats.date(row.submittedAt.slice(0, 10)) })}`
  }${row.nextDue !== undefined && html` · ${words('research.next-due')} ${day(visit, row.nextDue)}`}</p><p class="tags">${state}</p></article></li>`
}
