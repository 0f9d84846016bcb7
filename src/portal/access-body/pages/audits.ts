/** The register of audits of the secure processing environment (EHDS Art. 73(3)): what was found, what changes, by when. */
import type { Problem } from '#platform/result/result.ts'
import { type FollowedAudit, measuresOn, overdueOn } from '#research/applications/register/audit-follow-up.ts'
import {
  AUDIT_FIELDS,
  AUDIT_KINDS,
  type AuditField,
  type AuditInput,
  type EnvironmentAudit,
  LONGEST,
  readAudit,
} from '#research/applications/register/environment-audit.ts'
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

const PAGE = 25

export async function showAudits(visit: BodyVisit): Promise<Response> {
  const { words, options, context } = visit
  const before = auditNumberIn(context.req.query('before'))
  const found = await options.audits.list({ limit: PAGE + 1, ...(before === undefined ? {} : { before }) })
  const listed = found.slice(0, PAGE)
  const last = found.length > PAGE ? listed.at(-1) : undefined
  const overdue = before === undefined ? overdueOn(await options.followUps.demanding(), todayOf(visit)) : []
  const first = overdue.slice(0, PAGE)
  const others = listed.filter(({ number }) => !first.some(({ audit }) => audit.number === number))
  const shown = [...first, ...(await options.followUps.of(others))]
  const mayRecord = recorderOf(visit) !== undefined
  const content = html`<h1>${words('access-body.area.audits')}</h1><p class="lead">${words('access-body.audits.lead')}</p>
${context.req.query('done') !== undefined && alert('success', words('access-body.done'))}${
  overdue.length > 0 && alert('warning', words('access-body.audits.overdue-first', { count: overdue.length }))
}
<div class="actions">${
    mayRecord
      ? linkButton(visit.address('/audits/new'), words('access-body.audits.record'), 'main')
      : html`<p class="acts off">${words('access-body.audits.not-yours')}</p>`
  }</div>${
    shown.length === 0
      ? html`<p>${words('access-body.audits.none')}</p>`
      : shown.map((followed) => auditBlock(visit, followed, mayRecord))
  }${last && html`<div class="actions">${linkButton(visit.address('/audits', { before: String(last.number) }), words('access-body.cases.next'))}</div>`}`
  return show(visit, { title: words.messages.text('access-body.area.audits'), content })
}

function auditBlock(visit: BodyVisit, followed: FollowedAudit, mayRecord: boolean): Html {
  const { words } = visit
  const { audit } = followed
  const { number, measures, replaces, replacedBy } = audit
  const said = (text: string): Html => html`<span class="said">${text}</span>`
  const state = measuresOn(followed, todayOf(visit))
  const mark = replacedBy === undefined ? measuresMark(visit, state) : undefined
  return html`<section class="block" id="audit-${number}"><h2>${words('access-body.audits.number', { number })} ${tag(
    words(`access-body.audits.kind.${audit.kind}`),
  )}</h2>${
    replacedBy !== undefined &&
    html`<p>${tag(words('access-body.audits.replaced'), 'warn')} <a href="#audit-${replacedBy}">${words('access-body.audits.number', { number: replacedBy })}</a></p>`
  }${summaryList([
    [words('access-body.audits.audited'), moment(visit, audit.audited)],
    [words('access-body.audits.environment'), html`${audit.environment}`],
    [words('access-body.audits.auditor'), html`${audit.auditor}`],
    [words('access-body.audits.findings'), said(audit.findings)],
    [words('access-body.audits.measures'), measures ? said(measures.words) : words('access-body.audits.no-measures')],
    [words('access-body.audits.until'), measures && moment(visit, measures.until)],
    [words('access-body.audits.state'), mark && stateRow(visit, number, mark)],
    [
      words('access-body.audits.corrects'),
      replaces === undefined ? undefined : words('access-body.audits.number', { number: replaces }),
    ],
    [words('access-body.audits.recorded'), html`${moment(visit, audit.recordedAt)} <code>${audit.recordedBy}</code>`],
  ])}${
    mayRecord &&
    replacedBy === undefined &&
    html`<div class="actions">${
      (state.kind === 'open' || state.kind === 'overdue') &&
      linkButton(followUpAddress(visit, number), words('access-body.follow-up.next', { number }))
    }${linkButton(visit.address('/audits/new', { replaces: String(number) }), words('access-body.audits.correct', { number }))}</div>`
  }</section>`
}

