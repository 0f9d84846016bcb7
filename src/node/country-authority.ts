/** The release centre of a country's node: its records in the node's database, its pages for persons of the terminology authority. */
import type { Hono } from 'hono'
import type { Database } from '#platform/database/database.ts'
import type { Messages } from '#platform/i18n/messages.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import { officeHolder } from '#portal/professional/office-holder.ts'
import { authorityPages } from '#portal/terminology/releases/authority-pages.ts'
import type { ArtifactId } from '#terminology/artifacts/artifact.ts'
import { openReleaseCentre, type ReleaseCentre } from '#terminology/releases/centre.ts'
import type { RelyingParty } from '#trust/people/relying-party.ts'
import { compareInThread } from './releases/compare-in-thread.ts'
import { keepingChanges } from './releases/kept-changes.ts'
import { servedArtifacts } from './releases/served-artifacts.ts'

export interface CountryAuthority {
  readonly country: string
  /** Of the portal. */
  readonly origin: string
  readonly database: Database
  /** Where artifacts and `current.json` are. */
  readonly home: string
  readonly cache: string
  /** The country's own documents: what a release changes in them is shown. */
  readonly documents: string
  readonly people: Pick<RelyingParty, 'name' | 'origins'>
  readonly languages: readonly string[]
  readonly messages: (language: string) => Messages
  readonly onError: (error: unknown) => void
}

const PAGES = '/authority/terminology'

/** To be mounted at `/authority/terminology`. */
export function countryAuthority(options: CountryAuthority): Hono {
  const { country, origin, database, home, cache, documents, people, languages, messages, onError } = options
  const diff = (from: readonly ArtifactId[], to: readonly ArtifactId[]) =>
    compareInThread({ home, cache, from, to, documents })
  return authorityPages({
    // People do not wait for the comparison that the public page shows.
    centre: keepingChanges(openedLater(database, country, home), { home, diff, wait: false, onError }),
    diff,
    served: () => servedArtifacts(home),
    person: officeHolder({ country, origin, database, now: () => new Date() }, 'terminology-authority'),
    messages,
    languages,
    base: PAGES,
    signIn: { href: `/sign-in?to=${encodeURIComponent(PAGES)}`, provider: people.name },
    formOrigins: people.origins,
    onError,
  })
}

/** Opened when it is first used: a damaged release is no reason for a node not to start. */
function openedLater(database: Database, node: string, home: string): ReleaseCentre {
  let opening: Promise<ReleaseCentre> | undefined
  const open = async (): Promise<ReleaseCentre> => {
    const centre = await openReleaseCentre(database, { node, home })
    if (!centre.ok) throw new ProblemError(centre.problem)
    return centre.value
  }
  const opened = async (): Promise<ReleaseCentre> => {
    opening ??= open()
    try {
      return await opening
    } catch (error) {
      opening = undefined
      throw error
    }
  }
  return {
    stage: async (staging) => (await opened()).stage(staging),
    approve: async (number, step) => (await opened()).approve(number, step),
    reject: async (number, step) => (await opened()).reject(number, step),
    publish: async (number, step) => (await opened()).publish(number, step),
    rollback: async (to, step) => (await opened()).rollback(to, step),
    release: async (number) => (await opened()).release(number),
    releases: async () => (await opened()).releases(),
    history: async (number) => (await opened()).history(number),
  }
}
