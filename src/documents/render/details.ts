/**
 * Everything a resource says, field by field: what the row itself shows and what it does not. The walk knows shapes,
 * not resource types, so that no field of any resource, profile or version can stay invisible.
 */
import { sanitiseHtml } from '#platform/html/sanitise.ts'
import { isFhirDate } from '#platform/i18n/formats.ts'
import type { Phrase } from '#platform/i18n/messages.ts'
import { PRECISION_EXTENSION, writtenDigits } from '../fhir/decimals.ts'
import { isNode, type Node, node, nodes, text } from '../fhir/node.ts'
import { containedIn } from '../fhir/references.ts'
import { SOURCE_EXTENSION } from '../model/clinical-document.ts'
import { attach } from './attachments.ts'
import { type Build, follow, say, shortName, sourceWords, systemName } from './build.ts'
import { fieldLabel, humanised } from './fields.ts'
import { nameOf } from './name-of.ts'
import type { CodingValue, Detail, Inline, Line, Narrative } from './summary-view.ts'
import { numeral, quantity, time } from './values.ts'
import { term } from './words.ts'

/** Fields whose strings are prose in the language of the source. */
const PROSE = new Set([
  'text', 'display', 'description', 'comment', 'note', 'title', 'conclusion', 'name', 'patientInstruction',
  'valueString', 'valueMarkdown', 'series', 'unit', 'summary', 'instruction', 'question', 'answer', 'reason',
]) // biome-ignore format: a list

const DATATYPE: Readonly<Record<string, (build: Build, value: Node, out: Inline[]) => ReadonlySet<string>>> = {
  coding: conceptInline,
  reference: referenceInline,
  quantity: quantityInline,
  coded: codingInline,
  identifier: identifierInline,
}

/** Which datatype an object is, by its fields. */
function shapeOf(value: Node): keyof typeof DATATYPE | undefined {
  if (Array.isArray(value.coding)) return 'coding'
  if (typeof value.reference === 'string') return 'reference'
  if (typeof value.value === 'number') return 'quantity'
  if (typeof value.value === 'string' && typeof value.system === 'string' && value.system.includes(':'))
    return 'identifier'
  if (typeof value.code === 'string' && (typeof value.system === 'string' || typeof value.display === 'string')) {
    return 'coded'
  }
  return undefined
}

const CONCEPT_FIELDS = new Set(['coding', 'text'])
const CODING_FIELDS = new Set(['code', 'system', 'display'])
const REFERENCE_FIELDS = new Set(['reference', 'display'])
const IDENTIFIER_FIELDS = new Set(['system', 'value'])
const QUANTITY_FIELDS = new Set(['value', 'comparator', 'unit', 'system', 'code'])
const PRECISE_QUANTITY_FIELDS = new Set([...QUANTITY_FIELDS, '_value'])

export function codingValue(build: Build, coding: Node): CodingValue {
  const system = text(coding.system) ?? ''
  const display = text(coding.display)
  return {
    kind: 'coding',
    code: text(coding.code) ?? '',
    system,
    systemName: system === '' ? '' : systemName(build, system),
    ...(display === undefined ? {} : { display }),
    ...(build.sameLanguage ? {} : { language: build.source }),
  }
}

function codingInline(build: Build, value: Node, out: Inline[]): ReadonlySet<string> {
  out.push(codingValue(build, value))
  return CODING_FIELDS
}

function conceptInline(build: Build, value: Node, out: Inline[]): ReadonlySet<string> {
  const words = term(build, value)
  const start = out.length
  if (words?.translated && words.original !== undefined && words.original !== words.text) out.push(words.words)
  const own = text(value.text)
  const codings = nodes(value.coding)
  if (own !== undefined && !codings.some(({ display }) => display === own)) {
    if (out.length > start) out.push(' · ')
    out.push(sourceWords(build, own))
  }
  for (const coding of codings) {
    if (out.length > start) out.push(' · ')
    out.push(codingValue(build, coding))
    extra(build, coding, CODING_FIELDS, out)
  }
  return CONCEPT_FIELDS
}

