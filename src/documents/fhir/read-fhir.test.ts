import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ClinicalDocument } from '../model/clinical-document.ts'
import { portugueseSummary } from '../render/test-documents.ts'
import { quietTerminology } from '../render/test-terminology.ts'
import { isNode, type Node, node, nodes, text } from './node.ts'
import { readFhir } from './read-fhir.ts'
import { entriesOf, indexEntries } from './references.ts'

const CORPUS = join(import.meta.dirname, '../../../../shared/corpus/fhir')

function bytes(value: unknown): Uint8Array {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
}

function read(input: Uint8Array): ClinicalDocument {
  const result = readFhir(input, { file: 'x.json', terminology: quietTerminology })
  assert.ok(result.ok, result.ok ? '' : result.problem.sentence)
  return result.value
}

function refused(input: Uint8Array): { code: string; line: number | undefined; column: number | undefined } {
  const result = readFhir(input, { file: 'x.json', terminology: quietTerminology })
  assert.ok(!result.ok)
  const { code, place } = result.problem
  return { code, line: place?.line, column: place?.column }
}

function bundleOf(document: ClinicalDocument): Node {
  const bundle: unknown = document.bundle
  assert.ok(isNode(bundle))
  return bundle
}

function types(document: ClinicalDocument): (string | undefined)[] {
  return nodes(bundleOf(document).entry).map((entry) => text(node(entry.resource)?.resourceType))
}

test('entries without full URL get one, and relative references resolve by the rule of FHIR', () => {
  const index = indexEntries(entriesOf(bundleOf(read(portugueseSummary()))))
  const statement = index.entries.find(({ resource }) => resource.id === 'm')
  assert.equal(index.strict('Medication/w', statement)?.resource.id, 'w')
})

test('a Composition that is not first is moved to the front', () => {
  const document = read(
    portugueseSummary((bundle) => {
      bundle.entry = nodes(bundle.entry).toReversed()
    }),
  )
  assert.equal(types(document)[0], 'Composition')
})

test('a search set gets a Composition that is marked as added and invents nothing', () => {
  const document = read(
    bytes({
      resourceType: 'Bundle',
      type: 'searchset',
      total: 2,
      entry: [
        { search: { mode: 'match' }, resource: { resourceType: 'Patient', id: 'p' } },
        {
          resource: {
            resourceType: 'Condition',
            id: 'c',
            code: { text: 'Gripe' },
            subject: { reference: 'Patient/p' },
          },
        },
      ],
    }),
  )
  const bundle = bundleOf(document)
  const composition = node(nodes(bundle.entry)[0]?.resource)
  assert.equal(bundle.type, 'document')
  assert.equal(bundle.total, 2)
  assert.deepEqual(
    nodes(composition?.extension).map(({ url }) => url),
    ['urn:tessera:added'],
  )
  assert.equal(composition?.date, undefined)
  assert.equal(document.account.statements.length, 1)
})

test('a bare resource and a Bundle inside Parameters are read', () => {
  assert.deepEqual(types(read(bytes({ resourceType: 'Observation', code: { text: 'x' } }))), [
    'Composition',
    'Observation',
  ])
  const inner: unknown = JSON.parse(Buffer.from(portugueseSummary()).toString())
  const parameters = { resourceType: 'Parameters', parameter: [{ name: 'return', resource: inner }] }
  assert.equal(types(read(bytes(parameters)))[0], 'Composition')
})

test('a reference by bare id is rewritten, and what it was is kept', () => {
  const document = read(
    bytes({
      resourceType: 'Bundle',
      type: 'document',
      entry: [
        { fullUrl: 'urn:uuid:1', resource: { resourceType: 'Composition', subject: { reference: 'Patient/7' } } },
        { fullUrl: 'urn:uuid:2', resource: { resourceType: 'Patient', id: '7' } },
      ],
    }),
  )
  const composition = node(nodes(bundleOf(document).entry)[0]?.resource)
  assert.deepEqual(composition?.subject, {
    reference: 'urn:uuid:2',
    extension: [{ url: 'urn:tessera:reference', valueString: 'Patient/7' }],
  })
})

