/**
 * A concept → words for the reader. A designation in the reader's language, else the source's own words, marked. Never
 * a guess: when neither exists, the code itself is shown.
 */
import type { Messages } from '#platform/i18n/messages.ts'
import { type Coding, type Concept, concept } from '../fhir/node.ts'
import { absentCode } from './absent.ts'
import { type Build, baseLanguage, designation, say, sourceWords, systemName } from './build.ts'
import type { Inline } from './summary-view.ts'

export interface Term {
  readonly words: Inline
  /** As plain text. */
  readonly text: string
  /** False when the words are the source's in another language than the reader's. */
  readonly translated: boolean
  readonly coded: boolean
  /** The codes behind the words. */
  readonly codings?: readonly Coding[]
  /** The source's own words, when they are in another language than the reader's. */
  readonly original?: string
}

/** The words that the author saw. CDA: originalText, and the innermost (national) translation; FHIR: text, or the display chosen by the user. */
function ownWords(build: Build, { codings, text }: Concept): string | undefined {
  if (text !== undefined) return text
  const chosen = codings.find(({ userSelected, display }) => userSelected && display !== undefined)
  if (chosen) return chosen.display
  const shown = codings.filter(({ display }) => display !== undefined)
  return (build.format === 'cda' ? shown.at(-1) : shown[0])?.display
}

const HL7 = /hl7\.org|^urn:oid:2\.16\.840\.1\.113883\.5\./
const WORD = /^[a-z]/
const LOINC = 'http://loinc.org'

function messageFor(build: Build, system: string, code: string): string | undefined {
  const absent = absentCode(code)
  if (absent) {
    const { text, language } = build.messages.phrase(`summary.absent.${absent.meaning}.${absent.about}`)
    return baseLanguage(language) === baseLanguage(build.reader.language) ? text : undefined
  }
  if (system === LOINC) return inReaderLanguage(build, `summary.section.${code}`)
  // Codes of HL7 itself (status, role, kind) have words in the interface; clinical codes (`…/sid/icd-10`) never do.
  if (system !== '' && (!HL7.test(system) || system.includes('/sid/'))) return undefined
  const named = `summary.code.${system.slice(system.lastIndexOf('/') + 1)}.${code}`
  return (
    inReaderLanguage(build, named) ?? (WORD.test(code) ? inReaderLanguage(build, `summary.code.${code}`) : undefined)
  )
}

/** The name of a document or section as the interface says it: shorter than that of its LOINC code. */
export function sectionName(build: Build, { codings }: Concept): string | undefined {
  for (const { code } of codings) {
    const name = code === '' ? undefined : inReaderLanguage(build, `summary.section.${code}`)
    if (name !== undefined) return name
  }
  return undefined
}

function inReaderLanguage(build: Build, key: string): string | undefined {
  const { text, language } = build.messages.phrase(key)
  if (text === key) return undefined
  return language === build.reader.language || baseLanguage(language) === baseLanguage(build.reader.language)
    ? text
    : undefined
}

function note(build: Build, found: Concept, original: string | undefined): void {
  if (build.quiet) return
  for (const { system, code, display } of found.codings) {
    if (code === '') continue
    const key = `${system}|${code}`
    if (build.untranslated.has(key)) return
    const words = original ?? display ?? code
    build.untranslated.set(key, { code, system, original: words, path: build.path })
    return
  }
}

/** Words for a parsed concept. */
export function termOf(build: Build, found: Concept): Term {
  return { ...wordsFor(build, found), codings: found.codings }
}

function wordsFor(build: Build, found: Concept): Term {
  const original = ownWords(build, found)
  const coded = found.codings.some(({ code }) => code !== '')
  let fallback: { readonly term: string; readonly language: string } | undefined
  for (const { system, code } of found.codings) {
    if (code === '') continue
    const known = designation(build, system, code)
    if (known?.match === 'exact' || (known && baseLanguage(known.language) === baseLanguage(build.reader.language))) {
      return ready(known.term, original, coded)
    }
    fallback ??= known
    const said = messageFor(build, system, code)
    if (said !== undefined) return ready(said, original, coded)
  }
  if (build.sameLanguage && original !== undefined) return ready(original, undefined, coded)
  if (coded) note(build, found, original)
  if (fallback) {
    const { term, language } = fallback
    return {
      words: { kind: 'words', text: term, language },
      text: term,
      translated: false,
      coded,
      ...own(original),
    }
  }
  if (original !== undefined) {
    return { words: sourceWords(build, original), text: original, translated: false, coded, original }
  }
  const first = found.codings[0]
  if (!first) return { words: '–', text: '–', translated: false, coded }
  const { system, code } = first
  return {
    words: { kind: 'coding', code, system, systemName: system ? systemName(build, system) : '' },
    text: code,
    translated: false,
    coded,
  }
}

function own(original: string | undefined): { readonly original?: string } {
  return original === undefined ? {} : { original }
}

function ready(term: string, original: string | undefined, coded: boolean): Term {
  return { words: term, text: term, translated: true, coded, ...own(original) }
}

/** Words for any value that may be a concept: CodeableConcept, Coding, CodeableReference, bare code. */
export function term(build: Build, value: unknown): Term | undefined {
  if (typeof value === 'object' && value !== null) {
    const known = build.terms.get(value)
    if (known) return known
    const found = concept(value)
    const words = found ? termOf(build, found) : undefined
    build.terms.set(value, words)
    return words
  }
  const found = concept(value)
  return found ? termOf(build, found) : undefined
}

/** Words for every concept of an array. */
export function terms(build: Build, value: unknown): readonly Term[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.flatMap((item) => {
    const words = Array.isArray(item) ? terms(build, item) : term(build, item)
    return words ?? []
  })
}

/** Words of codes by field, for one set of messages: the same few dozen come in every row. */
const CODE_WORDS = new WeakMap<Messages, Map<string, Map<string, Inline>>>()

/** Words of a FHIR code (`status`, `intent`, …), from the messages, else the code itself. */
export function codeWords(build: Build, field: string, code: string): Inline {
  let fields = CODE_WORDS.get(build.messages)
  if (!fields) {
    fields = new Map()
    CODE_WORDS.set(build.messages, fields)
  }
  let codes = fields.get(field)
  if (!codes || codes.size > 1000) {
    codes = new Map()
    fields.set(field, codes)
  }
  const known = codes.get(code)
  if (known !== undefined) return known
  const words = findCodeWords(build, field, code)
  codes.set(code, words)
  return words
}

function findCodeWords(build: Build, field: string, code: string): Inline {
  for (const key of [`summary.code.${field}.${code}`, `summary.code.${code}`]) {
    if (build.messages.has(key)) return say(build, key)
  }
  return { kind: 'literal', text: code }
}
