/** The fonts of the PDF: DejaVu covers Latin, Greek, Cyrillic and more, and may be embedded. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Coverage, coverageOf } from './coverage.ts'

export interface Fonts {
  readonly regular: Buffer
  readonly bold: Buffer
  readonly coverage: Coverage
}

/** Stands for a character that the font cannot show; a note on the page says so. */
export const REPLACEMENT = '\u25a1'

let opened: Fonts | undefined

/** Fonts and their coverage, read once. */
export function openFonts(): Fonts {
  if (opened) return opened
  const read = (name: string): Buffer =>
    readFileSync(fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`)))
  const regular = read('DejaVuSansCondensed')
  opened = { regular, bold: read('DejaVuSansCondensed-Bold'), coverage: coverageOf(regular) }
  return opened
}

const INVISIBLE = /[^\P{C}\n]|\u00ad/gu

/** Text with every character that the font cannot show replaced; `onMissing` is told once per text. */
export function printable(text: string, coverage: Coverage, onMissing: () => void): string {
  let plain = true
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 32 || (code > 126 && (code === 0xad || code >= 0x250 || code < 0xa0))) {
      plain = false
      break
    }
  }
  if (plain) return text
  let out = ''
  let missing = false
  for (const character of text.replaceAll('\t', ' ').replace(INVISIBLE, '')) {
    if (character === '\n' || coverage.has(character.codePointAt(0) ?? 0)) out += character
    else {
      out += REPLACEMENT
      missing = true
    }
  }
  if (missing) onMissing()
  return out
}
