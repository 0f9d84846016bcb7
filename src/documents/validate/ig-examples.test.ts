/** Oracle: the examples that each implementation guide publishes conform to it. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Example } from './testing/definitions.ts'
import {
  CORPUS,
  europeanPackages,
  examples,
  ipsExamples,
  SHARED,
  testDefinitions,
  WITHOUT_PACKAGES,
} from './testing/definitions.ts'
import { validate } from './validate.ts'

const packages = europeanPackages()
const skip = packages ? false : WITHOUT_PACKAGES

/** Faults that the examples really have, read one by one. */
const TRUE_FAULTS: readonly string[] = [
  // An identifier with an `id` and nothing else (ele-1).
  'Bundle-HDR-Paolo-Marcheschi-Example.json empty Bundle.entry[3].resource.identifier[0]',
]

/** Resource types of FHIR R5 that some guides for R4 publish beside their examples. */
const R5_TYPES = new Set(['ActorDefinition', 'Requirements'])

function errorsOf(all: readonly Example[], directories: readonly string[]): readonly string[] {
  const definitions = testDefinitions(directories)
  return all
    .filter((example) => !R5_TYPES.has(String(example.resource.resourceType)))
    .flatMap(({ file, resource }) =>
      validate(resource, { definitions })
        .filter((issue) => issue.severity === 'error')
        .map((issue) => `${file} ${issue.code} ${issue.expression}`),
    )
    .filter((line) => !TRUE_FAULTS.includes(line))
}

test('IPS, as npm installs it', () => {
  const all = ipsExamples()
  assert.ok(all.length >= 40)
  assert.deepEqual(errorsOf(all, []), [])
})

for (const name of [
  'hl7.fhir.eu.eps',
  'hl7.fhir.uv.ips',
  'hl7.fhir.eu.base',
  'hl7.fhir.eu.extensions.r4',
  'hl7.fhir.eu.mpd',
  'hl7.fhir.eu.laboratory',
  'hl7.fhir.eu.hdr',
  'hl7.fhir.eu.imaging',
  'hl7.fhir.eu.health-data-api',
  'hl7.fhir.uv.ipa',
  'ihe.iti.mhd',
  'ihe.iti.pdqm',
  'ihe.iti.balp',
])
  test(name, { skip }, () => {
    const all = examples(join(SHARED, name, 'package', 'example'))
    assert.ok(all.length > 0)
    assert.deepEqual(errorsOf(all, packages ?? []), [])
  })

test('synthetic European patient summaries conform to EPS', { skip }, () => {
  const all = examples(join(CORPUS, 'synderai-eps'))
  assert.ok(all.length > 0)
  assert.deepEqual(errorsOf(all, packages ?? []), [])
})

test('definitions of every package compile without warnings', { skip }, () => {
  assert.deepEqual(testDefinitions(packages ?? []).warnings, [])
})
