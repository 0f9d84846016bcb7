/** What stands beside FHIR: the pages, and the façade that OpenNCP's clients understand. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import { type Messages, openMessages } from '#platform/i18n/messages.ts'
import { terminologyPages } from '#portal/terminology/terminology-pages.ts'
import { type BrowseSources, openBrowser } from '#terminology/browse/index.ts'
import { openTerminology } from '#terminology/index.ts'
import { withEditions } from '#terminology/releases/diff/with-editions.ts'
import { releaseRoutes, subscribersOnly } from '#wire/releases/routes.ts'
import { holdsToken } from '#wire/releases/subscribers.ts'
import { openPublicReleases, type PublicReleases, recordsOf } from '../releases/public-releases.ts'
import type { Content } from './content.ts'
import type { ContentPlan } from './plan.ts'
import type { ServeSettings } from './settings.ts'
import { translationApp } from './translation.ts'

export type MountedApp = readonly [path: string, app: Hono]

export interface Beside {
  readonly settings: ServeSettings
  /** Address as clients see it. */
  readonly base: string
  /** At the time of each request. */
  readonly served: () => Served
  readonly onError: (error: unknown) => void
}

export function applicationsOf({ settings, base, served, onError }: Beside): readonly MountedApp[] {
  const releases = openPublicReleases(settings.home, recordsOf(settings.home, settings.centre))
  const sources = () => ({ ...served().content.sources, releases: releases.entries })
  return [
    ['/terminology', pagesOf({ settings, base, sources, onError })],
    ...(settings.offer ? [['/releases', offerOf(releases, settings.offer.tokens)] as const] : []),
    ['/', facadeOf(settings, served)],
  ]
}

interface Applications {
  readonly settings: ServeSettings
  /** Address as clients see it. */
  readonly base: string
  /** What is served at the time of each request. */
  readonly sources: () => BrowseSources
  readonly onError: (error: unknown) => void
}

function pagesOf({ settings, base, sources, onError }: Applications): Hono {
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

/** What is served, as the main thread planned it and as this thread opened it. */
export interface Served {
  readonly plan: ContentPlan
  readonly content: Content
}

/**
 * Documents are answered from what is served at the time of each request. Opened when somebody first asks: who only speaks
 * FHIR does not pay for it.
 */
function facadeOf({ home }: Pick<ServeSettings, 'home'>, now: () => Served): Hono {
  const opened = new WeakMap<ContentPlan, Promise<Hono>>()
  const open = async ({ plan, content }: Served): Promise<Hono> => {
    const artifacts = plan.artifacts.map(({ id }) => id)
    const words = await openTerminology({ cache: join(home, 'cache'), home, artifacts })
    const terminology = withEditions(words, content.sources.editions?.map(({ edition }) => edition) ?? [])
    return translationApp(() => terminology)
  }
  const app = new Hono()
  for (const path of ['/languages', '/translateVS', '/translate', '/transcode']) {
    app.all(path, async (context) => {
      const served = now()
      const opening = opened.get(served.plan) ?? open(served)
      opened.set(served.plan, opening)
      try {
        return (await opening).fetch(context.req.raw)
      } catch (error) {
        // What is damaged may be repaired while the server runs: the next one to ask tries again.
        opened.delete(served.plan)
        throw error
      }
    })
  }
  return app
}

/** Releases for subscribers; without tokens for anybody, but then without what is licensed. */
function offerOf({ offer, isRestricted }: PublicReleases, tokens: readonly string[] | undefined): Hono {
  return releaseRoutes({
    offer,
    async refuse(request, artifact) {
      if (tokens) return holdsToken(request, tokens) ? undefined : subscribersOnly(401)
      return artifact !== undefined && (await isRestricted(artifact)) ? subscribersOnly(403) : undefined
    },
  })
}
