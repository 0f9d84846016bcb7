/** Prescriptions and dispensations there and back: valid, and nothing of a medicine lost. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Dosage } from 'fhir/r4'
import { corpusFiles, withoutCorpus } from '#platform/xml/testing/corpus.ts'
import type { Terminology } from '#terminology/terminology.ts'
import type { ClinicalDocument } from '../../../model/clinical-document.ts'
import { dispensationDocument } from '../../../pharmacy/dispensation-document.ts'
import { dispensationFactsOf } from '../../../pharmacy/dispensation-facts.ts'
import type { DispensationFacts, DispensedItem, Prescription } from '../../../pharmacy/pharmacy.ts'
import { prescriptionOf } from '../../../pharmacy/prescription.ts'
import { prescriptionDocumentOf } from '../../../pharmacy/prescription-document.ts'
import { read as fhir, prescriptionBundle } from '../../../pharmacy/testing/prescriptions.ts'
import { readDocument } from '../../../read.ts'
import { TERMINOLOGY } from '../../testing/documents.ts'
import { missingInCda } from '../testing/outside-check.ts'
import { cdaSchema } from '../testing/schema.ts'
import { writeCda } from '../write-cda.ts'
import { isA } from '../writing.ts'
import { medicineAmounts } from './testing/medicine-amounts.ts'

const OIDS: Readonly<Record<string, string>> = {
  'http://loinc.org': '2.16.840.1.113883.6.1',
  'http://snomed.info/sct': '2.16.840.1.113883.6.96',
  'http://www.whocc.no/atc': '2.16.840.1.113883.6.73',
  'http://hl7.org/fhir/sid/icd-10': '1.3.6.1.4.1.12559.11.10.1.3.1.44.2',
  'http://standardterms.edqm.eu': '0.4.0.127.0.16.1.1.2.1',
  'http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips': '2.16.840.1.113883.5.1150.1',
}
const terminology: Terminology = { ...TERMINOLOGY, oidOf: (system) => OIDS[system] }
/** The complaints of the schema, empty when the document is valid. */
const complaints = withoutCorpus() ? () => '' : cdaSchema()

function read(bytes: Uint8Array): ClinicalDocument | undefined {
  const result = readDocument(bytes, { terminology })
  return result.ok ? result.value : undefined
}

function written(document: ClinicalDocument): string {
  const result = writeCda(document, { terminology })
  assert.ok(result.ok, result.ok ? '' : result.problem.sentence)
  return result.value.xml
}

/** Through JSON and back: what a FHIR country would have of it. */
function throughFhir(document: ClinicalDocument): ClinicalDocument {
  const again = read(Buffer.from(JSON.stringify(document.bundle)))
  assert.ok(again)
  return again
}

/** Amounts that the other document states less often. */
function fewer(source: string, other: string): string[] {
  const there = medicineAmounts(other)
  return [...medicineAmounts(source)].flatMap(([said, times]) =>
    (there.get(said) ?? 0) < times ? [`${said}: ${there.get(said) ?? 0} of ${times}`] : [],
  )
}

/** A prescription without what is only a name inside one reading of it. */
function facts(prescription: Prescription | undefined): unknown {
  return prescription && { ...prescription, items: prescription.items.map(({ resource: _, ...item }) => item) }
}

/** A dispensation without ids whose roots are placeholders (`root`, `entryOid`), which no schema takes. */
function given(document: ClinicalDocument): unknown {
  const facts = JSON.stringify(dispensationFactsOf(document) ?? {})
  return JSON.parse(facts, (key, value: unknown) =>
    key === 'identifier' && /urn:oid:\D|urn:uuid:/.test(String(value)) ? '' : value,
  )
}

const DOCUMENTS = 'openncp/cda/{ep,ed,mro}/*.xml'

test('every prescription, dispensation and overview: written valid, with every amount', {
  skip: withoutCorpus(),
}, () => {
  let count = 0
  for (const file of corpusFiles(DOCUMENTS)) {
    const bytes = readFileSync(file)
    const document = read(bytes)
    if (document === undefined) continue
    const xml = written(document)
    assert.equal(complaints(xml), '', file)
    assert.deepEqual(fewer(bytes.toString('utf8'), xml), [], file)
    count++
  }
  assert.ok(count >= 63, `${count} documents`)
})

test('read again, they say the same to a pharmacist, by CDA and by FHIR', { skip: withoutCorpus() }, () => {
  for (const file of corpusFiles(DOCUMENTS)) {
    const document = read(readFileSync(file))
    if (document === undefined) continue
    for (const way of [document, throughFhir(document)]) {
      const back = read(Buffer.from(written(way)))
      assert.ok(back, file)
      assert.deepEqual(facts(prescriptionOf(back)), facts(prescriptionOf(document)), file)
      assert.deepEqual(given(back), given(document), file)
      const lost = back.account.notCarried.filter(({ what }) => !what.startsWith('<reference'))
      assert.deepEqual(lost, [], file)
    }
  }
})

