/** Prescriptions and dispensations: the clinical facts in the fields of FHIR, and none lost. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { corpusFiles, withoutCorpus } from '#platform/xml/testing/corpus.ts'
import { europeanPackages, testDefinitions, WITHOUT_PACKAGES } from '../../validate/testing/definitions.ts'
import { validate } from '../../validate/validate.ts'
import { readCda } from '../read-cda.ts'
import { all, only, read, section, summary, TERMINOLOGY } from '../testing/documents.ts'

const EDQM = 'codeSystem="0.4.0.127.0.16.1.1.2.1"'
const PRODUCT = `<manufacturedProduct><manufacturedMaterial><code code="V1" codeSystem="2.999.7"/><name>Lantus</name>
  <pharm:desc>100 U/ml</pharm:desc><pharm:formCode code="11201000" ${EDQM}/>
  <pharm:asContent><pharm:quantity value="3" unit="mL"/><pharm:containerPackagedProduct><pharm:formCode code="30051000" ${EDQM}/>
    <pharm:asContent><pharm:quantity value="5" unit="1"/><pharm:containerPackagedProduct><pharm:code code="PC1" codeSystem="2.999.8"/><pharm:name>Box of 5</pharm:name>
    <pharm:formCode code="30009000" ${EDQM}/></pharm:containerPackagedProduct></pharm:asContent></pharm:containerPackagedProduct></pharm:asContent>
  <pharm:asSpecializedKind classCode="GRIC"><pharm:generalizedMaterialKind><pharm:code code="A10AE04" codeSystem="2.16.840.1.113883.6.73"/><pharm:name>insulin glargine</pharm:name></pharm:generalizedMaterialKind></pharm:asSpecializedKind>
  <pharm:ingredient classCode="ACTI"><pharm:quantity><pharm:numerator xsi:type="pharm:PQ" value="100" unit="[iU]"/><pharm:denominator xsi:type="pharm:PQ" value="1" unit="mL"/></pharm:quantity>
    <pharm:ingredientSubstance><pharm:code code="A10AE04" codeSystem="2.16.840.1.113883.6.73"/></pharm:ingredientSubstance></pharm:ingredient>
  </manufacturedMaterial></manufacturedProduct>`
const AUTHOR = `<author><time value="20240102"/><assignedAuthor><id root="2.999.5" extension="DR"/><assignedPerson><name><family>Heer</family></name></assignedPerson></assignedAuthor></author>`

function item(content: string): string {
  return `<substanceAdministration classCode="SBADM" moodCode="INT"><id root="2.999.3" extension="I1"/>${content}</substanceAdministration>`
}

function prescription(entry: string): string {
  const body = section('57828-6', `<entry>${entry}</entry>`).replace(
    '<title>T',
    '<id root="2.999.2" extension="RX"/><title>T',
  )
  return summary({ people: AUTHOR, body }).replace('60591-5', '57833-6')
}

const WHOLE = prescription(
  item(`<text>1 injection at bedtime</text><statusCode code="active"/>
    <effectiveTime xsi:type="IVL_TS"><low value="20240103"/><high value="20240203"/></effectiveTime>
    <effectiveTime xsi:type="PIVL_TS" institutionSpecified="true"><period value="24" unit="h"/></effectiveTime>
    <doseQuantity value="10" unit="[iU]"/><maxDoseQuantity><numerator value="20" unit="[iU]"/><denominator value="1" unit="d"/></maxDoseQuantity>
    <consumable>${PRODUCT}</consumable>
    <entryRelationship typeCode="COMP"><supply classCode="SPLY" moodCode="RQO"><effectiveTime xsi:type="IVL_TS"><low value="20240102"/><high value="20250102"/></effectiveTime>
      <repeatNumber value="3"/><independentInd value="false"/><quantity value="2" unit="1"/></supply></entryRelationship>
    <entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN"><code code="SUBST" codeSystem="2.16.840.1.113883.5.6"/>
      <value xsi:type="CE" code="N" codeSystem="2.16.840.1.113883.5.1070" displayName="none"/></observation></entryRelationship>
    <entryRelationship typeCode="SUBJ"><act classCode="ACT" moodCode="INT"><code code="FINSTRUCT" codeSystem="1.3.6.1.4.1.19376.1.5.3.2"/><text>Keep cold</text></act></entryRelationship>
    <entryRelationship typeCode="SUBJ"><act classCode="ACT" moodCode="INT"><code code="PINSTRUCT" codeSystem="1.3.6.1.4.1.19376.1.5.3.2"/><text>Under the skin</text></act></entryRelationship>`),
)

test('a prescription item: what, how much, how often, until when, whether another product may be given', () => {
  const document = read(WHOLE)
  const request = only(document, 'MedicationRequest')
  assert.deepEqual(document.account.notCarried, [])
  assert.deepEqual(
    [
      request.status,
      request.intent,
      request.authoredOn,
      request.groupIdentifier?.value,
      request.identifier?.[0]?.value,
    ],
    ['active', 'order', '2024-01-02', 'RX', 'I1'],
  )
  assert.equal(request.requester?.reference, only(document, 'Composition').author[0]?.reference)
  const { quantity, numberOfRepeatsAllowed, validityPeriod } = request.dispenseRequest ?? {}
  assert.deepEqual([quantity?.value, numberOfRepeatsAllowed, validityPeriod?.end], [2, 2, '2025-01-02'])
  assert.equal(request.substitution?.allowedCodeableConcept?.coding?.[0]?.code, 'N')
  assert.deepEqual(
    request.note?.map(({ text }) => text),
    ['Keep cold'],
  )
  const [dosage] = request.dosageInstruction ?? []
  assert.deepEqual(
    [
      dosage?.text,
      dosage?.patientInstruction,
      dosage?.timing?.repeat?.period,
      dosage?.maxDosePerPeriod?.numerator?.value,
    ],
    ['1 injection at bedtime', 'Under the skin', 24, 20],
  )
  assert.ok(JSON.stringify(request.extension).includes('"end":"2024-02-03"'), 'until when it is taken')
  assert.deepEqual(request.meta?.profile, ['http://hl7.eu/fhir/mpd/StructureDefinition/MedicationRequest-eu-mpd'])
})

test('a pack in a pack: what one item holds, how many items, and each layer', () => {
  const medication = only(read(WHOLE), 'Medication')
  assert.equal(medication.amount?.numerator?.value, 5)
  const held = JSON.stringify(medication.extension)
  assert.match(held, /sizeofitem","valueQuantity":\{"value":3,"unit":"mL"/)
  const layers = JSON.stringify(medication.extension?.find(({ url }) => url === 'urn:tessera:package'))
  assert.ok(layers.indexOf('30051000') > 0 && layers.indexOf('30051000') < layers.indexOf('30009000'))
  assert.ok(['PC1', 'Box of 5', '100 U/ml', 'insulin glargine'].every((words) => held.includes(words)))
})

test('a pack without end is read to its end', () => {
  const deep = (levels: number): string =>
    levels === 0
      ? ''
      : `<pharm:asContent><pharm:quantity value="${levels}" unit="1"/><pharm:containerPackagedProduct>${deep(levels - 1)}</pharm:containerPackagedProduct></pharm:asContent>`
  const document = read(
    prescription(
      item(
        `<consumable><manufacturedProduct><manufacturedMaterial><name>X</name>${deep(60)}</manufacturedMaterial></manufacturedProduct></consumable>`,
      ),
    ),
  )
  assert.deepEqual(document.account.notCarried, [])
  assert.equal(only(document, 'Medication').amount?.numerator?.value, 1)
})

test('a combined product is a medicine with medicines in it', () => {
  const part = (name: string): string =>
    `<pharm:part><pharm:quantity value="2" unit="1"/><pharm:partProduct><pharm:name>${name}</pharm:name></pharm:partProduct></pharm:part>`
  const document = read(
    prescription(
      item(
        `<consumable><manufacturedProduct><manufacturedMaterial><name>Kombi</name>${part('Cream')}${part('Pessary')}</manufacturedMaterial></manufacturedProduct></consumable>`,
      ),
    ),
  )
  const whole = all(document, 'Medication').find(({ code }) => code?.text === 'Kombi')
  assert.equal(whole?.ingredient?.filter(({ itemReference }) => itemReference !== undefined).length, 2)
  assert.deepEqual(document.account.notCarried, [])
})

test('a dispensation: product, packs, who, when, and the prescription that it fulfils', () => {
  const body = section(
    '60590-7',
    `<entry><supply classCode="SPLY" moodCode="EVN"><id root="2.999.4" extension="D1"/><quantity value="1" unit="1"/><product>${PRODUCT}</product>
      <performer><time value="20240110120000+0100"/><assignedEntity><id root="2.999.5" extension="PH"/></assignedEntity></performer>
      <entryRelationship typeCode="REFR">${item(`<consumable>${PRODUCT}</consumable>`)}</entryRelationship>
      <entryRelationship typeCode="COMP"><act classCode="ACT" moodCode="EVN"><code code="SUBST" codeSystem="2.16.840.1.113883.5.6"/></act></entryRelationship></supply></entry>`,
  )
  const people = `${AUTHOR}<inFulfillmentOf><order><id root="2.999.2" extension="RX"/></order></inFulfillmentOf>`
  const document = read(summary({ people, body }).replace('60591-5', '60593-1'))
  assert.deepEqual(document.account.notCarried, [])
  const dispense = only(document, 'MedicationDispense')
  const request = only(document, 'MedicationRequest')
  assert.deepEqual(
    [dispense.status, dispense.quantity?.value, dispense.whenHandedOver, dispense.substitution?.wasSubstituted],
    ['completed', 1, '2024-01-10T12:00:00+01:00', true],
  )
  assert.equal(dispense.authorizingPrescription?.[0]?.reference, `urn:uuid:${request.id}`)
  assert.equal(request.groupIdentifier?.value, 'RX')
  assert.equal(dispense.meta?.profile?.length, 1)
})

test('a prescription that says less claims no profile', () => {
  const bare = read(prescription(item('<consumable/>')).replace(AUTHOR, ''))
  assert.equal(only(bare, 'MedicationRequest').meta?.profile, undefined)
})

const PHARMACY = 'openncp/cda/{ep,ed,mro}/*.xml'

test('every prescription and dispensation of the corpus: nothing lost but what leads nowhere', {
  skip: withoutCorpus(),
}, () => {
  const requests = new Map<string, number>()
  for (const file of corpusFiles(PHARMACY)) {
    const result = readCda(readFileSync(file), { terminology: TERMINOLOGY, file })
    if (!result.ok) {
      assert.match(result.problem.sentence, /no patient/, file)
      continue
    }
    const { account, bundle } = result.value
    const lost = account.notCarried.filter(({ what }) => !what.startsWith('<reference value="#'))
    assert.deepEqual(lost, [], file)
    for (const { resource } of bundle.entry ?? [])
      requests.set(resource?.resourceType ?? '', (requests.get(resource?.resourceType ?? '') ?? 0) + 1)
  }
  assert.ok((requests.get('MedicationRequest') ?? 0) > 40 && (requests.get('MedicationDispense') ?? 0) >= 9)
})

test('what claims an MPD profile satisfies it', {
  skip: europeanPackages() === undefined ? WITHOUT_PACKAGES : withoutCorpus(),
}, () => {
  const definitions = testDefinitions(europeanPackages() ?? [])
  let claims = 0
  for (const file of corpusFiles('openncp/cda/{ep,ed}/*.xml')) {
    const result = readCda(readFileSync(file), { terminology: TERMINOLOGY, file })
    if (!result.ok) continue
    const { bundle } = result.value
    claims += JSON.stringify(bundle).split('-eu-mpd"').length - 1
    const errors = validate(bundle, { definitions }).filter(({ severity }) => severity === 'error')
    assert.deepEqual(errors, [], file)
  }
  assert.ok(claims > 100)
})
