/** The datasets of an application, of any country: taken from the catalogue, taken out again. */
import type { DatasetChoice } from '#research/applications/rules/application.ts'
import type { StoredRecord } from '#research/catalogue/store/stored.ts'
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
  const list = await Promise.all(chosen.map((choice) => chosenItem(visit, choice, shown.fixed === true)))
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
  return html`<div class="field"><label for="find">${words('research.datasets.find')}</label><div class="search-line"><input type="text" id="find" name="find" value="${text}" maxlength="200"><button class="btn other" name="do" value="find">${words('research.datasets.search')}</button></div></div>${
    found &&
    html`<p role="status">${words('research.datasets.found', { count: found.total })}</p><ul class="chosen">${found.records.map((record) => foundItem(visit, record, chosen))}</ul>`
  }`
}

async function chosenItem(visit: CaseVisit, { dataset, memberState }: DatasetChoice, isFixed: boolean): Promise<Html> {
  const { words, options } = visit
  const source = memberState === options.country ? 'own' : memberState
  const record = await options.catalogue.find(dataset, source)
  const title = record?.title ?? dataset
  const remove = html`<button class="link" name="do" value="remove-dataset:${dataset}">${words('research.datasets.remove')}<span class="vh"> ${title}</span></button>`
  return html`<li><input type="hidden" name="kept-dataset" value="${dataset}"><span><b>${title}</b><span class="sub">${countryName(visit, memberState)}</span></span>${!isFixed && remove}</li>`
}

function foundItem(visit: CaseVisit, record: StoredRecord, chosen: readonly DatasetChoice[]): Html {
  const { words } = visit
  const choice = choiceOf(visit, record)
  const isChosen = chosen.some(({ dataset }) => dataset === choice?.dataset)
  const address = `/catalogue/dataset?${new URLSearchParams({ iri: record.iri, ...(record.source === 'own' ? {} : { source: record.source }) })}`
  const way = !choice
    ? words('research.datasets.nobody')
    : isChosen
      ? words('research.datasets.chosen')
      : html`<button class="btn other" name="do" value="add-dataset:${record.source} ${record.iri}">${words('research.datasets.add')}<span class="vh"> ${record.title}</span></button>`
  return html`<li><span><a href="${address}">${record.title}</a><span class="sub">${choice && countryName(visit, choice.memberState)}</span></span>${way}</li>`
}
