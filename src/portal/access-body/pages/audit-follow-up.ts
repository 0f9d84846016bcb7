/** What became of the measures of one audit (EHDS Art. 73(3)): how they stand, what was recorded, and the form for the next record. */
import type { Problem } from '#platform/result/result.ts'
import {
  counts,
  FOLLOW_UP_FIELDS,
  FOLLOW_UP_OUTCOMES,
  type FollowedAudit,
  type FollowUp,
  type FollowUpField,
  type FollowUpInput,
  LONGEST_FOLLOW_UP,
  measuresOn,
  readFollowUp,
} from '#research/applications/register/audit-follow-up.ts'
import { problemAlert } from '../../case-desk/act-page.ts'
import { refused } from '../../case-desk/refusal.ts'
import {
  alert,
  button,
  choices,
  errorSummary,
  type FieldError,
  form,
  linkButton,
  summaryList,
  tag,
  textField,
} from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { moment, show } from '../../ui/site.ts'
import { type BodyVisit, recorderOf, todayOf } from '../body-visit.ts'
import { auditNumberIn, followUpAddress, measuresMark } from './measures-mark.ts'

interface FollowUpPage {
  readonly followed: FollowedAudit
  /** The record that is corrected. */
  readonly replaces: FollowUp | undefined
}

interface Written {
  readonly input: FollowUpInput
  readonly errors: readonly FieldError[]
  readonly problem?: Problem
}

export async function showFollowUps(visit: BodyVisit): Promise<Response> {
  const page = await pageOf(visit, visit.context.req.query('replaces'))
  if (!page || (page.replaces && !recorderOf(visit))) return refused(visit, 'not-found')
  return followUpPage(visit, page, { input: page.replaces ?? {}, errors: [] })
}

export async function recordFollowUp(visit: BodyVisit): Promise<Response> {
  const { options, words, context } = visit
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const by = recorderOf(visit)
  const page = await pageOf(visit, sent.get('replaces') ?? undefined)
  if (!by || !page) return refused(visit, 'not-found')
  const { followed, replaces } = page
  const correcting = replaces ? { replaces: replaces.number } : {}
  const input = Object.fromEntries(FOLLOW_UP_FIELDS.map((field) => [field, sent.get(field) ?? '']))
  const followUp = readFollowUp(input, { followed, today: todayOf(visit), ...correcting })
  if ('faults' in followUp) {
    const errors = followUp.faults.map(({ field, fault }) => ({ field, message: words(`access-body.fault.${fault}`) }))
    return followUpPage(visit, page, { input, errors })
  }
  const { number } = followed.audit
  const seen = Number(sent.get('seen') ?? '')
  const recorded = await options.followUps.record({ audit: number, followUp, seen }, by)
  if (!recorded.ok) {
    // With what was recorded meanwhile.
    const again = (await pageOf(visit, sent.get('replaces') ?? undefined)) ?? page
    return followUpPage(visit, again, { input, errors: [], problem: recorded.problem })
  }
  return context.redirect(followUpAddress(visit, number, { done: 'yes' }), 303)
}

/** The audit of the address, when it demands measures; with the record that is to be corrected, if one is. */
async function pageOf(
  { options, context }: BodyVisit,
  correcting: string | undefined,
): Promise<FollowUpPage | undefined> {
  const number = auditNumberIn(context.req.param('audit'))
  const audit = number === undefined ? undefined : await options.audits.find(number)
  if (!audit?.measures) return undefined
  const [followed] = await options.followUps.of([audit])
  if (!followed || correcting === undefined || correcting === '') {
    return followed && { followed, replaces: undefined }
  }
  const replaces = followed.followUps.find((one) => String(one.number) === correcting)
  return replaces && { followed, replaces }
}

function followUpPage(visit: BodyVisit, page: FollowUpPage, written: Written): Response {
  const { words, context } = visit
  const { followed } = page
  const { audit, followUps } = followed
  const title = words.messages.text('access-body.follow-up.title', { number: audit.number })
  const content = html`<p class="crumbs"><a href="${visit.address('/audits')}">${words('access-body.area.audits')}</a></p><h1>${title}</h1>
${context.req.query('done') !== undefined && alert('success', words('access-body.done'))}${errorSummary(words, written.errors)}${
  written.problem && problemAlert(visit, written.problem)
}${auditSummary(visit, followed)}${
  followUps.length === 0
    ? html`<p>${words('access-body.follow-up.none')}</p>`
    : html`<section class="block"><h2>${words('access-body.follow-up.records')}</h2><ol class="timeline">${followUps.map(
        (one) => recordLine(visit, followed, one),
      )}</ol></section>`
}${nextRecord(visit, page, written)}`
  const status = written.problem ? 409 : written.errors.length > 0 ? 422 : 200
  return show(visit, { title, content, status })
}

