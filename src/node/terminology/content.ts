/** Everything that one thread answers from: the artifacts of the release, what ships, and the operations over them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hono } from 'hono'
import type { Probe } from '#platform/health/health.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { ResourceEntry } from '#terminology/artifacts/artifact.ts'
import { createLibrary } from '#terminology/library/library.ts'
import { openResourceFile, type ResourceStore } from '#terminology/library/resource-store.ts'
import { openShippedResources } from '#terminology/library/shipped.ts'
import { createTerminologyServer } from '#terminology/operations/create.ts'
import type { TerminologyHandlers } from '#wire/terminology/handlers.ts'
import type { ContentPlan, PlannedArtifact } from './plan.ts'
import type { ServeSettings } from './settings.ts'

export interface Content {
  readonly handlers: TerminologyHandlers
  /** Applications beside FHIR, by their path; `base` is the address as clients see it. */
  apps(base: string): readonly (readonly [path: string, app: Hono])[]
  /** Parts of `/health`. */
  readonly parts: readonly (readonly [part: string, probe: Probe])[]
  /** When what is served was published, ISO; of a server without imports, when its program was released. */
  readonly date: string
  close(): void
}

export async function openContent(settings: ServeSettings, plan: ContentPlan): Promise<Result<Content>> {
  const stores: ResourceStore[] = []
  for (const artifact of plan.artifacts) {
    if (artifact.edition) continue
    const store = openArtifact(artifact)
    if (!store.ok) return store
    stores.push(store.value)
  }
  stores.push(await openShippedResources(join(settings.home, 'cache')))
  const library = createLibrary({ stores })
  const server = createTerminologyServer(library, { flat: settings.flat })
  return ok({
    handlers: server,
    apps: () => [],
    parts: [
      ['code-systems', () => check(library.codeSystemUrls().length > 0)],
      ['value-sets', () => check(library.entries('ValueSet').length > 0)],
    ],
    date: plan.publishedAt ?? '2026-01-01',
    close: () => {
      for (const store of stores) store.close()
    },
  })
}

function openArtifact({ folder, title }: PlannedArtifact): Result<ResourceStore> {
  try {
    const entries = JSON.parse(readFileSync(join(folder, 'resources.index.json'), 'utf8')) as readonly ResourceEntry[]
    return ok(openResourceFile(join(folder, 'resources.ndjson'), entries))
  } catch {
    return failed('artifact-unreadable', `The content of "${title}" cannot be read.`, 'Import it again.', {
      file: folder,
    })
  }
}

async function check(fine: boolean): Promise<void> {
  if (!fine) throw new Error('nothing is loaded')
}
