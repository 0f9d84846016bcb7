/** The list of documents, the summary, and what can be taken away. Every look is an access that country B records. */
import type { CareContext } from '#care/context/care-context.ts'
import type { RetrievedDocument } from '#care/country-b/country-b.ts'
import { raw } from '#platform/html/html.ts'
import { linkButton } from '../../ui/components.ts'
import { careContext, type JourneyState } from '../journey.ts'
import { contextBar } from '../pages/context-bar.ts'
import { documentsPage, hasOriginal } from '../pages/documents.ts'
import { summaryActions, summaryPage } from '../pages/summary.ts'
import { readForm, redirect, show, tokenOf } from '../visit.ts'
import { careRefused } from './care-refusal.ts'
import { savedFile } from './files.ts'
import { foreignForm, type JourneyVisit } from './guards.ts'
import { notFound } from './open-pages.ts'
import { patientName } from './patient-name.ts'
import { shortAddress } from './prescriptions.ts'
import { aboveStep, countryName, pathOf } from './steps.ts'
import { tabsOf } from './tabs.ts'

type StoredEntry = NonNullable<JourneyState['documents']>[number]

export async function showDocuments(visit: JourneyVisit): Promise<Response> {
  const { portal, words, journey, professional } = visit
  const context = careContext(journey.state, professional)
  if (!context) return redirect(visit, pathOf(journey, 'relationship'))
  const listed = await portal.options.countryB.documents(context)
  if (!listed.ok) return careRefused(visit, listed.problem.code)
  if (listed.value.length === 0) return careRefused(visit, 'ERROR_PS_NOT_FOUND')
  const documents = listed.value.map(
    (entry): StoredEntry => ({ ...entry, renditions: entry.renditions.map((one) => ({ ...one })) }),
  )
  await portal.journeys.save(visit.session.secret, journey, { ...journey.state, documents })
  return show(visit, {
    title: words.messages.text('portal.documents.title', { patient: patientName(journey.state) }),
    above: aboveStep(visit, 'documents'),
    content: documentsPage(words, {
      patient: patientName(journey.state),
      country: countryName(visit),
      context: contextBar(words, journey.state, professional),
      tabs: tabsOf(visit, 'documents'),
      documents: documents.map((entry) => ({
        entry,
        href: `${pathOf(journey, 'documents')}/${shortAddress(entry.id)}`,
      })),
      end: { action: `/patients/${journey.id}/end`, token: tokenOf(visit) },
    }),
  })
}

/** Fetches the document of the address, or the answer that says why not. */
async function retrieve(
  visit: JourneyVisit,
): Promise<
  { readonly found: RetrievedDocument; readonly context: CareContext; readonly entry: StoredEntry } | Response
> {
  const { portal, journey, professional, context: request } = visit
  const context = careContext(journey.state, professional)
  if (!context) return redirect(visit, pathOf(journey, 'relationship'))
  const entry = journey.state.documents?.find(({ id }) => shortAddress(id) === request.req.param('document'))
  if (!entry) return redirect(visit, pathOf(journey, 'documents'))
  const retrieved = await portal.options.countryB.retrieve(context, entry.id)
  if (!retrieved.ok) {
    return careRefused(
      visit,
      retrieved.problem.code,
      linkButton(pathOf(journey, 'documents'), visit.words('portal.summary.back'), 'main'),
    )
  }
  return { found: retrieved.value, context, entry }
}

export async function showSummary(visit: JourneyVisit): Promise<Response> {
  const result = await retrieve(visit)
  if (result instanceof Response) return result
  const { portal, words, journey, professional, path } = visit
  const original = result.found.pdf !== undefined || hasOriginal(result.entry)
  const fragment = portal.options.rendering.fragment(result.found.document, words.messages, {
    actions: String(summaryActions(words, { here: path, original })),
    context: String(contextBar(words, journey.state, professional)),
    // Embedded they would make the page as heavy as the files; they are fetched when asked for.
    attachmentHref: ({ base64 }, position) => (base64 === undefined ? undefined : `${path}/files/${position}`),
  })
  return show(visit, {
    title: words.messages.text('portal.summary.title', { patient: patientName(journey.state) }),
    content: summaryPage(words, {
      fragment: raw(fragment),
      country: countryName(visit),
      back: pathOf(journey, 'documents'),
    }),
  })
}

export async function bilingualPdf(visit: JourneyVisit): Promise<Response> {
  const result = await retrieve(visit)
  if (result instanceof Response) return result
  const { portal, words } = visit
  const bytes = await portal.options.rendering.pdf(result.found.document, words.messages)
  return savedFile(visit, bytes, 'application/pdf', `${words.messages.text('portal.file.summary')}.pdf`)
}

export async function originalPdf(visit: JourneyVisit): Promise<Response> {
  const result = await retrieve(visit)
  if (result instanceof Response) return result
  if (!result.found.pdf) {
    return careRefused(
      visit,
      'ERROR_GENERIC_DOCUMENT_MISSING',
      linkButton(pathOf(visit.journey, 'documents'), visit.words('portal.summary.back'), 'main'),
    )
  }
  return savedFile(
    visit,
    result.found.pdf,
    'application/pdf',
    `${visit.words.messages.text('portal.file.original')}.pdf`,
  )
}

export async function documentJson(visit: JourneyVisit): Promise<Response> {
  const result = await retrieve(visit)
  if (result instanceof Response) return result
  const text = JSON.stringify(result.found.document.bundle)
  return savedFile(
    visit,
    Buffer.from(text),
    'application/fhir+json',
    `${visit.words.messages.text('portal.file.summary')}.json`,
  )
}

export async function embeddedFile(visit: JourneyVisit): Promise<Response> {
  const result = await retrieve(visit)
  if (result instanceof Response) return result
  const { portal, words, context } = visit
  const position = Number(context.req.param('position'))
  const found = portal.options.rendering.file(result.found.document, words.messages, position)
  return found ? savedFile(visit, found.bytes, found.contentType, found.fileName) : notFound(visit)
}

export async function endJourney(visit: JourneyVisit): Promise<Response> {
  const form = await readForm(visit)
  if (!form) return foreignForm(visit)
  await visit.portal.journeys.end(visit.session.secret, visit.journey.id)
  return redirect(visit, '/patients')
}
