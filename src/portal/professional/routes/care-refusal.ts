/** Refusals of the border as pages, with the status that a program understands. */
import type { CareProblemCode } from '#care/context/care-context.ts'
import { ehdsiError } from '#wire/errors/ehdsi-errors.ts'
import { linkButton } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { shownRefusal } from '../journey.ts'
import { refusalPage, refusalWords } from '../pages/refusal.ts'
import { type PageContent, show } from '../visit.ts'
import type { JourneyVisit } from './guards.ts'

type Status = NonNullable<PageContent['status']>

/** Where the status of a page is not that of the other country's answer. */
const STATUS: Readonly<Partial<Record<CareProblemCode, Status>>> = {
  ERROR_PI_MULTIPLE_MATCHES: 409,
  ERROR_PI_INCORRECT_FORMATTING: 422,
  ERROR_PI_MISSING_REQUIRED_FIELDS: 422,
  ERROR_GENERIC_TIMEOUT: 504,
}

/** What another country refused or lacks is said as it is; everything else is a failure behind this service. */
function statusOf(code: CareProblemCode): Status {
  const { group, status } = ehdsiError(code)
  if (STATUS[code] !== undefined) return STATUS[code]
  if (status === 404 || status === 403) return status
  return group === 'HPI' ? 403 : 502
}

/** Waiting may help here, so the page offers the same address again. */
const WORTH_TRYING_AGAIN: readonly CareProblemCode[] = [
  'ERROR_GENERIC_CONNECTION_NOT_POSSIBLE',
  'ERROR_GENERIC_TIMEOUT',
  'ERROR_GENERIC',
  'ERROR_PI_REGISTRY_NOT_AVAILABLE',
  'ERROR_PS_REGISTRY_NOT_AVAILABLE',
  'ERROR_EP_REGISTRY_NOT_AVAILABLE',
  '4104',
]

export function careRefused(visit: JourneyVisit, problem: CareProblemCode, actions?: Html): Response {
  const { words, portal, journey, path } = visit
  const code = shownRefusal(problem)
  const country = words.messages.formats.countryName(journey.state.country) ?? journey.state.country
  const again = WORTH_TRYING_AGAIN.includes(code) && !actions && linkButton(path, words('portal.try-again'), 'main')
  return show(visit, {
    title: words.messages.text(`problem.${refusalWords(words.messages, code)}.title`, { country }),
    status: statusOf(code),
    content: refusalPage(words, {
      code,
      parameters: { country },
      helpLine: portal.options.helpLine,
      reference: `${code} · ${journey.state.country} → ${portal.options.country}`,
      actions: html`${again}${actions}${linkButton('/patients', words('portal.new-patient'))}`,
    }),
  })
}
