/** One concept of an expansion: `ValueSet.expansion.contains` (FHIR R5). */
import type { ConceptDesignation, ConceptHandle } from '../code-systems/code-system.ts'
import { REVIEW_EXTENSION } from '../import/resource.ts'
import { type JsonObject, objects } from '../load/json.ts'
import { chooseDisplay, type LanguageWishes } from './display-language.ts'
import type { Group } from './expansion-plan.ts'
import type { FhirProperty } from './fhir.ts'
import { wordsOf } from './value-set-words.ts'

export interface EntryOptions {
  readonly wishes: LanguageWishes | undefined
  readonly showVersions: boolean
  readonly includeDesignations: boolean
  /** `system|code` of uses, or `urn:ietf:bcp:47|language`; empty: all. */
  readonly designations: readonly string[]
  /** Codes of the properties to show; `*` is all, `definition` the definition. */
  readonly properties: readonly string[]
  /** The status of an inactive concept is not said when nobody asked. */
  readonly onlyWhatIsAskedFor: boolean
  /** Properties that were shown, by code, with their URI; filled while entries are made. */
  readonly shown: Map<string, string | undefined>
  /** Supplements whose words stand in for missing ones; filled while entries are made. */
  readonly standIns: Set<string>
  /** Languages of the displays; filled while entries are made. */
  readonly languages: Set<string>
}

export interface Entry {
  readonly [key: string]: unknown
  contains?: Entry[]
}

const CONCEPT_PROPERTIES = 'http://hl7.org/fhir/concept-properties#'
const EXTENSIONS = 'http://hl7.org/fhir/StructureDefinition/'

/** Status values that say that a concept should not, or soon not, be used. */
const NOTABLE_STATUS: ReadonlySet<string> = new Set(['deprecated', 'withdrawn', 'retired', 'inactive'])

/** Extensions of a concept that become properties; what the value set says replaces what the code system says. */
const EXTENSION_PROPERTIES: Readonly<Record<string, readonly [string, string, FhirProperty['type']]>> = {
  [`${EXTENSIONS}codesystem-label`]: ['label', 'label', 'valueString'],
  [`${EXTENSIONS}valueset-label`]: ['label', 'label', 'valueString'],
  [`${EXTENSIONS}codesystem-conceptOrder`]: ['order', 'order', 'valueDecimal'],
  [`${EXTENSIONS}valueset-conceptOrder`]: ['order', 'order', 'valueDecimal'],
  [`${EXTENSIONS}itemWeight`]: ['weight', 'itemWeight', 'valueDecimal'],
}

const ECHOED_OF_CODE_SYSTEM: ReadonlySet<unknown> = new Set(
  ['coding-sctdescid', 'rendering-style', 'rendering-xhtml', 'codesystem-alternate'].map((name) => EXTENSIONS + name),
)

const ECHOED_OF_VALUE_SET: ReadonlySet<unknown> = new Set(
  [
    'valueset-supplement',
    'valueset-deprecated',
    'structuredefinition-standards-status',
    'valueset-concept-definition',
    'coding-sctdescid',
    'rendering-style',
    'rendering-xhtml',
  ].map((name) => EXTENSIONS + name),
)

const ECHOED_OF_DESIGNATION: ReadonlySet<unknown> = new Set([
  ...['coding-sctdescid', 'structuredefinition-standards-status', 'rendering-style', 'rendering-xhtml'].map(
    (name) => EXTENSIONS + name,
  ),
  REVIEW_EXTENSION,
])

export function entryOf(group: Group, concept: ConceptHandle, options: EntryOptions): Entry {
  const { codeSystem, elements, source } = group
  const element = elements.get(concept)
  const { url, version } = codeSystem.identity
  const quick = options.includeDesignations || element ? undefined : quickDisplay(codeSystem, concept, options.wishes)
  const words = quick ? [] : wordsOf(codeSystem, concept, element, source)
  const display = quick ?? chooseDisplay(words, options.wishes)
  if (display?.language !== undefined) options.languages.add(display.language)
  for (const { standsIn, source } of options.includeDesignations ? words : display ? [display] : []) {
    if (standsIn && source !== undefined) options.standIns.add(source)
  }
  const isInactive = codeSystem.isInactive(concept)
  const extension = echoedExtensions(group, concept, element)
  const property = propertiesOf(group, concept, element, isInactive, options)
  const designation = options.includeDesignations ? designationsOf(words, display, options.designations) : []
  const entry: Entry = { system: url, code: codeSystem.codeOf(concept) }
  return Object.assign(
    entry,
    extension.length > 0 && { extension },
    options.showVersions && version !== undefined && { version },
    codeSystem.isAbstract(concept) && { abstract: true },
    isInactive && { inactive: true },
    display && { display: display.value },
    designation.length > 0 && { designation },
    property.length > 0 && { property },
  )
}

