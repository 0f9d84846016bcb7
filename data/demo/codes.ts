/**
 * Lists every code that the demonstration documents use, so that its words can be written and checked.
 *
 *     node data/demo/codes.ts
 *
 * writes `codes.json`: by system, each code with the words of the documents by language.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { attribute, elements } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement } from '#platform/xml/tree.ts'

interface UsedCode {
  readonly code: string
  /** Words of the documents, by language; `und` where a document gives the English of a pivot code. */
  readonly words: Readonly<Record<string, readonly string[]>>
}

export type UsedCodes = Readonly<Record<string, readonly UsedCode[]>>

/** OIDs of the documents whose canonical system is a FHIR URL; others stay `urn:oid:…`. */
const CANONICAL: Readonly<Record<string, string>> = {
  '2.16.840.1.113883.6.1': 'http://loinc.org',
  '2.16.840.1.113883.6.96': 'http://snomed.info/sct',
  '1.3.6.1.4.1.12559.11.10.1.3.1.44.2': 'http://hl7.org/fhir/sid/icd-10',
  '2.16.840.1.113883.6.3': 'http://hl7.org/fhir/sid/icd-10',
  '2.16.840.1.113883.6.73': 'http://www.whocc.no/atc',
  '0.4.0.127.0.16.1.1.2.1': 'http://standardterms.edqm.eu',
}
const UCUM = 'http://unitsofmeasure.org'

type Gathered = Map<string, Map<string, Map<string, Set<string>>>>

export function usedCodes(): UsedCodes {
  const gathered: Gathered = new Map()
  for (const name of globSync('*/documents/*.{xml,json}', { cwd: import.meta.dirname }).sort()) {
    const bytes = readFileSync(join(import.meta.dirname, name))
    if (name.endsWith('.json')) fromFhir(JSON.parse(bytes.toString('utf8')), gathered)
    else fromCda(bytes, name, gathered)
  }
  return sorted(gathered)
}

function fromCda(bytes: Uint8Array, file: string, gathered: Gathered): void {
  const parsed = parseXml(bytes, { file })
  if (!parsed.ok) throw new Error(`${file}: ${parsed.problem.sentence}`)
  const { root } = parsed.value
  const language = attribute(elements(root).find(({ name }) => name === 'languageCode'), 'code') ?? 'und'
  walkCda(root, language.slice(0, 2), gathered)
}

function walkCda(element: XmlElement, language: string, gathered: Gathered): void {
  const code = attribute(element, 'code')
  const oid = attribute(element, 'codeSystem')
  if (code !== undefined && oid !== undefined) {
    // The pivot's own words are English; the national words stand in the translation.
    const wordsLanguage = element.name === 'translation' ? language : 'en'
    note(gathered, CANONICAL[oid] ?? `urn:oid:${oid}`, code, wordsLanguage, attribute(element, 'displayName'))
  }
  const unit = attribute(element, 'unit')
  if (unit !== undefined) note(gathered, UCUM, unit, 'und', undefined)
  for (const child of elements(element)) walkCda(child, language, gathered)
}

function fromFhir(bundle: unknown, gathered: Gathered): void {
  const language = isRecord(bundle) && typeof bundle.language === 'string' ? bundle.language : 'und'
  walkFhir(bundle, language, gathered)
}

function walkFhir(value: unknown, language: string, gathered: Gathered): void {
  if (Array.isArray(value)) for (const item of value) walkFhir(item, language, gathered)
  if (!isRecord(value)) return
  const { system, code, display } = value
  if (typeof system === 'string' && typeof code === 'string') {
    const words = typeof display === 'string' ? display : undefined
    note(gathered, system, code, system.startsWith('http://terminology.hl7.org/') ? 'en' : language, words)
  }
  for (const item of Object.values(value)) walkFhir(item, language, gathered)
}

function note(gathered: Gathered, system: string, code: string, language: string, words: string | undefined): void {
  const codes = reach(gathered, system, () => new Map<string, Map<string, Set<string>>>())
  const byLanguage = reach(codes, code, () => new Map<string, Set<string>>())
  if (words !== undefined) reach(byLanguage, language, () => new Set<string>()).add(words)
}

function reach<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const held = map.get(key)
  if (held !== undefined) return held
  const made = make()
  map.set(key, made)
  return made
}

function sorted(gathered: Gathered): UsedCodes {
  const order = ([one]: [string, unknown], [other]: [string, unknown]) => (one < other ? -1 : 1)
  return Object.fromEntries(
    [...gathered].sort(order).map(([system, codes]) => [
      system,
      [...codes].sort(order).map(([code, byLanguage]) => ({
        code,
        words: Object.fromEntries([...byLanguage].sort(order).map(([language, words]) => [language, [...words].sort()])),
      })),
    ]),
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function codesFile(): string {
  return `${JSON.stringify(usedCodes(), null, 1)}\n`
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, 'codes.json'), codesFile())
