/** What this body's part of a case says beyond its status: questions, criteria, fee, decision, permit, deliveries, findings. */
import type { Part } from '#research/applications/case/state.ts'
import { calendarOf } from '#research/applications/procedure.ts'
import type { Permit } from '#research/permits/permit.ts'
import type { PartSeen } from '../../case-desk/acting.ts'
import { euros, ruleText } from '../../case-desk/case-words.ts'
import { headed } from '../../case-desk/desk.ts'
import { summaryList, table, tag } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { moment } from '../../ui/site.ts'
import type { BodyVisit } from '../body-visit.ts'

export function partSections(visit: BodyVisit, seen: PartSeen): Html {
  const { part } = seen
  return html`${questions(visit, part)}${criteria(visit, seen)}${fee(visit, seen)}${decision(visit, part)}${
    part.permit && permitSection(visit, part.permit, seen.procedure)
  }${deliveries(visit, part)}${findings(visit, part)}`
}

function questions({ words }: BodyVisit, { questions: asked, openQuestion, status }: Part): Html | undefined {
  const open = status === 'incomplete' ? asked : openQuestion ? [openQuestion.question] : []
  if (open.length === 0) return undefined
  return html`<section class="block"><h2>${words('access-body.part.questions')}</h2><ul>${open.map(
    (one) => html`<li class="said">${one}</li>`,
  )}</ul></section>`
}

/** Art. 68(1), (2): each criterion with its reason. */
function criteria(visit: BodyVisit, { part, procedure }: PartSeen): Html {
  const { words } = visit
  const rows = procedure.rules.criteria[part.kind].map(({ code, label }) => {
    const note = part.criteria[code]
    const met = note && tag(words(`access-body.criterion.${note.met ? 'met' : 'unmet'}`), note.met ? 'good' : 'warn')
    return [
      html`${ruleText(visit, label)} <span class="sub">${words('access-body.article', { article: code })}</span>`,
      met ?? tag(words('access-body.criterion.open')),
      html`<span class="said">${note?.reason ?? '–'}</span>`,
    ]
  })
  return html`<section><h2>${words('access-body.part.criteria')}</h2><div class="framed stacked">${table({
    caption: html`<span class="vh">${words('access-body.part.criteria')}</span>`,
    ...headed(words, ['access-body.column.criterion', 'access-body.column.assessed', 'access-body.column.reason']),
    rows,
  })}</div></section>`
}

function fee(visit: BodyVisit, { part, procedure }: PartSeen): Html | undefined {
  const { words } = visit
  if (!part.fee) return undefined
  const { items, cents, accepted } = part.fee
  const components = procedure.rules.fees.components
  return html`<section class="block"><h2>${words('access-body.part.fee')}</h2>${summaryList([
    ...items.map((item) => {
      const component = components.find(({ code }) => code === item.component)
      return [component ? ruleText(visit, component.label) : html`${item.component}`, euros(visit, item.cents)] as const
    }),
    [words('access-body.fee.total'), html`<b>${euros(visit, cents)}</b>`],
    [words('access-body.fee.accepted'), words(`access-body.answer.${accepted ? 'yes' : 'no'}`)],
  ])}</section>`
}

function decision(visit: BodyVisit, part: Part): Html | undefined {
  const { words } = visit
  const said = part.justification ?? part.publishedSummary
  if (part.decidedAt === undefined && part.proposal === undefined) return undefined
  return html`<section class="block"><h2>${words('access-body.part.decision')}</h2>${summaryList([
    [
      words('access-body.decision.proposal'),
      part.proposal &&
        html`${words(`access-body.proposal.${part.proposal.proposal}`)} <span class="sub said">${part.proposal.reasons}</span>`,
    ],
    [words('access-body.decision.at'), part.decidedAt === undefined ? undefined : moment(visit, part.decidedAt)],
    [words('access-body.decision.said'), said === undefined ? undefined : html`<span class="said">${said}</span>`],
    [
      words('access-body.decision.published'),
      part.publishedAt === undefined ? undefined : moment(visit, part.publishedAt),
    ],
    [
      words('access-body.decision.suspended'),
      part.suspendedAt === undefined ? undefined : moment(visit, part.suspendedAt),
    ],
    [
      words('access-body.decision.amendment'),
      part.amendmentAsked === undefined ? undefined : html`<span class="said">${part.amendmentAsked}</span>`,
    ],
    [words('access-body.decision.extension'), part.extensionAsked && moment(visit, part.extensionAsked.until)],
    [words('access-body.decision.ended'), part.endedAt === undefined ? undefined : moment(visit, part.endedAt)],
  ])}</section>`
}

