/** The body (CDA R2 §4.3): sections with their narrative and entries, or a file. */
import type { CompositionSection, Extension } from 'fhir/r4'
import { attribute, child, text, words } from '#platform/xml/access.ts'
import { codeOf, concept } from './datatypes/code.ts'
import { detail } from './datatypes/detail.ts'
import { identifiers } from './datatypes/identity.ts'
import { nullFlavorExtension } from './datatypes/nulls.ts'
import { isAboutRelative } from './entries/family.ts'
import { readLooseEntry, readStatement } from './entries/registry.ts'
import { addFile } from './files.ts'
import { participant } from './header/people.ts'
import { each, every, first, type Located } from './located.ts'
import { narrativeDiv } from './narrative.ts'
import { narrativesOfSection } from './narrative-index.ts'
import { newTrace, type Reading, traceExtensions } from './reading.ts'
import { type Context, isStatement, relate } from './statement.ts'
import { REQUIRED_SECTIONS } from './tables/sections.ts'

const EMPTY_REASON = 'http://terminology.hl7.org/CodeSystem/list-empty-reason'
const NO_TEXT = '<div xmlns="http://www.w3.org/1999/xhtml">—</div>'

export interface ReadBody {
  readonly level: 1 | 3
  readonly sections: CompositionSection[]
}

export function readBody(root: Located, reading: Reading): ReadBody {
  const file = first(root, 'component', 'nonXMLBody')
  if (file !== undefined) return { level: 1, sections: [readFileBody(root, file, reading)] }
  const body = first(root, 'component', 'structuredBody')
  const ids = new Set<string>()
  const sections = each(body, 'component').flatMap((component) =>
    each(component, 'section').flatMap((section) => readSection(section, reading, ids)),
  )
  return { level: 3, sections }
}

/** A section and, after it, the sections inside it: the European patient summary knows no nested ones. */
function readSection(at: Located, whole: Reading, ids: Set<string>): CompositionSection[] {
  const block = child(at.element, 'text')
  const reading = { ...whole, narratives: narrativesOfSection(block, whole.narratives) }
  const code = concept(child(at.element, 'code'), reading)
  const title = words(child(at.element, 'title'))
  const language = codeOf(child(at.element, 'languageCode')) ?? reading.language
  const div = narrativeDiv(block, language, ids)
  const { entries, extension } = readSectionParts(at, reading)
  const section: CompositionSection = {
    extension,
    title:
      title === ''
        ? (code?.coding?.find(({ display }) => display !== undefined)?.display ??
          codeOf(child(at.element, 'code')) ??
          '—')
        : title,
    code,
    text: div === undefined ? { status: 'empty', div: NO_TEXT } : { status: 'additional', div },
    entry: entries.map((reference) => ({ reference })),
  }
  if (block !== undefined && div === undefined) section.extension?.push(...nullFlavorExtension(block))
  // Words without entries are content: only a section that says nothing at all is empty.
  if (entries.length === 0 && div === undefined) {
    section.emptyReason = { coding: [{ system: EMPTY_REASON, code: 'unavailable' }] }
  }
  const inner = each(at, 'component').flatMap((component) => each(component, 'section'))
  return [section, ...inner.flatMap((nested) => readSection(nested, whole, ids))]
}

const SECTION_FIELDS = new Set([
  'code',
  'title',
  'text',
  'entry',
  'component',
  'languageCode',
  'author',
  'informant',
  'templateId',
  'typeId',
  'realmCode',
])

function readSectionParts(at: Located, reading: Reading): { entries: string[]; extension: Extension[] } {
  const trace = newTrace(at.path)
  const group = identifiers(at.element, reading)[0]
  const context: Context = {
    section: codeOf(child(at.element, 'code')) ?? '',
    top: true,
    ...(group === undefined ? {} : { group }),
    ...(isAboutRelative(at) ? { relative: true } : {}),
    read: readStatement,
  }
  for (const name of ['author', 'informant']) {
    for (const part of each(at, name)) {
      const reference = participant(part, reading)
      if (reference !== undefined) relate(trace, name === 'author' ? 'AUT' : 'INF', [reference])
    }
  }
  for (const part of every(at)) {
    const kept = SECTION_FIELDS.has(part.element.name) ? undefined : detail(part.element, reading)
    if (kept !== undefined) trace.details.push(kept)
  }
  trace.others.push(...nullFlavorExtension(at.element))
  return {
    entries: each(at, 'entry').flatMap((entry) => readEntry(entry, reading, context)),
    extension: traceExtensions(trace),
  }
}

function readEntry(entry: Located, reading: Reading, context: Context): string[] {
  const parts = every(entry)
  const statements = parts.filter(({ element }) => isStatement(element))
  if (statements.length === 0) return readLooseEntry(entry, reading)
  return statements.flatMap((statement) => context.read(statement, reading, context))
}

/** nonXMLBody: the document is a file. */
function readFileBody(root: Located, at: Located, reading: Reading): CompositionSection {
  const held = child(at.element, 'text')
  const code = concept(child(root.element, 'code'), reading)
  const title = words(child(root.element, 'title')) || '—'
  const inside = attribute(held, 'representation') === 'B64'
  const base64 = inside ? text(held).replace(/\s+/g, '') : Buffer.from(text(held), 'utf8').toString('base64')
  const url = attribute(child(held, 'reference'), 'value')
  const reference = addFile(reading, newTrace(at.path), {
    identifier: identifiers(root.element, reading),
    contentType: attribute(held, 'mediaType') ?? 'text/plain',
    title,
    ...(reading.language === undefined ? {} : { language: reading.language }),
    ...(code === undefined ? {} : { type: code }),
    ...(url === undefined ? { base64 } : { url }),
  })
  return {
    title,
    code,
    text: { status: 'empty', div: NO_TEXT },
    entry: [{ reference }],
    extension: traceExtensions(newTrace(at.path)),
  }
}

/** Sections that a European patient summary must have and the source lacks: "no information", never "nothing known". */
export function missingSections(sections: readonly CompositionSection[], reading: Reading): CompositionSection[] {
  const present = new Set(sections.flatMap((section) => section.code?.coding?.map(({ code }) => code) ?? []))
  return REQUIRED_SECTIONS.filter(({ code }) => !present.has(code)).map(({ code, display }) => {
    const languages = reading.language === undefined ? [] : [reading.language]
    const term = reading.terminology.designation('http://loinc.org', code, languages)?.term ?? display
    return {
      title: term,
      code: { coding: [{ system: 'http://loinc.org', code, display }] },
      text: { status: 'empty', div: NO_TEXT },
      emptyReason: { coding: [{ system: EMPTY_REASON, code: 'unavailable' }] },
    }
  })
}
