/** What all rows have in common: the parts that a kind of resource fills in, and the row made of them. */

import type { Phrase } from '#platform/i18n/messages.ts'
import { choice, concept, type Node, nodes, text } from '../../fhir/node.ts'
import { absentCode } from '../absent.ts'
import { type Build, lowered, marked, say, sourceWords, systemName } from '../build.ts'
import { details } from '../details.ts'
import { nameOf } from '../name-of.ts'
import type { Detail, Inline, Line, Row, RowFate, Tag, Trend } from '../summary-view.ts'
import { plain } from '../values.ts'
import { codeWords, type Term, term, terms } from '../words.ts'

/** The face of a row; details, anchor and fate are added by `rowOf`. */
export interface Face {
  readonly term: Term
  /** What belongs to the name: the strength of a medicine. */
  readonly suffix?: Line
  readonly tags: readonly Tag[]
  readonly subs: readonly Line[]
  readonly second: readonly Line[]
  /** Words of the source besides those of `term`. */
  readonly original: readonly Line[]
  readonly trend?: Trend
  /** `none` for what is no statement about health, like a person. */
  readonly fate?: RowFate
  /** Resources whose fields are shown as part of this row (medication, device, further observations). */
  readonly parts?: readonly Node[]
}

export const NO_TERM: Term = { words: '–', text: '–', translated: true, coded: false }

/** The first concept among fields, in words. */
export function firstTerm(build: Build, resource: Node, fields: readonly string[]): Term | undefined {
  for (const field of fields) {
    const found = terms(build, resource[field])[0]
    if (found) return found
  }
  return undefined
}

/** A sub line `label words, words` of all concepts of a field. */
export function conceptLine(build: Build, label: string | undefined, value: unknown): Line[] {
  const words = terms(build, value).map((found) => found.words)
  if (words.length === 0) return []
  const line: Inline[] = label === undefined ? [] : [label, ' ']
  words.forEach((one, position) => {
    if (position > 0) line.push(', ')
    line.push(one)
  })
  return [line]
}

/** Words of a status field that may be a code (R4) or a concept. */
export function statusTag(build: Build, field: string, value: unknown, tone: Tag['tone']): Tag[] {
  if (typeof value === 'string') return value === '' ? [] : [{ text: codeWords(build, field, value), tone }]
  const known = STATUS_SITUATION[statusCode(value) ?? '']
  if (known !== undefined) return [{ text: codeWords(build, field, known), tone }]
  const words = term(build, value)
  return words ? [{ text: lowered(build, words.words), tone }] : []
}

/** Status codes of eHDSI (SNOMED CT, eHDSIStatusCode) → the FHIR codes that the interface has words for. */
const STATUS_SITUATION: Readonly<Record<string, string>> = {
  '55561003': 'active',
  '73425007': 'inactive',
  '413322009': 'resolved',
  '723506003': 'resolved',
  '277022003': 'remission',
}

/** The bare code of a status, whatever its shape. */
export function statusCode(value: unknown): string | undefined {
  return typeof value === 'string' ? value : concept(value)?.codings[0]?.code
}

export function originalOf(build: Build, ...terms: readonly (Term | undefined)[]): Line[] {
  const seen = new Set<string>()
  const lines: Line[] = []
  for (const one of terms) {
    const words = one?.original
    if (words === undefined || seen.has(words)) continue
    seen.add(words)
    lines.push([sourceWords(build, words)])
  }
  return lines
}

export function proseLines(build: Build, ...values: readonly unknown[]): Line[] {
  return values.flatMap((value) => {
    const words = text(value)
    return words === undefined ? [] : [[sourceWords(build, words)]]
  })
}

export function noteLines(build: Build, value: unknown): Line[] {
  return nodes(value).flatMap((note) => proseLines(build, note.text))
}

function fateOf(face: Face): RowFate {
  if (face.fate) return face.fate
  if (face.term === NO_TERM) return 'none'
  if (!face.term.coded) return 'text'
  return face.term.translated ? 'translated' : 'original-language'
}

const NOT_REPEATED: ReadonlySet<string> = new Set(['contained'])
const NOT_REPEATED_NOR_ID: ReadonlySet<string> = new Set(['contained', 'id'])
const ENTRY_SHOWN = new Set(['resource'])

function typeLabel(build: Build, resource: Node): Phrase {
  const type = text(resource.resourceType) ?? ''
  const key = `summary.type.${type}`
  return build.messages.has(key) ? build.messages.phrase(key) : { text: type, language: 'en' }
}

