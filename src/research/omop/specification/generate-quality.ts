/** The thresholds of OHDSI's Data Quality Dashboard as data: what `quality/` checks, and how many percent may fail. */

type Line = Readonly<Record<string, string>>

export interface PublishedChecks {
  readonly tables: readonly Line[]
  readonly fields: readonly Line[]
  readonly concepts: readonly Line[]
}

/** Checks of a field that are named by one column of the file, with the columns of what they need besides. */
const FIELD_CHECKS: readonly { readonly check: string; readonly needs: Readonly<Record<string, string>> }[] = [
  { check: 'isRequired', needs: {} },
  { check: 'isPrimaryKey', needs: {} },
  { check: 'isForeignKey', needs: {} },
  { check: 'fkDomain', needs: { value: 'fkDomain' } },
  { check: 'fkClass', needs: { value: 'fkClass' } },
  { check: 'isStandardValidConcept', needs: {} },
  { check: 'measureValueCompleteness', needs: {} },
  { check: 'standardConceptRecordCompleteness', needs: {} },
  { check: 'sourceConceptRecordCompleteness', needs: {} },
  { check: 'sourceValueCompleteness', needs: { field: 'standardConceptFieldName' } },
  { check: 'plausibleValueLow', needs: { value: 'plausibleValueLow' } },
  { check: 'plausibleValueHigh', needs: { value: 'plausibleValueHigh' } },
  { check: 'plausibleAfterBirth', needs: {} },
  { check: 'plausibleBeforeDeath', needs: {} },
  { check: 'plausibleStartBeforeEnd', needs: { field: 'plausibleStartBeforeEndFieldName' } },
  { check: 'withinVisitDates', needs: {} },
]

const TABLE_CHECKS = ['measurePersonCompleteness', 'measureConditionEraCompleteness', 'measureObservationPeriodOverlap']

const isStated = (value: string | undefined): value is string => value !== undefined && value !== '' && value !== 'No'

function fieldChecks(line: Line): object[] {
  return FIELD_CHECKS.flatMap(({ check, needs }) => {
    const threshold = line[`${check}Threshold`]
    if (!isStated(line[check]) || threshold === undefined || threshold === '') return []
    const further = Object.entries(needs).map(([name, column]) => {
      const value = line[column] ?? ''
      return [name, name === 'value' ? plainValue(value) : value.toLowerCase()]
    })
    return [{ check, ...columnOf(line), ...Object.fromEntries(further), threshold: Number(threshold) }]
  })
}

/** The file writes days as `'19500101'` and "tomorrow" in the words of one database. */
function plainValue(value: string): string {
  const day = /^'(\d{4})(\d\d)(\d\d)'$/.exec(value)
  if (day) return `${day[1]}-${day[2]}-${day[3]}`
  const year = /^YEAR\(GETDATE\(\)\)\s*\+\s*1$/i.exec(value)
  if (year) return 'next-year'
  return /GETDATE/i.test(value) ? 'tomorrow' : value
}

function columnOf(line: Line): { readonly table: string; readonly column: string } {
  return {
    table: (line.cdmTableName ?? '').toLowerCase(),
    column: (line.cdmFieldName ?? '').replaceAll('"', '').toLowerCase(),
  }
}

function tableChecks(line: Line): object[] {
  return TABLE_CHECKS.flatMap((check) => {
    const threshold = line[`${check}Threshold`]
    if (!isStated(line[check]) || threshold === undefined || threshold === '') return []
    return [{ check, table: (line.cdmTableName ?? '').toLowerCase(), threshold: Number(threshold) }]
  })
}

/** Some lines name several concepts, each of which is to be checked. */
function conceptChecks(line: Line): object[] {
  return (line.conceptId ?? '').split(',').flatMap((id) => checksOfConcept(line, Number(id)))
}

function checksOfConcept(line: Line, concept: number): object[] {
  const about = { ...columnOf(line), concept }
  const found: object[] = []
  for (const check of ['plausibleGender', 'plausibleGenderUseDescendants']) {
    const gender = line[check]
    if (isStated(gender)) found.push({ check, ...about, gender, threshold: Number(line[`${check}Threshold`]) })
  }
  if (isStated(line.plausibleUnitConceptIds)) {
    const units = line.plausibleUnitConceptIds.split(',').map(Number)
    found.push({ check: 'plausibleUnitConceptIds', ...about, units, threshold: 5 })
  }
  return found
}

/** Texts of the published files (guidance, notes, names of concepts) are left out. */
export function qualityChecks({ tables, fields, concepts }: PublishedChecks): object {
  return {
    version: '5.4',
    source: 'OHDSI DataQualityDashboard, inst/csv/OMOP_CDMv5.4_{Table,Field,Concept}_Level.csv, Apache-2.0',
    tables: tables.flatMap(tableChecks),
    fields: fields.flatMap(fieldChecks),
    concepts: concepts.flatMap(conceptChecks),
  }
}
