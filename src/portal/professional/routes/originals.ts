/** Original documents: the list with its filters, one document with its preview, and the file itself. */
import type { OriginalsFilter, RetrievedOriginal } from '#care/country-b/questions.ts'
import { raw } from '#platform/html/html.ts'
import { linkButton } from '../../ui/components.ts'
import { careContext } from '../journey.ts'
import type { AnswerError } from '../mask-form.ts'
import { contextBar } from '../pages/context-bar.ts'
import { ORIGINAL_CLASSES, originalPage, originalsPage } from '../pages/originals.ts'
import { redirect, show } from '../visit.ts'
import { careRefused } from './care-refusal.ts'
import { previewedFile, savedFile } from './files.ts'
import type { JourneyVisit } from './guards.ts'
import { notFound } from './open-pages.ts'
import { patientName } from './patient-name.ts'
import { shortAddress } from './prescriptions.ts'
import { aboveStep, countryName, pathOf } from './steps.ts'
import { tabsOf } from './tabs.ts'

export async function showOriginals(visit: JourneyVisit): Promise<Response> {
  const { portal, words, journey, professional, context: request } = visit
  const context = careContext(journey.state, professional)
  if (!context) return redirect(visit, pathOf(journey, 'relationship'))
  const { filter, answers, errors } = readFilter(new URL(request.req.url).searchParams)
  const listed = await portal.options.countryB.originals.list(context, errors.length > 0 ? {} : filter)
  if (!listed.ok && listed.problem.code !== 'ERROR_ORCD_NOT_FOUND') return careRefused(visit, listed.problem.code)
  const documents = listed.ok ? listed.value : []
  await portal.journeys.save(visit.session.secret, journey, {
    ...journey.state,
    originals: documents.map(({ id }) => id),
  })
  const here = `/patients/${journey.id}/originals`
  return show(visit, {
    title: words.messages.text('portal.originals.title', { patient: patientName(journey.state) }),
    above: aboveStep(visit, 'documents'),
    content: originalsPage(words, {
      patient: patientName(journey.state),
      country: countryName(visit),
      context: contextBar(words, journey.state, professional),
      tabs: tabsOf(visit, 'originals'),
      documents: documents.map((one) => ({ listed: one, href: `${here}/${shortAddress(one.id)}` })),
      filter: { action: here, answers, errors },
    }),
  })
}

const DAY = /^\d{4}-\d{2}-\d{2}$/

function readFilter(query: URLSearchParams): {
  readonly filter: OriginalsFilter
  readonly answers: Readonly<Record<string, string>>
  readonly errors: readonly AnswerError[]
} {
  const answers = Object.fromEntries(
    ['class', 'after', 'before', 'size'].flatMap((name) => {
      const value = (query.get(name) ?? '').trim().slice(0, 40)
      return value === '' ? [] : [[name, value] as const]
    }),
  )
  const errors = [
    ...['after', 'before'].flatMap((field) => {
      const value = answers[field]
      const wrong = value !== undefined && (!DAY.test(value) || Number.isNaN(Date.parse(value)))
      return wrong ? [{ field, key: 'portal.originals.filter.error.date' }] : []
    }),
    ...(answers.size !== undefined && !/^[1-9]\d{0,5}$/.test(answers.size)
      ? [{ field: 'size', key: 'portal.originals.filter.error.size' }]
      : []),
  ]
  const classCode = ORIGINAL_CLASSES.find((one) => one === answers.class)
  const filter: OriginalsFilter = {
    ...(classCode === undefined ? {} : { classCode }),
    ...(answers.after === undefined ? {} : { createdAfter: answers.after }),
    ...(answers.before === undefined ? {} : { createdBefore: answers.before }),
    ...(answers.size === undefined ? {} : { maximumSize: Number(answers.size) * 1000 }),
  }
  return { filter, answers, errors }
}

interface Retrieved {
  readonly found: RetrievedOriginal
  readonly list: string
  readonly here: string
}

async function retrieveOriginal(visit: JourneyVisit): Promise<Retrieved | Response> {
  const { portal, journey, professional, context: request } = visit
  const context = careContext(journey.state, professional)
  if (!context) return redirect(visit, pathOf(journey, 'relationship'))
  const list = `/patients/${journey.id}/originals`
  const address = request.req.param('original') ?? ''
  const id = journey.state.originals?.find((one) => shortAddress(one) === address)
  if (id === undefined) return redirect(visit, list)
  const found = await portal.options.countryB.originals.retrieve(context, id)
  if (!found.ok)
    return careRefused(visit, found.problem.code, linkButton(list, visit.words('portal.originals.back'), 'main'))
  return { found: found.value, list, here: `${list}/${address}` }
}

export async function showOriginal(visit: JourneyVisit): Promise<Response> {
  const result = await retrieveOriginal(visit)
  if (result instanceof Response) return result
  const { portal, words, journey, professional } = visit
  const { found, here, list } = result
  const context = contextBar(words, journey.state, professional)
  const fragment =
    found.document &&
    portal.options.rendering.fragment(found.document, words.messages, {
      actions: '',
      context: String(context),
      attachmentHref: () => undefined,
    })
  return show(visit, {
    title: words.messages.text('portal.originals.title', { patient: patientName(journey.state) }),
    framed: found.file?.mediaType === 'application/pdf',
    content: originalPage(words, {
      listed: found.entry,
      context,
      country: countryName(visit),
      back: list,
      file: found.file && {
        href: `${here}/preview`,
        download: `${here}/file`,
        mediaType: found.file.mediaType,
        size: found.file.bytes.length,
        active: found.file.active === true,
      },
      fragment: fragment === undefined ? undefined : raw(fragment),
    }),
  })
}

export async function previewOriginal(visit: JourneyVisit): Promise<Response> {
  const result = await retrieveOriginal(visit)
  if (result instanceof Response) return result
  const { file } = result.found
  return file && !file.active ? previewedFile(visit, file.bytes, file.mediaType) : notFound(visit)
}

const ENDINGS = { 'application/pdf': 'pdf', 'image/png': 'png', 'image/jpeg': 'jpg' } as const

export async function saveOriginal(visit: JourneyVisit): Promise<Response> {
  const result = await retrieveOriginal(visit)
  if (result instanceof Response) return result
  const { file } = result.found
  if (!file) return notFound(visit)
  return savedFile(
    visit,
    file.bytes,
    file.mediaType,
    `${visit.words.messages.text('portal.file.original')}.${ENDINGS[file.mediaType]}`,
  )
}
