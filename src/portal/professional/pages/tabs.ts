/** What can be seen of a patient, one page each: only what this profession may use. */
import type { ServiceKind } from '#wire/discovery/directory.ts'
import { type Html, html, type Words } from '../../ui/markup.ts'

export type PatientTab = 'documents' | 'prescriptions' | 'originals'

/** The services behind each page; a page is there when one of them may be used. */
export const TAB_SERVICES: Readonly<Record<PatientTab, readonly ServiceKind[]>> = {
  documents: ['patient-summary'],
  prescriptions: ['eprescription'],
  originals: ['laboratory-report', 'discharge-report', 'imaging-report', 'medical-image'],
}

export function patientTabs(words: Words, base: string, shown: readonly PatientTab[], current: PatientTab): Html {
  if (shown.length < 2) return html``
  return html`<nav class="tabs" aria-label="${words.messages.text('portal.tabs.label')}"><ul>${shown.map(
    (one) =>
      html`<li><a href="${base}/${one}"${one === current && html` aria-current="page"`}>${words(`portal.tabs.${one}`)}</a></li>`,
  )}</ul></nav>`
}
