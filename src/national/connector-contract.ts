/**
 * What every national connector must do, as tests. An implementation prepares a country with the people named below and
 * calls `connectorContract` from its own test file.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import type { Result } from '#platform/result/result.ts'
import type { Caller, NationalConnector, NationalDispensation } from './connector.ts'

/** A prepared country. Each value names something that the country holds, unless its name says otherwise. */
export interface ContractCountry {
  readonly connector: NationalConnector
  /** A person with at least one patient summary. */
  readonly withSummary: {
    readonly identifier: string
    readonly family: string
    readonly given: string
    readonly birthDate: string
  }
  /** A registered person without any document. */
  readonly withoutDocument: string
  /** A person who refuses every country every document; undefined when the national system keeps no choices. */
  readonly optedOut: string | undefined
  /** An identifier of the right form that nobody has. */
  readonly nobody: string
  /** Open prescriptions of one person; undefined when the country has no prescriptions. */
  readonly prescriptions?: {
    readonly patient: string
    /** `system|value`: one package in all, another product not allowed. */
    readonly single: string
    /** Three packages in all, another product allowed. */
    readonly triple: string
  }
  readonly close: () => Promise<void>
}

export const CONTRACT_CALLER: Caller = {
  country: 'FR',
  professional: {
    identifier: 'urn:oid:1.2.250.1.71.4.2.1|899900010100',
    name: 'Claire Martin',
    role: '2211',
    organisation: 'Centre de santé du Lac',
  },
  purpose: 'TREATMENT',
}

/** Runs the contract. `prepare` is called once per test so that tests cannot help each other. */
export function connectorContract(name: string, prepare: () => Promise<ContractCountry>): void {
  const withCountry = (title: string, body: (country: ContractCountry) => Promise<void>) =>
    test(title, async () => {
      const country = await prepare()
      try {
        await body(country)
      } finally {
        await country.close()
      }
    })

  describe(`national connector: ${name}`, () => {
    withCountry('finds a person by identifier, and by identifier and agreeing traits', async (country) => {
      const { identifier, ...traits } = country.withSummary
      for (const query of [{ identifiers: [identifier] }, { identifiers: [identifier], ...traits }]) {
        const [found, ...others] = value(await country.connector.findPatients(query, CONTRACT_CALLER))
        assert.ok(found)
        assert.ok(found.identifiers.includes(identifier))
        assert.equal(found.birthDate, traits.birthDate)
        assert.deepEqual(others, [])
      }
    })

    withCountry('does not find a person whose traits disagree', async (country) => {
      const { identifier } = country.withSummary
      const query = { identifiers: [identifier], birthDate: '1801-01-01' }
      assert.equal(code(await country.connector.findPatients(query, CONTRACT_CALLER)), 'national-no-match')
    })

    withCountry('finds nobody for an unknown identifier or without an identifier', async (country) => {
      for (const identifiers of [[country.nobody], []]) {
        assert.equal(code(await country.connector.findPatients({ identifiers }, CONTRACT_CALLER)), 'national-no-match')
      }
    })

    withCountry('lists and hands out the summary with the size and hash it announced', async (country) => {
      const { identifier } = country.withSummary
      const documents = value(await country.connector.listPatientSummaries(identifier, CONTRACT_CALLER))
      assert.ok(documents.length > 0)
      for (const listed of documents) {
        assert.equal(listed.classCode, '60591-5')
        assert.match(listed.effectiveTime, /^\d{4}-\d{2}-\d{2}/)
        assert.match(listed.id, /^[A-Za-z0-9.-]{1,64}$/)
        const { document, bytes } = value(await country.connector.getDocument(identifier, listed.id, CONTRACT_CALLER))
        assert.deepEqual(document, listed)
        assert.equal(bytes.length, listed.size)
        assert.equal(createHash('sha256').update(bytes).digest('hex'), listed.hash)
      }
    })

    withCountry('related documents name each other', async (country) => {
      const { identifier } = country.withSummary
      const documents = value(await country.connector.listPatientSummaries(identifier, CONTRACT_CALLER))
      for (const { id, related } of documents.filter((document) => document.related !== undefined)) {
        assert.equal(documents.find((other) => other.id === related)?.related, id)
      }
    })

    withCountry('a registered person without documents has an empty list', async (country) => {
      assert.deepEqual(
        value(await country.connector.listPatientSummaries(country.withoutDocument, CONTRACT_CALLER)),
        [],
      )
      assert.deepEqual(
        value(await country.connector.listOriginalDocuments(country.withoutDocument, {}, CONTRACT_CALLER)),
        [],
      )
    })

    withCountry('a document is handed out only for its own patient', async (country) => {
      const { connector, withSummary, withoutDocument } = country
      const [listed] = value(await connector.listPatientSummaries(withSummary.identifier, CONTRACT_CALLER))
      assert.ok(listed)
      const missing = 'national-document-missing'
      assert.equal(code(await connector.getDocument(withoutDocument, listed.id, CONTRACT_CALLER)), missing)
      for (const id of ['', '..', '../patients.json', 'no-such-document', '%2e%2e%2fpatients.json']) {
        assert.equal(code(await connector.getDocument(withSummary.identifier, id, CONTRACT_CALLER)), missing)
      }
    })

    withCountry('everything about an unknown person is no match', async (country) => {
      const { connector, nobody } = country
      const answers = [
        await connector.listPatientSummaries(nobody, CONTRACT_CALLER),
        await connector.listOriginalDocuments(nobody, {}, CONTRACT_CALLER),
        await connector.getDocument(nobody, 'any', CONTRACT_CALLER),
        await connector.consents(nobody, 'FR', 'TREATMENT', '60591-5'),
      ]
      assert.deepEqual(answers.map(code), Array(answers.length).fill('national-no-match'))
    })

    withCountry('tells the patient’s choice', async (country) => {
      const { connector, withSummary, optedOut } = country
      assert.equal(value(await connector.consents(withSummary.identifier, 'FR', 'TREATMENT', '60591-5')), true)
      if (optedOut === undefined) return
      for (const purpose of ['TREATMENT', 'EMERGENCY'] as const) {
        assert.equal(value(await connector.consents(optedOut, 'FR', purpose, '60591-5')), false)
      }
    })

    withCountry('takes the news of an access', async (country) => {
      const access = { patient: country.withSummary.identifier, recorded: '2026-11-24T09:00:00Z' }
      assert.equal((await country.connector.notifyAccess(access, CONTRACT_CALLER)).ok, true)
    })

    withCountry('what is not offered says so', async (country) => {
      const { connector, withSummary } = country
      const { identifier } = withSummary
      const answers: readonly Result<unknown>[] = [
        await connector.listPrescriptions(identifier, {}, CONTRACT_CALLER),
        await connector.submitDispensation(
          {
            submissionId: 'urn:oid:1.2.3',
            dispensationId: 'none',
            prescriptionId: 'none',
            items: [],
            document: { format: 'cda', bytes: new Uint8Array() },
          },
          identifier,
          CONTRACT_CALLER,
        ),
        await connector.discardDispensation(
          { submissionId: 'urn:oid:1.2.4', dispensationId: 'none' },
          identifier,
          CONTRACT_CALLER,
        ),
        await connector.searchFhir('Observation', new URLSearchParams(), CONTRACT_CALLER),
      ]
      for (const answer of answers) {
        if (!answer.ok) {
          assert.match(
            answer.problem.code,
            /^national-(not-offered|document-missing|prescription-unknown|dispensation-unknown)$/,
          )
        }
      }
    })

    dispensingContract(withCountry)
  })
}

