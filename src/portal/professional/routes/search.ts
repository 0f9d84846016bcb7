/** Choosing the country, filling its form, meeting the person found. */
import type { SearchMask } from '#wire/discovery/directory.ts'
import { linkButton } from '../../ui/components.ts'
import type { Html } from '../../ui/markup.ts'
import { recordAct } from '../act-record.ts'
import { compareTraits } from '../compare.ts'
import type { JourneyState } from '../journey.ts'
import { checkAnswers, readAnswers } from '../mask-form.ts'
import { countriesPage } from '../pages/countries.ts'
import { identifyPage } from '../pages/identify.ts'
import { EVIDENCE, identityPage } from '../pages/identity.ts'
import { type ProfessionalVisit, readForm, redirect, show, tokenOf } from '../visit.ts'
import { careRefused } from './care-refusal.ts'
import { foreignForm, type JourneyVisit } from './guards.ts'
import { aboveStep, attemptOf, countryName, pathOf, proceed, titleOf } from './steps.ts'

export async function showCountries(visit: ProfessionalVisit): Promise<Response> {
  const { portal, words } = visit
  const countries = (await portal.options.countryB.countries()).filter(
    ({ country }) => country !== portal.options.country,
  )
  return show(visit, {
    title: words.messages.text('portal.countries.title'),
    content: countriesPage(words, { countries, token: tokenOf(visit) }),
  })
}

export async function beginJourney(visit: ProfessionalVisit): Promise<Response> {
  const form = await readForm(visit)
  if (!form) return foreignForm(visit)
  const { portal, session } = visit
  const wanted = form.get('country') ?? ''
  const known = (await portal.options.countryB.countries()).some(({ country }) => country === wanted)
  if (!known || wanted === portal.options.country) return redirect(visit, '/patients')
  const journey = await portal.journeys.begin(session.secret, wanted)
  return redirect(visit, `/patients/${journey.id}/identify`)
}

export async function showIdentify(visit: JourneyVisit): Promise<Response> {
  const { portal, words, journey } = visit
  const mask = await portal.options.countryB.searchMask(journey.state.country)
  if (!mask.ok) return careRefused(visit, mask.problem.code)
  const attempt = attemptOf(journey.state, 'identify')
  const country = countryName(visit)
  return show(visit, {
    title: titleOf(visit, 'portal.identify.title', attempt.errors.length > 0, { country }),
    above: aboveStep(visit, 'identify'),
    content: identifyPage(words, {
      mask: mask.value,
      country,
      action: pathOf(journey, 'identify'),
      token: tokenOf(visit),
      answers: attempt.errors.length > 0 ? attempt.answers : (journey.state.search?.answers ?? {}),
      errors: attempt.errors,
    }),
  })
}

/** Formats are checked beside the fields first; only then does the question leave the country. */
export async function submitIdentify(visit: JourneyVisit): Promise<Response> {
  const form = await readForm(visit)
  if (!form) return foreignForm(visit)
  const { portal, journey, professional } = visit
  const { country } = journey.state
  const mask = await portal.options.countryB.searchMask(country)
  if (!mask.ok) return careRefused(visit, mask.problem.code)
  const answers = readAnswers(mask.value, form)
  const today = portal.options.now().toISOString().slice(0, 10)
  const errors = checkAnswers(mask.value, answers, today)
  // Another search is another patient: whatever was proven about the former one is void.
  if (errors.length > 0) {
    return proceed(visit, { country, attempt: { step: 'identify', answers, errors: [...errors] } }, 'identify')
  }
  const found = await portal.options.countryB.identify(professional, country, answers)
  const search: JourneyState['search'] = found.ok
    ? {
        answers,
        candidates: found.value.map(writable),
        ...(found.value.length > 0 ? {} : { refusal: 'ERROR_PI_NO_MATCH' }),
      }
    : { answers, candidates: [], refusal: found.problem.code }
  return proceed(visit, { country, search }, 'identity')
}

type StoredCandidate = NonNullable<JourneyState['search']>['candidates'][number]

