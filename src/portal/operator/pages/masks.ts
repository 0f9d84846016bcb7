/** What each country asks in order to find a patient, as the portal will ask it: this country's own mask first. */
import type { SearchMask, SearchMaskField } from '#wire/discovery/directory.ts'
import { tag } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { countryName, englishParagraph, show } from '../../ui/site.ts'
import type { OperatorVisit } from '../visit.ts'
import { peersOf } from './peers.ts'

export async function showMasks(visit: OperatorVisit): Promise<Response> {
  const { options, words } = visit
  const { peers } = await peersOf(visit)
  const countries = [options.country, ...peers.map(({ country }) => country)]
  const blocks = await Promise.all(countries.map((country) => maskBlock(visit, country)))
  const content = html`<h1>${words('operator.area.masks')}</h1><p class="lead">${words('operator.masks.lead')}</p>${blocks}`
  return show(visit, { title: words.messages.text('operator.area.masks'), content })
}

async function maskBlock(visit: OperatorVisit, country: string): Promise<Html> {
  const { words, options } = visit
  const mask = await options.directory.searchMask(country)
  return html`<section class="block" id="mask-${country}"><h2>${countryName(visit, country)}${
    country === options.country && html` ${tag(words('operator.masks.own'))}`
  }</h2>${mask.ok ? maskFields(visit, mask.value) : englishParagraph(`${mask.problem.sentence} ${mask.problem.next}`)}</section>`
}

function maskFields(visit: OperatorVisit, { alternatives, documentSearch, nextOfKin }: SearchMask): Html {
  const { words } = visit
  return html`${groups(visit, alternatives)}${
    documentSearch && html`<h3>${words('operator.masks.documents')}</h3>${fieldList(visit, documentSearch)}`
  }${nextOfKin && html`<h3>${words('operator.masks.next-of-kin')}</h3>${groups(visit, nextOfKin)}`}`
}

/** Any one group is enough. */
function groups(visit: OperatorVisit, alternatives: readonly (readonly SearchMaskField[])[]): Html {
  return html`${alternatives.map(
    (fields, index) =>
      html`${index > 0 && html`<p class="quiet">${visit.words('operator.masks.or')}</p>`}${fieldList(visit, fields)}`,
  )}`
}

function fieldList({ words }: OperatorVisit, fields: readonly SearchMaskField[]): Html {
  return html`<ul>${fields.map(
    ({ label, domain, format, mandatory }) =>
      html`<li>${words.messages.has(label) ? words(label) : html`<code>${label}</code>`}${
        mandatory && html` ${tag(words('operator.masks.mandatory'))}`
      }${domain && html` <code>${domain}</code>`}${format && html` <span class="quiet">${words('operator.masks.format')} <code>${format}</code></span>`}</li>`,
  )}</ul>`
}