function referenceInline(build: Build, value: Node, out: Inline[]): ReadonlySet<string> {
  const reference = text(value.reference) ?? ''
  const target = reference.startsWith('#')
    ? containedIn(build.entry?.resource ?? {}, reference)
    : follow(build, reference)
  const display = text(value.display)
  const anchor = target ? build.anchors.get(target) : undefined
  const name = target ? nameOf(build, target) : undefined
  const shown = display ?? name ?? reference
  const language = build.sameLanguage ? {} : { language: build.source }
  if (anchor !== undefined) out.push({ kind: 'link', href: `#${anchor}`, text: shown, ...language })
  else {
    if (display !== undefined) out.push(sourceWords(build, display), ' ')
    out.push({ kind: 'literal', text: reference })
  }
  return REFERENCE_FIELDS
}

/** Identifiers are written `system|value`, as everywhere in the house. */
function identifierInline(_build: Build, value: Node, out: Inline[]): ReadonlySet<string> {
  out.push({ kind: 'literal', text: `${text(value.system) ?? ''}|${text(value.value) ?? ''}` })
  return IDENTIFIER_FIELDS
}

function quantityInline(build: Build, value: Node, out: Inline[]): ReadonlySet<string> {
  out.push(...(quantity(build, value) ?? []))
  const code = text(value.code)
  const written = text(value.unit)
  const system = text(value.system)
  if (code !== undefined && code !== written) out.push(' ', { kind: 'literal', text: code })
  if (written !== undefined && !out.includes(written)) out.push(' ', { kind: 'literal', text: written })
  if (system !== undefined) systemName(build, system)
  return isPrecisionOnly(build, value._value) ? PRECISE_QUANTITY_FIELDS : QUANTITY_FIELDS
}

/** Whether the shadow of a number says nothing but its digits, which the number itself shows. */
function isPrecisionOnly(build: Build, shadow: unknown): boolean {
  const own = node(shadow)
  if (!own || Object.keys(own).length !== 1) return false
  const all = nodes(own.extension)
  if (!all.every(({ url }) => url === PRECISION_EXTENSION)) return false
  build.systems.set(PRECISION_EXTENSION, shortName(PRECISION_EXTENSION))
  return true
}

/** Fields of a datatype beyond the usual, in brackets. */
function extra(build: Build, value: Node, known: ReadonlySet<string>, out: Inline[]): void {
  let opened = false
  for (const key in value) {
    if (known.has(key)) continue
    out.push(opened ? ', ' : ' (', labelInline(build, fieldLabel(build.messages, undefined, key)), ' ')
    opened = true
    inline(build, key, value[key], out)
  }
  if (opened) out.push(')')
}

function labelInline(build: Build, label: Phrase): Inline {
  return label.language === build.reader.language
    ? label.text
    : { kind: 'words', text: label.text, language: label.language }
}

function primitive(build: Build, key: string, value: string | number | boolean): Inline {
  if (typeof value === 'number') return numeral(build, String(value))
  if (typeof value === 'boolean') return say(build, value ? 'summary.yes' : 'summary.no')
  if (isFhirDate(value) && !PROSE.has(key)) return time(build, value)
  if (PROSE.has(key)) return sourceWords(build, value)
  return { kind: 'literal', text: value }
}

/** Any value on one line. Objects that are no known datatype become `label value, label value`. */
function inline(build: Build, key: string, value: unknown, out: Inline[]): void {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    out.push(primitive(build, key, value))
  } else if (Array.isArray(value)) {
    value.forEach((item: unknown, position) => {
      if (position > 0) out.push(' · ')
      inline(build, key, item, out)
    })
  } else if (isNode(value)) {
    const shape = shapeOf(value)
    if (shape !== undefined) {
      const known = DATATYPE[shape]?.(build, value, out) ?? CONCEPT_FIELDS
      extra(build, value, known, out)
      return
    }
    let first = true
    for (const child in value) {
      if (!first) out.push(' · ')
      first = false
      out.push(labelInline(build, labelFor(build, undefined, child, value)), ' ')
      inlineField(build, value, child, out)
    }
  }
}

