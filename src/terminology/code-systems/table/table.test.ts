import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { importPath } from '../../import/testing/import-files.ts'
import { type JsonObject, objects } from '../../load/json.ts'
import { matchText } from '../../operations/text-filter.ts'
import type { CodeSystem, ConceptSet, Filter } from '../code-system.ts'
import { conceptElements, withConcepts } from '../concept-table.ts'
import { createFhirCodeSystem } from '../fhir-code-system.ts'
import { createSupplementedSystem } from '../supplemented.ts'
import { conceptTableBuilder } from './build.ts'
import { openConceptTable, readConceptTable } from './read.ts'

const folder = mkdtempSync(join(tmpdir(), 'tessera-table-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let files = 0

/** The resource with its concepts in a table. */
async function stored(resource: JsonObject): Promise<JsonObject> {
  const builder = conceptTableBuilder(resource)
  for (const concept of objects(resource.concept)) builder.add(concept)
  const file = join(folder, `${files++}.table`)
  builder.write(file)
  const read = await readConceptTable(file)
  assert.ok(read.ok, read.ok ? '' : read.problem.sentence)
  const opened = openConceptTable(read.value.shared)
  assert.ok(opened.ok)
  const { concept: _, ...header } = resource
  return withConcepts(header, () => opened.value)
}

const LANGUAGES = ['en', 'fr', 'fr-BE', 'el'] as const
const WORDS = ['Glucose', 'sang', 'Œdème', 'Straße', 'αίμα', 'blood', 'glu', 'C-peptide', '25', 'élevé'] as const
const CODES = ['a', 'A', 'b', 'B-1', 'c', 'd', 'd.1', 'e', 'f', 'é'] as const

const code = fc.constantFrom(...CODES)
const term = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 3 }).map((words) => words.join(' '))
const standards = fc.constantFrom('deprecated', 'withdrawn', 'draft').map((valueCode) => ({
  url: 'http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status',
  valueCode,
}))
const extension = fc.array(fc.oneof(standards, fc.constant({ url: 'urn:x', valueString: 'ä' })), { maxLength: 2 })

const designation = fc.record(
  {
    value: fc.oneof(
      { weight: 9, arbitrary: term },
      { weight: 1, arbitrary: fc.constantFrom<unknown>('', 5, undefined) },
    ),
    language: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom<unknown>(...LANGUAGES) },
      { weight: 1, arbitrary: fc.constantFrom<unknown>('', 7) },
    ),
    use: fc.oneof(fc.constant({ system: 'urn:use', code: 'short' }), fc.constant('display')),
    extension,
    id: fc.constant('d1'),
  },
  { requiredKeys: ['value'] },
)

const property = fc.oneof(
  fc.record({ code: fc.constantFrom('parent', 'child', 'up'), valueCode: code }),
  fc.record({ code: fc.constantFrom('inactive', 'notSelectable', 'gone'), valueBoolean: fc.boolean() }),
  fc.record({ code: fc.constant('status'), valueCode: fc.constantFrom('active', 'retired', 'deprecated') }),
  fc.record({
    code: fc.constantFrom('axis', 'scale'),
    valueCoding: fc.record({ system: fc.constant('urn:p'), code, display: term }),
  }),
  fc.record({ code: fc.constantFrom('note', 'axis'), valueString: term }),
  fc.record({ code: fc.constant('rank'), valueInteger: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ code: fc.constant('weight'), valueDecimal: fc.constantFrom(0.5, 1.25) }),
  fc.constant({ code: 'two', valueCode: 'a', valueString: 'b' }),
  fc.constant({ code: 'note', valueString: 'x', extension: [{ url: 'urn:y' }] }),
  fc.constant({ code: 4, valueString: 'x' }),
)

const { concept } = fc.letrec<{ concept: JsonObject }>((tie) => ({
  concept: fc.record(
    {
      code: fc.oneof({ weight: 19, arbitrary: code }, { weight: 1, arbitrary: fc.constantFrom<unknown>('', 3) }),
      display: fc.oneof({ weight: 9, arbitrary: term }, { weight: 1, arbitrary: fc.constantFrom<unknown>('', 3) }),
      definition: term,
      designation: fc.array(designation, { maxLength: 3 }),
      property: fc.array(property, { maxLength: 4 }),
      extension,
      concept: fc.array(tie('concept'), { maxLength: 2, depthIdentifier: 'depth' }),
    },
    { requiredKeys: ['code'] },
  ),
})) as unknown as { concept: fc.Arbitrary<JsonObject> }

