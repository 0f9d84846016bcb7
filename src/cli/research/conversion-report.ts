/** What became of the documents of a data holder: as data (`--report`, `--json`) and in words. */
import type { Problem } from '#platform/result/result.ts'
import type { ConversionAccount } from '#research/omop/from-fhir/account.ts'
import { NOT_A_ROW, type NotARow } from '#research/omop/from-fhir/clinical-event.ts'
import type { TableRows } from '#research/omop/write-tables.ts'
import type { Reading } from './source-documents.ts'

export interface ConversionReport extends ConversionAccount {
  readonly dataset: string
  /** Table → its rows in the files. */
  readonly tables: Readonly<Record<string, number>>
  /** How many resources each reason has kept from rows. */
  readonly reasons: Readonly<Partial<Record<NotARow, number>>>
  readonly unread: readonly Problem[]
  readonly leftAlone: number
  readonly notCarried: number
}

export function reportOf(
  dataset: string,
  { problems: unread, leftAlone, notCarried }: Reading,
  tables: TableRows,
  account: ConversionAccount,
): ConversionReport {
  const rows = [...tables].map(([table, { length }]) => [table, length] as const)
  return {
    dataset,
    tables: Object.fromEntries(rows),
    reasons: Object.fromEntries(counted(account.listed.map(({ reason }) => reason))),
    ...account,
    unread,
    leftAlone,
    notCarried,
  }
}

/** The most frequent first. */
function counted<Kind extends string>(kinds: readonly Kind[]): readonly (readonly [Kind, number])[] {
  const counts = new Map<Kind, number>()
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].sort(([, left], [, right]) => right - left)
}

/** Codes that are named in words; all of them stand in the report. */
const NAMED_CODES = 10

export function reportWords(report: ConversionReport): readonly string[] {
  const { documents, unread, leftAlone, notCarried, tables, resources, withRows, listed } = report
  const rows = Object.values(tables).reduce((sum, one) => sum + one, 0)
  return [
    `${documents} documents read, ${unread.length} not: ${tables.person ?? 0} persons, ${rows} rows.`,
    ...Object.entries(tables).map(([table, count]) => `  ${table}: ${count}`),
    `${resources} resources: ${withRows} with rows, ${listed.length} without:`,
    ...reasonWords(report),
    ...codeWords(report),
    ...detailWords(report),
    ...dayWords(report),
    ...personWords(report),
    ...(notCarried > 0
      ? [`${notCarried} facts are not in the model of documents; \`tessera convert --report\` lists them.`]
      : []),
    ...(leftAlone > 0
      ? [`${leftAlone} files left alone: their names end neither in .xml nor in .json nor in .ndjson.`]
      : []),
  ]
}

function reasonWords({ listed }: ConversionReport): readonly string[] {
  const byReason = Map.groupBy(listed, ({ reason }) => reason)
  return counted(listed.map(({ reason }) => reason)).map(([reason, count]) => {
    const types = counted((byReason.get(reason) ?? []).map(({ resource }) => resource.split('/')[0] ?? ''))
    return `  ${count}: ${NOT_A_ROW[reason]} (${types.map(([type, of]) => `${type} ${of}`).join(', ')})`
  })
}

function codeWords({ unmapped }: ConversionReport): readonly string[] {
  const [first] = unmapped
  if (!first) return ['Every code has a concept.']
  const rows = unmapped.reduce((sum, one) => sum + one.rows, 0)
  const more = unmapped.length - NAMED_CODES
  return [
    `${unmapped.length} codes or words without a concept, in ${rows} rows (concept 0, with what the source says):`,
    ...unmapped
      .slice(0, NAMED_CODES)
      .map(
        ({ table, system, code, rows: of }) =>
          `  ${of}: ${table}, ${system === undefined ? `“${code}”` : `${system}|${code}`}`,
      ),
    ...(more > 0 ? [`  and ${more} more.`] : []),
  ]
}

function detailWords({ leftBehind }: ConversionReport): readonly string[] {
  if (leftBehind.length === 0) return []
  const columns = counted(leftBehind.flatMap((one) => one.columns))
  return [
    `${leftBehind.length} rows have details for which their table has no column: ${columns.map(([column, count]) => `${column} ${count}`).join(', ')}.`,
  ]
}

function dayWords({ datedByDocument, inexactDays }: ConversionReport): readonly string[] {
  return [
    ...(datedByDocument.length > 0
      ? [`${datedByDocument.length} resources name no day and have that of their document.`]
      : []),
    ...(inexactDays > 0 ? [`${inexactDays} resources name a month or a year only and have its first day.`] : []),
  ]
}

function personWords({ unidentified }: ConversionReport): readonly string[] {
  if (unidentified.length === 0) return []
  return [
    `${unidentified.length} patients have no identifier: each document makes another person of them, and no opt-out finds them.`,
  ]
}
