/**
 * How the columns of a list are read: a mapping, in JSON. Those in `data/terminology/list-formats` are built in and told
 * by the header or name of a file; an operator gives another one with `--mapping FILE`. `{...}` below is an example:
 *
 *   {
 *     "id": "hospital-wards",                      a name for it
 *     "title": "Wards of our hospital",
 *     "system": "https://hospital.example/wards",  canonical URL (or urn:oid:…) of the code system
 *     "version": "2026-07", "language": "fr",      of the displays; --version and --language come before them
 *     "encoding": "windows-1252", "delimiter": ";",
 *     "columns": { "code": "Code", "display": ["Label", "Name"], "parent": "Department" },
 *     "designations": [{ "column": "English", "language": "en" }],
 *     "properties": [{ "column": "Beds", "code": "beds", "type": "integer" }],
 *     "inactive": { "column": "State", "values": ["closed"] }
 *   }
 *
 * A column is named by its header (any of several), or by its number from 1 in a list without header.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { ENCODINGS } from '../input/text.ts'

const Column = z.union([z.string().min(1), z.int().min(1), z.array(z.string().min(1)).min(1)])
export type Column = z.infer<typeof Column>

const Mapping = z.strictObject({
  id: z.string().min(1),
  title: z.string().min(1),
  description: z.string().optional(),
  system: z.string().min(1),
  oid: z.string().optional(),
  version: z.string().optional(),
  /** Language of the displays (BCP-47). */
  language: z.string().default('en'),
  copyright: z.string().optional(),
  publisher: z.string().optional(),
  caseSensitive: z.boolean().default(true),
  /** `complete` when the list is the whole system; `supplement` when it only adds words to one. */
  content: z.enum(['complete', 'fragment', 'supplement']).default('complete'),
  encoding: z.enum(ENCODINGS).default('utf-8'),
  /** Default: the one of comma, semicolon, tabulator and bar that the first line has most of. */
  delimiter: z.string().length(1).optional(),
  quoted: z.boolean().default(true),
  header: z.boolean().default(true),
  /** How a file is told from others: by name, or by what its first line looks like (regular expressions). Default: by its header. */
  recognise: z.strictObject({ name: z.string().optional(), line: z.string().optional() }).optional(),
  columns: z.strictObject({
    code: Column,
    display: Column.optional(),
    definition: Column.optional(),
    parent: Column.optional(),
    /** The language of the row's display, for lists with one row for each language. */
    language: Column.optional(),
  }),
  /** What the language column says → BCP-47; without it the column holds BCP-47 tags. */
  languages: z.record(z.string(), z.string()).optional(),
  designations: z
    .array(
      z.strictObject({
        column: Column,
        language: z.string(),
        use: z.string().optional(),
        separator: z.string().optional(),
      }),
    )
    .default([]),
  properties: z
    .array(
      z.strictObject({
        column: Column,
        code: z.string().regex(/^[A-Za-z][\w.-]*$/),
        type: z.enum(['string', 'code', 'boolean', 'integer']).default('string'),
        description: z.string().optional(),
        /** Several values in one cell. */
        separator: z.string().min(1).optional(),
        /** For booleans: what counts as true. */
        true: z.array(z.string()).optional(),
      }),
    )
    .default([]),
  inactive: z.strictObject({ column: Column, values: z.array(z.string()) }).optional(),
  /** Only rows with one of these values. */
  only: z.strictObject({ column: Column, values: z.array(z.string()) }).optional(),
  /** Codes that do not match (a regular expression) are told and left out. */
  codePattern: z.string().optional(),
  /** Letters to take out of a code before it is used (a regular expression), e.g. `[ .]`. */
  codeStrip: z.string().optional(),
  /**
   * Parent by the code itself, when there is no parent column: `lengths` [1, 3, 4, 5, 7] means that the parent of a code
   * of 5 letters is its first 4 (ATC); `longest` the longest shorter code that begins it (ICD-10, EMDN).
   */
  parents: z.union([z.strictObject({ lengths: z.array(z.int().min(1)).min(1) }), z.literal('longest')]).optional(),
})

export type Mapping = z.infer<typeof Mapping>

const FOLDER = join(import.meta.dirname, '..', '..', '..', '..', 'data', 'terminology', 'list-formats')

let builtIn: readonly Mapping[] | undefined

/** The mappings that ship. Throws when one is wrong: that is a broken installation. */
export function builtInMappings(folder = FOLDER): readonly Mapping[] {
  builtIn ??= readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => Mapping.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))))
  return builtIn
}

/** A mapping by the path of its file, or by the id of a built-in one. */
export async function readMapping(named: string): Promise<Result<Mapping, 'terminology-mapping-wrong'>> {
  const known = builtInMappings().find(({ id }) => id === named)
  if (known) return ok(known)
  const place = { file: basename(named) }
  const ids = builtInMappings().map(({ id }) => id)
  let json: unknown
  try {
    json = JSON.parse(await readFile(named, 'utf8'))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return failed(
      'terminology-mapping-wrong',
      `The mapping cannot be read: ${why}.`,
      `Give a JSON file, or one of: ${ids.join(', ')}.`,
      place,
    )
  }
  const mapping = Mapping.safeParse(json)
  if (mapping.success) return ok(mapping.data)
  const [issue] = mapping.error.issues
  const where = issue?.path.join('.') ?? ''
  return failed(
    'terminology-mapping-wrong',
    `The mapping is wrong${where === '' ? '' : ` at ${where}`}: ${issue?.message ?? ''}.`,
    'src/terminology/import/formats/mapping.ts shows one with every field.',
    place,
  )
}
