/** Completing an application that a body found incomplete (Art. 68(4)): its questions, and the whole form to answer them in. */
import type { Problem } from '#platform/result/result.ts'
import { checkAnswers } from '#research/applications/rules/check-answers.ts'
import { button, errorSummary, form } from '../../ui/components.ts'
import { html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { show } from '../../ui/site.ts'
import { problemAlert, refused } from '../refusal.ts'
import { type CaseVisit, caseAddress, goTo, seenVersion } from '../visit.ts'
import { readSection } from './form-answers.ts'
import { formField } from './form-fields.ts'
import { formOf, namedErrors, removeRow } from './form-page.ts'

export async function showCompletion(visit: CaseVisit): Promise<Response> {
  return page(visit, {})
}

export async function completeApplication(visit: CaseVisit): Promise<Response> {
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const wish = sent.get('do') ?? 'complete'
  if (wish !== 'complete') {
    removeRow(sent, wish)
    return page(visit, { sent })
  }
  const { options, state, actor, now, context } = visit
  const { rules } = options.cases.procedureFor(state)
  const fields = rules.forms[state.kind].sections.flatMap((section) => section.fields)
  const { answers, faults } = readSection(fields, sent, state.answers)
  const after = { ...state.answers, ...answers }
  const findings = checkAnswers(state.kind, after, rules, now.toISOString().slice(0, 10))
  const errors = new Map([
    ...findings.map(({ field, code }) => [field, `research.finding.${code}`] as const),
    ...[...faults].map(([field, fault]) => [field, `research.fault.${fault}`] as const),
  ])
  if (errors.size > 0) return page(visit, { sent, errors })
  const handled = await options.cases.handle(
    state.caseId,
    { kind: 'complete', at: now.toISOString(), by: actor, memberState: context.req.param('state') ?? '', answers },
    seenVersion(sent),
  )
  if (!handled.ok) return page(visit, { sent, problem: handled.problem })
  await options.errands.run()
  return goTo(visit, visit.address(`/applications/${state.caseId}`, { done: 'complete' }))
}

interface PageState {
  readonly sent?: URLSearchParams
  /** Field → key of the words. */
  readonly errors?: ReadonlyMap<string, string>
  readonly problem?: Problem<string>
}

async function page(visit: CaseVisit, { sent, errors, problem }: PageState): Promise<Response> {
  const { words, state, context, person } = visit
  const part = state.parts[context.req.param('state') ?? '']
  if (part?.status !== 'incomplete') return refused(visit, 'not-found')
  const { view, language } = formOf(visit)
  const told = errors ?? new Map<string, string>()
  const errorAt = (field: string) => {
    const key = told.get(field)
    return key === undefined ? undefined : words(key)
  }
  const sections = await Promise.all(
    view.sections.map(async ({ label, fields }) => {
      const shown = await Promise.all(
        fields.map((field) => formField(visit, { field, language, sent, error: errorAt(field.id), fixed: true })),
      )
      return html`<details class="block"${fields.some(({ id }) => told.has(id)) && html` open`}><summary lang="${language}">${label}</summary>${shown}</details>`
    }),
  )
  const title = words.messages.text('research.act.complete')
  return show(visit, {
    title,
    status: problem ? 409 : errors ? 422 : 200,
    content: html`<p class="crumbs"><a href="${caseAddress(visit)}">${state.application?.title ?? words('research.untitled')}</a></p><h1>${title}</h1><p class="lead">${words('research.act.complete.text')}</p><ol>${part.questions.map((question) => html`<li class="written">${question}</li>`)}</ol>${
      problem && problemAlert(visit, problem)
    }${errorSummary(
      words,
      namedErrors(
        visit,
        view.sections.flatMap(({ fields }) => fields),
        language,
        told,
      ),
    )}${form({
      action: caseAddress(visit, `/complete/${part.memberState}`),
      token: person.token,
      content: html`<button class="vh" name="do" value="complete" tabindex="-1" aria-hidden="true"></button><input type="hidden" name="version" value="${sent?.get('version') ?? state.version}">${sections}<div class="actions">${button(words('research.act.complete.do'))}</div>`,
    })}`,
  })
}
