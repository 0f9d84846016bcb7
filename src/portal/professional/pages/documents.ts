import type { DocumentEntry } from '#care/country-b/country-b.ts'
import { button, form, linkButton, tag } from '../../ui/components.ts'
import { type Html, html, inLanguage, type Words } from '../../ui/markup.ts'

export interface DocumentsPage {
  readonly patient: string
  readonly country: string
  readonly documents: readonly { readonly entry: DocumentEntry; readonly href: string }[]
  readonly context: Html
  /** Links to what else can be seen of the patient. */
  readonly tabs: Html
  readonly end: { readonly action: string; readonly token: string }
}

export function documentsPage(words: Words, view: DocumentsPage): Html {
  const { formats } = words.messages
  return html`<p class="eyebrow">${words('portal.documents.eyebrow', { country: view.country })}</p><h1>${words(
    'portal.documents.title',
    { patient: view.patient },
  )}</h1>${view.context}${view.tabs}<ul class="documents">${view.documents.map(({ entry, href }) => {
    const language = entry.language ? formats.languageName(entry.language.split('-')[0] ?? entry.language) : undefined
    return html`<li><article class="card"><div><h2>${words(`portal.document.type.${typeKey(entry.type)}`)}</h2><p>${inLanguage(
      entry.title,
      entry.language,
      words.language,
    )}</p><p class="sub">${words('portal.documents.made', { date: formats.date(entry.date) })}${
      entry.author && html` · ${inLanguage(entry.author, entry.language, words.language)}`
    }</p><p>${language && tag(html`${language}`)} ${
      hasStructured(entry)
        ? tag(words('portal.documents.structured'), 'good')
        : tag(words('portal.documents.original-only'), 'warn')
    }</p></div><p class="actions">${
      hasStructured(entry) && linkButton(href, words('portal.documents.open'), 'main')
    }${hasOriginal(entry) && linkButton(`${href}/original.pdf`, words('portal.documents.original'))}</p></article></li>`
  })}</ul>${form({ action: view.end.action, token: view.end.token, content: button(words('portal.documents.end'), 'other') })}`
}

export function hasStructured(entry: DocumentEntry): boolean {
  return entry.renditions.some(({ kind }) => kind === 'structured')
}

export function hasOriginal(entry: DocumentEntry): boolean {
  return entry.renditions.some(({ kind }) => kind === 'pdf')
}

function typeKey(loinc: string): string {
  return loinc === '60591-5' ? 'patient-summary' : 'other'
}
