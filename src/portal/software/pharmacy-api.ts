/** Prescriptions and dispensing for clinical software: the same as the pages of the pharmacy. */
import type { Context, Hono } from 'hono'
import type { CountryB } from '#care/country-b/country-b.ts'
import type { Professional } from '#trust/people/professional.ts'
import { answer, type WithCare } from './answers.ts'
import { DiscardRequest, DispenseRequest, PrescriptionRequest, PrescriptionsRequest } from './requests.ts'

type WithProfessional = (context: Context, work: (professional: Professional) => Promise<Response>) => Promise<Response>

export function pharmacyRoutes(
  app: Hono,
  { pharmacy }: CountryB,
  withCare: WithCare,
  withProfessional: WithProfessional,
): void {
  app.post('/prescriptions', (context) =>
    withCare(context, PrescriptionsRequest, async (request, care) =>
      answer(await pharmacy.list(care, searchOf(request))),
    ),
  )
  app.post('/prescription', (context) =>
    withCare(context, PrescriptionRequest, async (request, care) => {
      const found = await pharmacy.retrieve(care, request.document, searchOf(request))
      if (!found.ok) return answer(found)
      const { prescription, dispensable, document, pdf } = found.value
      return Response.json(
        { prescription, dispensable, document: document.bundle, original: pdf !== undefined },
        { headers: { 'cache-control': 'no-store' } },
      )
    }),
  )
  app.post('/dispense', (context) =>
    withCare(context, DispenseRequest, async ({ document, confirmation, items, ...request }, care) =>
      answer(
        await pharmacy.dispense(care, {
          prescriptionDocument: document,
          confirmation,
          items,
          search: searchOf(request),
        }),
      ),
    ),
  )
  app.post('/discard', (context) =>
    withCare(context, DiscardRequest, async ({ dispensation }, care) =>
      answer(await pharmacy.discard(care, dispensation)),
    ),
  )
  app.get('/dispensations', (context) =>
    withProfessional(context, async (professional) =>
      Response.json(await pharmacy.outbox(professional), { headers: { 'cache-control': 'no-store' } }),
    ),
  )
}

function searchOf({ prescriptionId, pin }: { readonly prescriptionId?: string; readonly pin?: string }) {
  return { ...(prescriptionId === undefined ? {} : { prescriptionId }), ...(pin === undefined ? {} : { pin }) }
}
