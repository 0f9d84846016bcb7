/** Refusals of the border as pages, with the status that a program understands. */
import type { CareProblemCode } from '#care/context/care-context.ts'
import { linkButton } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { shownRefusal } from '../journey.ts'
import { refusalPage } from '../pages/refusal.ts'
import { type PageContent, show } from '../visit.ts'
import type { JourneyVisit } from './guards.ts'

const STATUS: Readonly<Partial<Record<CareProblemCode, NonNullable<PageContent['status']>>>> = {
  ERROR_PI_NO_MATCH: 404,
  ERROR_PI_MULTIPLE_MATCHES: 409,
  ERROR_PI_INCORRECT_FORMATTING: 422,
  ERROR_PI_MISSING_REQUIRED_FIELDS: 422,
  ERROR_PS_NOT_FOUND: 404,
  ERROR_GENERIC_CONNECTION_NOT_POSSIBLE: 502,
  ERROR_GENERIC_TIMEOUT: 504,
  ERROR_GENERIC_DOCUMENT_MISSING: 404,
  ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN: 502,
  ERROR_GENERIC: 502,
  ERROR_HPI_GENERIC: 403,
  ERROR_HPI_INSUFFICIENT_INFORMATION: 403,
  ERROR_HPI_AUTHENTICATION_NOT_RECEIVED: 403,
  ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED: 502,
  ERROR_SEC_INSUFFICIENT_RIGHTS: 403,
}

/** Waiting may help here, so the page offers the same address again. */
const WORTH_TRYING_AGAIN: readonly CareProblemCode[] = [
  'ERROR_GENERIC_CONNECTION_NOT_POSSIBLE',
  'ERROR_GENERIC_TIMEOUT',
  'ERROR_GENERIC',
]

export function careRefused(visit: JourneyVisit, problem: CareProblemCode, actions?: Html): Response {
  const { words, portal, journey, path } = visit
  const code = shownRefusal(problem)
  const country = words.messages.formats.countryName(journey.state.country) ?? journey.state.country
  const again = WORTH_TRYING_AGAIN.includes(code) && !actions && linkButton(path, words('portal.try-again'), 'main')
  return show(visit, {
    title: words.messages.text(`problem.${code}.title`, { country }),
    status: STATUS[code] ?? 502,
    content: refusalPage(words, {
      code,
      parameters: { country },
      helpLine: portal.options.helpLine,
      reference: `${code} · ${journey.state.country} → ${portal.options.country}`,
      actions: html`${again}${actions}${linkButton('/patients', words('portal.new-patient'))}`,
    }),
  })
}
