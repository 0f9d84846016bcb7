/**
 * A country's mapping and translation catalogue (MTC) in sheets or JSON: national codes mapped to codes of the European
 * value sets, with relationship, quality, status and validity, and European codes with their words in the country's languages.
 *
 *   {"mappings": [{"source": {"system", "code", "display"?}, "target": {…}, "relationship"?, "quality"?, "status"?,
 *                  "validFrom"?, "validTo"?, "comment"?}],
 *    "translations": [{"system", "code", "language", "text"}]}
 */

import { isObject, type JsonObject, objects, text } from '../../load/json.ts'
import { type CatalogueMapping, createCatalogue, type RELATIONSHIPS } from '../catalogue.ts'
import type { InputFile } from '../input/input.ts'
import { readJson } from '../input/text.ts'
import { type Format, looksLikeJson, type ReadContext } from './format.ts'
import { noTable } from './mvc.ts'
import { type CatalogueTable, meaningsIn, readTables } from './sheets.ts'

type Catalogue = ReturnType<typeof createCatalogue>

export const mtc: Format = {
  id: 'mtc',
  title: 'a mapping and translation catalogue (MTC)',
  together: true,
  claim(samples) {
    const own = samples.filter(({ file, head }) => {
      if (/\.xlsx$/i.test(file.name)) return /mtc|mapping|translation/i.test(file.name)
      if (/\.json$/i.test(file.name))
        return (
          looksLikeJson(head) &&
          /"(?:mappings|translations)"\s*:\s*\[/.test(head) &&
          !/"(?:resourceType|codeSystemVersion)"/.test(head)
        )
      if (!/\.(?:csv|tsv)$/i.test(file.name)) return false
      const meanings = meaningsIn(head)
      return (
        (meanings.has('sourceCode') && meanings.has('targetCode')) ||
        (meanings.has('code') && meanings.has('language') && meanings.has('system'))
      )
    })
    return own.length === 0 ? [] : [own.map(({ file }) => file)]
  },
  async *read(files, context) {
    const catalogue = createCatalogue(context)
    for (const file of files) {
      if (/\.json$/i.test(file.name)) await addJson(file, catalogue, context)
      else {
        const tables = await readTables(file, context)
        if (tables.length === 0)
          context.complain(file, noTable('Source Code System OID, Source Code, Target Code System OID, Target Code'))
        else context.used(file)
        for (const table of tables) addTable(table, file, catalogue, context)
      }
    }
    yield* catalogue.resources()
  },
}

/** What relationships are called; everything else is told and taken as related only. */
const WORDS: Readonly<Record<string, keyof typeof RELATIONSHIPS>> = {
  equivalent: 'equivalent',
  equal: 'equivalent',
  exact: 'equivalent',
  '=': 'equivalent',
  broader: 'broader',
  wider: 'broader',
  'source-is-narrower-than-target': 'broader',
  ntbt: 'broader',
  narrower: 'narrower',
  'source-is-broader-than-target': 'narrower',
  btnt: 'narrower',
  related: 'related',
  'related-to': 'related',
  relatedto: 'related',
  inexact: 'related',
}

interface Side {
  readonly system: string
  readonly systemName?: string
  readonly code: string
  readonly display?: string
}

function addTable(
  { sheet, rows, has, facts, languages }: CatalogueTable,
  file: InputFile,
  catalogue: Catalogue,
  context: ReadContext,
): void {
  const path = sheet === undefined ? {} : { path: `sheet ${sheet}` }
  for (const row of rows) {
    const say = (code: string, sentence: string) =>
      context.complain(file, { code, sentence, next: 'Correct the row.', line: row.line, ...path })
    if (!has.has('sourceCode')) {
      const system = row.get('system') || row.get('systemName') || facts.system || ''
      const language = row.get('language') || context.options.language || ''
      const words = [
        { language, text: row.get('translation') || row.get('display') },
        ...[...languages].map(([tag, column]) => ({ language: tag, text: row.word(column) })),
      ].filter((word) => word.text !== '' && word.language !== '')
      if (row.get('code') === '' || system === '')
        say('terminology-table-row', 'The row has no code or no code system: it is left out.')
      else if (words.length === 0)
        say('terminology-language-missing', 'The row has no words in a language that is named: it is left out.')
      else catalogue.addWords({ system, code: row.get('code'), words })
      continue
    }
    const source = side(row, 'source')
    const target = side(row, 'target')
    if (!source || !target)
      say('terminology-table-row', 'The row lacks a code or a code system of its source or target: it is left out.')
    else {
      const values = { ...Object.fromEntries(FIELDS.map((field) => [field, row.get(field)])) }
      addMapping(catalogue, source, target, values, say)
    }
  }
}

const FIELDS = ['relationship', 'quality', 'status', 'validFrom', 'validTo', 'comment'] as const

function side(row: CatalogueTable['rows'][number], which: 'source' | 'target'): Side | undefined {
  const system = row.get(`${which}System`) || row.get(`${which}SystemName`)
  const code = row.get(`${which}Code`)
  const display = row.get(`${which}Display`)
  const systemName = row.get(`${which}SystemName`)
  if (system === '' || code === '') return undefined
  return { system, code, ...(display !== '' && { display }), ...(systemName !== '' && { systemName }) }
}

function addMapping(
  catalogue: Catalogue,
  source: Side,
  target: Side,
  values: Readonly<Record<string, string>>,
  say: (code: string, sentence: string) => void,
): void {
  const said = (values.relationship ?? '').toLowerCase()
  const relationship = said === '' ? 'equivalent' : WORDS[said]
  if (relationship === undefined)
    say(
      'terminology-relationship-unknown',
      `The relationship "${said.slice(0, 40)}" is none that is known: the codes count as related only.`,
    )
  const properties: Record<string, string> = {}
  for (const [name, key] of [
    ['quality', 'quality'],
    ['status', 'status'],
  ] as const) {
    if (values[name]) properties[key] = values[name]
  }
  for (const [name, key] of [
    ['validFrom', 'valid-from'],
    ['validTo', 'valid-to'],
  ] as const) {
    const day = dayOf(values[name] ?? '')
    if (day !== undefined) properties[key] = day
    else if (values[name])
      say('terminology-date-wrong', `"${values[name].slice(0, 40)}" is no date: the mapping has no limit there.`)
  }
  const mapping: CatalogueMapping = {
    source,
    target,
    relationship: relationship ?? 'related',
    ...(values.comment ? { comment: values.comment } : {}),
    ...(Object.keys(properties).length > 0 && { properties }),
  }
  catalogue.addMapping(mapping)
}

/** `2026-01-31`, `31/01/2026`, `31.1.2026`, or the number of days that a spreadsheet keeps. */
function dayOf(value: string): string | undefined {
  if (value === '') return undefined
  const iso = /^(\d{4}-\d\d-\d\d)/.exec(value)?.[1]
  if (iso !== undefined) return iso
  const [, day, month, year] = /^(\d{1,2})[./](\d{1,2})[./](\d{4})$/.exec(value) ?? []
  if (day !== undefined && month !== undefined) return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  if (!/^\d{5}$/.test(value)) return undefined
  return new Date(Date.UTC(1899, 11, 30 + Number(value))).toISOString().slice(0, 10)
}

async function addJson(file: InputFile, catalogue: Catalogue, context: ReadContext): Promise<void> {
  const json = await readJson(file)
  if (!json.ok) return context.complain(file, { ...json.problem, ...json.problem.place })
  if (!isObject(json.value)) return context.complain(file, noTable('mappings, translations'))
  context.used(file)
  objects(json.value.mappings).forEach((item, index) => {
    const path = `mappings[${index}]`
    const say = (code: string, sentence: string) =>
      context.complain(file, { code, sentence, next: 'Correct it.', path })
    const source = jsonSide(item.source)
    const target = jsonSide(item.target)
    if (!source || !target)
      say('terminology-table-row', 'The mapping lacks a code or a code system of its source or target: it is left out.')
    else
      addMapping(
        catalogue,
        source,
        target,
        Object.fromEntries(FIELDS.map((field) => [field, text(item[field]) ?? ''])),
        say,
      )
  })
  objects(json.value.translations).forEach((item, index) => {
    const [system, code, language, word] = [text(item.system), text(item.code), text(item.language), text(item.text)]
    if (system && code && language && word) catalogue.addWords({ system, code, words: [{ language, text: word }] })
    else {
      const sentence = 'The translation lacks system, code, language or text: it is left out.'
      context.complain(file, {
        code: 'terminology-table-row',
        sentence,
        next: 'Complete it.',
        path: `translations[${index}]`,
      })
    }
  })
}

function jsonSide(value: unknown): Side | undefined {
  const given: JsonObject = isObject(value) ? value : {}
  const [system, code, display, systemName] = [
    text(given.system),
    text(given.code),
    text(given.display),
    text(given.systemName),
  ]
  if (system === undefined || code === undefined) return undefined
  return { system, code, ...(display !== undefined && { display }), ...(systemName !== undefined && { systemName }) }
}
