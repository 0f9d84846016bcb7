/** Makes the request of a test: setup resources and the profile travel with it, as the tests ask. */
import type { Suite, TestCase, TestFolder } from './suite.ts'
import { fileNames } from './suite.ts'

export interface BenchRequest {
  readonly method: 'GET' | 'POST'
  /** Below the base, e.g. `ValueSet/$expand`. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** FHIR R5 JSON: Parameters, or a batch Bundle. */
  readonly body?: Readonly<Record<string, unknown>>
}

export interface BenchAnswer {
  readonly status: number
  /** FHIR R5 JSON; undefined when there was no JSON. */
  readonly body: unknown
}

/** Where each operation of the tests stands. */
const PATHS: Readonly<Record<string, string>> = {
  metadata: 'metadata',
  'term-caps': 'metadata?mode=terminology',
  expand: 'ValueSet/$expand',
  'validate-code': 'ValueSet/$validate-code',
  'cs-validate-code': 'CodeSystem/$validate-code',
  lookup: 'CodeSystem/$lookup',
  subsumes: 'CodeSystem/$subsumes',
  translate: 'ConceptMap/$translate',
  closure: '$closure',
  'batch-validate': 'ValueSet/$batch-validate-code',
  related: 'ValueSet/$related',
  compare: 'ValueSet/$related',
  batch: '',
}

export interface PrepareOptions {
  readonly modes: ReadonlySet<string>
  /** Send the setup once under this id and only the id afterwards (`cache-id`). */
  readonly cacheId?: string
  /** With `cacheId`: the server has the setup of this suite already. */
  readonly cached?: boolean
}

export type Prepared =
  | { readonly kind: 'ready'; readonly request: BenchRequest }
  | { readonly kind: 'file-missing'; readonly file: string }
  | { readonly kind: 'operation-unknown'; readonly operation: string }

export function prepare(folder: TestFolder, suite: Suite, test: TestCase, options: PrepareOptions): Prepared {
  const path = PATHS[test.operation]
  if (path === undefined) return { kind: 'operation-unknown', operation: test.operation }
  const headers: Record<string, string> = {}
  if (test['Accept-Language'] !== undefined) headers['accept-language'] = test['Accept-Language']
  const { header } = test
  if (header && (header.mode === undefined || options.modes.has(header.mode))) headers[header.name] = header.value
  const [requestFile] = fileNames(test, 'request', options.modes)
  if (requestFile === undefined) return { kind: 'ready', request: { method: 'GET', path, headers } }
  const request = folder.file(requestFile)
  if (!isObject(request)) return { kind: 'file-missing', file: requestFile }
  const extra = extraParameters(folder, suite, test, options)
  if (typeof extra === 'string') return { kind: 'file-missing', file: extra }
  const body = request.resourceType === 'Bundle' ? batchWith(request, extra) : withParameters(request, extra)
  return { kind: 'ready', request: { method: 'POST', path, headers, body } }
}

type JsonObject = Readonly<Record<string, unknown>>

/** Setup as `tx-resource`, then the profile; the name of a file that is absent. */
function extraParameters(
  folder: TestFolder,
  suite: Suite,
  test: TestCase,
  { cacheId, cached }: PrepareOptions,
): readonly JsonObject[] | string {
  const extra: JsonObject[] = cacheId === undefined ? [] : [{ name: 'cache-id', valueId: cacheId }]
  if (!cached) {
    for (const name of suite.setup) {
      const resource = folder.file(name)
      if (!isObject(resource)) return name
      extra.push({ name: 'tx-resource', resource })
    }
  }
  const profileName = test.profile ?? 'parameters-default.json'
  const profile = folder.file(profileName)
  if (!isObject(profile)) return test.profile === undefined ? extra : profileName
  if (Array.isArray(profile.parameter)) extra.push(...profile.parameter.filter(isObject))
  return extra
}

function withParameters(parameters: JsonObject, extra: readonly JsonObject[]): JsonObject {
  const own: readonly unknown[] = Array.isArray(parameters.parameter) ? parameters.parameter : []
  return { ...parameters, parameter: [...own, ...extra] }
}

/** A batch carries the extra parameters in each of its requests. */
function batchWith(bundle: JsonObject, extra: readonly JsonObject[]): JsonObject {
  const entries: readonly unknown[] = Array.isArray(bundle.entry) ? bundle.entry : []
  return {
    ...bundle,
    entry: entries.map((entry) =>
      isObject(entry) && isObject(entry.resource) && entry.resource.resourceType === 'Parameters'
        ? { ...entry, resource: withParameters(entry.resource, extra) }
        : entry,
    ),
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
