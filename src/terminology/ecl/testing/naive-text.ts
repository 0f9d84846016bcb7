/** Typed search terms in the plainest way: every position tried, wildcards by trying every length. */
import type { SearchTerm } from '../syntax.ts'

const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()

export function fits(text: string, { type, text: wanted }: SearchTerm): boolean {
  if (type === 'exact') return text === wanted
  if (type === 'wild') return fitsWild([...plain(text)], wildUnits(wanted), 0, 0)
  return plain(wanted)
    .split(' ')
    .every((word) =>
      [...plain(text).matchAll(/(?<![\p{L}\p{N}])/gu)].some(({ index }) => plain(text).startsWith(word, index)),
    )
}

type Unit = { readonly star: boolean; readonly mark: string }

function wildUnits(wanted: string): readonly Unit[] {
  return [...wanted.matchAll(/\\(.)|(\*)|([^\\*])/gsu)].flatMap(([, escaped, star, mark]): Unit[] =>
    star !== undefined
      ? [{ star: true, mark: '' }]
      : [...plain(escaped ?? mark ?? '')].map((one) => ({ star: false, mark: one })),
  )
}

function fitsWild(text: readonly string[], units: readonly Unit[], at: number, unit: number): boolean {
  const next = units[unit]
  if (next === undefined) return at === text.length
  if (next.star) return fitsWild(text, units, at, unit + 1) || (at < text.length && fitsWild(text, units, at + 1, unit))
  return text[at] === next.mark && fitsWild(text, units, at + 1, unit + 1)
}
