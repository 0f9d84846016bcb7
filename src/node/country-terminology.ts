/** The terminology pages of a country's node, over what the node serves: opened when somebody first looks, so that a start does not wait. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Hono } from 'hono'
import type { Messages } from '#platform/i18n/messages.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import { type TerminologyPageOptions, terminologyPages } from '#portal/terminology/terminology-pages.ts'
import type { ArtifactId, ResourceEntry } from '#terminology/artifacts/artifact.ts'
import { artifactFolder, readArtifact, readServed } from '#terminology/artifacts/store.ts'
import { type BrowseSources, openBrowser } from '#terminology/browse/index.ts'
import { createLibrary } from '#terminology/library/library.ts'
import { openResourceFile, type ResourceStore } from '#terminology/library/resource-store.ts'
import { openShippedResources } from '#terminology/library/shipped.ts'
import { createTerminologyServer } from '#terminology/operations/create.ts'

export interface CountryTerminology {
  /** Folder of compiled files. */
  readonly cache: string
  /** Where the operator's own terminology is. */
  readonly home: string
  readonly languages: readonly string[]
  readonly messages: (language: string) => Messages
  readonly house: NonNullable<TerminologyPageOptions['house']>
  readonly onError: (error: unknown) => void
}

/** To be mounted at `/terminology`. */
export function countryTerminology({ cache, home, languages, messages, house, onError }: CountryTerminology): Hono {
  let opening: Promise<Hono> | undefined
  const open = async (): Promise<Hono> => {
    const sources = await openSources(cache, home)
    const pages = terminologyPages({ browser: openBrowser(() => sources), languages, messages, house, onError })
    return new Hono().route('/terminology', pages)
  }
  const app = new Hono()
  app.all('*', async (context) => {
    opening ??= open()
    try {
      return (await opening).fetch(context.req.raw)
    } catch (error) {
      // What is damaged may be repaired while the node runs: the next visitor tries again.
      opening = undefined
      throw error
    }
  })
  return app
}

async function openSources(cache: string, home: string): Promise<BrowseSources> {
  const served = await readServed(home)
  if (!served.ok) throw new ProblemError(served.problem)
  const stores: ResourceStore[] = []
  for (const id of served.value?.artifacts ?? []) {
    const store = await openArtifact(home, id)
    if (store) stores.push(store)
  }
  const library = createLibrary({ stores: [...stores, await openShippedResources(cache)] })
  return { library, server: createTerminologyServer(library, { flat: true }) }
}

async function openArtifact(home: string, id: ArtifactId): Promise<ResourceStore | undefined> {
  const manifest = await readArtifact(home, id)
  if (!manifest.ok) throw new ProblemError(manifest.problem)
  if (manifest.value.kind !== 'resources') return undefined
  const folder = artifactFolder(home, id)
  const index = await readFile(join(folder, 'resources.index.json'), 'utf8')
  // Written by our own import and checked against its hash when it was served.
  const entries = JSON.parse(index) as readonly ResourceEntry[]
  return openResourceFile(join(folder, 'resources.ndjson'), entries)
}
