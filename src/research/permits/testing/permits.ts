/** For tests: a permit that covers a little, of a body in Portugal, and the access that it allows. */
import type { Access } from '../check.ts'
import type { DatasetId, Permit, PermitId } from '../permit.ts'
import type { RevocationList } from '../revocation-list.ts'

export const NOW = new Date('2029-06-01T12:00:00Z')
export const RESEARCHER = 'urn:eidas|PT/12345'
export const DATASET = 'pt-registry' as DatasetId

export function aPermit(more: Partial<Permit> = {}): Permit {
  return {
    id: 'permit-pt-1' as PermitId,
    kind: 'data-permit',
    format: 1,
    caseId: 'case-1',
    ruleSet: '2029-03',
    memberState: 'PT',
    body: { id: 'body-pt', name: 'Health data access body of Portugal' },
    issued: '2029-05-01T09:00:00Z',
    from: '2029-05-01T09:00:00Z',
    until: '2031-05-01T09:00:00Z',
    purposes: ['e'],
    persons: [{ identifier: RESEARCHER, name: 'Ana Lopes', role: 'principal-investigator' }],
    datasets: [
      {
        dataset: DATASET,
        tables: [
          { table: 'person', columns: ['gender_concept_id', 'year_of_birth'] },
          {
            table: 'condition_occurrence',
            columns: ['condition_occurrence_id', 'condition_concept_id', 'condition_start_date', 'condition_end_date'],
          },
          {
            table: 'observation_period',
            columns: ['observation_period_start_date', 'observation_period_end_date'],
          },
        ],
        period: { from: '2015-01-01', to: '2024-12-31' },
        population: { bornFrom: 1940, bornTo: 2000, genders: [8507, 8532], withCondition: [201826, 4008576] },
      },
    ],
    optOutAsOf: '2029-05-01T08:00:00Z',
    data: 'pseudonymised',
    tools: ['typed-query', 'sql'],
    disclosure: {
      version: '1',
      frequencyFloor: 10,
      perturbation: { kind: 'round', base: 5 },
      zerosShownFor: [],
      dominance: { n: 2, k: 0.9, p: 0.1 },
    },
    ...more,
  }
}

export function anAccess(more: Partial<Access> = {}): Access {
  return {
    person: RESEARCHER,
    purpose: 'e',
    at: NOW,
    memberState: 'PT',
    dataset: DATASET,
    tool: 'typed-query',
    output: 'statistics',
    ...more,
  }
}

export function aRevocationList(more: Partial<RevocationList> = {}): RevocationList {
  return {
    format: 1,
    memberState: 'PT',
    body: 'body-pt',
    number: 1,
    issued: '2029-06-01T11:00:00Z',
    goodUntil: '2029-06-02T11:00:00Z',
    permits: [],
    ...more,
  }
}
