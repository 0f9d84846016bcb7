/** Lists of what is loaded, and one value set, one map. */
import type { Term } from '../browser.ts'
import { mapsPage, systemsPage, valueSetsPage } from '../pages/catalogue.ts'
import { matching } from '../pages/filter.ts'
import { mapPage } from '../pages/map.ts'
import { valueSetPage } from '../pages/value-set.ts'
import { pageNumber, parameter, show, type Visit, windowOf } from '../visit.ts'
import { refusal, refused } from './refusals.ts'

const LONGEST_TEXT = 200

export async function showSystems(visit: Visit): Promise<Response> {
  const { browser } = visit.site.options
  const all = await browser.systems({ languages: visit.reader.terms })
  const list = filtered(visit, all, ({ name, url }) => [name, { text: url }])
  return show(visit, { title: titleOf(visit, 'systems'), place: 'systems', content: systemsPage(visit, list) })
}

export async function showMaps(visit: Visit): Promise<Response> {
  const { browser } = visit.site.options
  const all = await browser.maps({ languages: visit.reader.terms })
  const list = filtered(visit, all, ({ name, url }) => [name, { text: url }])
  return show(visit, { title: titleOf(visit, 'maps'), place: 'maps', content: mapsPage(visit, list) })
}

export async function showValueSets(visit: Visit): Promise<Response> {
  const { browser } = visit.site.options
  const page = pageNumber(visit)
  const text = parameter(visit, 'q', LONGEST_TEXT)
  const slice = await browser.valueSets({ languages: visit.reader.terms, text, ...windowOf(page) })
  return show(visit, {
    title: titleOf(visit, 'value-sets'),
    place: 'value-sets',
    content: valueSetsPage(visit, { slice, page, text }),
  })
}

/** `/value-set?url=…[&version=…][&q=…]` */
export async function showValueSet(visit: Visit): Promise<Response> {
  const { browser } = visit.site.options
  const url = parameter(visit, 'url')
  if (url === '') return refusal(visit, 'nothing-asked')
  const asked = { url, version: parameter(visit, 'version') || undefined, languages: visit.reader.terms }
  const valueSet = await browser.valueSet(asked)
  if (!valueSet.ok) return refused(visit, valueSet.problem, { text: url })
  const page = pageNumber(visit)
  const text = parameter(visit, 'q', LONGEST_TEXT)
  const members = await browser.expand({ ...asked, text, ...windowOf(page) })
  return show(visit, {
    title: valueSet.value.name.text,
    place: 'value-sets',
    content: valueSetPage(visit, {
      valueSet: valueSet.value,
      text,
      page,
      ...(members.ok ? { members: members.value } : { refusal: members.problem.sentence }),
    }),
  })
}

/** `/map?url=…[&version=…]` */
export async function showMap(visit: Visit): Promise<Response> {
  const url = parameter(visit, 'url')
  if (url === '') return refusal(visit, 'nothing-asked')
  const page = pageNumber(visit)
  const found = await visit.site.options.browser.map({
    url,
    version: parameter(visit, 'version') || undefined,
    languages: visit.reader.terms,
    ...windowOf(page),
  })
  if (!found.ok) return refused(visit, found.problem, { text: url })
  const { map, rows } = found.value
  return show(visit, { title: map.name.text, place: 'maps', content: mapPage(visit, { map, rows, page }) })
}

function titleOf({ words }: Visit, kind: string): string {
  return words.messages.text(`terminology.nav.${kind}`)
}

/** One page of the entries in which every word of `?q=` stands. */
function filtered<T>(visit: Visit, all: readonly T[], termsOf: (entry: T) => readonly Term[]) {
  const text = parameter(visit, 'q', LONGEST_TEXT)
  const page = pageNumber(visit)
  return { text, page, slice: matching(all, text, termsOf, windowOf(page)) }
}