const DEFINED = 'http://hl7.org/fhir/concept-properties#'
const definitions = fc.subarray([
  { code: 'axis', type: 'Coding' },
  { code: 'up', uri: `${DEFINED}parent`, type: 'code' },
  { code: 'gone', uri: `${DEFINED}inactive`, type: 'boolean' },
  { code: 'note', type: 'string' },
])

const resource = fc.record({
  resourceType: fc.constant('CodeSystem'),
  url: fc.constant('urn:big'),
  version: fc.constant('1'),
  content: fc.constant('complete'),
  language: fc.constantFrom('en', undefined),
  caseSensitive: fc.constantFrom(true, false, undefined),
  property: definitions,
  concept: fc.array(concept, { maxLength: 8 }),
})

const supplement = fc.record({
  resourceType: fc.constant('CodeSystem'),
  url: fc.constantFrom('urn:words:fr', 'urn:words:el'),
  content: fc.constant('supplement'),
  supplements: fc.constant('urn:big'),
  language: fc.constantFrom('fr', undefined),
  property: definitions,
  concept: fc.array(concept, { maxLength: 6 }),
})

const filter = fc.oneof(
  fc.record({
    property: fc.constantFrom('concept', 'code'),
    op: fc.constantFrom(
      'is-a',
      'descendent-of',
      'is-not-a',
      'generalizes',
      'child-of',
      'descendent-leaf',
      '=',
      'in',
      'not-in',
      'regex',
      'exists',
    ),
    value: fc.oneof(code, fc.constantFrom('a,b', 'd.*', '(a|b)', 'true')),
  }),
  fc.record({
    property: fc.constantFrom(
      'axis',
      'note',
      'rank',
      'status',
      'inactive',
      'display',
      'definition',
      'parent',
      'child',
      'two',
      'nowhere',
      'weight',
    ),
    op: fc.constantFrom('=', 'in', 'not-in', 'exists', 'regex', 'is-a'),
    value: fc.oneof(code, fc.constantFrom('true', 'false', 'a,b', 'Glucose', '.*glu.*', '1', '0.5', 'retired', '(')),
  }),
)

const listed = (set: ConceptSet): readonly unknown[] => [...set.iterate()]

const QUESTIONS = [
  'codeOf',
  'display',
  'designations',
  'definition',
  'isInactive',
  'isAbstract',
  'status',
  'properties',
  'parents',
  'children',
] as const

function assertEqual(
  objectsOf: CodeSystem,
  tableOf: CodeSystem,
  filters: readonly (readonly Filter[])[],
  texts: readonly string[],
): void {
  assert.deepEqual(tableOf.identity, objectsOf.identity)
  assert.equal(tableOf.hierarchical, objectsOf.hierarchical)
  for (const each of [...CODES, 'É', 'D', 'nowhere', '']) assert.deepEqual(tableOf.locate(each), objectsOf.locate(each))
  const all = listed(objectsOf.all() ?? assert.fail()) as readonly number[]
  assert.deepEqual(listed(tableOf.all() ?? assert.fail()), all)
  for (const one of all) {
    for (const question of QUESTIONS) assert.deepEqual(tableOf[question](one), objectsOf[question](one), question)
    assert.deepEqual(tableOf.extensions?.(one), objectsOf.extensions?.(one))
    assert.equal(tableOf.nestedParent?.(one), objectsOf.nestedParent?.(one))
    for (const other of all) assert.equal(tableOf.subsumes(one, other), objectsOf.subsumes(one, other))
  }
  for (const each of filters) {
    const [left, right] = [tableOf.select(each), objectsOf.select(each)]
    if (!left.ok || !right.ok) assert.deepEqual(left, right)
    else assert.deepEqual(listed(left.set), listed(right.set), JSON.stringify(each))
  }
  for (const text of texts) {
    const everything = tableOf.all() ?? assert.fail()
    const group = { codeSystem: objectsOf, set: everything, elements: new Map(), source: {} } as unknown as Parameters<
      typeof matchText
    >[0]
    const expected = listed(matchText(group, text, undefined))
    const found = tableOf.search?.(text, everything, ['fr']) ?? assert.fail('no search')
    assert.deepEqual([...listed(found)].sort(), [...expected].sort(), text)
    assert.equal(found.size, expected.length)
    assert.deepEqual(
      all.filter((one) => found.has(one)),
      [...expected].sort((a, b) => Number(a) - Number(b)),
    )
  }
}

const texts = fc.array(fc.oneof(term, fc.constantFrom('gl', 'oede', 'strass', 'αιμα', 'b', '1', ' ', '-')), {
  maxLength: 4,
})

