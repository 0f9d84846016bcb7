/** The case of the demonstration: one application for the registers of several countries, decided by each of their bodies. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Analysis, CohortDefinition, Dimension } from '#research/analysis/analysis.ts'
import type { Command, PermitTerms } from '#research/applications/case/commands.ts'
import type { Role } from '#research/applications/case/events.ts'
import { DEFAULT_RULES } from '#research/disclosure/read-rules.ts'
import { CDM_TABLES } from '#research/omop/specification/cdm.ts'
import type { DatasetId, Permit, PermitId } from '#research/permits/permit.ts'
import { tableFacts } from '#research/permits/table-facts.ts'
import { demoBodies } from '../../europe/research.ts'
import { DATA, type TestBody } from './europe.ts'

export const RESEARCHER = 'urn:demo|ada'
const TABLES = ['person', 'observation_period', 'visit_occurrence', 'condition_occurrence', 'observation', 'death']

export const cohort = (name: string): CohortDefinition =>
  JSON.parse(readFileSync(join(DATA, 'demo', 'research', 'cohorts', `${name}.json`), 'utf8'))

/** How many live with a rare disease, by sex? */
export const HOW_MANY: Analysis = { kind: 'count', cohort: cohort('diagnosed'), by: [{ kind: 'sex' }] }

const AGE_AND_SEX: readonly Dimension[] = [{ kind: 'age-group', bounds: [0, 18, 40, 65] }, { kind: 'sex' }]

/** How many live with a rare disease, by age and sex? */
export const HOW_MANY_BY_AGE: Analysis = { kind: 'count', cohort: cohort('living-with'), by: AGE_AND_SEX }

/** How long from the first symptom to the diagnosis? Classes of under one, three and five years, and longer. */
export const HOW_LONG: Analysis = {
  kind: 'distribution',
  cohort: cohort('first-symptom'),
  measure: { kind: 'days-until', cohort: cohort('diagnosed') },
  by: [],
  classes: [0, 365, 1096, 1826],
}

/** What makes the way to a diagnosis longer? */
export const WHAT_EXPLAINS_DELAY: Analysis = {
  kind: 'linear-regression',
  cohort: cohort('first-symptom'),
  outcome: { kind: 'days-until', cohort: cohort('diagnosed') },
  covariates: [{ kind: 'sex' }, { kind: 'age' }],
}

/** Who of everybody is diagnosed? */
export const WHO_IS_DIAGNOSED: Analysis = {
  kind: 'logistic-regression',
  cohort: cohort('everybody'),
  outcome: { kind: 'has', cohort: cohort('diagnosed') },
  covariates: [{ kind: 'sex' }, { kind: 'age' }],
}

/** Submits at the first body; the others are told by it. @returns the number of the case */
export async function submit(home: TestBody, countries: readonly string[]): Promise<string> {
  const caseId = randomUUID()
  const bodies = (await demoBodies(DATA)).filter(({ country }) => countries.includes(country))
  const by = { person: RESEARCHER, role: 'applicant' } as const
  const datasets = bodies.map(({ country, dataset, holder }) => ({
    dataset: dataset.id as DatasetId,
    memberState: country,
    holder: holder.id,
    trustedHolder: false,
  }))
  const answers = {
    title: 'Time to diagnosis of rare diseases',
    summary: 'How many people live with a rare disease, and how long they waited for a name.',
    applicantName: 'University of Lille',
    applicantIdentifier: 'fr-siren-130023583',
    applicantKind: 'university',
    applicantCountry: 'FR',
    function: 'Research in epidemiology',
    persons: [{ identifier: RESEARCHER, name: 'Ada Example', role: 'principal-investigator' as const }],
    purposes: ['e'],
    intendedUse: 'Describe delays, for earlier referral.',
    prohibitedUses: ['a', 'b', 'c', 'd', 'e'],
    datasets,
    categories: ['EHRS'],
    scope: 'Persons with a rare disease; diagnoses and dates.',
    timeRange: { from: '2011-01-01', to: '2025-12-31' },
    geography: 'Whole countries',
    format: 'OMOP CDM 5.4',
    sources: 'Registers',
    safeguards: 'Statistics only.',
    data: 'pseudonymised',
    pseudonymisedJustification: 'Events of one person must be joined.',
    dataProtection: 'GDPR Art. 6(1)(e), 9(2)(j)',
    months: 24,
    tools: 'Typed queries',
  }
  const at = new Date().toISOString()
  await give(home, caseId, { kind: 'draft', at, by, caseId, applicationKind: 'data-permit', answers })
  await give(home, caseId, { kind: 'submit', at, by })
  await home.errands.run()
  return caseId
}

/** The body of a country decides its part, each step by another person. */
export async function grant(body: TestBody, caseId: string): Promise<void> {
  const at = new Date().toISOString()
  const memberState = body.country
  const by = (role: Role) => ({ person: `urn:demo|${role}-${memberState}`, role, organisation: body.settings.body.id })
  const state = await body.cases.load(caseId)
  assert.ok(state)
  const criteria = body.cases.procedureFor(state).rules.criteria['data-permit']
  const met = criteria.map(({ code }) => ({ code, met: true, reason: 'Read and weighed.' }))
  await give(body, caseId, { kind: 'confirm-complete', at, memberState, by: by('intake') })
  await give(body, caseId, { kind: 'assess', at, memberState, by: by('assessor'), criteria: met })
  await give(body, caseId, { kind: 'estimate-fee', at, memberState, by: by('intake'), items: [] })
  await give(body, caseId, { kind: 'grant', at, memberState, by: by('coordinator'), terms: await termsOf(body) })
  await body.errands.run()
}

async function termsOf({ country, settings }: TestBody): Promise<PermitTerms> {
  const facts = tableFacts(CDM_TABLES)
  const tables = TABLES.map((table) => ({
    table,
    columns: [...(facts.get(table)?.columns ?? [])].filter(([, { identifies }]) => !identifies).map(([name]) => name),
  }))
  const dataset = (settings.datasets[0]?.id ?? '') as DatasetId
  const until = new Date()
  until.setUTCFullYear(until.getUTCFullYear() + 2)
  return {
    id: `permit-${country.toLowerCase()}-${randomUUID()}` as PermitId,
    from: new Date().toISOString(),
    until: until.toISOString(),
    datasets: [{ dataset, tables, period: { from: '2011-01-01', to: '2025-12-31' }, population: {} }],
    tools: ['typed-query'],
    disclosure: DEFAULT_RULES,
  }
}

/** As the home body knows them, once the others have told it. */
export async function permitsOf(home: TestBody, caseId: string): Promise<readonly Permit[]> {
  const state = await home.cases.load(caseId)
  return Object.values(state?.parts ?? {}).flatMap(({ permit }) => permit ?? [])
}

async function give(body: TestBody, caseId: string, command: Command): Promise<void> {
  const handled = await body.cases.handle(caseId, command)
  assert.ok(handled.ok, `${command.kind}: ${JSON.stringify(handled)}`)
}