/** Art. 68(10): what the permit says, as it is executed. */
function permitSection(visit: BodyVisit, permit: Permit, procedure: PartSeen['procedure']): Html {
  const { dayOf } = calendarOf(procedure, permit.memberState)
  // Its last day: the moment of the end belongs to the next one.
  const lastDay = dayOf(new Date(Date.parse(permit.until) - 1).toISOString())
  const { words } = visit
  const { number } = words.messages.formats
  return html`<section class="block"><h2>${words('access-body.part.permit')}</h2>${summaryList([
    [words('access-body.permit.number'), html`<code>${permit.id}</code>`],
    [words('access-body.permit.valid'), html`${moment(visit, dayOf(permit.from))} – ${moment(visit, lastDay)}`],
    [
      words('access-body.permit.persons'),
      html`<ul class="plain">${permit.persons.map(({ name }) => html`<li>${name}</li>`)}</ul>`,
    ],
    [words('access-body.permit.data'), words(`access-body.data.${permit.data}`)],
    [words('access-body.permit.tools'), html`${permit.tools.map((one) => html`${words(`access-body.tool.${one}`)} `)}`],
    [words('access-body.permit.floor'), html`${number(permit.disclosure.frequencyFloor)}`],
    ...permit.datasets.map(
      ({ dataset, tables, period }) =>
        [
          html`<code>${dataset}</code>`,
          html`${moment(visit, period.from)} – ${moment(visit, period.to)}<details><summary>${words(
            'access-body.permit.tables',
            {
              count: tables.length,
            },
          )}</summary><ul class="plain">${tables.map(
            ({ table: name, columns }) =>
              html`<li><code>${name}</code> <span class="sub">${columns.join(', ')}</span></li>`,
          )}</ul></details>`,
        ] as const,
    ),
  ])}</section>`
}

function deliveries(visit: BodyVisit, part: Part): Html | undefined {
  const { words } = visit
  const entries = Object.entries(part.deliveries)
  if (entries.length === 0) return undefined
  return html`<section><h2>${words('access-body.part.deliveries')}</h2><div class="framed stacked">${table({
    caption: html`<span class="vh">${words('access-body.part.deliveries')}</span>`,
    ...headed(words, [
      'access-body.column.holder',
      'access-body.column.asked',
      'access-body.column.delivered',
      'access-body.column.release',
    ]),
    rows: entries.map(([holder, { askedAt, deliveredAt, release }]) => [
      html`<code>${holder}</code>`,
      moment(visit, askedAt),
      deliveredAt === undefined ? html`–` : moment(visit, deliveredAt),
      html`${release ?? '–'}`,
    ]),
  })}</div></section>`
}

function findings(visit: BodyVisit, part: Part): Html | undefined {
  const { words } = visit
  const entries = Object.entries(part.findings)
  if (entries.length === 0) return undefined
  return html`<section class="block"><h2>${words('access-body.part.findings')}</h2>${entries.map(([id, one]) =>
    summaryList([
      [html`<code>${id}</code>`, html`<span class="said">${one.description}</span>`],
      [
        words('access-body.finding.against'),
        one.holder === undefined ? words('access-body.against.user') : html`<code>${one.holder}</code>`,
      ],
      [words('access-body.finding.views-until'), moment(visit, one.viewsUntil)],
      [
        words('access-body.finding.views'),
        one.views === undefined ? undefined : html`<span class="said">${one.views}</span>`,
      ],
      [words('access-body.finding.concluded'), one.concluded && words(`access-body.concluded.${one.concluded}`)],
    ]),
  )}</section>`
}
