/** Names of countries, languages, scripts and currencies from the ICU inside Node (CLDR), in the languages of Europe. */
import type { ConceptDesignation } from './code-system.ts'

/** The official languages of the Union, Iceland and Norway; English, in which the systems name themselves, first. */
const LANGUAGES = 'en bg cs da de el es et fi fr ga hr hu is it lt lv mt nb nl pl pt ro sk sl sv'.split(' ')

const names = new Map<string, Intl.DisplayNames>()

function namer(language: string, type: Intl.DisplayNamesType): Intl.DisplayNames {
  const key = `${language} ${type}`
  const known = names.get(key)
  if (known) return known
  const made = new Intl.DisplayNames([language], { type, fallback: 'none', languageDisplay: 'standard' })
  names.set(key, made)
  return made
}

export function nameIn(language: string, type: Intl.DisplayNamesType, code: string): string | undefined {
  try {
    return namer(language, type).of(code)
  } catch {
    return undefined
  }
}

/** The name in every language, English as the display. A rule composes them: who writes a name down knows better. */
export function namesOf(type: Intl.DisplayNamesType, code: string): readonly ConceptDesignation[] {
  return LANGUAGES.flatMap((language) => {
    const value = nameIn(language, type, code)
    if (value === undefined) return []
    return [{ value, language, standsIn: true, ...(language === 'en' && { isDisplay: true }) }]
  })
}
