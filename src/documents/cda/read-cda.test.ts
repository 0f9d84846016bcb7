import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readCda } from './read-cda.ts'
import { all, only, read, section, summary, TERMINOLOGY } from './testing/documents.ts'

function refusal(xml: string): { code: string; sentence: string } {
  const result = readCda(Buffer.from(xml), { terminology: TERMINOLOGY, file: 'x.xml' })
  assert.ok(!result.ok)
  assert.equal(result.problem.place?.file, 'x.xml')
  return result.problem
}

test('other files are refused by what they are', () => {
  assert.match(refusal('<Bundle xmlns="http://hl7.org/fhir"/>').sentence, /a FHIR resource in XML \(<Bundle>\)/)
  assert.match(refusal('<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"/>').sentence, /a SOAP message/)
  assert.match(refusal('<PRPA_IN201305UV02 xmlns="urn:hl7-org:v3"/>').sentence, /another HL7 v3 message <?\(?<PRPA/)
  assert.match(refusal('<ClinicalDocument/>').sentence, /outside the namespace of HL7 v3/)
  assert.match(refusal('<note/>').sentence, /an XML document <note>/)
  assert.equal(refusal('<note/>').code, 'cda-not-cda')
  assert.equal(refusal('<ClinicalDocument xmlns="urn:hl7-org:v3"').code, 'xml-not-well-formed')
})

test('a document without patient or body is incomplete', () => {
  assert.match(refusal(summary({}).replace(/<recordTarget>.*<\/recordTarget>/s, '')).sentence, /no patient/)
  assert.match(refusal(summary({ body: '' })).sentence, /no body/)
  assert.equal(refusal(summary({ body: '' })).code, 'cda-incomplete')
})

test('a summary without sections still has the five that are required, all without information', () => {
  const { bundle, kind, origin } = read(summary({}))
  assert.equal(kind, 'patient-summary')
  assert.deepEqual(origin, { format: 'cda', level: 3, language: 'pt-PT' })
  const composition = only(read(summary({})), 'Composition')
  assert.equal(composition.section?.length, 5)
  assert.ok(
    composition.section?.every(
      ({ emptyReason, text }) => emptyReason?.coding?.[0]?.code === 'unavailable' && text?.status === 'empty',
    ),
  )
  assert.deepEqual(bundle.identifier, { system: 'urn:oid:2.999', value: 'D1' })
  assert.equal(bundle.timestamp, '2022-06-08T10:49:00+02:00')
  assert.equal(bundle.entry?.[0]?.resource?.resourceType, 'Composition')
  assert.equal(bundle.entry?.[1]?.resource?.resourceType, 'Patient')
})

test('a time without zone is not given one', () => {
  const { bundle } = read(summary({}).replace('20220608104900+0200', '20220608104900'))
  const composition = JSON.stringify(bundle.entry?.[0]?.resource)
  assert.ok(composition.includes('"date":"2022-06-08"'))
  assert.ok(composition.includes('"valueString":"20220608104900"'))
})

test('level 1: the file inside the document', () => {
  const body = '<nonXMLBody><text mediaType="application/pdf" representation="B64">JVBE\n Ri0=</text></nonXMLBody>'
  const document = read(summary({ body }))
  assert.equal(document.origin.level, 1)
  assert.equal(only(document, 'Binary').data, 'JVBERi0=')
  const { attachment } = only(document, 'DocumentReference').content[0] ?? {}
  assert.deepEqual([attachment?.contentType, attachment?.size, attachment?.title], ['application/pdf', 5, 'Resumo'])
  assert.deepEqual(document.account.notCarried, [])
})

test('a document of another kind is read as far as it goes', () => {
  const letter = summary({ body: section('1.2.3', '<entry><foo><bar value="7"/></foo></entry>') }).replace(
    '60591-5',
    '11490-0',
  )
  const document = read(letter)
  assert.equal(document.kind, 'original-document')
  assert.equal(only(document, 'Composition').section?.length, 1)
  assert.ok(JSON.stringify(document.bundle).includes('"valueDecimal":7'))
})

test('the header: guardian, contact, preferred professional, author, custodian, related document, event', () => {
  const person = (name: string): string => `<name><family>${name}</family></name>`
  const document = read(
    summary({
      header: '<setId root="2.999.5" extension="S"/><versionNumber value="3"/>',
      patient: `<patientRole><id root="2.999.1" extension="P1"/><addr><country>PT</country></addr><telecom value="tel:1"/><patient>
        <name><given>Ana</given><family>Silva</family></name><name use="P"><given>Nita</given></name><administrativeGenderCode code="F"/><birthTime value="1982"/>
        <guardian classCode="GUARD"><telecom value="mailto:g@x.y"/><guardianPerson>${person('Guarda')}</guardianPerson></guardian>
        <birthplace><place><addr><city>Faro</city></addr></place></birthplace>
        <languageCommunication><languageCode code="pt-PT"/></languageCommunication></patient></patientRole>`,
      people: `<author><functionCode code="221" codeSystem="2.16.840.1.113883.2.9.6.2.7"/><time value="2022"/><assignedAuthor><id root="2.999.2" extension="A1"/>
        <assignedPerson>${person('Autor')}</assignedPerson><representedOrganization><name>Hospital</name><addr><country>PT</country></addr></representedOrganization></assignedAuthor></author>
        <author><time value="2022"/><assignedAuthor><id root="2.999.3"/><assignedAuthoringDevice><softwareName>Soft</softwareName></assignedAuthoringDevice></assignedAuthor></author>
        <custodian><assignedCustodian><representedCustodianOrganization><id root="2.999.4"/><name>SPMS</name></representedCustodianOrganization></assignedCustodian></custodian>
        <legalAuthenticator><time value="20220101"/><signatureCode code="S"/><assignedEntity><id root="2.999.2" extension="A1"/><assignedPerson>${person('Chefe')}</assignedPerson></assignedEntity></legalAuthenticator>
        <participant typeCode="IND"><functionCode code="PCP"/><associatedEntity classCode="PROV"><associatedPerson>${person('Familia')}</associatedPerson></associatedEntity></participant>
        <participant typeCode="IND"><associatedEntity classCode="NOK"><code code="MTH"/><associatedPerson>${person('Mãe')}</associatedPerson></associatedEntity></participant>
        <documentationOf><serviceEvent><effectiveTime><high value="20220608"/></effectiveTime><performer typeCode="PRF"><assignedEntity><id root="2.999.9"/><assignedPerson>${person('Actor')}</assignedPerson></assignedEntity></performer></serviceEvent></documentationOf>
        <relatedDocument typeCode="XFRM"><parentDocument><id root="2.999" extension="D0"/></parentDocument></relatedDocument>`,
    }),
  )
  assert.deepEqual(document.account.notCarried, [])
  assert.equal(document.origin.country, 'PT')
  const patient = only(document, 'Patient')
  assert.deepEqual(
    patient.contact?.map(({ name }) => name?.family),
    ['Guarda', 'Mãe'],
  )
  assert.equal(patient.generalPractitioner?.length, 1)
  assert.deepEqual([patient.gender, patient.birthDate, patient.name?.length], ['female', '1982', 2])
  assert.equal(patient.communication?.[0]?.language.coding?.[0]?.code, 'pt-PT')
  assert.equal(patient.extension?.[0]?.valueAddress?.city, 'Faro')
  const composition = only(document, 'Composition')
  assert.deepEqual(
    [composition.author.length, composition.attester?.[0]?.mode, composition.relatesTo?.[0]?.code],
    [2, 'legal', 'transforms'],
  )
  assert.equal(composition.relatesTo?.[0]?.targetIdentifier?.value, 'D0')
  assert.equal(composition.identifier?.value, 'S')
  assert.equal(composition.event?.[0]?.period?.end, '2022-06-08')
  assert.equal(all(document, 'Device').length, 1)
  assert.ok(all(document, 'Practitioner').some(({ name }) => name?.[0]?.family === 'Autor'))
})

test('nested sections follow one another, and none is lost', () => {
  const nested = `<structuredBody><component><section><title>A</title><text>a</text><component><section><code code="48765-2" codeSystem="2.16.840.1.113883.6.1"/><title>B</title><text>b</text></section></component></section></component></structuredBody>`
  const composition = only(read(summary({ body: nested })), 'Composition')
  assert.deepEqual(
    composition.section?.slice(0, 2).map(({ title }) => title),
    ['A', 'B'],
  )
})

test('unknown templates and elements are carried by their shape', () => {
  const entry = `<entry><observation classCode="OBS" moodCode="EVN"><templateId root="9.9.9"/><code code="1" codeSystem="1.2.3" displayName="Novo"/>
    <priorityCode code="UR"/><value xsi:type="PQ" value="7" unit="kg"/><specimen><specimenRole><id root="1.9" extension="E"/></specimenRole></specimen>
    <entryRelationship typeCode="XCRPT"><encounter classCode="ENC" moodCode="EVN"><id root="1.8" extension="V"/></encounter></entryRelationship></observation></entry>`
  const document = read(summary({ body: section('99999-9', entry) }))
  assert.equal(only(document, 'Observation').valueQuantity?.value, 7)
  assert.equal(only(document, 'Encounter').identifier?.[0]?.value, 'V')
  assert.deepEqual(document.account.notCarried, [])
})

test('entries of the wrong shape are read without a throw, and what they say is somewhere', () => {
  const names = [
    'observation',
    'act',
    'value',
    'code',
    'effectiveTime',
    'low',
    'participant',
    'text',
    'organizer',
    'substanceAdministration',
    'consumable',
    'supply',
    'procedure',
    'foo',
  ]
  const attribute = fc.tuple(
    fc.constantFrom('code', 'value', 'unit', 'nullFlavor', 'negationInd', 'xsi:type', 'moodCode', 'typeCode'),
    fc.constantFrom('1', 'true', '20110230', 'PQ', 'CD', 'NI', 'x y', 'RQO'),
  )
  const tree = fc.letrec<{ node: string }>((tie) => ({
    node: fc
      .tuple(
        fc.constantFrom(...names),
        fc.uniqueArray(attribute, { maxLength: 3, selector: ([name]) => name }),
        fc.oneof(
          { maxDepth: 5 },
          fc.constant(''),
          fc.constant('words'),
          fc.array(tie('node'), { maxLength: 3 }).map((parts) => parts.join('')),
        ),
      )
      .map(
        ([name, attributes, content]) =>
          `<${name}${attributes.map(([key, value]) => ` ${key}="${value}"`).join('')}>${content}</${name}>`,
      ),
  })).node
  fc.assert(
    fc.property(
      fc.array(tree, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('48765-2', '10160-0', '11450-4', '46264-8', '11369-6', '8716-3'),
      (trees, code) => {
        const xml = summary({ body: section(code, trees.map((entry) => `<entry>${entry}</entry>`).join('')) })
        const { bundle, account } = read(xml)
        const said = JSON.stringify(bundle) + JSON.stringify(account.notCarried)
        if (xml.includes('>words<')) assert.ok(said.includes('words'))
        if (/ (?:code|value|unit)="20110230"/.test(xml)) assert.ok(said.includes('20110230'))
      },
    ),
    { numRuns: 300 },
  )
})
