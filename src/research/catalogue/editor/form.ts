/**
 * A record as the values of an HTML form, and back. Names are paths: `title.0.value`, `title.0.language`,
 * `distribution.1.accessUrl.0`, `hdab.contactPoint.email.0.value`. `distribution.1.node` says which node it was before, or is
 * the address of one that is described elsewhere. A list of addresses may also come as one name several times
 * (`healthCategory`), as check boxes send it; an empty value under it says that none is chosen. A field that the form does
 * not have stays as it is.
 */
import type { DescriptionProblem } from '../gate/problem.ts'
import { DATASET_SHAPE, type DatasetRecord } from '../record/dataset-record.ts'
import { dateType } from '../record/literals.ts'
import type { AnyNode, Field, Shape, Text } from '../record/shape.ts'

type Entry = readonly [name: string, value: string]

/** What an empty form is filled with. */
export function formValues(record: DatasetRecord): ReadonlyMap<string, string> {
  return new Map(nodeValues({ ...record }, DATASET_SHAPE, ''))
}

function* nodeValues(record: AnyNode, shape: Shape, at: string): Generator<Entry> {
  if (at !== '' && record.node !== undefined) yield [`${at}node`, record.node]
  for (const [name, field] of Object.entries(shape.fields)) {
    const value = record[name]
    if (value === undefined || value === null) continue
    if (!Array.isArray(value)) yield* fieldValues(value, field, `${at}${name}`)
    else for (const [index, one] of value.entries()) yield* fieldValues(one, field, `${at}${name}.${index}`)
  }
}

function* fieldValues(value: unknown, field: Field, at: string): Generator<Entry> {
  if (field.kind === 'node') yield* nodeValues(value as AnyNode, field.shape, `${at}.`)
  else if (field.kind === 'text') {
    for (const [part, text] of Object.entries(value as Text)) yield [`${at}.${part}`, text]
  } else yield [at, String(value)]
}

/** The name in a form of a field as problems name it: `distribution[0].accessUrl` → `distribution.0.accessUrl`. */
export function formName(field: string): string {
  return field.replace(/\[(\d+)\]/g, '.$1')
}

export interface FormReading {
  readonly record: DatasetRecord
  /** Values that cannot be what their field holds; they are not in the record. */
  readonly problems: readonly DescriptionProblem[]
}

/** More names, or deeper ones, than any description has. */
const MOST_ENTRIES = 20_000
const DEEPEST = 12

/** What somebody has sent, on the record that the form was made of. Names that are none are left out. */
export function readForm(entries: Iterable<readonly [string, unknown]>, before: DatasetRecord): FormReading {
  const root: Branch = { values: [], branches: new Map() }
  let count = 0
  for (const [name, value] of entries) {
    count += 1
    if (count > MOST_ENTRIES) break
    const path = name.split('.')
    // Files of a form are no values of a description.
    if (typeof value === 'string' && path.length <= DEEPEST) branchAt(root, path).values.push(value.trim())
  }
  const reading: Reading = { problems: [], known: new Map() }
  remember(reading, { ...before }, DATASET_SHAPE)
  const record = readNode(reading, root, { ...before }, DATASET_SHAPE, '')
  return {
    record: { ...(record as Partial<DatasetRecord>), node: before.node, rest: before.rest },
    problems: reading.problems,
  }
}

interface Branch {
  readonly values: string[]
  readonly branches: Map<string, Branch>
}

interface Reading {
  readonly problems: DescriptionProblem[]
  /** Nodes of the record before, by name. */
  readonly known: Map<string, AnyNode>
}

function branchAt(root: Branch, path: readonly string[]): Branch {
  let branch = root
  for (const step of path) {
    const next: Branch = branch.branches.get(step) ?? { values: [], branches: new Map() }
    branch.branches.set(step, next)
    branch = next
  }
  return branch
}

function remember({ known, ...rest }: Reading, record: AnyNode, shape: Shape): void {
  if (record.node !== undefined) known.set(record.node, record)
  for (const [name, field] of Object.entries(shape.fields)) {
    if (field.kind !== 'node') continue
    const value = record[name]
    for (const one of Array.isArray(value) ? value : value ? [value] : [])
      remember({ known, ...rest }, one, field.shape)
  }
}

