/** Before submitting: everything that was answered, everything that is still open, and what submitting means. */
import type { Problem } from '#platform/result/result.ts'
import type { Answer } from '#research/applications/rules/application.ts'
import type { FieldView, FormView } from '#research/applications/views/form-view.ts'
import { alert, button, form, summaryList } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { countryName, show } from '../../ui/site.ts'
import { problemAlert, refused } from '../refusal.ts'
import { type CaseVisit, caseAddress, goTo, seenVersion } from '../visit.ts'
import { formOf, sectionList } from './form-page.ts'

export async function showReview(visit: CaseVisit): Promise<Response> {
  return visit.state.stage === 'draft' ? page(visit) : goTo(visit, caseAddress(visit))
}

export async function submitApplication(visit: CaseVisit): Promise<Response> {
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const { options, state, actor, now } = visit
  const handled = await options.cases.handle(
    state.caseId,
    { kind: 'submit', at: now.toISOString(), by: actor },
    seenVersion(sent),
  )
  if (!handled.ok) return page(visit, handled.problem)
  await options.errands.run()
  return goTo(visit, visit.address(`/applications/${state.caseId}`, { done: 'submit' }))
}

function page(visit: CaseVisit, problem?: Problem<string>): Response {
  const { words, state, person, actor } = visit
  const { view, language } = formOf(visit)
  const title = words.messages.text('research.review.title')
  const open = openItems(visit, view, language)
  const submit =
    actor.role === 'applicant'
      ? form({
          action: caseAddress(visit, '/review'),
          token: person.token,
          content: html`<input type="hidden" name="version" value="${state.version}"><p>${words('research.review.meaning')}</p><div class="actions">${button(words('research.review.submit'))}</div>`,
        })
      : html`<p>${words('research.review.applicant-only')}</p>`
  return show(visit, {
    title,
    status: problem ? 409 : 200,
    content: html`<p class="crumbs"><a href="${caseAddress(visit)}">${state.answers.title || words('research.untitled')}</a></p>${sectionList(visit, view, language)}<h1>${title}</h1>${
      problem && problemAlert(visit, problem)
    }${
      open.length > 0
        ? alert('warning', words('research.review.open', { count: open.length }), html`<ul>${open}</ul>`)
        : alert('success', words('research.review.complete'), submit)
    }${answersOf(visit, view, language)}`,
  })
}

function openItems(visit: CaseVisit, view: FormView, language: string): readonly Html[] {
  const { words } = visit
  return view.sections.flatMap(({ id, fields }) =>
    fields.flatMap((field) =>
      field.findings.map(
        ({ code }) =>
          html`<li><a href="${visit.address(`/applications/${visit.state.caseId}/form/${id}`, { check: 'yes' })}#${field.id}"><span lang="${language}">${field.label}</span></a>: ${words(`research.finding.${code}`)}</li>`,
      ),
    ),
  )
}

/** The answers section by section; fields without one are left out. */
export function answersOf(visit: CaseVisit, view: FormView, language: string): Html {
  return html`${view.sections.map(
    ({ label, fields }) =>
      html`<section class="block"><h2 lang="${language}">${label}</h2>${summaryList(
        fields.map((field) => [
          html`<span lang="${language}">${field.label}</span>`,
          answerWords(visit, field, language),
        ]),
      )}</section>`,
  )}`
}

function answerWords(visit: CaseVisit, field: FieldView, language: string): Html | undefined {
  const { answer, options } = field
  const optionOf = (code: string): Html => {
    const label = options.find((one) => one.code === code)?.label
    return label === undefined ? html`${code}` : html`<span lang="${language}">${label}</span>`
  }
  if (answer === undefined || answer === '') return undefined
  if (field.type === 'country' && typeof answer === 'string') return html`${countryName(visit, answer)}`
  if (typeof answer === 'string')
    return options.length > 0 ? optionOf(answer) : html`<span class="written">${answer}</span>`
  if (typeof answer === 'number') return html`${visit.words.messages.formats.number(answer)}`
  if (typeof answer === 'boolean') return answer ? visit.words('research.yes') : undefined
  if ('from' in answer) {
    const { formats } = visit.words.messages
    return visit.words('research.span', { from: formats.date(answer.from), to: formats.date(answer.to) })
  }
  return answer.length === 0
    ? undefined
    : html`<ul class="plain">${[...answer].map((one) => html`<li>${itemWords(visit, one, optionOf)}</li>`)}</ul>`
}

type Item = Extract<Answer, readonly unknown[]>[number]

function itemWords(visit: CaseVisit, item: Item, optionOf: (code: string) => Html): Html {
  if (typeof item === 'string') return optionOf(item)
  if ('dataset' in item) return html`${item.dataset} <span class="sub">${countryName(visit, item.memberState)}</span>`
  return html`${item.name} <span class="sub">${visit.words(`research.person.role.${item.role}`)}</span>`
}
