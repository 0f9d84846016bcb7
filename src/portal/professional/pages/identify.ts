import type { SearchMask, SearchMaskField } from '#wire/discovery/directory.ts'
import { button, errorSummary, form, choices as radios, textField } from '../../ui/components.ts'
import { type Html, html, type Words } from '../../ui/markup.ts'
import { type AnswerError, type Answers, datePart, fieldsOf, shapeOf, splitDate, wantsDigits } from '../mask-form.ts'

export interface IdentifyPage {
  readonly mask: SearchMask
  readonly country: string
  readonly action: string
  readonly token: string
  readonly answers: Answers
  readonly errors: readonly AnswerError[]
}

/** The form that country A asks for, field by field from its search mask. */
export function identifyPage(words: Words, view: IdentifyPage): Html {
  const { choices, shared } = shapeOf(view.mask)
  const labels = new Map(fieldsOf(view.mask).map((field) => [field.name, words(field.label)]))
  const errors = view.errors.map(({ field, key }) => ({
    field: firstInput(view.mask, field),
    message: html`${labels.get(field)} – ${words(key)}`,
  }))
  const optional = choices.length > 0
  return html`${errorSummary(words, errors)}<h1>${words('portal.identify.title', { country: view.country })}</h1>
<div class="beside"><div><p class="lead">${words('portal.identify.lead', { country: view.country })}</p>${form({
    action: view.action,
    token: view.token,
    content: html`${
      optional &&
      html`<fieldset class="group"><legend>${words('portal.identify.choice')}</legend>${choices.map(
        (group, index) =>
          html`${index > 0 && html`<p class="quiet">${words('portal.identify.or')}</p>`}${group.map((field) =>
            maskField(words, view, field, true),
          )}`,
      )}</fieldset>`
    }${shared.map((field) => maskField(words, view, field, false))}${button(words('portal.identify.search'))}`,
  })}</div><aside class="aside"><h2>${words('portal.identify.aside.title')}</h2><p>${words(
    'portal.identify.aside.text',
    { country: view.country },
  )}</p></aside></div>`
}

function firstInput(mask: SearchMask, name: string): string {
  return fieldsOf(mask).find((field) => field.name === name)?.kind === 'birthDate' ? datePart(name, 'day') : name
}

function maskField(words: Words, view: IdentifyPage, field: SearchMaskField, inChoice: boolean): Html {
  const found = view.errors.find((error) => error.field === field.name)
  const error = found && words(found.key)
  const help = field.help ? words(field.help) : undefined
  const value = view.answers[field.name]
  const label = words(field.label)
  if (field.kind === 'birthDate') return birthDate(words, field, value, error, help)
  if (field.kind === 'gender') {
    return radios({
      name: field.name,
      legend: label,
      help,
      error,
      value,
      choices: (['female', 'male', 'other'] as const).map((one) => ({
        value: one,
        label: words(`portal.gender.${one}`),
      })),
    })
  }
  return textField(words, {
    name: field.name,
    label,
    help,
    error,
    value,
    optional: !field.mandatory && !inChoice,
    inputMode: wantsDigits(field.format) ? 'numeric' : undefined,
    pattern: field.format,
    width: field.kind === 'identifier' ? 'medium' : undefined,
  })
}

/** Three short inputs: nobody has to learn a format, and they can be typed from a card. */
function birthDate(
  words: Words,
  field: SearchMaskField,
  value: string | undefined,
  error: Html | undefined,
  help: Html | undefined,
): Html {
  const parts = splitDate(value)
  const described = [help && `${field.name}-help`, error && `${field.name}-error`].filter((id) => id).join(' ')
  return html`<fieldset class="field${error && ' wrong'}"${described && html` aria-describedby="${described}"`}><legend>${words(
    field.label,
  )}${!field.mandatory && html` <span class="quiet">${words('portal.form.optional')}</span>`}</legend>${
    help && html`<p class="help" id="${field.name}-help">${help}</p>`
  }${error && html`<p class="field-error" id="${field.name}-error">${error}</p>`}<div class="parts">${(
    ['day', 'month', 'year'] as const
  ).map((part) => {
    const name = datePart(field.name, part)
    return html`<div><label for="${name}">${words(`portal.date.${part}`)}</label><input type="text" id="${name}" name="${name}" value="${
      parts[part]
    }" class="${part === 'year' ? 'p4' : 'p2'}" inputmode="numeric" maxlength="${part === 'year' ? 4 : 2}" autocomplete="off"${
      error && html` aria-invalid="true"`
    }></div>`
  })}</div></fieldset>`
}
