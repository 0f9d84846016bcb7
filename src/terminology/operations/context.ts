/** What every operation of one request shares: the library with the request's resources, languages, version rules. */
import { extensionValue } from '../code-systems/fhir-concepts.ts'
import { type Library, withResources } from '../library/library.ts'
import { toR5 } from '../library/normalise.ts'
import { isObject, type JsonObject, objects } from '../load/json.ts'
import { type LanguageWishes, parseLanguages } from './display-language.ts'
import type { Resource } from './fhir.ts'
import { type Input, readInput } from './input.ts'
import { isRefusal, type Refusal, refusal } from './issues.ts'
import { type Messages, messagesFor } from './messages.ts'
import type { ResourceCache } from './resource-cache.ts'
import type { OperationRequest } from './server.ts'
import { findSupplements, type Supplements, supplementsNamedBy } from './supplements.ts'
import { ownParameters } from './value-set.ts'
import { type AllVersionRules, readVersionRules } from './version-rules.ts'

export interface OperationContext {
  readonly input: Input
  readonly library: Library
  readonly say: Messages
  /** Of the request: displayLanguage, then Accept-Language. */
  readonly requested: LanguageWishes | undefined
  readonly header: LanguageWishes | undefined
  readonly now: () => Date
  /** Most concepts of one expansion. */
  readonly expansionLimit: number
  /** The same where the value set lists its codes one by one. */
  readonly listLimit: number
  /** A server that answers with plain lists whoever allows nesting, or searches. */
  readonly flat: boolean
}

export interface ServerOptions {
  readonly now: () => Date
  readonly expansionLimit: number
  readonly listLimit: number
  readonly flat: boolean
}

export function createContext(
  request: OperationRequest,
  library: Library,
  cache: ResourceCache,
  options: ServerOptions,
): OperationContext | Refusal {
  const header = request.acceptLanguage === undefined ? undefined : parseLanguages(request.acceptLanguage)
  const speech = messagesFor(header?.ranges.map(({ tag }) => tag) ?? [])
  const input = readInput(request.parameters, speech)
  if (isRefusal(input)) return input
  const asked = input.text('displayLanguage')
  const requested = asked === undefined ? undefined : parseLanguages(asked)
  if (asked !== undefined && !requested) {
    const id = 'INVALID_DISPLAY_NAME'
    return refusal(400, { code: 'processing', type: 'invalid-display', id, text: speech(id, { language: asked }) })
  }
  const resources = input.resources('tx-resource').map(toR5)
  const all = cache.remember(input.text('cache-id'), resources)
  return {
    input,
    library: withResources(library.inRelease(request.fhirVersion), all),
    // `displayLanguage` is the language of the content; sentences for people follow the header.
    say: speech,
    requested,
    header,
    now: options.now,
    expansionLimit: request.expansionLimit ?? options.expansionLimit,
    listLimit: request.expansionLimit ?? options.listLimit,
    flat: options.flat,
  }
}

/** displayLanguage of the request, then of the value set, then Accept-Language, then the value set's own language. */
export function wishesFor(context: OperationContext, valueSet?: JsonObject): LanguageWishes | undefined {
  if (context.requested) return context.requested
  const stated = valueSet && ownParameters(valueSet).get('displayLanguage')?.[0]
  if (stated !== undefined) {
    const wishes = parseLanguages(stated)
    if (wishes) return wishes
  }
  if (context.header) return context.header
  return typeof valueSet?.language === 'string' ? parseLanguages(valueSet.language) : undefined
}

/** Version rules of the request above those that the value set states for itself. */
export function rulesFor({ input }: OperationContext, valueSet?: JsonObject): AllVersionRules {
  if (!valueSet) return readVersionRules(input)
  const own = ownParameters(valueSet)
  return readVersionRules(input, (name) => own.get(name) ?? [])
}

/** Supplements that the request and the value set demand. */
export function supplementsFor(
  { input, library, say }: OperationContext,
  valueSet?: JsonObject,
): Supplements | Refusal {
  const named = [...input.texts('useSupplement'), ...(valueSet ? supplementsNamedBy(valueSet) : [])]
  return named.length === 0 ? NO_SUPPLEMENTS : findSupplements(library, named, say)
}

