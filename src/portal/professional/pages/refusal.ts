import type { Messages } from '#platform/i18n/messages.ts'
import { ehdsiError, isEhdsiCode, tellings } from '#wire/errors/ehdsi-errors.ts'
import { type Html, html, type Words } from '../../ui/markup.ts'

export interface Refusal {
  /** A code of eHDSI or of the portal; which words it has, `refusalWords` says. */
  readonly code: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly helpLine: { readonly phone: string; readonly hours: string }
  /** Buttons for what to do next. */
  readonly actions?: Html
  /** Shown small at the end, for the person who answers the telephone. */
  readonly reference?: string
}

/**
 * Stem of the message keys of a code: `problem.<stem>.title`, `.meaning`, `.next`. A rare code of eHDSI that has no words
 * of its own is told in those of one like it, or of its group.
 */
export function refusalWords(messages: Messages, code: string): string {
  if (!isEhdsiCode(code)) return code
  return tellings(code).find((stem) => messages.has(`problem.${stem}.title`)) ?? 'ERROR_GENERIC'
}

/** A refusal is a page: what happened, what it means for care, what to do next, whom to call. The code comes last. */
export function refusalPage(words: Words, refusal: Refusal): Html {
  const { code, parameters, helpLine } = refusal
  const stem = refusalWords(words.messages, code)
  const part = (name: string): Html => words(`problem.${stem}.${name}`, parameters)
  const exact = stem !== code && isEhdsiCode(code) && html` <span lang="en">${ehdsiError(code).meaning}</span>`
  return html`<div class="refusal"><h1>${part('title')}</h1>
<section><h2>${words('portal.refusal.meaning')}</h2><p>${part('meaning')}</p></section>
<section><h2>${words('portal.refusal.next')}</h2><p>${part('next')}</p>${
    refusal.actions && html`<div class="actions">${refusal.actions}</div>`
  }</section>
<section><h2>${words('portal.refusal.call')}</h2><p>${words('portal.refusal.line', helpLine)}</p></section>
<p class="reference">${words('portal.refusal.reference')} <code>${refusal.reference ?? code}</code>${exact}</p></div>`
}
