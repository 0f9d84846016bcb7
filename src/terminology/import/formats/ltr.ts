/**
 * The tables of OpenNCP's local terminology repository, as CSV files (`v7__codeSystem.csv` and so on): code systems,
 * concepts, designations and transcoding associations, joined by their IDs.
 */
import { createCatalogue } from '../catalogue.ts'
import { type CsvOptions, type TableRow, tableRows } from '../input/csv.ts'
import type { InputFile } from '../input/input.ts'
import type { Format, ReadContext } from './format.ts'

const TABLES: Readonly<Record<string, readonly string[]>> = {
  codeSystem: ['ID', 'OID', 'NAME'],
  codeSystemVersion: ['ID', 'LOCAL_NAME', 'CODE_SYSTEM_ID'],
  codeSystemConcept: ['ID', 'CODE_SYSTEM_VERSION_ID', 'CODE'],
  designation: ['DESIGNATION', 'CODE_SYSTEM_CONCEPT_ID', 'LANGUAGE_CODE'],
  transcodingAssociation: ['SOURCE_CONCEPT_ID', 'TARGET_CONCEPT_ID'],
  valueSet: ['ID', 'OID', 'EPSOS_NAME'],
  valueSetVersion: ['ID', 'VALUE_SET_ID'],
  xConceptValueSet: ['CODE_SYSTEM_CONCEPT_ID', 'VALUE_SET_VERSION_ID'],
}

export const ltr: Format = {
  id: 'ltr',
  title: "tables of OpenNCP's terminology repository",
  together: true,
  enumerates: true,
  claim(samples) {
    const own = samples.filter(({ file, head }) => tableOf(file) !== undefined && /^\W*ID[;,]/i.test(head))
    return own.some(({ file }) => tableOf(file) === 'codeSystemConcept') ? [own.map(({ file }) => file)] : []
  },
  async *read(files, context) {
    const catalogue = createCatalogue(context)
    const tables = new Map<string, readonly TableRow[]>()
    for (const file of files) {
      const name = tableOf(file)
      if (name === undefined) context.passed(file)
      else tables.set(name, await rowsOf(file, TABLES[name] ?? [], context))
    }
    for (const required of ['codeSystem', 'codeSystemVersion', 'codeSystemConcept']) {
      const first = files[0]
      if (tables.has(required) || !first) continue
      const sentence = `The table ${required} is missing: codes cannot be told without it.`
      context.complain(first, {
        code: 'terminology-table-missing',
        sentence,
        next: 'Give all tables of the repository.',
      })
      return
    }
    join(tables, files, catalogue, context)
    yield* catalogue.resources()
  },
}

/** `v7__codeSystem.csv`, `CODE_SYSTEM.csv` → `codeSystem`. */
function tableOf(file: InputFile): string | undefined {
  const name = /(?:^|[/!])(?:v\d+__)?([A-Za-z_]+)\.csv$/i.exec(file.name)?.[1]?.replaceAll('_', '').toLowerCase()
  return Object.keys(TABLES).find((table) => table.toLowerCase() === name)
}

async function rowsOf(
  file: InputFile,
  required: readonly string[],
  context: ReadContext,
): Promise<readonly TableRow[]> {
  const bytes = await file.bytes()
  if (!bytes.ok) {
    context.complain(file, bytes.problem)
    return []
  }
  const encoding = encodingOf(bytes.value)
  if (encoding === undefined) {
    const sentence = 'The letters of the table could be read in two ways (windows-1250 or windows-1252).'
    context.complain(file, { code: 'terminology-file-encoding', sentence, next: 'Save it as UTF-8.' })
    return []
  }
  const rows: TableRow[] = []
  const options: CsvOptions = { delimiter: ';', encoding, quoted: true }
  for await (const row of tableRows(file, options, required, (what) => context.complain(file, what))) rows.push(row)
  if (rows.length > 0) context.used(file)
  return rows
}

/** UTF-8, or an older encoding when both that Europe's Windows had give the same letters: never a guess. */
function encodingOf(bytes: Buffer): CsvOptions['encoding'] | undefined {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return 'utf-8'
  } catch {
    const western = new TextDecoder('windows-1252').decode(bytes)
    return western === new TextDecoder('windows-1250').decode(bytes) ? 'windows-1252' : undefined
  }
}

