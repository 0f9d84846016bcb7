/** One prescription with what may be handed out, and the page on which a dispensation is checked before it is sent. */
import type { PrescribedItem, Prescription } from '#documents/pharmacy/pharmacy.ts'
import { alert, button, checkbox, errorSummary, form, linkButton, summaryList, textField } from '../../ui/components.ts'
import { type Html, html, inLanguage, type Words } from '../../ui/markup.ts'
import type { AnswerError, Answers } from '../mask-form.ts'
import { itemRows, type MedicineWords, medicineList, medicineTitle } from './medicine.ts'
import { numberOf } from './prescriptions.ts'

export interface PrescriptionPage {
  readonly prescription: Prescription
  readonly context: Html
  readonly back: string
  readonly country: string
  readonly medicine: MedicineWords
  /** Why it may not be dispensed, in words of the refusal; undefined when it may. */
  readonly refusal: Html | undefined
  /** Undefined for those who may look but not dispense. */
  readonly dispense: DispenseForm | undefined
  readonly document: string
  readonly original: string | undefined
}

export interface DispenseForm {
  readonly action: string
  readonly token: string
  readonly answers: Answers
  readonly errors: readonly AnswerError[]
}

export function prescriptionPage(words: Words, view: PrescriptionPage): Html {
  const { prescription, medicine, dispense } = view
  const { formats } = words.messages
  return html`${
    dispense &&
    errorSummary(
      words,
      dispense.errors.map(({ field, key }) => ({ field, message: words(key) })),
    )
  }<p class="crumbs noprint"><a href="${view.back}">${words(
    'portal.prescriptions.back',
  )}</a> · ${view.country}</p><h1>${words('portal.prescription.title', { number: numberOf(prescription.prescriptionId ?? prescription.id) })}</h1>${view.context}${summaryList(
    [
      [
        words('portal.prescription.prescriber'),
        html`${inLanguage(prescription.prescriber, medicine.source, words.language)}${
          prescription.prescriberOrganisation &&
          html`, ${inLanguage(prescription.prescriberOrganisation, medicine.source, words.language)}`
        }`,
      ],
      [words('portal.prescription.issued'), html`${formats.date(prescription.issued)}`],
      [
        words('portal.prescription.until'),
        prescription.validUntil === undefined ? undefined : html`${formats.date(prescription.validUntil)}`,
      ],
      [words('portal.prescription.status'), words(`portal.prescription.status.${prescription.status}`)],
    ],
  )}${view.refusal && alert('warning', words('portal.dispense.refused.title'), html`<p>${view.refusal}</p>`)}<p class="actions">${linkButton(
    view.document,
    words('portal.prescription.whole'),
  )}${view.original && linkButton(view.original, words('portal.documents.original'))}</p>${
    dispense
      ? form({
          action: dispense.action,
          token: dispense.token,
          content: html`${prescription.items.map((item, index) => itemCard(view, item, index, dispense))}<div class="actions">${button(
            words('portal.dispense.check'),
          )}</div>`,
        })
      : html`${prescription.items.map((item, index) => itemCard(view, item, index, undefined))}`
  }`
}

function itemCard(
  view: PrescriptionPage,
  item: PrescribedItem,
  index: number,
  dispense: DispenseForm | undefined,
): Html {
  const { medicine } = view
  return html`<section class="card item" aria-labelledby="item-${index}"><div><h2 id="item-${index}">${medicineTitle(
    medicine,
    item.medicine,
  )}</h2>${medicineList(itemRows(medicine, item))}${dispense && handOut(medicine.words, item, index, dispense)}</div></section>`
}

/** What the pharmacist hands out for one line; nothing is filled in for him but the number of packages that is left. */
function handOut(words: Words, item: PrescribedItem, index: number, { answers, errors }: DispenseForm): Html {
  const field = (name: string) => `item-${index}-${name}`
  const error = (name: string): Html | undefined => {
    const found = errors.find((one) => one.field === field(name))
    return found && words(found.key)
  }
  const left = (item.quantity?.value ?? 1) - (item.dispensedBefore?.value ?? 0)
  return html`<fieldset class="group"><legend>${words('portal.dispense.legend')}</legend>${textField(words, {
    name: field('packages'),
    label: words('portal.dispense.packages'),
    help: words('portal.dispense.packages.help', { left: Math.max(0, left) }),
    value: answers[field('packages')] ?? '',
    error: error('packages'),
    optional: true,
    inputMode: 'numeric',
    width: 'short',
  })}${
    item.substitution !== 'not-allowed' &&
    checkbox(
      field('substituted'),
      words('portal.dispense.substituted'),
      error('substituted'),
      answers[field('substituted')] === 'yes',
    )
  }${textField(words, {
    name: field('product'),
    label: words('portal.dispense.product'),
    help: words('portal.dispense.product.help'),
    value: answers[field('product')] ?? item.medicine.product?.display ?? '',
    error: error('product'),
    width: 'medium',
  })}${textField(words, {
    name: field('code'),
    label: words('portal.dispense.code'),
    value: answers[field('code')] ?? '',
    optional: true,
    width: 'medium',
  })}${textField(words, {
    name: field('batch'),
    label: words('portal.dispense.batch'),
    value: answers[field('batch')] ?? '',
    optional: true,
    width: 'medium',
  })}</fieldset>`
}

export interface ReviewPage {
  readonly prescription: Prescription
  readonly medicine: MedicineWords
  readonly items: readonly {
    readonly prescribed: PrescribedItem
    readonly product: string
    readonly packages: number
    readonly substituted: boolean
    readonly batch: string | undefined
  }[]
  readonly country: string
  readonly action: string
  readonly token: string
  /** Everything that was typed, and the key of this confirmation: sent twice it is one dispensation. */
  readonly hidden: Readonly<Record<string, string>>
  readonly back: string
}

/** Last look before it counts in another country. */
export function reviewPage(words: Words, view: ReviewPage): Html {
  return html`<h1>${words('portal.dispense.review.title')}</h1><p class="lead">${words('portal.dispense.review.lead', {
    country: view.country,
  })}</p>${view.items.map(
    ({ prescribed, product, packages, substituted, batch }) =>
      html`<section class="card item"><div><h2>${medicineTitle(view.medicine, prescribed.medicine)}</h2>${summaryList([
        [words('portal.dispense.product'), html`${product}`],
        [words('portal.dispense.packages'), html`${words.messages.formats.number(packages)}`],
        [words('portal.dispense.batch'), batch === undefined ? undefined : html`${batch}`],
        [words('portal.dispense.same'), words(substituted ? 'portal.dispense.same.no' : 'portal.dispense.same.yes')],
      ])}</div></section>`,
  )}${form({
    action: view.action,
    token: view.token,
    content: html`${Object.entries(view.hidden).map(
      ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
    )}<div class="actions">${button(words('portal.dispense.confirm'))}${linkButton(view.back, words('portal.dispense.change'))}</div>`,
  })}`
}
