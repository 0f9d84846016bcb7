/**
 * Names as a person would compare them: case, accents, hyphens and script do not count. Greek is written in Latin letters
 * by ELOT 743 (ISO 843), as Greek passports do, so that both spellings of one name are equal.
 */

const SINGLE: Readonly<Record<string, string>> = {
  α: 'a',
  β: 'v',
  γ: 'g',
  δ: 'd',
  ε: 'e',
  ζ: 'z',
  η: 'i',
  θ: 'th',
  ι: 'i',
  κ: 'k',
  λ: 'l',
  μ: 'm',
  ν: 'n',
  ξ: 'x',
  ο: 'o',
  π: 'p',
  ρ: 'r',
  σ: 's',
  ς: 's',
  τ: 't',
  υ: 'y',
  φ: 'f',
  χ: 'ch',
  ψ: 'ps',
  ω: 'o',
}

/** Latin letters that Unicode does not decompose, with the spelling that identity documents use (ICAO Doc 9303). */
const LATIN: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ŋ: 'n',
}

/** A name made comparable: lower-case Latin letters and digits, words separated by one space. Empty when nothing is left. */
export function comparableName(name: string): string {
  return latinised(name.normalize('NFD').toLowerCase())
    .replace(/\p{M}/gu, '')
    .replace(/[ßæœøłđðþıŋ]/g, (letter) => LATIN[letter] ?? letter)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** Lower-case decomposed Greek to Latin; everything else passes. Longer rules first, as ELOT 743 lists them. */
function latinised(text: string): string {
  return text
    .replace(/ι\u0308\u0301?|ι\u0301\u0308/g, 'i')
    .replace(/υ\u0308\u0301?|υ\u0301\u0308/g, 'y')
    .replace(/([αεη])\u0301υ/g, (_, first: string) => `${SINGLE[first] ?? ''}y`)
    .replace(/ου/g, 'ou')
    .replace(/([αεη])υ\u0301?(?=[βγδζλμνραεηιουω])/g, (_, first: string) => `${SINGLE[first] ?? ''}v`)
    .replace(/([αεη])υ\u0301?/g, (_, first: string) => `${SINGLE[first] ?? ''}f`)
    .replace(/γ(?=[γξχ])/g, 'n')
    .replace(/(?<![\p{L}\p{M}])μπ/gu, 'b')
    .replace(/[α-ως]/g, (letter) => SINGLE[letter] ?? letter)
}
