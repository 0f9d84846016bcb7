/** Patient summaries of another country: lists them, and retrieves one with its original. */
import { ok, type Result } from '#platform/result/result.ts'
import type { Form, ListedDocument, ListedForm } from '../border/border-service.ts'
import type { CareContext, CareProblemCode } from '../context/care-context.ts'
import { ask, type Line } from './asking.ts'
import type { DocumentEntry, RetrievedDocument } from './country-b.ts'
import { careFailure, refusalFailure } from './failures.ts'
import { type Lists, nameOf } from './listing.ts'
import type { Asking } from './options.ts'
import { pdfDocument } from './pdf-document.ts'
import { fetchForm, formOf, readAbout } from './retrieved.ts'

const SERVICE = 'patient-summary'

export async function listDocuments(
  lists: Lists,
  context: CareContext,
): Promise<Result<readonly DocumentEntry[], CareProblemCode>> {
  const found = await lists.list(context, { service: SERVICE })
  return found.ok ? ok(found.value.map(entryOf)) : found
}

export async function retrieveDocument(
  asking: Asking,
  lists: Lists,
  context: CareContext,
  documentId: string,
): Promise<Result<RetrievedDocument, CareProblemCode>> {
  const found = await lists.find(context, { service: SERVICE }, documentId)
  if (!found.ok) return found
  const listed = found.value
  const { professional, country, patient, purpose } = context
  return ask(
    asking,
    { step: 'retrieve', asked: nameOf(listed), service: SERVICE, professional, country, patient, purpose, context },
    async (line) => {
      const result = await fetchAll(asking, context, listed, line)
      return { result, transformed: result.ok && isStructured(listed) }
    },
  )
}

function isStructured(listed: ListedDocument): boolean {
  return formOf(listed, 'structured') !== undefined || formOf(listed, 'source') !== undefined
}

/** The structured document and the original PDF. Without the PDF the summary is still shown; never the other way round. */
async function fetchAll(
  asking: Asking,
  context: CareContext,
  listed: ListedDocument,
  line: Line,
): Promise<Result<RetrievedDocument, CareProblemCode>> {
  const { country } = context
  const main = formOf(listed, 'structured') ?? formOf(listed, 'source')
  const original = formOf(listed, 'pdf')
  if (!main) return fetchPdfOnly(context, listed, original, line)
  const fetch = (form: ListedForm) => fetchForm(line, context, SERVICE, listed, form)
  const [fetched, pdf] = await Promise.all([fetch(main), original && fetch(original)])
  if (!fetched.ok) return refusalFailure(fetched.refusal)
  if (pdf && !pdf.ok) asking.log.warn('original-not-fetched', { country, code: pdf.refusal.code })
  const read = await readAbout(asking, context, listed, fetched.value.bytes)
  if (!read.ok) return read
  return ok({ entry: entryOf(listed), document: read.value, ...(pdf?.ok ? { pdf: pdf.value.bytes } : {}) })
}

/** A document that exists as PDF only is shown as that. */
async function fetchPdfOnly(
  context: CareContext,
  listed: ListedDocument,
  original: ListedForm | undefined,
  line: Line,
): Promise<Result<RetrievedDocument, CareProblemCode>> {
  if (!original) return careFailure('ERROR_GENERIC_DOCUMENT_MISSING', context.country)
  const fetched = await fetchForm(line, context, SERVICE, listed, original)
  if (!fetched.ok) return refusalFailure(fetched.refusal)
  return ok({ entry: entryOf(listed), document: pdfDocument(listed, context), pdf: fetched.value.bytes })
}

const KINDS: Readonly<Partial<Record<Form, DocumentEntry['renditions'][number]['kind']>>> = {
  structured: 'structured',
  pdf: 'pdf',
  source: 'source',
}

export function entryOf(listed: ListedDocument): DocumentEntry {
  const { id, classCode, title, created, author, language, forms } = listed
  return {
    id,
    type: classCode,
    title,
    date: created,
    author,
    ...(language === '' ? {} : { language }),
    renditions: forms.flatMap((form) => {
      const kind = KINDS[form.form]
      return kind ? [{ contentType: form.mediaType, url: form.id, kind }] : []
    }),
  }
}
