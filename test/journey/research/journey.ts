/** The rare-disease study of the demonstration as its people do it in their browsers: forms of the applicant and of the bodies. */
import assert from 'node:assert/strict'
import type { Visitor } from './visitor.ts'

const TITLE = 'Rare diseases: time to diagnosis'

/** What Ada writes, section by section; the datasets are taken from the catalogue. */
const SECTIONS: readonly (readonly [string, Readonly<Record<string, string | readonly string[]>>])[] = [
  ['subject', { title: TITLE, summary: 'How many live with a rare disease, and how long they waited for its name.' }],
  [
    'applicant',
    {
      applicantName: 'Université de Lille',
      applicantIdentifier: 'fr-siren-130023583',
      applicantKind: 'university',
      applicantCountry: 'FR',
      function: 'Research in epidemiology',
    },
  ],
  [
    'purpose',
    {
      purposes: ['e'],
      intendedUse: 'Describe delays, for earlier referral.',
      prohibitedUses: ['a', 'b', 'c', 'd', 'e'],
    },
  ],
  [
    'data',
    {
      categories: ['EHRS'],
      scope: 'Persons with a rare disease: diagnoses and dates.',
      'timeRange-from': '2011-01-01',
      'timeRange-to': '2025-12-31',
      geography: 'Whole countries',
      format: 'OMOP CDM 5.4',
      sources: 'Registers',
      data: 'pseudonymised',
      pseudonymisedJustification: 'Events of one person must be joined.',
      dataProtection: 'GDPR Art. 6(1)(e), 9(2)(j)',
    },
  ],
  ['safeguards', { safeguards: 'Work in the environment only.' }],
  ['environment', { months: '24', tools: 'Typed queries, SQL' }],
]

/** @param datasets `source address` each, as the catalogue of this country knows them; @returns the number of the case */
export async function apply(applicant: Visitor, datasets: readonly string[]): Promise<string> {
  await applicant.open('/research/applications/new')
  await applicant.send({ kind: 'data-permit' })
  const caseId = /applications\/([0-9a-f-]{36})/.exec(applicant.page.url())?.[1] ?? ''
  const form = `/research/applications/${caseId}/form`
  for (const dataset of datasets) {
    await applicant.open(`${form}/data?find=${encodeURIComponent(dataset.split(' ')[1]?.slice(-13) ?? '')}`)
    await applicant.send({ scope: 'to come' }, `do=add-dataset:${dataset}`)
  }
  for (const [section, fields] of SECTIONS) {
    await applicant.open(`${form}/${section}`)
    await applicant.send(fields, 'do=next')
  }
  await applicant.open(`/research/applications/${caseId}/review`)
  await applicant.press('main form button')
  await applicant.page.waitForURL(/done=submit/)
  return caseId
}

export interface Officers {
  readonly intake: Visitor
  readonly assessor: Visitor
  readonly coordinator: Visitor
}

/** A body decides its part of the case: complete, assessed by every criterion, no fee, granted with the tables of the question. */
export async function decide(officers: Officers, caseId: string): Promise<void> {
  const { intake, assessor, coordinator } = officers
  const at = `/access-body/cases/${caseId}`
  await act(intake, `${at}/confirm-complete`, {})
  await assessor.open(`${at}/assess`)
  const criteria = await assessor.page.locator('input[value="met"]').count()
  assert.ok(criteria > 0)
  const numbers = Array.from({ length: criteria }, (_, index) => index)
  const notes = numbers.flatMap((index) => [
    [`verdict-${index}`, 'met'],
    [`reason-${index}`, 'Read and weighed.'],
  ])
  await act(assessor, `${at}/assess`, Object.fromEntries(notes))
  await act(intake, `${at}/estimate-fee`, {})
  await act(coordinator, `${at}/grant`, {
    'dataset-0': ['yes'],
    'whole-0': ['person', 'observation_period', 'visit_occurrence', 'condition_occurrence', 'observation', 'death'],
    // That nobody's sex is unknown gives nobody away, and hiding it would hide another level with it.
    zeros: 'sex',
    'tool-typed-query': ['yes'],
    'tool-sql': ['yes'],
  })
}

/** Opens the form of an act, fills it in, ticks what must be ticked, and sends it. */
export async function act(
  visitor: Visitor,
  address: string,
  fields: Readonly<Record<string, string | readonly string[]>>,
): Promise<void> {
  await visitor.open(address)
  const sure = (await visitor.page.locator('main [name="sure"]').count()) > 0
  await visitor.send({ 'form-token': '', ...fields, ...(sure ? { sure: ['yes'] } : {}) })
  const name = address.split('/').at(-1)
  assert.match(visitor.page.url(), new RegExp(`done=${name}`), `${address}\n${await visitor.words()}`)
}
