/** Sentences for people, by message id, in the language of the request (`data/terminology/operation-messages.<language>.json`). */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isObject } from '../load/json.ts'

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'data', 'terminology')
const LANGUAGES = ['en', 'fr', 'de', 'es', 'it', 'nl', 'pt'] as const

type Catalogue = ReadonlyMap<string, string>

const catalogues = new Map<string, Catalogue>()

function catalogue(language: string): Catalogue {
  const known = catalogues.get(language)
  if (known) return known
  const made = readCatalogue(language)
  catalogues.set(language, made)
  return made
}

function readCatalogue(language: string): Catalogue {
  try {
    const content: unknown = JSON.parse(readFileSync(join(FOLDER, `operation-messages.${language}.json`), 'utf8'))
    if (!isObject(content)) return new Map()
    return new Map(Object.entries(content).flatMap(([id, text]) => (typeof text === 'string' ? [[id, text]] : [])))
  } catch {
    // English is complete; any other language may lack.
    if (language === 'en') throw new Error('data/terminology/operation-messages.en.json cannot be read.')
    return new Map()
  }
}

export type MessageParameters = Readonly<Record<string, string | number | undefined>>

/** Speaks one language; a message that the language lacks is said in English. */
export interface Messages {
  readonly language: string
  (id: string, parameters?: MessageParameters): string
}

/** @param wishes language tags, the most wished first */
export function messagesFor(wishes: readonly string[]): Messages {
  for (const wish of wishes) {
    const base = wish.split('-')[0]?.toLowerCase() ?? ''
    if (LANGUAGES.some((language) => language === base)) return speak(base)
  }
  return speak('en')
}

const speakers = new Map<string, Messages>()

function speak(language: string): Messages {
  const known = speakers.get(language)
  if (known) return known
  const say = (id: string, parameters: MessageParameters = {}): string => {
    const template = catalogue(language).get(id) ?? catalogue('en').get(id) ?? id
    return template.replace(/\{(\w+)\}/g, (_, name: string) => String(parameters[name] ?? ''))
  }
  const messages: Messages = Object.assign(say, { language })
  speakers.set(language, messages)
  return messages
}
