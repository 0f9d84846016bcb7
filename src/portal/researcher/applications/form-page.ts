/** One section of an application's form: every way of sending it keeps the draft first. */

import type { Problem } from '#platform/result/result.ts'
import type { Answers } from '#research/applications/rules/application.ts'
import type { FieldView, FormView } from '#research/applications/views/form-view.ts'
import { formView } from '#research/applications/views/form-view.ts'
import { errorSummary, type FieldError, form } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { show } from '../../ui/site.ts'
import { problemAlert, refused } from '../refusal.ts'
import { type CaseVisit, caseAddress, goTo, seenVersion } from '../visit.ts'
import { choiceOf, publishedDataset } from './dataset-choice.ts'
import { datasetsOf, type Fault, readSection } from './form-answers.ts'
import { formField } from './form-fields.ts'

/** The form of a case as it stands, and the language that the rules speak to this reader. */
export function formOf(visit: CaseVisit): { readonly view: FormView; readonly language: string } {
  const { state, options, words, now } = visit
  const { rules } = options.cases.procedureFor(state)
  const language = words.language === 'fr' ? 'fr' : 'en'
  return { view: formView(state.kind, state.answers, rules, language, now.toISOString().slice(0, 10)), language }
}

export async function showSection(visit: CaseVisit): Promise<Response> {
  if (visit.state.stage !== 'draft') return goTo(visit, caseAddress(visit))
  return sectionPage(visit, {})
}

export async function saveSection(visit: CaseVisit): Promise<Response> {
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const { state, actor, options, now, context } = visit
  if (state.stage !== 'draft') return goTo(visit, caseAddress(visit))
  const { rules } = options.cases.procedureFor(state)
  const section = rules.forms[state.kind].sections.find(({ id }) => id === context.req.param('section'))
  if (!section) return refused(visit, 'not-found')
  const wish = sent.get('do') ?? 'next'
  removeRow(sent, wish)
  const { answers, faults } = readSection(section.fields, sent, state.answers)
  const changed = await withNewDataset(visit, wish, answers)
  const handled = await options.cases.handle(
    state.caseId,
    { kind: 'edit', at: now.toISOString(), by: actor, answers: changed },
    seenVersion(sent),
  )
  if (!handled.ok) return sectionPage(visit, { sent, problem: handled.problem })
  if (faults.size > 0) return sectionPage({ ...visit, state: handled.value.state }, { sent, faults })
  return goTo(visit, afterSaving(visit, wish, sent))
}

/** Takes the row of a person, or a dataset, out of what was sent. */
export function removeRow(sent: URLSearchParams, wish: string): void {
  const [what, which = ''] = [wish.split(':', 1)[0], wish.slice(wish.indexOf(':') + 1)]
  if (what === 'remove-dataset') sent.delete('kept-dataset', which)
  if (what !== 'remove-person') return
  for (const name of ['person-name', 'person-identifier', 'person-role']) {
    const values = sent.getAll(name)
    sent.delete(name)
    for (const [index, value] of values.entries()) if (index !== Number(which)) sent.append(name, value)
  }
}

async function withNewDataset(visit: CaseVisit, wish: string, answers: Answers): Promise<Answers> {
  const found = /^add-dataset:(\S+) (\S+)$/.exec(wish)
  if (!found) return answers
  const [, source = '', iri = ''] = found
  const record = await publishedDataset(visit, iri, source === 'own' ? '' : source)
  const choice = record && choiceOf(visit, record)
  const before = datasetsOf(answers.datasets)
  if (!choice || before.some(({ dataset }) => dataset === choice.dataset)) return answers
  return { ...answers, datasets: [...before, choice] }
}

function afterSaving(visit: CaseVisit, wish: string, sent: URLSearchParams): string {
  const { view } = formOf(visit)
  const ids = view.sections.map(({ id }) => id)
  const here = visit.context.req.param('section') ?? ''
  if (wish !== 'next') {
    const find = sent.get('find') ?? ''
    const path = visit.address(`/applications/${visit.state.caseId}/form/${here}`, { find })
    if (wish === 'save') return caseAddress(visit)
    return `${path}#${wish === 'stay' || wish.startsWith('remove-person') ? 'persons' : 'datasets'}`
  }
  const next = ids[ids.indexOf(here) + 1]
  return caseAddress(visit, next === undefined ? '/review' : `/form/${next}`)
}

