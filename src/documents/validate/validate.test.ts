import assert from 'node:assert/strict'
import { test } from 'node:test'
import fastCheck from 'fast-check'
import type { IssueCode, ValidationIssue } from './issue.ts'
import { operationOutcome } from './issue.ts'
import { testDefinitions } from './testing/definitions.ts'
import { validate } from './validate.ts'

const definitions = testDefinitions()

function errors(resource: unknown, profiles: readonly string[] = []): readonly ValidationIssue[] {
  return validate(resource, { definitions, profiles }).filter((issue) => issue.severity === 'error')
}

function found(resource: unknown): readonly string[] {
  return errors(resource).map((issue) => `${issue.code} ${issue.expression}`)
}

const patient = {
  resourceType: 'Patient',
  id: 'p1',
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">A person</div>' },
  name: [{ family: 'Silva', given: ['Ana'] }],
  gender: 'female',
  birthDate: '1980-02-29',
}

test('a good resource has no issues', () => {
  assert.deepEqual(validate(patient, { definitions }), [])
})

test('what is no resource is said in one issue', () => {
  for (const wrong of [null, 1, 'x', [], {}, { resourceType: 3 }])
    assert.deepEqual(
      errors(wrong).map((issue) => issue.code),
      ['not-a-resource'],
    )
  assert.deepEqual(found({ resourceType: 'Pazient', id: 'a' }), ['unknown-type Pazient'])
  assert.deepEqual(found({ resourceType: 'DomainResource', id: 'a' }), ['unknown-type DomainResource'])
})

const CASES: readonly (readonly [string, object, readonly string[]])[] = [
  ['unknown element', { ...patient, colour: 'red' }, ['unknown-element Patient']],
  ['unknown sibling', { ...patient, _name: {} }, ['unknown-element Patient']],
  ['array expected', { ...patient, name: { family: 'x' } }, ['structure Patient.name']],
  ['array not expected', { ...patient, gender: ['female'] }, ['structure Patient.gender']],
  ['empty array', { ...patient, name: [] }, ['empty Patient.name']],
  ['empty object', { ...patient, name: [{}] }, ['empty Patient.name[0]']],
  ['object with an id only', { ...patient, name: [{ id: 'a' }] }, ['empty Patient.name[0]']],
  [
    'null in a list without extension',
    { ...patient, name: [{ family: 'x', given: [null] }] },
    ['empty Patient.name[0].given[0]'],
  ],
  ['string for an object', { ...patient, maritalStatus: 'M' }, ['type Patient.maritalStatus']],
  ['number for a string', { ...patient, name: [{ family: 5 }] }, ['primitive Patient.name[0].family']],
  ['boolean as string', { ...patient, active: 'true' }, ['primitive Patient.active']],
  ['no such day', { ...patient, birthDate: '1981-02-29' }, ['primitive Patient.birthDate']],
  ['code of a required binding', { ...patient, gender: 'F' }, ['binding Patient.gender']],
  ['two types of a choice', { ...patient, deceasedBoolean: true, deceasedDateTime: '2020' }, ['cardinality Patient']],
  ['invariant', { ...patient, contact: [{ relationship: [{ text: 'aunt' }] }] }, ['invariant Patient.contact[0]']],
  [
    'reference to a wrong type',
    { ...patient, managingOrganization: { reference: 'Patient/2' } },
    ['reference-target Patient.managingOrganization'],
  ],
  [
    'reference to nothing contained',
    { ...patient, managingOrganization: { reference: '#o' } },
    ['invariant Patient.managingOrganization'],
  ],
  [
    'contained but not referred',
    { ...patient, contained: [{ resourceType: 'Organization', id: 'o', name: 'x' }] },
    ['invariant Patient'],
  ],
  [
    'wrong resource inside',
    { ...patient, contained: [{ resourceType: 'Thing', id: 'o' }] },
    ['unknown-type Patient.contained[0]', 'invariant Patient'],
  ],
  [
    'unknown modifier',
    { ...patient, modifierExtension: [{ url: 'http://example.org/m', valueBoolean: true }] },
    ['modifier-unknown Patient.modifierExtension[0]'],
  ],
  [
    'extension with value and parts',
    {
      ...patient,
      extension: [{ url: 'http://example.org/e', valueString: 'a', extension: [{ url: 'x', valueString: 'y' }] }],
    },
    ['invariant Patient.extension[0]'],
  ],
  [
    'extension without url',
    { ...patient, extension: [{ valueString: 'a' }] },
    ['cardinality Patient.extension[0].url'],
  ],
  [
    'known extension with a wrong type',
    {
      ...patient,
      extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/patient-birthPlace', valueString: 'Porto' }],
    },
    ['type Patient.extension[0].value.ofType(string)'],
  ],
  [
    'known extension in a wrong place',
    {
      ...patient,
      name: [
        {
          family: 'x',
          extension: [
            { url: 'http://hl7.org/fhir/StructureDefinition/patient-birthPlace', valueAddress: { city: 'Porto' } },
          ],
        },
      ],
    },
    ['extension-context Patient.name[0].extension[0]'],
  ],
]

