/** What is said of a concept beyond its words: relationship groups of SNOMED CT, axes of LOINC, properties of any system. */
import { type Html, html } from '../../ui/markup.ts'
import type { AttributeRow, ConceptView, Reference } from '../browser.ts'
import { conceptLink, plainText } from '../terms.ts'
import type { Visit } from '../visit.ts'

type Value = AttributeRow['value']

export function attributesSection(visit: Visit, { groups, properties }: ConceptView): Html {
  const { words } = visit
  const numbered = groups.filter(({ number }) => number > 0)
  return html`${
    groups.length > 0 &&
    html`<section class="block" aria-labelledby="attributes"><h2 id="attributes">${words(
      'terminology.concept.attributes',
    )}</h2>${groups.map(({ number, rows }) => {
      const position = numbered.findIndex((group) => group.number === number) + 1
      // A single group needs no number.
      const title = number > 0 && numbered.length > 1
      return html`<div class="group">${title && html`<h3>${words('terminology.concept.group', { number: position })}</h3>`}<dl class="properties">${rows.map(
        (row) => html`<div><dt>${conceptName(visit, row.type)}</dt><dd>${valueText(visit, row.value)}</dd></div>`,
      )}</dl></div>`
    })}</section>`
  }${
    properties.length > 0 &&
    html`<section class="block" aria-labelledby="properties"><h2 id="properties">${words(
      'terminology.concept.properties',
    )}</h2><dl class="properties">${properties.map(
      ({ name, value }) => html`<div><dt>${plainText(visit, name)}</dt><dd>${valueText(visit, value)}</dd></div>`,
    )}</dl></section>`
  }`
}

function conceptName(visit: Visit, reference: Reference): Html {
  return reference.term ? plainText(visit, reference.term) : html`<code>${reference.code}</code>`
}

function valueText(visit: Visit, value: Value): Html {
  return 'text' in value ? html`<span class="num">${value.text}</span>` : conceptLink(visit, value)
}
