/** The scope as it was written → `DatasetScope`s, with every mistake at its field. Pure. */
import { isDay } from '#research/applications/calendar/civil-day.ts'
import type { DatasetScope, Population } from '#research/permits/permit.ts'
import type { OfferedDataset } from './offered.ts'

export type ScopeFault = 'missing' | 'no-day' | 'no-year' | 'no-concepts' | 'no-table' | 'no-dataset' | 'backwards'

export interface ReadScopes {
  readonly datasets: readonly DatasetScope[]
  readonly faults: readonly (readonly [field: string, fault: ScopeFault])[]
}

const YEAR = /^(18[5-9]|19\d|20\d|21\d)\d$/

export function readScopes(form: URLSearchParams, offered: readonly OfferedDataset[]): ReadScopes {
  const faults: [string, ScopeFault][] = []
  const datasets = offered.flatMap((one, index) => {
    if (form.get(`dataset-${index}`) !== 'yes') return []
    const tables = readTables(form, one, index)
    if (tables.length === 0) faults.push([`tables-${index}`, 'no-table'])
    const period = { from: text(form, `from-${index}`), to: text(form, `to-${index}`) }
    for (const end of ['from', 'to'] as const) if (!isDay(period[end])) faults.push([`${end}-${index}`, 'no-day'])
    if (isDay(period.from) && isDay(period.to) && period.from > period.to) faults.push([`to-${index}`, 'backwards'])
    const population = readPopulation(form, index, (field, fault) => faults.push([field, fault]))
    return [
      {
        dataset: one.dataset,
        tables,
        period,
        population,
        ...(one.scope?.release === undefined ? {} : { release: one.scope.release }),
      },
    ]
  })
  if (datasets.length === 0) faults.push(['dataset-0', 'no-dataset'])
  return { datasets, faults }
}

function readTables(form: URLSearchParams, { tables }: OfferedDataset, index: number): DatasetScope['tables'] {
  const whole = new Set(form.getAll(`whole-${index}`))
  const ticked = new Set(form.getAll(`column-${index}`))
  return tables.flatMap(({ table, columns }) => {
    const chosen = whole.has(table) ? columns : columns.filter((column) => ticked.has(`${table}.${column}`))
    return chosen.length > 0 ? [{ table, columns: chosen }] : []
  })
}

function readPopulation(
  form: URLSearchParams,
  index: number,
  wrong: (field: string, fault: ScopeFault) => void,
): Population {
  const year = (name: string): number | undefined => {
    const written = text(form, `${name}-${index}`)
    if (written !== '' && !YEAR.test(written)) wrong(`${name}-${index}`, 'no-year')
    return written === '' ? undefined : Number(written)
  }
  const concepts = text(form, `conditions-${index}`)
    .split(/[\s,;]+/)
    .filter((one) => one !== '')
  if (concepts.some((one) => !/^\d{1,15}$/.test(one))) wrong(`conditions-${index}`, 'no-concepts')
  const [bornFrom, bornTo] = [year('born-from'), year('born-to')]
  const genders = form.getAll(`gender-${index}`).map(Number)
  return {
    ...(bornFrom === undefined ? {} : { bornFrom }),
    ...(bornTo === undefined ? {} : { bornTo }),
    ...(genders.length === 0 ? {} : { genders }),
    ...(concepts.length === 0 ? {} : { withCondition: concepts.map(Number) }),
  }
}

export function text(form: URLSearchParams, name: string): string {
  return (form.get(name) ?? '').trim()
}
