/** Everything that one thread answers from: the artifacts of the release, what ships, and the operations over them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Probe } from '#platform/health/health.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { ResourceEntry } from '#terminology/artifacts/artifact.ts'
import type { BrowseSources, EditionSource } from '#terminology/browse/index.ts'
import type { ConceptTable } from '#terminology/code-systems/concept-table.ts'
import { fixedFamilies } from '#terminology/code-systems/fixed.ts'
import { createSnomedFamily } from '#terminology/code-systems/snomed.ts'
import { openConceptTable } from '#terminology/code-systems/table/read.ts'
import { openEcl } from '#terminology/ecl/index.ts'
import { createLibrary } from '#terminology/library/library.ts'
import { openResourceFile, type ResourceStore } from '#terminology/library/resource-store.ts'
import { openShippedResources } from '#terminology/library/shipped.ts'
import { type ClosureFile, openClosureFile } from '#terminology/operations/closure-file.ts'
import { createTerminologyServer } from '#terminology/operations/create.ts'
import { editionFromShared } from '#terminology/snomed/edition.ts'
import type { TerminologyHandlers } from '#wire/terminology/handlers.ts'
import type { ContentPlan, PlannedArtifact } from './plan.ts'
import type { ServeSettings } from './settings.ts'

export interface Content {
  readonly handlers: TerminologyHandlers
  /** What the pages look into. */
  readonly sources: BrowseSources
  /** Parts of `/health`. */
  readonly parts: readonly (readonly [part: string, probe: Probe])[]
  /** When what is served was published, ISO; of a server without imports, when it was opened. */
  readonly date: string
  /** Once nothing looks into it any more. */
  close(): void
}

export async function openContent(
  { home, flat, cache = join(home, 'cache') }: Pick<ServeSettings, 'home' | 'flat'> & { readonly cache?: string },
  plan: ContentPlan,
): Promise<Result<Content>> {
  const stores: ResourceStore[] = []
  const editions: EditionSource[] = []
  for (const artifact of plan.artifacts) {
    const opened = openArtifact(artifact)
    if (!opened.ok) return opened
    if ('edition' in opened.value) editions.push(opened.value)
    else stores.push(opened.value)
  }
  stores.push(await openShippedResources(cache))
  const library = createLibrary({
    stores,
    families: [...(editions.length > 0 ? [createSnomedFamily(editions)] : []), ...fixedFamilies()],
  })
  const closures = lazyClosures(join(home, 'terminology', 'closures.sqlite'))
  const server = createTerminologyServer(library, { flat, closures })
  return ok({
    handlers: server,
    sources: { library, server, editions },
    parts: [
      ['code-systems', () => fine(library.codeSystemUrls().length > 0)],
      ['value-sets', () => fine(library.entries('ValueSet').length > 0)],
      ...editions.map(({ edition }): readonly [string, Probe] => [
        edition.uri,
        () => fine(library.codeSystem('http://snomed.info/sct', edition.uri) !== undefined),
      ]),
    ],
    date: plan.publishedAt ?? new Date().toISOString(),
    close: () => {
      for (const store of stores) store.close()
      for (const { ecl } of editions) ecl?.close()
      closures.close()
    },
  })
}

/** The file of closure tables is opened when a client first asks for one: most never do. */
function lazyClosures(file: string): ClosureFile {
  let opened: ClosureFile | undefined
  const open = (): ClosureFile => {
    opened ??= openClosureFile(file)
    return opened
  }
  return {
    read: (name) => open().read(name),
    write: (name, table) => open().write(name, table),
    close: () => opened?.close(),
  }
}

function openArtifact({ folder, title, edition, tables }: PlannedArtifact): Result<ResourceStore | EditionSource> {
  if (edition) {
    const opened = editionFromShared(edition)
    return opened.ok ? ok({ edition: opened.value, ecl: openEcl(opened.value) }) : opened
  }
  const opened = new Map<string, ConceptTable>()
  for (const [name, shared] of tables ?? []) {
    const table = openConceptTable(shared)
    if (!table.ok) return table
    opened.set(name, table.value)
  }
  const tableOf = (name: string): ConceptTable => {
    const table = opened.get(name)
    if (!table) throw new Error(`The artifact ${title} has no ${name}.`)
    return table
  }
  try {
    // Written by our own import, and checked against its hash when it was served.
    const entries = JSON.parse(readFileSync(join(folder, 'resources.index.json'), 'utf8')) as readonly ResourceEntry[]
    return ok(openResourceFile(join(folder, 'resources.ndjson'), entries, tableOf))
  } catch {
    return failed('artifact-unreadable', `The content of "${title}" cannot be read.`, 'Import it again.', {
      file: folder,
    })
  }
}

async function fine(isFine: boolean): Promise<void> {
  if (!isFine) throw new Error('nothing is loaded')
}
