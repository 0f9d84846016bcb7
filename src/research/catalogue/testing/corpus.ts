/** Descriptions and shapes written by others, read from the corpus beside the checkout; never copied into the project. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Store } from '../rdf/graph.ts'
import { readRdf } from '../rdf/read.ts'

const folder = join(import.meta.dirname, '..', '..', '..', '..', '..', 'shared', 'corpus', 'secondary', 'healthdcat')

/** For `describe`: false, or why its tests are skipped. */
export const withoutCorpus = existsSync(folder) ? false : `the corpus is not beside the checkout (${folder})`

export const OFFICIAL = 'examples/r8-official-example-healthdcat-dataset.ttl'
export const RELEASE_5_CATALOGUE = 'examples/mvd-health-catalog-21-datasets.ttl.gz'
export const UNPARSABLE = 'examples/de-RKI-infektionen-UNPARSABLE.ttl'
export const READABLE = [
  OFFICIAL,
  'examples/de-FDZ-Gesundheit.ttl',
  'examples/de-zfkd_healthdcat-ap.ttl',
  RELEASE_5_CATALOGUE,
] as const

export const OFFICIAL_DATASET = 'https://healthdcat-ap.example.org/release-7/example/dataset-oncology-ehrs-2024'

export function corpusText(path: string): string {
  const bytes = readFileSync(join(folder, path))
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
}

export async function corpusGraph(path: string): Promise<Store> {
  const read = await readRdf(corpusText(path))
  if (!read.ok) throw new Error(read.problem.sentence)
  return read.value
}
