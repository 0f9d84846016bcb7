/** Makes a concept table, concept by concept: what waits for the end are numbers and each text once. */
import { growingWords } from '../../flat/growing.ts'
import { textPoolBuilder } from '../../flat/text-pool.ts'
import { createFlatFile, type FlatWriter } from '../../flat/write.ts'
import { isDamagedDesignation } from '../../import/resource.ts'
import { type JsonObject, objects } from '../../load/json.ts'
import { type LinkProperty, linkConcepts } from '../concept-links.ts'
import { meaningNames, stateOf } from '../concept-state.ts'
import { definedProperties } from '../fhir-code-system.ts'
import { isValueType, propertiesOf, propertyText, stringOf, walkConcepts } from '../fhir-concepts.ts'
import { ABSTRACT, INACTIVE, MOST_KEYS, type PropertyKey, TABLE_FORMAT, type TableMeta } from './format.ts'
import { languageWordsBuilder } from './words.ts'

export interface ConceptTableBuilder {
  /** Concepts so far, those inside others too. */
  readonly size: number
  /** A `concept` element with what stands inside it. */
  add(element: JsonObject): void
  /** Writes the file, which must not exist. Returns its length in bytes. Throws the system's error. */
  write(file: string): number
}

/** @param resource the CodeSystem: whether case matters, its language, its properties; its concepts are not looked at */
export function conceptTableBuilder(resource: JsonObject): ConceptTableBuilder {
  const folds = resource.caseSensitive === false
  const names = meaningNames(definedProperties(resource))
  const codes = codesBuilder()
  const folded = textPoolBuilder()
  const foldedFirst = growingWords()
  const texts = textPoolBuilder()
  const textOf = (text: string | undefined): number => (text === undefined ? 0 : texts.numberOfText(text) + 1)
  const jsonOf = (value: unknown): number => (value === undefined ? 0 : textOf(JSON.stringify(value)))
  const columns = {
    display: growingWords(),
    definition: growingWords(),
    status: growingWords(),
    more: growingWords(),
    holder: growingWords(),
    flags: growingWords(),
  }
  const designations = designationRows()
  const properties = propertyRows()
  const words = languageWordsBuilder()
  const links: LinkProperty[] = []
  const pending = { concept: growingWords(), parent: growingWords(), code: growingWords() }
  const language = stringOf(resource.language) ?? ''

  const addDesignations = (element: JsonObject, ordinal: number): void => {
    for (const designation of objects(element.designation)) {
      const value = stringOf(designation.value)
      if (value === undefined) continue
      const tag = stringOf(designation.language)
      const { value: _, language: __, use, ...more } = designation
      const text = textOf(value)
      const isUse = typeof use === 'object' && use !== null
      const rest = Object.keys(more).length > 0 ? more : undefined
      designations.add(textOf(tag), isUse ? jsonOf(use) : 0, text, jsonOf(rest))
      // What lost its letters is shown for what it is, and found by nobody.
      if (!isDamagedDesignation(designation)) words.add(tag ?? '', text - 1, ordinal, false)
    }
    designations.end()
  }
  const addProperties = (element: JsonObject, ordinal: number): void => {
    const list = propertiesOf(element)
    for (const property of list) {
      const { code, type, value } = property
      const json = typeof value !== 'string' || type === 'valueCoding'
      properties.add({ code, type, json }, textOf(json ? (JSON.stringify(value) ?? 'null') : value) - 1)
      const isParent = names.parent.has(code)
      if (!isParent && !names.child.has(code)) continue
      pending.concept.push(ordinal)
      pending.parent.push(isParent ? 1 : 0)
      pending.code.push(textOf(propertyText(property)) - 1)
    }
    properties.end()
    const state = stateOf(list, element, names)
    columns.flags.push((state.inactive ? INACTIVE : 0) | (state.abstract ? ABSTRACT : 0))
    columns.status.push(textOf(state.status))
  }
  const addOne = (element: JsonObject, code: string, parent: number): number => {
    const ordinal = codes.add(code)
    if (folds) {
      folded.numberOfText(code.toLowerCase())
      if (folded.size > foldedFirst.length) foldedFirst.push(ordinal)
    }
    const display = stringOf(element.display)
    columns.display.push(textOf(display))
    if (display !== undefined) words.add(language, textOf(display) - 1, ordinal, true)
    columns.definition.push(textOf(stringOf(element.definition)))
    columns.holder.push(parent + 1)
    columns.more.push(jsonOf(furtherOf(element)))
    addDesignations(element, ordinal)
    addProperties(element, ordinal)
    return ordinal
  }
  const writeTo = (writer: FlatWriter): void => {
    const holder = columns.holder.toArray()
    const nested = holder.some((parent) => parent > 0)
    for (let at = 0; at < pending.concept.length; at += 1) {
      const other = codes.locate(texts.text(pending.code.words[at] ?? 0))
      links.push({
        concept: pending.concept.words[at] ?? 0,
        kind: pending.parent.words[at] ? 'parent' : 'child',
        other,
      })
    }
    const linked = linkConcepts(
      Int32Array.from(holder, (parent) => parent - 1),
      links,
    )
    const meta: TableMeta = {
      format: TABLE_FORMAT,
      size: codes.size,
      nested,
      repeated: codes.repeated,
      folded: folds,
      meaning: names.key,
      keys: properties.keys,
      languages: words.languages,
    }
    writer.add('meta', Buffer.from(JSON.stringify(meta), 'utf8'))
    codes.write(writer)
    if (folds) {
      folded.write(writer, 'folded')
      writer.add('folded.first', foldedFirst.toArray())
    }
    for (const name of ['display', 'definition', 'status', 'more'] as const) writer.add(name, columns[name].toArray())
    if (nested) writer.add('holder', holder)
    writer.add('flags', Uint8Array.from(columns.flags.toArray()))
    designations.write(writer)
    properties.write(writer)
    writeLists(writer, 'parents', linked.parents)
    writeLists(writer, 'children', linked.children)
    words.write(writer, texts.text, codes)
    texts.write(writer, 'text')
  }
  return {
    get size() {
      return codes.size
    },
    add(element) {
      walkConcepts([element], addOne)
    },
    write(file) {
      const writer = createFlatFile(file)
      try {
        writeTo(writer)
        return writer.finish()
      } catch (error) {
        writer.abandon()
        throw error
      }
    },
  }
}

