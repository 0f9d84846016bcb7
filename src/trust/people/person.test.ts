import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openClaimsMapping } from './claims-mapping.ts'
import { type NationalSetting, readPerson } from './person.ts'
import { mapProfession, openRoleMap } from './role-map.ts'

const data = join(import.meta.dirname, '..', '..', '..', 'data')

function setting(country: string): NationalSetting {
  const provider = country === 'FR' ? 'pro-sante-connect' : 'demonstration'
  return {
    mapping: openClaimsMapping(join(data, 'identity-providers', `${provider}.json`)),
    roles: openRoleMap(join(data, 'roles'), country),
    country,
    language: country === 'FR' ? 'fr' : 'en',
  }
}

function read(claims: unknown, country = 'FR') {
  const person = readPerson(claims, 'eidas1', setting(country))
  assert.ok(person.ok, 'the claims name a person')
  return person.value
}

const doctor = {
  SubjectNameID: '899700218896',
  given_name: 'Zoé',
  family_name: 'DURAND',
  SubjectRefPro: {
    exercices: [
      {
        codeProfession: '10',
        codeSavoirFaire: 'SM54',
        activities: [{ codeSecteurDactivite: 'SA07', raisonSocialeSite: 'Cabinet', numeroSiretSite: '12345678900011' }],
      },
    ],
  },
}

test('a general practitioner of Pro Santé Connect has his European role', () => {
  const [exercise] = read(doctor).exercises
  assert.equal(exercise?.identifier, 'urn:oid:1.2.250.1.71.4.2.1|899700218896')
  assert.equal(exercise?.role?.code, '2211')
  assert.equal(exercise?.profession, 'Médecin généraliste')
  assert.deepEqual(exercise?.organisation, {
    identifier: 'urn:oid:1.2.250.1.71.4.2.2|312345678900011',
    name: 'Cabinet',
    kind: 'Resident Physician',
  })
})

test('a doctor is called by the speciality when the map names it, and doctor when it does not', () => {
  const calledAs = (codeSavoirFaire: string): string | undefined =>
    read({ ...doctor, SubjectRefPro: { exercices: [{ codeProfession: '10', codeSavoirFaire }] } }).exercises[0]
      ?.profession
  assert.equal(calledAs('SM59'), 'Médecin urgentiste')
  assert.equal(calledAs('SM25'), 'Médecin du travail')
  assert.equal(calledAs('SM04'), 'Médecin')
  const map = openRoleMap(join(data, 'roles'), 'FR')
  for (const [language, words] of [
    ['fr', 'Médecin généraliste'],
    ['en', 'General practitioner'],
    ['et', 'General practitioner'],
  ] as const) {
    assert.equal(mapProfession(map, { profession: '10', speciality: 'SM54', language }).words, words)
  }
})

test('every named speciality has a decision about its role', () => {
  for (const { specialities, specialityNames } of Object.values(openRoleMap(join(data, 'roles'), 'FR').professions)) {
    for (const code of Object.keys(specialityNames ?? {})) assert.ok(Object.hasOwn(specialities ?? {}, code), code)
  }
})

test('every exercise at every place of work is a choice, the same one only once', () => {
  const exercise = doctor.SubjectRefPro.exercices[0]
  const elsewhere = { ...exercise, activities: [{ raisonSocialeSite: 'Hôpital', codeSecteurDactivite: 'SA01' }] }
  const two = read({ ...doctor, SubjectRefPro: { exercices: [exercise, elsewhere, exercise] } }).exercises
  assert.deepEqual(
    two.map(({ organisation }) => [organisation.name, organisation.kind]),
    [
      ['Cabinet', 'Resident Physician'],
      ['Hôpital', 'Hospital'],
    ],
  )
})

test('missing lists: what stands at the top of the claims is used', () => {
  const bare = {
    preferred_username: '899700218896',
    family_name: 'DURAND',
    SubjectRole: '60^1.2.250.1.213.1.1.5.5',
    Secteur_Activite: 'SA33^1.2.250.1.71.4.2.4',
    SubjectOrganization: 'Pharmacie',
  }
  for (const SubjectRefPro of [undefined, null, {}, { exercices: [] }, { exercices: null }]) {
    const [exercise] = read({ ...bare, SubjectRefPro }).exercises
    assert.equal(exercise?.role?.code, '2221')
    assert.equal(exercise?.organisation.kind, 'Pharmacy')
    assert.equal(
      exercise?.organisation.identifier,
      'urn:oid:1.2.250.1.71.4.2.1|899700218896',
      'no organisation: himself',
    )
  }
  const [noActivities] = read({ ...bare, SubjectRefPro: { exercices: [{ codeProfession: '10' }] } }).exercises
  assert.equal(noActivities?.role?.code, '2212')
  const [listed] = read({ ...bare, SubjectRole: ['10^1.2.250.1.213.1.1.5.5'] }).exercises
  assert.equal(listed?.role?.code, '2212')
})

test('a profession or speciality without a European role signs in without one', () => {
  const occupational = { codeProfession: '10', codeSavoirFaire: 'SM25' }
  const unknown = { codeProfession: '999' }
  for (const exercise of [occupational, unknown]) {
    const [found] = read({ ...doctor, SubjectRefPro: { exercices: [exercise] } }).exercises
    assert.equal(found?.role, undefined)
  }
})

test('claims without identifier or name sign nobody in', () => {
  for (const claims of [
    {},
    null,
    'x',
    { SubjectNameID: '1' },
    { family_name: 'X' },
    { SubjectNameID: ' ', family_name: 'X' },
  ]) {
    const person = readPerson(claims, 'eidas1', setting('FR'))
    assert.equal(person.ok ? 'signed in' : person.problem.code, 'sign-in-unknown-person')
  }
})

test('every demonstration professional is read; those without a European role hold an office or are meant to be refused', () => {
  const file: unknown = JSON.parse(readFileSync(join(data, 'demo', 'professionals.json'), 'utf8'))
  assert.ok(file && typeof file === 'object' && 'professionals' in file && Array.isArray(file.professionals))
  const without: string[] = []
  const holders: string[] = []
  for (const { login, country, claims } of file.professionals) {
    const { exercises } = read(claims, country)
    assert.ok(exercises.length > 0)
    assert.ok(
      exercises.every(({ organisation }) => organisation.name !== ''),
      `${login} has a place of work`,
    )
    if (exercises.some(({ office }) => office !== undefined)) holders.push(login)
    else if (exercises.every(({ role }) => role === undefined)) without.push(login)
    assert.ok(exercises.every(({ role, office }) => role === undefined || office === undefined))
  }
  assert.deepEqual(without, ['helene.roux', 'paul.girard'])
  assert.deepEqual(holders, ['agnes.lambert', 'thomas.renaud', 'olivier.fabre', 'joao.vieira'])
})