function inlineField(build: Build, parent: Node, key: string, out: Inline[]): void {
  const value = parent[key]
  if (key === 'div' && typeof value === 'string') out.push(narrative(build, value))
  else if (typeof value === 'number') out.push(numeral(build, writtenDigits(parent, key) ?? String(value)))
  else if (key === 'url' && typeof value === 'string') {
    out.push({ kind: 'literal', text: shortName(value) })
    if (!build.systems.has(value)) build.systems.set(value, shortName(value))
  } else inline(build, key, value, out)
}

function labelFor(build: Build, parent: Phrase | undefined, key: string, holder: Node): Phrase {
  if ((key === 'extension' || key === 'modifierExtension') && parent) return parent
  return fieldLabel(build.messages, holder === undefined ? undefined : parent, key)
}

/** Narrative of the source, made safe, in the language that its div states. */
export function narrative(build: Build, div: string): Narrative {
  const said = /^\s*<div[^>]*?\s(?:xml:)?lang\s*=\s*["']([A-Za-z][\w-]*)["']/.exec(div.slice(0, 400))?.[1]
  return { kind: 'narrative', html: sanitiseHtml(div), language: said?.replace('_', '-') ?? build.source }
}

/** Whether a value reads well on one line: primitives, known datatypes, and objects of only these. */
function isFlat(value: unknown, depth = 0): boolean {
  if (!isNode(value)) return !Array.isArray(value) || value.every((item: unknown) => isFlat(item, depth))
  if (shapeOf(value) !== undefined) return true
  if (depth > 1) return false
  for (const key in value) if (key === 'extension' || key === 'div' || !isFlat(value[key], depth + 1)) return false
  return true
}

/** Where a resource stands in its CDA source, and the codes that the source spent on its structure, on one line. */
function sourceDetail(build: Build, parent: Phrase | undefined, value: Node, out: Detail[]): void {
  const content: Inline[] = []
  const quiet = build.quiet
  build.quiet = true
  for (const part of nodes(value.extension)) {
    if (content.length > 0) content.push(' · ')
    if (part.url === 'path' && typeof part.valueString === 'string')
      content.push({ kind: 'literal', text: part.valueString })
    else for (const key in part) if (key !== 'url') inline(build, key, part[key], content)
  }
  build.quiet = quiet
  build.systems.set(SOURCE_EXTENSION, SOURCE_EXTENSION)
  out.push({ label: fieldLabel(build.messages, parent, 'sourcePath'), content })
}

function extensionDetail(build: Build, parent: Phrase | undefined, value: Node, out: Detail[]): void {
  const url = text(value.url) ?? ''
  if (url === SOURCE_EXTENSION) {
    sourceDetail(build, parent, value, out)
    return
  }
  const name = shortName(url)
  const quiet = build.quiet
  build.quiet ||= url.startsWith('urn:tessera:')
  if (url !== '' && !build.systems.has(url)) build.systems.set(url, name)
  const label = fieldLabel(build.messages, parent, name)
  for (const key in value) {
    if (key === 'url') continue
    if (key === 'extension') for (const inner of nodes(value.extension)) extensionDetail(build, label, inner, out)
    else field(build, label, value, key, out, true)
  }
  build.quiet = quiet
}

/** One field of an object, as one or several details. `sameLabel`: the field is a value without a name of its own. */
function field(
  build: Build,
  parent: Phrase | undefined,
  holder: Node,
  key: string,
  out: Detail[],
  sameLabel = false,
): void {
  const value = holder[key]
  if (value === null || value === undefined) return
  if (key === 'extension' || key === 'modifierExtension') {
    for (const extension of nodes(value)) extensionDetail(build, parent, extension, out)
    return
  }
  const label = sameLabel && parent ? parent : fieldLabel(build.messages, parent, key)
  if (typeof value === 'string' && key !== 'div') {
    out.push({ label, content: [primitive(build, key, value)] })
    return
  }
  if (isNode(value)) {
    object(build, label, value, out, key)
    return
  }
  const items: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (!isNode(items[0]) && items.every((item) => !isNode(item) && !Array.isArray(item))) {
    const content: Inline[] = []
    if (key === 'div' && typeof value === 'string') content.push(narrative(build, value))
    else if (typeof value === 'number') content.push(numeral(build, writtenDigits(holder, key) ?? String(value)))
    else inline(build, key, value, content)
    out.push({ label, content })
    return
  }
  for (const item of items) object(build, label, item, out, key)
}

function object(build: Build, label: Phrase, item: unknown, out: Detail[], key: string): void {
  if (Array.isArray(item)) {
    for (const inner of item) object(build, label, inner, out, key)
    return
  }
  if (!isNode(item)) {
    const content: Inline[] = []
    inline(build, key, item, content)
    if (content.length > 0) out.push({ label, content })
    return
  }
  if (typeof item.contentType === 'string' || (typeof item.data === 'string' && item.data.length > 200)) {
    out.push({ label, content: attach(build, item) })
    const rest = Object.fromEntries(Object.entries(item).filter(([name]) => name !== 'data'))
    for (const name in rest) field(build, label, rest, name, out)
    return
  }
  if (isFlat(item)) {
    const content: Inline[] = []
    inline(build, key, item, content)
    if (content.length > 0) out.push({ label, content })
    return
  }
  const shape = shapeOf(item)
  let known: ReadonlySet<string> | undefined
  if (shape !== undefined) {
    const content: Inline[] = []
    known = DATATYPE[shape]?.(build, item, content)
    out.push({ label, content })
  }
  for (const name in item) if (!known?.has(name)) field(build, label, item, name, out)
}

/** Fields that say nothing about health; they stand last. */
const TECHNICAL: ReadonlySet<string> = new Set([
  'resourceType',
  'text',
  'identifier',
  'extension',
  'id',
  'meta',
  'implicitRules',
  'language',
])

/** Every field of a resource. `without`: fields that are shown elsewhere in full. */
export function details(
  build: Build,
  resource: Node,
  without?: ReadonlySet<string>,
  prefix?: Phrase,
): readonly Detail[] {
  const out: Detail[] = []
  const isFile = resource.resourceType === 'Binary'
  if (isFile) out.push({ label: fieldLabel(build.messages, prefix, 'attachment'), content: attach(build, resource) })
  for (const key in resource) {
    if (isFile && key === 'data') continue
    if (!TECHNICAL.has(key) && !without?.has(key)) field(build, prefix, resource, key, out)
  }
  for (const key of TECHNICAL) {
    if (resource[key] === undefined || key === 'resourceType' || without?.has(key)) continue
    if (key === 'meta') meta(build, prefix, node(resource.meta), out)
    else field(build, prefix, resource, key, out)
  }
  return out
}

/** Profiles by their short names (addresses are in the list of the page), the rest as usual. */
function meta(build: Build, prefix: Phrase | undefined, value: Node | undefined, out: Detail[]): void {
  if (!value) return
  const profiles = (Array.isArray(value.profile) ? value.profile : [value.profile]).filter(
    (profile): profile is string => typeof profile === 'string',
  )
  if (profiles.length > 0) {
    const content: Line = profiles.flatMap((profile, position) => {
      if (!build.systems.has(profile)) build.systems.set(profile, shortName(profile))
      const shown: Inline = { kind: 'literal', text: shortName(profile) }
      return position > 0 ? [' · ', shown] : [shown]
    })
    out.push({ label: fieldLabel(build.messages, prefix, 'profile'), content })
  }
  for (const key in value) if (key !== 'profile') field(build, prefix, value, key, out)
}

export { humanised }
