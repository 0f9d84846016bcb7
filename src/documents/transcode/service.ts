/** What the OpenNCP-compatible routes (wire/translation) ask: a terminology and the list of coded elements behind four questions. */
import type { ValueSet } from 'fhir/r4'
import type { LanguageTag, TerminologyCatalogue } from '#terminology/terminology.ts'
import { type CodedElementList, myHealthEuList } from './coded-element-list.ts'
import type { Direction } from './conversion.ts'
import { type Finding, finding, type Status } from './findings.ts'
import { transformDocument } from './transform.ts'

export interface TranslationService {
  languages(): readonly LanguageTag[]
  translateValueSet(oid: string, language: LanguageTag): ValueSet | undefined
  translate(document: Uint8Array, language: LanguageTag): ServiceResult
  transcode(document: Uint8Array): ServiceResult
}

export interface ServiceResult {
  readonly document: Uint8Array
  readonly status: Status
  readonly findings: readonly Finding[]
}

export interface ServiceOptions {
  /** Default: the list of MyHealth@EU. */
  readonly codedElements?: CodedElementList | 'all'
}

/** @param terminology asked anew for each request, so that a new release is used from the next request on */
export function createTranslationService(
  terminology: () => TerminologyCatalogue,
  { codedElements = myHealthEuList() }: ServiceOptions = {},
): TranslationService {
  const transform = (document: Uint8Array, direction: Direction, languages: readonly LanguageTag[]): ServiceResult => {
    const result = transformDocument(document, { direction, languages, codedElements }, terminology())
    if (result.ok) return { document: result.value.bytes, ...result.value.report }
    const { line } = result.problem.place ?? {}
    const where = { subject: result.problem.code, ...(line !== undefined && { line }) }
    return { document, status: 'ERROR', findings: [finding('TM', '4500', 'error', where)] }
  }
  return {
    languages: () => terminology().languages(),
    translateValueSet: (oid, language) => translatedValueSet(terminology(), oid, language),
    translate: (document, language) => transform(document, 'translate', [language]),
    transcode: (document) => transform(document, 'transcode', []),
  }
}

/**
 * The members with their words in the language, by the same fallbacks as documents: each designation says its language.
 * `display` is the system's own, English word.
 */
function translatedValueSet(
  terminology: TerminologyCatalogue,
  oid: string,
  language: LanguageTag,
): ValueSet | undefined {
  const set = terminology.valueSet(oid)
  if (!set) return undefined
  const contains = set.members.map(({ system, code, display }) => {
    const designation = terminology.designation(system, code, [language])
    return {
      system,
      code,
      ...(display !== undefined && { display }),
      ...(designation && { designation: [{ language: designation.language, value: designation.term }] }),
    }
  })
  return {
    resourceType: 'ValueSet',
    language: 'en',
    url: set.url,
    identifier: [{ system: 'urn:ietf:rfc:3986', value: `urn:oid:${set.oid ?? oid}` }],
    ...(set.version !== undefined && { version: set.version }),
    ...(set.name !== undefined && { title: set.name }),
    status: 'active',
    expansion: {
      timestamp: new Date().toISOString(),
      total: contains.length,
      ...(set.complete ? {} : { extension: [{ url: UNCLOSED, valueBoolean: true }] }),
      contains,
    },
  }
}

const UNCLOSED = 'http://hl7.org/fhir/StructureDefinition/valueset-unclosed'