test('by FHIR, nothing is lost in the eyes of a check from outside', { skip: withoutCorpus() }, () => {
  for (const file of corpusFiles('openncp/cda/{ep,ed}/*.xml')) {
    const source = readFileSync(file, 'utf8')
    const document = read(Buffer.from(source))
    if (document === undefined) continue
    const listed = document.account.notCarried.map(({ what }) => what)
    const xml = written(throughFhir(document))
    assert.equal(complaints(xml), '', file)
    assert.deepEqual(fewer(source, xml), [], file)
    assert.deepEqual(missingInCda(source, xml, listed, terminology.canonicalSystem), [], file)
  }
})

test('resources of HL7 Europe MPD become prescriptions that a CDA country reads', { skip: withoutCorpus() }, () => {
  for (const file of corpusFiles('fhir/ig-mpd/*.json')) {
    const document = read(readFileSync(file))
    const prescription = document && prescriptionDocumentOf(document)
    assert.ok(document && prescription, file)
    const xml = written(prescription)
    assert.equal(complaints(xml), '', file)
    const back = read(Buffer.from(xml))
    const [stated, again] = [prescriptionOf(document), back && prescriptionOf(back)]
    assert.equal(again?.items.length, stated?.items.length, file)
    for (const [at, item] of (stated?.items ?? []).entries()) {
      const other = again?.items[at]
      assert.deepEqual(
        [other?.quantity?.value, other?.repeats, other?.medicine.product?.display],
        [item.quantity?.value, item.repeats, item.medicine.product?.display],
        file,
      )
    }
  }
})

test('changed documents are read and written without a throw', { skip: withoutCorpus() }, () => {
  const seeds = corpusFiles('openncp/cda/{ep,ed}/v{7,9}*.xml')
    .slice(0, 8)
    .map((file) => readFileSync(file, 'utf8'))
  const change = fc.tuple(fc.nat(), fc.constantFrom('', '9e99', '-1', 'nullFlavor="UNK"', '&#0;', 'NaN', '<x/>'))
  fc.assert(
    fc.property(fc.constantFrom(...seeds), fc.array(change, { minLength: 1, maxLength: 4 }), (seed, changes) => {
      let xml = seed
      for (const [at, words] of changes) {
        // Between the quotes of some attribute value, so that the document often stays well-formed.
        const places = [...xml.matchAll(/="([^"]*)"/g)]
        const place = places[at % places.length]
        if (place === undefined) continue
        xml = `${xml.slice(0, place.index + 2)}${words.replace(/["<]/g, '')}${xml.slice(place.index + place[0].length - 1)}`
      }
      const document = read(Buffer.from(xml))
      if (document === undefined) return
      prescriptionOf(document)
      dispensationFactsOf(document)
      const result = writeCda(document, { terminology })
      if (result.ok) assert.ok(read(Buffer.from(result.value.xml)), 'what was written can be read')
    }),
    { numRuns: 150, seed: 20261127 },
  )
})

test('what a pharmacist hands out is a valid eDispensation, and is understood as it was said', {
  skip: withoutCorpus(),
}, () => {
  let count = 0
  for (const file of corpusFiles('{openncp/cda/ep/*.xml,fhir/ig-mpd/*.json}')) {
    const document = read(readFileSync(file))
    const prescription = document && prescriptionOf(document)
    if (document === undefined || prescription === undefined) continue
    const facts: DispensationFacts = {
      dispensationId: 'urn:uuid:3f0e4cb0-59e4-4bd4-9c5a-0f7a86b52a11',
      dispensed: '2024-02-01T10:00:00+01:00',
      pharmacist: { identifier: 'urn:oid:2.999.5|PH1', given: 'Anna', family: 'Rossi & Figlia' },
      pharmacy: { identifier: 'urn:oid:2.999.6|F1', name: 'Farmacia "Centrale"', country: 'IT' },
      items: prescription.items.map(({ id }, at) => ({
        prescribedItem: id,
        product: { name: `Prodotto ${at} <500 mg>`, code: `C${at}`, system: 'urn:oid:2.999.7' },
        substituted: at % 2 === 1,
        packages: at + 1,
        batch: `L${at}`,
      })),
    }
    const made = dispensationDocument(document, facts, { language: 'it', title: 'Dispensazione' })
    assert.ok(made.ok, file)
    const xml = written(made.value)
    assert.equal(complaints(xml), '', file)
    assert.ok(xml.includes('<inFulfillmentOf>') && xml.includes('1.3.6.1.4.1.12559.11.10.1.3.1.1.2'), file)
    const back = read(Buffer.from(xml))
    const understood = back && dispensationFactsOf(back)
    assert.ok(understood, file)
    // Identifiers without a system get one on the way: CDA knows none without.
    const bare = /ig-mpd/.test(file)
    const { prescriptionId, fulfils: _, patient: __, items, ...rest } = understood
    const { items: given, ...said } = facts
    assert.deepEqual(rest, said, file)
    assert.deepEqual(items.map(withoutLine), given.map(withoutLine), file)
    if (!bare) {
      assert.deepEqual(items.map(lineOf), given.map(lineOf), file)
      assert.equal(prescriptionId, prescription.prescriptionId ?? prescription.id, file)
    }
    count++
  }
  assert.ok(count > 35, `${count} prescriptions`)
})

