/** Languages and words that all pages of a node share. */
import { join } from 'node:path'
import { type Messages, openMessages } from '#platform/i18n/messages.ts'
import type { CountryData } from './country-data.ts'

export interface PortalWords {
  /** The house's own first. */
  readonly languages: readonly string[]
  readonly messages: (language: string) => Messages
}

/** @param data folder of the data that ships with Tessera */
export function portalWords(
  data: string,
  { portalLanguage, languages }: Pick<CountryData, 'portalLanguage' | 'languages'>,
): PortalWords {
  const opened = new Map<string, Messages>()
  return {
    languages: [portalLanguage, ...languages.filter((language) => language !== portalLanguage)],
    messages(language) {
      const known = opened.get(language) ?? openMessages(join(data, 'messages'), language)
      opened.set(language, known)
      return known
    },
  }
}
