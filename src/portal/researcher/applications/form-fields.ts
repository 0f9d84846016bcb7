/** The fields of a form of the rules, each with its help, its article, what was answered and what is still wrong. */
import type { Answer, Person } from '#research/applications/rules/application.ts'
import type { FieldView } from '#research/applications/views/form-view.ts'
import { checkbox, choices, textField } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { countryName } from '../../ui/site.ts'
import type { CaseVisit } from '../visit.ts'
import { datasetPicker } from './dataset-picker.ts'
import { datasetsOf, personRows } from './form-answers.ts'

export interface ShownField {
  readonly field: FieldView
  /** In which language labels and help are. */
  readonly language: string
  /** What was sent and could not be kept: shown again as it was written. */
  readonly sent?: URLSearchParams | undefined
  readonly error?: Html | undefined
  /** The datasets were submitted and stay what they are. */
  readonly fixed?: boolean
}

/** Of the Union, Norway, Iceland, Liechtenstein, Switzerland and the United Kingdom: where applicants mostly are. */
const COUNTRIES =
  'AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(' ')

export function formField(visit: CaseVisit, shown: ShownField): Html | Promise<Html> {
  const { words } = visit
  const { field, sent, error } = shown
  const { id } = field
  const label = labelOf(visit, shown)
  const text = sent?.get(id) ?? textOf(field.answer)
  const common = { name: id, label, help: helpOf(visit, shown), error, optional: !field.required }
  switch (field.type) {
    case 'text':
      return textField(words, { ...common, value: text, longest: 500 })
    case 'long-text':
      return textField(words, { ...common, value: text, rows: 5, longest: 20_000 })
    case 'number':
      return textField(words, { ...common, value: text, inputMode: 'numeric', width: 'short' })
    case 'boolean':
      return html`${checkbox(id, label, error, sent ? sent.get(id) === 'yes' : field.answer === true)}`
    case 'choice':
      return choices({
        ...{ name: id, legend: label, help: common.help, error, value: text },
        choices: field.options.map(({ code, label: words }) => ({
          value: code,
          label: inTongueOf(visit, shown, words),
        })),
      })
    case 'choices':
    case 'attestations':
      return checkboxes(visit, shown)
    case 'country':
      return countryField(visit, shown, text)
    case 'period':
      return periodField(visit, shown)
    case 'persons':
      return personsField(visit, shown)
    case 'datasets':
      return datasetPicker(visit, shown, datasetsOf(field.answer), label)
  }
}

function textOf(answer: Answer | undefined): string {
  return typeof answer === 'string' || typeof answer === 'number' ? String(answer) : ''
}

function inTongueOf({ words }: CaseVisit, { language }: ShownField, text: string): Html {
  return language === words.language ? html`${text}` : html`<span lang="${language}">${text}</span>`
}

export function labelOf(visit: CaseVisit, shown: ShownField): Html {
  return inTongueOf(visit, shown, shown.field.label)
}

/** The help of the rules, and the article that asks for it. */
export function helpOf(visit: CaseVisit, shown: ShownField): Html {
  const { article, help } = shown.field
  return html`${help !== undefined && html`${inTongueOf(visit, shown, help)} `}<span class="article">${visit.words('research.article', { article })}</span>`
}

/** A group of fields under one legend; its error and help are tied to it. */
export function group(id: string, legend: Html, help: Html, error: Html | undefined, content: unknown): Html {
  const described = error ? `${id}-help ${id}-error` : `${id}-help`
  return html`<fieldset class="field${error && ' wrong'}" id="${id}" tabindex="-1" aria-describedby="${described}"><legend>${legend}</legend><p class="help" id="${id}-help">${help}</p>${
    error && html`<p class="field-error" id="${id}-error">${error}</p>`
  }${content}</fieldset>`
}

function checkboxes(visit: CaseVisit, shown: ShownField): Html {
  const { field, sent, error } = shown
  const chosen: readonly unknown[] = sent ? sent.getAll(field.id) : Array.isArray(field.answer) ? field.answer : []
  const boxes = field.options.map(({ code, label }, index) => {
    const id = `${field.id}-${index + 1}`
    return html`<div class="choice"><input type="checkbox" id="${id}" name="${field.id}" value="${code}"${
      chosen.includes(code) && html` checked`
    }><label for="${id}">${inTongueOf(visit, shown, label)}</label></div>`
  })
  return group(field.id, labelOf(visit, shown), helpOf(visit, shown), error, boxes)
}