test('a table answers every question as objects do', async () => {
  await fc.assert(
    fc.asyncProperty(
      resource,
      fc.array(supplement, { maxLength: 2 }),
      fc.array(fc.array(filter, { minLength: 1, maxLength: 2 }), { maxLength: 6 }),
      texts,
      async (whole, supplements, filters, questions) => {
        // As it comes from a file: without what JSON cannot say.
        const [plain, ...more] = JSON.parse(JSON.stringify([whole, ...supplements])) as readonly [
          JsonObject,
          ...JsonObject[],
        ]
        const table = await stored(plain)
        const tables = await Promise.all(more.map(stored))
        assertEqual(createFhirCodeSystem(plain), createFhirCodeSystem(table), filters, questions)
        const merged = createFhirCodeSystem(plain, more)
        assertEqual(merged, createFhirCodeSystem(table, tables), filters, questions)
        // A large system with a small supplement, and the other way round.
        assertEqual(merged, createFhirCodeSystem(table, more), filters, questions)
        const small = createFhirCodeSystem(plain, tables)
        for (const one of merged.all()?.iterate() ?? [])
          assert.deepEqual(small.designations(one), merged.designations(one))
        const beside = createSupplementedSystem(createFhirCodeSystem(table), tables)
        for (const one of merged.all()?.iterate() ?? [])
          assert.deepEqual(beside.properties(one), merged.properties(one))
      },
    ),
    { numRuns: 60 },
  )
})

test('the elements come back as they went in', async () => {
  await fc.assert(
    fc.asyncProperty(resource, async (whole) => {
      const plain = JSON.parse(JSON.stringify(whole)) as JsonObject
      const clean = (element: JsonObject): JsonObject => {
        // An empty or mistyped display or definition is none; an empty list is none.
        const entries = Object.entries(element).filter(
          ([key, value]) =>
            !(['display', 'definition'].includes(key) && (typeof value !== 'string' || value === '')) &&
            !(Array.isArray(value) && value.length === 0 && key !== 'extension'),
        )
        return Object.fromEntries(entries)
      }
      const expected = [...conceptElements(plain)].map(clean)
      assert.deepEqual([...conceptElements(await stored(plain))].map(clean), expected)
    }),
    { numRuns: 40 },
  )
})

const SAMPLE = join(import.meta.dirname, '../../../../../shared/corpus/terminology/tx-source/loinc')
const skip = existsSync(SAMPLE) ? false : 'the corpus is not here (../shared/corpus/terminology/tx-source/loinc)'

test('the LOINC sample through tables is the sample through objects', { skip }, async () => {
  const { resources } = await importPath(SAMPLE)
  const loinc = (content: (content: unknown) => boolean) =>
    resources.filter((each) => each.resourceType === 'CodeSystem' && content(each.content))
  const [own] = loinc((content) => content !== 'supplement')
  const supplements = loinc((content) => content === 'supplement')
  assert.ok(own)
  const table = createFhirCodeSystem(await stored(own), await Promise.all(supplements.map(stored)))
  const plain = createFhirCodeSystem(own, supplements)
  const all = [...(plain.all()?.iterate() ?? [])]
  assert.ok(all.length > 10)
  for (const one of all) {
    for (const question of QUESTIONS) assert.deepEqual(table[question](one), plain[question](one), question)
  }
  const few = [{ property: 'STATUS', op: '=', value: 'ACTIVE' }]
  const filters = [
    few,
    [{ property: 'SCALE_TYP', op: 'exists', value: 'true' }],
    [{ property: 'CLASS', op: 'regex', value: '.*C.*' }],
  ]
  for (const each of filters) {
    const [left, right] = [table.select(each), plain.select(each)]
    assert.ok(left.ok && right.ok)
    assert.deepEqual(listed(left.set), listed(right.set))
  }
})

test('the best is first: the wished language, the whole term, a code that was typed whole', async () => {
  const whole = {
    resourceType: 'CodeSystem',
    url: 'urn:big',
    language: 'en',
    content: 'complete',
    concept: [
      { code: '1', display: 'Glucose in urine by test strip' },
      { code: '2', display: 'Glucose', designation: [{ language: 'fr', value: 'Sucre du sang' }] },
      { code: '3', display: 'Insulin', designation: [{ language: 'fr-FR', value: 'Glucose bas' }] },
      { code: 'glucose', display: 'Something else' },
    ],
  }
  const system = createFhirCodeSystem(await stored(whole))
  const all = system.all() ?? assert.fail()
  const codes = (text: string, languages: readonly string[]) =>
    listed(system.search?.(text, all, languages) ?? assert.fail()).map((each) => system.codeOf(each as number))
  assert.deepEqual(codes('glucose', []), ['glucose', '2', '1', '3'])
  assert.deepEqual(codes('gluc', ['fr']), ['3', '2', '1', 'glucose'])
  assert.deepEqual(codes('SANG sucre', ['el']), ['2'])
})
