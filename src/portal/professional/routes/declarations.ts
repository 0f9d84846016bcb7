/** The notice that the patient hears, and why the professional may look. */
import { recordAct } from '../act-record.ts'
import { noticePage } from '../pages/notice.ts'
import { relationshipPage } from '../pages/relationship.ts'
import { readForm, redirect, show, tokenOf } from '../visit.ts'
import { foreignForm, type JourneyVisit } from './guards.ts'
import { aboveStep, attemptOf, countryName, pathOf, proceed, titleOf } from './steps.ts'

export function showNotice(visit: JourneyVisit): Response {
  const { portal, words, journey, context } = visit
  const attempt = attemptOf(journey.state, 'notice')
  const wished = context.req.query('notice') ?? attempt.answers.language
  const patientLanguage = portal.notices.languageFor(journey.state.country, wished)
  return show(visit, {
    title: titleOf(visit, 'portal.notice.title', attempt.errors.length > 0),
    above: aboveStep(visit, 'notice'),
    content: noticePage(words, {
      patient: portal.notices.read(patientLanguage),
      reader: portal.notices.read(words.language),
      languages: portal.notices.languages,
      version: portal.notices.version,
      here: pathOf(journey, 'notice'),
      token: tokenOf(visit),
      country: countryName(visit),
      errors: attempt.errors,
    }),
  })
}

/** Version and languages of the notice shown are the proof that goes with every access. */
export async function submitNotice(visit: JourneyVisit): Promise<Response> {
  const form = await readForm(visit)
  if (!form) return foreignForm(visit)
  const { portal, journey, professional, words } = visit
  const { country, search, identity } = journey.state
  if (!identity) return redirect(visit, pathOf(journey, 'identity'))
  const language = portal.notices.languageFor(country, form.get('language') ?? undefined)
  if (form.get('informed') !== 'yes') {
    const errors = [{ field: 'informed', key: 'portal.notice.error' }]
    return proceed(
      visit,
      { country, search, identity, attempt: { step: 'notice', answers: { language }, errors } },
      'notice',
    )
  }
  const recorded = portal.options.now()
  const languages = [...new Set([language, portal.notices.read(words.language).language])]
  const notice = { version: portal.notices.version, languages, recordedAt: recorded.toISOString() }
  await recordAct(portal.options, professional, { kind: 'notice', ...notice }, recorded, {
    identifier: identity.candidate.identifier,
    country,
  })
  return proceed(visit, { country, search, identity, notice }, 'relationship')
}

export function showRelationship(visit: JourneyVisit): Response {
  const { words, journey } = visit
  const attempt = attemptOf(journey.state, 'relationship')
  const { relationship } = journey.state
  const kin = relationship?.nextOfKin
  const declared = {
    purpose: relationship?.purpose ?? '',
    reason: relationship?.reason ?? '',
    ...(kin ? { 'kin-family': kin.family, 'kin-given': kin.given, 'kin-id': kin.identifiers[0] ?? '' } : {}),
  }
  return show(visit, {
    title: titleOf(visit, 'portal.relationship.title', attempt.errors.length > 0),
    above: aboveStep(visit, 'relationship'),
    content: relationshipPage(words, {
      action: pathOf(journey, 'relationship'),
      token: tokenOf(visit),
      answers: attempt.errors.length > 0 ? attempt.answers : declared,
      errors: attempt.errors,
    }),
  })
}

export async function submitRelationship(visit: JourneyVisit): Promise<Response> {
  const form = await readForm(visit)
  if (!form) return foreignForm(visit)
  const { portal, journey, professional } = visit
  const { country, search, identity, notice } = journey.state
  if (!identity || !notice) return redirect(visit, pathOf(journey, 'notice'))
  const purpose = form.get('purpose')
  const reason = (form.get('reason') ?? '').trim().slice(0, 1000)
  const kin = readNextOfKin(form)
  const errors = [
    ...(purpose === 'TREATMENT' || purpose === 'EMERGENCY'
      ? []
      : [{ field: 'purpose', key: 'portal.relationship.error.purpose' }]),
    ...kin.errors,
    ...(purpose === 'EMERGENCY' && reason === '' ? [{ field: 'reason', key: 'portal.relationship.error.reason' }] : []),
  ]
  if (errors.length > 0 || (purpose !== 'TREATMENT' && purpose !== 'EMERGENCY')) {
    const attempt = { step: 'relationship', answers: { purpose: purpose ?? '', reason, ...kin.answers }, errors }
    return proceed(visit, { country, search, identity, notice, attempt }, 'relationship')
  }
  const declared = portal.options.now()
  const act = purpose === 'EMERGENCY' ? ({ purpose, reason } as const) : ({ purpose } as const)
  const { nextOfKin } = kin
  const told = nextOfKin ? { nextOfKin: `${nextOfKin.given} ${nextOfKin.family}` } : {}
  await recordAct(portal.options, professional, { kind: 'relationship', ...act, ...told }, declared, {
    identifier: identity.candidate.identifier,
    country,
  })
  const relationship = { ...act, declaredAt: declared.toISOString(), ...(nextOfKin ? { nextOfKin } : {}) }
  return proceed(visit, { country, search, identity, notice, relationship }, 'documents')
}

/** Both names or none: a relative without a name is nobody. */
function readNextOfKin(form: URLSearchParams) {
  const value = (name: string) => (form.get(name) ?? '').trim().slice(0, 200)
  const [family, given, id] = [value('kin-family'), value('kin-given'), value('kin-id')]
  const answers = { 'kin-family': family, 'kin-given': given, 'kin-id': id }
  if (family === '' && given === '' && id === '') return { answers, errors: [] }
  const errors = (['kin-family', 'kin-given'] as const)
    .filter((name) => answers[name] === '')
    .map((field) => ({ field, key: 'portal.relationship.error.kin' }))
  const nextOfKin = { family, given, identifiers: id === '' ? [] : [id] }
  return errors.length > 0 ? { answers, errors } : { answers, errors, nextOfKin }
}
