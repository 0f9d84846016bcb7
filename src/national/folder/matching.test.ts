import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { choicePermits } from './choices.ts'
import { comparableIdentifier, matchingPatients } from './matching.ts'
import { comparableName } from './names.ts'
import { readPatientsFile } from './patients-file.ts'

test('names are compared without case, accents, hyphens and script', () => {
  for (const [one, other] of [
    ['FERREIRA', 'Ferreira'],
    ['João', 'JOAO'],
    ['Lefèvre-Dupré', 'lefevre dupre'],
    ['Õunapuu', 'ounapuu'],
    ['Strauß', 'STRAUSS'],
    ['Œuvrard', 'oeuvrard'],
    ['Παπαδοπούλου', 'Papadopoulou'],
    ['ΠΑΠΑΔΟΠΟΥΛΟΥ', 'παπαδοπουλου'],
    ['Νικολαΐδης', 'NIKOLAIDIS'],
    ['Γεώργιος', 'Georgios'],
    ['Ευάγγελος', 'Evangelos'],
    ['Ευτυχία', 'Eftychia'],
    ['Σταύρος', 'Stavros'],
    ['Μπάμπης', 'Bampis'],
    ['Ψαρουδάκης', 'Psaroudakis'],
    ['Χρυσοχοΐδης', 'Chrysochoidis'],
  ]) {
    assert.equal(comparableName(one ?? ''), comparableName(other ?? ''))
  }
  assert.notEqual(comparableName('Ferreira'), comparableName('Ferreiro'))
  assert.notEqual(comparableName('Ana Sá'), comparableName('Anasa'))
})

test('comparing is stable: a comparable name is its own comparable name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      const once = comparableName(name)
      assert.equal(comparableName(once), once)
    }),
  )
})

test('identifiers are compared without spaces and case', () => {
  assert.equal(comparableIdentifier('urn:oid:1.2|298 123 456'), 'urn:oid:1.2|298123456')
  assert.equal(comparableIdentifier('urn:oid:1.2|at9990001'), 'urn:oid:1.2|AT9990001')
  assert.notEqual(comparableIdentifier('urn:oid:1.2|1'), comparableIdentifier('urn:oid:1.3|1'))
})

function register() {
  const read = readPatientsFile(
    JSON.stringify([
      {
        identifiers: ['urn:oid:1.2|1', 'urn:oid:1.3|P1'],
        family: 'Papadopoulou',
        given: ['Eleni', 'Maria'],
        otherNames: [{ family: 'Παπαδοπούλου', given: ['Ελένη', 'Μαρία'] }],
        birthDate: '1964-07-12',
        gender: 'female',
      },
      { identifiers: ['urn:oid:1.2|2'], family: 'Vlachou', given: [], birthDate: '1990', gender: 'unknown' },
    ]),
    'patients.json',
  )
  assert.ok(read.ok)
  return read.value
}

test('every given identifier and trait must agree', () => {
  const people = register()
  const found = (query: Parameters<typeof matchingPatients>[1]) => matchingPatients(people, query).length
  assert.equal(found({ identifiers: ['urn:oid:1.2|1'] }), 1)
  assert.equal(found({ identifiers: ['urn:oid:1.2|1', 'urn:oid:1.3|p1'] }), 1)
  assert.equal(found({ identifiers: ['urn:oid:1.2|1', 'urn:oid:1.2|2'] }), 0)
  assert.equal(found({ identifiers: ['urn:oid:1.3|1'] }), 0)
  assert.equal(found({ identifiers: [] }), 0)
  assert.equal(found({ identifiers: [], family: 'Papadopoulou' }), 0)
  const identifiers = ['urn:oid:1.2|1']
  assert.equal(found({ identifiers, family: 'ΠΑΠΑΔΟΠΟΥΛΟΥ' }), 1)
  assert.equal(found({ identifiers, family: 'papadopoulou', given: 'Ελένη' }), 1)
  assert.equal(found({ identifiers, given: 'Eleni Maria' }), 1)
  assert.equal(found({ identifiers, given: 'Maria' }), 0)
  assert.equal(found({ identifiers, gender: 'male' }), 0)
  assert.equal(found({ identifiers, gender: 'unknown' }), 1)
  assert.equal(found({ identifiers, birthDate: '1964-07-13' }), 0)
  assert.equal(found({ identifiers, family: '', birthDate: '' }), 1)
})

test('the most specific choice decides, and of equals the refusal', () => {
  const choice = (country: string, documentClass: string, decision: 'permit' | 'deny') => ({
    country,
    documentClass,
    decision,
  })
  assert.equal(choicePermits([], 'FR', '60591-5'), undefined)
  assert.equal(choicePermits([choice('DE', '*', 'deny')], 'FR', '60591-5'), undefined)
  assert.equal(choicePermits([choice('*', '*', 'deny')], 'FR', '60591-5'), false)
  assert.equal(choicePermits([choice('*', '*', 'deny'), choice('FR', '*', 'permit')], 'FR', '60591-5'), true)
  assert.equal(choicePermits([choice('*', '60591-5', 'deny'), choice('FR', '*', 'permit')], 'FR', '60591-5'), true)
  assert.equal(choicePermits([choice('FR', '60591-5', 'deny'), choice('FR', '*', 'permit')], 'FR', '60591-5'), false)
  assert.equal(choicePermits([choice('FR', '*', 'deny'), choice('FR', '*', 'permit')], 'FR', '60591-5'), false)
})

test('the register is refused with the field that is wrong', () => {
  const path = (value: unknown) => {
    const read = readPatientsFile(JSON.stringify(value), 'p.json')
    return read.ok ? 'ok' : read.problem.place?.path
  }
  const person = { identifiers: ['a|1'], family: 'A', given: ['B'], birthDate: '2000-01-01', gender: 'female' }
  assert.equal(path([person]), 'ok')
  assert.equal(path([{ ...person, identifiers: [] }]), '0.identifiers')
  assert.equal(path([{ ...person, identifiers: ['no-bar'] }]), '0.identifiers.0')
  assert.equal(path([person, { ...person, gender: 'F' }]), '1.gender')
  assert.equal(
    path([{ ...person, consents: [{ country: 'fr', documentClass: '*', decision: 'deny' }] }]),
    '0.consents.0.country',
  )
  assert.equal(readPatientsFile('[', 'p.json').ok, false)
})
