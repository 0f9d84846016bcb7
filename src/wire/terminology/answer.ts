/** Answers one call, whether it came by HTTP or inside a batch. Bodies and answers are of the endpoint's FHIR version. */
import type {
  Answer,
  FhirResource,
  OperationCall,
  ParameterEntry,
  ParametersResource,
  StatementContext,
  TerminologyHandlers,
} from './handlers.ts'
import { isObject, type JsonObject } from './json.ts'
import { outcomeOf, type Refusal, refuse } from './outcome.ts'
import { queryParameters } from './query-parameters.ts'
import { toR4, toR5 } from './r4.ts'
import { closureAnswerToR4 } from './r4-concept-map.ts'
import { translateAnswerToR4, translateRequestToR5 } from './r4-translate.ts'
import { type Route, routeOf } from './route.ts'

export interface Call {
  readonly method: string
  /** Below the base, without query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly body?: FhirResource
  readonly acceptLanguage?: string
  readonly expansionLimit?: number
}

export interface AnswerContext {
  readonly fhirVersion: 'R4' | 'R5'
  /** Base URL as clients see it, without a slash at the end. */
  readonly base: string
  readonly handlers: TerminologyHandlers
  readonly software: StatementContext['software']
  /** When this server's content or program last changed, ISO. */
  readonly date: string
  /** Most parameters in one request. */
  readonly mostParameters: number
}

export interface CallAnswer extends Answer {
  /** Methods of the path, when the method was the wrong one. */
  readonly allow?: string
  /** Worth an ETag: the same request will get the same answer for some time. */
  readonly lasting?: boolean
}

export function answerCall(call: Call, context: AnswerContext): CallAnswer | Promise<CallAnswer> {
  const route = routeOf(call.path)
  if ('status' in route) return refusalAnswer(route)
  const { method } = call
  const isGet = method === 'GET' || method === 'HEAD'
  switch (route.kind) {
    case 'metadata':
      return isGet ? statement(call, context) : wrongMethod('GET')
    case 'base':
      return wrongMethod('POST')
    case 'search':
      if (route.form ? method !== 'POST' : !isGet) return wrongMethod(route.form ? 'POST' : 'GET')
      return inVersion(context.handlers.search(route.type, call.query, { base: context.base }), context)
    case 'read':
      return isGet ? read(route, context) : wrongMethod('GET')
    case 'operation':
      return isGet || method === 'POST' ? operate(call, route, context) : wrongMethod('GET, POST')
  }
}

export function refusalAnswer(refusal: Refusal): CallAnswer {
  return { status: refusal.status, resource: outcomeOf(refusal), ...(refusal.allow ? { allow: refusal.allow } : {}) }
}

function wrongMethod(allow: string): CallAnswer {
  const next = `Use ${allow.replace(', ', ' or ')}.`
  return refusalAnswer(refuse(405, 'This address does not take this method.', next, { allow }))
}

function statement({ query }: Call, context: AnswerContext): CallAnswer {
  const { fhirVersion, base, software, date, handlers } = context
  const wanted: StatementContext = { fhirVersion, base, software, date }
  const mode = query.get('mode')
  if (mode !== null && !['full', 'normative', 'terminology'].includes(mode)) {
    return refusalAnswer(
      refuse(400, 'The mode of a statement is full, normative or terminology.', 'Choose one of them.'),
    )
  }
  const resource =
    mode === 'terminology' ? handlers.terminologyCapabilities(wanted) : handlers.capabilityStatement(wanted)
  return { ...inVersion({ status: 200, resource }, context), lasting: true }
}

function read({ type, id, version }: Route & { readonly kind: 'read' }, context: AnswerContext): CallAnswer {
  const answer = context.handlers.read(type, id)
  const meta = answer.resource.meta
  if (version !== undefined && answer.status === 200 && (!isObject(meta) || meta.versionId !== version)) {
    return refusalAnswer(
      refuse(404, 'This server does not have that version of the resource.', 'Read the current one.'),
    )
  }
  return { ...inVersion(answer, context), lasting: answer.status === 200 }
}

type OperationRoute = Route & { readonly kind: 'operation' }

function operate(call: Call, route: OperationRoute, context: AnswerContext): CallAnswer | Promise<CallAnswer> {
  if (route.type === undefined && route.operation === 'versions') return versions(context)
  const parameters = parametersOf(call, route, context)
  if ('status' in parameters) return refusalAnswer(parameters)
  const { fhirVersion, handlers } = context
  const { acceptLanguage, expansionLimit } = call
  const answer = handlers.operation({
    operation: route.operation,
    parameters: parameters.resource,
    fhirVersion,
    ...(route.type === undefined ? {} : { resourceType: route.type }),
    ...(route.id === undefined ? {} : { id: route.id }),
    ...(acceptLanguage === undefined ? {} : { acceptLanguage }),
    ...(expansionLimit === undefined ? {} : { expansionLimit }),
  } satisfies OperationCall)
  if (answer instanceof Promise) return answer.then((done) => finish(done, route, context))
  return finish(answer, route, context)
}

