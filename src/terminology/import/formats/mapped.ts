/** Any list in columns → a CodeSystem (or a supplement), by a mapping. */
import { type CsvOptions, type CsvRecord, columnKey, csvRecords, missingColumns } from '../input/csv.ts'
import type { InputFile } from '../input/input.ts'
import { encodingOfMark } from '../input/text.ts'
import {
  type ConceptJson,
  designation,
  type ImportedResource,
  oidIdentifier,
  type PropertyDefinitionJson,
  type PropertyJson,
  slug,
  supplement,
} from '../resource.ts'
import type { Format, ReadContext, Sample } from './format.ts'
import { checkParents, sayParent } from './hierarchy.ts'
import { builtInMappings, type Column, type Mapping, readMapping } from './mapping.ts'

const TABLE = /\.(?:csv|tsv|txt)$/i

export const mapped: Format = {
  id: 'csv',
  title: 'a list in columns, by a mapping',
  claim(samples, { mapping }) {
    const tables = samples.filter(({ file }) => TABLE.test(file.name))
    const own = mapping === undefined ? tables.filter((sample) => mappingFor(sample) !== undefined) : tables
    return own.map(({ file }) => [file])
  },
  async *read(files, context) {
    for (const file of files) {
      const mapping = await chosenMapping(file, context)
      if (mapping) yield* readList(file, mapping, context)
    }
  },
}

async function chosenMapping(file: InputFile, context: ReadContext): Promise<Mapping | undefined> {
  const named = context.options.mapping
  if (named !== undefined) {
    const mapping = await readMapping(named)
    if (mapping.ok) return mapping.value
    context.complain(file, mapping.problem)
    return undefined
  }
  const mapping = mappingFor({ file, head: (await file.head()).toString('utf8') })
  if (!mapping) {
    const ids = builtInMappings().map(({ id }) => id)
    const sentence = 'The columns of the table are those of no list that is known.'
    const next = `Describe them in a mapping (--mapping FILE), or name one of: ${ids.join(', ')}.`
    context.complain(file, { code: 'terminology-table-columns', sentence, next, line: 1 })
  }
  return mapping
}

/** The built-in mapping for a file: by name, by what the first line looks like, by the columns of the header. */
export function mappingFor({ file, head }: Sample): Mapping | undefined {
  const [first = ''] = head.replace(/^\uFEFF/, '').split(/\r?\n/)
  const delimiter = delimiterOf(first)
  return builtInMappings().find(({ recognise, header, columns, quoted }) => {
    if (recognise?.name !== undefined && new RegExp(recognise.name, 'i').test(file.name)) return true
    if (recognise?.line !== undefined && new RegExp(recognise.line).test(first)) return true
    if (!header || recognise !== undefined || columns.display === undefined) return false
    const found = new Set(
      first.split(delimiter).map((cell) => columnKey(quoted ? cell.replace(/^\s*"|"\s*$/g, '') : cell)),
    )
    return [columns.code, columns.display].every((column) => names(column).some((name) => found.has(columnKey(name))))
  })
}

/** What separates the cells of a first line. */
export function delimiterOf(line: string): string {
  const plain = line.replace(/"(?:[^"]|"")*"/g, '')
  const count = (delimiter: string) => plain.split(delimiter).length
  return [',', ';', '\t', '|'].reduce((best, one) => (count(one) > count(best) ? one : best))
}

function names(column: Column): readonly string[] {
  return typeof column === 'number' ? [] : typeof column === 'string' ? [column] : column
}

type Cells = (column: Column | undefined) => string

