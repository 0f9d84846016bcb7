/** The people, masks, roles, policies and notices of the demonstration fit each other. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'

const root = join(import.meta.dirname, '..', '..', '..')
const data = join(root, 'data')
const COUNTRIES = ['EE', 'FR', 'GR', 'PT']
const json = (...path: string[]): unknown => JSON.parse(readFileSync(join(data, ...path), 'utf8'))
const countryFile = z.object({
  homeCommunityId: z.string(),
  languages: z.array(z.string()),
  patientIdentifiers: z.array(
    z.object({ domain: z.string(), system: z.string(), format: z.string(), example: z.string() }),
  ),
})
const register = z.array(z.object({ identifiers: z.array(z.string()), birthDate: z.string(), gender: z.string() }))

const ism = join(root, '..', 'shared', 'corpus', 'openncp', 'schema', 'smp', 'ehdsi-ism-2023.xsd')
const noXmllint = spawnSync('xmllint', ['--version']).error ? 'xmllint is not installed' : false
test('search masks are valid against the ISM schema', {
  skip: noXmllint || (!existsSync(ism) && 'the schema lies in ../shared/corpus, which is absent'),
}, () => {
  const masks = globSync('search-masks/*.xml', { cwd: data }).map((name) => join(data, name))
  assert.equal(masks.length, COUNTRIES.length)
  assert.equal(spawnSync('xmllint', ['--noout', '--schema', ism, ...masks]).status, 0)
})

for (const country of COUNTRIES) {
  test(`${country}: identifiers of the register have the form of the mask`, () => {
    const { patientIdentifiers } = countryFile.parse(json('countries', `${country}.json`))
    const mask = readFileSync(join(data, 'search-masks', `InternationalSearch_${country}.xml`), 'utf8')
    for (const { domain, format, system, example } of patientIdentifiers) {
      assert.ok(mask.includes(`domain="${domain}"`) && mask.includes(`format="${format}"`), domain)
      assert.equal(system, `urn:oid:${domain}`)
      assert.match(example, new RegExp(format))
    }
    for (const { identifiers } of register.parse(json('demo', country, 'patients.json'))) {
      for (const identifier of identifiers) {
        const [system, value] = identifier.split('|')
        const known = patientIdentifiers.find((held) => held.system === system)
        assert.ok(known && value !== undefined, identifier)
        assert.match(value, new RegExp(known.format))
      }
    }
  })
}

/** INS: 97 minus the number modulo 97, Corsica's 2A and 2B counting as 19 and 18. */
function insKey(value: string): string {
  const number = BigInt(value.slice(0, 13).replace('2A', '19').replace('2B', '18'))
  return String(97n - (number % 97n)).padStart(2, '0')
}

/** Isikukood: weights 1…9,1; when the remainder is 10, weights 3…9,1,2,3; when it is 10 again, 0. */
function isikukoodDigit(value: string): number {
  const remainder = (first: number) =>
    [...value.slice(0, 10)].reduce((sum, digit, index) => sum + Number(digit) * (((index + first - 1) % 9) + 1), 0) % 11
  const one = remainder(1)
  return one < 10 ? one : remainder(3) % 10
}

/** Luhn, for AMKA and RPPS. */
function luhn(value: string): boolean {
  const sum = [...value].reverse().reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 0 ? 1 : 2)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return sum % 10 === 0
}

test('check digits, birth dates and sexes inside the identifiers are right', () => {
  const people = (country: string) => register.parse(json('demo', country, 'patients.json'))
  const number = (identifier: string | undefined) => identifier?.split('|')[1] ?? ''
  for (const { identifiers, birthDate, gender } of people('FR')) {
    const ins = number(identifiers[0])
    assert.equal(ins.slice(13), insKey(ins))
    assert.equal(ins.slice(0, 5), `${gender === 'male' ? 1 : 2}${birthDate.slice(2, 4)}${birthDate.slice(5, 7)}`)
  }
  for (const { identifiers, birthDate, gender } of people('EE')) {
    const code = number(identifiers[0])
    assert.equal(Number(code[10]), isikukoodDigit(code))
    assert.equal(code.slice(0, 7), `${gender === 'male' ? 3 : 4}${birthDate.slice(2).replaceAll('-', '')}`)
  }
  for (const { identifiers, birthDate } of people('GR')) {
    const amka = number(identifiers[0])
    assert.ok(luhn(amka), amka)
    assert.equal(amka.slice(0, 6), `${birthDate.slice(8)}${birthDate.slice(5, 7)}${birthDate.slice(2, 4)}`)
  }
})

