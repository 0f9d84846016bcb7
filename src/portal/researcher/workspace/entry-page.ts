/** The way into the workspace: setting up the second factor once, and its code at each entry (EHDS Art. 73(1)(a)). */
import type { Problem } from '#platform/result/result.ts'
import { ruleLabel } from '../../public/visit.ts'
import { button, choices, form, textField } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { show } from '../../ui/site.ts'
import { problemAlert, refused } from '../refusal.ts'
import { studyCrumbs } from '../studies/study-visit.ts'
import { goTo } from '../visit.ts'
import { forgetSession, keepSession, type WorkspaceVisit, workspaceAddress } from './visit.ts'

export async function showEntry(visit: WorkspaceVisit): Promise<Response> {
  const state = await visit.workspace.factors.state(visit.person.identifier)
  return entryPage(visit, state === 'enrolled' ? codeForm(visit) : setUpForm(visit))
}

/** Makes the secret and shows it, this one time. */
export async function beginFactor(visit: WorkspaceVisit): Promise<Response> {
  if (!(await readForm(visit))) return refused(visit, 'foreign-form')
  const begun = await visit.workspace.factors.begin(visit.person.identifier)
  if (!begun.ok) return entryPage(visit, codeForm(visit), begun.problem)
  const { words, person } = visit
  const { secret, uri } = begun.value
  return entryPage(
    visit,
    html`<p>${words('research.factor.secret')}</p><p><code class="secret">${secret.replace(/(.{4})(?=.)/g, '$1 ')}</code></p><p class="small">${words('research.factor.uri')} <a href="${uri}">${words('research.factor.open')}</a></p>${form(
      {
        action: workspaceAddress(visit, '/factor/confirm'),
        token: person.token,
        content: html`${codeField(visit, words('research.factor.first'))}<div class="actions">${button(words('research.factor.confirm'))}</div>`,
      },
    )}`,
  )
}

export async function confirmFactor(visit: WorkspaceVisit): Promise<Response> {
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const confirmed = await visit.workspace.factors.confirm(visit.person.identifier, codeOf(sent))
  if (confirmed.ok) return goTo(visit, visit.address(`/applications/${visit.state.caseId}/workspace`))
  return entryPage(visit, setUpForm(visit), confirmed.problem)
}

export async function enterWorkspace(visit: WorkspaceVisit): Promise<Response> {
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const { permit } = visit.live
  const purpose = permit.purposes.find((one) => one === sent.get('purpose')) ?? permit.purposes[0]
  if (!purpose) return refused(visit, 'not-found')
  const entered = await visit.workspace.enter({
    ...{ person: visit.person.identifier, purpose, code: codeOf(sent) },
    permit: { memberState: permit.memberState, id: permit.id },
  })
  if (!entered.ok) return entryPage(visit, codeForm(visit), entered.problem)
  keepSession(visit, entered.value.session)
  return goTo(visit, workspaceAddress(visit))
}

export async function leaveWorkspace(visit: WorkspaceVisit, session: string | undefined): Promise<Response> {
  if (!(await readForm(visit))) return refused(visit, 'foreign-form')
  if (session) await visit.workspace.leave({ session, person: visit.person.identifier })
  forgetSession(visit)
  return goTo(visit, workspaceAddress(visit))
}

function codeOf(sent: URLSearchParams): string {
  return (sent.get('code') ?? '').replace(/\s/g, '').slice(0, 20)
}

function codeField({ words }: WorkspaceVisit, label: Html): Html {
  return textField(words, { name: 'code', label, inputMode: 'numeric', width: 'short', longest: 12 })
}

function setUpForm(visit: WorkspaceVisit): Html {
  const { words, person } = visit
  return html`<p>${words('research.factor.none')}</p>${form({
    action: workspaceAddress(visit, '/factor'),
    token: person.token,
    content: html`<div class="actions">${button(words('research.factor.begin'))}</div>`,
  })}`
}

function codeForm(visit: WorkspaceVisit): Html {
  const { words, person, live, options, state } = visit
  const { purposes } = options.cases.procedureFor(state).rules
  const list = live.permit.purposes.map((code) => ({ value: code, label: ruleLabel(visit, purposes, code) }))
  return form({
    action: workspaceAddress(visit, '/enter'),
    token: person.token,
    content: html`${codeField(visit, words('research.factor.code'))}${
      list.length > 1 &&
      choices({ name: 'purpose', legend: words('research.ask.purpose'), choices: list, value: list[0]?.value })
    }<div class="actions">${button(words('research.workspace.enter'))}</div>`,
  })
}

function entryPage(visit: WorkspaceVisit, content: Html, problem?: Problem<string>): Response {
  const { words } = visit
  const title = words.messages.text('research.workspace.title')
  return show(visit, {
    title,
    status: problem ? 403 : 200,
    content: html`${studyCrumbs(visit, false)}<h1>${title}</h1><p class="lead">${words('research.workspace.lead')}</p>${problem && problemAlert(visit, problem)}<section class="block">${content}</section>`,
  })
}
