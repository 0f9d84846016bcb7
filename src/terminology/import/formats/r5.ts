/**
 * FHIR R4 terminology resources → R5. CodeSystem, ValueSet and NamingSystem only gained elements; ConceptMap turned
 * its equivalence round and renamed the rest (https://hl7.org/fhir/R5/conceptmap-version-maps.html). What R5 cannot say
 * is kept in the extension that FHIR defines for R4 elements.
 */
import { isObject, type JsonObject, objects, text } from '../../load/json.ts'
import type { ImportedResource } from '../resource.ts'

const RELATIONSHIPS: Readonly<Record<string, string>> = {
  relatedto: 'related-to',
  equivalent: 'equivalent',
  equal: 'equivalent',
  wider: 'source-is-narrower-than-target',
  subsumes: 'source-is-narrower-than-target',
  narrower: 'source-is-broader-than-target',
  specializes: 'source-is-broader-than-target',
  inexact: 'related-to',
  disjoint: 'not-related-to',
}

const EQUIVALENCE = 'http://hl7.org/fhir/4.0/StructureDefinition/extension-ConceptMap.group.element.target.equivalence'

const UNMAPPED: Readonly<Record<string, string>> = {
  provided: 'use-source-code',
  fixed: 'fixed',
  'other-map': 'other-map',
}

/** Also takes resources that are R5 already and gives them back as they are. */
export function toR5(resource: JsonObject): ImportedResource {
  if (resource.resourceType !== 'ConceptMap') return resource as ImportedResource
  const { sourceUri, sourceCanonical, targetUri, targetCanonical, identifier, group, ...rest } = resource
  const scopes = {
    sourceScopeUri: sourceUri,
    sourceScopeCanonical: sourceCanonical,
    targetScopeUri: targetUri,
    targetScopeCanonical: targetCanonical,
  }
  return {
    ...rest,
    resourceType: 'ConceptMap',
    ...Object.fromEntries(Object.entries(scopes).filter(([, value]) => value !== undefined)),
    ...(identifier !== undefined && { identifier: isObject(identifier) ? [identifier] : identifier }),
    ...(group !== undefined && { group: objects(group).map(groupToR5) }),
  }
}

function groupToR5(group: JsonObject): JsonObject {
  const { sourceVersion, targetVersion, element, unmapped, ...rest } = group
  return {
    ...rest,
    ...(text(rest.source) !== undefined && { source: canonical(text(rest.source), text(sourceVersion)) }),
    ...(text(rest.target) !== undefined && { target: canonical(text(rest.target), text(targetVersion)) }),
    element: objects(element).map(elementToR5),
    ...(isObject(unmapped) && { unmapped: unmappedToR5(unmapped) }),
  }
}

function canonical(url: string | undefined, version: string | undefined): string | undefined {
  return url === undefined || version === undefined || url.includes('|') ? url : `${url}|${version}`
}

function elementToR5(element: JsonObject): JsonObject {
  const { target, ...rest } = element
  if (target === undefined) return element
  const targets = objects(target)
  const none = targets.filter(({ equivalence }) => equivalence === 'unmatched')
  const real = targets.filter(({ equivalence }) => equivalence !== 'unmatched').map(targetToR5)
  if (real.length === 0 && none.length > 0) {
    const comment = none.flatMap((one) => text(one.comment) ?? []).join(' ')
    // R5 has no place for the comment of an element without target.
    return {
      ...rest,
      noMap: true,
      ...(comment !== '' && { extension: [{ url: 'urn:tessera:comment', valueString: comment }] }),
    }
  }
  return { ...rest, target: real }
}

function targetToR5(target: JsonObject): JsonObject {
  const { equivalence, dependsOn, product, extension, ...rest } = target
  const was = text(equivalence)
  const relationship = text(rest.relationship) ?? RELATIONSHIPS[was ?? ''] ?? 'related-to'
  const lossy = was === 'equal' || was === 'inexact' || was === 'subsumes' || was === 'specializes'
  const extensions = [...objects(extension), ...(lossy ? [{ url: EQUIVALENCE, valueCode: was }] : [])]
  return {
    ...rest,
    relationship,
    ...(extensions.length > 0 && { extension: extensions }),
    ...(dependsOn !== undefined && { dependsOn: objects(dependsOn).map(attributeToR5) }),
    ...(product !== undefined && { product: objects(product).map(attributeToR5) }),
  }
}

function attributeToR5(attribute: JsonObject): JsonObject {
  const { property, system, value, display, ...rest } = attribute
  if (property === undefined) return attribute
  const coded = text(system) !== undefined
  return {
    ...rest,
    attribute: property,
    ...(coded
      ? { valueCoding: { system, code: value, ...(display !== undefined && { display }) } }
      : { valueString: value }),
  }
}

function unmappedToR5(unmapped: JsonObject): JsonObject {
  const { url, mode, ...rest } = unmapped
  return { ...rest, mode: UNMAPPED[text(mode) ?? ''] ?? mode, ...(url !== undefined && { otherMap: url }) }
}