interface Concept {
  readonly system: string
  readonly systemName: string
  readonly version: string
  readonly code: string
  readonly definition: string
  readonly words: { readonly language: string; readonly text: string }[]
}

function join(
  tables: ReadonlyMap<string, readonly TableRow[]>,
  files: readonly InputFile[],
  catalogue: ReturnType<typeof createCatalogue>,
  context: ReadContext,
): void {
  const table = (name: string) => tables.get(name) ?? []
  const fileOf = (name: string) => files.find((file) => tableOf(file) === name)
  const lost = (name: string, row: TableRow, what: string) => {
    const file = fileOf(name)
    const sentence = `The row refers to a ${what} that is in no table: it is left out.`
    if (file)
      context.complain(file, {
        code: 'terminology-table-reference',
        sentence,
        next: 'Give tables of one export.',
        line: row.line,
      })
  }
  const systems = new Map(table('codeSystem').map((row) => [row.get('ID'), row]))
  const versions = new Map(table('codeSystemVersion').map((row) => [row.get('ID'), row]))
  const concepts = new Map<string, Concept>()
  for (const row of table('codeSystemConcept')) {
    const version = versions.get(row.get('CODE_SYSTEM_VERSION_ID'))
    const system = systems.get(version?.get('CODE_SYSTEM_ID') ?? '')
    if (!version || !system) lost('codeSystemConcept', row, 'code system version')
    else {
      concepts.set(row.get('ID'), {
        system: system.get('OID'),
        systemName: system.get('NAME'),
        version: version.get('LOCAL_NAME'),
        code: row.get('CODE'),
        definition: row.get('DEFINITION'),
        words: [],
      })
    }
  }
  for (const row of table('designation')) {
    const concept = concepts.get(row.get('CODE_SYSTEM_CONCEPT_ID'))
    if (!concept) lost('designation', row, 'concept')
    // Only current designations are words to show.
    else if (/^(?:current|)$/i.test(row.get('STATUS')))
      concept.words.push({ language: row.get('LANGUAGE_CODE'), text: row.get('DESIGNATION') })
  }
  for (const { definition, ...concept } of concepts.values())
    catalogue.addWords({ ...concept, ...(definition !== '' && { definition }) })
  for (const row of table('transcodingAssociation')) {
    const source = concepts.get(row.get('SOURCE_CONCEPT_ID'))
    const target = concepts.get(row.get('TARGET_CONCEPT_ID'))
    if (!source || !target) lost('transcodingAssociation', row, 'concept')
    else catalogue.addMapping({ source, target, properties: propertiesOf(row) })
  }
  addValueSets(table, concepts, catalogue, lost)
}

function propertiesOf(row: TableRow): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  if (row.get('QUALITY') !== '') found.quality = row.get('QUALITY')
  if (row.get('STATUS') !== '') found.status = row.get('STATUS').toLowerCase()
  return found
}

function addValueSets(
  table: (name: string) => readonly TableRow[],
  concepts: ReadonlyMap<string, Concept>,
  catalogue: ReturnType<typeof createCatalogue>,
  lost: (name: string, row: TableRow, what: string) => void,
): void {
  const valueSets = new Map(table('valueSet').map((row) => [row.get('ID'), row]))
  const members = Map.groupBy(table('xConceptValueSet'), (row) => row.get('VALUE_SET_VERSION_ID'))
  for (const row of table('valueSetVersion')) {
    const valueSet = valueSets.get(row.get('VALUE_SET_ID'))
    if (!valueSet) {
      lost('valueSetVersion', row, 'value set')
      continue
    }
    const own = members.get(row.get('ID')) ?? []
    // Without the table of members a value set would look empty.
    if (own.length === 0) continue
    const version = row.get('VERSION_NAME')
    const add = catalogue.addValueSet({
      oid: valueSet.get('OID'),
      name: valueSet.get('EPSOS_NAME'),
      ...(version !== '' && { version }),
    })
    for (const member of own) {
      const concept = concepts.get(member.get('CODE_SYSTEM_CONCEPT_ID'))
      if (!concept) lost('xConceptValueSet', member, 'concept')
      else add({ system: concept.system, code: concept.code, words: concept.words })
    }
  }
}
