import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { after, test } from 'node:test'
import { testDefinitions } from '../testing/definitions.ts'
import { EXAMPLE, element, profile, smallPackage } from '../testing/small-package.ts'
import { validate } from '../validate.ts'

const CORE = 'http://hl7.org/fhir/StructureDefinition/'

const PROFILES = [
  profile('identified', 'Patient', [
    element('Patient', {
      constraint: [
        {
          key: 'ex-1',
          severity: 'error',
          human: 'A name or an address',
          expression: 'name.exists() or address.exists()',
        },
      ],
    }),
    element('Patient.identifier', {
      slicing: { discriminator: [{ type: 'value', path: 'system' }], rules: 'open' },
      min: 1,
    }),
    element('Patient.identifier:national', { min: 1, max: '1' }),
    element('Patient.identifier:national.system', { min: 1, fixedUri: 'urn:national' }),
    element('Patient.identifier:national.value', { min: 1, maxLength: 5 }),
    element('Patient.photo', { max: '0' }),
  ]),
  // A child without snapshot: inherits the slice and narrows it.
  profile(
    'identified-more',
    'Patient',
    [element('Patient.identifier:national.assigner', { min: 1 }), element('Patient.birthDate', { min: 1 })],
    `${EXAMPLE}identified`,
  ),
  profile('closed-ordered', 'Patient', [
    element('Patient.telecom', {
      slicing: { discriminator: [{ type: 'value', path: 'system' }], rules: 'closed', ordered: true },
    }),
    element('Patient.telecom:phone', { max: '1' }),
    element('Patient.telecom:phone.system', { min: 1, patternCode: 'phone' }),
    element('Patient.telecom:email', {}),
    element('Patient.telecom:email.system', { min: 1, fixedCode: 'email' }),
  ]),
  profile('open-at-end', 'Patient', [
    element('Patient.name', { slicing: { discriminator: [{ type: 'value', path: 'use' }], rules: 'openAtEnd' } }),
    element('Patient.name:official', { min: 1 }),
    element('Patient.name:official.use', { min: 1, fixedCode: 'official' }),
  ]),
  profile('by-existence', 'Patient', [
    element('Patient.contact', {
      slicing: { discriminator: [{ type: 'exists', path: 'organization' }], rules: 'open' },
    }),
    element('Patient.contact:office', { max: '1' }),
    element('Patient.contact:office.organization', { min: 1 }),
    element('Patient.contact:person', {}),
    element('Patient.contact:person.organization', { max: '0' }),
    element('Patient.contact:person.name', { min: 1 }),
  ]),
  profile('by-type', 'Observation', [
    element('Observation.value[x]', { slicing: { discriminator: [{ type: 'type', path: '$this' }], rules: 'closed' } }),
    element('Observation.value[x]:valueQuantity', { type: [{ code: 'Quantity' }] }),
    element('Observation.value[x]:valueQuantity.unit', { min: 1 }),
    element('Observation.value[x]:valueString', { type: [{ code: 'string' }] }),
  ]),
  profile('by-pattern', 'Observation', [
    element('Observation.category', {
      slicing: { discriminator: [{ type: 'pattern', path: '$this' }], rules: 'open' },
    }),
    element('Observation.category:laboratory', {
      min: 1,
      patternCodeableConcept: { coding: [{ system: 'urn:c', code: 'lab' }] },
    }),
    element('Observation.component', {
      slicing: { discriminator: [{ type: 'value', path: 'code.coding.code' }], rules: 'open' },
    }),
    element('Observation.component:systolic', { min: 1 }),
    element('Observation.component:systolic.code', {
      patternCodeableConcept: { coding: [{ system: 'urn:p', code: 'sys' }] },
    }),
    element('Observation.component:systolic.value[x]', { min: 1, type: [{ code: 'Quantity' }] }),
  ]),
  profile('resliced', 'Patient', [
    element('Patient.identifier', { slicing: { discriminator: [{ type: 'value', path: 'system' }], rules: 'open' } }),
    element('Patient.identifier:card', {}),
    element('Patient.identifier:card.system', { min: 1, fixedUri: 'urn:card' }),
    element('Patient.identifier:card', { slicing: { discriminator: [{ type: 'value', path: 'use' }], rules: 'open' } }),
    element('Patient.identifier:card/old', { max: '1' }),
    element('Patient.identifier:card/old.use', { min: 1, fixedCode: 'old' }),
  ]),
  profile('by-target', 'Composition', [
    element('Composition.section', { slicing: { discriminator: [{ type: 'value', path: 'code' }], rules: 'open' } }),
    element('Composition.section:people', { min: 1 }),
    element('Composition.section:people.code', {
      min: 1,
      patternCodeableConcept: { coding: [{ system: 'urn:s', code: 'people' }] },
    }),
    element('Composition.section:people.entry', {
      slicing: {
        discriminator: [
          { type: 'type', path: 'resolve()' },
          { type: 'profile', path: 'resolve()' },
        ],
        rules: 'closed',
      },
    }),
    element('Composition.section:people.entry:identified', {
      min: 1,
      type: [{ code: 'Reference', targetProfile: [`${EXAMPLE}identified`] }],
    }),
  ]),
  profile('colour', 'Extension', [
    element('Extension.url', { fixedUri: `${EXAMPLE}colour` }),
    element('Extension.value[x]', { min: 1, type: [{ code: 'code' }] }),
  ]),
  profile('coloured', 'Patient', [
    element('Patient.extension:colour', {
      min: 1,
      max: '1',
      type: [{ code: 'Extension', profile: [`${EXAMPLE}colour`] }],
    }),
    element('Patient.name.family', { min: 1 }),
    element('Patient.generalPractitioner', { type: [{ code: 'Reference', targetProfile: [`${CORE}Organization`] }] }),
  ]),
]

