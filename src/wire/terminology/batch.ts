/** A Bundle of type batch at the base: each entry is answered as if it had come alone (FHIR §3.1.0.11). */
import { type AnswerContext, answerCall, type Call, type CallAnswer, refusalAnswer } from './answer.ts'
import type { FhirResource } from './handlers.ts'
import { isObject, type JsonObject, listOf, textOf } from './json.ts'
import { outcomeOf, refuse } from './outcome.ts'

export interface BatchLimits {
  readonly mostEntries: number
  /** Milliseconds for all entries together; those after it are refused one by one. */
  readonly timeMs: number
}

export async function answerBatch(
  bundle: FhirResource,
  call: Call,
  context: AnswerContext,
  limits: BatchLimits,
): Promise<CallAnswer> {
  if (bundle.resourceType !== 'Bundle' || bundle.type !== 'batch') {
    return refusalAnswer(
      refuse(400, 'The base takes Bundles of type batch.', 'Send such a Bundle, or call an operation.'),
    )
  }
  const entries = listOf(bundle.entry)
  if (entries.length > limits.mostEntries) {
    return refusalAnswer(refuse(413, `A batch may have at most ${limits.mostEntries} entries.`, 'Send several.'))
  }
  const until = Date.now() + limits.timeMs
  const answered: JsonObject[] = []
  for (const [index, entry] of entries.entries()) {
    const late = Date.now() > until
    const answer = late
      ? refusalAnswer(
          refuse(503, 'The batch took too long; this entry was not looked at.', 'Send it again in a smaller batch.'),
        )
      : await answerEntry(entry, `Bundle.entry[${index}]`, call, context)
    answered.push(entryOf(answer))
    // Others are served between two entries.
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { status: 200, resource: { resourceType: 'Bundle', type: 'batch-response', entry: answered } }
}

async function answerEntry(entry: unknown, path: string, call: Call, context: AnswerContext): Promise<CallAnswer> {
  const request = isObject(entry) ? entry.request : undefined
  const [method, url] = isObject(request) ? [textOf(request.method), textOf(request.url)] : []
  if (!isObject(entry) || method === undefined || url === undefined) {
    return refusalAnswer(refuse(400, `${path}.request has no method or url.`, 'Give both.', { place: { path } }))
  }
  const below = url.startsWith(`${context.base}/`) ? url.slice(context.base.length + 1) : url.replace(/^\//, '')
  const mark = below.indexOf('?')
  const { resource } = entry
  const { acceptLanguage, expansionLimit } = call
  return answerCall(
    {
      method,
      path: mark < 0 ? below : below.slice(0, mark),
      query: new URLSearchParams(mark < 0 ? '' : below.slice(mark + 1)),
      ...(isObject(resource) && typeof resource.resourceType === 'string'
        ? { body: { ...resource, resourceType: resource.resourceType } }
        : {}),
      ...(acceptLanguage === undefined ? {} : { acceptLanguage }),
      ...(expansionLimit === undefined ? {} : { expansionLimit }),
    },
    context,
  )
}

function entryOf({ status, resource }: CallAnswer): JsonObject {
  const failed = status >= 400
  return {
    ...(failed && resource.resourceType === 'OperationOutcome' ? {} : { resource }),
    response: {
      status: String(status),
      ...(failed
        ? {
            outcome:
              resource.resourceType === 'OperationOutcome' ? resource : outcomeOf(refuse(status, 'It failed.', '')),
          }
        : {}),
    },
  }
}
