/** One example a property, the same in all languages. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { CATALOGUE_DATA } from '../rdf/graph.ts'

const examples: Readonly<Record<string, string>> = z
  .record(z.string(), z.string())
  .parse(JSON.parse(readFileSync(join(CATALOGUE_DATA, 'examples.json'), 'utf8')))

/** `dct:title` → `dct:title "…"@en`. */
export function exampleOf(property: string): string | undefined {
  const value = examples[property]
  return value === undefined ? undefined : `${property} ${value}`
}
