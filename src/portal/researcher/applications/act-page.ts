/** One thing that the applicant can do in a case, as a form; whether it may be done is the case's answer. */
import type { Problem } from '#platform/result/result.ts'
import type { Part } from '#research/applications/case/state.ts'
import { button, checkbox, choices, errorSummary, form, textField } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { countryName, show } from '../../ui/site.ts'
import { problemAlert, refused } from '../refusal.ts'
import { type CaseVisit, caseAddress, goTo, seenVersion } from '../visit.ts'
import {
  ACTS,
  type Act,
  type ActFault,
  type ActField,
  type ActKind,
  commandOf,
  findingsToAnswer,
  isAct,
  readAct,
} from './acts.ts'

interface Opened {
  readonly kind: ActKind
  /** Absent for what is about the whole application. */
  readonly part?: Part
}

function opened({ context, state }: CaseVisit): Opened | undefined {
  const kind = context.req.param('act') ?? ''
  if (!isAct(kind)) return undefined
  if (kind === 'withdraw') return { kind }
  const part = state.parts[context.req.param('state') ?? '']
  return part && { kind, part }
}

export async function showAct(visit: CaseVisit): Promise<Response> {
  const open = opened(visit)
  return open ? page(visit, open, {}) : refused(visit, 'not-found')
}

export async function performAct(visit: CaseVisit): Promise<Response> {
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const open = opened(visit)
  if (!open) return refused(visit, 'not-found')
  const faults = readAct(open.kind, sent)
  if (faults.size > 0) return page(visit, open, { sent, faults })
  const { options, state, actor, now } = visit
  const command = commandOf(open.kind, sent, {
    at: now.toISOString(),
    by: actor,
    memberState: open.part?.memberState ?? '',
  })
  const handled = await options.cases.handle(state.caseId, command, seenVersion(sent))
  if (!handled.ok) return page(visit, open, { sent, problem: handled.problem })
  await options.errands.run()
  return goTo(visit, visit.address(`/applications/${state.caseId}`, { done: open.kind }))
}

interface PageState {
  readonly sent?: URLSearchParams
  readonly faults?: ReadonlyMap<string, ActFault>
  readonly problem?: Problem<string>
}

function page(visit: CaseVisit, { kind, part }: Opened, { sent, faults, problem }: PageState): Response {
  const { words, state, person } = visit
  const act: Act = ACTS[kind]
  const title = words.messages.text(`research.act.${kind}`)
  const errors = new Map([...(faults ?? [])].map(([field, fault]) => [field, words(`research.act-fault.${fault}`)]))
  const place = part ? countryName(visit, part.memberState) : undefined
  return show(visit, {
    title,
    status: problem ? 409 : faults ? 422 : 200,
    content: html`<p class="crumbs"><a href="${caseAddress(visit)}">${state.application?.title ?? words('research.untitled')}</a></p><h1>${title}</h1><p class="lead">${place !== undefined && html`${place}: `}${words(`research.act.${kind}.text`)}</p>${
      problem && problemAlert(visit, problem)
    }${errorSummary(
      words,
      [...errors].map(([field, message]) => ({ field, message })),
    )}${about(visit, kind, part)}${form({
      action: caseAddress(visit, `/act/${part?.memberState ?? 'all'}/${kind}`),
      token: person.token,
      content: html`<input type="hidden" name="version" value="${sent?.get('version') ?? state.version}">${act.fields.map((field) => oneField(visit, field, { part, sent, error: errors.get(field.name) }))}${
        act.confirm && checkbox('sure', words('research.act.sure'), errors.get('sure'))
      }<div class="actions">${button(html`${title}`)}</div>`,
    })}`,
  })
}

/** What the act answers to. */
function about(visit: CaseVisit, kind: ActKind, part: Part | undefined): Html | undefined {
  if (kind === 'answer-question' && part?.openQuestion) {
    return html`<blockquote class="block written">${part.openQuestion.question}</blockquote>`
  }
  return kind === 'accept-fee' && part?.fee ? feeTable(visit, part.fee) : undefined
}

export function feeTable(visit: CaseVisit, fee: NonNullable<Part['fee']>): Html {
  const { words, options, state } = visit
  const { components } = options.cases.procedureFor(state).rules.fees
  const euros = (cents: number): string => `${words.messages.formats.number((cents / 100).toFixed(2))} €`
  const labelOf = (code: string): Html => {
    const label = components.find((one) => one.code === code)?.label
    if (!label) return html`${code}`
    return words.language === 'fr' ? html`${label.fr}` : html`<span lang="en">${label.en}</span>`
  }
  return html`<table class="numbers"><caption class="vh">${words('research.fee')}</caption><tbody>${fee.items.map(
    ({ component, cents }) => html`<tr><th scope="row">${labelOf(component)}</th><td>${euros(cents)}</td></tr>`,
  )}<tr><th scope="row">${words('research.fee.total')}</th><td>${euros(fee.cents)}</td></tr></tbody></table>`
}

interface FieldState {
  readonly part: Part | undefined
  readonly sent: URLSearchParams | undefined
  readonly error: Html | undefined
}

function oneField({ words }: CaseVisit, { name, kind }: ActField, { part, sent, error }: FieldState): Html {
  const label = words(`research.act-field.${name}`)
  const value = sent?.get(name) ?? undefined
  if (kind === 'yes-no') {
    const list = ['yes', 'no'].map((one) => ({ value: one, label: words(`research.${one}`) }))
    return choices({ name, legend: label, choices: list, value, error })
  }
  if (kind === 'finding') {
    const list = (part ? findingsToAnswer(part) : []).map(([id, text]) => ({ value: id, label: html`${text}` }))
    return choices({ name, legend: label, choices: list, value: value ?? list[0]?.value, error })
  }
  const size = kind === 'words' ? { rows: 6, longest: 20_000 } : { longest: 2000 }
  const day = kind === 'day' ? { help: words('research.act-field.day'), width: 'medium' as const } : {}
  return textField(words, { name, label, value, error, ...size, ...day })
}