function finish(answer: Answer, { operation }: OperationRoute, context: AnswerContext): CallAnswer {
  if (context.fhirVersion === 'R5') return answer
  if (operation === 'closure') return inVersion({ ...answer, resource: closureAnswerToR4(answer.resource) }, context)
  if (operation !== 'translate') return inVersion(answer, context)
  return inVersion({ ...answer, resource: translateAnswerToR4(answer.resource) }, context)
}

function inVersion(answer: Answer, { fhirVersion }: AnswerContext): Answer {
  if (fhirVersion === 'R5') return answer
  const resource = toR4(answer.resource)
  return resource === answer.resource
    ? answer
    : { ...answer, resource: { ...resource, resourceType: answer.resource.resourceType } }
}

/** FHIR `$versions` (R5 operation-capabilitystatement-versions). */
function versions({ fhirVersion }: AnswerContext): CallAnswer {
  const valueCode = fhirVersion === 'R4' ? '4.0' : '5.0'
  return {
    status: 200,
    resource: {
      resourceType: 'Parameters',
      parameter: [
        { name: 'version', valueCode },
        { name: 'default', valueCode },
      ],
    },
  }
}

/** A resource posted as such stands for the parameter of its kind (FHIR §3.2.0.4). */
const BODY_PARAMETER: Readonly<Record<string, string>> = {
  ValueSet: 'valueSet',
  CodeSystem: 'codeSystem',
  ConceptMap: 'conceptMap',
}

type ReadParameters = { readonly resource: ParametersResource } | Refusal

function parametersOf(call: Call, route: OperationRoute, context: AnswerContext): ReadParameters {
  const fromQuery = queryParameters(call.query, route.operation)
  if (!fromQuery.ok) {
    const { sentence, next, place } = fromQuery.problem
    return refuse(400, sentence, next, place ? { place } : {})
  }
  const own = call.body === undefined ? [] : bodyEntries(call.body)
  if ('status' in own) return own
  const entries = fromQuery.value.length === 0 ? own : [...own, ...fromQuery.value]
  if (entries.length > context.mostParameters) {
    return refuse(413, `A request may have at most ${context.mostParameters} parameters.`, 'Send several requests.')
  }
  const resource: ParametersResource = { resourceType: 'Parameters', parameter: entries }
  if (context.fhirVersion === 'R5') return { resource }
  const converted = toR5(resource) as ParametersResource
  return { resource: route.operation === 'translate' ? translateRequestToR5(converted) : converted }
}

function bodyEntries(body: FhirResource): readonly ParameterEntry[] | Refusal {
  const name = Object.hasOwn(BODY_PARAMETER, body.resourceType) ? BODY_PARAMETER[body.resourceType] : undefined
  if (name !== undefined) return [{ name, resource: body }]
  if (body.resourceType !== 'Parameters') {
    return refuse(400, `An operation takes Parameters, not a ${body.resourceType}.`, 'Send a Parameters resource.')
  }
  const entries: unknown = body.parameter ?? []
  if (!Array.isArray(entries)) return wrongShape('Parameters.parameter', 'is no list')
  for (let index = 0; index < entries.length; index++) {
    const entry: unknown = entries[index]
    if (!isObject(entry)) return wrongShape(`Parameters.parameter[${index}]`, 'is no object')
    const wrong = wrongEntry(entry, `Parameters.parameter[${index}]`)
    if (wrong) return wrong
  }
  return entries as readonly ParameterEntry[]
}

function wrongEntry({ name, resource, part }: JsonObject, path: string): Refusal | undefined {
  if (typeof name !== 'string' || name === '') return wrongShape(`${path}.name`, 'is no name')
  if (resource !== undefined && (!isObject(resource) || typeof resource.resourceType !== 'string')) {
    return wrongShape(`${path}.resource`, 'is no resource')
  }
  if (part === undefined) return undefined
  if (!Array.isArray(part)) return wrongShape(`${path}.part`, 'is no list')
  for (const [index, item] of part.entries()) {
    const wrong = isObject(item)
      ? wrongEntry(item, `${path}.part[${index}]`)
      : wrongShape(`${path}.part[${index}]`, 'is no object')
    if (wrong) return wrong
  }
  return undefined
}

function wrongShape(path: string, what: string): Refusal {
  return refuse(400, `${path} ${what}.`, 'Correct it.', { place: { path } })
}