/** Elements of the concept that have no array of their own, and lists of which some part has none. */
function furtherOf(element: JsonObject): JsonObject | undefined {
  const { code: _, display: __, definition: ___, concept: ____, designation, property, ...more } = element
  const further: Record<string, unknown> = { ...more }
  if (designation !== undefined && !isPlain(designation, isPlainDesignation)) further.designation = designation
  if (property !== undefined && !isPlain(property, isPlainProperty)) further.property = property
  return Object.keys(further).length === 0 ? undefined : further
}

function isPlain(list: unknown, plain: (item: JsonObject) => boolean): boolean {
  return Array.isArray(list) && objects(list).length === list.length && objects(list).every(plain)
}

function isPlainDesignation({ value, language, use }: JsonObject): boolean {
  const named = language === undefined || stringOf(language) !== undefined
  return stringOf(value) !== undefined && named && (use === undefined || (typeof use === 'object' && use !== null))
}

function isPlainProperty(property: JsonObject): boolean {
  const keys = Object.keys(property)
  return keys.length === 2 && typeof property.code === 'string' && keys.some(isValueType)
}

export interface CodesBuilder {
  readonly size: number
  readonly repeated: boolean
  code(ordinal: number): string
  /** -1 when no concept has the code. Only when all are there. */
  locate(code: string): number
}

function codesBuilder() {
  const pool = textPoolBuilder()
  const numbers = growingWords()
  const first = growingWords()
  const self = {
    get size() {
      return numbers.length
    },
    get repeated() {
      return first.length !== numbers.length
    },
    add(code: string): number {
      const number = pool.numberOfText(code)
      if (number === first.length) first.push(numbers.length)
      numbers.push(number)
      return numbers.length - 1
    },
    code: (ordinal: number) => pool.text(numbers.words[ordinal] ?? 0),
    // A code that is not there becomes the pool's last: its number is beyond `first`.
    locate: (code: string) => {
      const number = pool.numberOfText(code)
      return number < first.length ? (first.words[number] ?? -1) : -1
    },
    write(writer: FlatWriter) {
      pool.write(writer, 'codes')
      writer.add('code.first', first.toArray())
      if (!self.repeated) return
      const next = new Uint32Array(numbers.length)
      const later = new Uint32Array(first.length)
      for (let ordinal = numbers.length - 1; ordinal >= 0; ordinal -= 1) {
        const number = numbers.words[ordinal] ?? 0
        next[ordinal] = later[number] ?? 0
        later[number] = ordinal + 1
      }
      writer.add('code.number', numbers.toArray())
      writer.add('code.next', next)
    },
  }
  return self
}

function designationRows() {
  const starts = growingWords()
  const [language, use, value, more] = [growingWords(), growingWords(), growingWords(), growingWords()]
  starts.push(0)
  return {
    add(tag: number, kind: number, text: number, rest: number) {
      language.push(tag)
      use.push(kind)
      value.push(text)
      more.push(rest)
    },
    end: () => starts.push(value.length),
    write(writer: FlatWriter) {
      writer.add('designation.starts', starts.toArray())
      writer.add('designation.language', language.toArray())
      writer.add('designation.use', use.toArray())
      writer.add('designation.value', value.toArray())
      const rest = more.toArray()
      if (rest.some((text) => text > 0)) writer.add('designation.more', rest)
    },
  }
}

function propertyRows() {
  const starts = growingWords()
  const [key, value] = [growingWords(), growingWords()]
  const keys: PropertyKey[] = []
  const known = new Map<string, number>()
  starts.push(0)
  return {
    keys,
    add(property: PropertyKey, text: number) {
      const name = `${property.type} ${property.json} ${property.code}`
      let number = known.get(name)
      if (number === undefined) {
        number = keys.length
        if (number > MOST_KEYS) throw new Error('A code system with more than 65,000 properties.')
        known.set(name, number)
        keys.push(property)
      }
      key.push(number)
      value.push(text)
    },
    end: () => starts.push(value.length),
    write(writer: FlatWriter) {
      writer.add('property.starts', starts.toArray())
      writer.add('property.key', Uint16Array.from(key.toArray()))
      writer.add('property.value', value.toArray())
    },
  }
}

function writeLists(writer: FlatWriter, name: string, lists: readonly (readonly number[])[]): void {
  const starts = new Uint32Array(lists.length + 1)
  lists.forEach((list, index) => {
    starts[index + 1] = (starts[index] ?? 0) + list.length
  })
  const entries = new Uint32Array(starts[lists.length] ?? 0)
  lists.forEach((list, index) => {
    entries.set(list, starts[index])
  })
  writer.add(`${name}.starts`, starts)
  writer.add(`${name}.entries`, entries)
}
