/** The national catalogue (EHDS Art. 77): published as DCAT for harvesting; descriptions of the configuration at the first start. */
import { readFile } from 'node:fs/promises'
import type { Log } from '#platform/log/log.ts'
import { type CatalogueServer, catalogueServer } from '#research/catalogue/harvest/server.ts'
import { importCatalogue } from '#research/catalogue/import.ts'
import type { CatalogueStore } from '#research/catalogue/store/catalogue-store.ts'
import { DCAT_PATH } from './paths.ts'
import type { ResearchSettings } from './settings.ts'

export interface PublishedCatalogue {
  readonly store: CatalogueStore
  readonly body: ResearchSettings['body']
  readonly country: string
  /** Of the portal. */
  readonly origin: string
}

export function nationalCatalogue({ store, body, country, origin }: PublishedCatalogue): CatalogueServer {
  const address = `${origin}${DCAT_PATH}`
  const name = new Intl.DisplayNames(['en'], { type: 'region' }).of(country) ?? country
  return catalogueServer({
    store,
    address,
    title: { en: `Health datasets of ${name}` },
    description: { en: `Datasets for secondary use that are held in ${name} (EHDS Art. 77).` },
    publisher: { node: `${address}#body`, name: body.name },
  })
}

/** What is known already stays as people have made it since. */
export async function publishDescriptions(store: CatalogueStore, files: readonly string[], log: Log): Promise<void> {
  for (const file of files) {
    const imported = await importCatalogue(await readFile(file))
    if (!imported.ok) {
      log.warn('description-not-read', { code: imported.problem.code })
      continue
    }
    for (const { dataset, graph } of imported.value.datasets) {
      if (await store.find(dataset)) continue
      const published = await store.publish({ iri: dataset, by: 'configuration|descriptions', graph })
      if (!published.ok) log.warn('description-not-published', { code: published.problem.code })
    }
  }
}
