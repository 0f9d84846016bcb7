/** For tests: the pages of a French holder over a real catalogue, real cases, and a shelf with real loads. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { openMessages } from '#platform/i18n/messages.ts'
import type { Command } from '#research/applications/case/commands.ts'
import { openCaseLists } from '#research/applications/store/case-lists.ts'
import { openCaseStore } from '#research/applications/store/case-store.ts'
import { caseMigrations } from '#research/applications/store/migrations.ts'
import {
  actor,
  answersFor,
  permitTerms,
  procedureIn,
  proceduresOf,
} from '#research/applications/testing/example-case.ts'
import { caseIdOf } from '#research/applications/testing/many-cases.ts'
import { openCatalogue } from '#research/catalogue/store/catalogue-store.ts'
import { catalogueMigrations } from '#research/catalogue/store/migrations.ts'
import { releaseChoiceMigrations } from '#research/omop/current/choice-store.ts'
import { openCurrentReleases } from '#research/omop/current/current-releases.ts'
import { CONDITION_HEADER, PERSON_LINES, writeFiles } from '#research/omop/testing/datasets.ts'
import type { DatasetId } from '#research/permits/permit.ts'
import { sealWith } from '#trust/keys/seal.ts'
import { ledgerMigrations } from '#trust/ledger/migrations.ts'
import { openLedger } from '#trust/ledger/open-ledger.ts'
import { deskCookie, deskPerson } from '../case-desk/test-desk.ts'
import { holderPages } from './holder-pages.ts'
import { openReleaseShelf } from './release-shelf.ts'

const DATA = join(import.meta.dirname, '..', '..', '..', 'data')
export const NOW = new Date('2029-05-02T10:00:00Z')
export const HOLDER = 'https://fr.example.org/holders/registry'
export const OTHER = 'https://fr.example.org/holders/other'
export const BASE = 'https://fr.example.org/datasets/'

export type TestHolder = Awaited<ReturnType<typeof testHolder>>

/** `registry` and `other` are holders; nobody else is. */
export type Who = 'registry' | 'other' | 'nobody'

