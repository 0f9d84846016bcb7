/** A concept table in memory that threads share: numbers are looked up, texts become strings when they are asked for. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { type FlatFile, type FlatProblemCode, flatFromShared } from '../../flat/container.ts'
import { openFlat } from '../../flat/open.ts'
import { readTextPool, type TextPool } from '../../flat/text-pool.ts'
import type { JsonObject } from '../../load/json.ts'
import type { FhirProperty } from '../../operations/fhir.ts'
import { type ConceptLinks, type LinkProperty, linkConcepts, linksOf } from '../concept-links.ts'
import { type ConceptState, type MeaningNames, stateOf } from '../concept-state.ts'
import type { ConceptTable } from '../concept-table.ts'
import { propertyText } from '../fhir-concepts.ts'
import { ABSTRACT, INACTIVE, type PropertyKey, TABLE_FORMAT, type TableMeta } from './format.ts'
import { readTableWords } from './words.ts'

/** Reads a table and checks it; the bytes are `shared` for all threads. */
export async function readConceptTable(
  file: string,
): Promise<Result<{ readonly shared: SharedArrayBuffer; readonly table: ConceptTable }, FlatProblemCode>> {
  const flat = await openFlat(file)
  if (!flat.ok) return flat
  const table = tableOf(flat.value, file)
  return table.ok ? ok({ shared: flat.value.shared, table: table.value }) : table
}

/** The table whose bytes another thread has read and checked. */
export function openConceptTable(shared: SharedArrayBuffer): Result<ConceptTable, FlatProblemCode> {
  const flat = flatFromShared(shared)
  return flat.ok ? tableOf(flat.value) : flat
}

function tableOf(flat: FlatFile, file?: string): Result<ConceptTable, FlatProblemCode> {
  // Written by our own import, and its checksum fits.
  const meta = flat.has('meta') ? (JSON.parse(flat.text('meta')) as TableMeta) : undefined
  if (meta?.format === TABLE_FORMAT) return ok(table(flat, meta))
  const sentence = `A compiled code system has format ${meta?.format ?? '?'}; this version of Tessera reads format ${TABLE_FORMAT}.`
  return failed('terminology-flat-version', sentence, 'Import it again.', file === undefined ? undefined : { file })
}

function table(flat: FlatFile, meta: TableMeta): ConceptTable {
  const texts = readTextPool(flat, 'text')
  const codes = readCodes(flat, meta)
  const optional = (name: string) => (flat.has(name) ? flat.words(name) : undefined)
  const [display, definition, status, more] = [
    flat.words('display'),
    flat.words('definition'),
    flat.words('status'),
    flat.words('more'),
  ]
  const holder = optional('holder')
  const flags = flat.bytes('flags')
  const textAt = (column: Uint32Array, row: number): string | undefined => {
    const number = column[row] ?? 0
    return number === 0 ? undefined : texts.text(number - 1)
  }
  const further = (ordinal: number): JsonObject => jsonAt(textAt(more, ordinal))
  const designations = readDesignations(flat, textAt)
  const properties = readProperties(flat, meta, texts)
  const own: ConceptLinks = { parents: readLists(flat, 'parents'), children: readLists(flat, 'children') }
  const holderOf = (ordinal: number) => (holder?.[ordinal] ?? 0) - 1
  const isOwn = (names: MeaningNames) => names.key === meta.meaning

  const self: ConceptTable = {
    size: meta.size,
    nested: meta.nested,
    ...codes,
    display: (ordinal) => textAt(display, ordinal),
    definition: (ordinal) => textAt(definition, ordinal),
    holder: holderOf,
    designations,
    properties: properties.of,
    extensions(ordinal) {
      const { extension } = further(ordinal)
      return Array.isArray(extension) ? extension : []
    },
    state(ordinal, names): ConceptState {
      // A supplement may say that further properties mean it.
      if (!isOwn(names)) return stateOf(properties.of(ordinal), further(ordinal), names)
      const flag = flags[ordinal] ?? 0
      const said = textAt(status, ordinal)
      return {
        inactive: (flag & INACTIVE) !== 0,
        abstract: (flag & ABSTRACT) !== 0,
        ...(said !== undefined && { status: said }),
      }
    },
    links(names) {
      if (isOwn(names)) return own
      const holders = Int32Array.from({ length: meta.size }, (_, ordinal) => holderOf(ordinal))
      return linksOf(linkConcepts(holders, linkProperties(self, names)))
    },
    element: (ordinal) => elementOf(self, ordinal, further(ordinal)),
    matching: properties.matching,
    uses: (property) => meta.keys.some(({ code }) => code === property),
    words: readTableWords(flat, meta.languages),
  }
  return self
}

function jsonAt(text: string | undefined): JsonObject {
  return text === undefined ? {} : (JSON.parse(text) as JsonObject)
}

function* linkProperties(table: ConceptTable, names: MeaningNames): Generator<LinkProperty> {
  for (let concept = 0; concept < table.size; concept += 1) {
    for (const property of table.properties(concept)) {
      const kind = names.parent.has(property.code) ? 'parent' : names.child.has(property.code) ? 'child' : undefined
      if (kind) yield { concept, kind, other: table.locate(propertyText(property)) }
    }
  }
}

function elementOf(table: ConceptTable, ordinal: number, further: JsonObject): JsonObject {
  const display = table.display(ordinal)
  const definition = table.definition(ordinal)
  const designation = table.designations(ordinal)
  const property = table.properties(ordinal).map(({ code, type, value }) => ({ code, [type]: value }))
  return {
    code: table.code(ordinal),
    ...(display !== undefined && { display }),
    ...(definition !== undefined && { definition }),
    ...(designation.length > 0 && { designation }),
    ...(property.length > 0 && { property }),
    ...further,
  }
}