for (const [what, resource, expected] of CASES)
  test(`found: ${what}`, () => {
    assert.deepEqual(found(resource), expected)
  })

test('extensions of primitives are walked, with and without a value', () => {
  const absent = {
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
  }
  const { birthDate, ...without } = patient
  assert.deepEqual(found({ ...without, _birthDate: absent }), [])
  assert.deepEqual(found({ ...patient, _birthDate: absent }), [])
  assert.deepEqual(found({ ...patient, name: [{ given: ['A', null], _given: [null, absent] }] }), [])
  const wrong = {
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'because' }],
  }
  assert.deepEqual(found({ ...without, _birthDate: wrong }), [
    'binding Patient.birthDate.extension[0].value.ofType(code)',
  ])
  assert.deepEqual(found({ ...without, _birthDate: { value: 'x' } }), [
    'empty Patient.birthDate',
    'unknown-element Patient.birthDate',
  ])
  assert.equal(birthDate, '1980-02-29')
})

test('an unknown extension is a warning, an unknown profile too, unless it was asked for', () => {
  const resource = {
    ...patient,
    meta: { profile: ['http://example.org/p'] },
    extension: [{ url: 'http://example.org/e', valueString: 'a' }],
  }
  const issues = validate(resource, { definitions })
  assert.deepEqual(issues.map((issue) => `${issue.severity} ${issue.code}`).sort(), [
    'warning extension-unknown',
    'warning profile-unknown',
  ])
  assert.deepEqual(
    errors(patient, ['http://example.org/p']).map((issue) => issue.code),
    ['profile-unknown'],
  )
})

test('recursive content is checked at every depth', () => {
  const section = (inner: object): object => ({
    title: 'a',
    text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' },
    ...inner,
  })
  const questionnaire = (inner: object) => ({
    resourceType: 'Questionnaire',
    status: 'draft',
    item: [{ linkId: '1', type: 'group', text: 'a', item: [{ linkId: '2', type: 'group', text: 'b', item: [inner] }] }],
  })
  assert.ok(
    found(questionnaire({ linkId: '3', type: 'wrong' })).includes('binding Questionnaire.item[0].item[0].item[0].type'),
  )
  assert.ok(
    found(questionnaire({ type: 'string', text: 'c' })).includes(
      'cardinality Questionnaire.item[0].item[0].item[0].linkId',
    ),
  )
  const composition = {
    resourceType: 'Composition',
    status: 'final',
    type: { text: 't' },
    date: '2020',
    author: [{ display: 'a' }],
    title: 't',
    section: [section({ section: [section({ section: [{ title: 'empty' }] })] })],
  }
  assert.deepEqual(found(composition), ['invariant Composition.section[0].section[0].section[0]'])
})

test('a document bundle: references, fullUrls, order', () => {
  const uuid = (n: number) => `urn:uuid:00000000-0000-4000-8000-00000000000${n}`
  const composition = {
    resourceType: 'Composition',
    status: 'final',
    type: { text: 't' },
    date: '2020',
    subject: { reference: uuid(2) },
    author: [{ display: 'a' }],
    title: 't',
  }
  const bundle = (entries: readonly object[]) => ({
    resourceType: 'Bundle',
    type: 'document',
    identifier: { system: 'urn:x', value: '1' },
    timestamp: '2020-01-01T00:00:00Z',
    entry: entries,
  })
  const { id, ...person } = patient
  assert.equal(id, 'p1')
  assert.deepEqual(
    found(
      bundle([
        { fullUrl: uuid(1), resource: composition },
        { fullUrl: uuid(2), resource: person },
      ]),
    ),
    [],
  )
  assert.deepEqual(
    found(
      bundle([
        { fullUrl: uuid(1), resource: composition },
        { fullUrl: uuid(3), resource: person },
      ]),
    ),
    ['reference Bundle.entry[0].resource.subject'],
  )
  assert.deepEqual(
    found(
      bundle([
        { fullUrl: uuid(2), resource: person },
        { fullUrl: uuid(1), resource: composition },
      ]),
    ),
    ['invariant Bundle'],
  )
  assert.deepEqual(
    found(
      bundle([
        { fullUrl: uuid(1), resource: composition },
        { fullUrl: uuid(2), resource: person },
        { fullUrl: uuid(2), resource: person },
      ]),
    ),
    ['invariant Bundle'],
  )
  assert.deepEqual(
    found(
      bundle([
        { fullUrl: uuid(1), resource: { ...composition, subject: { reference: 'Patient/p1' } } },
        { fullUrl: 'http://example.org/Patient/p2', resource: patient },
      ]),
    ),
    ['bundle Bundle.entry[1].fullUrl'],
  )
})

