import { button, checkbox, errorSummary, form, linkButton } from '../../ui/components.ts'
import { type Html, html, type Words } from '../../ui/markup.ts'
import type { NoticeText } from '../notices.ts'

export interface NoticePage {
  readonly patient: NoticeText
  readonly reader: NoticeText
  readonly languages: readonly string[]
  readonly version: string
  readonly here: string
  readonly token: string
  readonly country: string
  readonly errors: readonly { readonly field: string; readonly key: string }[]
}

/** The notice in the patient's language beside the professional's; read aloud, shown or printed, then recorded. */
export function noticePage(words: Words, view: NoticePage): Html {
  const { patient, reader } = view
  const wrong = view.errors[0]
  const error = wrong && words(wrong.key)
  const same = patient.language === reader.language
  return html`${errorSummary(words, error && wrong ? [{ field: wrong.field, message: error }] : [])}<h1>${words(
    'portal.notice.title',
  )}</h1><p class="lead noprint">${words('portal.notice.lead')}</p>${languageChoice(words, view)}<div class="${
    same ? 'text' : 'notices'
  }">${noticeText(words, patient)}${!same && noticeText(words, reader)}</div><p class="actions noprint">${linkButton(
    `/notices/${view.version}/${patient.language}`,
    words('portal.notice.print-page'),
  )}<button class="btn other" type="button" data-print hidden>${words('portal.notice.print-both')}</button></p><div class="noprint">${form(
    {
      action: view.here,
      token: view.token,
      content: html`<input type="hidden" name="language" value="${patient.language}">${checkbox(
        'informed',
        words('portal.notice.informed', {
          language: words.messages.formats.languageName(patient.language) ?? patient.language,
        }),
        error,
      )}${button(words('portal.notice.record'))}`,
    },
  )}</div>`
}

/** Plain links: changing the language loses nothing and needs no script. */
function languageChoice(words: Words, { languages, patient, here }: NoticePage): Html {
  return html`<nav class="languages noprint" aria-label="${words.messages.text('portal.notice.language')}"><span>${words(
    'portal.notice.language',
  )}</span><ul>${languages.map((language) => {
    const name = ownName(language)
    return html`<li>${
      language === patient.language
        ? html`<b aria-current="true" lang="${language}">${name}</b>`
        : html`<a href="${here}?notice=${language}" lang="${language}" hreflang="${language}">${name}</a>`
    }</li>`
  })}</ul></nav>`
}

function ownName(language: string): string {
  return new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language
}

export function noticeText(words: Words, notice: NoticeText): Html {
  return html`<article class="notice" lang="${notice.language}"><header>${ownName(notice.language)} · <span lang="${
    words.language
  }">${words('portal.notice.version', { version: notice.version })}</span></header><h2>${notice.title}</h2>${notice.sections.map(
    ({ heading, paragraphs }) => html`<h3>${heading}</h3>${paragraphs.map((text) => html`<p>${text}</p>`)}`,
  )}</article>`
}
