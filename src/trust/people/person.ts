/** From the claims of an identity provider to a person with his exercises; tolerant of what providers leave out. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { type ClaimsMapping, codeAt, listAt, textAt } from './claims-mapping.ts'
import type { Professional } from './professional.ts'
import { facilityKind, mapProfession, type RoleMap } from './role-map.ts'

/** Who signed in, before he chose in which capacity he works today. */
export interface Person {
  readonly identifier: string
  readonly given: string
  readonly family: string
  readonly assurance: string
  /** One for each exercise and place of work; at least one. */
  readonly exercises: readonly Professional[]
}

export interface NationalSetting {
  readonly mapping: ClaimsMapping
  readonly roles: RoleMap
  /** ISO 3166-1 alpha-2 of the country whose professionals sign in here. */
  readonly country: string
  /** BCP-47; the language in which professions are named. */
  readonly language: string
}

export type PersonProblemCode = 'sign-in-unknown-person'

/** Reads userinfo claims. Fails only when the person has no identifier or no name: then nobody can be held to account. */
export function readPerson(
  claims: unknown,
  assurance: string,
  setting: NationalSetting,
): Result<Person, PersonProblemCode> {
  const { mapping } = setting
  const value = textAt(claims, mapping.identifier.claims)
  const family = textAt(claims, mapping.family)
  if (value === undefined || family === undefined) {
    return failed(
      'sign-in-unknown-person',
      'The identity provider did not say who signed in.',
      'Sign in again; if it happens again, call the support of the identity provider.',
    )
  }
  const person = {
    identifier: `${textAt(claims, mapping.identifier.systemClaims) ?? mapping.identifier.system}|${value}`,
    given: textAt(claims, mapping.given) ?? '',
    family,
    assurance,
  }
  return ok({ ...person, exercises: exercisesOf(claims, person, setting) })
}

function exercisesOf(
  claims: unknown,
  person: Omit<Person, 'exercises'>,
  setting: NationalSetting,
): readonly Professional[] {
  const { mapping, roles, country, language } = setting
  const listed = listAt(claims, mapping.exercises.list)
  const exercises = listed.length > 0 ? listed : [undefined]
  const found = exercises.flatMap((exercise): readonly Professional[] => {
    const profession = codeAt(exercise, mapping.exercises.profession) ?? codeAt(claims, mapping.single.profession)
    const speciality = codeAt(exercise, mapping.exercises.speciality)
    const { words, role, office } = mapProfession(roles, { profession, speciality, language })
    const activities = listAt(exercise, mapping.exercises.activities)
    return (activities.length > 0 ? activities : [undefined]).map((activity) => ({
      identifier: person.identifier,
      given: exerciseName(textAt(exercise, mapping.exercises.given), person.given),
      family: exerciseName(textAt(exercise, mapping.exercises.family), person.family),
      role,
      ...(office && { office }),
      profession: textAt(exercise, mapping.exercises.words) ?? words,
      organisation: organisationOf(claims, activity, person.identifier, setting),
      country,
      assurance: person.assurance,
    }))
  })
  return found.filter(
    (one, index) => found.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === index,
  )
}

/** The name used at work, unless it is the same name in capitals. */
function exerciseName(atWork: string | undefined, own: string): string {
  const same = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return atWork === undefined || same(atWork) === same(own) ? own : atWork
}

/** Someone who works alone has no organisation of his own: he is then his own organisation, under his identifier. */
function organisationOf(
  claims: unknown,
  activity: unknown,
  person: string,
  { mapping: { activity: paths, single }, roles }: NationalSetting,
): Professional['organisation'] {
  const source = activity === undefined ? { at: claims, ...single } : { at: activity, ...paths }
  const identifier = source.identifiers
    .map(({ system, claim, prefix }) => {
      const value = textAt(source.at, [claim])
      return value === undefined ? undefined : `${system}|${prefix}${value}`
    })
    .find((found) => found !== undefined)
  return {
    identifier: identifier ?? person,
    name: textAt(source.at, source.name) ?? '',
    kind: facilityKind(roles, codeAt(source.at, source.sector)),
  }
}
