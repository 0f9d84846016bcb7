/** From prescription to dispensation and back, with the rules between. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { corpusFiles, withoutCorpus } from '#platform/xml/testing/corpus.ts'
import { TERMINOLOGY } from '../cda/testing/documents.ts'
import type { ClinicalDocument } from '../model/clinical-document.ts'
import { readDocument } from '../read.ts'
import { europeanPackages, testDefinitions, WITHOUT_PACKAGES } from '../validate/testing/definitions.ts'
import { validate } from '../validate/validate.ts'
import { checkDispensable, checkDispensation, type GivenBefore, NOTHING_BEFORE } from './check-dispensation.ts'
import { dispensationDocument } from './dispensation-document.ts'
import { dispensationFactsOf } from './dispensation-facts.ts'
import { type DispensingRules, readDispensingPolicy } from './dispensing-rules.ts'
import type { DispensationFacts, DispensedItem } from './pharmacy.ts'
import { prescriptionOf } from './prescription.ts'
import { prescriptionBundle, read } from './testing/prescriptions.ts'

const POLICY = readDispensingPolicy(
  JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', '..', 'data', 'policies', 'dispensing.json'), 'utf8')),
)
assert.ok(POLICY.ok)
const RULES = POLICY.value.of('FR')

const LINE: DispensedItem = {
  prescribedItem: 'urn:oid:2.999.3|RX.1',
  product: { name: 'Ibuprofen Generic 400', code: '123', system: 'urn:oid:2.999.7' },
  substituted: false,
  packages: 1,
  packageSize: { value: 30, unit: { code: '1', system: 'http://unitsofmeasure.org', display: '1' } },
  batch: 'L77',
}

const FACTS: DispensationFacts = {
  dispensationId: 'urn:uuid:3f0e4cb0-59e4-4bd4-9c5a-0f7a86b52a11',
  dispensed: '2024-02-01T10:00:00+01:00',
  pharmacist: { identifier: 'urn:oid:2.999.5|PH1', given: 'Anna', family: 'Rossi' },
  pharmacy: { identifier: 'urn:oid:2.999.6|F1', name: 'Farmacia Centrale', country: 'IT' },
  items: [LINE],
}

function given(items: readonly Partial<DispensedItem>[]): DispensationFacts {
  return { ...FACTS, items: items.map((item) => ({ ...LINE, ...item })) }
}

function verdict(
  facts: DispensationFacts,
  before: GivenBefore = NOTHING_BEFORE,
  rules: DispensingRules = RULES,
  change: Parameters<typeof prescriptionBundle>[0] = {},
): string {
  const prescription = prescriptionOf(read(prescriptionBundle(change)))
  assert.ok(prescription)
  const result = checkDispensation(prescription, before, facts, rules)
  return result.ok ? 'yes' : result.problem.code
}

const NO = 'ERROR_ED_NOT_DISPENSABLE_EPRESCRIPTION'

test('what is prescribed may be dispensed, once, and not more than prescribed', () => {
  assert.equal(verdict(FACTS), 'yes')
  assert.equal(verdict(given([{ packages: 3 }])), NO)
  const before = { items: [{ prescribedItem: LINE.prescribedItem, packages: 1 }] }
  assert.equal(verdict(given([{ packages: 2 }]), before), NO)
  assert.equal(verdict(given([{ packages: 1 }]), before), 'yes')
  const all = { items: [{ prescribedItem: LINE.prescribedItem, packages: 2 }] }
  assert.equal(verdict(given([{ packages: 1 }]), { ...all, status: 'partly-dispensed' }), '4106')
})

test('closed prescriptions', () => {
  for (const [status, code] of [
    ['dispensed', '4106'],
    ['cancelled', NO],
    ['expired', NO],
  ] as const)
    assert.equal(verdict(FACTS, { items: [], status }), code)
  assert.equal(verdict(FACTS, { items: [], crossBorder: false }), NO)
  assert.equal(verdict({ ...FACTS, dispensed: '2024-06-30T10:00:00Z' }), 'yes')
  assert.equal(verdict({ ...FACTS, dispensed: '2024-07-01T10:00:00Z' }), NO)
  assert.equal(
    verdict({ ...FACTS, dispensed: '2024-07-01T10:00:00Z' }, NOTHING_BEFORE, { ...RULES, graceDays: 1 }),
    'yes',
  )
  assert.equal(verdict(FACTS, NOTHING_BEFORE, RULES, { until: 'nonsense-99' }), 'yes')
})

test('another product only where the prescriber, or the country, allows it', () => {
  const other = given([{ substituted: true }])
  const refusal = 'ERROR_ED_SUBSTITUTION_INFORMATION_NOT_ALLOWED'
  assert.equal(verdict(other, NOTHING_BEFORE, RULES, { substitution: true }), 'yes')
  assert.equal(verdict(other, NOTHING_BEFORE, RULES, { substitution: false }), refusal)
  assert.equal(verdict(other), 'yes')
  assert.equal(verdict(other, NOTHING_BEFORE, { ...RULES, whenSubstitutionIsNotStated: 'not-allowed' }), refusal)
})

test('one whole product for each line that exists', () => {
  assert.equal(verdict(given([{ prescribedItem: 'urn:oid:2.999.3|RX.9' }])), '4105')
  assert.equal(verdict(given([{}, {}])), 'ERROR_ED_EPRESCRIPTION_NOT_IDENTIFIABLE')
  const missing = 'ERROR_ED_MISSING_BASIC_DATA'
  for (const packages of [0, -1, Number.NaN, 0.5]) assert.equal(verdict(given([{ packages }])), missing)
  assert.equal(verdict(given([{ product: { name: ' ' } }])), missing)
  assert.equal(verdict(given([])), missing)
})

test('narcotics stay at home; a country may refuse partial dispensing', () => {
  assert.equal(verdict(FACTS, NOTHING_BEFORE, RULES, { atc: 'N02AA01' }), NO)
  const danish = POLICY.ok ? POLICY.value.of('dk') : RULES
  assert.equal(verdict(given([{ packages: 1 }]), NOTHING_BEFORE, danish), NO)
  assert.equal(verdict(given([{ packages: 2 }]), NOTHING_BEFORE, danish), 'yes')
})

test('tablets are never counted as packages', () => {
  const tablets = { value: 30, unit: 'tablet', system: 'http://standardterms.edqm.eu', code: '15054000' }
  assert.equal(verdict(given([{ packages: 7 }]), NOTHING_BEFORE, RULES, { quantity: tablets }), 'yes')
})

function made(prescription: ClinicalDocument, facts: DispensationFacts): ClinicalDocument {
  const result = dispensationDocument(prescription, facts, { language: 'it', title: 'Dispensazione' })
  assert.ok(result.ok, result.ok ? '' : result.problem.sentence)
  return result.value
}

test('the document of a dispensation says what the pharmacist said, and is the same each time', () => {
  const prescription = read(prescriptionBundle({}))
  const document = made(prescription, FACTS)
  const bytes = JSON.stringify(document.bundle)
  assert.equal(bytes, JSON.stringify(made(prescription, FACTS).bundle))
  const back = dispensationFactsOf(read(JSON.parse(bytes)))
  assert.ok(back)
  const { prescriptionId, fulfils, patient, ...facts } = back
  assert.deepEqual(facts, FACTS)
  assert.deepEqual([prescriptionId, patient], ['urn:oid:2.999.3|RX', ['urn:oid:2.999.1|P1']])
  assert.deepEqual(fulfils, ['urn:oid:2.999.3|RX', 'urn:oid:2.999.4|DOC'])
})

test('another product takes nothing over from what was prescribed', () => {
  const same = JSON.stringify(made(read(prescriptionBundle({})), FACTS).bundle.entry?.slice(0, 6))
  const other = JSON.stringify(
    made(read(prescriptionBundle({})), given([{ substituted: true }])).bundle.entry?.slice(0, 6),
  )
  assert.ok(same.includes('M01AE01') && !other.includes('M01AE01'))
})

test('no dispensation of what is no prescription, of nothing, or of an unknown line', () => {
  const code = (prescription: ClinicalDocument, facts: DispensationFacts): string => {
    const result = dispensationDocument(prescription, facts, { language: 'it' })
    return result.ok ? 'made' : result.problem.code
  }
  const prescription = read(prescriptionBundle({}))
  assert.equal(code(made(prescription, FACTS), FACTS), 'pharmacy-no-prescription')
  assert.equal(code(prescription, given([])), 'pharmacy-nothing-dispensed')
  assert.equal(code(prescription, given([{ prescribedItem: 'x' }])), 'pharmacy-unknown-item')
  assert.equal(dispensationFactsOf(prescription), undefined)
})

test('dispensations of every prescription of the corpus conform to MPD, and say what was given', {
  skip: europeanPackages() === undefined ? WITHOUT_PACKAGES : withoutCorpus(),
}, () => {
  const definitions = testDefinitions(europeanPackages() ?? [])
  let count = 0
  for (const file of corpusFiles('{openncp/cda/ep/*.xml,fhir/ig-mpd/*.json}')) {
    const source = readDocument(readFileSync(file), { terminology: TERMINOLOGY, file })
    const prescription = source.ok ? prescriptionOf(source.value) : undefined
    if (!source.ok || prescription === undefined) continue
    const items = prescription.items.map(({ id }) => ({ ...LINE, prescribedItem: id }))
    const document = made(source.value, { ...FACTS, items })
    const errors = validate(document.bundle, { definitions }).filter(({ severity }) => severity === 'error')
    assert.deepEqual(errors, [], file)
    const back = dispensationFactsOf(document)
    assert.deepEqual(back?.items, items, file)
    assert.equal(back?.prescriptionId, prescription.prescriptionId ?? prescription.id, file)
    assert.ok(checkDispensable(prescription, NOTHING_BEFORE, RULES, '2011-05-01').ok !== undefined)
    count++
  }
  assert.ok(count > 35, `${count} prescriptions`)
})

test('every dispensation of the corpus tells what was given and for which prescription', {
  skip: withoutCorpus(),
}, () => {
  let count = 0
  for (const file of corpusFiles('openncp/cda/ed/*.xml')) {
    const source = readDocument(readFileSync(file), { terminology: TERMINOLOGY, file })
    assert.ok(source.ok, file)
    const facts = dispensationFactsOf(source.value)
    // One sample of the first wave holds no entry at all.
    assert.equal(facts !== undefined, readFileSync(file, 'utf8').includes('supply'), file)
    if (facts === undefined) continue
    assert.ok(
      facts.items.every(({ product, packages }) => product.name !== '' && packages > 0) || /bad/.test(file),
      file,
    )
    assert.equal(facts.prescriptionId !== '', readFileSync(file, 'utf8').includes('inFulfillmentOf'), file)
    assert.ok(facts.patient.length > 0 && facts.dispensed !== '', file)
    count++
  }
  assert.ok(count >= 9)
})
