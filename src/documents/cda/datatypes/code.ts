/** CD, CE, CV, CS → CodeableConcept (V3 data types §1.8). */
import type { CodeableConcept, Coding, Extension } from 'fhir/r4'
import { attribute, child, children, oneLine } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { narrativeWords } from '../narrative-index.ts'
import { type Reading, systemNamed, systemOf } from '../reading.ts'
import { ORIGINAL_TEXT_EXTENSION, QUALIFIER_EXTENSION, SYSTEM_NAME_EXTENSION } from '../tables/urls.ts'
import { nullFlavorExtension } from './nulls.ts'

const OID_OR_URI = /^(?:[0-9]+(?:\.[0-9]+)+|[a-z][a-z0-9+.-]*:\S+)$/i

/**
 * The concept with its own coding first, then each translation from the outside in; `text` is the resolved original
 * text. Undefined when the element is absent or says nothing at all.
 */
export function concept(element: XmlElement | undefined, reading: Reading): CodeableConcept | undefined {
  if (element === undefined) return undefined
  const coding = codings(element, reading)
  const words = originalText(element, reading)
  const extension = [
    ...(codeOf(element) === undefined ? nullFlavorExtension(element) : []),
    ...qualifiers(element, reading),
  ]
  if (coding.length === 0 && words === undefined && extension.length === 0) return undefined
  const found: CodeableConcept = {}
  if (extension.length > 0) found.extension = extension
  if (coding.length > 0) found.coding = coding
  if (words !== undefined) found.text = words
  return found
}

/** A concept that is always there, for fields that FHIR requires. */
export function requiredConcept(element: XmlElement | undefined, reading: Reading): CodeableConcept {
  return concept(element, reading) ?? { extension: nullFlavorExtension(element) }
}

export function codeOf(element: XmlElement | undefined): string | undefined {
  const code = attribute(element, 'code')?.trim()
  return code === '' ? undefined : code
}

/** The codings of an element: its own, then its translations, depth first. */
export function codings(element: XmlElement, reading: Reading): Coding[] {
  const found: Coding[] = []
  collect(element, reading, found, true)
  return found
}

function collect(element: XmlElement, reading: Reading, found: Coding[], outermost: boolean): void {
  const coding = codingOf(element, reading, outermost)
  if (coding !== undefined) found.push(coding)
  for (const translation of children(element, 'translation')) collect(translation, reading, found, false)
}

/** The coding of an element itself, without translations. */
export function codingOf(element: XmlElement, reading: Reading, outermost = true): Coding | undefined {
  const code = codeOf(element)
  const stated = attribute(element, 'displayName')
  const display = stated === undefined || stated.trim() === '' ? undefined : oneLine(stated)
  const words = outermost ? undefined : originalText(element, reading)
  if (code === undefined && display === undefined && words === undefined) return undefined
  const system = attribute(element, 'codeSystem')?.trim()
  const named = attribute(element, 'codeSystemName')
  const url = system === undefined ? undefined : systemNamed(system, named)
  const valid = system !== undefined && OID_OR_URI.test(system)
  const version = attribute(element, 'codeSystemVersion')?.trim()
  const extension: Extension[] = outermost ? [] : qualifiers(element, reading)
  if (!valid && !url) {
    const name = [system, named].filter((part) => part !== undefined && part !== '').join(' ')
    if (name !== '') extension.push({ url: SYSTEM_NAME_EXTENSION, valueString: name })
  }
  if (words !== undefined && display !== undefined && words !== display) {
    extension.push({ url: ORIGINAL_TEXT_EXTENSION, valueString: words })
  }
  const coding: Coding = {}
  if (extension.length > 0) coding.extension = extension
  if (url) coding.system = url
  else if (valid) coding.system = systemOf(reading, system)
  if (version) coding.version = version
  if (code !== undefined) coding.code = oneLine(code)
  const shown = display ?? words
  if (shown !== undefined) coding.display = shown
  return coding
}

/** The words an author wrote for a code: inline, or the narrative that it refers to. */
export function originalText(element: XmlElement, reading: Reading): string | undefined {
  const held = child(element, 'originalText')
  return held === undefined ? undefined : referredText(held, reading)
}

/** Text that stands in an element of type ED or in the narrative that it refers to. */
export function referredText(element: XmlElement | undefined, reading: Reading): string | undefined {
  if (element === undefined) return undefined
  const reference = attribute(child(element, 'reference'), 'value')
  const inline = narrativeWords(element)
  if (inline !== '') return inline
  if (reference === undefined) return undefined
  const referred = reading.narratives.words(reference)
  if (referred !== undefined) return referred === '' ? undefined : referred
  // Some documents write the words themselves, or a web address, where a reference should stand.
  const literal = oneLine(reference)
  return literal.startsWith('#') || literal === '' ? undefined : literal
}

function qualifiers(element: XmlElement, reading: Reading): Extension[] {
  return children(element, 'qualifier').map((qualifier): Extension => {
    const name = concept(child(qualifier, 'name'), reading)
    const value = concept(child(qualifier, 'value'), reading)
    return {
      url: QUALIFIER_EXTENSION,
      extension: [
        ...(name === undefined ? [] : [{ url: 'name', valueCodeableConcept: name }]),
        ...(value === undefined ? [] : [{ url: 'value', valueCodeableConcept: value }]),
      ],
    }
  })
}

/** Whether any coding of the concept (translations included) is one of these codes. */
export function hasCode(element: XmlElement | undefined, codes: ReadonlySet<string>): boolean {
  if (element === undefined) return false
  const code = codeOf(element)
  if (code !== undefined && codes.has(code)) return true
  return children(element, 'translation').some((translation) => hasCode(translation, codes))
}
