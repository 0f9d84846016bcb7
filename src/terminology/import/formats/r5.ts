/**
 * What FHIR R4 says in a ConceptMap and R5 has no word for stays in the extension that FHIR defines for elements of R4;
 * the rest of the way to R5 is library/normalise.ts.
 */
import { toR5 as normalised } from '../../library/normalise.ts'
import { isObject, type JsonObject, objects, text } from '../../load/json.ts'
import type { ImportedResource } from '../resource.ts'

const EQUIVALENCE = 'http://hl7.org/fhir/4.0/StructureDefinition/extension-ConceptMap.group.element.target.equivalence'
/** R5 says `equivalent` for `equal` and `related-to` for `inexact`. */
const LOSSY: ReadonlySet<string | undefined> = new Set(['equal', 'inexact'])

/** Also takes resources that are R5 already and gives them back as they are. */
export function toR5(resource: JsonObject): ImportedResource {
  if (resource.resourceType !== 'ConceptMap') return resource as ImportedResource
  const { identifier, group, ...rest } = resource
  return normalised({
    ...rest,
    ...(identifier !== undefined && { identifier: isObject(identifier) ? [identifier] : identifier }),
    ...(group !== undefined && { group: objects(group).map(annotated) }),
  }) as ImportedResource
}

function annotated(group: JsonObject): JsonObject {
  if (!Array.isArray(group.element)) return group
  const element = objects(group.element).map((one) =>
    Array.isArray(one.target) ? { ...one, target: objects(one.target).map(withEquivalence) } : one,
  )
  return { ...group, element }
}

function withEquivalence(target: JsonObject): JsonObject {
  const was = text(target.equivalence)
  if (!LOSSY.has(was)) return target
  return { ...target, extension: [...objects(target.extension), { url: EQUIVALENCE, valueCode: was }] }
}