function auditSummary(visit: BodyVisit, followed: FollowedAudit): Html {
  const { words } = visit
  const { environment, audited, measures, replacedBy } = followed.audit
  const later = (number: number): Html =>
    html`<a href="${followUpAddress(visit, number)}">${words('access-body.audits.number', { number })}</a>`
  return html`<section class="block">${summaryList([
    [words('access-body.audits.replaced'), replacedBy === undefined ? undefined : later(replacedBy)],
    [
      words('access-body.column.status'),
      replacedBy === undefined ? measuresMark(visit, measuresOn(followed, todayOf(visit))) : undefined,
    ],
    [words('access-body.audits.measures'), measures && html`<span class="said">${measures.words}</span>`],
    [words('access-body.audits.until'), measures && moment(visit, measures.until)],
    [words('access-body.audits.environment'), html`${environment}`],
    [words('access-body.audits.audited'), moment(visit, audited)],
  ])}</section>`
}

function recordLine(visit: BodyVisit, { audit }: FollowedAudit, followUp: FollowUp): Html {
  const { words } = visit
  const { number, outcome, day, replaces, replacedBy, outdated, recordedAt, recordedBy } = followUp
  const record = (key: string, of: number): Html =>
    html`${words(key)} ${words('access-body.follow-up.number', { number: of })}`
  const mayCorrect = recorderOf(visit) !== undefined && counts(followUp) && audit.replacedBy === undefined
  return html`<li>${moment(visit, recordedAt)} <div><b>${words('access-body.follow-up.number', { number })} · ${words(
    `access-body.follow-up.said.${outcome}`,
  )} ${moment(visit, day)}</b> <span class="sub"><code>${recordedBy}</code>${
    replaces !== undefined && html` · ${record('access-body.audits.corrects', replaces)}`
  }</span>${replacedBy !== undefined && html` ${tag(record('access-body.audits.replaced', replacedBy), 'warn')}`}${
    outdated && html` ${tag(words('access-body.follow-up.outdated'), 'warn')}`
  }<div class="said">${followUp.words}</div>${
    mayCorrect &&
    html`<span class="sub"><a href="${followUpAddress(visit, audit.number, { replaces: String(number) })}">${words(
      'access-body.follow-up.correct',
      { number },
    )}</a></span>`
  }</div></li>`
}

/** The form; or why there is none. */
function nextRecord(visit: BodyVisit, page: FollowUpPage, written: Written): Html | undefined {
  const { words } = visit
  const { followed, replaces } = page
  if (followed.audit.replacedBy !== undefined) return undefined
  if (!recorderOf(visit)) return html`<p class="acts off">${words('access-body.audits.not-yours')}</p>`
  if (replaces && !counts(replaces)) return undefined
  const isDone = measuresOn(followed, todayOf(visit)).kind === 'carried-out'
  if (isDone && !replaces) return html`<p>${words('access-body.follow-up.settled')}</p>`
  return html`<h2>${replaces ? words('access-body.follow-up.correct', { number: replaces.number }) : words('access-body.follow-up.next', { number: followed.audit.number })}</h2>${
    replaces
      ? alert('information', words('access-body.follow-up.correct.text', { number: replaces.number }))
      : html`<p>${words('access-body.audits.record.lead')}</p>`
  }${followUpForm(visit, page, written)}`
}

function followUpForm(visit: BodyVisit, { followed, replaces }: FollowUpPage, { input, errors }: Written): Html {
  const { words, person } = visit
  const { audit, followUps } = followed
  const errorOf = (field: FollowUpField) => errors.find((one) => one.field === field)?.message
  const field = (name: 'day' | 'words', more: { readonly rows?: number; readonly width?: 'medium' }) =>
    textField(words, {
      ...{ name, label: words(`access-body.follow-up.${name}`), help: words(`access-body.follow-up.${name}.help`) },
      ...{ value: input[name], error: errorOf(name), longest: LONGEST_FOLLOW_UP[name], ...more },
    })
  return form({
    action: followUpAddress(visit, audit.number),
    token: person.token,
    content: html`<input type="hidden" name="seen" value="${followUps.length}"><input type="hidden" name="replaces" value="${replaces?.number ?? ''}">${choices(
      {
        name: 'outcome',
        legend: words('access-body.audits.state'),
        choices: FOLLOW_UP_OUTCOMES.map((value) => ({ value, label: words(`access-body.follow-up.outcome.${value}`) })),
        value: input.outcome,
        error: errorOf('outcome'),
      },
    )}${field('day', { width: 'medium' })}${field('words', { rows: 5 })}<div class="actions">${button(
      words('access-body.follow-up.record'),
    )}${replaces && linkButton(followUpAddress(visit, audit.number), words('access-body.follow-up.leave'))}</div>`,
  })
}
