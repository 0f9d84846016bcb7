import { alert } from '../../ui/components.ts'
import { type Html, html, type Words } from '../../ui/markup.ts'

const QUESTIONS = ['who', 'mask', 'no-match', 'no-document', 'original', 'emergency', 'patient-sees', 'time'] as const

/** Help in the same place on every page (WCAG 3.2.6). */
export function helpPage(words: Words, helpLine: { readonly phone: string; readonly hours: string }): Html {
  return html`<h1>${words('portal.help.title')}</h1><div class="text">${alert(
    'information',
    words('portal.help.line.title'),
    html`<p>${words('portal.help.line.text', helpLine)}</p>`,
  )}${QUESTIONS.map(
    (question) =>
      html`<h2>${words(`portal.help.${question}.question`)}</h2><p>${words(`portal.help.${question}.answer`)}</p>`,
  )}</div>`
}

const PARTS = ['standard', 'tested', 'limits', 'keyboard', 'time', 'complaint'] as const

/** Accessibility statement (Directive (EU) 2016/2102, Art. 7). */
export function accessibilityPage(words: Words, helpLine: { readonly phone: string; readonly hours: string }): Html {
  return html`<h1>${words('portal.accessibility.title')}</h1><div class="text"><p class="lead">${words(
    'portal.accessibility.lead',
  )}</p>${PARTS.map(
    (part) =>
      html`<h2>${words(`portal.accessibility.${part}.title`)}</h2><p>${words(`portal.accessibility.${part}.text`, helpLine)}</p>`,
  )}</div>`
}
