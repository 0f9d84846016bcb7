/** Requests of the body to this holder: what is asked of it, until when, and what it can do (EHDS Art. 60(2), 72). */
import { clocksOf, standingOf } from '#research/applications/clocks/clocks.ts'
import { seenPart } from '../../case-desk/act-page.ts'
import { type PartSeen, standingsOf } from '../../case-desk/acting.ts'
import { applicationSections } from '../../case-desk/application-view.ts'
import { clocksTable, statusTag } from '../../case-desk/case-words.ts'
import { headed } from '../../case-desk/desk.ts'
import { refused } from '../../case-desk/refusal.ts'
import { alert, linkButton, summaryList, table, tag } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { moment, show } from '../../ui/site.ts'
import { type HolderVisit, holderActors } from '../holder-visit.ts'

const SHOWN = 100

export async function showCases(visit: HolderVisit): Promise<Response> {
  const { words, options, person } = visit
  const summaries = await options.lists.list({ party: person.organisation.identifier, limit: SHOWN })
  const seen = await Promise.all(summaries.map(({ caseId }) => ownPart(visit, caseId)))
  const rows = seen.filter((one) => one !== undefined).filter(({ part }) => isShown(part.status))
  const content = html`<h1>${words('holder.area.cases')}</h1><p class="lead">${words('holder.cases.lead')}</p>${
    rows.length === 0
      ? html`<p>${words('holder.cases.none')}</p>`
      : html`<div class="framed stacked">${table({
          caption: words('holder.cases.count', { count: rows.length }),
          ...headed(words, ['access-body.column.case', 'access-body.column.status', 'holder.column.to-do']),
          rows: rows.map((one) => [
            html`<a href="${visit.address(`/cases/${one.state.caseId}`)}">${one.state.application?.title ?? one.state.caseId}</a>`,
            statusTag(visit, one.part.status),
            toDo(visit, one),
          ]),
        })}</div>`
  }`
  return show(visit, { title: words.messages.text('holder.area.cases'), content })
}

/** Before somebody asks it, an application is not the holder's to read. */
function isShown(status: string): boolean {
  return !['completeness-check', 'incomplete', 'assessment', 'conversion-proposed', 'lapsed', 'withdrawn'].includes(
    status,
  )
}

async function ownPart({ options }: HolderVisit, caseId: string): Promise<PartSeen | undefined> {
  const state = await options.cases.load(caseId)
  const part = state?.parts[options.country]
  return state && part ? { state, part, procedure: options.cases.procedureFor(state) } : undefined
}

function toDo(visit: HolderVisit, seen: PartSeen): Html {
  const own = actsOf(visit, seen).filter((kind) => kind === 'deliver' || kind === 'propose' || kind === 'state-views')
  if (own.length === 0) return html`–`
  return html`${own.map((kind) => html`${tag(visit.words(`access-body.act.${kind}`), 'warn')} `)}`
}

function actsOf(visit: HolderVisit, seen: PartSeen) {
  const standings = standingsOf(seen, holderActors(visit.person), ['data-holder'], visit.now.toISOString())
  return standings.flatMap((one) => ('actor' in one ? [one.kind] : []))
}

export async function showCase(visit: HolderVisit): Promise<Response> {
  const { words, person, now, context, options } = visit
  const seen = await holderPart(visit)
  if (!seen) return refused(visit, 'not-found')
  const { state, part, procedure } = seen
  const holder = person.organisation.identifier
  const clocks = clocksOf(state, procedure)
    .filter(({ memberState, responsible }) => memberState === options.country && responsible === 'data-holder')
    .filter(({ about }) => about === undefined || about === holder)
    .map((clock) => standingOf(clock, procedure, now.toISOString()))
  const delivery = part.deliveries[holder]
  const title = state.application?.title ?? state.caseId
  const acts = actsOf(visit, seen)
  const done = context.req.query('done')
  const content = html`<p class="crumbs"><a href="${visit.address('/cases')}">${words('holder.area.cases')}</a></p><h1>${title}</h1>${
    done &&
    words.messages.has(`access-body.act.${done}`) &&
    alert('success', words('access-body.done'), html`<p>${words(`access-body.act.${done}`)}</p>`)
  }<section class="block">${summaryList([
    [words('access-body.column.status'), statusTag(visit, part.status)],
    [words('access-body.column.applicant'), html`${state.application?.applicant.name}`],
    [words('holder.case.summary'), html`<span class="said">${state.application?.summary}</span>`],
    [
      words('holder.case.datasets'),
      html`<ul class="plain">${part.datasets.filter((one) => one.holder === holder).map(({ dataset }) => html`<li><code>${dataset}</code></li>`)}</ul>`,
    ],
    [words('access-body.column.asked'), delivery && moment(visit, delivery.askedAt)],
    [
      words('access-body.column.delivered'),
      delivery?.deliveredAt === undefined ? undefined : moment(visit, delivery.deliveredAt),
    ],
    [words('access-body.column.release'), delivery?.release === undefined ? undefined : html`${delivery.release}`],
  ])}</section>${part.trustedHolder?.holder === holder && html`<h2>${words('holder.case.application')}</h2>${applicationSections(visit, seen)}`}${scopeSection(visit, seen)}${clocksTable(visit, clocks)}<section class="block"><h2>${words('access-body.case.acts')}</h2>${
    acts.length === 0
      ? html`<p>${words('access-body.case.acts.none')}</p>`
      : html`<ul class="acts">${acts.map((kind) => html`<li>${linkButton(visit.address(`/cases/${state.caseId}/${kind}`), words(`access-body.act.${kind}`))}</li>`)}</ul>`
  }</section>`
  return show(visit, { title, content })
}

/** The case of the address, when this holder has a part in it that it may see. */
export async function holderPart(visit: HolderVisit): Promise<PartSeen | undefined> {
  const seen = await seenPart(visit)
  const holder = visit.person.organisation.identifier
  const isOwn = seen?.part.datasets.some((one) => one.holder === holder)
  return seen && isOwn && isShown(seen.part.status) ? seen : undefined
}

/** What of its datasets the permit asks for. */
function scopeSection(visit: HolderVisit, { part }: PartSeen): Html | undefined {
  const { words, person } = visit
  const own = new Set(
    part.datasets.filter((one) => one.holder === person.organisation.identifier).map(({ dataset }) => dataset),
  )
  const scopes = (part.permit?.datasets ?? []).filter(({ dataset }) => own.has(dataset))
  if (scopes.length === 0) return undefined
  return html`<section class="block"><h2>${words('holder.case.scope')}</h2>${summaryList(
    scopes.map(({ dataset, tables, period }) => [
      html`<code>${dataset}</code>`,
      html`${moment(visit, period.from)} – ${moment(visit, period.to)}<ul class="plain">${tables.map(
        ({ table: name, columns }) =>
          html`<li><code>${name}</code> <span class="sub">${columns.join(', ')}</span></li>`,
      )}</ul>`,
    ]),
  )}</section>`
}
