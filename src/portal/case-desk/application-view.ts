/** What is applied for, section by section, in the words of the form that it was written in. */
import { calendarOf } from '#research/applications/procedure.ts'
import type { Answer } from '#research/applications/rules/application.ts'
import { type FieldView, formView } from '#research/applications/views/form-view.ts'
import { summaryList } from '../ui/components.ts'
import { type Html, html } from '../ui/markup.ts'
import { countryName, moment, type SiteOptions, type Visit } from '../ui/site.ts'
import type { PartSeen } from './acting.ts'

type Worded = Pick<Visit<SiteOptions>, 'words' | 'now'>

export function applicationSections(visit: Worded, { state, procedure }: Pick<PartSeen, 'state' | 'procedure'>): Html {
  const { words, now } = visit
  const answers = state.application?.answers ?? state.answers
  const today = calendarOf(procedure, procedure.body.country).dayOf(now.toISOString())
  const language = words.language.split('-')[0] ?? 'en'
  const form = formView(state.kind, answers, procedure.rules, language, today)
  return html`<p>${words('access-body.article', { article: form.article })}</p>${form.sections.map(
    ({ label, fields }) =>
      html`<section class="block"><h2>${label}</h2>${summaryList(
        fields.map((field) => [html`${field.label}`, answerOf(visit, field)]),
      )}</section>`,
  )}`
}

/** An answer as it was given; codes in the words of the form. */
function answerOf(visit: Worded, { answer, options }: FieldView): Html | undefined {
  if (answer === undefined) return undefined
  const label = (code: string): string => options.find((one) => one.code === code)?.label ?? code
  if (typeof answer === 'string') return html`<span class="said">${label(answer)}</span>`
  if (typeof answer === 'number') return html`${answer}`
  if (typeof answer === 'boolean') return visit.words(`access-body.answer.${answer ? 'yes' : 'no'}`)
  if ('from' in answer) return html`${moment(visit, answer.from)} – ${moment(visit, answer.to)}`
  return html`<ul class="plain">${answer.map((one) => html`<li>${entryOf(visit, one, label)}</li>`)}</ul>`
}

type Entry = Extract<Answer, readonly unknown[]>[number]

function entryOf(visit: Worded, entry: Entry, label: (code: string) => string): Html {
  if (typeof entry === 'string') return html`${label(entry)}`
  if ('dataset' in entry) {
    return html`<code>${entry.dataset}</code> <span class="sub">${countryName(visit, entry.memberState)} · <code>${entry.holder}</code>${
      entry.trustedHolder && html` · ${visit.words('access-body.case.trusted-holder')}`
    }</span>`
  }
  return html`${entry.name} <span class="sub"><code>${entry.identifier}</code> · ${visit.words(`access-body.person.${entry.role}`)}</span>`
}