type WithCountry = (title: string, body: (country: ContractCountry) => Promise<void>) => void

function dispensingContract(withCountry: WithCountry): void {
  const withPrescriptions = (
    title: string,
    body: (connector: NationalConnector, held: NonNullable<ContractCountry['prescriptions']>) => Promise<void>,
  ) =>
    withCountry(title, async ({ connector, prescriptions }) => {
      if (prescriptions) await body(connector, prescriptions)
    })

  withPrescriptions('lists a prescription with what may be told of it', async (connector, { patient, single }) => {
    const listed = value(await connector.listPrescriptions(patient, { prescriptionId: single }, CONTRACT_PHARMACIST))
    assert.ok(listed.length > 0)
    for (const { classCode, prescription } of listed) {
      assert.equal(classCode, '57833-6')
      assert.equal(prescription?.prescriptionId, single)
      assert.equal(prescription?.status, 'open')
      assert.equal(prescription?.crossBorder, true)
      assert.ok(prescription?.product)
      assert.match(prescription?.atc?.code ?? '', /^[A-Z]\d\d[A-Z]{2}\d\d$/)
    }
    const nothing = await connector.listPrescriptions(
      patient,
      { prescriptionId: 'urn:oid:9|none' },
      CONTRACT_PHARMACIST,
    )
    assert.deepEqual(value(nothing), [])
  })

  withPrescriptions(
    'the same submission twice, or at once, is one dispensation',
    async (connector, { patient, triple }) => {
      const same = dispensation('1', triple)
      const answers = await Promise.all(
        [0, 1, 2].map(() => connector.submitDispensation(same, patient, CONTRACT_PHARMACIST)),
      )
      assert.ok(answers.every(({ ok }) => ok))
      value(await connector.submitDispensation(same, patient, CONTRACT_PHARMACIST))
      assert.equal(await stateOf(connector, patient, triple), 'partly-dispensed')
      value(await connector.submitDispensation(dispensation('2', triple, 2), patient, CONTRACT_PHARMACIST))
      assert.equal(await stateOf(connector, patient, triple), 'dispensed')
    },
  )

  withPrescriptions('of two dispensations of the last package one counts', async (connector, { patient, single }) => {
    const answers = await Promise.all(
      ['1', '2', '3'].map((id) => connector.submitDispensation(dispensation(id, single), patient, CONTRACT_PHARMACIST)),
    )
    const already = 'national-already-dispensed'
    assert.deepEqual(answers.map(code).sort(), [already, already, 'ok'])
    const more = await connector.submitDispensation(dispensation('4', single), patient, CONTRACT_PHARMACIST)
    assert.equal(code(more), already)
  })

  withPrescriptions('more than is left, another product, no such prescription', async (connector, held) => {
    const { patient, single, triple } = held
    const submit = async (given: NationalDispensation) =>
      code(await connector.submitDispensation(given, patient, CONTRACT_PHARMACIST))
    assert.equal(await submit(dispensation('1', triple, 4)), 'national-already-dispensed')
    assert.equal(await submit(dispensation('2', single, 1, true)), 'national-substitution-not-allowed')
    assert.equal(await submit(dispensation('3', 'urn:oid:9|none')), 'national-prescription-unknown')
    assert.equal(await stateOf(connector, patient, triple), 'open')
    assert.equal(await submit(dispensation('4', triple, 1, true)), 'ok')
  })

  withPrescriptions(
    'only who dispensed takes back, once, and then it may be dispensed again',
    async (connector, held) => {
      const { patient, single } = held
      value(await connector.submitDispensation(dispensation('1', single), patient, CONTRACT_PHARMACIST))
      const discard = (submissionId: string, caller: Caller) =>
        connector.discardDispensation({ submissionId, dispensationId: 'urn:uuid:d-1' }, patient, caller)
      const { professional } = CONTRACT_PHARMACIST
      const neighbour = { ...professional, organisation: 'Other', organisationIdentifier: 'urn:oid:1|other' }
      for (const caller of [
        { ...CONTRACT_PHARMACIST, country: 'EE' },
        { ...CONTRACT_PHARMACIST, professional: neighbour },
      ]) {
        assert.equal(code(await discard('urn:oid:2.1', caller)), 'national-dispensation-unknown')
      }
      value(await discard('urn:oid:2.2', CONTRACT_PHARMACIST))
      value(await discard('urn:oid:2.2', CONTRACT_PHARMACIST))
      assert.equal(code(await discard('urn:oid:2.3', CONTRACT_PHARMACIST)), 'national-dispensation-unknown')
      assert.equal(await stateOf(connector, patient, single), 'open')
      value(await connector.submitDispensation(dispensation('2', single), patient, CONTRACT_PHARMACIST))
      assert.equal(await stateOf(connector, patient, single), 'dispensed')
    },
  )
}

