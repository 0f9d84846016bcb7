/** Every event, of both sides and over both wires, is valid for DICOM's schema; and nothing that a stranger sends breaks the reader. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { XmlDocument, XsdValidator } from 'libxml2-wasm'
import { canonicalXml } from '#platform/xml/canonical.ts'
import { parseXml } from '#platform/xml/parse.ts'
import type { AuditEventName, AuditFacts } from './audit-facts.ts'
import { AUDIT_OUTCOMES, fromBase64 } from './audit-message.ts'
import { composeAuditMessage } from './compose-audit-message.ts'
import { eventTable } from './event-table.ts'
import { readAuditMessage } from './read-audit-message.ts'
import { printAuditMessage, writeAuditMessage } from './write-audit-message.ts'

const SCHEMA = join(import.meta.dirname, '../../../../shared/corpus/openncp/schema/audit/DICOM_Unsigned.xsd')
const skip = existsSync(SCHEMA) ? false : 'DICOM_Unsigned.xsd is not beside the project'
const EVENTS = eventTable().events.map(({ id }) => id as AuditEventName)

/** Everything that any event may tell. */
function everything(event: AuditEventName, side: 'A' | 'B', wire: 'ihe' | 'fhir'): AuditFacts {
  return {
    event,
    side,
    wire,
    recorded: '2026-11-24T10:00:00.000Z',
    outcome: '8',
    outcomeDescription: 'ERROR_SEC_INSUFFICIENT_RIGHTS',
    purpose: 'EMERGENCY',
    site: 'FR-75',
    pointOfCare: { userId: 'Hôpital <Saint-Louis> & fils', address: '127.0.0.1' },
    humanRequestor: { userId: '<899700218896@urn:idp:FR:countryB>', alternativeUserId: 'Camille "Martin"' },
    serviceConsumer: { userId: 'CN=ncp.fr, C=FR', address: 'ncp.fr.example' },
    serviceProvider: { userId: 'CN=ncp.pt, C=PT', address: '10.0.0.2' },
    patients: ['298123456^^^&2.16.17.710.820.1000.990.1.1&ISO'],
    guarantors: ['1^^^&1.2.3&ISO'],
    query: { id: 'urn:uuid:1', text: 'ação', homeCommunityId: '2.16.17.710.820' },
    submissionSet: '1.2.3.4',
    targets: ['1.2.3^4', '1.2.3^5'],
    error: { id: '1.2.3^4', message: 'ERROR_SEC_INSUFFICIENT_RIGHTS' },
    request: { id: 'urn:uuid:2', digest: 'ab'.repeat(32), securityHeader: '<wsse:Security/>' },
    response: { id: 'urn:uuid:3', digest: 'cd'.repeat(32) },
    input: '1.2.3^4',
    output: '1.2.3^6',
    ledger: { node: 'FR', sequence: 17, hash: 'ef'.repeat(32) },
  }
}

describe('audit messages for the schema of DICOM', { skip }, () => {
  let schema: XmlDocument
  let validator: XsdValidator
  before(() => {
    schema = XmlDocument.fromBuffer(readFileSync(SCHEMA))
    validator = XsdValidator.fromDoc(schema)
  })
  after(() => {
    validator?.dispose()
    schema?.dispose()
  })
  const validate = (xml: string): void => {
    const document = XmlDocument.fromString(xml)
    try {
      validator.validate(document)
    } finally {
      document.dispose()
    }
  }

  for (const event of EVENTS) {
    it(`${event} is valid, with everything and with little`, () => {
      for (const side of ['A', 'B'] as const) {
        for (const wire of ['ihe', 'fhir'] as const) {
          for (const outcome of AUDIT_OUTCOMES)
            validate(writeAuditMessage({ ...everything(event, side, wire), outcome }))
          const { recorded, site, serviceConsumer } = everything(event, side, wire)
          const little = { event, side, wire, recorded, site, outcome: '0' } as const
          validate(writeAuditMessage({ ...little, ...(serviceConsumer ? { serviceConsumer } : {}) }))
        }
      }
    })
  }

  it('says that an invalid one is invalid', () => {
    const xml = writeAuditMessage(everything('discard', 'B', 'ihe'))
    assert.throws(() => validate(xml.replace(' csd-code=', ' code=')))
    assert.throws(() => validate(xml.replace('EventOutcomeIndicator="8"', 'EventOutcomeIndicator="1"')))
  })

  it('stay valid and readable whatever stands in the facts', () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 30 })
    fc.assert(
      fc.property(anyText, fc.constantFrom(...EVENTS), (text, event) => {
        const facts = everything(event, 'B', 'ihe')
        const party = { userId: text, alternativeUserId: text, address: text }
        const xml = writeAuditMessage({
          ...facts,
          site: text,
          patients: [text],
          targets: [text],
          humanRequestor: party,
          serviceConsumer: party,
          query: { id: text, text },
          outcomeDescription: text,
        })
        validate(xml)
        assert.ok(readAuditMessage(Buffer.from(xml)).ok)
      }),
    )
  })
})

