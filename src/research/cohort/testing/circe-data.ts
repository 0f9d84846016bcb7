/** The published test data of circe-be: input tables and expected rows, as they lie in the corpus. */
import { existsSync, readFileSync } from 'node:fs'
import type { Row, TableRows } from './tables.ts'

export const CIRCE_TESTS = new URL('../../../../../shared/corpus/secondary/circe-tests/', import.meta.url)

export function hasCirceFile(path: string): boolean {
  return existsSync(new URL(path, CIRCE_TESTS))
}

export function circeJson(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, CIRCE_TESTS), 'utf8'))
}

/** Rows of each table of these files, by the name without its schema; names and columns in lower case. */
export function circeTables(...paths: readonly string[]): TableRows {
  const tables = new Map<string, readonly Row[]>()
  for (const path of paths) {
    for (const [name, rows] of Object.entries(circeJson(path) as Record<string, readonly Row[]>))
      tables.set(name.toLowerCase().split('.').at(-1) ?? name, rows.map(lowerCase))
  }
  return tables
}

function lowerCase(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]))
}