function readCodes(
  flat: FlatFile,
  { size, repeated, folded }: TableMeta,
): Pick<ConceptTable, 'locate' | 'locateFolded' | 'ordinalsOf' | 'code'> {
  const pool = readTextPool(flat, 'codes')
  const first = flat.words('code.first')
  const numbers = repeated ? flat.words('code.number') : undefined
  const next = repeated ? flat.words('code.next') : undefined
  const find = (texts: TextPool, firsts: Uint32Array, code: string): number => {
    const number = texts.numberOf(code)
    return number < 0 ? -1 : (firsts[number] ?? -1)
  }
  const lower = folded ? { pool: readTextPool(flat, 'folded'), first: flat.words('folded.first') } : undefined
  let fallback: ReadonlyMap<string, number> | undefined
  const code = (ordinal: number) => pool.text(numbers ? (numbers[ordinal] ?? 0) : ordinal)
  return {
    code,
    locate: (wanted) => find(pool, first, wanted),
    locateFolded(lowerCase) {
      if (lower) return find(lower.pool, lower.first, lowerCase)
      fallback ??= new Map(
        Array.from({ length: size }, (_, index) => [code(size - 1 - index).toLowerCase(), size - 1 - index]),
      )
      return fallback.get(lowerCase) ?? -1
    },
    ordinalsOf(wanted) {
      const number = pool.numberOf(wanted)
      const start = number < 0 ? undefined : first[number]
      if (start === undefined) return []
      if (!next) return [start]
      const found: number[] = []
      for (let ordinal = start; ordinal >= 0; ordinal = (next[ordinal] ?? 0) - 1) found.push(ordinal)
      return found
    },
  }
}

function readDesignations(flat: FlatFile, textAt: (column: Uint32Array, row: number) => string | undefined) {
  const starts = flat.words('designation.starts')
  const language = flat.words('designation.language')
  const use = flat.words('designation.use')
  const value = flat.words('designation.value')
  const more = flat.has('designation.more') ? flat.words('designation.more') : undefined
  // Few languages and uses, many words.
  const languageAt = remembered((row: number) => textAt(language, row), language)
  const useAt = remembered((row: number) => {
    const text = textAt(use, row)
    return text === undefined ? undefined : (JSON.parse(text) as unknown)
  }, use)
  return (ordinal: number): readonly JsonObject[] => {
    const found: JsonObject[] = []
    const end = starts[ordinal + 1] ?? 0
    for (let row = starts[ordinal] ?? 0; row < end; row += 1) {
      const tag = languageAt(row)
      const kind = useAt(row)
      found.push({
        ...(tag !== undefined && { language: tag }),
        ...(kind !== undefined && { use: kind }),
        value: textAt(value, row) ?? '',
        ...(more && jsonAt(textAt(more, row))),
      })
    }
    return found
  }
}

const MOST_REMEMBERED = 1000

/** What a column says, made once for each of its numbers. */
function remembered<T>(make: (row: number) => T, column: Uint32Array): (row: number) => T {
  const known = new Map<number, T>()
  return (row) => {
    const number = column[row] ?? 0
    const before = known.get(number)
    if (before !== undefined) return before
    const made = make(row)
    if (known.size < MOST_REMEMBERED) known.set(number, made)
    return made
  }
}

function readProperties(flat: FlatFile, { size, keys }: TableMeta, texts: TextPool) {
  const starts = flat.words('property.starts')
  const keyOf = flat.halves('property.key')
  const value = flat.words('property.value')
  const valueAt = (row: number, { json }: PropertyKey): unknown => {
    const text = texts.text(value[row] ?? 0)
    return json ? JSON.parse(text) : text
  }
  const of = (ordinal: number): readonly FhirProperty[] => {
    const found: FhirProperty[] = []
    const end = starts[ordinal + 1] ?? 0
    for (let row = starts[ordinal] ?? 0; row < end; row += 1) {
      const key = keys[keyOf[row] ?? 0]
      if (key) found.push({ code: key.code, type: key.type, value: valueAt(row, key) })
    }
    return found
  }
  /** Every value is looked at once, whoever has it. */
  const matching = (property: string, test: (text: string) => boolean): ((ordinal: number) => boolean) => {
    const verdicts = keys.map(({ code }) => (code === property ? new Map<number, boolean>() : undefined))
    const members = new Uint8Array(size)
    let concept = 0
    for (let row = 0; row < keyOf.length; row += 1) {
      while (row >= (starts[concept + 1] ?? 0)) concept += 1
      const known = verdicts[keyOf[row] ?? 0]
      if (!known || members[concept] === 1) continue
      const number = value[row] ?? 0
      let verdict = known.get(number)
      if (verdict === undefined) {
        const key = keys[keyOf[row] ?? 0] as PropertyKey
        verdict = test(propertyText({ code: property, type: key.type, value: valueAt(row, key) }))
        known.set(number, verdict)
      }
      if (verdict) members[concept] = 1
    }
    return (ordinal) => members[ordinal] === 1
  }
  return { of, matching }
}

function readLists(flat: FlatFile, name: string): (ordinal: number) => readonly number[] {
  const starts = flat.words(`${name}.starts`)
  const entries = flat.words(`${name}.entries`)
  return (ordinal) => [...entries.subarray(starts[ordinal], starts[ordinal + 1])]
}
