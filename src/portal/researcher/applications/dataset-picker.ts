/** The datasets of an application, of any country: taken from the catalogue, taken out again. */
import type { DatasetChoice } from '#research/applications/rules/application.ts'
import type { DatasetMarks, DescriptionKey } from '#research/catalogue/harvest/reports.ts'
import type { StoredRecord } from '#research/catalogue/store/stored.ts'
import { markLines, marksOf } from '../../public/harvest-marks.ts'
import { type Html, html } from '../../ui/markup.ts'
import { countryName } from '../../ui/site.ts'
import type { CaseVisit } from '../visit.ts'
import { choiceOf } from './dataset-choice.ts'
import { group, helpOf, type ShownField } from './form-fields.ts'

const FOUND = 10

export async function datasetPicker(
  visit: CaseVisit,
  shown: ShownField,
  chosen: readonly DatasetChoice[],
  label: Html,
): Promise<Html> {
  const { words } = visit
  const marks = await marksOf(
    visit,
    chosen.map((choice) => descriptionOf(visit, choice)),
  )
  const list = await Promise.all(chosen.map((choice) => chosenItem(visit, choice, shown.fixed === true, marks)))
  return group(
    shown.field.id,
    label,
    helpOf(visit, shown),
    shown.error,
    html`${chosen.length === 0 ? html`<p>${words('research.datasets.none')}</p>` : html`<ul class="chosen">${list}</ul>`}${!shown.fixed && (await searching(visit, chosen))}`,
  )
}

async function searching(visit: CaseVisit, chosen: readonly DatasetChoice[]): Promise<Html> {
  const { words, options, context } = visit
  const text = (context.req.query('find') ?? '').slice(0, 200)
  const found = text === '' ? undefined : await options.catalogue.search({ text, limit: FOUND })
  const marks = await marksOf(visit, found?.records ?? [])
  return html`<div class="field"><label for="find">${words('research.datasets.find')}</label><div class="search-line"><input type="text" id="find" name="find" value="${text}" maxlength="200"><button class="btn other" name="do" value="find">${words('research.datasets.search')}</button></div></div>${
    found &&
    html`<p role="status">${words('research.datasets.found', { count: found.total })}</p><ul class="chosen">${found.records.map((record) => foundItem(visit, record, chosen, marks))}</ul>`
  }`
}

function descriptionOf({ options }: CaseVisit, { dataset, memberState }: DatasetChoice): DescriptionKey {
  return { iri: dataset, source: memberState === options.country ? 'own' : memberState }
}

async function chosenItem(
  visit: CaseVisit,
  choice: DatasetChoice,
  isFixed: boolean,
  marks: DatasetMarks,
): Promise<Html> {
  const { words, options } = visit
  const { dataset, memberState } = choice
  const description = descriptionOf(visit, choice)
  const record = await options.catalogue.find(dataset, description.source)
  const title = record?.title ?? dataset
  const remove = html`<button class="link" name="do" value="remove-dataset:${dataset}">${words('research.datasets.remove')}<span class="vh"> ${title}</span></button>`
  return html`<li><input type="hidden" name="kept-dataset" value="${dataset}"><div><b>${title}</b><span class="sub">${countryName(visit, memberState)}</span>${markOf(visit, description, marks)}</div>${!isFixed && remove}</li>`
}

function markOf(visit: CaseVisit, description: DescriptionKey, marks: DatasetMarks): Html | false {
  const mark = marks(description)
  return mark !== undefined && markLines(visit, description, mark)
}

function foundItem(
  visit: CaseVisit,
  record: StoredRecord,
  chosen: readonly DatasetChoice[],
  marks: DatasetMarks,
): Html {
  const { words } = visit
  const choice = choiceOf(visit, record)
  const isChosen = chosen.some(({ dataset }) => dataset === choice?.dataset)
  const address = `/catalogue/dataset?${new URLSearchParams({ iri: record.iri, ...(record.source === 'own' ? {} : { source: record.source }) })}`
  const way = !choice
    ? words('research.datasets.nobody')
    : isChosen
      ? words('research.datasets.chosen')
      : html`<button class="btn other" name="do" value="add-dataset:${record.source} ${record.iri}">${words('research.datasets.add')}<span class="vh"> ${record.title}</span></button>`
  return html`<li><div><a href="${address}">${record.title}</a><span class="sub">${choice && countryName(visit, choice.memberState)}</span>${markOf(visit, record, marks)}</div>${way}</li>`
}
