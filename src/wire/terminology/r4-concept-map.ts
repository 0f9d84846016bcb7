/** ConceptMap, R4 ⇄ R5. */
import { isObject, type JsonObject, listOf, textOf } from './json.ts'
import type { Mapped } from './r4-differences.ts'
import { equivalenceOf, relationshipOf } from './relationship.ts'

/** The finer R4 word (`subsumes`, `inexact`, …) that R5 does not have. */
const EQUIVALENCE = 'http://hl7.org/fhir/4.0/StructureDefinition/extension-ConceptMap.group.element.target.equivalence'
/** Why a code has no match: R5's `noMap` has no comment of its own. */
const COMMENT = 'http://hl7.org/fhir/4.0/StructureDefinition/extension-ConceptMap.group.element.target.comment'

const SCOPES = [
  ['sourceScopeUri', 'sourceUri'],
  ['sourceScopeCanonical', 'sourceCanonical'],
  ['targetScopeUri', 'targetUri'],
  ['targetScopeCanonical', 'targetCanonical'],
] as const

/** R4 has one identifier; scopes have shorter names. */
export function mapDown(map: JsonObject): Mapped {
  const put: Record<string, unknown> = {}
  const taken = new Set<string>()
  for (const [r5, r4] of SCOPES) if (r5 in map) replace(map, r5, r4, { put, taken })
  const identifiers = listOf(map.identifier)
  if (identifiers.length > 0) {
    taken.add('identifier')
    put.identifier = identifiers[0]
    const url = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-ConceptMap.identifier'
    const more = identifiers.slice(1).map((valueIdentifier) => ({ url, valueIdentifier }))
    if (more.length > 0) put.extension = [...listOf(map.extension), ...more]
  }
  // Attributes are named by code in R5 and by address in R4.
  const attributes = new Map<string, string>()
  for (const item of listOf(map.additionalAttribute)) {
    const [code, uri] = isObject(item) ? [textOf(item.code), textOf(item.uri)] : []
    if (code !== undefined && uri !== undefined) attributes.set(code, uri)
  }
  if (attributes.size > 0) {
    taken.add('additionalAttribute')
    const named = renameAttributes(map.group, (code) => attributes.get(code) ?? code)
    taken.add('group')
    put.group = named
  }
  return { taken, put }
}

export function mapUp(map: JsonObject): Mapped {
  const put: Record<string, unknown> = {}
  const taken = new Set<string>()
  for (const [r5, r4] of SCOPES) if (r4 in map) replace(map, r4, r5, { put, taken })
  if (isObject(map.identifier)) put.identifier = [map.identifier]
  const url = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-ConceptMap.identifier'
  const carried = listOf(map.extension).filter((item) => isObject(item) && item.url === url)
  if (carried.length > 0) {
    put.identifier = [
      ...listOf(put.identifier),
      ...carried.map((item) => (isObject(item) ? item.valueIdentifier : item)),
    ]
    const rest = listOf(map.extension).filter((item) => !carried.includes(item))
    if (rest.length > 0) put.extension = rest
    else taken.add('extension')
  }
  const attributes = new Map<string, { readonly code: string; readonly type: string }>()
  const group = renameAttributes(map.group, (uri, type) => {
    const known = attributes.get(uri)
    if (known) return known.code
    const taken = new Set([...attributes.values()].map(({ code }) => code))
    const code = attributeCode(uri, taken)
    attributes.set(uri, { code, type })
    return code
  })
  if (attributes.size > 0) {
    put.group = group
    put.additionalAttribute = [...attributes].map(([uri, { code, type }]) => ({ code, uri, type }))
  }
  return { taken, put }
}

function replace(
  map: JsonObject,
  from: string,
  to: string,
  { put, taken }: { put: Record<string, unknown>; taken: Set<string> },
): void {
  taken.add(from)
  put[to] = map[from]
}

