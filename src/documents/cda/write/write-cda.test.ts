/** Whole documents: header, sections, narrative, absence, level 1, and what is told about facts without a place. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FhirResource } from 'fhir/r4'
import type { ClinicalDocument } from '../../model/clinical-document.ts'
import { NULL_FLAVOR_EXTENSION } from '../tables/urls.ts'
import { all, only, read, section, summary, TERMINOLOGY } from '../testing/documents.ts'
import { type WriteOptions, type WrittenCda, writeCda, writeCdaLevel1 } from './write-cda.ts'

const OIDS: Readonly<Record<string, string>> = {
  'http://loinc.org': '2.16.840.1.113883.6.1',
  'http://snomed.info/sct': '2.16.840.1.113883.6.96',
  'http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips': '2.16.840.1.113883.5.1150.1',
}
const terminology = { ...TERMINOLOGY, oidOf: (system: string) => OIDS[system] }

function written(document: ClinicalDocument, options: Partial<WriteOptions> = {}): WrittenCda {
  const result = writeCda(document, { terminology, ...options })
  assert.ok(result.ok, result.ok ? '' : result.problem.sentence)
  return result.value
}

function fhir(...resources: readonly FhirResource[]): ClinicalDocument {
  const entry = resources.map((resource) => ({ fullUrl: `urn:uuid:${resource.id}`, resource }))
  return {
    bundle: { resourceType: 'Bundle', type: 'document', identifier: { system: 'urn:oid:2.999', value: 'B1' }, entry },
    kind: 'patient-summary',
    origin: { format: 'fhir', language: 'pt' },
    account: { statements: [], notCarried: [] },
  }
}

const COMPOSITION: FhirResource = {
  resourceType: 'Composition',
  id: 'c',
  status: 'final',
  type: { coding: [{ system: 'http://loinc.org', code: '60591-5' }] },
  date: '2026-01-02T10:00:00Z',
  author: [{ display: 'Dr Ana' }],
  title: 'Resumo',
  subject: { reference: 'urn:uuid:p' },
}
const PATIENT: FhirResource = {
  resourceType: 'Patient',
  id: 'p',
  name: [{ family: 'Silva' }],
  gender: 'female',
  birthDate: '1982-05-08',
}

test('a section without information has the entry that says so', () => {
  const emptyReason = {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/list-empty-reason', code: 'nilknown' }],
  }
  const allergies = {
    title: 'Alergias',
    code: { coding: [{ system: 'http://loinc.org', code: '48765-2' }] },
    emptyReason,
  }
  const { xml } = written(fhir({ ...COMPOSITION, section: [allergies] }, PATIENT))
  assert.match(
    xml,
    /<value xsi:type="CD" code="no-known-allergies" codeSystem="2\.16\.840\.1\.113883\.5\.1150\.1" displayName="No known allergies"\/>/,
  )
  const back = only(read(xml), 'AllergyIntolerance')
  assert.equal(back.code?.coding?.[0]?.code, 'no-known-allergies')
})

test('a section without narrative gets one, and its entries refer to it', () => {
  const problem: FhirResource = {
    resourceType: 'Condition',
    id: 'x',
    code: { text: 'Asma' },
    subject: {},
    onsetDateTime: '2011-05',
  }
  const problems = {
    title: 'P',
    code: { coding: [{ system: 'http://loinc.org', code: '11450-4' }] },
    entry: [{ reference: 'urn:uuid:x' }],
  }
  const { xml } = written(fhir({ ...COMPOSITION, section: [problems] }, PATIENT, problem))
  assert.match(xml, /<text><table><tbody><tr ID="e1-1"><td>Asma<\/td><td>2011-05<\/td><\/tr><\/tbody><\/table><\/text>/)
  assert.match(xml, /<text><reference value="#e1-1"\/><\/text>/)
})

test('narrative: tables, lists and ids stay; what CDA does not know becomes paragraphs; no word is lost', () => {
  const div =
    '<div xmlns="http://www.w3.org/1999/xhtml"><h2>Alergias</h2><div><p id="a1">Noz <b>grave</b></p>e mais</div>' +
    '<table><tr><th>x</th></tr><tr><td><ul><li>um</li></ul></td></tr></table><dl><dt>k</dt><dd>v</dd></dl><img alt="foto"/></div>'
  const other = {
    title: 'T',
    code: { coding: [{ system: 'http://loinc.org', code: '51899-3' }] },
    text: { status: 'generated' as const, div },
  }
  const { xml } = written(fhir({ ...COMPOSITION, section: [other] }, PATIENT))
  for (const words of ['Alergias', 'Noz', 'grave', 'e mais', '>x<', '>um<', '>k<', '>v<', 'foto'])
    assert.ok(xml.includes(words), words)
  assert.match(xml, /<paragraph ID="a1">Noz <content styleCode="Bold">grave<\/content><\/paragraph>/)
  assert.match(xml, /<td><list><item>um<\/item><\/list><\/td>/)
})

test('a fact that CDA has no place for stands beside its statement, and is told', () => {
  const observation: FhirResource = {
    resourceType: 'Observation',
    id: 'o',
    status: 'amended',
    code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] },
    issued: '2026-01-02T10:00:00Z',
    valueQuantity: { value: 120, unit: 'mm[Hg]', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
  }
  const vitals = {
    title: 'V',
    code: { coding: [{ system: 'http://loinc.org', code: '8716-3' }] },
    entry: [{ reference: 'urn:uuid:o' }],
  }
  const { xml, notWritten } = written(fhir({ ...COMPOSITION, section: [vitals] }, PATIENT, observation))
  assert.deepEqual(
    notWritten.map(({ path, what, where }) => [path, what, where]),
    [
      ['Observation/o.status', 'amended', 'statement'],
      ['Observation/o.issued', '2026-01-02T10:00:00Z', 'statement'],
    ],
  )
  assert.match(
    xml,
    /<originalText>status<\/originalText><\/code><statusCode code="completed"\/><value xsi:type="ST">amended</,
  )
  const values = all(read(xml), 'Observation').map(({ valueString, valueDateTime }) => valueString ?? valueDateTime)
  assert.ok(values.includes('amended') && values.includes('2026-01-02T10:00:00+00:00'))
})

test('what the schema takes in no attribute stands beside, and is told', () => {
  const request = {
    resourceType: 'MedicationRequest',
    id: 'm',
    status: 'x y',
    intent: 'option',
    subject: { reference: 'urn:uuid:p' },
    medicationCodeableConcept: { text: 'Amoxicilina' },
    dispenseRequest: { numberOfRepeatsAllowed: 'twice' },
    dosageInstruction: [{ timing: { repeat: { frequency: 2, period: 'day', periodUnit: 'sometimes' } } }],
    // Documents from outside may have words where FHIR has a number or a code of its list.
  } as unknown as FhirResource
  const observation: FhirResource = {
    resourceType: 'Observation',
    id: 'o',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: 'two words' }] },
    _valueString: { extension: [{ url: NULL_FLAVOR_EXTENSION, valueCode: 'QS' }] },
    note: [{ text: 'Nota' }],
  }
  const section = { title: 'S', entry: [{ reference: 'urn:uuid:m' }, { reference: 'urn:uuid:o' }] }
  const { xml, notWritten } = written(fhir({ ...COMPOSITION, section: [section] }, PATIENT, request, observation))
  assert.doesNotMatch(xml, /repeatNumber|nullFlavor="QS"|code="(?:two words|x y)"/)
  assert.match(xml, /displayName="two words"/)
  const told = notWritten.map(({ what }) => what)
  for (const words of ['x y', 'option', 'twice', 'day', 'sometimes', 'QS']) {
    assert.ok(told.includes(words), words)
    assert.ok(xml.includes(`>${words}<`), words)
  }
})

test('a number where FHIR has words is read as its digits', () => {
  const observation = {
    resourceType: 'Observation',
    id: 'o',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: 7181 }] },
    note: [{ text: 5 }],
  } as unknown as FhirResource
  const section = { title: 'S', entry: [{ reference: 'urn:uuid:o' }] }
  const { xml } = written(fhir({ ...COMPOSITION, section: [section] }, PATIENT, observation))
  assert.match(xml, /<code code="7181" codeSystem="2.16.840.1.113883.6.1"\/>/)
  assert.match(xml, /<text>5<\/text>/)
})

test('resources that no section names are in a last section', () => {
  const goal: FhirResource = {
    resourceType: 'Goal',
    id: 'g',
    lifecycleStatus: 'active',
    description: { text: 'Andar' },
    subject: {},
  }
  const { xml } = written(fhir({ ...COMPOSITION, section: [] }, PATIENT, goal))
  assert.match(xml, /<section><code code="48767-8"/)
  assert.match(xml, /Andar/)
})

test('header: who, when, in which language; the twin by XFRM; other ids when asked', () => {
  const { xml } = written(fhir(COMPOSITION, PATIENT), {
    ids: { document: { system: 'urn:oid:2.999.1', value: 'X.1' } },
    twin: { system: 'urn:oid:2.999.1', value: 'X.2' },
  })
  assert.match(
    xml,
    /<templateId root="1\.3\.6\.1\.4\.1\.12559\.11\.10\.1\.3\.1\.1\.3"\/><id root="2\.999\.1" extension="X\.1"\/>/,
  )
  assert.match(xml, /<effectiveTime value="20260102100000\+0000"\/>.*<languageCode code="pt"\/>/)
  assert.match(xml, /<author><time value="20260102100000\+0000"\/>.*<assignedPerson><name>Dr Ana<\/name>/)
  assert.match(xml, /<relatedDocument typeCode="XFRM"><parentDocument><id root="2\.999\.1" extension="X\.2"\/>/)
  assert.match(xml, /<custodian>.*<representedCustodianOrganization><id nullFlavor="UNK"\/>/)
})

test('level 1: the same header, a file as body', () => {
  const file = Buffer.from('%PDF-1.7 …')
  const result = writeCdaLevel1(fhir(COMPOSITION, PATIENT), { terminology, file, mediaType: 'application/pdf' })
  assert.ok(result.ok)
  assert.match(result.value.xml, /templateId root="1\.3\.6\.1\.4\.1\.12559\.11\.10\.1\.3\.1\.1\.7"/)
  const back = read(result.value.xml)
  assert.equal(back.origin.level, 1)
  assert.equal(only(back, 'Binary').data, file.toString('base64'))
  const image = writeCdaLevel1(fhir(COMPOSITION, PATIENT), {
    terminology,
    file,
    mediaType: 'image/png',
    kind: 'x-clinical-image',
  })
  assert.ok(image.ok && image.value.xml.includes('1.3.6.1.4.1.12559.11.10.1.3.1.1.11'))
})

test('a level 1 document that was read is written as level 1', () => {
  const body = '<nonXMLBody><text mediaType="application/pdf" representation="B64">JVBERg==</text></nonXMLBody>'
  const { xml } = written(read(summary({ body })))
  assert.match(
    xml,
    /<nonXMLBody><text mediaType="application\/pdf" representation="B64">JVBERg==<\/text><\/nonXMLBody>/,
  )
})

test('a denied problem stays denied, a statement about a relative stays about the relative', () => {
  const denied = `<entry><observation classCode="OBS" moodCode="EVN" negationInd="true"><code code="64572001" codeSystem="2.16.840.1.113883.6.96"/>
    <value xsi:type="CD" code="22298006" codeSystem="2.16.840.1.113883.6.96"/></observation></entry>`
  const { xml } = written(read(summary({ body: section('11450-4', denied) })))
  assert.match(xml, /<observation [^>]*negationInd="true">.*22298006/)
  assert.equal(only(read(xml), 'Condition').verificationStatus?.coding?.[0]?.code, 'refuted')
  const father = `<entry><observation classCode="OBS" moodCode="EVN"><code code="64572001" codeSystem="2.16.840.1.113883.6.96"/>
    <value xsi:type="CD" code="22298006" codeSystem="2.16.840.1.113883.6.96"/>
    <subject><relatedSubject classCode="PRS"><code code="FTH" codeSystem="2.16.840.1.113883.5.111"/></relatedSubject></subject></observation></entry>`
  const again = read(written(read(summary({ body: section('10157-6', father) }))).xml)
  assert.equal(only(again, 'FamilyMemberHistory').condition?.[0]?.code.coding?.[0]?.code, '22298006')
  assert.ok(all(again, 'Condition').every(({ code }) => code?.coding?.[0]?.code !== '22298006'))
})

test('a document without patient or Composition is refused in words', () => {
  const lonely = writeCda(fhir(COMPOSITION), { terminology })
  assert.equal(lonely.ok ? '' : lonely.problem.code, 'cda-write-no-patient')
  const headless = writeCda(fhir(PATIENT), { terminology })
  assert.equal(headless.ok ? '' : headless.problem.code, 'cda-write-no-composition')
})
