/**
 * Designations as XLIFF 2.1 (OASIS Standard, 13 February 2018) for translation tools: one document a language, one file
 * element a code system, one unit an entry.
 */
import { createHash } from 'node:crypto'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { attribute, child, children, elements, text, words } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import { escapeAttribute, escapeText } from '#platform/xml/serialise.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { WorkRow } from './importing.ts'
import type { WorkEntry, WorkStatus } from './work.ts'

/** 2.1 kept the namespace of 2.0 (§4.1). */
const NAMESPACE = 'urn:oasis:names:tc:xliff:document:2.0'

/** A concept that has no term yet in the language. */
export interface Untranslated {
  readonly system: string
  readonly code: string
  readonly original: string
}

export interface XliffExportOptions {
  /** BCP-47: language of what translators start from, and the language they write. */
  readonly sourceLanguage: string
  readonly targetLanguage: string
  /** How the source of new terms is named to readers; kept in the file for its way back. */
  readonly source: string
}

/** Entries of other languages and kinds are passed over. Empty text when there is nothing to translate: a file needs a unit. */
export async function exportXliff(
  entries: AsyncIterable<WorkEntry> | Iterable<WorkEntry>,
  untranslated: Iterable<Untranslated>,
  options: XliffExportOptions,
): Promise<string> {
  const systems = new Map<string, string[]>()
  const add = (system: string, unit: string) => {
    const units = systems.get(system) ?? []
    systems.set(system, units)
    units.push(unit)
  }
  for await (const entry of entries) {
    const { content } = entry
    if (content.kind !== 'designation' || content.language !== options.targetLanguage) continue
    add(content.system, unitOf(entry, content, options))
  }
  for (const { system, code, original } of untranslated) {
    const id = `n-${createHash('sha256').update(`${system}|${code}`).digest('hex').slice(0, 24)}`
    const notes = note('source', options.source)
    add(system, unit({ id, name: `${system}|${code}`, notes, state: 'initial', original }, options))
  }
  if (systems.size === 0) return ''
  const { sourceLanguage, targetLanguage } = options
  const files = [...systems].map(
    ([system, units], index) =>
      `  <file id="f${index + 1}" original="${escapeAttribute(system)}" canResegment="no">\n${units.join('')}  </file>\n`,
  )
  const languages = `srcLang="${escapeAttribute(sourceLanguage)}" trgLang="${escapeAttribute(targetLanguage)}"`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<xliff xmlns="${NAMESPACE}" version="2.1" ${languages}>\n${files.join('')}</xliff>\n`
}

interface Unit {
  /** NMTOKEN. */
  readonly id: string
  readonly name: string
  readonly notes: string
  readonly state: string
  readonly original: string
  readonly term?: string
}

function unitOf(
  { id, version, status }: WorkEntry,
  content: { system: string; code: string; term: string; source: string; original?: string },
  options: XliffExportOptions,
): string {
  const notes = note('version', String(version)) + note('source', content.source)
  const { system, code, term, original = '' } = content
  return unit({ id: `e-${id}`, name: `${system}|${code}`, notes, state: STATES[status], original, term }, options)
}

/** `state` and, where XLIFF has no word for it, `subState` (§4.3.1.25). */
const STATES: Readonly<Record<WorkStatus, string>> = {
  draft: 'translated" subState="tessera:draft',
  'in-review': 'translated',
  reviewed: 'reviewed',
  rejected: 'translated" subState="tessera:rejected',
}

function unit({ id, name, notes, state, original, term }: Unit, languages: XliffExportOptions): string {
  const target =
    term === undefined
      ? ''
      : `<target xml:lang="${escapeAttribute(languages.targetLanguage)}">${escapeText(term)}</target>`
  return [
    `    <unit id="${escapeAttribute(id)}" name="${escapeAttribute(name)}">\n`,
    `      <notes>${notes}</notes>\n`,
    `      <segment state="${state}"><source xml:lang="${escapeAttribute(languages.sourceLanguage)}">`,
    `${escapeText(original)}</source>${target}</segment>\n    </unit>\n`,
  ].join('')
}

function note(category: string, value: string): string {
  return `<note category="tessera:${category}">${escapeText(value)}</note>`
}

/** Units of an XLIFF 2.0 or 2.1 document, also after a translation tool has worked on it. */
export function readXliff(bytes: Uint8Array, file: string): Result<readonly WorkRow[]> {
  const parsed = parseXml(bytes, { file })
  if (!parsed.ok) return parsed
  const { root } = parsed.value
  const version = attribute(root, 'version')
  if (root.name !== 'xliff' || root.namespace !== NAMESPACE || (version !== '2.1' && version !== '2.0')) {
    return failed(
      'terminology-xliff',
      'This is no XLIFF 2.1 document.',
      'Save it as XLIFF 2.1 in the translation tool.',
      {
        file,
        line: root.line,
      },
    )
  }
  const language = attribute(root, 'trgLang')
  if (language === undefined) {
    return failed('terminology-xliff', 'The document does not say its target language.', 'Set trgLang.', {
      file,
      line: root.line,
    })
  }
  const units = children(root, 'file', NAMESPACE).flatMap(unitsIn)
  return ok(units.map((one) => rowOf(one, language, file)))
}

/** Units, also in groups. */
function unitsIn(element: XmlElement): readonly XmlElement[] {
  return elements(element).flatMap((one) => {
    if (one.namespace !== NAMESPACE) return []
    return one.name === 'unit' ? [one] : one.name === 'group' ? unitsIn(one) : []
  })
}

function rowOf(element: XmlElement, language: string, file: string): WorkRow {
  const name = attribute(element, 'name') ?? ''
  const bar = name.indexOf('|')
  const id = attribute(element, 'id') ?? ''
  const version = noteOf(element, 'version')
  const term = textOf(element, 'target')
  const original = textOf(element, 'source')
  const status = statusOf(element)
  return {
    file,
    line: element.line,
    ...(id.startsWith('e-') && { id: id.slice(2) }),
    ...(version !== undefined && /^\d{1,9}$/.test(version) && { version: Number(version) }),
    ...(status && { status }),
    content:
      term === ''
        ? undefined
        : {
            kind: 'designation',
            system: name.slice(0, Math.max(bar, 0)),
            code: bar < 0 ? '' : name.slice(bar + 1),
            language,
            term,
            source: noteOf(element, 'source') ?? '',
            ...(original !== '' && { original }),
          },
  }
}

function noteOf(element: XmlElement, category: string): string | undefined {
  const found = children(child(element, 'notes', NAMESPACE), 'note', NAMESPACE).find(
    (one) => attribute(one, 'category') === `tessera:${category}`,
  )
  return found && words(found)
}

/** All segments and what is between them; a code point that XML cannot write (`cp`) makes the term unfit. */
function textOf(element: XmlElement, part: 'source' | 'target'): string {
  return elements(element)
    .filter(({ name, namespace }) => namespace === NAMESPACE && (name === 'segment' || name === 'ignorable'))
    .map((segment) => plain(child(segment, part, NAMESPACE)))
    .join('')
    .trim()
}

function plain(element: XmlElement | undefined): string {
  if (!element) return ''
  const unfit = elements(element).some(({ name }) => name === 'cp')
  return unfit ? '\u0000' : text(element)
}

/** The least that any segment says. */
function statusOf(element: XmlElement): WorkStatus | undefined {
  const order: readonly (WorkStatus | undefined)[] = [undefined, 'rejected', 'draft', 'in-review', 'reviewed']
  const found = children(element, 'segment', NAMESPACE).map((segment) => order.indexOf(segmentStatus(segment)))
  return found.length === 0 ? undefined : order[Math.min(...found)]
}

function segmentStatus(segment: XmlElement): WorkStatus | undefined {
  const state = attribute(segment, 'state') ?? 'initial'
  if (state === 'reviewed' || state === 'final') return 'reviewed'
  if (state !== 'translated') return undefined
  // What was exported as a draft or as rejected, and left so.
  return attribute(segment, 'subState')?.startsWith('tessera:') ? undefined : 'in-review'
}
