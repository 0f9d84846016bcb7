/** FHIR R4 terminology resources in the shape of R5: everything behind the border speaks R5. Resources of R5 pass unchanged. */
import { isObject, type JsonObject, objects } from '../load/json.ts'

/** R4 ConceptMap.equivalence → R5 relationship (https://hl7.org/fhir/R5/conceptmap-definitions.html). */
const RELATIONSHIPS: Readonly<Record<string, string>> = {
  relatedto: 'related-to',
  equivalent: 'equivalent',
  equal: 'equivalent',
  wider: 'source-is-narrower-than-target',
  subsumes: 'source-is-narrower-than-target',
  narrower: 'source-is-broader-than-target',
  specializes: 'source-is-broader-than-target',
  inexact: 'related-to',
  unmatched: 'not-related-to',
  disjoint: 'not-related-to',
}

export function toR5(resource: JsonObject): JsonObject {
  return resource.resourceType === 'ConceptMap' ? conceptMapToR5(resource) : resource
}

/** R4 `uri` and `canonical` scopes, equivalences, `unmapped.url` and dependsOn.system/value get their R5 names. */
function conceptMapToR5(map: JsonObject): JsonObject {
  const { sourceUri, sourceCanonical, targetUri, targetCanonical, group, ...rest } = map
  const source = sourceCanonical ?? sourceUri
  const target = targetCanonical ?? targetUri
  return {
    ...rest,
    ...(source !== undefined && rest.sourceScopeCanonical === undefined && { sourceScopeCanonical: source }),
    ...(target !== undefined && rest.targetScopeCanonical === undefined && { targetScopeCanonical: target }),
    ...(group !== undefined && { group: objects(group).map(groupToR5) }),
  }
}

function groupToR5(group: JsonObject): JsonObject {
  const versioned = (system: unknown, version: unknown) =>
    typeof system === 'string' && typeof version === 'string' && !system.includes('|') ? `${system}|${version}` : system
  const { sourceVersion, targetVersion, element, unmapped, ...rest } = group
  return {
    ...rest,
    ...(rest.source !== undefined && { source: versioned(rest.source, sourceVersion) }),
    ...(rest.target !== undefined && { target: versioned(rest.target, targetVersion) }),
    ...(element !== undefined && { element: objects(element).map(elementToR5) }),
    ...(isObject(unmapped) && { unmapped: unmappedToR5(unmapped) }),
  }
}

function elementToR5(element: JsonObject): JsonObject {
  if (!Array.isArray(element.target)) return element
  const targets = objects(element.target)
  // R4 says "no target" by a target without code.
  const noMap = targets.length === 1 && targets[0]?.equivalence === 'unmatched' && targets[0]?.code === undefined
  const { target: _, ...rest } = element
  return noMap ? { ...rest, noMap: true } : { ...rest, target: targets.map(targetToR5) }
}

function targetToR5(target: JsonObject): JsonObject {
  const { equivalence, dependsOn, product, ...rest } = target
  const relationship = typeof equivalence === 'string' ? (RELATIONSHIPS[equivalence] ?? 'related-to') : undefined
  return {
    ...rest,
    ...(relationship !== undefined && { relationship }),
    ...(dependsOn !== undefined && { dependsOn: objects(dependsOn).map(attributeToR5) }),
    ...(product !== undefined && { product: objects(product).map(attributeToR5) }),
  }
}

function attributeToR5(attribute: JsonObject): JsonObject {
  const { property, value, system, display, ...rest } = attribute
  if (typeof value !== 'string') return attribute
  return {
    ...rest,
    attribute: property,
    ...(typeof system === 'string'
      ? { valueCoding: { system, code: value, ...(typeof display === 'string' && { display }) } }
      : { valueString: value }),
  }
}

function unmappedToR5(unmapped: JsonObject): JsonObject {
  const { mode, url, ...rest } = unmapped
  return {
    ...rest,
    mode: mode === 'provided' ? 'use-source-code' : mode,
    ...(url !== undefined && { otherMap: url }),
    relationship: rest.relationship ?? 'related-to',
  }
}
