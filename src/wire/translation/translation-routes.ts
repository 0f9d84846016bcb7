/** The routes. Requests are parsed here, once; what comes of them is decided by the handlers. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { announcesTooMuch, limitBody } from '#platform/http/body-limit.ts'
import { answerOf, failure, type TransformationAnswer, type TransformationResult } from './answer.ts'
import { fromBase64 } from './base64.ts'

export interface TranslationHandlers {
  /** Languages into which something can be translated, BCP-47. */
  languages(): readonly string[]
  /** A FHIR ValueSet with designations in the language; undefined when the value set is not loaded. */
  translateValueSet(oid: string, language: string): object | undefined
  /** Pivot document → the reader's language. */
  translate(document: Uint8Array, language: string): TransformationResult
  /** Friendly document → pivot. */
  transcode(document: Uint8Array): TransformationResult
}

export interface TranslationOptions {
  /** Bytes of a request; default 96 MiB, which is a document of about 72 MiB in Base64. */
  readonly maximumBytes?: number
  /** Told when a handler fails; the sentence holds nothing of the document. */
  readonly failed?: (sentence: string) => void
}

const MAXIMUM_BYTES = 96 * 1024 * 1024
/** RFC 5646 §2.1, as far as a language, script, region and variants go. */
const LANGUAGE = /^[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,7}$/
const OID = /^(?:urn:oid:)?[0-2](?:\.\d{1,20}){1,40}$/

const translateRequest = z.object({ pivotCDA: z.string().nullish(), targetLanguageCode: z.string().regex(LANGUAGE) })
const transcodeRequest = z.object({ friendlyCDA: z.string().nullish() })

export function translationRoutes(handlers: TranslationHandlers, options: TranslationOptions = {}): Hono {
  const app = new Hono()
  app.get('/languages', (context) => context.json(handlers.languages()))
  app.get('/translateVS', (context) => translateValueSet(context, handlers))
  app.post('/translate', async (context) => {
    const body = await bodyOf(context, translateRequest, options)
    if ('answer' in body) return context.json(body.answer, body.status)
    const { pivotCDA, targetLanguageCode } = body.value
    const language = targetLanguageCode.replaceAll('_', '-')
    return transformed(context, pivotCDA, (document) => handlers.translate(document, language), options)
  })
  app.post('/transcode', async (context) => {
    const body = await bodyOf(context, transcodeRequest, options)
    if ('answer' in body) return context.json(body.answer, body.status)
    return transformed(context, body.value.friendlyCDA, handlers.transcode, options)
  })
  return app
}

function translateValueSet(context: Context, handlers: TranslationHandlers): Response {
  const oid = context.req.query('oid') ?? ''
  const language = context.req.query('targetLanguage') ?? ''
  if (!OID.test(oid)) return outcome(context, 400, 'invalid', 'The parameter oid must be the OID of a value set.')
  if (!LANGUAGE.test(language)) {
    return outcome(context, 400, 'invalid', 'The parameter targetLanguage must be a language tag, e.g. fr or fr-BE.')
  }
  const valueSet = handlers.translateValueSet(oid.replace('urn:oid:', ''), language.replaceAll('_', '-'))
  if (!valueSet) return outcome(context, 404, 'not-found', `The value set ${oid} is not loaded here.`)
  return context.json(valueSet, 200, { 'content-type': 'application/fhir+json' })
}

function outcome(context: Context, status: 400 | 404, code: string, text: string): Response {
  const issue = [{ severity: 'error', code, details: { text } }]
  return context.json({ resourceType: 'OperationOutcome', issue }, status, { 'content-type': 'application/fhir+json' })
}

type Refused = { readonly answer: TransformationAnswer; readonly status: 400 | 413 }

/** 4503: the input is no object of the kind that is asked for. */
async function bodyOf<T>(
  context: Context,
  schema: z.ZodType<T>,
  { maximumBytes = MAXIMUM_BYTES }: TranslationOptions,
): Promise<{ readonly value: T } | Refused> {
  const tooLarge: Refused = { answer: failure('4503', null, `more than ${maximumBytes} bytes`), status: 413 }
  if (announcesTooMuch(context.req.raw, maximumBytes)) return tooLarge
  const { request, exceeded } = limitBody(context.req.raw, maximumBytes)
  let json: unknown
  try {
    json = await request.json()
  } catch {
    return exceeded() ? tooLarge : { answer: failure('4503', null, 'the body is no JSON'), status: 400 }
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return { value: parsed.data }
  const where = parsed.error.issues[0]?.path.join('.') || 'the body'
  return { answer: failure('4503', null, `${where} is missing or not of the right kind`), status: 400 }
}

function transformed(
  context: Context,
  encoded: string | null | undefined,
  transform: (document: Uint8Array) => TransformationResult,
  { failed }: TranslationOptions,
): Response {
  if (encoded === null || encoded === undefined || encoded.trim() === '')
    return context.json(failure('4501', null), 400)
  const document = fromBase64(encoded)
  if (document === undefined) return context.json(failure('4513', encoded), 400)
  try {
    return context.json(answerOf(transform(document)))
  } catch (error) {
    // The document goes back as it came: the caller can still show it untranslated.
    failed?.(error instanceof Error ? error.name : 'unknown failure')
    return context.json(failure('4500', encoded))
  }
}