export async function testHolder() {
  const home = mkdtempSync(join(tmpdir(), 'tessera-holder-'))
  const database = await openDatabase('sqlite::memory:')
  await migrate(database, [...catalogueMigrations, ...caseMigrations, ...ledgerMigrations, ...releaseChoiceMigrations])
  const procedures = await proceduresOf('FR')
  const cases = openCaseStore(database, procedures)
  const catalogue = openCatalogue(database, { now: () => NOW })
  const inbox = join(home, 'inbox', `holder-${encodeURIComponent(HOLDER)}`)
  writeFiles(join(inbox, 'autumn'), { 'PERSON.csv': PERSON_LINES })
  writeFiles(join(inbox, 'summer'), {
    'PERSON.csv': PERSON_LINES,
    'CONDITION_OCCURRENCE.csv': [CONDITION_HEADER, '1,1,201826,2020-01-01,,32817,E11'],
  })
  writeFiles(join(inbox, 'spring'), {
    'PERSON.csv': [...PERSON_LINES, '4,8507,many,0,0'],
    'CONDITION_OCCURRENCE.csv': [CONDITION_HEADER],
  })
  const releases = openReleaseShelf({
    ...{ folder: join(home, 'releases'), inbox: join(home, 'inbox'), load: { threads: 1 }, now: () => NOW },
  })
  const seal = sealWith(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
  const ledger = await openLedger(database, { node: 'FR', signer: seal })
  const current = openCurrentReleases({
    ...{
      database,
      ledger,
      node: { id: 'node-fr', name: 'Node of France', country: 'FR' },
      folder: join(home, 'releases'),
    },
    ...{ configured: [], mostRejected: 0.05, now: () => NOW },
  })
  const errors: unknown[] = []
  const errands: string[] = []
  const app = new Hono().route(
    '/holder',
    holderPages({
      country: 'FR',
      ...{ catalogue, cases, releases, current, datasetBase: BASE },
      lists: openCaseLists(database, procedures),
      errands: {
        run: async () => {
          errands.push('run')
          return { tried: 0, done: 0, refused: 0, again: 0 }
        },
      },
      bodyAgent: {
        name: [{ value: 'Health Data Hub', language: 'fr' }],
        contactPoint: { email: [{ value: 'body@fr.example.org' }] },
      },
      person: async (request) => {
        const person = deskPerson(request)
        const identifier = person?.name === 'registry' ? HOLDER : person?.name === 'other' ? OTHER : undefined
        return person && identifier ? { ...person, organisation: { identifier, name: 'Registre' } } : undefined
      },
      messages: (language) => openMessages(join(DATA, 'messages'), language),
      languages: ['fr', 'en'],
      onError: (error) => errors.push(error),
      now: () => NOW,
    }),
  )
  const give = async (caseId: string, command: Command): Promise<void> => {
    const handled = await cases.handle(caseId, command)
    assert.ok(handled.ok, `${command.kind}: ${JSON.stringify(handled)}`)
  }
  const part = { memberState: 'FR', at: '2029-04-10T10:00:00Z' }
  /** An application for a dataset of this holder that is complete. */
  async function applied(index: number, dataset: string): Promise<string> {
    const caseId = caseIdOf(index)
    const by = actor('applicant')
    const at = '2029-04-03T10:00:00Z'
    const datasets = [{ dataset: dataset as DatasetId, memberState: 'FR', holder: HOLDER, trustedHolder: true }]
    const answers = answersFor('data-permit', ['FR'], { datasets, title: 'Asked study' })
    await give(caseId, { kind: 'draft', at, by, caseId, applicationKind: 'data-permit', answers })
    await give(caseId, { kind: 'submit', at, by })
    await give(caseId, { kind: 'confirm-complete', by: actor('intake'), ...part })
    return caseId
  }
  /** A permit for it, and the holder is asked to deliver. */
  async function askedFor(index: number, dataset: string): Promise<string> {
    const caseId = await applied(index, dataset)
    const procedure = await procedureIn('FR')
    const criteria = procedure.rules.criteria['data-permit'].map(({ code }) => ({ code, met: true, reason: 'Read.' }))
    await give(caseId, { kind: 'assess', by: actor('assessor'), ...part, criteria })
    await give(caseId, { kind: 'estimate-fee', by: actor('intake'), ...part, items: [] })
    const terms = permitTerms('FR', '2031-06-01T00:00:00Z')
    const scopes = terms.datasets.map((scope) => ({ ...scope, dataset: dataset as DatasetId }))
    await give(caseId, { kind: 'grant', by: actor('coordinator'), ...part, terms: { ...terms, datasets: scopes } })
    await give(caseId, { kind: 'ask-holder', by: actor('coordinator'), ...part, holder: HOLDER })
    return caseId
  }
  const send = async (path: string, as: Who, request: RequestInit = {}) => {
    const headers = { 'accept-language': 'fr', cookie: deskCookie(as), ...request.headers }
    const response = await app.request(`http://127.0.0.1/holder${path}`, { ...request, headers })
    const { status, headers: answered } = response
    return { status, headers: answered, text: await response.text(), to: answered.get('location') }
  }
  return {
    ...{ app, catalogue, cases, releases, current, ledger, errors, errands, give, applied, askedFor },
    get: (path: string, as: Who = 'registry', language = 'fr') =>
      send(path, as, { headers: { 'accept-language': language } }),
    post(path: string, form: readonly (readonly [string, string])[], as: Who = 'registry', token = `token-${as}`) {
      const body = new URLSearchParams({ 'form-token': token })
      for (const [name, value] of form) body.append(name, value)
      return send(path, as, { method: 'POST', body })
    },
    upload(form: Readonly<Record<string, string | File>>, as: Who = 'registry') {
      const body = new FormData()
      body.set('form-token', `token-${as}`)
      for (const [name, value] of Object.entries(form)) body.set(name, value)
      return send('/import', as, { method: 'POST', body })
    },
    /** Something that says it is a form and is none. */
    garbled: (path: string) =>
      send(path, 'registry', {
        method: 'POST',
        body: 'x',
        headers: { 'content-type': 'multipart/form-data; boundary=y' },
      }),
    async close() {
      await releases.settled()
      await database.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** What a person writes into the pages until a description that is not public conforms: place → fields. */
export const WRITTEN: readonly (readonly [at: string, fields: readonly (readonly [string, string])[]])[] = [
  [
    '',
    [
      ['description.0.value', 'Tumeurs depuis 2020.'],
      ['description.0.language', 'fr'],
      ['identifier.0.value', 'FR-1'],
      ['healthCategory', ''],
      ['healthCategory', 'https://hdeu-dcat.data.health.europa.eu/resource/authority/healthcategories/MRMR'],
      ['type.0', 'http://publications.europa.eu/resource/authority/dataset-type/STATISTICAL'],
      ['keyword.0.value', 'cancer'],
      ['hasStructuredData', 'false'],
    ],
  ],
  ['provenance.0', [['provenance.0.label.0.value', 'Registres.']]],
  ['custodian.contactPoint', [['custodian.contactPoint.email.0.value', 'b@fr.example.org']]],
  ['contactPoint.0', [['contactPoint.0.email', 'mailto:a@fr.example.org']]],
  [
    'distribution.0',
    [
      ['distribution.0.accessUrl.0', 'https://fr.example.org/apply'],
      ['distribution.0.applicableLegislation.0', 'http://data.europa.eu/eli/reg/2025/327/oj'],
    ],
  ],
]