test('nesting without end is refused, not followed', () => {
  let item: object = { linkId: 'x', type: 'group', text: 'x' }
  for (let depth = 0; depth < 100_000; depth++) item = { linkId: 'x', type: 'group', text: 'x', item: [item] }
  const contained = [{ resourceType: 'Questionnaire', status: 'draft', item: [item] }]
  for (const resource of [
    { resourceType: 'Questionnaire', status: 'draft', item: [item] },
    { ...patient, contained },
  ])
    assert.deepEqual(
      errors(resource).map((issue) => issue.code),
      ['structure'],
    )
})

test('a bundle of thousands of entries is validated in time that grows with its size', () => {
  const entry = (n: number) => ({
    fullUrl: `http://example.org/Patient/${n}`,
    resource: { ...patient, id: `${n}`, link: [{ other: { reference: `Patient/${n - 1}` }, type: 'seealso' }] },
  })
  const entries = Array.from({ length: 5000 }, (_, n) => entry(n))
  assert.deepEqual(found({ resourceType: 'Bundle', type: 'collection', entry: entries }), [])
})

test('no JSON makes it throw', () => {
  const types = fastCheck.constantFrom(
    'Patient',
    'Bundle',
    'Composition',
    'Observation',
    'Parameters',
    'Questionnaire',
    'Extension',
  )
  const keys = fastCheck.constantFrom(
    'entry',
    'resource',
    'contained',
    'extension',
    'url',
    'meta',
    'profile',
    'reference',
    'subject',
    'section',
    'valueQuantity',
    'code',
    'coding',
    'text',
    'div',
    'identifier',
    '_birthDate',
    'type',
    '__proto__',
  )
  const json = fastCheck.letrec((tie) => ({
    value: fastCheck.oneof(
      { maxDepth: 6 },
      fastCheck.constantFrom<unknown>('x', '', 'document', '#a', 'Patient/1', 1, true, null),
      tie('object'),
      fastCheck.array(tie('value'), { maxLength: 3 }),
    ),
    object: fastCheck.oneof(
      fastCheck.dictionary(keys, tie('value'), { maxKeys: 5 }),
      fastCheck
        .tuple(types, fastCheck.dictionary(keys, tie('value'), { maxKeys: 5 }))
        .map(([resourceType, rest]) => ({ ...rest, resourceType })),
    ),
  }))
  fastCheck.assert(
    fastCheck.property(types, json.object, (resourceType, value) => {
      const profiles = [
        'http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips',
        'http://hl7.org/fhir/uv/ips/StructureDefinition/Composition-uv-ips',
      ]
      const resource = typeof value === 'object' && value !== null ? { ...value, resourceType } : value
      assert.ok(Array.isArray(validate(resource, { definitions, profiles })))
    }),
    { numRuns: 400, seed: 42 },
  )
})

test('issues become an OperationOutcome that is itself valid', () => {
  const outcome = operationOutcome(validate({ ...patient, colour: 'x', gender: 'F', birthDate: 'x' }, { definitions }))
  assert.deepEqual(
    outcome.issue.map((issue) => issue.severity),
    ['error', 'error', 'error'],
  )
  assert.deepEqual(found(outcome), [])
  assert.deepEqual(found(operationOutcome([])), [])
})

test('the terminology that is passed decides about membership', () => {
  const answer = (membership: 'member' | 'not-member' | 'unknown'): readonly IssueCode[] =>
    validate(
      { ...patient, gender: 'female' },
      {
        definitions,
        terminology: {
          canonicalSystem: (system) => system,
          oidOf: () => undefined,
          systemName: () => undefined,
          designation: () => undefined,
          concept: () => undefined,
          mapped: () => [],
          membership: (valueSet) => (valueSet.endsWith('administrative-gender') ? membership : 'unknown'),
        },
      },
    ).map((issue) => issue.code)
  assert.deepEqual(answer('not-member'), ['binding'])
  assert.deepEqual(answer('unknown'), [])
  assert.deepEqual(answer('member'), [])
})
