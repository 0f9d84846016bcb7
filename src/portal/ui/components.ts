/** The shared components: small functions from data to markup, used by every audience's pages. */
import { type Html, html, type Words } from './markup.ts'

/** No red: on these pages red means danger to a patient and nothing else. */
export type Tone = 'information' | 'warning' | 'success'

/** A framed message. Its tone is said in words by its title; colour only repeats it. */
export function alert(tone: Tone, title: Html, content?: Html): Html {
  return html`<div class="alert ${tone}" role="note"><p class="alert-title">${title}</p>${content}</div>`
}

export function tag(content: Html, tone: 'plain' | 'good' | 'warn' | 'danger' = 'plain'): Html {
  return html`<span class="tag${tone !== 'plain' && ` ${tone}`}">${content}</span>`
}

/** The error list above a form; each entry leads to its field. */
export function errorSummary(words: Words, errors: readonly FieldError[]): Html {
  if (errors.length === 0) return html``
  return html`<div class="alert warning" role="alert" tabindex="-1" id="errors"><p class="alert-title">${words(
    'portal.form.errors',
    { count: errors.length },
  )}</p><ul>${errors.map(({ field, message }) => html`<li><a href="#${field}">${message}</a></li>`)}</ul></div>`
}

export interface FieldError {
  /** The id of the input. */
  readonly field: string
  readonly message: Html
}

export interface TextField {
  readonly name: string
  readonly label: Html
  readonly help?: Html | undefined
  readonly value?: string | undefined
  readonly error?: Html | undefined
  readonly optional?: boolean | undefined
  readonly inputMode?: 'text' | 'numeric' | undefined
  readonly autocapitalize?: 'characters' | undefined
  /** A hint for assistive programs; the check that counts is the server's. */
  readonly pattern?: string | undefined
  readonly width?: 'short' | 'medium' | undefined
  readonly rows?: number | undefined
  /** Characters; 1000 in several rows, 200 in one, when absent. */
  readonly longest?: number | undefined
}

/** One labelled input with its help and its error, tied together for assistive programs. */
export function textField(words: Words, field: TextField): Html {
  const { name, error, help } = field
  const described = [help && `${name}-help`, error && `${name}-error`].filter((id) => id).join(' ')
  const state = html`${described && html` aria-describedby="${described}"`}${error && html` aria-invalid="true"`}${
    !field.optional && html` aria-required="true"`
  }`
  const input = field.rows
    ? html`<textarea id="${name}" name="${name}" rows="${field.rows}" maxlength="${field.longest ?? 1000}"${state}>${field.value ?? ''}</textarea>`
    : html`<input id="${name}" name="${name}" type="text" value="${field.value ?? ''}" maxlength="${field.longest ?? 200}" autocomplete="off" spellcheck="false"${
        field.inputMode && html` inputmode="${field.inputMode}"`
      }${field.autocapitalize && html` autocapitalize="${field.autocapitalize}"`}${
        field.pattern && html` pattern="${field.pattern}"`
      }${field.width && html` class="${field.width}"`}${state}>`
  return html`<div class="field${error && ' wrong'}"><label for="${name}">${field.label}${
    field.optional && html` <span class="quiet">${words('portal.form.optional')}</span>`
  }</label>${help && html`<p class="help" id="${name}-help">${help}</p>`}${
    error && html`<p class="field-error" id="${name}-error">${error}</p>`
  }${input}</div>`
}

export interface Choice {
  readonly value: string
  readonly label: Html
  readonly help?: Html | undefined
  /** Markup shown under the choice, e.g. a reason to be given with it. */
  readonly more?: Html | undefined
}

export interface Choices {
  readonly name: string
  readonly legend: Html
  readonly help?: Html | undefined
  readonly choices: readonly Choice[]
  readonly value?: string | undefined
  readonly error?: Html | undefined
}