/** All fields of a resource, of what it contains, and of its entry. */
export function allDetails(build: Build, resource: Node, prefix?: Phrase, shown?: ReadonlySet<string>): Detail[] {
  const entry = build.entries.get(resource)
  const id = text(resource.id)
  // The full URL of the entry ends with the id: one line is enough.
  const repeated = id !== undefined && entry?.fullUrl.endsWith(id) ? NOT_REPEATED_NOR_ID : NOT_REPEATED
  const without = shown ? new Set([...shown, ...repeated]) : repeated
  const out: Detail[] = [...details(build, resource, without, prefix)]
  for (const contained of nodes(resource.contained)) {
    out.push(...details(build, contained, undefined, typeLabel(build, contained)))
  }
  const raw = entry ? build.raw[entry.index] : undefined
  if (raw) out.push(...details(build, raw, ENTRY_SHOWN, prefix))
  return out
}

function codesOf(build: Build, { codings = [] }: Term): string[] {
  const named = codings.flatMap(({ system, code }) =>
    code === '' ? [] : [system === '' ? code : `${systemName(build, system)} ${code}`],
  )
  return [...new Set(named)]
}

export function headingOf({ term, suffix = [] }: Face): Line {
  return suffix.length > 0 ? [term.words, ' ', ...suffix] : [term.words]
}

/** Lines that say something new: neither what `seen` says already nor a part of it. */
function fresh(lines: readonly Line[], seen: string[]): Line[] {
  return lines.filter((line) => {
    const words = plain(line).trim().toLowerCase()
    if (words === '' || seen.includes(words)) return false
    seen.push(words)
    return true
  })
}

/** No line of a row is said twice; an ingredient named in the original name of its product is not named again. */
function linesOf(build: Build, face: Face): Pick<Row, 'subs' | 'second' | 'original'> {
  if (face.fate === 'none') return { subs: face.subs, second: face.second, original: face.original }
  const seen = [plain(headingOf(face)).toLowerCase(), ...(face.term.translated ? [] : [face.term.text.toLowerCase()])]
  const second = fresh(face.second, seen)
  const subs = fresh(face.subs, seen)
  if (build.sameLanguage) return { subs, second, original: [] }
  const original = fresh([...originalOf(build, face.term), ...face.original], seen)
  const whole = original.map((line) => plain(line).toLowerCase())
  const own = original.filter((_, at) => !whole.some((other, place) => place < at && other.includes(whole[at] ?? '')))
  const inSecond = marked(build, second)
  return { second: inSecond, subs: inSecond === second ? marked(build, subs) : subs, original: own }
}

/** Parts that are statements of their own (the reason of a treatment) have their own fate. */
function partFate(build: Build, part: Node, face: Face): RowFate {
  const own = part.resourceType === 'Observation' ? term(build, part.valueCodeableConcept) : undefined
  if (!own) return fateOf(face)
  return own.coded ? (own.translated ? 'translated' : 'original-language') : 'text'
}

/** The row of a resource. `level` 1: a result below its report. */
export function rowOf(build: Build, resource: Node, face: Face, level = 0): Row {
  const absent = face.term.codings?.some(({ code }) => absentCode(code) !== undefined) ?? false
  const own = allDetails(build, resource)
  const entry = build.entry
  const parts: { readonly id: string; readonly fate: RowFate }[] = []
  for (const part of face.parts ?? []) {
    const label = typeLabel(build, part)
    const id = build.anchors.get(part)
    const name = nameOf(build, part)
    own.push({
      ...(id === undefined ? {} : { id }),
      label,
      content: name === undefined ? [] : [sourceWords(build, name)],
    })
    if (id !== undefined) parts.push({ id, fate: partFate(build, part, face) })
    build.entry = build.entries.get(part)
    own.push(...allDetails(build, part))
    build.entry = entry
  }
  const lines = linesOf(build, face)
  const isNameless = face.term === NO_TERM
  return {
    id: build.anchors.get(resource) ?? '',
    type: text(resource.resourceType) ?? '',
    term: isNameless ? [say(build, 'summary.nameless')] : headingOf(face),
    ...(isNameless ? { isNameless } : {}),
    // An allergy that does not exist is not `active`, nor is a statement that says nothing.
    tags: absent || isNameless ? [] : face.tags,
    subs: lines.subs,
    second: lines.second,
    ...(face.trend ? { trend: face.trend } : {}),
    original: lines.original,
    fate: fateOf(face),
    codes: codesOf(build, face.term),
    details: own,
    ...(parts.length > 0 ? { parts } : {}),
    level,
  }
}

/** The resource that a field refers to, contained or in the bundle. */
export function targetOf(build: Build, resource: Node, value: unknown): Node | undefined {
  const item = nodes(value)[0]
  const reference = text(item?.reference)
  if (reference === undefined) return undefined
  if (reference.startsWith('#')) {
    const id = reference.slice(1)
    return nodes(resource.contained).find((inner) => text(inner.id) === id || text(inner.id) === reference)
  }
  return build.index.find(reference, build.entry)?.resource
}

export function hasChoice(resource: Node, prefix: string): boolean {
  return choice(resource, prefix) !== undefined
}