const directory = smallPackage('example.slicing', PROFILES)
const definitions = testDefinitions([directory])
after(() => rmSync(directory, { recursive: true }))

function found(id: string, resource: object): readonly string[] {
  return validate(resource, { definitions, profiles: [EXAMPLE + id] })
    .filter((issue) => issue.severity === 'error')
    .map((issue) =>
      `${issue.code} ${issue.expression.replace(/^(Patient|Observation|Composition)\.?/, '')} ${issue.element ?? ''}`.trim(),
    )
}

const person = { resourceType: 'Patient', name: [{ family: 'Silva' }] }
const national = { system: 'urn:national', value: '12' }

test('the package compiles without warnings', () => {
  assert.deepEqual(definitions.warnings, [])
})

test('slices by value: number, content, constraint, what is forbidden', () => {
  assert.deepEqual(found('identified', { ...person, identifier: [national, { value: 'x' }] }), [])
  assert.deepEqual(found('identified', { ...person, identifier: [{ value: 'x' }] }), [
    'cardinality identifier Patient.identifier:national',
  ])
  assert.deepEqual(found('identified', { ...person, identifier: [national, national] }), [
    'cardinality identifier Patient.identifier:national',
  ])
  assert.deepEqual(found('identified', { ...person, identifier: [{ system: 'urn:national' }] }), [
    'cardinality identifier[0].value Patient.identifier:national.value',
  ])
  assert.deepEqual(found('identified', { ...person, identifier: [{ ...national, value: '123456' }] }), [
    'length identifier[0].value Patient.identifier:national.value',
  ])
  assert.deepEqual(found('identified', { resourceType: 'Patient', identifier: [national] }), ['invariant  Patient'])
  assert.deepEqual(found('identified', { ...person, identifier: [national], photo: [{ title: 'x' }] }), [
    'cardinality photo Patient.photo',
  ])
  assert.deepEqual(found('identified', person), [
    'cardinality identifier Patient.identifier',
    'cardinality identifier Patient.identifier:national',
  ])
})

test('a profile without snapshot inherits from its base', () => {
  const whole = { ...person, birthDate: '1980', identifier: [{ ...national, assigner: { display: 'State' } }] }
  assert.deepEqual(found('identified-more', whole), [])
  assert.deepEqual(found('identified-more', { ...person, birthDate: '1980', identifier: [national] }), [
    'cardinality identifier[0].assigner Patient.identifier:national.assigner',
  ])
  assert.deepEqual(
    found('identified-more', { ...whole, identifier: [] }).at(-1),
    'cardinality identifier Patient.identifier:national',
  )
})

test('closed and ordered slicing', () => {
  const phone = { system: 'phone', value: '1' }
  const email = { system: 'email', value: 'a@b' }
  assert.deepEqual(found('closed-ordered', { ...person, telecom: [phone, email, email] }), [])
  assert.deepEqual(found('closed-ordered', { ...person, telecom: [email, phone] }), [
    'slice-order telecom[1] Patient.telecom',
  ])
  assert.deepEqual(found('closed-ordered', { ...person, telecom: [phone, { system: 'fax', value: '1' }] }), [
    'slicing telecom[1] Patient.telecom',
  ])
})

test('open at end: others only after the slices', () => {
  const official = { use: 'official', family: 'a' }
  const usual = { use: 'usual', family: 'b' }
  assert.deepEqual(found('open-at-end', { ...person, name: [official, usual] }), [])
  assert.deepEqual(found('open-at-end', { ...person, name: [usual, official] }), ['slice-order name[0] Patient.name'])
})

test('slices by existence', () => {
  const office = { organization: { display: 'x' } }
  assert.deepEqual(found('by-existence', { ...person, contact: [office, { name: { family: 'y' } }] }), [])
  assert.deepEqual(found('by-existence', { ...person, contact: [office, office] }), [
    'cardinality contact Patient.contact:office',
  ])
  assert.deepEqual(
    found('by-existence', { ...person, contact: [{ gender: 'male', telecom: [{ value: 'x', system: 'phone' }] }] }),
    ['cardinality contact[0].name Patient.contact:person.name'],
  )
})