/** Radio buttons in a fieldset. The first one has the id of the group, so that the error list can lead to it. */
export function choices(group: Choices): Html {
  const { name, error } = group
  const described = [group.help && `${name}-help`, error && `${name}-error`].filter((id) => id).join(' ')
  return html`<fieldset class="field${error && ' wrong'}"${described && html` aria-describedby="${described}"`}><legend>${
    group.legend
  }</legend>${group.help && html`<p class="help" id="${name}-help">${group.help}</p>`}${
    error && html`<p class="field-error" id="${name}-error">${error}</p>`
  }${group.choices.map((choice, index) => {
    const id = index === 0 ? name : `${name}-${index + 1}`
    return html`<div class="choice"><input type="radio" id="${id}" name="${name}" value="${choice.value}"${
      choice.value === group.value && html` checked`
    }${choice.help && html` aria-describedby="${id}-help"`}><label for="${id}">${choice.label}</label>${
      choice.help && html`<p class="help" id="${id}-help">${choice.help}</p>`
    }${choice.more && html`<div class="more">${choice.more}</div>`}</div>`
  })}</fieldset>`
}

export function checkbox(name: string, label: Html, error?: Html, checked = false): Html {
  return html`<div class="field${error && ' wrong'}">${
    error && html`<p class="field-error" id="${name}-error">${error}</p>`
  }<div class="choice"><input type="checkbox" id="${name}" name="${name}" value="yes"${checked && html` checked`}${
    error && html` aria-describedby="${name}-error" aria-invalid="true"`
  }><label for="${name}">${label}</label></div></div>`
}

/** Terms and their values, one row each; rows without a value are left out. */
export function summaryList(rows: readonly (readonly [Html, Html | undefined])[]): Html {
  return html`<dl class="summary-list">${rows.map(
    ([term, value]) => value && html`<div><dt>${term}</dt><dd>${value}</dd></div>`,
  )}</dl>`
}

export interface Table {
  readonly caption: Html
  readonly columns: readonly Html[]
  /** The first cell of each row names it. */
  readonly rows: readonly (readonly Html[])[]
  /** Plain texts of the columns, shown before each cell on narrow screens. */
  readonly labels: readonly string[]
}

export function table({ caption, columns, rows, labels }: Table): Html {
  return html`<table><caption>${caption}</caption><thead><tr>${columns.map(
    (column) => html`<th scope="col">${column}</th>`,
  )}</tr></thead><tbody>${rows.map(
    ([first, ...rest]) =>
      html`<tr><th scope="row">${first}</th>${rest.map(
        (cell, index) => html`<td data-label="${labels[index + 1] ?? ''}">${cell}</td>`,
      )}</tr>`,
  )}</tbody></table>`
}

export interface Step {
  readonly label: Html
  readonly state: 'done' | 'current' | 'later'
  readonly href?: string | undefined
}

/** Where in the journey one is; steps already done can be gone back to. */
export function steps(words: Words, list: readonly Step[]): Html {
  return html`<nav class="steps" aria-label="${words.messages.text('portal.steps.label')}"><ol>${list.map(
    ({ label, state, href }, index) =>
      html`<li class="${state}"${state === 'current' && html` aria-current="step"`}><span class="number">${index + 1}</span>${
        href ? html`<a href="${href}">${label}</a>` : html`<span>${label}</span>`
      }${state === 'done' && html`<span class="vh"> ${words('portal.steps.done')}</span>`}</li>`,
  )}</ol></nav>`
}

export interface Form {
  readonly action: string
  /** Proof that the form came from this session. */
  readonly token: string
  readonly content: Html
  readonly id?: string | undefined
  readonly inline?: boolean | undefined
}

export function form({ action, token, content, id, inline }: Form): Html {
  return html`<form method="post" action="${action}"${id && html` id="${id}"`} class="${
    inline ? 'inline' : 'form'
  }" novalidate><input type="hidden" name="form-token" value="${token}">${content}</form>`
}

export function button(label: Html, kind: 'main' | 'other' | 'link' = 'main'): Html {
  return html`<button class="${kind === 'link' ? 'link' : `btn ${kind}`}">${label}</button>`
}

export function linkButton(href: string, label: Html, kind: 'main' | 'other' = 'other'): Html {
  return html`<a class="btn ${kind}" href="${href}">${label}</a>`
}
