/** For tests: four tables with a few columns each, as the description of the data would have them. */
import { type DescribedTable, tableFacts } from '../table-facts.ts'

const id = { name: 'person_id', type: 'integer', nullable: false } as const
const described: readonly DescribedTable[] = [
  {
    name: 'person',
    part: 'clinical',
    primaryKey: 'person_id',
    columns: [
      id,
      ...['gender_concept_id', 'year_of_birth', 'race_concept_id'].map((name) => ({ ...id, name })),
      { name: 'person_source_value', type: 'text', nullable: true },
    ],
  },
  {
    name: 'condition_occurrence',
    part: 'clinical',
    primaryKey: 'condition_occurrence_id',
    columns: [
      id,
      ...['condition_occurrence_id', 'condition_concept_id'].map((name) => ({ ...id, name })),
      { name: 'condition_start_date', type: 'date', nullable: false },
      { name: 'condition_end_date', type: 'date', nullable: true },
    ],
  },
  {
    name: 'observation_period',
    part: 'clinical',
    primaryKey: 'observation_period_id',
    columns: [
      id,
      { ...id, name: 'observation_period_id' },
      { name: 'observation_period_start_date', type: 'date', nullable: false },
      { name: 'observation_period_end_date', type: 'date', nullable: false },
    ],
  },
  { name: 'fact_relationship', part: 'clinical', columns: [{ ...id, name: 'fact_id_1' }] },
]

export const fewFacts = tableFacts(described)