describe('an audit message', () => {
  it('is read as it was written', () => {
    for (const event of EVENTS) {
      const message = composeAuditMessage(everything(event, 'A', 'fhir'))
      const read = readAuditMessage(Buffer.from(printAuditMessage(message)))
      assert.ok(read.ok)
      assert.deepEqual(read.value.message, message)
      assert.equal(read.value.signed, false)
    }
  })

  it('names the entry of the ledger', () => {
    const { objects } = composeAuditMessage(everything('patient-summary-retrieve', 'B', 'ihe'))
    const entry = objects.find(({ idType }) => idType.code === 'LedgerEntry')
    assert.equal(entry?.id, 'FR:17')
    assert.deepEqual(
      entry?.details.map(({ value }) => fromBase64(value)),
      ['17', 'ef'.repeat(32)],
    )
  })

  it('tells export from import by the side', () => {
    const code = (event: AuditEventName, side: 'A' | 'B') =>
      composeAuditMessage(everything(event, side, 'ihe')).event.id.code
    assert.deepEqual([code('prescription-retrieve', 'A'), code('prescription-retrieve', 'B')], ['110106', '110107'])
    assert.deepEqual([code('dispensation', 'A'), code('dispensation', 'B')], ['110107', '110106'])
  })
})

describe('the reader of audit messages', () => {
  const problem = (text: string) => {
    const read = readAuditMessage(Buffer.from(text))
    return read.ok ? undefined : read.problem.code
  }
  const event =
    '<EventIdentification EventDateTime="2026-01-01T00:00:00Z" EventOutcomeIndicator="0"><EventID code="1"/>'

  it('refuses what is none, in words', () => {
    assert.equal(problem(''), 'xml-not-well-formed')
    assert.equal(problem('<!DOCTYPE a [<!ENTITY b "c">]><AuditMessage/>'), 'xml-doctype')
    assert.equal(problem('<Audit/>'), 'audit-not-a-message')
    assert.equal(problem('<AuditMessage/>'), 'audit-incomplete')
    assert.equal(problem(`<AuditMessage>${event}</EventIdentification></AuditMessage>`), undefined)
    assert.equal(
      problem(`<AuditMessage>${event.replace('"0"', '"5"')}</EventIdentification></AuditMessage>`),
      'audit-incomplete',
    )
    assert.equal(
      problem(`<AuditMessage>${event.replace('2026-01-01', 'soon')}</EventIdentification></AuditMessage>`),
      'audit-incomplete',
    )
    assert.equal(problem('<a>'.repeat(100)), 'xml-too-deep')
    assert.equal(problem(`<AuditMessage>${'<a/>'.repeat(60_000)}</AuditMessage>`), 'xml-too-many-nodes')
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void readAuditMessage(bytes)))
    const xml = writeAuditMessage(everything('dispensation', 'A', 'ihe'))
    fc.assert(
      fc.property(fc.nat(xml.length), fc.string({ maxLength: 5 }), (at, noise) => {
        readAuditMessage(Buffer.from(xml.slice(0, at) + noise + xml.slice(at + noise.length)))
      }),
    )
  })
})

describe('audit messages for their signature', () => {
  it('are in canonical form as they are written, whatever they tell', () => {
    const canonical = (xml: string): string => {
      const parsed = parseXml(Buffer.from(xml))
      assert.ok(parsed.ok)
      return canonicalXml(parsed.value.root)
    }
    for (const event of EVENTS) {
      for (const side of ['A', 'B'] as const) {
        const xml = writeAuditMessage(everything(event, side, 'ihe'))
        assert.equal(xml, canonical(xml), event)
      }
    }
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), fc.constantFrom(...EVENTS), (text, other, event) => {
        const facts = everything(event, 'A', 'fhir')
        const party = { userId: text, alternativeUserId: other, address: text }
        const xml = writeAuditMessage({ ...facts, site: text, humanRequestor: party, targets: [text, other] })
        assert.equal(xml, canonical(xml))
      }),
    )
  })
})
