/** Prescriptions: the list, what the country asks before it shows them, and one prescription with what may be handed out. */
import { hash, randomUUID } from 'node:crypto'
import type { CareContext } from '#care/context/care-context.ts'
import { checkFormat } from '#care/country-b/mask-format.ts'
import type { RetrievedPrescription } from '#care/country-b/questions.ts'
import { raw } from '#platform/html/html.ts'
import type { SearchMaskField } from '#wire/discovery/directory.ts'
import { linkButton } from '../../ui/components.ts'
import { careContext } from '../journey.ts'
import type { AnswerError } from '../mask-form.ts'
import { contextBar } from '../pages/context-bar.ts'
import { prescriptionPage, reviewPage } from '../pages/prescription.ts'
import { prescriptionsPage } from '../pages/prescriptions.ts'
import { summaryPage } from '../pages/summary.ts'
import { readForm, redirect, show, tokenOf } from '../visit.ts'
import { careRefused } from './care-refusal.ts'
import { dispenseAnswers, readDispenseForm } from './dispense-form.ts'
import { foreignForm, type JourneyVisit } from './guards.ts'
import { patientName } from './patient-name.ts'
import { aboveStep, attemptOf, countryName, pathOf } from './steps.ts'
import { tabsOf } from './tabs.ts'

/** Identifiers of documents are long and foreign; addresses of the portal are short and say nothing. */
export function shortAddress(id: string): string {
  return hash('sha256', id, 'base64url').slice(0, 16)
}

export async function showPrescriptions(visit: JourneyVisit): Promise<Response> {
  const { portal, words, journey, professional } = visit
  const context = careContext(journey.state, professional)
  if (!context) return redirect(visit, pathOf(journey, 'relationship'))
  const fields = await searchFields(visit)
  const search = journey.state.prescriptionSearch ?? {}
  const waits = fields.some(({ name, mandatory }) => mandatory && !search[nameOf(name)])
  const listed = waits ? undefined : await portal.options.countryB.pharmacy.list(context, search)
  if (listed && !listed.ok && listed.problem.code !== 'ERROR_EP_NOT_FOUND')
    return careRefused(visit, listed.problem.code)
  const documents = listed?.ok ? listed.value : []
  await portal.journeys.save(visit.session.secret, journey, {
    ...journey.state,
    prescriptions: documents.map(({ id }) => id),
  })
  const attempt = attemptOf(journey.state, 'prescriptions')
  return show(visit, {
    title: words.messages.text('portal.prescriptions.title', { patient: patientName(journey.state) }),
    above: aboveStep(visit, 'documents'),
    content: prescriptionsPage(words, {
      patient: patientName(journey.state),
      country: countryName(visit),
      context: contextBar(words, journey.state, professional),
      tabs: tabsOf(visit, 'prescriptions'),
      designate: portal.options.rendering.designate,
      prescriptions:
        listed &&
        documents.map((one) => ({
          listed: one,
          href: `/patients/${journey.id}/prescriptions/${shortAddress(one.id)}`,
        })),
      search:
        fields.length === 0
          ? undefined
          : {
              fields,
              action: `/patients/${journey.id}/prescriptions`,
              token: tokenOf(visit),
              answers:
                attempt.errors.length > 0
                  ? attempt.answers
                  : { prescriptionId: search.prescriptionId ?? '', dispensationPin: search.pin ?? '' },
              errors: attempt.errors,
            },
    }),
  })
}

/** What the country's search mask asks before it shows prescriptions (ISM `documentSearch`). */
async function searchFields({ portal, journey }: JourneyVisit): Promise<readonly SearchMaskField[]> {
  const mask = await portal.options.countryB.searchMask(journey.state.country)
  return mask.ok ? (mask.value.documentSearch ?? []) : []
}

function nameOf(field: string): 'prescriptionId' | 'pin' {
  return field === 'prescriptionId' ? 'prescriptionId' : 'pin'
}

export async function submitPrescriptionSearch(visit: JourneyVisit): Promise<Response> {
  const form = await readForm(visit)
  if (!form) return foreignForm(visit)
  const { portal, session, journey } = visit
  const fields = await searchFields(visit)
  const answers = Object.fromEntries(fields.map(({ name }) => [name, (form.get(name) ?? '').trim().slice(0, 200)]))
  const errors = fields.flatMap((field): readonly AnswerError[] => {
    const value = answers[field.name] ?? ''
    if (value === '') return field.mandatory ? [{ field: field.name, key: 'portal.identify.error.missing' }] : []
    const wrong = field.format !== undefined && checkFormat(field.format, value) === 'does-not-fit'
    return wrong ? [{ field: field.name, key: 'portal.identify.error.format' }] : []
  })
  const { attempt: _, ...state } = journey.state
  const found = Object.fromEntries(
    fields.flatMap(({ name }) => (answers[name] ? [[nameOf(name), answers[name]] as const] : [])),
  )
  await portal.journeys.save(
    session.secret,
    journey,
    errors.length > 0
      ? { ...state, attempt: { step: 'prescriptions', answers, errors: [...errors] } }
      : { ...state, prescriptionSearch: found },
  )
  return redirect(visit, `/patients/${journey.id}/prescriptions`)
}