test('digits of decimals are kept, and what a number cannot hold is on the list', () => {
  const observation = '{"resourceType":"Observation","code":{"text":"x"},"valueQuantity":{"value":5.50}}'
  const document = read(bytes(observation))
  const quantity = node(node(nodes(bundleOf(document).entry)[1]?.resource)?.valueQuantity)
  assert.equal(node(nodes(node(quantity?._value)?.extension)[0])?.valueInteger, 2)
  const long = read(bytes(observation.replace('5.50', '0.12345678901234567891')))
  assert.deepEqual(
    long.account.notCarried.map(({ what }) => what),
    ['0.12345678901234567891'],
  )
})

test('a field written twice is on the list with its place', () => {
  const document = read(bytes('{"resourceType":"Condition","code":{"text":"A \\"b\\""},"code":{"text":"B"}}'))
  assert.deepEqual(
    document.account.notCarried.map(({ path, what }) => [path, what]),
    [['code', '{"text":"A \\"b\\""}']],
  )
})

test('what another node could not carry comes back from the Composition', () => {
  const extension = [
    {
      url: 'urn:tessera:not-carried',
      extension: [
        { url: 'path', valueString: '/ClinicalDocument' },
        { url: 'what', valueString: 'x' },
        { url: 'why', valueString: 'y' },
      ],
    },
  ]
  const document = read(
    portugueseSummary((bundle) => {
      const [first, ...rest] = nodes(bundle.entry)
      bundle.entry = [{ resource: { ...node(first?.resource), extension } }, ...rest]
    }),
  )
  assert.deepEqual(document.account.notCarried[0], { path: '/ClinicalDocument', what: 'x', why: 'y' })
})

test('bad input is one problem with its place', () => {
  assert.deepEqual(refused(bytes('{"resourceType": "Bundle",\n "entry": [')), {
    code: 'fhir-truncated',
    line: 2,
    column: 12,
  })
  assert.deepEqual(refused(bytes('{"resourceType": "Bun')), { code: 'fhir-truncated', line: 1, column: 22 })
  assert.deepEqual(refused(bytes('{"resourceType": "Bundle",\n "entry": oops}')), {
    code: 'fhir-json',
    line: 2,
    column: 11,
  })
  assert.deepEqual(refused(bytes('{"a": [1, 2,]}')), { code: 'fhir-json', line: 1, column: 13 })
  assert.deepEqual(refused(bytes('{"a": {"b" 1}}')), { code: 'fhir-json', line: 1, column: 12 })
  assert.deepEqual(refused(bytes('{"a": 1} x')), { code: 'fhir-json', line: 1, column: 10 })
  assert.equal(refused(bytes('[1, 2]')).code, 'fhir-not-fhir')
  assert.equal(refused(bytes('{"name": "package"}')).code, 'fhir-not-fhir')
  assert.equal(refused(bytes({ resourceType: 'Bundle', type: 'document', entry: [] })).code, 'fhir-nothing-usable')
  assert.equal(refused(bytes({ resourceType: 'OperationOutcome', issue: [] })).code, 'fhir-nothing-usable')
  assert.equal(refused(bytes('['.repeat(100_000))).code, 'fhir-too-deep')
  assert.equal(refused(Buffer.from('{"resourceType":"Patient","x":"é"}', 'latin1')).code, 'fhir-encoding')
  assert.equal(refused(Buffer.from('{"resourceType":"Patient"}', 'utf16le')).code, 'fhir-encoding')
  assert.equal(refused(new Uint8Array(65 * 1024 * 1024)).code, 'fhir-too-large')
})

test('no leaf of a source is missing from the model', { skip: !existsSync(CORPUS) && 'the corpus is absent' }, () => {
  const leaves = (value: unknown, out: Map<string, number>): Map<string, number> => {
    if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) leaves(item, out)
    else out.set(String(value), (out.get(String(value)) ?? 0) + 1)
    return out
  }
  for (const file of globSync(join(CORPUS, '**/*.json'))) {
    const source = readFileSync(file)
    const document = read(source)
    const held = leaves([document.bundle, document.account.notCarried], new Map())
    const plain: unknown = JSON.parse(source.toString('utf8').replace(/^\ufeff/, ''))
    for (const [leaf, count] of leaves(plain, new Map())) {
      const was = held.get(leaf) ?? 0
      // The kind of bundle is rewritten to `document`; its old value is kept in words.
      if (leaf === 'searchset' || leaf === 'collection') continue
      assert.ok(was >= count, `${file}: ${leaf}`)
    }
  }
})
