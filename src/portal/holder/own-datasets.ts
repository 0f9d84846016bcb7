/** Which descriptions are a holder's: those that name it as custodian (geodcatap:custodian), and nobody else's. */

import type { Store } from '#research/catalogue/rdf/graph.ts'
import type { DatasetRecord } from '#research/catalogue/record/dataset-record.ts'
import { readRecord } from '#research/catalogue/record/read-record.ts'
import { OWN } from '#research/catalogue/store/catalogue-store.ts'
import type { StoredRecord } from '#research/catalogue/store/stored.ts'
import type { HolderVisit } from './holder-visit.ts'

const MOST = 500

/** Every description of this holder, whatever its state. */
export async function ownDatasets({ options, person }: HolderVisit): Promise<readonly StoredRecord[]> {
  const found: StoredRecord[] = []
  let after: string | undefined
  do {
    const page = await options.catalogue.search({
      source: OWN,
      states: ['draft', 'published', 'withdrawn'],
      limit: MOST,
      ...(after === undefined ? {} : { after }),
    })
    found.push(...page.records.filter((record) => isHeldBy(record, person.organisation.identifier)))
    after = page.next
  } while (after !== undefined)
  return found
}

/** The description with this address, when it is this holder's. */
export async function ownDataset({ options, person }: HolderVisit, iri: string): Promise<StoredRecord | undefined> {
  const found = await options.catalogue.find(iri)
  return found && isHeldBy(found, person.organisation.identifier) ? found : undefined
}

/** By what is stored; a draft cannot give it away. */
export function isHeldBy(record: StoredRecord, holder: string): boolean {
  return record.record().custodian?.node === holder
}

/** What is being worked on: the draft beside what is published, or what is stored. */
export function workingRecord(stored: StoredRecord): DatasetRecord {
  const { draft } = stored
  return draft ? readRecord(draft, stored.iri) : stored.record()
}

/** The same as triples. */
export function workingGraph(stored: StoredRecord): Store {
  return stored.draft ?? stored.graph()
}