interface Retrieved {
  readonly found: RetrievedPrescription
  readonly context: CareContext
  readonly id: string
  readonly here: string
}

/** Fetches the prescription of the address, or the answer that says why not. */
export async function retrievePrescription(visit: JourneyVisit): Promise<Retrieved | Response> {
  const { portal, journey, professional, context: request } = visit
  const context = careContext(journey.state, professional)
  if (!context) return redirect(visit, pathOf(journey, 'relationship'))
  const list = `/patients/${journey.id}/prescriptions`
  const address = request.req.param('prescription') ?? ''
  const id = journey.state.prescriptions?.find((one) => shortAddress(one) === address)
  if (id === undefined) return redirect(visit, list)
  const found = await portal.options.countryB.pharmacy.retrieve(context, id, journey.state.prescriptionSearch ?? {})
  if (!found.ok)
    return careRefused(visit, found.problem.code, linkButton(list, visit.words('portal.prescriptions.back'), 'main'))
  return { found: found.value, context, id, here: `${list}/${address}` }
}

export async function showPrescription(visit: JourneyVisit): Promise<Response> {
  const result = await retrievePrescription(visit)
  return result instanceof Response ? result : prescriptionAnswer(visit, result)
}

function prescriptionAnswer(
  visit: JourneyVisit,
  { found, here }: Retrieved,
  attempt: { readonly answers: Readonly<Record<string, string>>; readonly errors: readonly AnswerError[] } = {
    answers: {},
    errors: [],
  },
): Response {
  const { portal, words, journey, professional } = visit
  const { prescription, dispensable } = found
  const may = dispensable.yes && portal.options.mayUse('edispensation', professional)
  return show(visit, {
    title: words.messages.text('portal.prescription.page', { patient: patientName(journey.state) }),
    ...(attempt.errors.length > 0 ? { status: 422 as const } : {}),
    content: prescriptionPage(words, {
      prescription,
      context: contextBar(words, journey.state, professional),
      back: `/patients/${journey.id}/prescriptions`,
      country: countryName(visit),
      medicine: medicineWords(visit, found),
      refusal: dispensable.yes ? undefined : words(`portal.dispense.refused.${refusalKey(dispensable.reason)}`),
      dispense: may ? { action: `${here}/dispense`, token: tokenOf(visit), ...attempt } : undefined,
      document: `${here}/document`,
      original: found.pdf ? `${here}/original.pdf` : undefined,
    }),
  })
}

function medicineWords({ portal, words }: JourneyVisit, { document }: RetrievedPrescription) {
  const { designate, posology } = portal.options.rendering
  return {
    words,
    designate,
    source: document.origin.language,
    posology: (resource: string) => posology(document, resource, words.messages),
  }
}

/** Everything that the prescription says, as any other document is shown. */
export async function showPrescriptionDocument(visit: JourneyVisit): Promise<Response> {
  const result = await retrievePrescription(visit)
  if (result instanceof Response) return result
  const { portal, words, journey, professional } = visit
  const fragment = portal.options.rendering.fragment(result.found.document, words.messages, {
    actions: '',
    context: String(contextBar(words, journey.state, professional)),
    attachmentHref: () => undefined,
  })
  return show(visit, {
    title: words.messages.text('portal.prescription.page', { patient: patientName(journey.state) }),
    content: summaryPage(words, {
      fragment: raw(fragment),
      country: countryName(visit),
      back: result.here,
      label: words('portal.prescription.back'),
    }),
  })
}

const REFUSALS = ['4106', 'ERROR_ED_NOT_DISPENSABLE_EPRESCRIPTION', 'ERROR_ED_EPRESCRIPTION_NOT_IDENTIFIABLE']

function refusalKey(code: string): string {
  return REFUSALS.includes(code) ? code : 'other'
}

/** What was typed is checked, then shown once more: it only counts when that page is confirmed. */
export async function reviewDispensation(visit: JourneyVisit): Promise<Response> {
  const form = await readForm(visit)
  if (!form) return foreignForm(visit)
  const result = await retrievePrescription(visit)
  if (result instanceof Response) return result
  const { words, portal, professional } = visit
  const { prescription } = result.found
  const read = readDispenseForm(prescription, form)
  const answers = dispenseAnswers(prescription, form)
  if (!result.found.dispensable.yes || !portal.options.mayUse('edispensation', professional))
    return prescriptionAnswer(visit, result)
  if (read.errors.length > 0) return prescriptionAnswer(visit, result, { answers, errors: read.errors })
  return show(visit, {
    title: words.messages.text('portal.dispense.review.title'),
    content: reviewPage(words, {
      prescription,
      medicine: medicineWords(visit, result.found),
      items: read.items.map(({ prescribed, item }) => ({
        prescribed,
        product: item.product.name,
        packages: item.packages,
        substituted: item.substituted,
        batch: item.batch,
      })),
      country: countryName(visit),
      action: `${result.here}/confirm`,
      token: tokenOf(visit),
      hidden: { ...answers, confirmation: randomUUID() },
      back: result.here,
    }),
  })
}
