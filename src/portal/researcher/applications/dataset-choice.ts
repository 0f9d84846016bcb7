/** How a dataset of the catalogue stands in an application. */
import type { DatasetChoice } from '#research/applications/rules/application.ts'
import { isTrustedHolder, titleOf } from '#research/catalogue/store/facets.ts'
import type { StoredRecord } from '#research/catalogue/store/stored.ts'
import type { DatasetId } from '#research/permits/permit.ts'
import type { Visit } from '../visit.ts'

const LONGEST_IRI = 500

/** @param source country of the catalogue it was harvested from; empty: this node's own */
export async function publishedDataset(
  { options }: Visit,
  iri: string,
  source: string,
): Promise<StoredRecord | undefined> {
  if (iri === '' || iri.length > LONGEST_IRI) return undefined
  const found = await options.catalogue.find(iri, source === '' ? 'own' : source)
  return found?.state === 'published' ? found : undefined
}

/** Undefined: nobody could say whose data these are, so that no body could decide. */
export function choiceOf({ options }: Visit, stored: StoredRecord): DatasetChoice | undefined {
  if (options.datasetChoice) return options.datasetChoice(stored)
  const record = stored.record()
  const agent = record.custodian ?? record.publisher
  const holder = agent?.node !== undefined && /^(https?|urn):/.test(agent.node) ? agent.node : titleOf(agent?.name)
  const memberState = stored.source === 'own' ? options.country : stored.source
  if (holder === '' || !/^[A-Z]{2}$/.test(memberState)) return undefined
  return { dataset: stored.iri as DatasetId, memberState, holder, trustedHolder: isTrustedHolder(record) }
}
