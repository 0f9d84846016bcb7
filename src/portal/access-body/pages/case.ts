/** One case as the body sees it: what stands, what runs, what this officer can do and why not the rest; the application; what happened. */

import type { Part } from '#research/applications/case/state.ts'
import type { PartView } from '#research/applications/views/case-view.ts'
import { caseView, timeline } from '#research/applications/views/case-view.ts'
import { whyNot } from '../../case-desk/act-page.ts'
import { type PartSeen, type Standing, standingsOf } from '../../case-desk/acting.ts'
import { applicationSections } from '../../case-desk/application-view.ts'
import { clocksTable, roleName, statusTag, timelineList } from '../../case-desk/case-words.ts'
import { eventDetails } from '../../case-desk/event-details.ts'
import { refused } from '../../case-desk/refusal.ts'
import { alert, linkButton, summaryList } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { countryName, moment, show } from '../../ui/site.ts'
import { BODY_ROLES } from '../access-body-options.ts'
import { actorsOf, type BodyVisit } from '../body-visit.ts'
import { partSections } from './part.ts'

/** What was submitted; this body has a part in it when data of its Member State are asked for. */
interface SeenCase extends Pick<PartSeen, 'state' | 'procedure'> {
  readonly part: Part | undefined
}

/** A draft is its applicant's own. */
async function seenCase({ options, context }: BodyVisit): Promise<SeenCase | undefined> {
  const state = await options.cases.load(context.req.param('case') ?? '')
  if (!state || state.stage === 'draft') return undefined
  return { state, procedure: options.cases.procedureFor(state), part: state.parts[options.country] }
}

export async function showCase(visit: BodyVisit): Promise<Response> {
  const { words, options, person, now, context } = visit
  const seen = await seenCase(visit)
  const [actor] = actorsOf(person, options.procedures.body.id)
  if (!seen || !actor) return refused(visit, 'not-found')
  const { state, procedure, part } = seen
  const view = caseView(state, actor, procedure, now.toISOString())
  const clocks = view.parts.find((one) => one.part.memberState === options.country)?.clocks
  const done = context.req.query('done')
  const content = html`<p class="crumbs"><a href="${visit.address('/cases')}">${words('access-body.area.cases')}</a></p><h1>${view.title}</h1>
${done && words.messages.has(`access-body.act.${done}`) && alert('success', words('access-body.done'), html`<p>${words(`access-body.act.${done}`)}</p>`)}
${tabs(visit, state.caseId, '')}
<section class="block">${summaryList([
    [words('access-body.column.status'), statusTag(visit, part?.status ?? view.stage)],
    [words('access-body.column.kind'), words(`access-body.kind-of-case.${part?.kind ?? view.kind}`)],
    [words('access-body.column.applicant'), html`${view.applicant}`],
    [
      words('access-body.column.submitted'),
      state.submittedAt === undefined ? undefined : moment(visit, state.submittedAt),
    ],
    [words('access-body.case.home'), html`${countryName(visit, view.homeCountry)}`],
    [words('access-body.case.rules'), html`${view.ruleSet}`],
    [words('access-body.case.number'), html`<code>${view.caseId}</code>`],
  ])}</section>
${part ? ownPart(visit, { state, procedure, part }, clocks ?? []) : html`<p>${words('access-body.case.no-part')}</p>`}
${otherParts(visit, view.parts)}`
  return show(visit, { title: view.title, content })
}

function ownPart(visit: BodyVisit, seen: PartSeen, clocks: PartView['clocks']): Html {
  const actors = actorsOf(visit.person, visit.options.procedures.body.id)
  const standings = standingsOf(seen, actors, BODY_ROLES, visit.now.toISOString())
  return html`${clocksTable(visit, clocks)}${actsSection(visit, seen, standings)}${partSections(visit, seen)}`
}

/** What can be done now: as links for this officer, as reasons where it is somebody else's. */
function actsSection(visit: BodyVisit, { state }: PartSeen, standings: readonly Standing[]): Html {
  const { words } = visit
  const own = standings.filter((one) => 'actor' in one)
  const others = standings.filter((one) => !('actor' in one))
  return html`<section class="block"><h2>${words('access-body.case.acts')}</h2>${
    own.length === 0
      ? html`<p>${words('access-body.case.acts.none')}</p>`
      : html`<ul class="acts">${own.map(
          (one) =>
            html`<li>${linkButton(visit.address(`/cases/${state.caseId}/${one.kind}`), words(`access-body.act.${one.kind}`))} <span class="small quiet">${words('access-body.acting-as')} ${roleName(visit, one.actor.role)}</span></li>`,
        )}</ul>`
  }${
    others.length > 0 &&
    html`<details class="filter"><summary>${words('access-body.case.not-yours', { count: others.length })}</summary><ul class="acts">${others.map(
      (one) => html`<li><b>${words(`access-body.act.${one.kind}`)}</b>${whyNot(visit, one)}</li>`,
    )}</ul></details>`
  }</section>`
}

/** Art. 68(5): each Member State decides for what is held there. */
function otherParts(visit: BodyVisit, parts: readonly PartView[]): Html | undefined {
  const { words, options } = visit
  const others = parts.filter(({ part }) => part.memberState !== options.country)
  if (others.length === 0) return undefined
  return html`<section class="block"><h2>${words('access-body.case.elsewhere')}</h2>${summaryList(
    others.map(({ part }) => [html`${countryName(visit, part.memberState)}`, statusTag(visit, part.status)]),
  )}</section>`
}

const TABS = ['', 'application', 'history'] as const

function tabs({ words, address }: BodyVisit, caseId: string, current: (typeof TABS)[number]): Html {
  return html`<nav class="tabs" aria-label="${words.messages.text('access-body.case.tabs')}"><ul>${TABS.map(
    (tab) =>
      html`<li><a href="${address(`/cases/${caseId}${tab && `/${tab}`}`)}"${tab === current && html` aria-current="page"`}>${words(
        `access-body.tab.${tab === '' ? 'case' : tab}`,
      )}</a></li>`,
  )}</ul></nav>`
}

export async function showHistory(visit: BodyVisit): Promise<Response> {
  const { words, options } = visit
  const seen = await seenCase(visit)
  if (!seen) return refused(visit, 'not-found')
  const { caseId, application } = seen.state
  const title = application?.title ?? caseId
  // All of it is the body's own to read, so that entries and events are the same ones.
  const events = await options.cases.events(caseId)
  const entries = timeline(events, 'coordinator').map((entry, index) => ({ ...entry, event: events[index] }))
  const content = html`<p class="crumbs"><a href="${visit.address('/cases')}">${words('access-body.area.cases')}</a></p><h1>${title}</h1>
${tabs(visit, caseId, 'history')}<section class="block"><h2>${words('access-body.tab.history')}</h2>${timelineList(
    visit,
    entries,
    ({ event }) => event && eventDetails(visit, event),
  )}</section>`
  return show(visit, { title, content })
}

export async function showApplication(visit: BodyVisit): Promise<Response> {
  const { words } = visit
  const seen = await seenCase(visit)
  if (!seen) return refused(visit, 'not-found')
  const { caseId, application } = seen.state
  const title = application?.title ?? caseId
  const content = html`<p class="crumbs"><a href="${visit.address('/cases')}">${words('access-body.area.cases')}</a></p><h1>${title}</h1>
${tabs(visit, caseId, 'application')}${applicationSections(visit, seen)}`
  return show(visit, { title, content })
}
