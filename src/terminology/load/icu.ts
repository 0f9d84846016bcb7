/** Names of countries and languages from the Unicode CLDR, as it comes inside Node (ICU). */
import { addDesignation, addIdentity, type Content, conceptOf, systemOf } from '../content.ts'

/** The 24 official languages of the Union, Icelandic and Norwegian. */
export const READER_LANGUAGES = [
  'bg',
  'cs',
  'da',
  'de',
  'el',
  'en',
  'es',
  'et',
  'fi',
  'fr',
  'ga',
  'hr',
  'hu',
  'is',
  'it',
  'lt',
  'lv',
  'mt',
  'nl',
  'no',
  'pl',
  'pt',
  'ro',
  'sk',
  'sl',
  'sv',
] as const

const COUNTRIES = 'urn:iso:std:iso:3166'
const LANGUAGES = 'urn:ietf:bcp:47'

/** Every two-letter code that CLDR names. The words are vetted by the Unicode consortium, hence `reviewed`. */
export function loadIcuNames(content: Content): void {
  const source = 'Unicode CLDR'
  loadNames(content, COUNTRIES, 'region', twoLetterCodes('A'), source)
  loadNames(content, LANGUAGES, 'language', twoLetterCodes('a'), source)
  addIdentity(content, { url: COUNTRIES, name: 'ISO 3166', oids: [], aliases: [] })
  addIdentity(content, { url: LANGUAGES, name: 'BCP 47', oids: [], aliases: [] })
}

function loadNames(
  content: Content,
  url: string,
  type: 'region' | 'language',
  codes: readonly string[],
  source: string,
): void {
  const english = new Intl.DisplayNames(['en'], { type, fallback: 'none' })
  const known = codes.filter((code) => nameOf(english, code) !== undefined && isCurrent(code, type))
  const system = systemOf(content, url)
  for (const language of READER_LANGUAGES) {
    const names = new Intl.DisplayNames([language], { type, fallback: 'none' })
    // ICU answers in its default language when it lacks one; such an answer would be silent English.
    if (names.resolvedOptions().locale.split('-')[0] !== language && language !== 'no') continue
    for (const code of known) {
      const term = nameOf(names, code)
      if (term === undefined) continue
      const concept = conceptOf(system, code)
      if (language === 'en') concept.display ??= term
      addDesignation(concept, { language, term, source, reviewed: true })
    }
  }
}

function nameOf(names: Intl.DisplayNames, code: string): string | undefined {
  try {
    return names.of(code)
  } catch {
    return undefined
  }
}

/** Withdrawn codes (`DD`, `iw`) are named after their successors by ICU: they are left out. */
function isCurrent(code: string, type: 'region' | 'language'): boolean {
  if (type === 'language') return Intl.getCanonicalLocales(code)[0] === code
  return new Intl.Locale('und', { region: code }).region === code && !/^(?:X[A-Z]|Q[M-Z]|ZZ|AA|EU|EZ|UN)$/.test(code)
}

function twoLetterCodes(first: 'A' | 'a'): readonly string[] {
  const base = first.charCodeAt(0)
  const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(base + index))
  return letters.flatMap((left) => letters.map((right) => `${left}${right}`))
}
