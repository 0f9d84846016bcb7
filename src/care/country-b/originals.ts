/** Original clinical documents of another country (OrCD): laboratory, discharge and imaging reports, and images, as they are. */

import { originalContentOf } from '#documents/originals/original-content.ts'
import { ok, type Result } from '#platform/result/result.ts'
import type { ListedDocument, ListedForm } from '../border/border-service.ts'
import type { CareContext, CareProblemCode } from '../context/care-context.ts'
import { type Answered, ask } from './asking.ts'
import { nothingFound } from './channels/peer-refusals.ts'
import { classOf, ORIGINAL_SERVICES } from './document-classes.ts'
import { careFailure, directoryFailure, refusalFailure } from './failures.ts'
import { type Lists, nameOf } from './listing.ts'
import type { Asking } from './options.ts'
import type { Originals, OriginalsFilter, RetrievedOriginal } from './questions.ts'
import { fetchForm, formOf, readAbout } from './retrieved.ts'

type OriginalService = (typeof ORIGINAL_SERVICES)[number]

export function originals(asking: Asking, lists: Lists): Originals {
  return {
    list: (context, filter) => listOriginals(asking, lists, context, filter),
    async retrieve(context, documentId) {
      const found = await find(asking, lists, context, documentId)
      return found.ok ? retrieveOriginal(asking, context, found.value.service, found.value.listed) : found
    },
  }
}

/** Each kind is a service of its own that a country offers or not. One that fails fails the list: what is missing would not be seen. */
async function listOriginals(
  asking: Asking,
  lists: Lists,
  context: CareContext,
  { classCode, ...filter }: OriginalsFilter,
): Promise<Result<readonly ListedDocument[], CareProblemCode>> {
  const services = await servicesOf(asking, context.country, classCode)
  if (!services.ok) return services
  const answers = await Promise.all(services.value.map((service) => lists.list(context, { service, filter })))
  const found = answers.flatMap((answer) => (answer.ok ? answer.value : []))
  const nothing = nothingFound({ step: 'list', service: 'medical-image' })
  const broken = answers.find((answer) => !answer.ok && answer.problem.code !== nothing)
  if (broken && !broken.ok) return broken
  if (found.length === 0) return careFailure(nothing, context.country)
  return ok(found.toSorted((left, right) => Date.parse(right.created) - Date.parse(left.created)))
}

async function servicesOf(
  asking: Asking,
  country: string,
  classCode: string | undefined,
): Promise<Result<readonly OriginalService[], CareProblemCode>> {
  const participant = await asking.directory.participant(country)
  if (!participant.ok) return directoryFailure(participant.problem.code, country)
  const offered = ORIGINAL_SERVICES.filter((service) => participant.value.services.includes(service))
  const wanted = offered.filter((service) => classCode === undefined || classOf(service) === classCode)
  return wanted.length > 0 ? ok(wanted) : careFailure('ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN', country)
}

async function find(
  asking: Asking,
  lists: Lists,
  context: CareContext,
  documentId: string,
): Promise<Result<{ readonly service: OriginalService; readonly listed: ListedDocument }, CareProblemCode>> {
  const services = await servicesOf(asking, context.country, undefined)
  if (!services.ok) return services
  for (const service of services.value) {
    const listed = lists.recall(context, service, documentId)
    if (listed) return ok({ service, listed })
  }
  for (const service of services.value) {
    const found = await lists.find(context, { service }, documentId)
    if (found.ok) return ok({ service, listed: found.value })
  }
  return careFailure('ERROR_GENERIC_DOCUMENT_MISSING', context.country)
}

async function retrieveOriginal(
  asking: Asking,
  context: CareContext,
  service: OriginalService,
  listed: ListedDocument,
): Promise<Result<RetrievedOriginal, CareProblemCode>> {
  const { professional, country, patient, purpose } = context
  const question = {
    step: 'retrieve',
    asked: nameOf(listed),
    service,
    professional,
    country,
    patient,
    purpose,
    context,
  } as const
  return ask(asking, question, async (line): Promise<Answered<RetrievedOriginal>> => {
    const structured = formOf(listed, 'structured')
    const file = formOf(listed, 'pdf') ?? formOf(listed, 'image')
    const fetch = (form: ListedForm) => fetchForm(line, context, service, listed, form)
    const [coded, original] = await Promise.all([structured && fetch(structured), file && fetch(file)])
    const shown = original?.ok ? checkedFile(original.value.bytes) : undefined
    const read = coded?.ok ? await readAbout(asking, context, listed, coded.value.bytes) : undefined
    // A report about somebody else takes its original with it.
    if (read && !read.ok && read.problem.code === 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED') return { result: read }
    if (shown || read?.ok) {
      return {
        result: ok({ entry: listed, ...(shown ? { file: shown } : {}), ...(read?.ok ? { document: read.value } : {}) }),
        transformed: read?.ok ?? false,
      }
    }
    const failure = [original, coded].find((answer) => answer && !answer.ok)
    if (failure && !failure.ok) return { result: refusalFailure(failure.refusal) }
    if (original?.ok) return { result: careFailure('ERROR_ORCD_INCORRECT_FORMAT', country) }
    return { result: careFailure('ERROR_GENERIC_DOCUMENT_MISSING', country) }
  })
}

/** As much as an image of a whole study may have; what the wire lets through is less. */
const MOST_BYTES = 64 * 1024 * 1024

/** What the bytes are, not what the list calls them; anything but a sound PDF or picture never reaches a page. */
function checkedFile(bytes: Uint8Array): RetrievedOriginal['file'] {
  const content = originalContentOf(bytes, { maximumBytes: MOST_BYTES })
  if (!content.ok) return undefined
  const { mediaType, active } = content.value
  return { mediaType, bytes, ...(active ? { active } : {}) }
}
