/**
 * The door for clinical software: the same journey as on the pages, for a program that presents its user's access
 * token. The token is introspected at the identity provider at every request; nothing is kept between requests.
 */
import { type Context, Hono } from 'hono'
import type { z } from 'zod'
import type { CountryB } from '#care/country-b/country-b.ts'
import type { Professional } from '#trust/people/professional.ts'
import type { RelyingParty, SignInProblemCode } from '#trust/people/relying-party.ts'
import { fhirResponse, type RefusalStatus } from '#wire/fhir/outcome.ts'
import { answer, refusal, type WithCare } from './answers.ts'
import { originalRoutes } from './originals-api.ts'
import { pharmacyRoutes } from './pharmacy-api.ts'
import { type RequestBudget, requestBudget } from './request-budget.ts'
import { careContextOf, DocumentRequest, DocumentsRequest, IdentifyRequest } from './requests.ts'

export interface SoftwareOptions {
  readonly countryB: CountryB
  readonly people: RelyingParty
  /** Told about programming errors; the program only learns that there was one. */
  readonly onError?: (error: unknown) => void
  /** How much programs may ask; see `requestBudget`. */
  readonly budget?: RequestBudget
}

/** Mounted at `/api`. */
export function softwareApi(given: SoftwareOptions): Hono {
  const options = { ...given, budget: given.budget ?? requestBudget({ now: Date.now }) }
  const { countryB } = options
  const app = new Hono()
  app.get(
    '/countries',
    async (context) => await professionalOf(options, context, async () => Response.json(await countryB.countries())),
  )
  app.get('/countries/:country/search-mask', (context) =>
    professionalOf(options, context, async () => answer(await countryB.searchMask(context.req.param('country')))),
  )
  app.post('/patients', (context) =>
    withBody(options, context, IdentifyRequest, async (request, professional) =>
      answer(await countryB.identify(professional, request.country, request.answers)),
    ),
  )
  app.post('/documents', (context) =>
    withBody(options, context, DocumentsRequest, async (request, professional) => {
      const care = careContextOf(request, professional)
      return care ? answer(await countryB.documents(care)) : reasonMissing()
    }),
  )
  app.post('/document', (context) =>
    withBody(options, context, DocumentRequest, async (request, professional) => {
      const care = careContextOf(request, professional)
      if (!care) return reasonMissing()
      // What was listed is listed again: a program keeps no journey here, and country A decides anew.
      const listed = await countryB.documents(care)
      if (!listed.ok) return answer(listed)
      const found = await countryB.retrieve(care, request.document)
      return found.ok ? fhirResponse(found.value.document.bundle) : answer(found)
    }),
  )
  const withCare: WithCare = (context, schema, work) =>
    withBody(options, context, schema, async (request, professional) => {
      const care = careContextOf(request, professional)
      return care ? work(request, care) : reasonMissing()
    })
  pharmacyRoutes(app, countryB, withCare, (context, work) => professionalOf(options, context, work))
  originalRoutes(app, countryB, withCare)
  app.all('*', () =>
    refusal(404, {
      code: 'ERROR_GENERIC',
      sentence: 'There is no such request here.',
      next: 'See docs/COMMANDS.md for what programs may ask.',
    }),
  )
  app.onError((error) => {
    options.onError?.(error)
    return refusal(500, {
      code: 'ERROR_GENERIC',
      sentence: 'Something went wrong here.',
      next: 'Try again; if it fails again, tell the national contact point.',
    })
  })
  return app
}

/** With the professional behind the token, when there is one and the budget allows it. */
async function professionalOf(
  options: SoftwareOptions & { readonly budget: RequestBudget },
  context: Context,
  work: (professional: Professional) => Promise<Response>,
): Promise<Response> {
  const token = /^Bearer ([\w\-.~+/]{1,8192}=*)$/.exec(context.req.header('authorization') ?? '')?.[1]
  if (token === undefined) {
    return refusal(401, {
      code: 'ERROR_HPI_AUTHENTICATION_NOT_RECEIVED',
      sentence: 'The request has no access token.',
      next: 'Send the professional’s access token as Bearer.',
    })
  }
  const answered = await options.budget.spend(token, async () => {
    const professional = await exerciseOf(options.people, token, context.req.header('x-exercise') ?? '1')
    return professional.ok ? work(professional.value) : professional.refusal
  })
  if (answered !== 'too-many') return answered
  return refusal(429, {
    code: 'ERROR_GENERIC',
    sentence: 'More requests came than this door takes.',
    next: 'Wait a minute and repeat the request.',
  })
}

/** What another token would not help with. */
const SIGN_IN_STATUS: Readonly<Partial<Record<SignInProblemCode, RefusalStatus>>> = {
  'sign-in-unavailable': 503,
  'sign-in-too-weak': 403,
  'sign-in-unknown-person': 403,
}

type Exercise = { readonly ok: true; readonly value: Professional } | { readonly ok: false; readonly refusal: Response }

/** The professional in the exercise named by the header `x-exercise` (counted from 1; the first by default). */
async function exerciseOf(people: RelyingParty, token: string, named: string): Promise<Exercise> {
  const person = await people.personOf(token)
  if (!person.ok) {
    const status = SIGN_IN_STATUS[person.problem.code] ?? 401
    return { ok: false, refusal: refusal(status, { ...person.problem, code: 'ERROR_HPI_GENERIC' }) }
  }
  const { exercises } = person.value
  const professional = /^\d{1,3}$/.test(named) ? exercises[Number(named) - 1] : undefined
  if (professional !== undefined) return { ok: true, value: professional }
  return {
    ok: false,
    refusal: refusal(400, {
      code: 'ERROR_HPI_INSUFFICIENT_INFORMATION',
      sentence: `The header x-exercise names none of the professional’s exercises, of which there are ${exercises.length}.`,
      next: 'Name one of them by its number, counted from 1.',
    }),
  }
}

function withBody<Schema extends z.ZodType>(
  options: SoftwareOptions & { readonly budget: RequestBudget },
  context: Context,
  schema: Schema,
  work: (request: z.infer<Schema>, professional: Professional) => Promise<Response>,
): Promise<Response> {
  return professionalOf(options, context, async (professional) => {
    const parsed = schema.safeParse(await context.req.json().catch(() => undefined))
    if (parsed.success) return work(parsed.data, professional)
    const issue = parsed.error.issues[0]
    return refusal(400, {
      code: 'ERROR_PI_MISSING_REQUIRED_FIELDS',
      sentence: `The request is not complete at “${issue?.path.join('.') || 'its beginning'}”.`,
      next: 'See docs/COMMANDS.md for what each request holds.',
    })
  })
}

function reasonMissing(): Response {
  return refusal(400, {
    code: 'ERROR_PI_MISSING_REQUIRED_FIELDS',
    sentence: 'An emergency needs a reason.',
    next: 'State the reason in the field reason.',
  })
}
