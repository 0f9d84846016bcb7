/** Supplements that a request or a value set demands. */
import type { Library } from '../library/library.ts'
import { type JsonObject, objects } from '../load/json.ts'
import { canonicalOf, canonicalText } from './fhir.ts'
import { type Refusal, refusal } from './issues.ts'
import type { Messages } from './messages.ts'

export interface Supplements {
  readonly isEmpty: boolean
  /** The demanded supplements of a code system (URL). */
  of(system: string): readonly JsonObject[]
  /** A refusal when a demanded supplement belongs to none of these code systems. */
  unused(systems: ReadonlySet<string>): Refusal | undefined
}

const VALUE_SET_SUPPLEMENT = 'http://hl7.org/fhir/StructureDefinition/valueset-supplement'

/** Supplements named by extension of a value set. */
export function supplementsNamedBy(valueSet: JsonObject): readonly string[] {
  return objects(valueSet.extension).flatMap(({ url, valueCanonical, valueUri }) => {
    const value = valueCanonical ?? valueUri
    return url === VALUE_SET_SUPPLEMENT && typeof value === 'string' ? [value] : []
  })
}

/** Finds demanded supplements; a refusal when one is not known. */
export function findSupplements(library: Library, names: readonly string[], say: Messages): Supplements | Refusal {
  const bySystem = new Map<string, JsonObject[]>()
  const systemOf = new Map<string, string>()
  for (const name of new Set(names)) {
    const resource = library.supplement(name)
    if (!resource || typeof resource.supplements !== 'string') return missing(name, say)
    const { url } = canonicalOf(resource.supplements)
    systemOf.set(name, url)
    const list = bySystem.get(url)
    if (list) list.push(resource)
    else bySystem.set(url, [resource])
  }
  return {
    isEmpty: bySystem.size === 0,
    of: (system) => bySystem.get(system) ?? [],
    unused(systems) {
      const left = [...systemOf].filter(([, system]) => !systems.has(system)).map(([name]) => name)
      return left.length === 0 ? undefined : missing(left.join(', '), say)
    },
  }
}

function missing(canonical: string, say: Messages): Refusal {
  const id = 'VALUESET_SUPPLEMENT_MISSING'
  return refusal(422, { code: 'not-found', type: 'not-found', id, text: say(id, { canonical }) })
}

export function supplementName({ url, version }: JsonObject): string {
  return canonicalText(String(url), typeof version === 'string' ? version : undefined)
}
