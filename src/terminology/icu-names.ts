/**
 * Language tags with a region or script (`pt-BR`, `sr-Latn`) are far too many to store: their names are composed by ICU
 * when asked for.
 */
import { normaliseLanguage } from './languages.ts'
import type { Designation, LanguageTag } from './terminology.ts'

const LANGUAGE_TAGS = 'urn:ietf:bcp:47'
/** Three letters, or more than a language: two-letter languages are stored. */
const COMPOSED = /^(?:[A-Za-z]{3}|[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))|[A-Za-z]{2,3}-[A-Za-z]{4})$/

export function namedByIcu(system: string, code: string, wishes: readonly LanguageTag[]): Designation | undefined {
  if (system !== LANGUAGE_TAGS || !COMPOSED.test(code)) return undefined
  for (const [index, wish] of wishes.entries()) {
    const language = normaliseLanguage(wish)
    const term = nameIn(language, code)
    if (term === undefined) continue
    const match = index === 0 ? 'exact' : 'fallback'
    return { term, language, match, source: 'Unicode CLDR', status: 'reviewed' }
  }
  return undefined
}

function nameIn(language: string, code: string): string | undefined {
  try {
    const names = new Intl.DisplayNames([language], {
      type: 'language',
      fallback: 'none',
      languageDisplay: 'standard',
    })
    // ICU answers in its default language when it does not know the one asked for.
    const answered = names.resolvedOptions().locale.split('-')[0]
    return answered === language.split('-')[0] ? names.of(code) : undefined
  } catch {
    return undefined
  }
}
