/** The elements of the data quality and utility label (EHDS Art. 78(3)), as data with a version. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { CATALOGUE_DATA } from '../rdf/graph.ts'

/** Art. 78(3): documentation, technical quality, management, coverage, access and provision, modifications. */
export const LABEL_GROUPS = ['a', 'b', 'c', 'd', 'e', 'f'] as const
export type LabelGroup = (typeof LABEL_GROUPS)[number]

const LabelRules = z.object({
  version: z.string(),
  source: z.string(),
  /** What names this version of the label in a description; `#` and an element name a metric. */
  address: z.string(),
  elements: z.array(
    z.object({
      id: z.string(),
      group: z.enum(LABEL_GROUPS),
      /** How the value of a measurement reads; words when absent. */
      unit: z.enum(['percent-of-checks', 'duration', 'interval', 'variables']).optional(),
      label: z.object({ en: z.string(), fr: z.string() }),
    }),
  ),
})
export type LabelElement = z.infer<typeof LabelRules>['elements'][number]

export const LABEL_RULES = LabelRules.parse(JSON.parse(readFileSync(join(CATALOGUE_DATA, 'label.json'), 'utf8')))