interface PageState {
  readonly sent?: URLSearchParams
  readonly faults?: ReadonlyMap<string, Fault>
  readonly problem?: Problem<string>
}

async function sectionPage(visit: CaseVisit, { sent, faults, problem }: PageState): Promise<Response> {
  const { words, state, context, person } = visit
  const { view, language } = formOf(visit)
  const section = view.sections.find(({ id }) => id === context.req.param('section'))
  if (!section) return refused(visit, 'not-found')
  const checked = context.req.query('check') !== undefined
  const errors = new Map(
    section.fields.flatMap((field) => {
      const error = errorOf(field, faults?.get(field.id), checked)
      return error === undefined ? [] : [[field.id, error] as const]
    }),
  )
  const wordsAt = (key: string | undefined): Html | undefined => (key === undefined ? undefined : words(key))
  const summary = namedErrors(visit, section.fields, language, errors)
  const fields = await Promise.all(
    section.fields.map((field) =>
      formField(visit, {
        field,
        language,
        sent: faults || problem ? sent : undefined,
        error: wordsAt(errors.get(field.id)),
      }),
    ),
  )
  const title = words.messages.text('research.form.title', { section: section.label })
  return show(visit, {
    title,
    status: problem ? 409 : faults ? 422 : 200,
    content: html`<p class="crumbs"><a href="${caseAddress(visit)}">${state.answers.title || words('research.untitled')}</a></p>
${sectionList(visit, view, language)}<h1>${language === words.language ? section.label : html`<span lang="${language}">${section.label}</span>`}</h1>${problem && problemAlert(visit, problem)}${errorSummary(words, summary)}${form(
      {
        action: caseAddress(visit, `/form/${section.id}`),
        token: person.token,
        content: html`<button class="vh" name="do" value="next" tabindex="-1" aria-hidden="true"></button><input type="hidden" name="version" value="${state.version}">${fields}<div class="actions"><button class="btn main" name="do" value="next">${words('research.form.next')}</button><button class="btn other" name="do" value="save">${words('research.form.save')}</button></div>`,
      },
    )}`,
  })
}

/** Why the field is marked: what could not be kept first; what is missing only when that was asked for. */
function errorOf({ findings }: FieldView, fault: Fault | undefined, checked: boolean): string | undefined {
  if (fault !== undefined) return `research.fault.${fault}`
  const finding = findings.find(({ code }) => checked || code !== 'answer-missing')
  return finding && `research.finding.${finding.code}`
}

/**
 * The list above a form: each error with the field that it is about.
 * @param errors field → key of the words
 */
export function namedErrors(
  { words }: CaseVisit,
  fields: readonly FieldView[],
  language: string,
  errors: ReadonlyMap<string, string>,
): readonly FieldError[] {
  return [...errors].map(([field, key]) => {
    const label = fields.find(({ id }) => id === field)?.label ?? field
    const told = words('research.form.error', { field: label, error: words.messages.text(key) })
    return { field, message: language === words.language ? told : html`<span lang="${language}">${told}</span>` }
  })
}

/** Every section with what is still open in it. */
export function sectionList(visit: CaseVisit, view: FormView, language: string): Html {
  const { words, context } = visit
  const here = context.req.param('section')
  const entry = (href: string, label: unknown, current: boolean, open: number): Html =>
    html`<li class="${current ? 'current' : open === 0 ? 'done' : 'later'}"${current && html` aria-current="step"`}><a href="${href}">${label}</a>${
      open > 0 && html` <span class="quiet">${words('research.form.open', { count: open })}</span>`
    }</li>`
  return html`<nav class="sections" aria-label="${words.messages.text('research.form.sections')}"><ol>${view.sections.map(
    ({ id, label, fields }) => {
      const open = fields.reduce((sum, { findings }) => sum + findings.length, 0)
      const shown = language === words.language ? label : html`<span lang="${language}">${label}</span>`
      return entry(caseAddress(visit, `/form/${id}`), shown, id === here, open)
    },
  )}${entry(caseAddress(visit, '/review'), words('research.review.title'), here === undefined, 0)}</ol></nav>`
}
