/**
 * A permit over the bulk population, as a node serves it: adults with records from 2011 to 2023, one of a hundred opted out.
 * What is asked under it costs more than on the tables: the persons are found first, and every row is looked up among them.
 */

import { CDM_TABLES } from '../../src/research/omop/specification/cdm.ts'
import type { DatasetId, DatasetScope } from '../../src/research/permits/permit.ts'
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

const SCOPE: DatasetScope = {
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

const PERMIT = aPermit({ datasets: [SCOPE] })

export function underAPermit(): Asked {
  const out = Array.from({ length: Math.ceil(PERSONS / 100) }, (_, index) => index * 97 + 5)
  const views = expectValue(
    permitViews({
      permit: PERMIT,
      scope: SCOPE,
      facts: tableFacts(CDM_TABLES),
      optedOut: {
        asOf: PERMIT.optOutAsOf,
        relation: rows(
          [{ name: 'person_id', type: 'integer' }],
          out.map((value) => [{ type: 'integer', value }]),
        ),
      },
      pseudonyms: 'none',
      output: 'statistics',
    }),
  )
  return { tables: views.tables, asRun: (program) => expectValue(underPermit(views, program)) }
}
