/**
 * The information notice for the patient (eHDSI Patient Information Notice; GDPR Art. 13 and 14): versioned text per
 * language in `data/notices/<version>/<language>.json`. The newest version counts; what was shown is recorded with it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const noticeSchema = z.object({
  title: z.string(),
  sections: z.array(z.object({ heading: z.string(), paragraphs: z.array(z.string()) })),
})

export interface NoticeText extends z.infer<typeof noticeSchema> {
  readonly language: string
  readonly version: string
}

export interface Notices {
  readonly version: string
  /** Languages in which this version exists, sorted. */
  readonly languages: readonly string[]
  /** The notice in a language, or in English when it does not exist in it. */
  read(language: string): NoticeText
  /** An older version, for looking up what a patient was told. */
  find(version: string, language: string): NoticeText | undefined
  /** The wished language when the notice exists in it, else the first language of the country, else English. */
  languageFor(country: string, wished: string | undefined): string
}

const FALLBACK = 'en'

/** @param data the project's folder `data` */
export function openNotices(data: string): Notices {
  const directory = join(data, 'notices')
  const versions = readdirSync(directory).filter((name) => /^[\w.-]+$/.test(name))
  const version = versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1) ?? ''
  const languagesOf = (one: string): string[] =>
    readdirSync(join(directory, one))
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length))
      .sort()
  const languages = languagesOf(version)

  function find(wanted: string, language: string): NoticeText | undefined {
    if (!versions.includes(wanted) || !languagesOf(wanted).includes(language)) return undefined
    const parsed = noticeSchema.parse(JSON.parse(readFileSync(join(directory, wanted, `${language}.json`), 'utf8')))
    return { ...parsed, language, version: wanted }
  }

  return {
    version,
    languages,
    find,
    read(language) {
      const notice = find(version, language) ?? find(version, FALLBACK)
      if (!notice) throw new Error(`The notice ${version} exists neither in ${language} nor in ${FALLBACK}.`)
      return notice
    },
    languageFor(country, wished) {
      const candidates = [wished, ...countryLanguages(data, country), FALLBACK]
      return candidates.find((one) => one !== undefined && languages.includes(one)) ?? FALLBACK
    },
  }
}

const countrySchema = z.object({ languages: z.array(z.string()) })

function countryLanguages(data: string, country: string): readonly string[] {
  if (!/^[A-Z]{2}$/.test(country)) return []
  try {
    return countrySchema.parse(JSON.parse(readFileSync(join(data, 'countries', `${country}.json`), 'utf8'))).languages
  } catch {
    return []
  }
}
