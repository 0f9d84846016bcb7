/** What a pharmacist typed into the form of a prescription → what he hands out, or what is wrong beside which field. */
import type { DispensedItem, PrescribedItem, Prescription } from '#documents/pharmacy/pharmacy.ts'
import type { AnswerError } from '../mask-form.ts'

const FIELDS = ['packages', 'substituted', 'product', 'code', 'batch'] as const

export interface ReadDispenseForm {
  readonly items: readonly { readonly prescribed: PrescribedItem; readonly item: DispensedItem }[]
  readonly errors: readonly AnswerError[]
}

/** The values of the form, to be shown again or carried on. */
export function dispenseAnswers({ items }: Prescription, form: URLSearchParams): Readonly<Record<string, string>> {
  const names = items.flatMap((_, index) => FIELDS.map((field) => nameOf(index, field)))
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = (form.get(name) ?? '').trim().slice(0, 200)
      return value === '' ? [] : [[name, value] as const]
    }),
  )
}

/** A line without a number of packages is not handed out; at least one line has to be. */
export function readDispenseForm(prescription: Prescription, form: URLSearchParams): ReadDispenseForm {
  const answers = dispenseAnswers(prescription, form)
  const read = prescription.items.map((prescribed, index) => readItem(prescribed, index, answers))
  const items = read.flatMap(({ given }) => given ?? [])
  const errors = read.flatMap((one) => one.errors)
  if (items.length === 0 && errors.length === 0) {
    return { items, errors: [{ field: nameOf(0, 'packages'), key: 'portal.dispense.error.nothing' }] }
  }
  return { items, errors }
}

function readItem(
  prescribed: PrescribedItem,
  index: number,
  answers: Readonly<Record<string, string>>,
): { readonly given?: ReadDispenseForm['items'][number]; readonly errors: readonly AnswerError[] } {
  const value = (field: (typeof FIELDS)[number]) => answers[nameOf(index, field)]
  const typed = value('packages')
  if (typed === undefined || typed === '0') return { errors: [] }
  const packages = /^[1-9]\d{0,3}$/.test(typed) ? Number(typed) : undefined
  const product = value('product')
  const substituted = value('substituted') === 'yes'
  const errors: AnswerError[] = []
  if (packages === undefined) errors.push({ field: nameOf(index, 'packages'), key: 'portal.dispense.error.packages' })
  if (product === undefined) errors.push({ field: nameOf(index, 'product'), key: 'portal.dispense.error.product' })
  if (substituted && prescribed.substitution === 'not-allowed') {
    errors.push({ field: nameOf(index, 'packages'), key: 'portal.dispense.error.substitution' })
  }
  if (packages === undefined || product === undefined || errors.length > 0) return { errors }
  const code = value('code')
  const batch = value('batch')
  const own = prescribed.medicine.product
  const item: DispensedItem = {
    prescribedItem: prescribed.id,
    product: { name: product, ...(code === undefined ? sameProduct(own, product) : { code }) },
    substituted,
    packages,
    ...(prescribed.medicine.packageSize && !substituted ? { packageSize: prescribed.medicine.packageSize } : {}),
    ...(batch === undefined ? {} : { batch }),
  }
  return { given: { prescribed, item }, errors }
}

/** The prescribed product keeps its national code when it is the one that is handed out. */
function sameProduct(own: PrescribedItem['medicine']['product'], name: string): { code?: string; system?: string } {
  if (own?.code === undefined || own.display !== name) return {}
  return { code: own.code, ...(own.system === undefined ? {} : { system: own.system }) }
}

function nameOf(index: number, field: (typeof FIELDS)[number]): string {
  return `item-${index}-${field}`
}
