/** What the pages of a journey have in common: the steps above, the state of a form that did not pass, saving. */
import { alert, type Step, steps } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { type JourneyState, mayShow, STEPS, type StepName } from '../journey.ts'
import type { Journey } from '../journey-store.ts'
import { redirect } from '../visit.ts'
import type { JourneyVisit } from './guards.ts'
import { firstTab } from './tabs.ts'

export function pathOf(journey: Journey, step: StepName): string {
  return `/patients/${journey.id}/${step}`
}

export function aboveStep(visit: JourneyVisit, current: StepName): Html {
  const { words, journey, context } = visit
  const list: Step[] = STEPS.map((step) => ({
    label: words(`portal.steps.${step}`),
    state: step === current ? 'current' : stepState(journey.state, step, current),
    href: step !== current && mayShow(journey.state, step) ? pathOf(journey, step) : undefined,
  }))
  return html`${steps(words, list)}${
    context.req.query('earlier') !== undefined && alert('information', words('portal.steps.earlier'))
  }${context.req.query('elsewhere') !== undefined && alert('warning', words('portal.steps.elsewhere'))}`
}

function stepState(state: JourneyState, step: StepName, current: StepName): Step['state'] {
  const before = STEPS.indexOf(step) < STEPS.indexOf(current)
  return before || (mayShow(state, step) && step !== 'documents') ? 'done' : 'later'
}

/** The values and errors of a form that did not pass, for the step that asks for them. */
export function attemptOf(state: JourneyState, step: StepName | 'prescriptions'): NonNullable<JourneyState['attempt']> {
  return state.attempt?.step === step ? state.attempt : { step, answers: {}, errors: [] }
}

/**
 * Writes the next state and leads to a step. When another window changed the journey in the meantime nothing is
 * written and the page says so; the guards decide by what was proven, so no step is skipped.
 */
export async function proceed(visit: JourneyVisit, state: JourneyState, step: StepName): Promise<Response> {
  const { portal, session, journey } = visit
  const saved = await portal.journeys.save(session.secret, journey, state)
  const target = step === 'documents' ? `/patients/${journey.id}/${firstTab(visit)}` : pathOf(journey, step)
  return redirect(visit, saved ? target : `${pathOf(journey, step)}?elsewhere`)
}

export function countryName({ words, journey }: JourneyVisit): string {
  return words.messages.formats.countryName(journey.state.country) ?? journey.state.country
}

/** A form with errors says so in its title, which is what a screen reader reads first. */
export function titleOf(
  { words }: JourneyVisit,
  key: string,
  wrong: boolean,
  parameters?: Readonly<Record<string, string>>,
): string {
  const title = words.messages.text(key, parameters)
  return wrong ? words.messages.text('portal.form.title-error', { title }) : title
}