/** The last word of an address, made unique. */
function attributeCode(uri: string, taken: ReadonlySet<string>): string {
  const stem =
    uri
      .split(/[/#:]/)
      .findLast((part) => part !== '')
      ?.replace(/[^\w.-]/g, '-') ?? 'attribute'
  let code = stem
  for (let number = 2; taken.has(code); number++) code = `${stem}-${number}`
  return code
}

/** Goes through dependsOn and product of every target; they are in R5 form here. */
function renameAttributes(groups: unknown, rename: (name: string, type: string) => string): unknown {
  const inTarget = (target: JsonObject): JsonObject => {
    const renamed: Record<string, unknown> = { ...target }
    for (const name of ['dependsOn', 'product']) {
      if (!Array.isArray(target[name])) continue
      renamed[name] = target[name].map((other: unknown) => {
        const attribute = isObject(other) ? textOf(other.attribute) : undefined
        if (!isObject(other) || attribute === undefined) return other
        return { ...other, attribute: rename(attribute, 'valueCoding' in other ? 'Coding' : 'string') }
      })
    }
    return renamed
  }
  return eachIn(groups, (group) => ({
    ...group,
    ...(group.element === undefined
      ? {}
      : {
          element: eachIn(group.element, (element) =>
            element.target === undefined ? element : { ...element, target: eachIn(element.target, inTarget) },
          ),
        }),
  }))
}

function eachIn(list: unknown, change: (item: JsonObject) => JsonObject): unknown {
  return Array.isArray(list) ? list.map((item: unknown) => (isObject(item) ? change(item) : item)) : list
}

/** `url|version` in one canonical, or in two elements. */
export function groupDown({ source, target }: JsonObject): Mapped {
  const put: Record<string, unknown> = {}
  for (const [name, canonical] of [
    ['source', textOf(source)],
    ['target', textOf(target)],
  ] as const) {
    const bar = canonical?.indexOf('|') ?? -1
    if (canonical === undefined || bar < 0) continue
    put[name] = canonical.slice(0, bar)
    put[`${name}Version`] = canonical.slice(bar + 1)
  }
  return { taken: new Set(), put }
}

export function groupUp(group: JsonObject): Mapped {
  const put: Record<string, unknown> = {}
  const taken = new Set<string>()
  for (const name of ['source', 'target'] as const) {
    const [url, version] = [textOf(group[name]), textOf(group[`${name}Version`])]
    if (version === undefined) continue
    taken.add(`${name}Version`)
    if (url !== undefined) put[name] = `${url}|${version}`
  }
  return { taken, put }
}

export function elementDown(element: JsonObject): Mapped | undefined {
  if (element.noMap !== true) return 'noMap' in element ? { taken: new Set(['noMap']), put: {} } : undefined
  const own = listOf(element.extension)
  const comment = own.find((item) => isObject(item) && item.url === COMMENT)
  const rest = own.filter((item) => item !== comment)
  return {
    taken: new Set(['noMap', ...(comment ? ['extension'] : [])]),
    put: {
      target: [{ equivalence: 'unmatched', ...(isObject(comment) ? { comment: comment.valueString } : {}) }],
      ...(comment && rest.length > 0 ? { extension: rest } : {}),
    },
  }
}

export function elementUp(element: JsonObject): Mapped | undefined {
  const targets = listOf(element.target)
  const isNoMap = (target: unknown): boolean => isObject(target) && target.noMap === true
  const none = targets.find(isNoMap)
  if (!isObject(none)) return undefined
  const rest = targets.filter((target) => !isNoMap(target))
  if (rest.length > 0) return { taken: new Set(), put: { target: rest } }
  const carried = { url: COMMENT, valueString: none.comment }
  return {
    taken: new Set(['target']),
    put: { noMap: true, ...(none.comment === undefined ? {} : { extension: [...listOf(element.extension), carried] }) },
  }
}

export function targetDown(target: JsonObject): Mapped {
  const extra = target._relationship
  const carried = isObject(extra)
    ? listOf(extra.extension).find((item) => isObject(item) && item.url === EQUIVALENCE)
    : undefined
  const finer = isObject(carried) ? textOf(carried.valueCode) : undefined
  const equivalence = target.equivalence ?? finer ?? equivalenceOf(textOf(target.relationship) ?? '')
  return { taken: new Set(['relationship', '_relationship']), put: { equivalence } }
}

/** `unmatched` that says nothing else is marked here and told by the element above (`elementUp`). */
export function targetUp(target: JsonObject): Mapped | undefined {
  const equivalence = textOf(target.equivalence)
  if (equivalence === undefined) return undefined
  if (equivalence === 'unmatched' && Object.keys(target).every((key) => key === 'equivalence' || key === 'comment')) {
    return { taken: new Set(['equivalence']), put: { noMap: true } }
  }
  const relationship = relationshipOf(equivalence)
  if (relationship === undefined) return undefined
  const isFiner = equivalenceOf(relationship) !== equivalence
  return {
    taken: new Set(['equivalence']),
    put: {
      relationship,
      ...(isFiner ? { _relationship: { extension: [{ url: EQUIVALENCE, valueCode: equivalence }] } } : {}),
    },
  }
}

/** R4: property, system, value, display. R5: attribute and a typed value. */
export function otherDown(other: JsonObject): Mapped {
  const { attribute, valueCoding } = other
  const put: Record<string, unknown> = { ...(attribute === undefined ? {} : { property: attribute }) }
  const taken = new Set(['attribute', ...Object.keys(other).filter((key) => /^value[A-Z]/.test(key))])
  if (isObject(valueCoding)) {
    const { system, code, display } = valueCoding
    Object.assign(put, defined({ system, value: code, display }))
  } else {
    const simple = Object.keys(other).find((key) => /^value[A-Z]/.test(key) && !isObject(other[key]))
    if (simple !== undefined) put.value = String(other[simple])
  }
  return { taken, put }
}

export function otherUp({ property, system, value, display }: JsonObject): Mapped {
  const coding = defined({ system, code: value, display })
  return {
    taken: new Set(['property', 'system', 'value', 'display']),
    put: {
      ...(property === undefined ? {} : { attribute: property }),
      ...(system === undefined ? (value === undefined ? {} : { valueString: value }) : { valueCoding: coding }),
    },
  }
}

export function unmappedDown({ mode, otherMap }: JsonObject): Mapped {
  return {
    taken: new Set(['otherMap']),
    put: {
      ...(mode === 'use-source-code' ? { mode: 'provided' } : {}),
      ...(otherMap === undefined ? {} : { url: otherMap }),
    },
  }
}

export function unmappedUp({ mode, url }: JsonObject): Mapped {
  return {
    taken: new Set(['url']),
    put: {
      ...(mode === 'provided' ? { mode: 'use-source-code' } : {}),
      ...(url === undefined ? {} : { otherMap: url }),
    },
  }
}

function defined(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}

/** R4 `$closure` says `subsumes` of a target that stands above its source (R4 §4.10.14); a plain map would say `wider`. */
export function closureAnswerToR4<T extends JsonObject>(map: T): T {
  if (map.resourceType !== 'ConceptMap' || map.group === undefined) return map
  const finer = { _relationship: { extension: [{ url: EQUIVALENCE, valueCode: 'subsumes' }] } }
  const inTarget = (target: JsonObject): JsonObject =>
    target.relationship === 'source-is-narrower-than-target' ? { ...target, ...finer } : target
  const inElement = (element: JsonObject): JsonObject => ({ ...element, target: eachIn(element.target, inTarget) })
  return { ...map, group: eachIn(map.group, (group) => ({ ...group, element: eachIn(group.element, inElement) })) }
}
