/** The resources of a document as a pharmacist's view needs them: found by reference, whatever their source looked like. */

import { writtenDigits } from '../fhir/decimals.ts'
import { type Concept, concept, isNode, type Node, node, nodes, text } from '../fhir/node.ts'
import { containedIn, type Entry, type EntryIndex, entriesOf, indexEntries } from '../fhir/references.ts'
import type { ClinicalDocument } from '../model/clinical-document.ts'
import type { CodedWords, QuantityWords } from './pharmacy.ts'

export interface Parts {
  readonly index: EntryIndex
  readonly bundle: Node
  readonly composition: Node
}

export function partsOf(document: ClinicalDocument): Parts {
  const held: unknown = document.bundle
  const bundle = isNode(held) ? held : {}
  const index = indexEntries(entriesOf(bundle))
  const composition = index.entries.find(({ resource }) => resource.resourceType === 'Composition')?.resource ?? {}
  return { index, bundle, composition }
}

/** FHIR's system of values that are URIs (R4 §2.24.0.6). */
const URI = 'urn:ietf:rfc:3986'

/** Entries of a type, in the order of the bundle. */
export function entriesOfType(parts: Parts, type: string): readonly Entry[] {
  return parts.index.entries.filter(({ resource }) => resource.resourceType === type)
}

/** What a reference means, inside the bundle or contained. */
export function targetOf(parts: Parts, reference: unknown, from: Entry): Entry | undefined {
  const literal = text(node(reference)?.reference)
  if (literal === undefined) return undefined
  if (!literal.startsWith('#')) return parts.index.find(literal, from)
  const resource = containedIn(from.resource, literal)
  return resource === undefined ? undefined : { ...from, resource }
}

/** `system|value`; the value alone when there is no system or the value is a URI by itself (`urn:uuid:…`). */
export function identifierOf(value: unknown): string | undefined {
  const found = node(value)
  const literal = text(found?.value)
  const system = text(found?.system)
  if (literal === undefined) return undefined
  return system === undefined || system === URI ? literal : `${system}|${literal}`
}

/** The identifier that `identifierOf` wrote. Values may hold bars, systems do not. */
export function identifierFrom(token: string): { system?: string; value: string } {
  const bar = token.indexOf('|')
  if (bar < 0) return /^urn:(?:uuid|oid):/.test(token) ? { system: URI, value: token } : { value: token }
  return { system: token.slice(0, bar), value: token.slice(bar + 1) }
}

/** A concept in the words of its document: what the author wrote, else a display, else the code itself. */
export function wordsOf(value: unknown): CodedWords | undefined {
  const found = concept(value)
  return found === undefined ? undefined : codedWords(found)
}

function codedWords({ codings, text: words }: Concept): CodedWords | undefined {
  const coding = codings.find(({ code }) => code !== '')
  // What the country itself wrote stands last: a European code that it was mapped to was put in front of it.
  const display = words ?? codings.findLast((one) => one.display !== undefined)?.display ?? coding?.code
  if (display === undefined) return undefined
  return {
    ...(coding === undefined ? {} : { code: coding.code }),
    ...(coding === undefined || coding.system === '' ? {} : { system: coding.system }),
    display,
  }
}

/** A quantity with its unit; a bare count has the unit `1`. Undefined without a finite number. */
export function quantityOf(value: unknown): QuantityWords | undefined {
  const found = node(value)
  const number = Number(writtenDigits(found ?? {}, 'value') ?? Number.NaN)
  if (found === undefined || !Number.isFinite(number)) return undefined
  const code = text(found.code)
  const system = text(found.system)
  const unit = text(found.unit) ?? code ?? '1'
  return {
    value: number,
    unit: {
      ...(code === undefined ? {} : { code }),
      ...(system === undefined ? {} : { system }),
      display: unit,
    },
  }
}

/** `500 mg`, with the digits that were written; a bare count is the number alone. */
export function quantityWords(value: unknown): string | undefined {
  const found = node(value)
  const digits = writtenDigits(found ?? {}, 'value')
  if (found === undefined || digits === undefined) return undefined
  const unit = text(found.unit) ?? text(found.code) ?? '1'
  return unit === '1' ? digits : `${digits} ${unit}`
}

/** `500 mg`, `5 mg/ml`, `10 mg/5 ml`: what is per one of something countable is told without it. */
export function ratioWords(value: unknown): string | undefined {
  const ratio = node(value)
  const above = quantityWords(ratio?.numerator)
  if (above === undefined) return undefined
  const below = quantityWords(ratio?.denominator)
  return below === undefined || below === '1' ? above : `${above}/${below.replace(/^1 /, '')}`
}

/** First words of a person's or an organisation's name. */
export function nameOf(resource: Node | undefined): string | undefined {
  if (typeof resource?.name === 'string') return text(resource.name)
  const name = nodes(resource?.name).find((one) => text(one.family) ?? text(one.text) ?? text(one.given))
  if (name === undefined) return undefined
  const parts = [...wordsIn(name.prefix), ...wordsIn(name.given), ...wordsIn(name.family), ...wordsIn(name.suffix)]
  return parts.length > 0 ? parts.join(' ') : text(name.text)
}

function wordsIn(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.flatMap((one) => (typeof one === 'string' && one.trim() !== '' ? [one.trim()] : []))
}
