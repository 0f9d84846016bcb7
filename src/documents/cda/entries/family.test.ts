import assert from 'node:assert/strict'
import { test } from 'node:test'
import { all, only, read, section, summary } from '../testing/documents.ts'

const OBSERVATION = `<observation classCode="OBS" moodCode="EVN"><templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.5"/><id root="2.999.7"/>
  <code code="64572001" codeSystem="2.16.840.1.113883.6.96"/><statusCode code="completed"/><effectiveTime><low value="1980"/></effectiveTime>
  <value xsi:type="CD" code="E11" codeSystem="1.3.6.1.4.1.12559.11.10.1.3.1.44.2" displayName="Diabetes"/>`
const SUBJECT = `<subject><relatedSubject classCode="PRS"><code code="FTH" codeSystem="2.16.840.1.113883.5.111" displayName="Pai"/>
  <subject><name><given>Rui</given><family>Silva</family></name><administrativeGenderCode code="M"/><birthTime value="1950"/></subject></relatedSubject></subject>`

for (const [where, entry] of [
  [
    'an organizer',
    `<entry><organizer classCode="CLUSTER" moodCode="EVN"><statusCode code="completed"/>${SUBJECT}<component>${OBSERVATION}</observation></component></organizer></entry>`,
  ],
  ['an observation', `<entry>${OBSERVATION}${SUBJECT}</observation></entry>`],
] as const) {
  for (const code of ['10157-6', '11450-4']) {
    test(`a relative's illness in ${where} of section ${code} is not the patient's`, () => {
      const document = read(summary({ body: section(code, entry) }))
      assert.equal(all(document, 'Condition').length, 0)
      const history = only(document, 'FamilyMemberHistory')
      assert.equal(history.relationship.coding?.[0]?.code, 'FTH')
      assert.equal(history.condition?.[0]?.code.coding?.[0]?.code, 'E11')
      assert.deepEqual(
        [history.name, history.bornDate, history.condition?.[0]?.onsetString],
        ['Rui Silva', '1950', '1980'],
      )
      assert.deepEqual(document.account.notCarried, [])
    })
  }
}
