/** The FHIR documents of the demonstration conform to the European Patient Summary. */
import assert from 'node:assert/strict'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openDefinitions } from '#documents/validate/definitions/open-definitions.ts'
import type { ValidationIssue } from '#documents/validate/issue.ts'
import { validate } from '#documents/validate/validate.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const demo = join(root, 'data', 'demo')
const packages = join(root, '..', 'shared', 'fhir-packages')
const EPS = 'http://hl7.eu/fhir/eps/StructureDefinition/bundle-eu-eps'
const cacheDirectory = mkdtempSync(join(tmpdir(), 'demo-eps-'))
after(() => rmSync(cacheDirectory, { recursive: true, force: true }))

/**
 * EPS 1.0.0 tells the slices of these two sections apart only by `type: resolve()`, and all of them are Observations: no
 * document can hold a pregnancy status or a smoking status without breaking a slice made for another observation.
 */
const INDISTINGUISHABLE = ['10162-6', '29762-2']

test('EPS documents have no errors but those that the profile makes unavoidable', {
  skip: !existsSync(packages) && 'the European packages lie in ../shared/fhir-packages, which is absent',
}, () => {
  const names = ['hl7.fhir.eu.base', 'hl7.fhir.eu.eps', 'hl7.fhir.eu.extensions.r4', 'hl7.fhir.uv.ips']
  const definitions = openDefinitions({ cacheDirectory, directories: names.map((name) => join(packages, name)) })
  // Prescriptions and reports are of other profiles.
  const documents = globSync('*/documents/*.json', { cwd: demo }).filter((name) => isSummary(join(demo, name)))
  assert.ok(documents.length > 0)
  let clean = 0
  for (const name of documents) {
    const bundle: Bundle = JSON.parse(readFileSync(join(demo, name), 'utf8'))
    const errors = validate(bundle, { definitions, profiles: [EPS] }).filter(({ severity }) => severity === 'error')
    const unexpected = errors.filter((issue) => !unavoidable(issue, bundle))
    assert.deepEqual(unexpected, [], name)
    if (errors.length === 0) clean += 1
  }
  assert.ok(clean >= 2, 'documents without the two sections have no error at all')
})

function isSummary(path: string): boolean {
  const [composition] = JSON.parse(readFileSync(path, 'utf8')).entry ?? []
  return (
    composition?.resource?.type?.coding?.some(({ code }: { readonly code?: string }) => code === '60591-5') ?? false
  )
}

interface Bundle {
  readonly entry: readonly {
    readonly resource: {
      readonly section?: readonly { readonly code: { readonly coding: readonly { readonly code: string }[] } }[]
    }
  }[]
}

function unavoidable({ code, expression }: ValidationIssue, bundle: Bundle): boolean {
  const sections = bundle.entry[0]?.resource.section ?? []
  const affected = sections.flatMap((section, index) =>
    section.code.coding.some((coding) => INDISTINGUISHABLE.includes(coding.code))
      ? [`Bundle.entry[0].resource.section[${index}].`]
      : [],
  )
  if (affected.length === 0) return false
  // The composition as a whole then fails, and with it the slice of the bundle that holds it.
  const consequence = expression === 'Bundle.entry' || expression === 'Bundle.entry[0]'
  return consequence || (code === 'reference-target' && affected.some((start) => expression.startsWith(start)))
}
