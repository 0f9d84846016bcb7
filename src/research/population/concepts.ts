/** The concepts that a generated population uses, as OMOP's vocabulary tables. */

import type { Row } from './omop-rows.ts'
import { type PopulationParameters, rareDiseaseConcept } from './parameters.ts'

const CONCEPT_COLUMNS = [
  'concept_id',
  'concept_name',
  'domain_id',
  'vocabulary_id',
  'concept_class_id',
  'standard_concept',
  'concept_code',
  'valid_start_date',
  'valid_end_date',
] as const

const ANCESTOR_COLUMNS = [
  'ancestor_concept_id',
  'descendant_concept_id',
  'min_levels_of_separation',
  'max_levels_of_separation',
] as const

const UNIT_NAMES: Readonly<Record<string, string>> = {
  'mg/dL': 'milligram per deciliter',
  'mm[Hg]': 'millimeter mercury column',
  '%': 'percent',
  'kg/m2': 'kilogram per square meter',
  'g/dL': 'gram per deciliter',
}

export interface VocabularyTable {
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
}

/** By the name of the table. */
export function vocabularyTables(parameters: PopulationParameters): ReadonlyMap<string, VocabularyTable> {
  const concepts = conceptRows(parameters)
  const used = (column: (typeof CONCEPT_COLUMNS)[number]): readonly string[] => {
    const index = CONCEPT_COLUMNS.indexOf(column)
    return [...new Set(concepts.map((row) => String(row[index])))].sort()
  }
  return new Map([
    ['concept', { columns: CONCEPT_COLUMNS, rows: concepts }],
    ['concept_ancestor', { columns: ANCESTOR_COLUMNS, rows: ancestorRows(parameters, concepts) }],
    ['domain', named('domain', used('domain_id'))],
    ['vocabulary', named('vocabulary', used('vocabulary_id'))],
    ['concept_class', named('concept_class', used('concept_class_id'))],
  ])
}

/** A table of names: the identifier is its own name, and no concept describes it. */
function named(table: string, identifiers: readonly string[]): VocabularyTable {
  const columns = [`${table}_id`, `${table}_name`, `${table}_concept_id`]
  return { columns, rows: identifiers.map((identifier): Row => [identifier, identifier, 0]) }
}

/** `concept` rows: each concept once, in the order of identifiers. */
function conceptRows({ illnesses, rareDiseases }: PopulationParameters): readonly Row[] {
  const rows = new Map<number, Row>()
  const put = (concept: number, name: string, domain: string, vocabulary: string, kind: string, code: string): void => {
    rows.set(concept, [concept, name, domain, vocabulary, kind, 'S', code, '1970-01-01', '2099-12-31'])
  }
  rows.set(0, [0, 'No matching concept', 'Metadata', 'None', 'Undefined', undefined, '0', '1970-01-01', '2099-12-31'])
  put(8507, 'MALE', 'Gender', 'Gender', 'Gender', 'M')
  put(8532, 'FEMALE', 'Gender', 'Gender', 'Gender', 'F')
  put(9201, 'Inpatient Visit', 'Visit', 'Visit', 'Visit', 'IP')
  put(9202, 'Outpatient Visit', 'Visit', 'Visit', 'Visit', 'OP')
  put(9203, 'Emergency Room Visit', 'Visit', 'Visit', 'Visit', 'ER')
  put(32817, 'EHR', 'Type Concept', 'Type Concept', 'Type Concept', 'OMOP4976890')
  for (const { concept, code } of illnesses.units) put(concept, UNIT_NAMES[code] ?? code, 'Unit', 'UCUM', 'Unit', code)
  for (const one of [...illnesses.conditions, ...rareDiseases.symptoms]) {
    put(one.concept, one.name, 'Condition', one.vocabulary, 'Clinical Finding', one.code)
  }
  for (const one of illnesses.drugs) put(one.concept, one.name, 'Drug', one.vocabulary, 'Ingredient', one.code)
  for (const one of illnesses.measurements) {
    put(one.concept, one.name, 'Measurement', one.vocabulary, 'Clinical Observation', one.code)
  }
  for (const one of [...rareDiseases.diseases, rareDiseases.undiagnosed]) {
    const concept = rareDiseaseConcept(rareDiseases, one.orpha)
    put(concept, one.name, 'Condition', 'ORPHA', 'Disorder', String(one.orpha))
  }
  const { anyRareDisease, onset } = rareDiseases
  put(anyRareDisease.concept, anyRareDisease.name, 'Condition', 'Local', 'Group', 'rare-disease')
  put(onset.concept, onset.name, 'Observation', 'Local', 'Observable', 'onset-of-symptoms')
  return [...rows.entries()].sort(([left], [right]) => left - right).map(([, row]) => row)
}

/** `concept_ancestor` rows: each concept is its own ancestor, and all rare diseases are under one. */
function ancestorRows({ rareDiseases }: PopulationParameters, concepts: readonly Row[]): readonly Row[] {
  const group = rareDiseases.anyRareDisease.concept
  const own = concepts.filter((row) => row[0] !== 0).map((row): Row => [row[0], row[0], 0, 0])
  const grouped = rareDiseases.diseases.map((disease): Row => {
    return [group, rareDiseaseConcept(rareDiseases, disease.orpha), 1, 1]
  })
  return [...own, ...grouped]
}
