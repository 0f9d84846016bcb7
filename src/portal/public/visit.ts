/** One request to the public pages: nobody signs in, and nothing is kept about who reads. */
import { readFileSync } from 'node:fs'
import type { Phrase } from '#platform/i18n/messages.ts'
import { type RuleSet, rulesInForce } from '#research/applications/rules/rule-set.ts'
import { type Html, inLanguage } from '../ui/markup.ts'
import { countryName, type Site, type Visit as SiteVisit } from '../ui/site.ts'
import type { CataloguePageOptions, PublicPageOptions } from './public-options.ts'

/** A request to the catalogue. */
export type Visit = SiteVisit<CataloguePageOptions>
export type CatalogueSite = Site<CataloguePageOptions>

/** A request to the register and to what is counted of it. */
export type RegisterVisit = SiteVisit<RegisterPageOptions>
export type RegisterSite = Site<RegisterPageOptions>
export type RegisterPageOptions = PublicPageOptions & Pick<CataloguePageOptions, 'body'>

/** Where the pages stand; both are fixed, because other nodes and registers link to them. */
export const CATALOGUE = '/catalogue'
export const HARVESTS = '/catalogue/harvests'
export const REGISTER = '/register'
export const REPORT = '/register/report'
/** Where the register says how somebody opts out. */
export const OPT_OUT = 'opt-out'

export function siteName(visit: Visit): string {
  return visit.words.messages.text('catalogue.page.portal', { country: countryName(visit, visit.options.country) })
}

export function navigation(visit: Visit) {
  const { words, path, options } = visit
  const entry = (href: string, key: string, current: boolean) => ({ href, label: words(key), current })
  const isHarvests = path === HARVESTS
  return {
    label: siteName(visit),
    entries: [
      entry(visit.address(CATALOGUE), 'catalogue.page.nav.catalogue', path.startsWith(CATALOGUE) && !isHarvests),
      ...(options.harvested ? [entry(visit.address(HARVESTS), 'catalogue.page.nav.harvests', isHarvests)] : []),
      ...(options.body
        ? [
            entry(visit.address(REGISTER), 'catalogue.page.nav.register', path.startsWith(REGISTER) && path !== REPORT),
            entry(visit.address(REPORT), 'catalogue.page.nav.report', path === REPORT),
            entry(options.body.researcherPages, 'catalogue.page.nav.apply', false),
          ]
        : []),
    ],
  }
}

/** The rules of today, for the names of purposes, categories and kinds of applicants. */
export function rulesOf({ options, now }: RegisterVisit): RuleSet {
  const rules = rulesInForce(options.procedures.ruleSets, now.toISOString().slice(0, 10))
  if (!rules) throw new Error('There are no rules in data/research/rules.')
  return rules
}

type Labels = readonly { readonly code: string; readonly label: { readonly en: string; readonly fr: string } }[]

/** The name of a code of the rules, which speak English and French; a code that they do not know stays as it is. */
export function ruleText({ words }: Pick<Visit, 'words'>, list: Labels, code: string): Phrase {
  const label = list.find((one) => one.code === code)?.label
  if (!label) return { text: code, language: words.language }
  return words.language === 'fr' ? { text: label.fr, language: 'fr' } : { text: label.en, language: 'en' }
}

export function ruleLabel(visit: Pick<Visit, 'words'>, list: Labels, code: string): Html {
  const { text, language } = ruleText(visit, list, code)
  return inLanguage(text, language, visit.words.language)
}

const COUNTRIES: unknown = JSON.parse(
  readFileSync(new URL('../../../data/catalogue/countries.json', import.meta.url), 'utf8'),
)

/** A country as the Publications Office's table codes it (`BEL`), or in two letters; anything else as it is. */
export function countryOfCode(visit: Pick<Visit, 'words'>, code: string): string {
  const codes = typeof COUNTRIES === 'object' && COUNTRIES !== null && 'codes' in COUNTRIES ? COUNTRIES.codes : {}
  const short: unknown = typeof codes === 'object' && codes !== null ? Reflect.get(codes, code) : undefined
  return countryName(visit, typeof short === 'string' ? short : code)
}