/** How the measures stand, and the way to what was recorded of them. */
function stateRow(visit: BodyVisit, number: number, mark: Html): Html {
  const way = visit.words('access-body.follow-up.see', { number })
  return html`${mark} <span class="sub"><a href="${followUpAddress(visit, number)}">${way}</a></span>`
}

interface AuditForm {
  readonly input: AuditInput
  /** The record that this one corrects. */
  readonly replaces: EnvironmentAudit | undefined
  readonly errors: readonly FieldError[]
  readonly problem?: Problem
}

export async function showNewAudit(visit: BodyVisit): Promise<Response> {
  const replaces = await replacedBy(visit, visit.context.req.query('replaces'))
  if (!recorderOf(visit) || replaces === 'unknown') return refused(visit, 'not-found')
  return formPage(visit, { input: replaces ? inputOf(replaces) : {}, replaces, errors: [] })
}

export async function recordAudit(visit: BodyVisit): Promise<Response> {
  const { options, words, context } = visit
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const by = recorderOf(visit)
  const replaces = await replacedBy(visit, sent.get('replaces') ?? undefined)
  if (!by || replaces === 'unknown') return refused(visit, 'not-found')
  const input = Object.fromEntries(AUDIT_FIELDS.map((field) => [field, sent.get(field) ?? '']))
  const read = readAudit(input, todayOf(visit))
  if ('faults' in read) {
    const errors = read.faults.map(({ field, fault }) => ({ field, message: words(`access-body.fault.${fault}`) }))
    return formPage(visit, { input, replaces, errors })
  }
  const correcting = replaces ? { replaces: replaces.number } : {}
  const recorded = await options.audits.record({ ...read, ...correcting }, by)
  if (!recorded.ok) return formPage(visit, { input, replaces, errors: [], problem: recorded.problem })
  return context.redirect(visit.address('/audits', { done: 'yes' }), 303)
}

async function replacedBy({ options }: BodyVisit, text: string | undefined) {
  if (text === undefined || text === '') return undefined
  const number = auditNumberIn(text)
  return (number === undefined ? undefined : await options.audits.find(number)) ?? 'unknown'
}

function inputOf({ audited, environment, auditor, kind, findings, measures }: EnvironmentAudit): AuditInput {
  return { audited, environment, auditor, kind, findings, measures: measures?.words, until: measures?.until }
}

function formPage(visit: BodyVisit, { input, replaces, errors, problem }: AuditForm): Response {
  const { words, person } = visit
  const title = words.messages.text('access-body.audits.record')
  const errorOf = (field: AuditField) => errors.find((one) => one.field === field)?.message
  const field = (
    name: Exclude<AuditField, 'kind'>,
    more: { readonly rows?: number; readonly optional?: boolean } = {},
  ) =>
    textField(words, {
      ...{ name, label: words(`access-body.audits.${name}`), help: helpOf(visit, name), ...more },
      ...{ value: input[name], error: errorOf(name), longest: LONGEST[name] },
      ...(name === 'audited' || name === 'until' ? { width: 'medium' as const } : {}),
    })
  const content = html`<p class="crumbs"><a href="${visit.address('/audits')}">${words('access-body.area.audits')}</a></p><h1>${title}</h1>
<p class="lead">${words('access-body.audits.record.lead')}</p>${
    replaces && alert('information', words('access-body.audits.correct.text', { number: replaces.number }))
  }${errorSummary(words, errors)}${problem && problemAlert(visit, problem)}${form({
    action: visit.address('/audits/new'),
    token: person.token,
    content: html`<input type="hidden" name="replaces" value="${replaces?.number ?? ''}">${field('audited')}${field('environment')}${field(
      'auditor',
    )}${choices({
      name: 'kind',
      legend: words('access-body.audits.kind'),
      choices: AUDIT_KINDS.map((value) => ({ value, label: words(`access-body.audits.kind.${value}`) })),
      value: input.kind,
      error: errorOf('kind'),
    })}${field('findings', { rows: 6 })}${field('measures', { rows: 4, optional: true })}${field('until', {
      optional: true,
    })}<div class="actions">${button(words('access-body.audits.record'))}</div>`,
  })}`
  return show(visit, { title, content, status: problem ? 409 : errors.length > 0 ? 422 : 200 })
}

function helpOf({ words }: BodyVisit, field: AuditField): Html | undefined {
  const key = `access-body.audits.${field}.help`
  return words.messages.has(key) ? words(key) : undefined
}
