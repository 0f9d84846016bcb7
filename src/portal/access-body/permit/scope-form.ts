/** Datasets, tables, columns, days and persons of a permit, as a form. What is not ticked is outside. */
import type { DatasetScope } from '#research/permits/permit.ts'
import type { Asked, Written } from '../../case-desk/act.ts'
import { textField } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import type { DatasetTable } from '../access-body-options.ts'
import type { OfferedDataset } from './offered.ts'

/** OMOP concepts of gender. */
export const GENDERS = { male: 8507, female: 8532 } as const

export function scopeForm(asked: Asked, written: Written, datasets: readonly OfferedDataset[]): Html {
  return html`${datasets.map((one, index) => datasetGroup(asked, written, one, index))}`
}

function datasetGroup({ seen, words }: Asked, { form, errors }: Written, offered: OfferedDataset, index: number): Html {
  const { scope } = offered
  const range = seen.state.application?.answers.timeRange
  const days = typeof range === 'object' && 'from' in range ? range : undefined
  const isNew = form === null || form === undefined
  const field = (name: string, before: string | undefined, more: { rows?: number; help?: boolean } = {}): Html => {
    const id = `${name}-${index}`
    return textField(words, {
      name: id,
      label: words(`access-body.scope.${name}`),
      help: more.help ? words(`access-body.scope.${name}.help`) : undefined,
      value: form?.get(id) ?? before,
      error: errors.find((one) => one.field === id)?.message,
      optional: name !== 'from' && name !== 'to',
      ...(more.rows === undefined ? { width: 'medium' as const } : { rows: more.rows, longest: 20_000 }),
    })
  }
  const included = isNew
    ? seen.part.permit === undefined || scope !== undefined
    : form.get(`dataset-${index}`) === 'yes'
  const population = scope?.population
  const wrong = errors.find((one) => one.field === `tables-${index}`)?.message
  return html`<fieldset class="group"><legend><code>${offered.dataset}</code></legend>${box(`dataset-${index}`, 'yes', words('access-body.scope.included'), included)}
${field('from', scope?.period.from ?? days?.from)}${field('to', scope?.period.to ?? days?.to)}
<div class="field${wrong && ' wrong'}" id="tables-${index}"><p class="field-label">${words('access-body.scope.tables')}</p><p class="help">${words('access-body.scope.tables.help')}</p>${
    wrong && html`<p class="field-error">${wrong}</p>`
  }${offered.tables.map((one) => tableGroup({ seen, words }, form, one, index, scope))}</div>
<details class="group"><summary>${words('access-body.scope.population')}</summary>${field('born-from', numberText(population?.bornFrom))}${field(
    'born-to',
    numberText(population?.bornTo),
  )}<p class="field-label">${words('access-body.scope.gender')}</p>${Object.entries(GENDERS).map(([name, concept]) =>
    box(
      `gender-${index}`,
      String(concept),
      words(`access-body.gender.${name}`),
      isNew
        ? population?.genders?.includes(concept) === true
        : form.getAll(`gender-${index}`).includes(String(concept)),
    ),
  )}${field('conditions', population?.withCondition?.join('\n'), { rows: 3, help: true })}</details></fieldset>`
}

function tableGroup(
  { words }: Pick<Asked, 'words' | 'seen'>,
  form: URLSearchParams | undefined,
  { table, columns, rows }: DatasetTable,
  index: number,
  scope: DatasetScope | undefined,
): Html {
  const before = scope?.tables.find((one) => one.table === table)?.columns ?? []
  const ticked = form?.getAll(`column-${index}`)
  const isTicked = (column: string) => ticked?.includes(`${table}.${column}`) ?? before.includes(column)
  const whole = form?.getAll(`whole-${index}`).includes(table) ?? false
  const count = columns.filter(isTicked).length
  return html`<details class="group"><summary><code>${table}</code> <span class="quiet small">${
    rows === undefined ? undefined : words('access-body.scope.rows', { count: rows })
  } ${count > 0 && words('access-body.scope.chosen', { count })}</span></summary>${box(
    `whole-${index}`,
    table,
    words('access-body.scope.whole', { table }),
    whole,
  )}<div class="columns-list" role="group" aria-label="${table}">${columns.map((column) =>
    box(`column-${index}`, `${table}.${column}`, html`<code>${column}</code>`, isTicked(column)),
  )}</div></details>`
}

/** A box of several with one name; its label wraps it, so that it needs no name of its own. */
export function box(name: string, value: string, label: Html, checked: boolean): Html {
  return html`<label class="box"><input type="checkbox" name="${name}" value="${value}"${checked && html` checked`}> <span>${label}</span></label>`
}

function numberText(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value)
}
