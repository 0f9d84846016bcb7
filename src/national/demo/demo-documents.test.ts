/** The demonstration documents are sound: readable, schema-valid, consistent with their originals and their code list. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Problem } from '#platform/result/result.ts'
import { attribute, elements, text } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { codesFile, usedCodes } from '../../../data/demo/codes.ts'
import { originalDocuments } from '../../../data/demo/original-documents.ts'
import { originalOf, structuredDocuments } from '../../../data/demo/originals.ts'
import { prescriptionDocuments } from '../../../data/demo/prescriptions.ts'
import { CONTRACT_CALLER } from '../connector-contract.ts'
import { openFolderConnector } from '../folder/folder-connector.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const demo = join(root, 'data', 'demo')
const corpus = join(root, '..', 'shared', 'corpus')
const COUNTRIES = ['EE', 'FR', 'GR', 'PT']
/** The day of the demonstration: nothing clinical may lie after it, except what is planned. */
const TODAY = '20261124'

/** FHIR dates of what has happened; the expected delivery and the end of a plan are not among them. */
const PAST =
  /"(?:birthDate|(?:effective|onset|abatement|performed|occurrence)DateTime|start|date|time|timestamp)": "([\d-]{4,10})/g

const cdaDocuments = globSync('*/documents/*.xml', { cwd: demo }).sort()
const fhirDocuments = globSync('*/documents/*.json', { cwd: demo }).sort()

function tree(name: string): XmlElement {
  const parsed = parseXml(readFileSync(join(demo, name)), { file: name })
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.problem.sentence)
  return parsed.value.root
}

function everyElement(element: XmlElement): readonly XmlElement[] {
  return [element, ...elements(element).flatMap(everyElement)]
}

for (const country of COUNTRIES) {
  test(`${country}: every document belongs to a registered patient and nothing is left out`, async () => {
    const problems: Problem[] = []
    const connector = await openFolderConnector({
      directory: join(demo, country),
      onProblem: (problem) => problems.push(problem),
    })
    assert.deepEqual(problems, [])
    const register: readonly { identifiers: readonly string[] }[] = JSON.parse(
      readFileSync(join(demo, country, 'patients.json'), 'utf8'),
    )
    const held = new Set<string>()
    for (const { identifiers } of register) {
      const patient = identifiers[0] ?? ''
      const lists = await Promise.all([
        connector.listPatientSummaries(patient, CONTRACT_CALLER),
        connector.listPrescriptions(patient, {}, CONTRACT_CALLER),
        connector.listOriginalDocuments(patient, {}, CONTRACT_CALLER),
      ])
      for (const listed of lists) if (listed.ok) for (const { id } of listed.value) held.add(id)
    }
    assert.equal(held.size, globSync('documents/*', { cwd: join(demo, country) }).length)
  })
}

const schema = join(corpus, 'openncp', 'schema', 'cda-pharma', 'CDA_Pharma.xsd')
const noXmllint = spawnSync('xmllint', ['--version']).error ? 'xmllint is not installed' : false
test('every CDA document is valid against the eHDSI schema', {
  skip: noXmllint || (!existsSync(schema) && 'the schema lies in ../shared/corpus, which is absent'),
}, () => {
  const files = cdaDocuments.map((name) => join(demo, name))
  const run = spawnSync('xmllint', ['--noout', '--schema', schema, ...files], { encoding: 'utf8' })
  assert.equal(run.status, 0, run.stderr)
})

test('references into the narrative lead somewhere, and no ID stands twice', () => {
  for (const name of cdaDocuments) {
    const all = everyElement(tree(name))
    const ids = all.flatMap((element) => attribute(element, 'ID') ?? [])
    assert.equal(new Set(ids).size, ids.length, name)
    for (const element of all) {
      const target = element.name === 'reference' ? attribute(element, 'value') : undefined
      if (target?.startsWith('#')) assert.ok(ids.includes(target.slice(1)), `${name}: ${target}`)
    }
  }
})

test('each coded national word stands in the narrative it refers to', () => {
  for (const name of cdaDocuments) {
    const all = everyElement(tree(name))
    const narrative = new Map(all.flatMap((element) => [[attribute(element, 'ID') ?? '', text(element)]]))
    for (const element of all) {
      const reference = elements(elements(element).find(({ name: own }) => own === 'originalText'))[0]
      const translation = elements(element).find(({ name: own }) => own === 'translation')
      if (!reference || !translation) continue
      const words = narrative.get(attribute(reference, 'value')?.slice(1) ?? '')
      assert.equal(words, attribute(translation, 'displayName'), name)
    }
  }
})