export const CONTRACT_PHARMACIST: Caller = {
  country: 'FR',
  professional: {
    identifier: 'urn:oid:1.2.250.1.71.4.2.1|899900010200',
    name: 'Luc Bernard',
    role: '2262',
    organisation: 'Pharmacie du Lac',
    organisationIdentifier: 'urn:oid:1.2.250.1.71.4.2.2|1990000202',
  },
  purpose: 'TREATMENT',
}

function dispensation(id: string, prescriptionId: string, packages = 1, substituted = false): NationalDispensation {
  return {
    submissionId: `urn:oid:1.${id}`,
    dispensationId: `urn:uuid:d-${id}`,
    prescriptionId,
    items: [{ prescribedItem: '', packages, product: 'Any', substituted }],
    document: { format: 'cda', bytes: new TextEncoder().encode('<ClinicalDocument/>') },
  }
}

async function stateOf(connector: NationalConnector, patient: string, prescriptionId: string): Promise<string> {
  const listed = value(await connector.listPrescriptions(patient, { prescriptionId }, CONTRACT_PHARMACIST))
  return listed[0]?.prescription?.status ?? 'not listed'
}

function value<T>(result: Result<T>): T {
  if (!result.ok) assert.fail(`refused: ${result.problem.code}`)
  return result.value
}

function code(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.problem.code
}