const exercise = z.object({
  codeProfession: z.string(),
  codeSavoirFaire: z.string(),
  activities: z.array(z.object({ codeSecteurDactivite: z.string(), raisonSocialeSite: z.string() })).min(1),
})
const professionals = z
  .object({
    professionals: z.array(
      z.object({
        login: z.string(),
        country: z.string(),
        claims: z.object({
          SubjectNameID: z.string(),
          SubjectRefPro: z.object({ exercices: z.array(exercise).min(1) }),
        }),
      }),
    ),
  })
  .parse(json('demo', 'professionals.json')).professionals
const roles = z.object({
  professions: z.record(
    z.string(),
    z.object({ role: z.string().nullable(), specialities: z.record(z.string(), z.string().nullable()).optional() }),
  ),
})
const european = z.object({ roles: z.record(z.string(), z.unknown()) }).parse(json('roles', 'european.json')).roles

const offices = Object.keys(
  z.object({ offices: z.record(z.string(), z.unknown()) }).parse(json('roles', 'offices.json')).offices,
)

test('every role is a European role, and every professional has one, holds an office, or is meant to be refused', () => {
  const holders: string[] = []
  const refused: string[] = []
  for (const { login, country, claims } of professionals) {
    const map = roles.parse(json('roles', `${country}.json`)).professions
    for (const { codeProfession, codeSavoirFaire } of claims.SubjectRefPro.exercices) {
      if (offices.includes(codeProfession)) {
        holders.push(login)
        continue
      }
      const profession = map[codeProfession]
      assert.ok(profession, `${login}: ${codeProfession}`)
      const special = profession.specialities?.[codeSavoirFaire]
      if ((special === undefined ? profession.role : special) === null) refused.push(login)
    }
    if (country === 'FR') assert.ok(luhn(claims.SubjectNameID.slice(1)), login)
  }
  assert.deepEqual(refused, ['helene.roux', 'paul.girard'])
  // Two, because who stages a release does not approve it.
  assert.deepEqual(holders, ['agnes.lambert', 'thomas.renaud', 'olivier.fabre', 'joao.vieira'])
  for (const country of COUNTRIES) {
    for (const { role, specialities } of Object.values(roles.parse(json('roles', `${country}.json`)).professions)) {
      for (const code of [role, ...Object.values(specialities ?? {})]) assert.ok(code === null || code in european)
    }
  }
})

test('policies name European roles only', () => {
  const policies = z.array(z.object({ service: z.string(), roles: z.array(z.string()).min(1) }))
  for (const { roles: allowed } of policies.parse(json('policies', 'services.json'))) {
    for (const code of allowed) assert.ok(code in european, code)
  }
})

test('Claire Martin has two exercises to choose from', () => {
  const claire = professionals.find(({ login }) => login === 'claire.martin')
  assert.equal(claire?.claims.SubjectRefPro.exercices.length, 2)
})

test('the notice says the same in every language', () => {
  const notice = z.object({
    version: z.string(),
    language: z.string(),
    title: z.string().min(1),
    validFrom: z.iso.date(),
    sections: z.array(z.object({ heading: z.string().min(1), paragraphs: z.array(z.string().min(1)) })),
  })
  for (const version of globSync('notices/*', { cwd: data })) {
    const files = globSync(`${version}/*.json`, { cwd: data })
    const read = (file: string) => notice.parse(json(file))
    const shape = (file: string) => read(file).sections.map(({ paragraphs }) => paragraphs.length)
    const english = shape(`${version}/en.json`)
    for (const country of COUNTRIES) {
      const { languages } = countryFile.parse(json('countries', `${country}.json`))
      for (const language of languages) assert.ok(files.includes(`${version}/${language}.json`), language)
    }
    for (const file of files) {
      const { language, version: own, sections } = read(file)
      assert.equal(file, `${version}/${language}.json`)
      assert.equal(version, `notices/${own}`)
      assert.deepEqual(shape(file), english, file)
      // The articles cited are the same, whatever the language.
      const words = sections.flatMap(({ paragraphs }) => paragraphs).join(' ')
      for (const cited of ['2025/327', '77', '15', '21']) assert.ok(words.includes(cited), `${file}: ${cited}`)
    }
  }
})