test('no clinical date lies in the future', () => {
  // What is prescribed reaches into the future.
  for (const name of cdaDocuments.filter((one) => !one.includes('.prescription-'))) {
    for (const element of everyElement(tree(name))) {
      if (!['effectiveTime', 'low', 'high', 'time', 'birthTime'].includes(element.name)) continue
      const value = attribute(element, 'value')
      if (value !== undefined && attribute(element, 'unit') === undefined) assert.ok(value.slice(0, 8) <= TODAY, name)
    }
  }
  for (const name of fhirDocuments.filter((one) => !one.includes('.prescription-'))) {
    for (const [, date] of readFileSync(join(demo, name), 'utf8').matchAll(PAST)) {
      assert.ok((date ?? '').replaceAll('-', '') <= TODAY, `${name}: ${date}`)
    }
  }
})

test('originals are what their structured documents say, byte for byte', async () => {
  for (const name of structuredDocuments()) {
    const original = await originalOf(readFileSync(join(demo, name), 'utf8'))
    const path = join(demo, name.replace(/\.L3\.xml$/, '.L1.xml'))
    if (original === undefined) assert.ok(!existsSync(path), name)
    else assert.ok(readFileSync(path, 'utf8') === original, `run: node data/demo/originals.ts (${name})`)
  }
})

test('prescriptions and original documents are what their facts say, byte for byte', async () => {
  for (const { path, text } of prescriptionDocuments()) {
    assert.ok(readFileSync(join(demo, path), 'utf8') === text, `run: node data/demo/prescriptions.ts (${path})`)
  }
  for (const { path, text } of await originalDocuments()) {
    assert.ok(readFileSync(join(demo, path), 'utf8') === text, `run: node data/demo/original-documents.ts (${path})`)
  }
})

test('the list of codes is what the documents use', () => {
  assert.equal(readFileSync(join(demo, 'codes.json'), 'utf8'), codesFile(), 'run: node data/demo/codes.ts')
})

const valueSets = join(corpus, 'terminology', 'ehdsi-mvc')
test('SNOMED CT codes of the documents are of the free set whose words ship', () => {
  const shipped: { readonly concepts: Readonly<Record<string, unknown>> } = JSON.parse(
    readFileSync(join(root, 'data', 'terms', 'snomed-ct.json'), 'utf8'),
  )
  const used = usedCodes()['http://snomed.info/sct'] ?? []
  assert.ok(used.length > 10)
  assert.deepEqual(
    used.map(({ code }) => code).filter((code) => !(code in shipped.concepts)),
    [],
  )
})

test('codes exist in the European value sets', {
  skip: !existsSync(valueSets) && 'the value sets lie in ../shared/corpus, which is absent',
}, () => {
  const known = new Map<string, Set<string>>()
  for (const file of globSync('eHDSI*.json', { cwd: valueSets })) {
    const { concepts }: { concepts: readonly { system: string; code: string }[] } = JSON.parse(
      readFileSync(join(valueSets, file), 'utf8'),
    )
    for (const { system, code } of concepts) {
      if (!known.has(system)) known.set(system, new Set())
      known.get(system)?.add(code)
    }
  }
  const systems = [
    'http://hl7.org/fhir/sid/icd-10',
    'http://www.whocc.no/atc',
    'http://standardterms.edqm.eu',
    'urn:oid:1.3.6.1.4.1.12559.11.10.1.3.1.44.6',
  ]
  const used = usedCodes()
  for (const system of systems) {
    assert.ok(known.has(system), system)
    for (const { code } of used[system] ?? []) assert.ok(known.get(system)?.has(code), `${system}|${code}`)
  }
  // Smoking status and some findings come from the free patient-summary set only, not from the eHDSI value sets.
  const free = new Set(['266919005', '8517006', '418799008', '69748006'])
  for (const { code } of used['http://snomed.info/sct'] ?? []) {
    assert.ok(free.has(code) || known.get('http://snomed.info/sct')?.has(code), `SNOMED CT ${code}`)
  }
})