function readNode(reading: Reading, branch: Branch, before: AnyNode, shape: Shape, at: string): AnyNode {
  const record: Record<string, unknown> = { ...before }
  for (const [name, field] of Object.entries(shape.fields)) {
    const own = branch.branches.get(name)
    if (!own) continue
    const path = at === '' ? name : `${at}.${name}`
    const place = { property: field.property, on: shape.type, node: before.node ?? '' }
    const values = partsOf(own, field).flatMap((part, index) => {
      const value = readValue(reading, part, field, { ...place, field: field.many ? `${path}[${index}]` : path })
      return value === undefined ? [] : [value]
    })
    if (values.length === 0) delete record[name]
    else record[name] = field.many ? values : values[0]
  }
  return record
}

/** The values of a field: under numbers, in the order of the numbers, or several under its own name. */
function partsOf(branch: Branch, field: Field): readonly Branch[] {
  const bare = branch.values.map((value): Branch => ({ values: [value], branches: new Map() }))
  if (!field.many) return branch.branches.size > 0 ? [branch] : bare.slice(0, 1)
  const numbered = [...branch.branches].filter(([step]) => /^\d{1,5}$/.test(step))
  return [...numbered.sort(([one], [other]) => Number(one) - Number(other)).map(([, part]) => part), ...bare]
}

type Place = Pick<DescriptionProblem, 'property' | 'on' | 'node' | 'field'>

function readValue(reading: Reading, part: Branch, field: Field, place: Place): unknown {
  if (field.kind === 'node') return readInside(reading, part, field.shape, place.field)
  if (field.kind === 'text') return readText(part)
  const [text = ''] = part.values
  if (text === '') return undefined
  const value = plainValue(field.kind, text)
  if (value !== undefined) return value
  reading.problems.push({ severity: 'violation', ...place, ...EXPECTED[field.kind], value: text })
  return undefined
}

/** A node of which nothing is left is gone, unless it is an address alone: then it is described elsewhere. */
function readInside(reading: Reading, part: Branch, shape: Shape, at: string): AnyNode | undefined {
  const name = part.branches.get('node')?.values[0] ?? ''
  const known = reading.known.get(name)
  const isAddress = plainValue('link', name) !== undefined && !name.startsWith('_:')
  const before: AnyNode = known ?? (isAddress ? { node: name } : {})
  const record = readNode(reading, part, before, shape, at)
  if (!isBare(record)) return record
  if (known) return isBare(known) ? known : undefined
  return isAddress ? { node: name, types: [] } : undefined
}

function isBare(record: AnyNode): boolean {
  return Object.keys(record).every((key) => key === 'node' || key === 'types')
}

function readText({ branches, values }: Branch): Text | undefined {
  const of = (name: string) => branches.get(name)?.values[0] ?? ''
  const value = of('value') || values[0] || ''
  if (value === '') return undefined
  const [language, datatype] = [of('language'), of('datatype')]
  // BCP 47, as far as RDF takes it.
  if (/^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/.test(language)) return { value, language: language.toLowerCase() }
  return datatype === '' ? { value } : { value, datatype }
}

type PlainKind = Exclude<Field['kind'], 'node' | 'text'>

const EXPECTED: Readonly<Record<PlainKind, Pick<DescriptionProblem, 'kind' | 'expected'>>> = {
  link: { kind: 'address-expected' },
  count: { kind: 'datatype', expected: 'xsd:nonNegativeInteger' },
  boolean: { kind: 'datatype', expected: 'xsd:boolean' },
  date: { kind: 'date' },
  decimal: { kind: 'datatype', expected: 'xsd:decimal' },
  duration: { kind: 'datatype', expected: 'xsd:duration' },
}

/** ISO 8601, as XML Schema has it. */
const DURATION = /^P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/

function plainValue(kind: PlainKind, text: string): unknown {
  switch (kind) {
    case 'link':
      return /^_:[\w-]+$/.test(text) || (URL.canParse(text) && !/[\s<>"{}|^`\\]/.test(text)) ? text : undefined
    case 'count':
      return /^\d{1,15}$/.test(text) ? Number(text) : undefined
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined
    case 'date':
      return dateType(text) === undefined ? undefined : text
    case 'decimal':
      return /^[+-]?\d+(\.\d+)?$/.test(text) ? text : undefined
    case 'duration':
      return DURATION.test(text) ? text : undefined
  }
}
