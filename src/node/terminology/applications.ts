/** What stands beside FHIR: the pages, and the façade that OpenNCP's clients understand. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import { type Messages, openMessages } from '#platform/i18n/messages.ts'
import { terminologyPages } from '#portal/terminology/terminology-pages.ts'
import { type BrowseSources, openBrowser } from '#terminology/browse/index.ts'
import { openTerminology } from '#terminology/index.ts'
import type { ServeSettings } from './settings.ts'
import { translationApp } from './translation.ts'

export interface Applications {
  readonly settings: ServeSettings
  /** Address as clients see it. */
  readonly base: string
  /** What is served at the time of each request. */
  readonly sources: () => BrowseSources
  readonly onError: (error: unknown) => void
}

export function pagesOf({ settings, base, sources, onError }: Applications): Hono {
  const folder = join(settings.data, 'messages')
  const opened = new Map<string, Messages>()
  const messages = (language: string): Messages => {
    const known = opened.get(language) ?? openMessages(folder, language)
    opened.set(language, known)
    return known
  }
  return terminologyPages({
    browser: openBrowser(sources),
    messages,
    languages: languagesIn(folder),
    fhir: { r4: `${base}/fhir/r4`, r5: `${base}/fhir/r5` },
    onError,
  })
}

/** English first: it is the language in which every message is written. */
function languagesIn(folder: string): readonly string[] {
  const names = readdirSync(folder).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -'.json'.length)] : []))
  return ['en', ...names.filter((name) => name !== 'en').sort()]
}

/** Opened when somebody first asks: who only speaks FHIR does not pay for it. */
export function facadeOf({ settings: { home } }: Pick<Applications, 'settings'>): Hono {
  let opening: Promise<Hono> | undefined
  const open = async (): Promise<Hono> => {
    const terminology = await openTerminology({ cache: join(home, 'cache'), home })
    return translationApp(() => terminology)
  }
  const app = new Hono()
  for (const path of ['/languages', '/translateVS', '/translate', '/transcode']) {
    app.all(path, async (context) => {
      opening ??= open()
      try {
        return (await opening).fetch(context.req.raw)
      } catch (error) {
        // What is damaged may be repaired while the server runs: the next one to ask tries again.
        opening = undefined
        throw error
      }
    })
  }
  return app
}