function withoutLine({ prescribedItem: _, ...item }: DispensedItem): unknown {
  return item
}

function lineOf({ prescribedItem }: DispensedItem): string {
  return prescribedItem
}

const UCUM = 'http://unitsofmeasure.org'
const days = (value: number): unknown => ({ value, unit: 'd', system: UCUM, code: 'd' })
const milligrams = (value: number): unknown => ({ value, unit: 'mg', system: UCUM, code: 'mg' })

/** What comes back of dosages that were written as CDA. */
function dosagesBack(dosageInstruction: readonly Readonly<Record<string, unknown>>[]): readonly Dosage[] {
  const back = read(Buffer.from(written(fhir(prescriptionBundle({ dosageInstruction })))))
  for (const { resource } of back?.bundle.entry ?? [])
    if (isA(resource, 'MedicationRequest')) return resource.dosageInstruction ?? []
  return []
}

test('a tapered dose keeps what is taken for how long', () => {
  const step = (dose: number, period: number, lasting: number, text?: string): Readonly<Record<string, unknown>> => ({
    ...(text === undefined ? {} : { text }),
    timing: { repeat: { frequency: 1, period, periodUnit: 'h', boundsDuration: days(lasting) } },
    doseAndRate: [{ doseQuantity: milligrams(dose) }],
  })
  const back = dosagesBack([step(40, 8, 3, 'first'), step(20, 12, 4, 'then'), step(10, 24, 5)])
  assert.deepEqual(
    back.map(({ text, timing, doseAndRate }) => [
      text,
      doseAndRate?.[0]?.doseQuantity?.value,
      timing?.repeat?.period,
      timing?.repeat?.boundsDuration?.value,
    ]),
    [
      ['first', 40, 8, undefined],
      ['then', 20, 12, 4],
      [undefined, 10, 24, 5],
    ],
  )
})

test('three times a day is every eight hours, as needed stays as needed, a greatest dose stays', () => {
  const [dosage] = dosagesBack([
    {
      timing: { repeat: { frequency: 3, period: 1, periodUnit: 'd', when: ['PC'] } },
      asNeededBoolean: true,
      maxDosePerPeriod: { numerator: milligrams(120), denominator: days(1) },
    },
  ])
  const { period, periodUnit, when } = dosage?.timing?.repeat ?? {}
  assert.deepEqual([period, periodUnit, when], [8, 'h', ['PC']])
  assert.equal(dosage?.asNeededBoolean, true)
  assert.equal(dosage?.maxDosePerPeriod?.numerator?.value, 120)
})

test('a rhythm that one period cannot say is not said as another one', () => {
  const dosage = {
    text: 'x',
    timing: { repeat: { frequency: 7, period: 1, periodUnit: 'h', timeOfDay: ['08:00:00'] } },
  }
  const xml = written(fhir(prescriptionBundle({ dosageInstruction: [dosage] })))
  assert.doesNotMatch(xml, /<period /)
  assert.match(xml, /08:00:00/)
  assert.match(xml, /value="7"/)
})

test('events of the day come back, those that FHIR has a field for and those that it has not', {
  skip: withoutCorpus(),
}, () => {
  const [file] = corpusFiles('openncp/cda/ep/v9__lantussolostar.xml')
  assert.ok(file)
  const event = (code: string): string =>
    `<effectiveTime xsi:type="EIVL_TS" operator="A"><event code="${code}" codeSystem="2.16.840.1.113883.5.139"/></effectiveTime>`
  const source = readFileSync(file, 'utf8').replace('<routeCode', `${event('ACM')}${event('ICD')}<routeCode`)
  const document = read(Buffer.from(source))
  assert.ok(document)
  const xml = written(document)
  assert.equal(complaints(xml), '')
  for (const code of ['ACM', 'ICD']) assert.ok(xml.includes(`<event code="${code}"`), code)
})
