/** The data quality and utility label of a dataset (EHDS Art. 78(3)): what is said of each element, and how it is known. */
import type { DatasetLabel, LabelStatement } from '#research/catalogue/label/compose.ts'
import { LABEL_GROUPS, LABEL_RULES, type LabelElement } from '#research/catalogue/label/elements.ts'
import { summaryList, tag } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { spanWords, textOf } from '../dataset-words.ts'
import { ruleLabel, type Visit } from '../visit.ts'

const ELEMENTS = LABEL_RULES.elements.map((element) => ({ ...element, code: element.id }))

export function labelFacts(visit: Visit, { issued, release, statements, open }: DatasetLabel): Html {
  const { words } = visit
  const day = words.messages.formats.date(issued)
  const groups = LABEL_GROUPS.flatMap((group) => {
    const rows = ELEMENTS.flatMap((element) => {
      const statement = element.group === group && statements.find((one) => one.element === element.id)
      return statement ? [[ruleLabel(visit, ELEMENTS, element.id), said(visit, element, statement)] as const] : []
    })
    return rows.length === 0 ? [] : [html`<h3>${words(`catalogue.page.label.group.${group}`)}</h3>${summaryList(rows)}`]
  })
  return html`<p>${words('catalogue.page.label.issued', { date: day })}${
    release !== undefined && html` ${words('catalogue.page.label.release', { release })}`
  }</p>${groups}${
    open.length > 0 &&
    html`<p class="small">${words('catalogue.page.label.open')} ${open.map((id, index) => html`${index > 0 && ', '}${ruleLabel(visit, ELEMENTS, id)}`)}</p>`
  }`
}

function said(visit: Visit, { unit }: LabelElement, { values, basis }: LabelStatement): Html {
  const { words } = visit
  return html`${valueWords(visit, unit, values)} ${tag(words(`catalogue.page.label.basis.${basis}`), basis === 'measured' ? 'good' : 'plain')}`
}

/** A value that is not of the form of its unit is shown as it is. */
function valueWords(visit: Visit, unit: LabelElement['unit'], values: LabelStatement['values']): Html | undefined {
  const { words } = visit
  const [value = ''] = values.map((text) => text.value)
  if (unit === 'percent-of-checks' && Number.isFinite(Number(value))) {
    return words('catalogue.page.label.checks', { number: words.messages.formats.number(value) })
  }
  const length = unit === 'duration' ? /^P(\d+)([MD])$/.exec(value) : null
  if (length) return words(`catalogue.page.label.length.${length[2]}`, { count: Number(length[1]) })
  if (unit === 'variables' && /^\d+$/.test(value))
    return words('catalogue.page.label.variables', { count: Number(value) })
  const [from = '', to] = value.split('/')
  if (unit === 'interval' && to !== undefined) {
    return spanWords(visit, from === '..' ? undefined : from, to === '..' ? undefined : to)
  }
  return textOf(visit, values)
}
