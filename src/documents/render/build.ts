/** The state of making one view: who reads, what the document says of itself, and what was noted on the way. */
import type { Messages } from '#platform/i18n/messages.ts'
import type { Designation, Terminology } from '#terminology/terminology.ts'
import type { Node } from '../fhir/node.ts'
import type { Entry, EntryIndex } from '../fhir/references.ts'
import type { Untranslated } from '../model/account.ts'
import type { Attachment, Inline, Line, Mark, Words } from './summary-view.ts'
import type { Term } from './words.ts'

/** For whom a document is shown. */
export interface Reader {
  readonly language: string
  /** Further languages the reader reads, in order of wish. */
  readonly alternatives?: readonly string[]
  readonly terminology: Terminology
  readonly messages: Messages
  readonly now: Date
}

export interface Build {
  readonly reader: Reader
  readonly messages: Messages
  readonly terminology: Terminology
  readonly languages: readonly string[]
  readonly designations: Designations
  /** BCP-47 of the source, '' when unknown. */
  readonly source: string
  readonly sameLanguage: boolean
  /** Nouns of the reader's language are written with capitals. */
  readonly german: boolean
  readonly format: 'cda' | 'fhir'
  readonly index: EntryIndex
  /** Entry of each resource of the bundle. */
  readonly entries: ReadonlyMap<Node, Entry>
  /** The raw entries of the bundle, by index. */
  readonly raw: readonly Node[]
  /** Resource → anchor of the row that shows it. */
  readonly anchors: Map<Node, string>
  /** Section of the Composition → anchor of its section in the page. */
  readonly sectionAnchors: Map<Node, string>
  /** Resources that a section lists. */
  readonly listed: Set<Node>
  /** Address → name shown for it. */
  readonly systems: Map<string, string>
  readonly untranslated: Map<string, Untranslated>
  readonly attachments: Attachment[]
  /** Words found for concepts and names found for resources, by the object in the model. */
  readonly terms: Map<object, Term | undefined>
  readonly names: Map<Node, string | undefined>
  /** Resources that have a row already. */
  readonly placed: Set<Node>
  /** Path of the resource at hand, for the list of untranslated codes. */
  path: string
  /** What is read now says how the document was made or how its source was built: no words are missed there. */
  quiet: boolean
  entry: Entry | undefined
}

export function baseLanguage(tag: string): string {
  const dash = tag.indexOf('-')
  return (dash < 0 ? tag : tag.slice(0, dash)).toLowerCase()
}

/** Words of the source: marked with their language unless it is the reader's. */
export function sourceWords(build: Build, text: string): Inline {
  return build.sameLanguage ? text : { kind: 'words', text, language: build.source }
}

/** Words of the interface: plain when found in the reader's language, marked when they fell back to English. */
export function say(build: Build, key: string, parameters?: Readonly<Record<string, string | number>>): Inline {
  const { text, language } = build.messages.phrase(key, parameters)
  return baseLanguage(language) === baseLanguage(build.reader.language) ? text : { kind: 'words', text, language }
}

export function isWords(inline: Inline): inline is Words {
  return typeof inline !== 'string' && inline.kind === 'words'
}

/** The mark of words in a language (BCP-47, '' when unknown): `en portugais`. */
export function markOf(build: Build, language: string): Mark {
  const name = language === '' ? undefined : build.messages.formats.languageName(baseLanguage(language))
  const text =
    name === undefined
      ? build.messages.text('summary.tag.untranslated')
      : build.messages.text('summary.tag.inLanguage', { language: name })
  return { kind: 'mark', text }
}

/** Lines with the mark after the first of them that holds words in another language than the reader's. */
export function marked(build: Build, lines: readonly Line[]): readonly Line[] {
  const reader = baseLanguage(build.reader.language)
  const position = lines.findIndex((line) => line.some((one) => isWords(one) && baseLanguage(one.language) !== reader))
  const line = lines[position]
  const words = line?.find((one) => isWords(one) && baseLanguage(one.language) !== reader)
  if (!line || !words || !isWords(words)) return lines
  return lines.map((one) => (one === line ? [...line, markOf(build, words.language)] : one))
}

/** Words inside a sentence: `Voie orale` → `voie orale`, but `ARN` and German nouns stay. */
export function lowered(build: Build, words: Inline): Inline {
  if (typeof words !== 'string' || build.german || !/^\p{Lu}\p{Ll}/u.test(words)) return words
  return words.charAt(0).toLocaleLowerCase(build.reader.language) + words.slice(1)
}

/** Designations by system and code. */
export type Designations = Map<string, Map<string, Designation | null>>

/** Designations by terminology and languages: the same few hundred codes come in every document. */
const KNOWN = new WeakMap<Terminology, Map<string, Designations>>()
const KEPT = 20_000

/** The designations that are known already for these languages; one map for many documents. */
export function knownDesignations(terminology: Terminology, languages: readonly string[]): Designations {
  const wish = languages.join(' ')
  const byLanguages = KNOWN.get(terminology) ?? new Map<string, Designations>()
  KNOWN.set(terminology, byLanguages)
  const known = byLanguages.get(wish)
  let size = 0
  if (known) for (const codes of known.values()) size += codes.size
  if (known && size < KEPT) return known
  const fresh: Designations = new Map()
  byLanguages.set(wish, fresh)
  return fresh
}

export function designation(build: Build, system: string, code: string): Designation | undefined {
  let codes = build.designations.get(system)
  if (!codes) {
    codes = new Map()
    build.designations.set(system, codes)
  }
  const cached = codes.get(code)
  if (cached !== undefined) return cached ?? undefined
  const found = build.terminology.designation(system, code, build.languages)
  codes.set(code, found ?? null)
  return found
}

/** Name of a code system or other address for the page, noted in its list of addresses. */
export function systemName(build: Build, url: string): string {
  const known = build.systems.get(url)
  if (known !== undefined) return known
  const name = build.terminology.systemName(url) ?? shortName(url)
  build.systems.set(url, name)
  return name
}

/** Last part of an address that a person can read: `…/CodeSystem/condition-clinical` → `condition-clinical`. */
export function shortName(url: string): string {
  if (url.startsWith('urn:')) return url
  const known = SHORT.get(url)
  if (known !== undefined) return known
  const name = url.split(/[/#]/).findLast((part) => part !== '') ?? url
  if (SHORT.size >= KEPT) SHORT.clear()
  SHORT.set(url, name)
  return name
}

const SHORT = new Map<string, string>()

/** Follows a reference from the resource at hand. */
export function follow(build: Build, reference: string | undefined): Node | undefined {
  return reference === undefined ? undefined : build.index.find(reference, build.entry)?.resource
}
