/**
 * Tessera's own compact files and the plain lists that terminology is exchanged in:
 *
 *   {system, title?, source, licence?, status?, concepts: {code: {fr: term, …, status?, source?}}}   Tessera, one system
 *   [{system, oid?, concepts: [{code, display?, designation: {lang: term}}]}]                        designation lists
 *   {name, url, oid?, version?, concepts: [{system, code, display}]}                                 value sets
 *   {systems: [{url, name?, oids?, aliases?}]} or [{url, oid, name}]                                 identities
 */
import { addDesignation, addIdentity, type Content, conceptOf, systemOf, type ValueSetCode } from '../content.ts'
import { normaliseLanguage } from '../languages.ts'
import type { LoadCounts, Provenance, Remark } from './fhir.ts'
import { isObject, type JsonObject, objects, text } from './json.ts'

/** Returns undefined when the JSON has none of the known shapes. */
export function loadList(
  content: Content,
  json: unknown,
  provenance: Provenance,
  counts: LoadCounts,
): readonly Remark[] | undefined {
  if (Array.isArray(json)) return loadArray(content, json, provenance, counts)
  if (!isObject(json)) return undefined
  if (Array.isArray(json.systems)) return loadIdentities(content, objects(json.systems))
  if (text(json.system) !== undefined && isObject(json.concepts)) {
    return loadCompact(content, json, provenance, counts)
  }
  if (text(json.system) !== undefined && Array.isArray(json.concepts)) {
    return loadDesignationList(content, json, provenance, counts)
  }
  if (text(json.url) !== undefined && Array.isArray(json.concepts)) {
    return loadPlainValueSet(content, json, provenance, counts)
  }
  return undefined
}

function loadArray(
  content: Content,
  list: readonly unknown[],
  provenance: Provenance,
  counts: LoadCounts,
): readonly Remark[] | undefined {
  const items = objects(list)
  if (items.length === 0) return undefined
  const identities = items.filter((item) => text(item.url) !== undefined && !('concepts' in item) && 'oid' in item)
  if (identities.length === items.length) return loadIdentities(content, identities)
  const remarks = items.map((item) => loadList(content, item, provenance, counts))
  return remarks.every((some) => some === undefined) ? undefined : remarks.flatMap((some) => some ?? [])
}

function loadIdentities(content: Content, items: readonly JsonObject[]): readonly Remark[] {
  const strings = (value: unknown) => (Array.isArray(value) ? value.flatMap((item) => text(item) ?? []) : [])
  for (const item of items) {
    const url = text(item.url)
    if (url === undefined) continue
    const name = text(item.name)
    const oid = text(item.oid)
    addIdentity(content, {
      url,
      ...(name !== undefined && { name }),
      oids: [...(oid === undefined ? [] : [oid]), ...strings(item.oids)],
      aliases: strings(item.aliases),
    })
  }
  return []
}

function isReviewed(status: unknown, otherwise: boolean): boolean {
  return status === 'reviewed' ? true : status === 'unreviewed' ? false : otherwise
}

const NOT_LANGUAGES = new Set(['status', 'source', 'display'])
const LANGUAGE = /^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$/

function loadCompact(
  content: Content,
  file: JsonObject,
  provenance: Provenance,
  counts: LoadCounts,
): readonly Remark[] {
  const remarks: Remark[] = []
  const system = systemOf(content, provenance.canonical(text(file.system) ?? ''))
  counts.codeSystems++
  for (const [rawCode, terms] of Object.entries(isObject(file.concepts) ? file.concepts : {})) {
    const code = rawCode.trim()
    if (code === '' || !isObject(terms)) {
      remarks.push(`The concept ${rawCode} has no designations that can be read.`)
      continue
    }
    if (!system.concepts.has(code)) counts.concepts++
    const concept = conceptOf(system, code)
    const source = text(terms.source) ?? text(file.source) ?? provenance.source
    const reviewed = isReviewed(terms.status ?? file.status, provenance.reviewed)
    for (const [language, value] of Object.entries(terms)) {
      const term = text(value)
      if (NOT_LANGUAGES.has(language)) continue
      if (!LANGUAGE.test(language) || term === undefined) {
        remarks.push(`The concept ${code} has a designation under "${language}" that is not a language with a term.`)
        continue
      }
      if (addDesignation(concept, { language: normaliseLanguage(language), term, source, reviewed })) {
        counts.designations++
      }
    }
    const display = text(terms.en)
    if (display !== undefined) concept.display ??= display
  }
  return remarks
}

function loadDesignationList(
  content: Content,
  list: JsonObject,
  provenance: Provenance,
  counts: LoadCounts,
): readonly Remark[] {
  const remarks: Remark[] = []
  const named = text(list.system) ?? ''
  const canonical = provenance.canonical(named)
  const oid = text(list.oid)
  const name = text(list.name)
  if (oid !== undefined) {
    addIdentity(content, { url: canonical, ...(name !== undefined && { name }), oids: [oid], aliases: [] })
  }
  const system = systemOf(content, canonical)
  counts.codeSystems++
  let mangled = 0
  for (const item of objects(list.concepts)) {
    const code = text(item.code)
    if (code === undefined || !isObject(item.designation)) continue
    if (!system.concepts.has(code)) counts.concepts++
    const concept = conceptOf(system, code)
    const display = text(item.display)
    if (display !== undefined) concept.display ??= display
    const reviewed = isReviewed(item.status ?? list.status, provenance.reviewed)
    for (const [language, value] of Object.entries(item.designation)) {
      const term = text(isObject(value) ? value.name : value)
      if (term === undefined || !LANGUAGE.test(language)) continue
      // Text that lost its letters on the way ("????") would be shown as if it meant something.
      if (/\?{2,}|\uFFFD/.test(term)) {
        mangled++
        continue
      }
      const designation = { language: normaliseLanguage(language), term, source: provenance.source, reviewed }
      if (addDesignation(concept, designation)) counts.designations++
    }
  }
  if (mangled > 0) remarks.push(`${mangled} designations of ${named} lost their letters ("????"): they are left out.`)
  return remarks
}

function loadPlainValueSet(
  content: Content,
  file: JsonObject,
  provenance: Provenance,
  counts: LoadCounts,
): readonly Remark[] {
  const url = text(file.url) ?? ''
  const bySystem = new Map<string, ValueSetCode[]>()
  let nameless = 0
  for (const item of objects(file.concepts)) {
    const code = text(item.code)
    const named = text(item.system)
    if (code === undefined || named === undefined) {
      nameless++
      continue
    }
    const display = text(item.display)
    const system = provenance.canonical(named)
    const codes = bySystem.get(system) ?? []
    bySystem.set(system, codes)
    codes.push({
      code,
      ...(display !== undefined && {
        display,
        designations: [{ language: 'en', term: display, source: provenance.source, reviewed: provenance.reviewed }],
      }),
    })
    counts.concepts++
    if (display !== undefined) counts.designations++
  }
  const oid = text(file.oid)
  const version = text(file.version)
  const name = text(file.title) ?? text(file.name)
  content.valueSets.set(url, {
    url,
    ...(version !== undefined && { version }),
    ...(name !== undefined && { name }),
    ...(oid !== undefined && { oid }),
    include: [...bySystem].map(([system, codes]) => ({ system, codes })),
    exclude: [],
  })
  counts.valueSets++
  return nameless === 0 ? [] : [`${nameless} entries of the value set ${url} have no system or no code.`]
}
