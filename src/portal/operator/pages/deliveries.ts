/** What has not arrived: audit messages that wait for their repository, dispensations whose outcome is not known. */
import type { OutboxEntry } from '#care/dispensing/dispensing.ts'
import {
  alert,
  button,
  choices,
  errorSummary,
  type FieldError,
  form,
  summaryList,
  table,
  textField,
} from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { countryName, moment, show } from '../../ui/site.ts'
import { recordChange } from '../change.ts'
import { refused } from '../refusal.ts'
import { type OperatorVisit, stateTag } from '../visit.ts'

const COLUMNS = ['confirmed', 'country', 'kind', 'state', 'attempts', 'last-tried'] as const

export async function showDeliveries(visit: OperatorVisit): Promise<Response> {
  const { words, options } = visit
  const entries = await options.outbox.unsettled()
  const content = html`<h1>${words('operator.area.deliveries')}</h1>
${auditBlock(visit)}
<section><h2>${words('operator.deliveries.dispensations')}</h2><p>${words('operator.deliveries.dispensations.text')}</p>${
    entries.length === 0
      ? html`<p>${words('operator.deliveries.none')}</p>`
      : html`<div class="framed stacked">${table({
          caption: words('operator.deliveries.count', { count: entries.length }),
          columns: COLUMNS.map((column) => words(`operator.column.${column}`)),
          labels: COLUMNS.map((column) => words.messages.text(`operator.column.${column}`)),
          rows: entries.map((entry) => [
            html`<a href="${visit.address(`/deliveries/${encodeURIComponent(entry.submissionId)}`)}">${moment(visit, entry.confirmedAt)}</a>`,
            html`${countryName(visit, entry.country)}`,
            words(`operator.submission.${entry.kind}`),
            entryState(visit, entry),
            html`${entry.attempts}`,
            entry.lastTriedAt === undefined ? html`–` : moment(visit, entry.lastTriedAt),
          ]),
        })}</div>`
  }</section>`
  return show(visit, { title: words.messages.text('operator.area.deliveries'), content })
}

function auditBlock(visit: OperatorVisit): Html {
  const { words, options } = visit
  const { failures, repository } = options.recorder()
  return html`<section class="block"><h2>${words('operator.deliveries.audit')}</h2>${
    failures > 0 && alert('warning', words('operator.deliveries.audit.failing', { count: failures }))
  }${
    repository
      ? summaryList([
          [
            words('operator.deliveries.audit.repository'),
            stateTag(visit, repository.failures > 0 ? 'unreachable' : 'reachable', repository.failures === 0),
          ],
          [
            words('operator.deliveries.audit.waiting'),
            words('operator.deliveries.audit.batches', {
              count: repository.waiting,
              bytes: words.messages.formats.number(repository.waitingBytes),
            }),
          ],
          [
            words('operator.deliveries.audit.problem'),
            repository.lastProblem === undefined ? undefined : html`<code>${repository.lastProblem}</code>`,
          ],
        ])
      : html`<p>${words('operator.deliveries.audit.none')}</p>`
  }</section>`
}

function entryState(visit: OperatorVisit, { state, needsPerson }: OutboxEntry): Html {
  return stateTag(visit, needsPerson ? 'needs-person' : state, state === 'accepted')
}

export async function showSubmission(visit: OperatorVisit): Promise<Response> {
  const entry = await visit.options.outbox.entry(visit.context.req.param('submission') ?? '')
  return entry ? submissionPage(visit, entry, {}) : refused(visit, 'not-found')
}

