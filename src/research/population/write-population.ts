/** Writes a generated population as a folder of CSV files, one for each OMOP table, as dataset loaders take them. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { vocabularyTables } from './concepts.ts'
import { POPULATION_TABLES, type PopulationTable, type Row, writeRows } from './omop-rows.ts'
import { type PopulationParameters, readPopulationParameters } from './parameters.ts'
import { generatePerson, type PersonOptions } from './person-history.ts'

export interface PopulationOptions {
  /** Made when it is not there; files in it are overwritten. */
  readonly folder: string
  /** ISO 3166-1 alpha-2; one of `data/demo/research/countries.json`. */
  readonly country: string
  /** Lives that are drawn; a few of them end before the period and are not written. */
  readonly persons: number
  readonly seed?: string
  /** Multiplies the prevalence of all rare diseases; 1 is life. */
  readonly rareDiseaseFactor?: number
  readonly parameters?: PopulationParameters
}

/** Rows written, by table. */
export type PopulationCounts = Readonly<Record<string, number>>

export type PopulationProblemCode = 'population-country-unknown' | 'population-persons-invalid'

const MOST_PERSONS = 50_000_000
/** Not more: the pieces of a text that grows longer outlive the young generation, and collecting them costs a third of the time. */
const BUFFER_CHARACTERS = 1 << 14
/** Some 10 milliseconds of work. */
const PERSONS_IN_A_SLICE = 50

/** The same options give the same bytes. Throws when the disk does. */
export function writePopulation(options: PopulationOptions): Result<PopulationCounts, PopulationProblemCode> {
  const started = startPopulation(options)
  if (!started.ok) return started
  for (const _ of started.value.slices);
  return ok(started.value.counts)
}

/** The same, but others get their turn in between: for a program that answers requests meanwhile. */
export async function writePopulationInTurns(
  options: PopulationOptions,
): Promise<Result<PopulationCounts, PopulationProblemCode>> {
  const started = startPopulation(options)
  if (!started.ok) return started
  for (const _ of started.value.slices) await nextTurn()
  return ok(started.value.counts)
}

/** The work in slices, and the rows written so far. */
interface StartedPopulation {
  readonly slices: Iterable<void>
  readonly counts: PopulationCounts
}

function startPopulation(options: PopulationOptions): Result<StartedPopulation, PopulationProblemCode> {
  const parameters = options.parameters ?? readPopulationParameters()
  const country = parameters.countries.countries.find((one) => one.country === options.country)
  if (country === undefined) {
    const known = parameters.countries.countries.map((one) => one.country).join(', ')
    return failed(
      'population-country-unknown',
      `No population is described for ${JSON.stringify(options.country)}.`,
      `Choose one of ${known}, or describe it in data/demo/research/countries.json.`,
    )
  }
  if (!Number.isInteger(options.persons) || options.persons < 1 || options.persons > MOST_PERSONS) {
    return failed(
      'population-persons-invalid',
      `A population of ${options.persons} persons cannot be generated.`,
      `Give a whole number from 1 to ${MOST_PERSONS}.`,
    )
  }
  const counts: Record<string, number> = {}
  const { seed = 'tessera', rareDiseaseFactor = 1 } = options
  const person = { seed, country, rareDiseaseFactor, parameters }
  return ok({ slices: writeSlices(options, person, counts), counts })
}

function* writeSlices(
  { folder, persons }: PopulationOptions,
  person: PersonOptions,
  counts: Record<string, number>,
): Generator<void> {
  const { country, parameters } = person
  mkdirSync(folder, { recursive: true })
  const files = new Map<string, CsvFile>()
  const file = (table: string, columns: readonly string[]): void => {
    files.set(table, openCsv(join(folder, `${table}.csv`), columns))
    counts[table] = 0
  }
  const write = (table: string, row: Row): void => {
    files.get(table)?.write(row)
    counts[table] = (counts[table] ?? 0) + 1
  }
  try {
    for (const [table, columns] of Object.entries(POPULATION_TABLES)) file(table, columns)
    for (const [table, { columns, rows }] of vocabularyTables(parameters)) {
      file(table, columns)
      for (const row of rows) write(table, row)
    }
    const nextId = (table: PopulationTable): number => country.firstPersonId + (counts[table] ?? 0)
    for (let number = 0; number < persons; number += 1) {
      const history = generatePerson(number, person)
      if (history) writeRows(history, country.country, parameters.rareDiseases, nextId, write)
      if (number % PERSONS_IN_A_SLICE === 0) yield
    }
  } finally {
    for (const open of files.values()) open.close()
  }
}

interface CsvFile {
  write(row: Row): void
  close(): void
}

function openCsv(path: string, columns: readonly string[]): CsvFile {
  const descriptor = openSync(path, 'w')
  let buffer = `${columns.join(',')}\n`
  const flush = (): void => {
    writeSync(descriptor, buffer)
    buffer = ''
  }
  return {
    write(row) {
      let line = ''
      for (const [index, cell] of row.entries()) line += index === 0 ? field(cell) : `,${field(cell)}`
      buffer += `${line}\n`
      if (buffer.length > BUFFER_CHARACTERS) flush()
    },
    close() {
      flush()
      closeSync(descriptor)
    },
  }
}

/** RFC 4180. */
function field(cell: Row[number]): string {
  if (cell === undefined) return ''
  if (typeof cell === 'number') return String(cell)
  return /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
