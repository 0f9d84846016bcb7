import assert from 'node:assert/strict'
import { test } from 'node:test'
import { all, only, read, section, summary } from '../testing/documents.ts'

const ATC = 'codeSystem="2.16.840.1.113883.6.73"'

function product(prefix: string, namespace: string, substance: string): string {
  return `<consumable><manufacturedProduct><manufacturedMaterial xmlns:${prefix}="${namespace}"><name>Eutirox</name>
    <lotNumberText>L1</lotNumberText>
    <${prefix}:formCode code="10219000" codeSystem="0.4.0.127.0.16.1.1.2.1"/>
    <${prefix}:asContent><${prefix}:containerPackagedMedicine><${prefix}:formCode code="30009000" codeSystem="0.4.0.127.0.16.1.1.2.1"/>
    <${prefix}:capacityQuantity value="30" unit="1"/></${prefix}:containerPackagedMedicine></${prefix}:asContent>
    <${prefix}:ingredient classCode="ACTI"><${prefix}:quantity><${prefix}:numerator xsi:type="PQ" value="0.50" unit="mg"/><${prefix}:denominator xsi:type="PQ" value="1" unit="1"/></${prefix}:quantity>
    <${prefix}:${substance}><${prefix}:code code="H03AA01" ${ATC}/><${prefix}:name>levothyroxine</${prefix}:name></${prefix}:${substance}></${prefix}:ingredient>
    </manufacturedMaterial></manufacturedProduct></consumable>`
}

function medication(content: string, attributes = ''): string {
  return summary({
    body: section(
      '10160-0',
      `<entry><substanceAdministration classCode="SBADM" moodCode="INT"${attributes}><statusCode code="active"/>${content}</substanceAdministration></entry>`,
    ),
  })
}

for (const [namespace, substance] of [
  ['urn:hl7-org:pharm', 'ingredientSubstance'],
  ['urn:epsos-org:ep:medication', 'ingredient'],
] as const) {
  test(`the product in the namespace ${namespace}`, () => {
    const document = read(medication(product('q', namespace, substance)))
    const found = only(document, 'Medication')
    assert.equal(found.code?.text, 'Eutirox')
    assert.equal(found.form?.coding?.[0]?.code, '10219000')
    assert.equal(found.batch?.lotNumber, 'L1')
    assert.equal(found.amount?.numerator?.value, 30)
    assert.equal(found.ingredient?.[0]?.itemCodeableConcept?.coding?.[0]?.code, 'H03AA01')
    assert.equal(found.ingredient?.[0]?.itemCodeableConcept?.text, 'levothyroxine')
    assert.equal(found.ingredient?.[0]?.strength?.numerator?.value, 0.5)
    assert.ok(JSON.stringify(found.ingredient).includes('"valueInteger":2'), 'the precision of 0.50')
    assert.deepEqual(document.account.notCarried, [])
  })
}

test('period, rhythm, event, route and dose', () => {
  const document = read(
    medication(`<effectiveTime xsi:type="IVL_TS"><low value="20120430"/><high nullFlavor="UNK"/></effectiveTime>
      <effectiveTime xsi:type="PIVL_TS" institutionSpecified="true" operator="A"><period value="8" unit="h"/></effectiveTime>
      <effectiveTime xsi:type="EIVL_TS" operator="A"><event code="ACM"/></effectiveTime>
      <routeCode code="20053000" codeSystem="0.4.0.127.0.16.1.1.2.1"/><doseQuantity><low value="1" unit="1"/><high value="2" unit="1"/></doseQuantity>
      ${product('q', 'urn:hl7-org:pharm', 'ingredientSubstance')}`),
  )
  const found = only(document, 'MedicationStatement')
  assert.equal(found.status, 'active')
  assert.equal(found.effectivePeriod?.start, '2012-04-30')
  assert.ok(found.effectivePeriod?._end?.extension)
  const [dosage] = found.dosage ?? []
  assert.deepEqual(
    [dosage?.timing?.repeat?.period, dosage?.timing?.repeat?.periodUnit, dosage?.timing?.repeat?.when],
    [8, 'h', ['ACM']],
  )
  assert.equal(dosage?.route?.coding?.[0]?.code, '20053000')
  assert.deepEqual(
    [dosage?.doseAndRate?.[0]?.doseRange?.low?.value, dosage?.doseAndRate?.[0]?.doseRange?.high?.value],
    [1, 2],
  )
  assert.deepEqual(document.account.notCarried, [])
})

test('a rhythm in a unit that FHIR cannot count in is kept', () => {
  const document = read(
    medication(
      `<effectiveTime xsi:type="PIVL_TS"><period value="3" unit="{cycle}"/></effectiveTime>${product('q', 'urn:hl7-org:pharm', 'ingredientSubstance')}`,
    ),
  )
  assert.ok(JSON.stringify(only(document, 'MedicationStatement').dosage).includes('{cycle}'))
})

test('several rhythms are several dosages, times in parentheses are one by one', () => {
  const document = read(
    medication(`<effectiveTime xsi:type="SXPR_TS"><comp xsi:type="PIVL_TS"><period value="1" unit="d"/></comp><comp xsi:type="PIVL_TS" operator="I"><period value="2" unit="wk"/></comp></effectiveTime>
      ${product('q', 'urn:hl7-org:pharm', 'ingredientSubstance')}`),
  )
  assert.deepEqual(
    only(document, 'MedicationStatement').dosage?.map(({ timing }) => timing?.repeat?.periodUnit),
    ['d', 'wk'],
  )
})

test('a medicine that is not taken', () => {
  assert.equal(
    only(
      read(medication(product('q', 'urn:hl7-org:pharm', 'ingredientSubstance'), ' negationInd="true"')),
      'MedicationStatement',
    ).status,
    'not-taken',
  )
})

test('no known medications', () => {
  const found = read(
    medication(
      '<code code="no-known-medications" codeSystem="2.16.840.1.113883.5.1150.1"/><consumable><manufacturedProduct><manufacturedMaterial nullFlavor="NA"/></manufacturedProduct></consumable>',
    ),
  )
  assert.equal(only(found, 'MedicationStatement').medicationCodeableConcept?.coding?.[0]?.code, 'no-known-medications')
  assert.equal(all(found, 'Medication').length, 0)
})

test('instructions for the patient and the reason', () => {
  const document = read(
    medication(`${product('q', 'urn:hl7-org:pharm', 'ingredientSubstance')}
      <entryRelationship typeCode="SUBJ"><act classCode="ACT" moodCode="INT"><code code="PINSTRUCT" codeSystem="1.3.5.1.4.1.19376.1.5.3.2"/><text>De manhã, em jejum</text></act></entryRelationship>
      <entryRelationship typeCode="RSON"><observation classCode="OBS" moodCode="EVN"><code code="64572001" codeSystem="2.16.840.1.113883.6.96"/>
      <value xsi:type="CD" code="E03" codeSystem="1.3.6.1.4.1.12559.11.10.1.3.1.44.2"/></observation></entryRelationship>`),
  )
  const found = only(document, 'MedicationStatement')
  assert.equal(found.dosage?.[0]?.patientInstruction, 'De manhã, em jejum')
  assert.equal(found.reasonReference?.length, 1)
  assert.deepEqual(document.account.notCarried, [])
})