const NO_SUPPLEMENTS: Supplements = { isEmpty: true, of: () => [], unused: () => undefined }

/** The status that a canonical resource should be warned about: withdrawn, deprecated, retired, experimental, draft. */
export function warningStatus(
  resource: { readonly status?: unknown; readonly experimental?: unknown; readonly standardsStatus?: unknown },
  source: { readonly status?: unknown; readonly experimental?: unknown; readonly standardsStatus?: unknown },
): 'withdrawn' | 'deprecated' | 'retired' | 'experimental' | 'draft' | undefined {
  const { standardsStatus, status, experimental } = resource
  if (standardsStatus === 'withdrawn' || standardsStatus === 'deprecated') return standardsStatus
  if (status === 'retired') return 'retired'
  if (experimental === true && source.experimental !== true) return 'experimental'
  const isDraft = status === 'draft' || standardsStatus === 'draft'
  const sourceIsDraft = source.status === 'draft' || source.standardsStatus === 'draft'
  return isDraft && !sourceIsDraft ? 'draft' : undefined
}

const STANDARDS_STATUS = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status'

export function statusOf(resource: JsonObject): {
  readonly status: unknown
  readonly experimental: unknown
  readonly standardsStatus: unknown
} {
  const { status, experimental } = resource
  return { status, experimental, standardsStatus: extensionValue(resource, STANDARDS_STATUS) }
}

/** Finds the value set of a request: by instance id, as a parameter, or by url and version. */
export function findValueSet(context: OperationContext, id?: string): JsonObject | Refusal {
  const { input, library, say } = context
  if (id !== undefined) {
    const found = library.byId('ValueSet', id)
    return found ? found.read() : notFound(say('resource_unknown', { type: 'ValueSet', id }))
  }
  const given = input.resource('valueSet')
  if (given) {
    return given.resourceType === 'ValueSet' ? given : wrongResource('valueSet', 'a ValueSet', say)
  }
  const asked = input.text('url')
  if (asked === undefined) {
    return refusal(400, { code: 'required', text: say('parameter_missing', { what: "'url' or 'valueSet'" }) })
  }
  return valueSetByUrl(context, asked, input.text('valueSetVersion'))
}

export function valueSetByUrl(
  { library, say, input }: OperationContext,
  asked: string,
  stated: string | undefined,
): JsonObject | Refusal {
  const bar = asked.indexOf('|')
  const url = bar < 0 ? asked : asked.slice(0, bar)
  const inUrl = bar < 0 ? undefined : asked.slice(bar + 1)
  const rules = readVersionRules(input).valueSet
  const version = rules.force.get(url) ?? stated ?? inUrl ?? rules.standard.get(url) ?? rules.check.get(url)
  const found = library.valueSet(url, version) ?? wholeSystem(library, url)
  if (found) return found
  const id = 'Unable_to_resolve_value_Set_'
  const canonical = version === undefined ? url : `${url}|${version}`
  return refusal(404, { code: 'not-found', type: 'not-found', id, text: say(id, { canonical }) })
}

/**
 * The value set of all codes of a system (CodeSystem.valueSet) exists although nobody wrote it. Asked of the request's own
 * code systems only: those of the library would have to be read one by one, and they come with their value sets.
 */
function wholeSystem(library: Library, url: string): JsonObject | undefined {
  for (const { entry, read } of library.entries('CodeSystem')) {
    if (entry.length > 0) break
    if (entry.content !== 'supplement' && read().valueSet === url) {
      return { resourceType: 'ValueSet', url, status: 'active', compose: { include: [{ system: entry.url }] } }
    }
  }
  return undefined
}

export function notFound(text: string): Refusal {
  return refusal(404, { code: 'not-found', type: 'not-found', text })
}

export function wrongResource(name: string, type: string, say: Messages): Refusal {
  return refusal(400, { code: 'invalid', text: say('parameter_wrong_type', { name, type }) })
}

export function isResource(value: unknown): value is Resource {
  return isObject(value) && typeof value.resourceType === 'string'
}

export function firstObject(value: unknown): JsonObject | undefined {
  return objects(value)[0]
}
