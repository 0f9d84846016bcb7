/**
 * The eHDSI value set catalogue (MVC) in sheets: one table for all value sets, or one sheet for each. The version is what
 * the sheets, or `--version`, say. The JSON form is read by list.ts.
 */
import { type CatalogueCode, createCatalogue } from '../catalogue.ts'
import type { InputFile } from '../input/input.ts'
import type { Format, ReadContext } from './format.ts'
import { type CatalogueTable, meaningsIn, readTables } from './sheets.ts'

export const mvc: Format = {
  id: 'mvc',
  title: 'the eHDSI value set catalogue in sheets (MVC)',
  together: true,
  enumerates: true,
  claim(samples) {
    const own = samples.filter(({ file, head }) => {
      if (/\.xlsx$/i.test(file.name)) return !/mtc|mapping|translation/i.test(file.name)
      if (!/\.(?:csv|tsv)$/i.test(file.name)) return false
      const meanings = meaningsIn(head)
      return meanings.has('code') && (meanings.has('valueSetOid') || meanings.has('valueSetName'))
    })
    return own.length === 0 ? [] : [own.map(({ file }) => file)]
  },
  async *read(files, context) {
    const catalogue = createCatalogue(context)
    for (const file of files) {
      const tables = (await readTables(file, context)).filter(({ has }) => has.has('code'))
      if (tables.length === 0) context.complain(file, noTable('Value Set OID, Code System OID, Code, Display Name'))
      else context.used(file)
      for (const table of tables) addTable(table, file, catalogue, context)
    }
    yield* catalogue.resources()
  },
}

export function noTable(expected: string) {
  const sentence = `No sheet has a header that is known; expected are columns like: ${expected}.`
  return { code: 'terminology-table-columns', sentence, next: 'Name the columns so, or use a mapping (--mapping).' }
}

function addTable(
  table: CatalogueTable,
  file: InputFile,
  catalogue: ReturnType<typeof createCatalogue>,
  context: ReadContext,
): void {
  const { facts, sheet, rows } = table
  const open = new Map<string, (code: CatalogueCode) => void>()
  const path = sheet === undefined ? {} : { path: `sheet ${sheet}` }
  for (const row of rows) {
    const name = row.get('valueSetName') || facts.name || sheet || ''
    const oid = row.get('valueSetOid') || facts.oid
    const code = row.get('code')
    const systemName = row.get('systemName') || facts.systemName
    const system = row.get('system') || facts.system || systemByName(systemName, context)
    if (code === '' || system === undefined || system === '' || (name === '' && oid === undefined)) {
      const missing = code === '' ? 'code' : system === undefined || system === '' ? 'code system' : 'value set'
      const sentence = `The row has no ${missing}: it is left out.`
      context.complain(file, { code: 'terminology-table-row', sentence, next: 'Complete it.', line: row.line, ...path })
      continue
    }
    const key = oid ?? name
    const version = row.get('valueSetVersion') || facts.version
    const add =
      open.get(key) ??
      catalogue.addValueSet({
        name: name || key,
        ...(oid !== undefined && { oid: oid.replace(/^urn:oid:/, '') }),
        ...(version !== undefined && { version }),
      })
    open.set(key, add)
    add(codeOf(row, table, { system, code, ...(systemName !== undefined && { systemName }) }, context))
  }
}

/** A code system named in words only: its name is looked up among those that are known. */
function systemByName(name: string | undefined, context: ReadContext): string | undefined {
  if (name === undefined || name === '') return undefined
  return (
    BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ??
    (/^(?:https?:|urn:|\d+\.\d)/.test(name) ? context.canonical(name) : undefined)
  )
}

const BY_NAME: readonly (readonly [RegExp, string])[] = [
  [/^snomed/i, 'http://snomed.info/sct'],
  [/^loinc/i, 'http://loinc.org'],
  [/^icd-?10$/i, 'http://hl7.org/fhir/sid/icd-10'],
  [/^atc/i, 'http://www.whocc.no/atc'],
  [/^ucum/i, 'http://unitsofmeasure.org'],
  [/^edqm/i, 'http://standardterms.edqm.eu'],
  [/^orpha/i, 'https://www.orpha.net'],
  [/^emdn/i, 'urn:oid:1.3.6.1.4.1.12559.11.10.1.3.1.44.6'],
  [/^iso ?3166/i, 'urn:iso:std:iso:3166'],
  [/^bcp[- ]?47|^ietf/i, 'urn:ietf:bcp:47'],
]

function codeOf(
  row: CatalogueTable['rows'][number],
  { languages }: CatalogueTable,
  named: { readonly system: string; readonly code: string; readonly systemName?: string },
  context: ReadContext,
): CatalogueCode {
  const display = row.get('display')
  const definition = row.get('definition')
  const version = row.get('systemVersion')
  return {
    ...named,
    ...(version !== '' && { version }),
    ...(definition !== '' && { definition }),
    words: [
      ...(display === '' ? [] : [{ language: row.get('language') || context.options.language || 'en', text: display }]),
      ...[...languages].flatMap(([language, column]) =>
        row.word(column) === '' ? [] : [{ language, text: row.word(column) }],
      ),
    ],
  }
}
