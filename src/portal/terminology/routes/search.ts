/** Search: the page and the suggestions of its field. */
import type { SearchRequest, SystemEntry, Term } from '../browser.ts'
import { searchPage } from '../pages/search.ts'
import { conceptAddress, isForeign, languageMark } from '../terms.ts'
import { json, pageNumber, parameter, show, type Visit, windowOf } from '../visit.ts'
import { refused } from './refusals.ts'

const LONGEST_TEXT = 200
const SYSTEMS_OFFERED = 12
const SUGGESTIONS = 8
const MOST_SYSTEMS = 20

export async function showSearch(visit: Visit): Promise<Response> {
  const { browser } = visit.site.options
  const { languages, asked, page } = { ...question(visit), page: pageNumber(visit) }
  const [all, known] = await Promise.all([browser.systems({ languages }), browser.languages()])
  const valueSet = asked.valueSet === undefined ? undefined : await browser.valueSet({ url: asked.valueSet, languages })
  if (valueSet && !valueSet.ok) return refused(visit, valueSet.problem, { text: asked.valueSet ?? '' })
  const found = asked.text === '' ? undefined : await browser.search({ ...asked, languages, ...windowOf(page) })
  if (found && !found.ok) return refused(visit, found.problem, { text: asked.systems.join(', ') })
  const title = visit.words.messages.text('terminology.search.title')
  return show(visit, {
    title: asked.text === '' ? title : `${asked.text} – ${title}`,
    place: '',
    content: searchPage(visit, {
      asked,
      page,
      found: found?.value,
      preparing: browser.isPreparing?.() ?? false,
      ...offered(all, asked.systems),
      valueSet: valueSet?.value,
      languages: readable(visit, known),
    }),
  })
}

/** `/suggest?q=…`: what the field shows while somebody types. */
export async function suggest(visit: Visit): Promise<Response> {
  const { asked, languages } = question(visit)
  if (asked.text === '') return json(visit, { suggestions: [] })
  const found = await visit.site.options.browser.search({ ...asked, languages, offset: 0, count: SUGGESTIONS })
  if (!found.ok) return json(visit, { suggestions: [] })
  return json(visit, {
    suggestions: found.value.items.map((hit) => ({
      text: hit.term?.text ?? hit.code,
      ...langOf(visit, hit.term),
      code: hit.code,
      system: hit.systemName.text,
      ...(hit.active ? {} : { inactive: visit.words.messages.text('terminology.inactive') }),
      href: conceptAddress(visit, hit),
    })),
  })
}

/** `lang` when it is not the page's language, and the tag in words when it is not the reader's. */
function langOf(visit: Visit, term: Term | undefined): { readonly lang?: string; readonly mark?: string } {
  if (!term) return {}
  const lang = term.language ?? 'und'
  return {
    ...(lang === visit.words.language ? {} : { lang }),
    ...(isForeign(visit, term) ? { mark: languageMark(visit, term.language) } : {}),
  }
}

function question(visit: Visit) {
  const asked: Pick<SearchRequest, 'text' | 'systems' | 'valueSet' | 'inactive'> = {
    text: parameter(visit, 'q', LONGEST_TEXT),
    systems: [...new Set(visit.context.req.queries('system') ?? [])]
      .map((system) => system.trim().slice(0, 500))
      .filter((system) => system !== '')
      .slice(0, MOST_SYSTEMS),
    valueSet: parameter(visit, 'value-set') || undefined,
    inactive: visit.context.req.query('inactive') === 'yes',
  }
  return { asked, languages: visit.reader.terms }
}

/** The largest systems and the chosen ones. */
function offered(all: readonly SystemEntry[], chosen: readonly string[]) {
  const bySize = [...all].sort((a, b) => (b.concepts ?? 0) - (a.concepts ?? 0))
  const distinct = bySize.filter((system, index) => bySize.findIndex(({ url }) => url === system.url) === index)
  const systems = distinct.filter(({ url }, index) => index < SYSTEMS_OFFERED || chosen.includes(url))
  return { systems, moreSystems: distinct.length > systems.length }
}

/** Languages to read in: of the interface first, then every other of which there are terms, by their name. */
function readable({ site, words }: Visit, known: readonly string[]): readonly string[] {
  const name = (tag: string): string => words.messages.formats.languageName(tag) ?? tag
  const others = known.filter((tag) => words.messages.formats.languageName(tag) !== undefined)
  const compare = new Intl.Collator(words.language).compare
  return [...new Set([...site.options.languages, ...others])].sort((a, b) => compare(name(a), name(b)))
}
