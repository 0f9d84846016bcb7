/** An allergy must not get lost, must not be invented, and must not be turned into its opposite. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AllergyIntolerance } from 'fhir/r4'
import { all, only, read, section, summary } from '../testing/documents.ts'

const SCT = 'codeSystem="2.16.840.1.113883.6.96"'
const AGENT = `<participant typeCode="CSM"><participantRole classCode="MANU"><playingEntity classCode="MMAT"><code code="111088007" ${SCT} displayName="Latex"/></playingEntity></participantRole></participant>`

interface Parts {
  readonly status?: string
  readonly observation?: string
  readonly link?: string
  readonly attributes?: string
}

function entry({ status = 'active', observation = '', link = '', attributes = '' }: Parts): string {
  return `<entry><act classCode="ACT" moodCode="EVN"><code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><statusCode code="${status}"/>
    <entryRelationship typeCode="SUBJ"${link}><observation classCode="OBS" moodCode="EVN"${attributes}>
    <code code="416098002" ${SCT}/><statusCode code="completed"/>${observation}</observation></entryRelationship></act></entry>`
}

function allergy(parts: Parts): AllergyIntolerance {
  return only(read(summary({ body: section('48765-2', entry(parts)) })), 'AllergyIntolerance')
}

function nested(typeCode: string, code: string, value: string, attributes = ''): string {
  return `<entryRelationship typeCode="${typeCode}"${attributes}><observation classCode="OBS" moodCode="EVN"><code code="${code}" ${SCT}/><statusCode code="completed"/>${value}</observation></entryRelationship>`
}

test('agent, kind, time and status', () => {
  const found = allergy({ observation: `<effectiveTime><low value="199001"/></effectiveTime>${AGENT}` })
  assert.equal(found.code?.coding?.[0]?.code, '111088007')
  assert.deepEqual([found.type, found.category, found.onsetDateTime], ['allergy', ['medication'], '1990-01'])
  assert.equal(found.clinicalStatus?.coding?.[0]?.code, 'active')
})

test('reaction with severity, criticality, certainty and status', () => {
  const reaction = nested(
    'MFST',
    '418799008',
    `<value xsi:type="CD" code="126485001" ${SCT} displayName="Urticaria"/>${nested('SUBJ', 'SEV', `<value xsi:type="CD" code="371924009" ${SCT}/>`)}`,
  )
  const found = allergy({
    observation: `${AGENT}${reaction}${nested('SUBJ', '82606-5', '<value xsi:type="CD" code="high"/>')}${nested('SUBJ', '66455-7', '<value xsi:type="CD" code="confirmed"/>')}${nested('REFR', '33999-4', `<value xsi:type="CD" code="55561003" ${SCT}/>`)}`,
  })
  assert.equal(found.reaction?.[0]?.manifestation[0]?.coding?.[0]?.code, '126485001')
  assert.equal(found.reaction?.[0]?.severity, 'severe')
  assert.equal(found.reaction?.[0]?._severity?.extension?.[0]?.valueCodeableConcept?.coding?.[0]?.code, '371924009')
  assert.equal(found.criticality, 'high')
  assert.equal(found.verificationStatus?.coding?.[0]?.code, 'confirmed')
  assert.deepEqual(
    found.clinicalStatus?.coding?.map(({ code }) => code),
    ['active', '55561003'],
  )
})

test('a completed concern without an end does not make an allergy inactive', () => {
  const found = allergy({ status: 'completed', observation: AGENT })
  assert.equal(found.clinicalStatus?.coding, undefined)
  const over = allergy({
    status: 'completed',
    observation: `<effectiveTime><low value="1990"/><high value="1995"/></effectiveTime>${AGENT}`,
  })
  assert.equal(over.clinicalStatus?.coding?.[0]?.code, 'inactive')
})

test('a denied allergy is refuted, by the observation or by the link that leads to it', () => {
  for (const parts of [{ attributes: ' negationInd="true"' }, { link: ' negationInd="true"' }]) {
    const found = allergy({ ...parts, observation: AGENT })
    assert.equal(found.verificationStatus?.coding?.[0]?.code, 'refuted')
    assert.equal(found.code?.coding?.[0]?.code, '111088007')
  }
})

test('a denial without an agent says which kind is not known', () => {
  const found = allergy({
    attributes: ' negationInd="true"',
    observation: `<value xsi:type="CD" code="416098002" ${SCT}/>`,
  })
  assert.equal(found.code?.coding?.[0]?.code, 'no-known-medication-allergies')
  assert.equal(found.verificationStatus, undefined)
})

test('no known allergies, as a code, and as a denied code of absence', () => {
  const absent = `<value xsi:type="CD" code="no-known-allergies" codeSystem="2.16.840.1.113883.5.1150.1"/>`
  assert.equal(allergy({ observation: absent }).code?.coding?.[0]?.code, 'no-known-allergies')
  const twice = allergy({
    attributes: ' negationInd="true"',
    observation: `<value xsi:type="CD" code="160244002" ${SCT}/>`,
  })
  assert.deepEqual(
    twice.code?.coding?.map(({ code }) => code),
    ['160244002', 'no-known-allergies'],
  )
  assert.equal(twice.verificationStatus, undefined)
})

test('an observation with two agents states two allergies', () => {
  const document = read(
    summary({ body: section('48765-2', entry({ observation: AGENT + AGENT.replace('111088007', '260176001') })) }),
  )
  assert.deepEqual(
    all(document, 'AllergyIntolerance').map(({ code }) => code?.coding?.[0]?.code),
    ['111088007', '260176001'],
  )
  assert.deepEqual(document.account.notCarried, [])
})

test('a denied reaction is no reaction, and is not lost', () => {
  const denied = nested('MFST', '418799008', `<value xsi:type="CD" code="39579001" ${SCT}/>`, ' negationInd="true"')
  const document = read(summary({ body: section('48765-2', entry({ observation: AGENT + denied })) }))
  assert.equal(only(document, 'AllergyIntolerance').reaction, undefined)
  assert.ok(JSON.stringify(document.bundle).includes('39579001'))
  assert.ok(JSON.stringify(only(document, 'AllergyIntolerance').extension).includes('negationInd'))
})

test('an agent in words only, in the narrative', () => {
  const found = read(
    summary({
      body: section(
        '48765-2',
        entry({
          observation:
            '<participant typeCode="CSM"><participantRole><playingEntity><code nullFlavor="UNK"><originalText><reference value="#k"/></originalText></code></playingEntity></participantRole></participant>',
        }),
        '<content ID="k">Ameixas  do\n jardim</content>',
      ),
    }),
  )
  assert.equal(only(found, 'AllergyIntolerance').code?.text, 'Ameixas do jardim')
})

test('an allergy outside a concern, of an unknown template, is still an allergy', () => {
  const bare = `<entry><observation classCode="OBS" moodCode="EVN"><templateId root="1.2.3"/><code code="419199007" ${SCT}/>${AGENT}</observation></entry>`
  assert.equal(
    only(read(summary({ body: section('48765-2', bare) })), 'AllergyIntolerance').code?.coding?.[0]?.code,
    '111088007',
  )
})

test('severity of the allergy as a whole is shown with its reaction, or with an unknown one', () => {
  const found = allergy({ observation: AGENT + nested('SUBJ', 'SEV', `<value xsi:type="CD" code="24484000" ${SCT}/>`) })
  assert.equal(found.reaction?.[0]?.severity, 'severe')
  assert.ok(found.reaction?.[0]?.manifestation[0]?.extension)
})
