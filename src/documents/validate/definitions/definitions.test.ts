import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { areDefinitionsReady, openDefinitions } from './open-definitions.ts'
import { prepareDefinitions } from './prepare-definitions.ts'

const cacheDirectory = mkdtempSync(join(tmpdir(), 'tessera-cache-'))
after(() => rmSync(cacheDirectory, { recursive: true }))

test('definitions are prepared in a thread, with progress, and then open at once', async () => {
  const steps: string[] = []
  assert.equal(areDefinitionsReady({ cacheDirectory }), false)
  await prepareDefinitions({ cacheDirectory }, ({ done, total, what }) => steps.push(`${done}/${total} ${what}`))
  assert.equal(steps.at(0), '0/6 hl7.fhir.r4.core 4.0.1')
  assert.equal(steps.at(-1), '6/6 definitions')
  assert.equal(areDefinitionsReady({ cacheDirectory }), true)
  const files = readdirSync(cacheDirectory)
  assert.equal(files.length, 1, 'no half-written file is left')
  const definitions = openDefinitions({ cacheDirectory, progress: () => assert.fail('compiled twice') })
  assert.deepEqual(definitions.warnings, [])
  assert.deepEqual(
    definitions.packages.map((one) => one.name),
    [
      'hl7.fhir.r4.core',
      'hl7.fhir.r4.expansions',
      'hl7.terminology.r4',
      'hl7.fhir.uv.extensions.r4',
      'hl7.fhir.uv.ips',
    ],
  )
})

test('every compiled definition can be read', () => {
  const definitions = openDefinitions({ cacheDirectory })
  const urls = definitions.urls()
  assert.ok(urls.length > 900)
  for (const url of urls) {
    const structure = definitions.structure(url)
    assert.equal(structure?.url, url)
    for (const place of structure?.root.constraints ?? []) assert.ok(definitions.constraint(place))
  }
  assert.equal(
    definitions.type('Patient')?.root.children?.find((child) => child.name === 'gender')?.binding?.strength,
    'required',
  )
  assert.equal(definitions.type('constructor'), undefined)
  assert.equal(definitions.structure('__proto__'), undefined)
})

test('a profile keeps only what it adds to its type', () => {
  const definitions = openDefinitions({ cacheDirectory })
  const patient = definitions.structure('http://hl7.org/fhir/uv/ips/StructureDefinition/Patient-uv-ips')
  const names = patient?.root.children?.map((child) => child.name) ?? []
  assert.ok(names.includes('name') && names.includes('birthDate'))
  assert.ok(!names.includes('photo') && !names.includes('link'))
})
