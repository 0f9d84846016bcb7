/** One event of a cohort as fields: its domain, its concepts found by words and picked by buttons, and a measured value. */
import type { NamedConcept } from '#research/omop/vocabulary/find-concepts.ts'
import { type Html, html } from '../../ui/markup.ts'
import type { CaseVisit } from '../visit.ts'
import { COMPARISONS, DOMAINS, type EventForm, type Place } from './cohort-form.ts'

export interface Found {
  readonly text: string
  readonly concepts: readonly NamedConcept[]
}

export interface EventState {
  /** Where the form goes; its buttons come back to this place of the page. */
  readonly action: string
  readonly place: Place
  readonly event: EventForm
  /** What was looked for here just now. */
  readonly found?: Found | undefined
  readonly error: (field: string) => Html | undefined
}

export function eventFields(visit: CaseVisit, { action, place, event, found, error }: EventState): Html {
  const { words } = visit
  const missing = error(`${place}-find`)
  const back = html` formaction="${action}#${place}-find"`
  return html`${select(
    `${place}-domain`,
    words('research.event.domain'),
    DOMAINS.map((value) => [value, words(`research.domain.${value}`)]),
    event.domain,
  )}
${
  event.concepts.length > 0 &&
  html`<ul class="chosen">${event.concepts.map(
    ({ id, name }) =>
      html`<li><input type="hidden" name="${place}-concept" value="${id}|${name}"><span>${name} <span class="quiet">${id}</span></span><button class="link" name="do" value="drop:${place}:${id}"${back}>${words('research.event.drop')}<span class="vh"> ${name}</span></button></li>`,
  )}</ul>`
}<div class="field${missing && ' wrong'}"><label for="${place}-find">${words('research.event.find')}</label>${
    missing && html`<p class="field-error" id="${place}-find-error">${missing}</p>`
  }<div class="search-line"><input type="text" id="${place}-find" name="${place}-find" value="${found?.text ?? ''}" maxlength="200"${
    missing && html` aria-describedby="${place}-find-error" aria-invalid="true"`
  }><button class="btn other" name="do" value="find:${place}"${back}>${words('research.event.search')}</button></div></div>${
    found && conceptResults(visit, action, place, found)
  }<div class="choice"><input type="checkbox" id="${place}-narrower" name="${place}-narrower" value="yes"${
    event.narrower && html` checked`
  }><label for="${place}-narrower">${words('research.event.narrower')}</label></div>${
    event.domain === 'measurement' &&
    html`<div class="row-fields">${select(
      `${place}-comparison`,
      words('research.event.comparison'),
      COMPARISONS.map((value) => [
        value,
        value === '' ? words('research.comparison.any') : words(`research.comparison.${value}`),
      ]),
      event.comparison,
    )}${small({
      name: `${place}-value`,
      label: words('research.event.value'),
      value: event.value,
      error: error(`${place}-value`),
    })}</div>`
  }`
}

/** Found concepts with a button each: `pick:<place>:<number>`. */
export function conceptResults({ words }: CaseVisit, action: string, place: string, { concepts }: Found): Html {
  if (concepts.length === 0) return html`<p role="status">${words('research.event.none')}</p>`
  return html`<p role="status">${words('research.event.found', { count: concepts.length })}</p><ul class="chosen">${concepts.map(
    ({ id, name, vocabulary, code }) =>
      html`<li><span><span lang="en">${name}</span> <span class="quiet">${vocabulary} ${code}</span></span><button class="btn other" name="do" value="pick:${place}:${id}" formaction="${action}#${place}-find">${words('research.event.pick')}<span class="vh"> ${name}</span></button></li>`,
  )}</ul>`
}

export function select(
  name: string,
  label: Html,
  options: readonly (readonly [value: string, label: Html])[],
  value: string,
): Html {
  return html`<div class="field"><label for="${name}">${label}</label><select id="${name}" name="${name}">${options.map(
    ([one, text]) => html`<option value="${one}"${one === value && html` selected`}>${text}</option>`,
  )}</select></div>`
}

export interface SmallField {
  readonly name: string
  readonly label: Html
  readonly value: string
  readonly help?: Html
  readonly error?: Html | undefined
}

/** A short number beside others. */
export function small({ name, label, value, help, error }: SmallField): Html {
  const described = [help && `${name}-help`, error && `${name}-error`].filter((id) => id).join(' ')
  return html`<div class="field${error && ' wrong'}"><label for="${name}">${label}</label>${help && html`<p class="help" id="${name}-help">${help}</p>`}${
    error && html`<p class="field-error" id="${name}-error">${error}</p>`
  }<input type="text" id="${name}" name="${name}" value="${value}" maxlength="20" class="medium" autocomplete="off"${described && html` aria-describedby="${described}"`}${
    error && html` aria-invalid="true"`
  }></div>`
}
