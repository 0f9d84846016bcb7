/**
 * The words of the interface: one flat JSON file per language in `data/messages`, MessageFormat 2 where words bend
 * with numbers. A key that a language lacks falls back `fr-BE → fr → en`; `phrase` says which language it found, so
 * that the page can mark the fallback with `lang`.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MessageFormat } from 'messageformat'
import { type Formats, openFormats } from './formats.ts'

/** Words with the language they are in, for the `lang` attribute. */
export interface Phrase {
  readonly text: string
  readonly language: string
}

export type MessageParameters = Readonly<Record<string, string | number>>

export interface Messages {
  readonly language: string
  readonly formats: Formats
  has(key: string): boolean
  /** The words only. An unknown key comes back as itself. */
  text(key: string, parameters?: MessageParameters): string
  /** The words and the language they were found in. */
  phrase(key: string, parameters?: MessageParameters): Phrase
}

interface Compiled {
  readonly language: string
  readonly constant?: Phrase
  format(parameters: MessageParameters): string
}

const FALLBACK = 'en'

function readCatalogue(directory: string, language: string): Readonly<Record<string, string>> | undefined {
  let text: string
  try {
    text = readFileSync(join(directory, `${language}.json`), 'utf8')
  } catch {
    return undefined
  }
  const parsed: unknown = JSON.parse(text)
  if (typeof parsed !== 'object' || parsed === null) return undefined
  const entries = Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return Object.fromEntries(entries)
}

/** `fr-BE → fr → en`, without repetition. */
export function languageChain(language: string): readonly string[] {
  const parts = language.split('-')
  const chain = parts.map((_, index) => parts.slice(0, parts.length - index).join('-'))
  return chain.includes(FALLBACK) ? chain : [...chain, FALLBACK]
}

const PLACEHOLDER = /\{\$([A-Za-z][\w-]*)\}/g

/** Messages with nothing but `{$name}` need no MessageFormat: they are joined. */
function compileJoined(source: string, language: string, formats: Formats): Compiled | undefined {
  if (source.startsWith('.') || source.includes('\\') || source.includes('{{')) return undefined
  const rest = source.replace(PLACEHOLDER, '')
  if (rest.includes('{') || rest.includes('}')) return undefined
  const pieces = source.split(PLACEHOLDER)
  if (pieces.length === 1) return { language, constant: { text: source, language }, format: () => source }
  return {
    language,
    format: (parameters) => {
      let text = ''
      for (let index = 0; index < pieces.length; index++) {
        const piece = pieces[index] ?? ''
        if (index % 2 === 0) text += piece
        else {
          const value = parameters[piece]
          text += typeof value === 'number' ? formats.number(value) : (value ?? `{$${piece}}`)
        }
      }
      return text
    },
  }
}

function compile(source: string, language: string, formats: Formats): Compiled {
  const joined = compileJoined(source, language, formats)
  if (joined) return joined
  const message = new MessageFormat(language, source, { bidiIsolation: 'none' })
  // Selecting a plural makes Intl objects anew each time; the same few counts come again and again.
  const known = new Map<string, string>()
  const format = (parameters: MessageParameters): string => {
    const key = Object.values(parameters).join('\n')
    const cached = known.get(key)
    if (cached !== undefined) return cached
    const text = message.format(parameters)
    if (known.size >= 500) known.clear()
    known.set(key, text)
    return text
  }
  return { language, format }
}

/**
 * Opens the messages of one language.
 * @param directory folder with one `<language>.json` per language
 * @param language BCP-47 tag of the reader
 */
export function openMessages(directory: string, language: string): Messages {
  const catalogues = languageChain(language).flatMap((tag) => {
    const catalogue = readCatalogue(directory, tag)
    return catalogue ? [{ tag, catalogue }] : []
  })
  const formats = openFormats(language)
  const cache = new Map<string, Compiled | null>()
  const find = (key: string): Compiled | undefined => {
    const known = cache.get(key)
    if (known !== undefined) return known ?? undefined
    const found = catalogues.find(({ catalogue }) => Object.hasOwn(catalogue, key))
    const source = found?.catalogue[key]
    const compiled = found && source !== undefined ? compile(source, found.tag, formats) : undefined
    cache.set(key, compiled ?? null)
    return compiled
  }
  return {
    language,
    formats,
    has: (key) => find(key) !== undefined,
    text: (key, parameters = {}) => find(key)?.format(parameters) ?? key,
    phrase(key, parameters = {}) {
      const compiled = find(key)
      if (!compiled) return { text: key, language: FALLBACK }
      return compiled.constant ?? { text: compiled.format(parameters), language: compiled.language }
    },
  }
}
