/** Criteria with reasoned notes (EHDS Art. 68(1), (2)) and the estimate of the fee (Art. 62(5)): forms made of the rules. */
import { type Act, centsOf } from '../case-desk/act.ts'
import { ruleText } from '../case-desk/case-words.ts'
import { choices, type FieldError, textField } from '../ui/components.ts'
import { html } from '../ui/markup.ts'

/** Some criteria may be left for later; what is noted has a reason. */
export const ASSESS: Act<'assess'> = {
  render({ seen: { part, procedure }, words }, { form, errors }) {
    const errorOf = (field: string) => errors.find((one) => one.field === field)?.message
    return html`${procedure.rules.criteria[part.kind].map(({ code, label }, index) => {
      const note = part.criteria[code]
      const [verdict, reason] = [`verdict-${index}`, `reason-${index}`]
      return html`<fieldset class="group"><legend>${ruleText({ words }, label)}</legend><p class="sub">${words('access-body.article', { article: code })}</p>${choices(
        {
          name: verdict,
          legend: words('access-body.field.verdict'),
          choices: (['met', 'unmet'] as const).map((value) => ({
            value,
            label: words(`access-body.criterion.${value}`),
          })),
          value: form?.get(verdict) ?? (note && (note.met ? 'met' : 'unmet')),
          error: errorOf(verdict),
        },
      )}${textField(words, {
        name: reason,
        label: words('access-body.field.reasons'),
        value: form?.get(reason) ?? note?.reason,
        error: errorOf(reason),
        optional: true,
        ...{ rows: 3, longest: 20_000 },
      })}</fieldset>`
    })}`
  },
  read(form, { seen: { part, procedure }, words }) {
    const errors: FieldError[] = []
    const criteria = procedure.rules.criteria[part.kind].flatMap(({ code }, index) => {
      const verdict = form.get(`verdict-${index}`)
      const reason = (form.get(`reason-${index}`) ?? '').trim()
      if (!verdict && reason === '') return []
      const missing = verdict ? (reason === '' ? 'reason' : undefined) : 'verdict'
      if (missing) errors.push({ field: `${missing}-${index}`, message: words('access-body.fault.missing') })
      return [{ code, met: verdict === 'met', reason }]
    })
    if (criteria.length === 0) errors.push({ field: 'verdict-0', message: words('access-body.fault.missing') })
    return errors.length > 0 ? { errors } : { facts: { criteria } }
  },
}

const AMOUNT = /^\d{1,9}([.,]\d{1,2})?$/

/** Every component of the rules; what is left empty costs nothing. */
export const ESTIMATE_FEE: Act<'estimate-fee'> = {
  render({ seen: { part, procedure }, words }, { form, errors }) {
    return html`${procedure.rules.fees.components.map(({ code, label, article }) => {
      const name = `fee-${code}`
      const before = part.fee?.items.find(({ component }) => component === code)?.cents
      return textField(words, {
        name,
        label: html`${ruleText({ words }, label)} <span class="sub">${words('access-body.article', { article })}</span>`,
        help: words('access-body.kind.euros'),
        value: form?.get(name) ?? (before === undefined ? undefined : (before / 100).toFixed(2)),
        error: errors.find((one) => one.field === name)?.message,
        optional: true,
        width: 'medium',
      })
    })}`
  },
  read(form, { seen: { procedure }, words }) {
    const errors: FieldError[] = []
    const items = procedure.rules.fees.components.flatMap(({ code }) => {
      const text = (form.get(`fee-${code}`) ?? '').trim()
      if (text === '') return []
      if (!AMOUNT.test(text)) errors.push({ field: `fee-${code}`, message: words('access-body.fault.no-amount') })
      return [{ component: code, cents: centsOf(text) }]
    })
    return errors.length > 0 ? { errors } : { facts: { items } }
  },
}