/** The concepts of a list; nothing when its columns are missing. */
async function* readList(file: InputFile, mapping: Mapping, context: ReadContext): AsyncGenerator<ImportedResource> {
  const concepts = new Map<string, ConceptJson>()
  const parents = new Map<string, readonly string[]>()
  const allowed = mapping.codePattern === undefined ? undefined : new RegExp(`^(?:${mapping.codePattern})$`)
  const strip = mapping.codeStrip === undefined ? undefined : new RegExp(mapping.codeStrip, 'g')
  for await (const { cells, line } of rows(file, mapping, context)) {
    const { only } = mapping
    if (only && !only.values.includes(cells(only.column))) continue
    const code = strip ? cells(mapping.columns.code).replace(strip, '') : cells(mapping.columns.code)
    if (code === '') {
      context.complain(file, {
        code: 'terminology-table-row',
        sentence: 'The row has no code: it is left out.',
        next: 'Give it one.',
        line,
      })
      continue
    }
    if (allowed && !allowed.test(code)) {
      const sentence = `${code.slice(0, 60)} is no code of ${mapping.title}: the row is left out.`
      context.complain(file, { code: 'terminology-code-wrong', sentence, next: 'Correct the code.', line })
      continue
    }
    const known = concepts.get(code)
    if (known && mapping.columns.language === undefined) {
      const sentence = `The code ${code} stands there twice: the first is kept.`
      context.complain(file, { code: 'terminology-code-twice', sentence, next: 'Take the repetition out.', line })
      continue
    }
    const concept = known ?? { code }
    concepts.set(code, concept)
    fill(concept, cells, mapping, context)
    const parent = cells(mapping.columns.parent)
    if (parent !== '' && parent !== code) parents.set(code, [parent])
  }
  if (concepts.size === 0) return
  context.used(file)
  if (mapping.parents !== undefined) parentsByCode(concepts, parents, mapping.parents)
  for (const problem of checkParents(parents, (code) => concepts.has(code))) context.complain(file, sayParent(problem))
  for (const [code, above] of parents) {
    const concept = concepts.get(code)
    if (concept && above.length > 0) {
      concept.property = [
        ...above.map((parent) => ({ code: 'parent', valueCode: parent })),
        ...(concept.property ?? []),
      ]
    }
  }
  yield resourceOf(mapping, [...concepts.values()], parents.size > 0, file, context)
}

/** Rows with their cells by column; the header is checked first. */
async function* rows(
  file: InputFile,
  mapping: Mapping,
  context: ReadContext,
): AsyncGenerator<{ readonly cells: Cells; readonly line: number }> {
  const head = await file.head()
  const encoding = encodingOfMark(head) ?? mapping.encoding
  const delimiter = mapping.delimiter ?? delimiterOf(new TextDecoder(encoding).decode(head).split(/\r?\n/)[0] ?? '')
  const options: CsvOptions = { delimiter, encoding, quoted: mapping.quoted }
  let columns: ReadonlyMap<string, number> | undefined
  let width: number | undefined
  for await (const record of csvRecords(file, options, (what) => context.complain(file, what))) {
    if (mapping.header && columns === undefined) {
      const header = new Map(record.cells.map((cell, index) => [columnKey(cell), index]))
      columns = header
      width = record.cells.length
      const required = [mapping.columns.code, mapping.columns.display].filter((column) => column !== undefined)
      const missing = required.filter((column) => typeof column !== 'number' && indexOf(column, header) === undefined)
      if (missing.length > 0) {
        context.complain(
          file,
          missingColumns(
            missing.map((column) => names(column).join(' or ')),
            record.cells,
            record.line,
          ),
        )
        return
      }
      continue
    }
    width ??= record.cells.length
    // Spreadsheets leave empty cells at the end of a row away; more cells than columns mean a delimiter inside a cell.
    if (record.cells.length > width && record.cells.slice(width).some((cell) => cell.trim() !== '')) {
      const sentence = `The row has ${record.cells.length} cells where ${mapping.header ? 'the header' : 'the first row'} has ${width}: it is left out.`
      context.complain(file, {
        code: 'terminology-table-row',
        sentence,
        next: 'Correct the row, or the delimiter in the mapping.',
        line: record.line,
      })
      continue
    }
    yield { cells: cellsOf(record, columns), line: record.line }
  }
}

function cellsOf({ cells }: CsvRecord, columns: ReadonlyMap<string, number> | undefined): Cells {
  return (column) => {
    if (column === undefined) return ''
    for (const one of typeof column === 'number'
      ? [column - 1]
      : names(column).map((name) => columns?.get(columnKey(name)))) {
      const value = one === undefined ? '' : (cells[one]?.trim() ?? '')
      if (value !== '') return value
    }
    return ''
  }
}

function indexOf(column: Column, columns: ReadonlyMap<string, number>): number | undefined {
  for (const name of names(column)) {
    const index = columns.get(columnKey(name))
    if (index !== undefined) return index
  }
  return undefined
}

