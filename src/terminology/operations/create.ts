/** The terminology server: requests in, answers out, no wire. */
import type { Library } from '../library/library.ts'
import { type ClosureStore, closure, createClosureStore } from './closure.ts'
import { compare } from './compare.ts'
import { createContext, notFound, type OperationContext, type ServerOptions } from './context.ts'
import { expand } from './expand.ts'
import type { Parameter, Parameters, Resource } from './fhir.ts'
import { isRefusal, operationOutcome, type Refusal, refusal } from './issues.ts'
import { lookup } from './lookup.ts'
import { messagesFor } from './messages.ts'
import { createResourceCache } from './resource-cache.ts'
import { searchResources } from './search.ts'
import type { OperationAnswer, OperationRequest, TerminologyServer } from './server.ts'
import { capabilityStatement, terminologyCapabilities } from './statements.ts'
import { subsumes } from './subsumes.ts'
import { translate } from './translate.ts'
import { validateInCodeSystem, validateInValueSet } from './validate-code.ts'

export interface TerminologyServerOptions extends Partial<ServerOptions> {
  readonly closures?: ClosureStore
}

/** Concepts of one expansion without `count`: what a client can hold and a server can write quickly. */
const EXPANSION_LIMIT = 10_000
/** The same of a list, whose publisher chose each code: the largest of the European ones has 14,158. */
const LIST_LIMIT = 50_000

export function createTerminologyServer(library: Library, given: TerminologyServerOptions = {}): TerminologyServer {
  const options: ServerOptions = {
    now: given.now ?? (() => new Date()),
    expansionLimit: given.expansionLimit ?? EXPANSION_LIMIT,
    listLimit: given.listLimit ?? given.expansionLimit ?? LIST_LIMIT,
    flat: given.flat ?? false,
  }
  const cache = createResourceCache()
  const closures = given.closures ?? createClosureStore()

  const operation = (request: OperationRequest): OperationAnswer => {
    const context = createContext(request, library, cache, options)
    if (isRefusal(context)) return refused(context)
    const answer = dispatch(request, context)
    return isRefusal(answer) ? refused(answer, context) : { status: 200, ...answer }
  }

  const dispatch = (request: OperationRequest, context: OperationContext): Answer | Refusal => {
    const { resourceType, operation: name, id } = request
    switch (`${resourceType ?? ''}/${name}`) {
      case 'CodeSystem/lookup':
        return described(lookup(context, id))
      case 'CodeSystem/validate-code':
        return plain(validateInCodeSystem(context, id))
      case 'CodeSystem/subsumes':
        return plain(subsumes(context, id))
      case 'ValueSet/expand':
        return expanded(expand(context, id))
      case 'ValueSet/validate-code':
        return plain(validateInValueSet(context, id))
      case 'ValueSet/batch-validate-code':
      case 'CodeSystem/batch-validate-code':
      case '/batch-validate-code':
        return batch(request, operation)
      case 'ValueSet/related':
      case 'ValueSet/compare':
        return plain(compare(context))
      case 'ConceptMap/translate':
        return plain(translate(context, id))
      case 'ConceptMap/closure':
      case '/closure':
        return plain(closure(context, closures))
      case '/versions':
        return { resource: versions() }
      default:
        return unknownOperation(request, context)
    }
  }

  return {
    operation,
    read(type, id) {
      const found = library.byId(type, id)
      if (found) return { status: 200, resource: found.read() as Resource }
      return refused(notFound(messagesFor([])('resource_unknown', { type, id })))
    },
    search: (type, query, { base }) => searchResources(library, type, query, base),
    capabilityStatement,
    terminologyCapabilities: (context) => terminologyCapabilities(library, context),
  }
}

interface Answer {
  readonly resource: Resource
  readonly contentLanguage?: string
}

function plain(resource: Resource | Refusal): Answer | Refusal {
  return isRefusal(resource) ? resource : { resource }
}

function described(found: ReturnType<typeof lookup>): Answer | Refusal {
  if (isRefusal(found)) return found
  const { resource, language } = found
  return { resource, ...(language !== undefined && { contentLanguage: language }) }
}

function expanded(made: ReturnType<typeof expand>): Answer | Refusal {
  if (isRefusal(made)) return made
  const { resource, languages } = made
  return { resource, ...(languages.size > 0 && { contentLanguage: [...languages].join(', ') }) }
}

function refused({ status, issues }: Refusal, context?: OperationContext): OperationAnswer {
  return {
    status,
    resource: operationOutcome(issues),
    ...(context && { contentLanguage: context.say.language }),
  }
}

function unknownOperation({ resourceType, operation }: OperationRequest, { say }: OperationContext): Refusal {
  const text = say('operation_unknown', { operation, type: resourceType ?? 'the server' })
  return refusal(404, { code: 'not-supported', text })
}

const MOST_IN_BATCH = 1_000

/** Validates many codes at once; what the request says beside them goes for each that does not say it itself. */
function batch(request: OperationRequest, operation: (request: OperationRequest) => OperationAnswer): Answer | Refusal {
  const list: readonly Parameter[] = request.parameters.parameter ?? []
  const common = list.filter(({ name }) => name !== 'validation')
  const validations = list.filter(({ name }) => name === 'validation')
  if (validations.length > MOST_IN_BATCH) {
    return refusal(422, { code: 'too-costly', text: `More than ${MOST_IN_BATCH} validations in one request` })
  }
  const parameter = validations.map(({ resource }) => {
    const own = (resource as Parameters | undefined)?.parameter ?? []
    const names = new Set(own.map(({ name }) => name))
    const merged = [...own, ...common.filter(({ name }) => name === 'tx-resource' || !names.has(name))]
    const inValueSet = merged.some(({ name }) => name === 'valueSet' || name === 'url')
    const answer = operation({
      ...request,
      resourceType: request.resourceType ?? (inValueSet ? 'ValueSet' : 'CodeSystem'),
      operation: 'validate-code',
      parameters: { resourceType: 'Parameters', parameter: merged },
    })
    return { name: 'validation', resource: answer.resource }
  })
  return { resource: { resourceType: 'Parameters', parameter } }
}

/** The FHIR versions that the wire can speak. */
function versions(): Resource {
  return {
    resourceType: 'Parameters',
    parameter: [
      { name: 'version', valueCode: '4.0' },
      { name: 'version', valueCode: '5.0' },
      { name: 'default', valueCode: '4.0' },
    ],
  }
}
