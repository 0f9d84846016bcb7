/** Original documents for clinical software: the list, and one document as a file or as FHIR. */
import type { Hono } from 'hono'
import type { CountryB } from '#care/country-b/country-b.ts'
import { fhirResponse } from '#wire/fhir/outcome.ts'
import { answer, type WithCare } from './answers.ts'
import { DocumentRequest, OriginalsRequest } from './requests.ts'

export function originalRoutes(app: Hono, { originals }: CountryB, withCare: WithCare): void {
  app.post('/originals', (context) =>
    withCare(context, OriginalsRequest, async (request, care) => {
      const { classCode, maximumSize, createdAfter, createdBefore } = request
      return answer(
        await originals.list(care, {
          ...(classCode === undefined ? {} : { classCode }),
          ...(maximumSize === undefined ? {} : { maximumSize }),
          ...(createdAfter === undefined ? {} : { createdAfter }),
          ...(createdBefore === undefined ? {} : { createdBefore }),
        }),
      )
    }),
  )
  app.post('/original', (context) =>
    withCare(context, DocumentRequest, async (request, care) => {
      // As with summaries: what was listed is listed again, a program keeps no journey here.
      const listed = await originals.list(care, {})
      if (!listed.ok) return answer(listed)
      const found = await originals.retrieve(care, request.document)
      if (!found.ok) return answer(found)
      const { file, document } = found.value
      if (document) return fhirResponse(document.bundle)
      return new Response(new Uint8Array(file?.bytes ?? []), {
        headers: {
          'content-type': file?.mediaType ?? 'application/octet-stream',
          'content-disposition': 'attachment',
          'cache-control': 'no-store',
        },
      })
    }),
  )
}
