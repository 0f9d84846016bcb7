/**
 * What every national connector must do, as tests. An implementation prepares a country with the people named below and
 * calls `connectorContract` from its own test file.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import type { Result } from '#platform/result/result.ts'
import type { Caller, NationalConnector } from './connector.ts'

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
        if (!answer.ok) assert.match(answer.problem.code, /^national-(not-offered|document-missing)$/)
      }
    })
  })
}

function value<T>(result: Result<T>): T {
  if (!result.ok) assert.fail(`refused: ${result.problem.code}`)
  return result.value
}

function code(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.problem.code
}