function countryField(visit: CaseVisit, shown: ShownField, value: string): Html {
  const { field, error } = shown
  const names = COUNTRIES.map((code) => ({ code, name: countryName(visit, code) }))
  const known = COUNTRIES.includes(value) || value === ''
  const sorted = [...names, ...(known ? [] : [{ code: value, name: value }])].sort((a, b) =>
    a.name.localeCompare(b.name, visit.words.language),
  )
  return html`<div class="field${error && ' wrong'}"><label for="${field.id}">${labelOf(visit, shown)}</label><p class="help" id="${field.id}-help">${helpOf(
    visit,
    shown,
  )}</p>${error && html`<p class="field-error" id="${field.id}-error">${error}</p>`}<select id="${field.id}" name="${field.id}" aria-describedby="${field.id}-help${error && ` ${field.id}-error`}"><option value=""></option>${sorted.map(
    ({ code, name }) => html`<option value="${code}"${code === value && html` selected`}>${name}</option>`,
  )}</select></div>`
}

function periodField(visit: CaseVisit, shown: ShownField): Html {
  const { words } = visit
  const { field, sent, error } = shown
  const { answer } = field
  const stored =
    typeof answer === 'object' && !Array.isArray(answer) && 'from' in answer ? answer : { from: '', to: '' }
  const part = (end: 'from' | 'to'): Html =>
    textField(words, {
      name: `${field.id}-${end}`,
      label: words(`research.period.${end}`),
      value: sent?.get(`${field.id}-${end}`) ?? stored[end],
      width: 'medium',
      inputMode: 'numeric',
    })
  const help = html`${helpOf(visit, shown)} ${words('research.period.help')}`
  return group(field.id, labelOf(visit, shown), help, error, html`<div class="pair">${part('from')}${part('to')}</div>`)
}

const ROLES = ['principal-investigator', 'authorised'] as const

/** One row for each person, and an empty one for the next. */
function personsField(visit: CaseVisit, shown: ShownField): Html {
  const { words } = visit
  const { field, sent, error } = shown
  const rows = sent ? personRows(sent) : personsOf(field.answer)
  const empty = { name: '', identifier: '', role: 'authorised' }
  const filled = rows.filter(({ name, identifier }) => name !== '' || identifier !== '')
  const lines = [...filled, empty].map((row, index) => {
    const id = (name: string): string => `person-${name}-${index}`
    const number = { number: String(index + 1) }
    return html`<fieldset class="group"><legend>${
      index < filled.length ? words('research.person', number) : words('research.person.next')
    }</legend><div class="pair"><div class="field"><label for="${id('name')}">${words('research.person.name')}</label><input type="text" id="${id('name')}" name="person-name" value="${row.name}" maxlength="500"></div><div class="field"><label for="${id('identifier')}">${words(
      'research.person.identifier',
    )}</label><input type="text" id="${id('identifier')}" name="person-identifier" value="${row.identifier}" maxlength="500"></div></div><div class="field"><label for="${id('role')}">${words(
      'research.person.role',
    )}</label><select id="${id('role')}" name="person-role">${ROLES.map(
      (role) =>
        html`<option value="${role}"${role === row.role && html` selected`}>${words(`research.person.role.${role}`)}</option>`,
    )}</select></div>${
      index < filled.length &&
      html`<p><button class="link" name="do" value="remove-person:${index}">${words('research.person.remove', number)}</button></p>`
    }</fieldset>`
  })
  const help = html`${helpOf(visit, shown)} ${words('research.person.help')}`
  return group(
    field.id,
    labelOf(visit, shown),
    help,
    error,
    html`${lines}<p><button class="btn other" name="do" value="stay">${words('research.person.add')}</button></p>`,
  )
}

function personsOf(answer: Answer | undefined): readonly Person[] {
  return Array.isArray(answer) ? answer.filter((one) => typeof one === 'object' && 'identifier' in one) : []
}