function writable(candidate: {
  readonly identifier: string
  readonly otherIdentifiers: readonly string[]
  readonly family: string
  readonly given: readonly string[]
  readonly birthDate: string
  readonly gender: StoredCandidate['gender']
}): StoredCandidate {
  return { ...candidate, otherIdentifiers: [...candidate.otherIdentifiers], given: [...candidate.given] }
}

export async function showIdentity(visit: JourneyVisit): Promise<Response> {
  const { portal, words, journey } = visit
  const search = journey.state.search
  if (!search || search.refusal) {
    return careRefused(visit, search?.refusal ?? 'ERROR_PI_NO_MATCH', searchAgain(visit))
  }
  const mask = await portal.options.countryB.searchMask(journey.state.country)
  if (!mask.ok) return careRefused(visit, mask.problem.code, searchAgain(visit))
  const attempt = attemptOf(journey.state, 'identity')
  return show(visit, {
    title: titleOf(visit, 'portal.identity.title', attempt.errors.length > 0),
    above: aboveStep(visit, 'identity'),
    content: identityPage(words, {
      country: countryName(visit),
      people: search.candidates.map((candidate) => ({
        candidate,
        traits: traitsOf(mask.value, journey.state, candidate),
      })),
      action: pathOf(journey, 'identity'),
      back: pathOf(journey, 'identify'),
      token: tokenOf(visit),
      answers: attempt.answers,
      errors: attempt.errors,
    }),
  })
}

function traitsOf(mask: SearchMask, state: JourneyState, candidate: StoredCandidate) {
  return compareTraits(mask, state.search?.answers ?? {}, candidate)
}

/** The doctor compared the person found with an identity document; where something differs, his reason is kept. */
export async function submitIdentity(visit: JourneyVisit): Promise<Response> {
  const form = await readForm(visit)
  if (!form) return foreignForm(visit)
  const { portal, journey, professional } = visit
  const candidates = journey.state.search?.candidates ?? []
  const answers = Object.fromEntries(
    ['candidate', 'evidence', 'verdict', 'reason'].map((name) => [name, (form.get(name) ?? '').trim().slice(0, 1000)]),
  )
  const candidate =
    candidates.length === 1 ? candidates[0] : candidates.find(({ identifier }) => identifier === answers.candidate)
  const mask = await portal.options.countryB.searchMask(journey.state.country)
  if (!mask.ok) return careRefused(visit, mask.problem.code, searchAgain(visit))
  const differs = candidate
    ? traitsOf(mask.value, journey.state, candidate)
        .filter(({ match }) => match === 'different')
        .map(({ name }) => name)
    : []
  const reasonNeeded = answers.verdict === 'differs' || differs.length > 0 || answers.evidence === 'none'
  const errors = [
    ...(candidate ? [] : [{ field: 'candidate', key: 'portal.identity.error.candidate' }]),
    ...(EVIDENCE.some((kind) => kind === answers.evidence)
      ? []
      : [{ field: 'evidence', key: 'portal.identity.error.evidence' }]),
    ...(answers.verdict === 'same' || answers.verdict === 'differs'
      ? []
      : [{ field: 'verdict', key: 'portal.identity.error.verdict' }]),
    ...(reasonNeeded && !answers.reason ? [{ field: 'reason', key: 'portal.identity.error.reason' }] : []),
  ]
  const { country, search } = journey.state
  if (!candidate || errors.length > 0) {
    return proceed(visit, { country, search, attempt: { step: 'identity', answers, errors } }, 'identity')
  }
  const confirmedAt = portal.options.now()
  const reason = answers.reason || undefined
  await recordAct(
    portal.options,
    professional,
    { kind: 'identity', evidence: answers.evidence ?? '', differs, ...(reason ? { reason } : {}) },
    confirmedAt,
    { identifier: candidate.identifier, country },
  )
  const identity = {
    candidate,
    evidence: answers.evidence ?? '',
    differs,
    confirmedAt: confirmedAt.toISOString(),
    ...(reason ? { reason } : {}),
  }
  return proceed(visit, { country, search, identity }, 'notice')
}

function searchAgain(visit: JourneyVisit): Html {
  return linkButton(pathOf(visit.journey, 'identify'), visit.words('portal.identify.again'), 'main')
}
