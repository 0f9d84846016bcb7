/** Finding datasets (EHDS Art. 77, 79): words, facets with their counts, and what is most asked of a dataset at a glance. */
import type { DatasetMark } from '#research/catalogue/harvest/reports.ts'
import { codeOf, FACETS, type Facet, hasLabel, isTrustedHolder } from '#research/catalogue/store/facets.ts'
import type { FoundRecords } from '#research/catalogue/store/search.ts'
import type { StoredRecord } from '#research/catalogue/store/stored.ts'
import { button, linkButton, tag } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { show } from '../../ui/site.ts'
import { categoryWords, facetWords, sourceWords, spanWords, textOf } from '../dataset-words.ts'
import { markLines, marksOf } from '../harvest-marks.ts'
import { CATALOGUE, HARVESTS, OPT_OUT, REGISTER, type Visit } from '../visit.ts'

const PAGE = 20
/** Values of one facet that are shown; those that were chosen always are. */
const VALUES = 12
const LONGEST_WORDS = 200
const SUMMARY = 260

type Chosen = Partial<Record<Facet, readonly string[]>>

export async function showSearch(visit: Visit): Promise<Response> {
  const { context, options, words } = visit
  const text = (context.req.query('q') ?? '').slice(0, LONGEST_WORDS)
  const after = context.req.query('after')
  const chosen: Chosen = Object.fromEntries(
    FACETS.flatMap((facet) => {
      const values = (context.req.queries(facet) ?? []).slice(0, 50)
      return values.length > 0 ? [[facet, values]] : []
    }),
  )
  const found = await options.catalogue.search({
    text,
    facets: chosen,
    limit: PAGE,
    ...(after === undefined ? {} : { after }),
  })
  const marks = await marksOf(visit, found.records)
  const title = words.messages.text('catalogue.page.search.title')
  return show(visit, {
    title,
    content: html`<h1>${title}</h1><p class="lead">${words('catalogue.page.search.lead')}</p>
<form class="catalogue" method="get" action="${visit.address(CATALOGUE)}" role="search">${keptLanguage(visit)}
<div class="search-line"><label for="q">${words('catalogue.page.search.label')}</label><input type="text" id="q" name="q" value="${text}" maxlength="${LONGEST_WORDS}">${button(words('catalogue.page.search.do'))}</div>
<div class="found"><div class="facets">${facetGroups(visit, found, chosen)}<div class="actions">${button(words('catalogue.page.search.narrow'), 'other')}</div></div>
<section aria-labelledby="results"><h2 id="results" role="status">${words('catalogue.page.search.count', { count: found.total })}</h2>${
      found.total === 0
        ? html`<p>${words('catalogue.page.search.none')}</p><p>${linkButton(visit.address(CATALOGUE), words('catalogue.page.search.all'))}</p>`
        : html`<ol class="datasets">${found.records.map((record) => result(visit, record, marks(record)))}</ol>`
    }${
      found.next !== undefined &&
      html`<p>${linkButton(visit.address(CATALOGUE, { q: text, ...chosen, after: found.next }), words('catalogue.page.search.more'))}</p>`
    }</section></div></form>${
      options.harvested &&
      html`<p class="small"><a href="${visit.address(HARVESTS)}">${words('catalogue.page.harvest.title')}</a></p>`
    }${
      options.body &&
      html`<p class="small"><a href="${visit.address(REGISTER)}#${OPT_OUT}">${words('catalogue.page.opt-out.link')}</a></p>`
    }`,
  })
}

/** A form that asks with GET replaces the query of its address. */
function keptLanguage({ context }: Visit): Html {
  const language = context.req.query('language')
  return html`${language && html`<input type="hidden" name="language" value="${language}">`}`
}

function facetGroups(visit: Visit, { facets }: FoundRecords, chosen: Chosen): readonly Html[] {
  const { words } = visit
  return FACETS.flatMap((facet) => {
    const picked = chosen[facet] ?? []
    const values = facets.get(facet) ?? []
    const shown = values.filter(({ value }, index) => index < VALUES || picked.includes(value))
    // What was chosen and finds nothing must stay in sight, to be taken back.
    const gone = picked
      .filter((value) => !values.some((one) => one.value === value))
      .map((value) => ({ value, count: 0 }))
    const all = [...shown, ...gone]
    if (all.length === 0 || isUseless(facet, all, picked)) return []
    return [
      html`<details${(picked.length > 0 || OPEN.includes(facet)) && html` open`}><summary>${words(`catalogue.page.facet.${facet}`)}</summary><fieldset><legend class="vh">${words(
        `catalogue.page.facet.${facet}`,
      )}</legend>${all.map(({ value, count }, index) => {
        const id = `${facet}-${index}`
        return html`<div class="choice"><input type="checkbox" id="${id}" name="${facet}" value="${value}"${
          picked.includes(value) && html` checked`
        }><label for="${id}"><span>${facetWords(visit, facet, value)} <span class="quiet">(${count})</span></span></label></div>`
      })}</fieldset></details>`,
    ]
  })
}

const OPEN: readonly Facet[] = ['country', 'category']

/** A question of yes or no to which everything says no. */
function isUseless(facet: Facet, values: readonly { readonly value: string }[], picked: readonly string[]): boolean {
  const isTruth = facet === 'structured' || facet === 'variables' || facet === 'label' || facet === 'trusted-holder'
  return isTruth && picked.length === 0 && values.every(({ value }) => value === 'no')
}

function result(visit: Visit, stored: StoredRecord, mark: DatasetMark | undefined): Html {
  const { words } = visit
  const record = stored.record()
  const { formats } = words.messages
  const description = record.description?.find(({ language }) => language === words.language) ?? record.description?.[0]
  const holder = textOf(visit, (record.custodian ?? record.publisher)?.name)
  const [period] = record.temporal ?? []
  const facts = [
    html`${sourceWords(visit, stored.source)}`,
    holder,
    record.numberOfUniqueIndividuals !== undefined &&
      words('catalogue.page.result.persons', { number: formats.number(record.numberOfUniqueIndividuals) }),
    period && spanWords(visit, period.start, period.end),
  ].filter((fact) => fact)
  return html`<li><article><h3><a href="${datasetAddress(visit, stored)}">${textOf(visit, record.title) ?? stored.title}</a></h3>
<p class="facts">${facts.map((fact, index) => html`${index > 0 && ' · '}${fact}`)}</p>${mark && markLines(visit, stored, mark)}${
    description &&
    html`<p${description.language && description.language !== words.language && html` lang="${description.language}"`}>${shortened(description.value)}</p>`
  }<p class="tags">${(record.healthCategory ?? []).map((category) => html`${tag(categoryWords(visit, codeOf(category)))} `)}${
    hasLabel(record) && html`${tag(words('catalogue.page.result.label'), 'good')} `
  }${isTrustedHolder(record) && tag(words('catalogue.page.result.trusted'))}</p></article></li>`
}

export function datasetAddress(visit: Visit, { iri, source }: Pick<StoredRecord, 'iri' | 'source'>): string {
  return visit.address(`${CATALOGUE}/dataset`, { iri, ...(source === 'own' ? {} : { source }) })
}

/** Ends with a whole word. */
function shortened(text: string): string {
  return text.length <= SUMMARY ? text : `${text.slice(0, SUMMARY).replace(/\s+\S*$/, '')} …`
}
