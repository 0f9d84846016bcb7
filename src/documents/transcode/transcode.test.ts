import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Bundle, Coding, Condition, Resource } from 'fhir/r4'
import type { Mapped, Membership, Terminology } from '#terminology/terminology.ts'
import type { ClinicalDocument } from '../model/clinical-document.ts'
import { MAPPING_EXTENSION, transcode, transcodeWithCoverage } from './transcode.ts'

const ICD = 'http://hl7.org/fhir/sid/icd-10'
const NATIONAL = 'urn:oid:1.2.3.4'

function target(code: string, relationship: Mapped['relationship'], system = ICD): Mapped {
  return { target: { system, code, display: `words of ${code}` }, relationship, map: 'http://example.org/map' }
}

const MAPS: Readonly<Record<string, readonly Mapped[]>> = {
  same: [target('I48.9', 'equivalent'), target('I48', 'wider')],
  wider: [target('I48', 'wider')],
  narrower: [target('I48.1', 'narrower'), target('I49', 'inexact')],
  elsewhere: [target('X', 'equal', 'http://hl7.org/fhir/sid/icd-10-cm')],
  several: [target('I48', 'equivalent'), target('J44', 'equivalent'), target('I48', 'equal')],
}

function terminology(membership: Membership = 'unknown'): Terminology {
  return {
    canonicalSystem: (system) => (system === '2.16.840.1.113883.6.3' ? ICD : system),
    oidOf: () => undefined,
    systemName: () => undefined,
    designation: () => undefined,
    concept: () => undefined,
    mapped: (system, code) => (system === NATIONAL ? (MAPS[code] ?? []) : []),
    membership: () => membership,
  }
}

function documentWith(...codings: Coding[][]): ClinicalDocument {
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'document',
    entry: codings.map((coding, index) => ({
      fullUrl: `urn:uuid:${index}`,
      resource: { resourceType: 'Condition', subject: {}, code: { coding, text: 'as the doctor said' } },
    })),
  }
  return {
    bundle,
    kind: 'patient-summary',
    origin: { format: 'fhir', language: 'fr' },
    account: { statements: [], notCarried: [] },
  }
}

function codingsOf(document: ClinicalDocument, index = 0): readonly Coding[] {
  const resource = document.bundle.entry?.[index]?.resource
  return isCondition(resource) ? (resource.code?.coding ?? []) : []
}

function isCondition(resource: Resource | undefined): resource is Condition {
  return resource?.resourceType === 'Condition'
}

test('the European code comes first, with map and relationship; the original stays and is marked', () => {
  const input = documentWith([{ system: NATIONAL, code: 'same', display: 'FA' }])
  const before = JSON.stringify(input)
  const codings = codingsOf(transcode(input, terminology()))
  assert.deepEqual(codings, [
    {
      extension: [
        {
          url: MAPPING_EXTENSION,
          extension: [
            { url: 'relationship', valueCode: 'equivalent' },
            { url: 'map', valueUri: 'http://example.org/map' },
          ],
        },
      ],
      system: ICD,
      code: 'I48.9',
      display: 'words of I48.9',
    },
    { system: NATIONAL, code: 'same', display: 'FA', userSelected: true },
  ])
  assert.equal(JSON.stringify(input), before)
})

test('a wider target is used and counted; a narrower or inexact one never', () => {
  const { document, coverage } = transcodeWithCoverage(
    documentWith(
      [{ system: NATIONAL, code: 'wider' }],
      [{ system: NATIONAL, code: 'narrower' }],
      [{ system: NATIONAL, code: 'elsewhere' }],
      [{ system: NATIONAL, code: 'nowhere' }],
    ),
    terminology(),
  )
  assert.equal(codingsOf(document)[0]?.code, 'I48')
  assert.equal(coverage.mapped, 1)
  assert.equal(coverage.widened, 1)
  assert.deepEqual(
    coverage.unmapped.map(({ code, reason, path }) => [code, reason, path]),
    [
      ['narrower', 'only-unsafe-targets', 'Bundle.entry[1].resource.code'],
      ['elsewhere', 'target-not-european', 'Bundle.entry[2].resource.code'],
      ['nowhere', 'no-map', 'Bundle.entry[3].resource.code'],
    ],
  )
  for (const index of [1, 2, 3]) assert.equal(codingsOf(document, index).length, 1)
})

test('a known national code without a map is not passed on as if it were European', () => {
  const { coverage } = transcodeWithCoverage(documentWith([{ system: NATIONAL, code: 'nowhere' }]), {
    ...terminology(),
    concept: (system, code) => ({
      system,
      code,
      display: 'known words',
      active: true,
      versions: [],
      ambiguous: false,
      designations: [],
    }),
  })
  assert.equal(coverage.unmapped.length, 1)
})

test('what is European already is left alone, the very same object', () => {
  const input = documentWith([
    { system: '2.16.840.1.113883.6.3', code: 'I48' },
    { system: NATIONAL, code: 'same' },
  ])
  const { document, coverage } = transcodeWithCoverage(input, terminology())
  assert.equal(document, input)
  assert.equal(coverage.alreadyEuropean, 1)
  assert.equal(coverage.mapped, 0)
})

test('several equivalent targets are all kept, none twice', () => {
  const codings = codingsOf(transcode(documentWith([{ system: NATIONAL, code: 'several' }]), terminology()))
  assert.deepEqual(
    codings.map(({ code }) => code),
    ['I48', 'J44', 'several'],
  )
})

test('a code known to be outside its European value set is reported, only then', () => {
  const input = documentWith([{ system: NATIONAL, code: 'same' }])
  const outside = (membership: Membership) =>
    transcodeWithCoverage(input, terminology(membership)).coverage.outsideValueSet.map(({ code }) => code)
  assert.deepEqual(outside('not-member'), ['I48.9'])
  assert.deepEqual(outside('member'), [])
  assert.deepEqual(outside('unknown'), [])
})

test('national variants of ICD are not European', () => {
  const input = documentWith([{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'I48.91' }])
  assert.equal(transcodeWithCoverage(input, terminology()).coverage.unmapped.length, 1)
})
