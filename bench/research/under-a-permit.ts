/**
 * A permit over the bulk population, as a node serves it: adults with records from 2011 to 2023, one of a hundred opted out.
 * What is asked under it costs more than on the tables: the persons are found first, and every row is looked up among them.
 */

import { CDM_TABLES } from '../../src/research/omop/specification/cdm.ts'
import type { DatasetId, DatasetScope } from '../../src/research/permits/permit.ts'
import type { OptedOut } from '../../src/research/permits/persons.ts'
import { tableFacts } from '../../src/research/permits/table-facts.ts'
import { aPermit } from '../../src/research/permits/testing/permits.ts'
import { underPermit } from '../../src/research/permits/under-permit.ts'
import { permitViews } from '../../src/research/permits/views.ts'
import { rows } from '../../src/research/query/build-relations.ts'
import type { Program, Relation } from '../../src/research/query/tree.ts'
import { expectValue, PERSONS } from './measuring.ts'

export interface Asked {
  readonly tables: ReadonlyMap<string, Relation>
  /** The program as it is run. */
  readonly asRun: (program: Program) => Program
}

const DATASET = 'bulk' as DatasetId

export const PERMITTED: DatasetScope = {
  dataset: DATASET,
  tables: [
    { table: 'person', columns: ['gender_concept_id', 'year_of_birth'] },
    {
      table: 'observation_period',
      columns: [
        'observation_period_id',
        'observation_period_start_date',
        'observation_period_end_date',
        'period_type_concept_id',
      ],
    },
    {
      table: 'condition_occurrence',
      columns: [
        'condition_occurrence_id',
        'condition_concept_id',
        'condition_start_date',
        'condition_end_date',
        'visit_occurrence_id',
      ],
    },
    {
      table: 'measurement',
      columns: [
        'measurement_id',
        'measurement_concept_id',
        'measurement_date',
        'value_as_number',
        'unit_concept_id',
        'visit_occurrence_id',
      ],
    },
  ],
  period: { from: '2011-01-01', to: '2023-12-31' },
  population: { bornFrom: 1935 },
}

export const PERMIT = aPermit({ datasets: [PERMITTED] })
export const FACTS = tableFacts(CDM_TABLES)

/** One of a hundred persons. */
export const OPTED_OUT: OptedOut = {
  asOf: PERMIT.optOutAsOf,
  relation: rows(
    [{ name: 'person_id', type: 'integer' }],
    Array.from({ length: Math.ceil(PERSONS / 100) }, (_, index) => [{ type: 'integer', value: index * 97 + 5 }]),
  ),
}

export function underAPermit(): Asked {
  const views = expectValue(
    permitViews({
      permit: PERMIT,
      scope: PERMITTED,
      facts: FACTS,
      optedOut: OPTED_OUT,
      pseudonyms: 'none',
      output: 'statistics',
    }),
  )
  return { tables: views.tables, asRun: (program) => expectValue(underPermit(views, program)) }
}
