/** The open prescriptions of a patient in his country, and what that country asks before it shows them. */
import type { ListedDocument } from '#care/border/border-service.ts'
import type { SearchMaskField } from '#wire/discovery/directory.ts'
import { button, errorSummary, form, linkButton, tag, textField } from '../../ui/components.ts'
import { type Html, html, inLanguage, type Words } from '../../ui/markup.ts'
import type { AnswerError, Answers } from '../mask-form.ts'
import type { Designate } from '../portal-options.ts'

export interface PrescriptionsPage {
  readonly patient: string
  readonly country: string
  readonly context: Html
  readonly tabs: Html
  /** Undefined while the country waits for a number or a code. */
  readonly prescriptions: readonly { readonly listed: ListedDocument; readonly href: string }[] | undefined
  readonly search: PrescriptionSearchForm | undefined
  readonly designate: Designate
}

export interface PrescriptionSearchForm {
  readonly fields: readonly SearchMaskField[]
  readonly answers: Answers
  readonly errors: readonly AnswerError[]
  readonly action: string
  readonly token: string
}

export function prescriptionsPage(words: Words, view: PrescriptionsPage): Html {
  const { search } = view
  return html`${
    search &&
    errorSummary(
      words,
      search.errors.map(({ field, key }) => ({ field, message: words(key) })),
    )
  }<p class="eyebrow">${words('portal.documents.eyebrow', {
    country: view.country,
  })}</p><h1>${words('portal.prescriptions.title', { patient: view.patient })}</h1>${view.context}${view.tabs}${
    search && searchForm(words, search, view.country)
  }${view.prescriptions && listOf(words, view)}`
}

function searchForm(words: Words, search: PrescriptionSearchForm, country: string): Html {
  const error = (field: string): Html | undefined => {
    const found = search.errors.find((one) => one.field === field)
    return found && words(found.key)
  }
  return form({
    action: search.action,
    token: search.token,
    content: html`<fieldset class="group"><legend>${words('portal.prescriptions.search', { country })}</legend>${search.fields.map(
      (field) =>
        textField(words, {
          name: field.name,
          label: words(field.label),
          help: field.help === undefined ? undefined : words(field.help),
          value: search.answers[field.name],
          error: error(field.name),
          optional: !field.mandatory,
          width: 'medium',
        }),
    )}<div class="actions">${button(words('portal.prescriptions.search.submit'), 'other')}</div></fieldset>`,
  })
}

function listOf(words: Words, { prescriptions = [], designate }: PrescriptionsPage): Html {
  if (prescriptions.length === 0) return html`<p>${words('portal.prescriptions.none')}</p>`
  return html`<ul class="documents">${prescriptions.map(({ listed, href }) => {
    const { prescription } = listed
    const number = numberOf(prescription?.prescriptionId)
    const substance = prescription?.atc && designate({ ...prescription.atc, system: ATC }, words.language)
    const form = prescription?.doseForm && designate({ ...prescription.doseForm, system: EDQM }, words.language)
    const name = substance
      ? inLanguage(substance.term, substance.language, words.language)
      : inLanguage(prescription?.atc?.display ?? prescription?.product ?? listed.title, listed.language, words.language)
    return html`<li><article class="card"><div><h2>${name}${prescription?.strength && html` ${prescription.strength}`}</h2><p>${
      form && html`${inLanguage(form.term, form.language, words.language)} · `
    }${inLanguage(prescription?.product ?? listed.description ?? listed.title, listed.language, words.language)}</p><p class="sub">${words(
      'portal.prescriptions.issued',
      { date: words.messages.formats.date(listed.created) },
    )}${number !== '' && html` · ${words('portal.prescriptions.number', { number })}`}${listed.author && html` · ${inLanguage(listed.author, listed.language, words.language)}`}</p><p>${
      prescription?.dispensable === false
        ? tag(words('portal.prescriptions.closed'), 'warn')
        : tag(words('portal.prescriptions.open'), 'good')
    }${prescription?.substitution?.code === 'N' && html` ${tag(words('portal.medicine.substitution.not-allowed'))}`}</p></div><p class="actions">${linkButton(
      href,
      words('portal.prescriptions.show'),
      'main',
    )}</p></article></li>`
  })}</ul>`
}

const ATC = 'http://www.whocc.no/atc'
const EDQM = 'http://standardterms.edqm.eu'

/** The number as people read it, without the system that it belongs to. */
export function numberOf(identifier: string | undefined): string {
  const number = identifier?.split('|').at(-1) ?? ''
  // Ids of documents, which stand in for a number over IHE, say nothing to people.
  return number.startsWith('urn:') ? '' : number
}
