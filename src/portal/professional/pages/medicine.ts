/** A medicine as a pharmacist checks it: in his language, the words of the prescription beside it. */
import type { CodedWords, Medicine, PrescribedItem } from '#documents/pharmacy/pharmacy.ts'
import type { PosologyLine } from '#documents/pharmacy/posology.ts'
import { summaryList, tag } from '../../ui/components.ts'
import { type Html, html, inLanguage, type Words } from '../../ui/markup.ts'
import type { Designate } from '../portal-options.ts'

/** How codes become words of the reader, and in which language the prescription is written. */
export interface MedicineWords {
  readonly words: Words
  readonly designate: Designate
  /** How a line of the prescription is taken, by the full URL of its request. */
  readonly posology: (resource: string) => readonly PosologyLine[]
  readonly source: string | undefined
}

/** The name that heads a medicine: active ingredient and strength, as they are called here. */
export function medicineTitle(view: MedicineWords, medicine: Medicine): Html {
  const strength = medicine.strength ?? medicine.ingredients.find((one) => one.strength !== undefined)?.strength
  const substance = medicine.atc ?? medicine.ingredients[0]?.substance ?? medicine.product
  const title = substance ? translated(view, substance) : view.words('portal.medicine.unnamed')
  return html`${title}${strength && html` ${strength}`}`
}

/** Everything that identifies what may be handed out. */
export function medicineRows(view: MedicineWords, medicine: Medicine): readonly (readonly [Html, Html | undefined])[] {
  const { words } = view
  return [
    [
      words('portal.medicine.ingredients'),
      medicine.ingredients.length > 0
        ? html`${medicine.ingredients.map(
            ({ substance, strength, active }) =>
              html`<div>${withOriginal(view, substance)}${strength && html` ${strength}`}${
                !active && html` ${tag(words('portal.medicine.inactive'))}`
              }</div>`,
          )}`
        : undefined,
    ],
    [words('portal.medicine.form'), medicine.doseForm && withOriginal(view, medicine.doseForm)],
    [words('portal.medicine.package'), packageOf(view, medicine)],
    [words('portal.medicine.product'), medicine.product && original(view, medicine.product.display)],
    [
      words('portal.medicine.atc'),
      medicine.atc?.code === undefined ? undefined : html`<code>${medicine.atc.code}</code>`,
    ],
  ]
}

/** One line of a prescription: the medicine, how it is taken, how much, and what may be given instead. */
export function itemRows(view: MedicineWords, item: PrescribedItem): readonly (readonly [Html, Html | undefined])[] {
  const { words } = view
  return [
    ...medicineRows(view, item.medicine),
    [words('portal.medicine.posology'), posologyLines(view, item)],
    [words('portal.medicine.route'), item.route && withOriginal(view, item.route)],
    [words('portal.medicine.quantity'), item.quantity && packages(view, item.quantity)],
    [words('portal.medicine.dispensed-before'), item.dispensedBefore && packages(view, item.dispensedBefore)],
    [words('portal.medicine.substitution'), words(`portal.medicine.substitution.${item.substitution}`)],
    [
      words('portal.medicine.to-pharmacist'),
      item.instructionsToPharmacist === undefined ? undefined : original(view, item.instructionsToPharmacist),
    ],
  ]
}

/** The reader's words first, what the prescriber wrote beside them; where the coded parts do not say all, that counts alone. */
function posologyLines(view: MedicineWords, item: PrescribedItem): Html | undefined {
  const { words, posology } = view
  const lines = posology(item.resource)
  if (lines.length === 0) {
    return item.posology.length > 0
      ? html`${item.posology.map((line) => html`<div>${original(view, line)}</div>`)}`
      : undefined
  }
  return html`${lines.map(
    (line) =>
      html`<div>${line.words}${!line.complete && html` ${tag(words('posology.incomplete'), 'warn')}`}</div>${line.original.map(
        (text) => html`<div class="quiet">${inLanguage(text, line.originalLanguage, words.language)}</div>`,
      )}`,
  )}`
}

export function medicineList(rows: readonly (readonly [Html, Html | undefined])[]): Html {
  return summaryList(rows)
}

function packageOf(view: MedicineWords, { packaging, packageSize }: Medicine): Html | undefined {
  if (packaging.length === 0 && !packageSize) return undefined
  return html`${packageSize && counted(view, packageSize, 'portal.medicine.pieces')}${packaging.map((layer) => html`<div>${original(view, layer)}</div>`)}`
}

type Quantity = NonNullable<PrescribedItem['quantity']>

/** A quantity prescribed without a unit counts packages (eHDSI eP: number of packages). */
function packages(view: MedicineWords, amount: Quantity): Html {
  return counted(view, amount, 'prescription.packages')
}

/** The UCUM unit `1` is no word for a reader: the message says what is counted. */
function counted(view: MedicineWords, amount: Quantity, countable: string): Html {
  return amount.unit.code === '1' ? html`${view.words(countable, { count: amount.value })}` : quantity(view, amount)
}

function quantity(view: MedicineWords, { value, unit }: Quantity): Html {
  return html`${view.words.messages.formats.number(value)} ${translated(view, unit)}`
}

/** The reader's word, or the prescription's own in its language. */
function translated({ designate, words, source }: MedicineWords, coded: CodedWords): Html {
  const found = designate(coded, words.language)
  return found
    ? inLanguage(found.term, found.language, words.language)
    : inLanguage(coded.display, source, words.language)
}

/** The reader's word large, the prescription's beside it when it differs. */
function withOriginal(view: MedicineWords, coded: CodedWords): Html {
  const found = view.designate(coded, view.words.language)
  if (!found) return html`${original(view, coded.display)} ${tag(view.words('portal.medicine.untranslated'))}`
  const same = found.term.toLocaleLowerCase() === coded.display.toLocaleLowerCase() || coded.display === ''
  return html`${inLanguage(found.term, found.language, view.words.language)}${
    !same && html` <span class="quiet">${original(view, coded.display)}</span>`
  }`
}

function original({ words, source }: MedicineWords, text: string): Html {
  return inLanguage(text, source, words.language)
}
