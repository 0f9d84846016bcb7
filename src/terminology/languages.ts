/**
 * The order in which languages are tried for a reader: `fr-BE → fr → fr-*`, then the reader's further languages.
 * English is never added by itself.
 */

/** One step of the chain: tags that are equally good in principle, in order of taste. */
export interface LanguageStep {
  readonly tags: readonly string[]
  /** `exact` when the reader asked for it (RFC 4647 §3.3.1: the range `fr` matches `fr-FR`), otherwise `fallback`. */
  readonly match: 'exact' | 'fallback'
}

/** `FR-be` → `fr-BE`, `zh-hant-tw` → `zh-Hant-TW`, `fr_FR` → `fr-FR`. Text that is no tag comes back lower-cased. */
export function normaliseLanguage(tag: string): string {
  const parts = tag.trim().replaceAll('_', '-').split('-')
  return parts
    .map((part, index) => {
      if (index === 0) return part.toLowerCase()
      if (part.length === 2) return part.toUpperCase()
      if (part.length === 4 && /^[A-Za-z]+$/.test(part))
        return `${part[0]?.toUpperCase()}${part.slice(1).toLowerCase()}`
      return part.toLowerCase()
    })
    .join('-')
}

// Norwegian is tagged both by its macrolanguage and by its written standards; Bokmål is the usual meaning of `no`.
const RELATED: Readonly<Record<string, readonly string[]>> = { no: ['nb', 'nn'], nb: ['no', 'nn'], nn: ['no', 'nb'] }

/**
 * @param wishes languages of the reader in order of wish
 * @param available every language of which some designation is loaded
 */
export function languageChain(wishes: readonly string[], available: readonly string[]): readonly LanguageStep[] {
  const steps: LanguageStep[] = []
  const seen = new Set<string>()
  const add = (tags: readonly string[], match: 'exact' | 'fallback') => {
    const fresh = tags.filter((tag) => !seen.has(tag) && available.includes(tag))
    for (const tag of fresh) seen.add(tag)
    if (fresh.length > 0) steps.push({ tags: fresh, match })
  }
  wishes.map(normaliseLanguage).forEach((wish, index) => {
    const base = wish.split('-')[0] ?? wish
    const first = index === 0
    if (wish !== base) add([wish], first ? 'exact' : 'fallback')
    add(variants(base, available), first && wish === base ? 'exact' : 'fallback')
    for (const related of RELATED[base] ?? []) add(variants(related, available), 'fallback')
  })
  return steps
}

/** `fr` itself, then its home region (`fr-FR`), then the other regions in alphabetical order. */
function variants(base: string, available: readonly string[]): readonly string[] {
  const home = `${base}-${homeRegion(base)}`
  const others = available.filter((tag) => tag.startsWith(`${base}-`) && tag !== home).sort()
  return [base, home, ...others]
}

function homeRegion(base: string): string {
  try {
    return new Intl.Locale(base).maximize().region ?? ''
  } catch {
    return ''
  }
}