function fill(concept: ConceptJson, cells: Cells, mapping: Mapping, context: ReadContext): void {
  const display = cells(mapping.columns.display)
  const said = cells(mapping.columns.language)
  const language =
    said === '' ? undefined : (mapping.languages?.[said] ?? mapping.languages?.[said.toLowerCase()] ?? said)
  const own = context.options.language ?? mapping.language
  const words = concept.designation ?? []
  concept.designation = words
  if (display !== '') {
    if (mapping.content !== 'supplement' && (language === undefined || language === own)) concept.display ??= display
    else words.push(designation(language ?? own, display))
  }
  const definition = cells(mapping.columns.definition)
  if (definition !== '' && (language === undefined || language === own)) concept.definition ??= definition
  for (const { column, language: tag, use, separator } of mapping.designations) {
    for (const value of parts(cells(column), separator)) {
      const one = designation(tag, value)
      words.push(use === undefined ? one : { ...one, use: { system: 'urn:tessera:designation-use', code: use } })
    }
  }
  if (words.length === 0) delete concept.designation
  addProperties(concept, cells, mapping)
}

function addProperties(concept: ConceptJson, cells: Cells, mapping: Mapping): void {
  const found: PropertyJson[] = []
  for (const { column, code, type, separator, true: yes } of mapping.properties) {
    if (concept.property?.some((known) => known.code === code)) continue
    for (const value of parts(cells(column), separator)) {
      if (type === 'boolean') found.push({ code, valueBoolean: (yes ?? ['true', '1', 'yes']).includes(value) })
      else if (type === 'integer' && /^-?\d{1,9}$/.test(value)) found.push({ code, valueInteger: Number(value) })
      else if (type === 'code') found.push({ code, valueCode: value })
      else found.push({ code, valueString: value })
    }
  }
  const { inactive } = mapping
  const gone = inactive?.values.includes(cells(inactive.column)) === true
  if (gone && !concept.property?.some(({ code }) => code === 'inactive'))
    found.push({ code: 'inactive', valueBoolean: true })
  if (found.length > 0) concept.property = [...(concept.property ?? []), ...found]
}

function parts(cell: string, separator: string | undefined): readonly string[] {
  if (cell === '') return []
  return separator === undefined
    ? [cell]
    : cell
        .split(separator)
        .map((part) => part.trim())
        .filter((part) => part !== '')
}

function parentsByCode(
  concepts: ReadonlyMap<string, ConceptJson>,
  parents: Map<string, readonly string[]>,
  rule: NonNullable<Mapping['parents']>,
): void {
  for (const code of concepts.keys()) {
    if (parents.has(code)) continue
    const shorter =
      rule === 'longest'
        ? Array.from({ length: code.length - 1 }, (_, index) => code.length - 1 - index)
        : [...rule.lengths].filter((length) => length < code.length).sort((left, right) => right - left)
    const length = shorter.find((one) => concepts.has(code.slice(0, one)))
    if (length !== undefined) parents.set(code, [code.slice(0, length)])
  }
}

function resourceOf(
  mapping: Mapping,
  concept: readonly ConceptJson[],
  hierarchy: boolean,
  file: InputFile,
  context: ReadContext,
): ImportedResource {
  const { options } = context
  const system = context.canonical(mapping.system)
  const version = options.version ?? mapping.version
  if (mapping.content === 'supplement') {
    return supplement(`${options.source} ${file.name}`, system, concept, {
      title: mapping.title,
      ...(version !== undefined && { version }),
    })
  }
  const properties: PropertyDefinitionJson[] = [
    ...(hierarchy ? [{ code: 'parent', uri: 'http://hl7.org/fhir/concept-properties#parent', type: 'code' }] : []),
    ...(mapping.inactive
      ? [{ code: 'inactive', uri: 'http://hl7.org/fhir/concept-properties#inactive', type: 'boolean' }]
      : []),
    ...mapping.properties.map(({ code, type, description }) => ({
      code,
      type,
      ...(description !== undefined && { description }),
    })),
  ]
  return {
    resourceType: 'CodeSystem',
    url: system,
    ...(mapping.oid !== undefined && { identifier: oidIdentifier(mapping.oid) }),
    ...(version !== undefined && { version }),
    name: slug(mapping.id).replace(/[^A-Za-z0-9]+/g, '_'),
    title: mapping.title,
    status: 'active',
    language: options.language ?? mapping.language,
    ...(mapping.publisher !== undefined && { publisher: mapping.publisher }),
    ...(mapping.copyright !== undefined && { copyright: mapping.copyright }),
    caseSensitive: mapping.caseSensitive,
    ...(hierarchy && { hierarchyMeaning: 'is-a' }),
    content: mapping.content,
    ...(properties.length > 0 && { property: properties }),
    concept,
  }
}
