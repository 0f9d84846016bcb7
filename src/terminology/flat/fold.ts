/**
 * Words as a reader types them: without case, without accents, with ligatures taken apart, so that `oedeme` finds `Œdème`
 * and `strasse` finds `Straße`. The same for every language and every locale of the machine, because an index is made on
 * one and read on another. Greek loses its tonos and final sigma, Cyrillic its breve and diaeresis.
 */

/** What Unicode does not take apart, or takes apart into what nobody types. */
const SPECIAL: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  ŋ: 'n',
  ŧ: 't',
  þ: 'th',
  ĸ: 'k',
  ς: 'σ',
}

const SEPARATOR = ' '
const folded = new Map<number, string>()

function foldCodePoint(codePoint: number): string {
  const known = folded.get(codePoint)
  if (known !== undefined) return known
  let result = ''
  for (const part of String.fromCodePoint(codePoint).normalize('NFKD').toLowerCase().normalize('NFKD')) {
    if (/\p{M}/u.test(part)) continue
    result += SPECIAL[part] ?? (/[\p{L}\p{N}]/u.test(part) ? part : SEPARATOR)
  }
  folded.set(codePoint, result)
  return result
}

/** The text folded; whatever is no letter and no digit is a space. */
export function foldText(text: string): string {
  let result = ''
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    if (unit >= 97 && unit <= 122) result += text[index]
    else {
      const codePoint = text.codePointAt(index) ?? 0
      if (codePoint > 0xffff) index += 1
      result += foldCodePoint(codePoint)
    }
  }
  return result
}

/** The folded words of a text, in their order. */
export function wordsOf(text: string): readonly string[] {
  return foldText(text)
    .split(SEPARATOR)
    .filter((word) => word !== '')
}
