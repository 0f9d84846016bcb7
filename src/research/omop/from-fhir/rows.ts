/** Facts → rows: the domain of the concept decides the table (OMOP), the home of the resource when there is no concept. */
import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { hasColumn, knownTable } from '../specification/cdm.ts'
import type { OmopRow } from '../write-tables.ts'
import type { ChosenConcept } from './choose-concept.ts'
import type { ClinicalEvent, EventTable, Visit } from './clinical-event.ts'
import type { Day } from './day.ts'

const Codes = z.record(z.string(), z.int())
const Rules = z.object({ recordType: z.int(), genders: Codes, visits: Codes, operators: Codes })
export const RULES = Rules.parse(
  JSON.parse(readFileSync(new URL('../../../../data/omop/fhir-rules.json', import.meta.url), 'utf8')),
)

/** Domains with an event table of their own; every other domain is an observation. */
const TABLES: Readonly<Record<string, EventTable>> = {
  Condition: 'condition_occurrence',
  Drug: 'drug_exposure',
  Procedure: 'procedure_occurrence',
  Device: 'device_exposure',
  Measurement: 'measurement',
}

export function tableOfDomain(domain: string): EventTable {
  return TABLES[domain] ?? 'observation'
}

/** How the columns of a table are called. */
const PREFIX: Readonly<Record<EventTable, string>> = {
  condition_occurrence: 'condition',
  drug_exposure: 'drug',
  procedure_occurrence: 'procedure',
  device_exposure: 'device',
  measurement: 'measurement',
  observation: 'observation',
}

export interface RowParts {
  readonly key: number
  readonly person: number
  readonly visit?: number
  /** 0: no matching concept. */
  readonly concept: number
  readonly code: ChosenConcept
  /** Of the value and the unit, when they have one. */
  readonly valueConcept?: number
  readonly unitConcept?: number
  readonly start: Day
}

export function eventRow(table: EventTable, event: ClinicalEvent, parts: RowParts): OmopRow {
  const prefix = PREFIX[table]
  const model = knownTable(table)
  const end = event.end && event.end.date >= parts.start.date ? event.end : undefined
  const row: Record<string, OmopRow[string]> = {
    [`${table}_id`]: parts.key,
    person_id: parts.person,
    [`${prefix}_concept_id`]: parts.concept,
    [`${prefix}_type_concept_id`]: RULES.recordType,
    [`${prefix}_source_value`]: parts.code.sourceValue,
    [`${prefix}_source_concept_id`]: parts.code.sourceConcept,
    visit_occurrence_id: parts.visit ?? null,
    ...times(table, parts.start, end),
    ...valueColumns(table, event, parts),
  }
  // What only the home table has room for stays behind when the domain leads elsewhere; the account says so.
  for (const [name, value] of Object.entries(event.details)) if (hasColumn(model, name)) row[name] = value
  return row
}

/** Details that have no column in the table that the domain leads to. */
export function detailsWithoutColumn(table: EventTable, event: ClinicalEvent): readonly string[] {
  const model = knownTable(table)
  const lost = Object.entries(event.details).filter(([name, value]) => value != null && !hasColumn(model, name))
  const value = event.value !== undefined && !hasColumn(model, 'value_as_number') ? ['value'] : []
  return [...lost.map(([name]) => name), ...value]
}

function times(table: EventTable, start: Day, end: Day | undefined): OmopRow {
  switch (table) {
    case 'measurement':
    case 'observation':
    case 'procedure_occurrence': {
      const name = PREFIX[table]
      const ending =
        table === 'procedure_occurrence' && end
          ? { procedure_end_date: end.date, procedure_end_datetime: end.datetime }
          : {}
      return { [`${name}_date`]: start.date, [`${name}_datetime`]: start.datetime, ...ending }
    }
    default: {
      const name = table === 'condition_occurrence' ? 'condition' : table
      // OMOP needs the end of an exposure: the day it began when nothing is said.
      const last = end ?? (table === 'drug_exposure' ? { date: start.date } : undefined)
      return {
        [`${name}_start_date`]: start.date,
        [`${name}_start_datetime`]: start.datetime,
        [`${name}_end_date`]: last?.date,
        [`${name}_end_datetime`]: end?.datetime,
      }
    }
  }
}

function valueColumns(table: EventTable, { value }: ClinicalEvent, parts: RowParts): OmopRow {
  if (!value || (table !== 'measurement' && table !== 'observation')) return {}
  const words = value.words ?? (value.number === undefined ? undefined : `${value.comparator ?? ''}${value.number}`)
  const common = {
    value_as_number: value.number,
    value_as_concept_id: parts.valueConcept,
    unit_concept_id: parts.unitConcept,
    unit_source_value: value.unit ? value.unit.code || value.unit.words : undefined,
    value_source_value: words,
  }
  if (table === 'observation') return { ...common, value_as_string: value.words }
  return {
    ...common,
    operator_concept_id: value.comparator === undefined ? undefined : RULES.operators[value.comparator],
    range_low: value.low,
    range_high: value.high,
  }
}

export function visitRow(key: number, person: number, visit: Visit, start: Day): OmopRow {
  const end = visit.end && visit.end.date >= start.date ? visit.end : start
  return {
    visit_occurrence_id: key,
    person_id: person,
    visit_concept_id: RULES.visits[visit.className] ?? 0,
    visit_start_date: start.date,
    visit_start_datetime: start.datetime,
    visit_end_date: end.date,
    visit_end_datetime: end.datetime,
    visit_type_concept_id: RULES.recordType,
    visit_source_value: visit.className,
  }
}