/** Where the code system chooses among its own words by itself, the others need not be read. */
function quickDisplay(
  codeSystem: Group['codeSystem'],
  concept: ConceptHandle,
  wishes: LanguageWishes | undefined,
): ConceptDesignation | undefined {
  if (!codeSystem.preferred) return undefined
  if (wishes)
    return codeSystem.preferred(
      concept,
      wishes.ranges.map(({ tag }) => tag),
    )
  const value = codeSystem.display(concept)
  const { language } = codeSystem.identity
  return value === undefined ? undefined : { value, isDisplay: true, ...(language !== undefined && { language }) }
}

function echoedExtensions(
  { codeSystem }: Group,
  concept: ConceptHandle,
  element: JsonObject | undefined,
): readonly unknown[] {
  const theirs = codeSystem.extensions?.(concept) ?? []
  const ours = element ? objects(element.extension) : []
  if (theirs.length === 0 && ours.length === 0) return []
  return [
    ...objects(theirs).filter(({ url }) => ECHOED_OF_CODE_SYSTEM.has(url)),
    ...ours.filter(({ url }) => ECHOED_OF_VALUE_SET.has(url)),
  ]
}

function propertiesOf(
  { codeSystem }: Group,
  concept: ConceptHandle,
  element: JsonObject | undefined,
  isInactive: boolean,
  { properties, shown, onlyWhatIsAskedFor }: EntryOptions,
): readonly JsonObject[] {
  const found: JsonObject[] = []
  const show = (code: string, uri: string | undefined, type: string, value: unknown) => {
    shown.set(code, uri)
    found.push({ code, [type]: value })
  }
  const status = codeSystem.status(concept) ?? (isInactive ? 'inactive' : undefined)
  const isNotable = status !== undefined && (isInactive || NOTABLE_STATUS.has(status))
  const saysStatus = isNotable && !(isInactive && onlyWhatIsAskedFor)
  if (saysStatus) show('status', `${CONCEPT_PROPERTIES}status`, 'valueCode', status)
  const extensions = [...(codeSystem.extensions?.(concept) ?? []), ...(element ? objects(element.extension) : [])]
  if (extensions.length > 0) {
    const byCode = new Map<string, readonly [string, string, unknown]>()
    for (const extension of objects(extensions)) {
      const [code, name, type] = EXTENSION_PROPERTIES[String(extension.url)] ?? []
      const value = Object.entries(extension).find(([key]) => key.startsWith('value'))?.[1]
      if (code && name && type && value !== undefined) byCode.set(code, [CONCEPT_PROPERTIES + name, type, value])
    }
    for (const [code, [uri, type, value]] of byCode) show(code, uri, type, value)
  }
  if (properties.length === 0) return found
  const all = properties.includes('*')
  if (properties.includes('definition')) {
    const definition = codeSystem.definition(concept)
    if (definition !== undefined) show('definition', `${CONCEPT_PROPERTIES}definition`, 'valueString', definition)
  }
  for (const { code, type, value } of codeSystem.properties(concept)) {
    if (!(all || properties.includes(code)) || (code === 'status' && saysStatus)) continue
    show(code, codeSystem.identity.properties.find((each) => each.code === code)?.uri ?? commonUri(code), type, value)
  }
  for (const [name, concepts] of [
    ['parent', codeSystem.parents],
    ['child', codeSystem.children],
  ] as const) {
    if (!properties.includes(name)) continue
    for (const other of concepts(concept)) show(name, CONCEPT_PROPERTIES + name, 'valueCode', codeSystem.codeOf(other))
  }
  return found
}

const COMMON: ReadonlySet<string> = new Set(['status', 'inactive', 'notSelectable', 'parent', 'child', 'comment'])

function commonUri(code: string): string | undefined {
  return COMMON.has(code) ? CONCEPT_PROPERTIES + code : undefined
}

const PREFERRED = {
  system: 'http://terminology.hl7.org/CodeSystem/hl7TermMaintInfra',
  code: 'preferredForLanguage',
  display: 'Preferred For Language',
}

/** Every other word; the system's own display is the one preferred in its language. */
function designationsOf(
  words: readonly ConceptDesignation[],
  display: ConceptDesignation | undefined,
  wanted: readonly string[],
): readonly JsonObject[] {
  return words.filter((word) => word !== display && isWanted(word, wanted)).map(designationJson)
}

export function isWanted({ language, use }: ConceptDesignation, wanted: readonly string[]): boolean {
  if (wanted.length === 0) return true
  return wanted.some((each) => {
    const [system, code] = each.split('|')
    if (system === 'urn:ietf:bcp:47' || code === undefined) return language === (code ?? system)
    return use?.system === system && use?.code === code
  })
}

export function designationJson({ language, use, value, isDisplay, extension }: ConceptDesignation): JsonObject {
  const shown = use ?? (isDisplay ? PREFERRED : undefined)
  const echoed = objects(extension).filter(({ url }) => ECHOED_OF_DESIGNATION.has(url))
  return {
    ...(echoed.length > 0 && { extension: echoed }),
    ...(language !== undefined && { language }),
    ...(shown && { use: shown }),
    value,
  }
}
