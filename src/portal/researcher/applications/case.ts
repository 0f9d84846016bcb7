/** An application as its applicant sees it: what each Member State has decided, what runs, what is asked of him. */
import type { Part } from '#research/applications/case/state.ts'
import { LIVE } from '#research/applications/case/state.ts'
import { caseView, type PartView, timeline } from '#research/applications/views/case-view.ts'
import { clocksTable, statusTag, timelineList } from '../../case-desk/case-words.ts'
import { alert, linkButton, summaryList } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { countryName, day, show } from '../../ui/site.ts'
import { type CaseVisit, caseAddress } from '../visit.ts'
import { feeTable } from './act-page.ts'
import { isAct, isOffered } from './acts.ts'
import { formOf } from './form-page.ts'
import { answersOf } from './review.ts'

export async function showCase(visit: CaseVisit): Promise<Response> {
  const { words, options, state, actor, now, context } = visit
  const view = caseView(state, actor, options.cases.procedureFor(state), now.toISOString())
  const title = view.title || words.messages.text('research.untitled')
  const done = context.req.query('done') ?? ''
  const events = await options.cases.events(state.caseId)
  const { view: form, language } = formOf(visit)
  return show(visit, {
    title,
    content: html`<p class="crumbs"><a href="${visit.address('')}">${words('research.nav.applications')}</a></p><h1>${title}</h1>
<p class="facts">${words(`research.kind.${state.kind}`)} · ${words(`research.stage.${state.stage}`)} · <code>${state.caseId}</code></p>${
      words.messages.has(`research.done.${done}`) && alert('success', words(`research.done.${done}`))
    }${state.stage === 'draft' ? draftWays(visit, form.complete) : studyWays(visit)}
${view.parts.map((part) => partBlock(visit, part))}${
  view.commands.includes('withdraw') &&
  html`<p>${linkButton(caseAddress(visit, '/act/all/withdraw'), words('research.act.withdraw'))}</p>`
}<section class="block"><h2>${words('research.case.history')}</h2>${timelineList(visit, timeline(events, actor.role))}</section>
<details class="block"><summary>${words('research.case.answers')}</summary>${answersOf(visit, form, language)}</details>`,
  })
}

function draftWays(visit: CaseVisit, complete: boolean): Html {
  const { words } = visit
  const [first] = formOf(visit).view.sections
  return alert(
    'information',
    words(complete ? 'research.case.draft.complete' : 'research.case.draft.open'),
    html`<p class="actions">${linkButton(caseAddress(visit, `/form/${first?.id ?? ''}`), words('research.case.draft.continue'), complete ? 'other' : 'main')}${linkButton(
      caseAddress(visit, '/review'),
      words('research.review.title'),
      complete ? 'main' : 'other',
    )}</p>`,
  )
}

/** The work under a permit or an approval, as soon as one Member State has given it. */
function studyWays(visit: CaseVisit): Html | undefined {
  const { words, state, options } = visit
  const live = Object.values(state.parts).filter(({ status }) => LIVE.includes(status))
  if (live.length === 0) return undefined
  const countries = live.map(({ memberState }) => countryName(visit, memberState)).join(', ')
  const own =
    options.workspace && live.some(({ memberState, kind }) => memberState === options.country && kind === 'data-permit')
  return alert(
    'success',
    words('research.case.study', { countries }),
    html`<p class="actions">${linkButton(caseAddress(visit, '/study'), words('research.study.title'), 'main')}${
      own && linkButton(caseAddress(visit, '/workspace'), words('research.workspace.title'))
    }</p>`,
  )
}

function partBlock(visit: CaseVisit, { part, clocks, commands }: PartView): Html {
  const { words } = visit
  const acts = commands.flatMap((kind) => (isAct(kind) && isOffered(kind, part) ? [kind] : []))
  return html`<section class="block"><h2>${countryName(visit, part.memberState)} ${statusTag(visit, part.status)}</h2>
<p>${words(`research.status-text.${part.status}`)}</p>${part.suspendedAt !== undefined && alert('warning', words('research.part.suspended'))}${askedOf(visit, part, commands.includes('complete'))}${
    part.fee &&
    html`<h3>${words('research.fee')}</h3>${feeTable(visit, part.fee)}<p>${words(part.fee.accepted ? 'research.fee.accepted' : 'research.fee.open')}</p>`
  }${decision(visit, part)}${clocks.length > 0 && clocksTable(visit, clocks)}${
    acts.length > 0 &&
    html`<p class="actions">${acts.map((kind) => linkButton(caseAddress(visit, `/act/${part.memberState}/${kind}`), words(`research.act.${kind}`), FIRST.includes(kind) ? 'main' : 'other'))}</p>`
  }</section>`
}

/** What the body waits for. */
const FIRST: readonly string[] = ['answer-question', 'accept-fee', 'answer-conversion', 'state-views']

function askedOf(visit: CaseVisit, part: Part, canComplete: boolean): Html | undefined {
  const { words } = visit
  if (part.status === 'incomplete') {
    return alert(
      'warning',
      words('research.part.questions'),
      html`<ol>${part.questions.map((question) => html`<li class="written">${question}</li>`)}</ol>${
        canComplete &&
        html`<p>${linkButton(caseAddress(visit, `/complete/${part.memberState}`), words('research.act.complete'), 'main')}</p>`
      }`,
    )
  }
  if (!part.openQuestion) return undefined
  return alert('warning', words('research.part.question'), html`<p class="written">${part.openQuestion.question}</p>`)
}

function decision(visit: CaseVisit, part: Part): Html | undefined {
  const { words } = visit
  const { permit } = part
  if (part.decidedAt === undefined) return undefined
  return html`<h3>${words('research.part.decision')}</h3>${summaryList([
    [words('research.part.decided'), day(visit, part.decidedAt)],
    [
      words('research.part.reasons'),
      part.justification === undefined ? undefined : html`<span class="written">${part.justification}</span>`,
    ],
    [words('research.part.permit'), permit && html`<code>${permit.id}</code>`],
    [words('research.part.valid'), permit && html`${day(visit, permit.from)} – ${day(visit, permit.until)}`],
    [words('research.part.persons'), permit && html`${permit.persons.map(({ name }) => name).join(', ')}`],
    [
      words('research.part.tools'),
      permit && html`${permit.tools.map((tool, index) => html`${index > 0 && ', '}${words(`research.tool.${tool}`)}`)}`,
    ],
    [words('research.part.environment'), part.environment === undefined ? undefined : html`${part.environment}`],
    [
      words('research.part.floor'),
      permit && words('research.part.floor.text', { number: permit.disclosure.frequencyFloor }),
    ],
  ])}${part.kind !== visit.state.kind && html`<p>${words('research.part.converted')}</p>`}`
}
