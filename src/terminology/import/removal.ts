/** Takes words that were found to be English in disguise out of what is already written. */
import { normaliseLanguage } from '../languages.ts'
import { type JsonObject, objects, text } from '../load/json.ts'
import { isRemoved, type RemovedWords } from './english.ts'
import { UNTRANSLATED, withAccountProperties } from './resource.ts'

export interface Removal {
  /** A `concept` element, with those inside it, without the words. */
  concept(raw: JsonObject): JsonObject
  /** The resource itself, once its concepts were seen. Its `concept` stays as it is. */
  resource(): JsonObject
}

/** Undefined for what has no words of a code system. */
export function removalFrom(
  resource: JsonObject,
  removed: RemovedWords,
  canonical: (system: string) => string,
): Removal | undefined {
  const isSupplement = resource.content === 'supplement'
  const named = text(isSupplement ? resource.supplements : resource.url)
  if (resource.resourceType !== 'CodeSystem' || named === undefined) return undefined
  const system = canonical(named.split('|')[0] ?? named)
  let accountNeeded = false
  const concept = (raw: JsonObject): JsonObject => {
    const { designation, property, concept: children, ...rest }: JsonObject = raw
    const code = text(raw.code) ?? ''
    const lost: JsonObject[] = []
    const kept = objects(designation).filter(({ language, value }) => {
      const tag = normaliseLanguage(text(language) ?? '')
      if (!isRemoved(removed, system, code, tag, text(value) ?? '')) return true
      if (isSupplement) lost.push({ code: UNTRANSLATED, valueCode: tag })
      return false
    })
    if (lost.length > 0) accountNeeded = true
    const properties = [...objects(property), ...lost]
    return {
      ...rest,
      ...(properties.length === 0 ? {} : { property: properties }),
      ...(kept.length > 0 && { designation: kept }),
      ...(children !== undefined && { concept: objects(children).map(concept) }),
    }
  }
  return {
    concept,
    resource: () => (accountNeeded ? { ...resource, property: withAccountProperties(resource.property) } : resource),
  }
}

/** The resource without the words. */
export function without(
  resource: JsonObject,
  removed: RemovedWords,
  canonical: (system: string) => string,
): JsonObject {
  const removal = removalFrom(resource, removed, canonical)
  if (!removal) return resource
  const concept = objects(resource.concept).map(removal.concept)
  return { ...removal.resource(), concept }
}
