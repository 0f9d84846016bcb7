/**
 * Checks of one column as SQL. Meaning as in the Data Quality Dashboard 2.x; where a day of birth is not known, the earliest one that
 * the source allows counts, so that what is called a violation is one for certain.
 */
import { hasColumn, knownTable } from '../specification/cdm.ts'
import { literal, quoted } from '../specification/ddl.ts'
import type { FieldCheck } from './checks.ts'

/** `rows` and `violated` are aggregates over the table `t` and, when asked for, its person `p`, death `d` and visit `v`. */
export interface CheckSql {
  readonly rows: string
  readonly violated: string
  readonly needs: 'table' | 'person' | 'death' | 'visit'
}

/** Concept 0 says that nothing fits; that is counted elsewhere. */
const ALL = 'count(*)'

/** Days after death on which a record may still be written (DQD). */
const AFTER_DEATH = 60
/** Days around a visit (DQD). */
const AROUND_VISIT = 7

/** @param asOf the day of the check, ISO 8601 */
export function checkSql(check: FieldCheck, asOf: string): CheckSql {
  const column = `t.${quoted(check.column)}`
  const count = (condition: string, rows = ALL, needs: CheckSql['needs'] = 'table'): CheckSql => ({
    rows,
    violated: `count(*) FILTER (WHERE ${condition})`,
    needs,
  })
  const concepts = (condition: string) =>
    count(`${column} <> 0 AND ${column} IN (SELECT concept_id FROM concept WHERE ${condition})`)
  const stated = `count(${column})`
  switch (check.check) {
    case 'isRequired':
    case 'measureValueCompleteness':
      return count(`${column} IS NULL`)
    case 'isPrimaryKey':
      return { rows: ALL, violated: `count(${column}) - count(DISTINCT ${column})`, needs: 'table' }
    case 'isForeignKey':
      return foreignKey(check, column)
    case 'fkDomain':
      return concepts(`domain_id <> ${literal(check.value ?? '')}`)
    case 'fkClass':
      return concepts(`concept_class_id <> ${literal(check.value ?? '')}`)
    case 'isStandardValidConcept':
      return concepts(`coalesce(standard_concept, '') <> 'S' OR coalesce(invalid_reason, '') <> ''`)
    case 'standardConceptRecordCompleteness':
    case 'sourceConceptRecordCompleteness':
      // What has no number has no unit to be known.
      if (check.column === 'unit_concept_id' && hasColumn(knownTable(check.table), 'value_as_number')) {
        return count(`${column} = 0 AND t.value_as_number IS NOT NULL`, 'count(t.value_as_number)')
      }
      return count(`${column} = 0`)
    case 'sourceValueCompleteness':
      return {
        rows: `count(DISTINCT ${column})`,
        violated: `count(DISTINCT ${column}) FILTER (WHERE t.${quoted(check.field ?? '')} = 0)`,
        needs: 'table',
      }
    case 'plausibleValueLow':
      return count(`${column} < ${bound(check, asOf)}`, stated)
    case 'plausibleValueHigh':
      return count(`${column} > ${bound(check, asOf)}`, stated)
    case 'plausibleAfterBirth':
      return count(`${column}::DATE < ${BORN}`, stated, 'person')
    case 'plausibleBeforeDeath':
      return count(
        `${column}::DATE > d.death_date + ${AFTER_DEATH}`,
        `count(${column}) FILTER (WHERE d.death_date IS NOT NULL)`,
        'death',
      )
    case 'plausibleStartBeforeEnd': {
      const end = `t.${quoted(check.field ?? '')}`
      return count(`${column} > ${end}`, `count(${column}) FILTER (WHERE ${end} IS NOT NULL)`)
    }
    case 'withinVisitDates':
      return count(
        `${column}::DATE < v.visit_start_date - ${AROUND_VISIT} OR ${column}::DATE > v.visit_end_date + ${AROUND_VISIT}`,
        `count(${column}) FILTER (WHERE v.visit_occurrence_id IS NOT NULL)`,
        'visit',
      )
  }
}

/** A day that no calendar has (31 November) is no day at all. */
const BORN = `coalesce(p.birth_datetime::DATE,
  try_cast(printf('%04d-%02d-%02d', p.year_of_birth, coalesce(p.month_of_birth, 1), coalesce(p.day_of_birth, 1)) AS DATE))`

/** Which key a column is stands in the model. */
function foreignKey(check: FieldCheck, column: string): CheckSql {
  const target = knownTable(check.table).columns.find(({ name }) => name === check.column)?.references
  const violated = target
    ? `count(${column}) FILTER (WHERE ${column} NOT IN (SELECT ${quoted(target.column)} FROM ${quoted(target.table)} WHERE ${quoted(target.column)} IS NOT NULL))`
    : '0'
  return { rows: `count(${column})`, violated, needs: 'table' }
}

function bound({ table, column, value = '' }: FieldCheck, asOf: string): string {
  if (value === 'next-year') return String(Number(asOf.slice(0, 4)) + 1)
  if (value === 'tomorrow') return `(DATE ${literal(asOf)} + 1)`
  const type = knownTable(table).columns.find(({ name }) => name === column)?.type
  return type === 'date' || type === 'datetime' ? `DATE ${literal(value)}` : String(Number(value))
}