test('slices by type of a choice', () => {
  const base = { resourceType: 'Observation', status: 'final', code: { text: 'x' } }
  assert.deepEqual(found('by-type', { ...base, valueQuantity: { value: 1, unit: 'g' } }), [])
  assert.deepEqual(found('by-type', { ...base, valueString: 'x' }), [])
  assert.deepEqual(found('by-type', { ...base, valueQuantity: { value: 1 } }), [
    'cardinality value.ofType(Quantity).unit Observation.value[x]:valueQuantity.unit',
  ])
  assert.deepEqual(found('by-type', { ...base, valueBoolean: true }), [
    'slicing value.ofType(boolean) Observation.value[x]',
  ])
})

test('slices by pattern, and by a value deep inside a pattern', () => {
  const lab = { coding: [{ code: 'other' }, { system: 'urn:c', code: 'lab', display: 'Lab' }] }
  const systolic = { code: { coding: [{ system: 'urn:p', code: 'sys' }] }, valueQuantity: { value: 120 } }
  const base = {
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'x' },
    category: [lab],
    component: [systolic],
  }
  assert.deepEqual(found('by-pattern', base), [])
  assert.deepEqual(found('by-pattern', { ...base, category: [{ coding: [{ system: 'urn:d', code: 'lab' }] }] }), [
    'cardinality category Observation.category:laboratory',
  ])
  assert.deepEqual(
    found('by-pattern', {
      ...base,
      component: [{ ...systolic, code: { coding: [{ system: 'urn:q', code: 'sys' }] } }],
    }),
    ['pattern component[0].code Observation.component:systolic.code'],
  )
  const text = { code: systolic.code, valueString: 'high' }
  assert.deepEqual(found('by-pattern', { ...base, component: [text] }), [
    'type component[0].value.ofType(string) Observation.component:systolic.value[x]',
  ])
})

test('reslicing', () => {
  const old = { system: 'urn:card', use: 'old', value: '1' }
  assert.deepEqual(
    found('resliced', {
      ...person,
      identifier: [old, { system: 'urn:card', value: '2' }, { system: 'urn:x', use: 'old', value: '2' }],
    }),
    [],
  )
  assert.deepEqual(found('resliced', { ...person, identifier: [old, old] }), [
    'cardinality identifier Patient.identifier:card/old',
  ])
})

test('slices by type and profile of what a reference leads to', () => {
  const document = (patient: object) => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      {
        fullUrl: 'http://example.org/fhir/Composition/c',
        resource: {
          resourceType: 'Composition',
          id: 'c',
          meta: { profile: [`${EXAMPLE}by-target`] },
          status: 'final',
          type: { text: 't' },
          date: '2020',
          author: [{ display: 'a' }],
          title: 't',
          section: [{ code: { coding: [{ system: 'urn:s', code: 'people' }] }, entry: [{ reference: 'Patient/p' }] }],
        },
      },
      { fullUrl: 'http://example.org/fhir/Patient/p', resource: { id: 'p', ...patient } },
    ],
  })
  const codes = (patient: object) =>
    validate(document(patient), { definitions })
      .filter((issue) => issue.severity === 'error')
      .map((issue) => issue.code)
  assert.deepEqual(codes({ ...person, identifier: [national] }), [])
  assert.deepEqual([...new Set(codes(person))].sort(), ['cardinality', 'slicing'])
  assert.deepEqual(codes({ resourceType: 'Organization', name: 'x' }), ['slicing', 'cardinality', 'bundle'])
})

test('extensions of a profile: required, typed, and narrowed reference targets', () => {
  const colour = { url: `${EXAMPLE}colour`, valueCode: 'red' }
  assert.deepEqual(found('coloured', { ...person, extension: [colour] }), [])
  assert.deepEqual(found('coloured', person), ['cardinality extension Patient.extension:colour'])
  assert.deepEqual(
    found('coloured', { ...person, extension: [{ ...colour, valueCode: undefined, valueString: 'red' }] }),
    ['type extension[0].value.ofType(string) Extension.value[x]'],
  )
  assert.deepEqual(
    found('coloured', { ...person, extension: [colour], generalPractitioner: [{ reference: 'Practitioner/1' }] }),
    ['reference-target generalPractitioner[0] Patient.generalPractitioner'],
  )
  assert.deepEqual(found('coloured', { resourceType: 'Patient', extension: [colour] }), [])
  assert.deepEqual(found('coloured', { resourceType: 'Patient', name: [{ given: ['x'] }], extension: [colour] }), [
    'cardinality name[0].family Patient.name.family',
  ])
})
