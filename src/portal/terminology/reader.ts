/** In which languages somebody reads: of the address first, of the browser otherwise. No cookie, so that a page can be shared. */
import { normaliseLanguage } from '#terminology/languages.ts'

export interface Reader {
  /** Language of the interface: one of the offered. */
  readonly page: string
  /** Languages of terms in order of wish; never empty. */
  readonly terms: readonly string[]
  /** What the address asked for, to be kept in links; undefined when it asked for nothing. */
  readonly chosen?: string | undefined
}

const TAG = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}$/
const LONGEST_HEADER = 500

/**
 * @param wished `?language=` of the address: any language, also one that the interface does not speak
 * @param header Accept-Language (RFC 9110 §12.5.4)
 * @param offered languages of the interface, the house's own first
 */
export function readerOf(wished: string | undefined, header: string | undefined, offered: readonly string[]): Reader {
  const chosen = wished !== undefined && TAG.test(wished) ? normaliseLanguage(wished) : undefined
  const fallback = offered[0] ?? 'en'
  const accepted = acceptedLanguages(header ?? '')
  const wishes = chosen === undefined ? accepted : [chosen]
  const page = [...wishes, ...accepted].flatMap((wish) => offeredFor(wish, offered))[0] ?? fallback
  return { page, terms: wishes.length > 0 ? wishes : [fallback], chosen }
}

function offeredFor(wish: string, offered: readonly string[]): readonly string[] {
  const exact = offered.filter((one) => one === wish)
  return exact.length > 0 ? exact : offered.filter((one) => baseOf(one) === baseOf(wish))
}

/** Best first; `q=0`, `*` and what is no language tag are left out. */
export function acceptedLanguages(header: string): readonly string[] {
  const entries = header
    .slice(0, LONGEST_HEADER)
    .split(',')
    .flatMap((part, index) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim())
      const weight = parameters.find((parameter) => /^q=/i.test(parameter))
      const quality = weight === undefined ? 1 : Number(weight.slice(2))
      return TAG.test(tag) && quality > 0 && quality <= 1 ? [{ tag: normaliseLanguage(tag), quality, index }] : []
    })
  entries.sort((a, b) => b.quality - a.quality || a.index - b.index)
  return [...new Set(entries.map(({ tag }) => tag))]
}

export function baseOf(tag: string): string {
  return tag.split('-')[0]?.toLowerCase() ?? tag
}
