/** Sending a dispensation, what became of it, taking it back, and the list of all of the own pharmacy. */
import type { OutboxEntry } from '#care/dispensing/dispensing.ts'
import { careContext } from '../journey.ts'
import { dispensationPage, dispensationsPage } from '../pages/dispensations.ts'
import { type ProfessionalVisit, readForm, redirect, show, tokenOf } from '../visit.ts'
import { careRefused } from './care-refusal.ts'
import { readDispenseForm } from './dispense-form.ts'
import { savedFile } from './files.ts'
import { foreignForm, type JourneyVisit } from './guards.ts'
import { retrievePrescription } from './prescriptions.ts'
import { countryName, pathOf } from './steps.ts'

/** The confirmation was made with the page that is confirmed: pressed twice, it is one dispensation. */
export async function confirmDispensation(visit: JourneyVisit): Promise<Response> {
  const form = await readForm(visit)
  if (!form) return foreignForm(visit)
  const result = await retrievePrescription(visit)
  if (result instanceof Response) return result
  const { portal, journey } = visit
  const confirmation = form.get('confirmation') ?? ''
  const { items, errors } = readDispenseForm(result.found.prescription, form)
  if (errors.length > 0 || !/^[\da-f-]{36}$/.test(confirmation)) return redirect(visit, result.here)
  const outcome = await portal.options.countryB.pharmacy.dispense(result.context, {
    prescriptionDocument: result.id,
    items: items.map(({ item }) => item),
    confirmation,
    search: journey.state.prescriptionSearch ?? {},
  })
  if (!outcome.ok) return careRefused(visit, outcome.problem.code)
  return redirect(visit, addressOf(journey.id, outcome.value.entry.submissionId))
}

export async function showDispensation(visit: JourneyVisit): Promise<Response> {
  const { portal, words, journey, professional } = visit
  const entry = await findEntry(visit)
  const prescriptions = `/patients/${journey.id}/prescriptions`
  if (!entry) return redirect(visit, prescriptions)
  const here = addressOf(journey.id, entry.submissionId)
  const mayDiscard =
    entry.kind === 'dispensation' &&
    entry.state === 'accepted' &&
    entry.discardedAt === undefined &&
    portal.options.mayUse('edispensation', professional)
  return show(visit, {
    title: words.messages.text(`portal.dispensation.${entry.kind}.title`),
    content: dispensationPage(words, {
      entry,
      country: countryName(visit),
      refusal:
        entry.state === 'refused' && entry.code
          ? words(problemKey(entry.code), { country: countryName(visit) })
          : undefined,
      back: prescriptions,
      here,
      discard: mayDiscard ? { action: `${here}/discard`, token: tokenOf(visit) } : undefined,
    }),
  })
}

/** The codes whose meaning has words of its own in the pages; the others are told by their group. */
function problemKey(code: string): string {
  return `problem.${code}.meaning`
}

export async function discardDispensation(visit: JourneyVisit): Promise<Response> {
  const form = await readForm(visit)
  if (!form) return foreignForm(visit)
  const { portal, journey, professional } = visit
  const context = careContext(journey.state, professional)
  if (!context) return redirect(visit, pathOf(journey, 'relationship'))
  const entry = await findEntry(visit)
  if (!entry) return redirect(visit, `/patients/${journey.id}/prescriptions`)
  const outcome = await portal.options.countryB.pharmacy.discard(context, entry.dispensationId)
  if (!outcome.ok) return careRefused(visit, outcome.problem.code)
  return redirect(visit, addressOf(journey.id, outcome.value.entry.submissionId))
}

/** Only what the own organisation sent, to the country of this journey. */
async function findEntry({ portal, professional, context, journey }: JourneyVisit): Promise<OutboxEntry | undefined> {
  const wanted = context.req.param('submission') ?? ''
  const entries = await portal.options.countryB.pharmacy.outbox(professional)
  return entries.find(
    ({ submissionId, country }) => shortOf(submissionId) === wanted && country === journey.state.country,
  )
}

/** Submission ids are OIDs or UUIDs: what stands behind their scheme fits into an address. */
function shortOf(submissionId: string): string {
  return submissionId.replace(/^urn:(?:uuid|oid):/, '')
}

function addressOf(journey: string, submissionId: string): string {
  return `/patients/${journey}/dispensations/${encodeURIComponent(shortOf(submissionId))}`
}

export async function showDispensations(visit: ProfessionalVisit): Promise<Response> {
  const { portal, words, professional } = visit
  const entries = await portal.options.countryB.pharmacy.outbox(professional)
  return show(visit, {
    title: words.messages.text('portal.dispensations.title'),
    content: dispensationsPage(words, {
      entries: entries.map((entry) => ({
        entry,
        country: words.messages.formats.countryName(entry.country) ?? entry.country,
      })),
    }),
  })
}

/** The signed PDF of a prescription, as it is. */
export async function prescriptionOriginal(visit: JourneyVisit): Promise<Response> {
  const result = await retrievePrescription(visit)
  if (result instanceof Response) return result
  if (!result.found.pdf) return careRefused(visit, 'ERROR_GENERIC_DOCUMENT_MISSING')
  return savedFile(
    visit,
    result.found.pdf,
    'application/pdf',
    `${visit.words.messages.text('portal.file.original')}.pdf`,
  )
}