/** A person asked in country A and writes down what he was told: his name from the session, the other's from the form. */
export async function settleSubmission(visit: OperatorVisit): Promise<Response> {
  const { options, context, words, now } = visit
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const entry = await options.outbox.entry(context.req.param('submission') ?? '')
  if (!entry) return refused(visit, 'not-found')
  const toldBy = (sent.get('told-by') ?? '').trim().slice(0, 200)
  const state = SETTLED.find((one) => one === sent.get('outcome'))
  if (state === undefined || toldBy === '') {
    const errors = [
      ...(state === undefined ? [{ field: 'outcome', message: words('operator.settle.no-outcome') }] : []),
      ...(toldBy === '' ? [{ field: 'told-by', message: words('operator.settle.nobody') }] : []),
    ]
    return submissionPage(visit, entry, { errors, toldBy, outcome: state })
  }
  if (!entry.needsPerson) return submissionPage(visit, entry, { isLate: true })
  const change = {
    kind: 'submission-settled' as const,
    submission: entry.submissionId,
    details: [
      { type: 'urn:tessera:country', value: entry.country },
      { type: 'urn:tessera:outcome', value: state },
      { type: 'urn:tessera:told-by', value: toldBy },
      { type: 'urn:tessera:written-by', value: visit.person.name },
    ],
  }
  await recordChange(visit, change)
  const settled = await options.outbox.settleByHand(entry.submissionId, state, now)
  if (settled) return context.redirect(visit.address(`/deliveries/${encodeURIComponent(entry.submissionId)}`), 303)
  await recordChange(visit, change, 'settled-meanwhile')
  const meanwhile = await options.outbox.entry(entry.submissionId)
  return submissionPage(visit, meanwhile ?? entry, { isLate: true })
}

const SETTLED = ['accepted', 'refused'] as const

interface SettleState {
  readonly errors?: readonly FieldError[]
  readonly toldBy?: string
  readonly outcome?: string | undefined
  /** What was asked for does not apply any more. */
  readonly isLate?: boolean
}

function submissionPage(visit: OperatorVisit, entry: OutboxEntry, state: SettleState): Response {
  const { words } = visit
  const { errors = [], isLate = false } = state
  const title = words.messages.text(`operator.submission.title.${entry.kind}`, {
    country: countryName(visit, entry.country),
  })
  const content = html`<p class="crumbs"><a href="${visit.address('/deliveries')}">${words('operator.area.deliveries')}</a></p>
<h1>${title}</h1>${isLate && alert('warning', words('operator.settle.late'))}${errorSummary(words, errors)}
<section class="block">${summaryList([
    [words('operator.column.state'), entryState(visit, entry)],
    [words('operator.column.confirmed'), moment(visit, entry.confirmedAt)],
    [words('operator.column.attempts'), html`${entry.attempts}`],
    [
      words('operator.column.last-tried'),
      entry.lastTriedAt === undefined ? undefined : moment(visit, entry.lastTriedAt),
    ],
    [words('operator.submission.settled'), entry.settledAt === undefined ? undefined : moment(visit, entry.settledAt)],
    [words('operator.column.code'), entry.code === undefined ? undefined : html`<code>${entry.code}</code>`],
    [words('operator.submission.id'), html`<code>${entry.submissionId}</code>`],
    [words('operator.submission.document'), html`<code>${entry.dispensationId}</code>`],
    [words('operator.submission.prescription'), html`<code>${entry.prescriptionId}</code>`],
    [words('operator.submission.organisation'), html`<code>${entry.organisation}</code>`],
  ])}</section>${
    entry.needsPerson
      ? settleForm(visit, entry, state)
      : html`<p>${words(entry.settledAt === undefined ? 'operator.settle.by-itself' : 'operator.settle.known')}</p>`
  }`
  return show(visit, { title, content, status: isLate ? 409 : errors.length > 0 ? 422 : 200 })
}

function settleForm(visit: OperatorVisit, entry: OutboxEntry, { errors = [], toldBy, outcome }: SettleState): Html {
  const { words, person } = visit
  const errorOf = (name: string) => errors.find(({ field }) => field === name)?.message
  const country = countryName(visit, entry.country)
  return html`<section class="block"><h2>${words('operator.settle.title')}</h2><p>${words('operator.settle.text', { country })}</p>${form(
    {
      action: visit.address(`/deliveries/${encodeURIComponent(entry.submissionId)}`),
      token: person.token,
      content: html`${choices({
        name: 'outcome',
        legend: words('operator.settle.outcome', { country }),
        value: outcome,
        error: errorOf('outcome'),
        choices: SETTLED.map((value) => ({ value, label: words(`operator.settle.${value}`) })),
      })}${textField(words, {
        name: 'told-by',
        label: words('operator.settle.told-by', { country }),
        help: words('operator.settle.told-by.help'),
        value: toldBy,
        error: errorOf('told-by'),
      })}<p>${words('operator.settle.signed', { name: person.name })}</p><div class="actions">${button(words('operator.settle.do'))}</div>`,
    },
  )}</section>`
}
