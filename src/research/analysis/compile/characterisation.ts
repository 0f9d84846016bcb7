/** Persons of a cohort for each concept of a domain, as Achilles counts them. */
import { column, columns, equals, named } from '../../query/build.ts'
import { select, semiJoin, source } from '../../query/build-relations.ts'
import type { Analysis } from '../analysis.ts'
import { type CompiledPart, result } from './compiled.ts'
import { firstEntries } from './entries.ts'
import { readTable } from './read-table.ts'
import type { Compilation } from './scope.ts'

type Characterisation = Extract<Analysis, { kind: 'characterisation' }>

/** OMOP CDM 5.4: where records of each domain are. */
const DOMAINS: Readonly<
  Record<Characterisation['domains'][number], { readonly table: string; readonly concept: string }>
> = {
  condition: { table: 'condition_occurrence', concept: 'condition_concept_id' },
  drug: { table: 'drug_exposure', concept: 'drug_concept_id' },
  procedure: { table: 'procedure_occurrence', concept: 'procedure_concept_id' },
  measurement: { table: 'measurement', concept: 'measurement_concept_id' },
  visit: { table: 'visit_occurrence', concept: 'visit_concept_id' },
}

const CONCEPT = { name: 'concept', levels: [], level: String, overlapping: true as const }

/** One table for each domain; its levels are the concepts that occur. */
export function compileCharacterisation(compilation: Compilation, { domains }: Characterisation): CompiledPart {
  const first = firstEntries(compilation)
  const results = [...new Set(domains)].map((domain) => {
    const { table, concept } = DOMAINS[domain]
    const shown = [named('k0', column('t', concept)), ...columns('t', 'person_id')]
    const recorded = select({
      from: source(compilation.table(table, 'person_id', concept), 't'),
      joins: [semiJoin(first, 'e', equals(column('e', 'person_id'), column('t', 'person_id')))],
      columns: shown,
      distinct: true,
    })
    return result(domain, recorded, shown)
  })
  return {
    results,
    read: (rows) => ({
      tables: Object.fromEntries(results.map(({ name }) => [name, readTable(rows(name), [CONCEPT])])),
      discovered: [CONCEPT.name],
    }),
  }
}
